"""Opening a record makes it visible: the clock moves, filters that hide it go, the map pans there."""

from urllib.parse import parse_qsl

import streamlit as st

from dashboard.frames import AtlasFrames
from dashboard.runtime import AtlasView
from dashboard.ui import address
from dashboard.ui.filters import clear_filters
from dashboard.workflows.sharing.forwarding import Gone, find_address
from dashboard.workflows.sharing.link import read_link
from dashboard.workflows.views.datasets import split_record
from dashboard.workflows.views.selection import Filters, matching, record_number, window_showing

__all__ = ["bring_into_view"]

_GOING: str = "going_to"


def bring_into_view(atlas: AtlasView, filters: Filters) -> str:
    """Move clock, filters and layers so that the record an address or a click asked for is shown.

    Parameters
    ----------
    atlas
        The atlas and its imported datasets.
    filters
        The filters now; dropped when they hide the record.

    Returns
    -------
    str
        Id of the record that the map should go to, empty for none.
    """
    arrived, go = address.arrival()
    if arrived:
        layer, own_id = split_record(arrived)
        dataset = atlas.dataset(layer)
        frames = dataset.frames if dataset else atlas.frames()
        if dataset is None and own_id not in atlas.library().evidence:
            _look_for(atlas, own_id)
        if _is_hidden(frames, filters, own_id):
            clear_filters()
            address.open_record(arrived)
            st.rerun()
        if dataset is not None:
            address.show_layer(dataset.layer)
        st.session_state[_GOING] = arrived if go else ""
        address.set_window(window_showing(frames, own_id, address.window()))
    going = str(st.session_state.get(_GOING, ""))
    return going if going == address.selected_record() else ""


def _look_for(atlas: AtlasView, record_id: str) -> None:
    """Go on to what a record was merged into, or say that it was deleted."""
    found = find_address(record_id, atlas.frames(), atlas.library(), atlas.changes)
    if isinstance(found, Gone):
        address.also_say(found.sentence)
        st.rerun()
    elif isinstance(found, str) and found.startswith("/?"):
        target = read_link(parse_qsl(found.removeprefix("/?")))[0].record
        address.also_say(f"The record {record_id} was merged into {target}, which you see.")
        address.open_record(target)
        st.rerun()


def _is_hidden(frames: AtlasFrames, filters: Filters, record_id: str) -> bool:
    number = record_number(frames, record_id)
    return number is not None and not matching(frames, filters)[number]
