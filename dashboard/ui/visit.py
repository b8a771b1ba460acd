"""Opening a record makes it visible: the clock moves, filters that hide it go, the map pans there."""

import streamlit as st

from dashboard.frames import AtlasFrames
from dashboard.ui import address
from dashboard.ui.filters import clear_filters_next_run
from dashboard.workflows.selection import Filters, matching, window_showing

__all__ = ["bring_into_view"]

_GOING: str = "going_to"


def bring_into_view(frames: AtlasFrames, filters: Filters) -> str:
    """Move clock and filters so that the record an address or a click asked for is shown.

    Parameters
    ----------
    frames
        The atlas.
    filters
        The filters now; dropped when they hide the record.

    Returns
    -------
    str
        Id of the record that the map should go to, empty for none.
    """
    arrived, go = address.arrival()
    if arrived:
        hidden = not bool((frames.records["record_id"][matching(frames, filters)] == arrived).any())
        if hidden and bool((frames.records["record_id"] == arrived).any()):
            clear_filters_next_run()
            address.open_record(arrived)
            st.rerun()
        st.session_state[_GOING] = arrived if go else ""
        address.set_window(window_showing(frames, arrived, address.window()))
    going = str(st.session_state.get(_GOING, ""))
    return going if going == address.selected_record() else ""
