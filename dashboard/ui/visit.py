"""Opening a record makes it visible: the clock moves, filters that hide it go, the map pans there."""

from typing import Final
from urllib.parse import parse_qsl

import shapely
import streamlit as st

from dashboard.errors import AtlasError
from dashboard.frames import AtlasFrames
from dashboard.runtime import AtlasView
from dashboard.ui import address
from dashboard.ui.filters import clear_filters
from dashboard.workflows.sharing.forwarding import Gone, find_address
from dashboard.workflows.sharing.link import read_link
from dashboard.workflows.views.datasets import Dataset, split_record
from dashboard.workflows.views.selection import Filters, matching, record_number, window_showing

__all__ = ["bring_into_view"]

_GOING: str = "going_to"
_NEAR: Final = 9


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
        dataset = atlas.dataset(layer) or _large_one(atlas, arrived, go=go)
        frames = dataset.frames if dataset else atlas.frames()
        if dataset is None and own_id not in atlas.library().evidence:
            _look_for(atlas, own_id)
        if _is_hidden(frames, filters, own_id):
            clear_filters()
            address.open_record(arrived)
            st.rerun()
        if dataset is not None:
            address.show_layer(dataset.layer)
        # To a record of a large layer the view has gone already.
        st.session_state[_GOING] = arrived if go and (not layer or atlas.dataset(layer)) else ""
        address.set_window(window_showing(frames, own_id, address.window()))
    going = str(st.session_state.get(_GOING, ""))
    return going if going == address.selected_record() else ""


def _large_one(atlas: AtlasView, record_id: str, *, go: bool) -> Dataset | None:
    """Find a record of a large layer, and go where it is: the map knows no record that it does not show."""
    if not split_record(record_id)[0]:
        return None
    try:
        dataset = atlas.home_of(record_id)[2]
    except AtlasError:
        return None  # its card says why
    if dataset is None or not go:
        return dataset
    for lon, lat in shapely.get_coordinates(list(dataset.frames.placements.geometry))[:1].tolist():
        address.change(view=f"{lat:.4f},{lon:.4f},{_NEAR}")
    return dataset


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
