"""Opening a record makes it visible: the clock moves, filters that hide it go, the map pans there."""

import streamlit as st

from dashboard.frames import AtlasFrames
from dashboard.runtime import AtlasView
from dashboard.ui import address
from dashboard.ui.filters import clear_filters_next_run
from dashboard.workflows.datasets import split_record
from dashboard.workflows.selection import Filters, matching, record_number, window_showing

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
        if _is_hidden(frames, filters, own_id):
            clear_filters_next_run()
            address.open_record(arrived)
            st.rerun()
        if dataset is not None:
            address.show_layer(dataset.layer)
        st.session_state[_GOING] = arrived if go else ""
        address.set_window(window_showing(frames, own_id, address.window()))
    going = str(st.session_state.get(_GOING, ""))
    return going if going == address.selected_record() else ""


def _is_hidden(frames: AtlasFrames, filters: Filters, record_id: str) -> bool:
    number = record_number(frames, record_id)
    return number is not None and not matching(frames, filters)[number]
