"""What stands beside the map while no record is selected: what to click first."""

import streamlit as st

from dashboard.domain.date_words import date_words
from dashboard.domain.records import Event
from dashboard.ui import address
from dashboard.ui.words import plain
from dashboard.workflows.evidence import Library
from dashboard.workflows.selection import Selection

__all__ = ["show_welcome"]

_SHOWN = 7


def show_welcome(selection: Selection, library: Library, *, height: int) -> None:
    """Draw the newest events of the window, each a click from its card.

    Parameters
    ----------
    selection
        The rows of the view.
    library
        All records.
    height
        Height in CSS pixels, that of the map beside it.
    """
    with st.container(border=True, height=height):
        st.markdown("#### Who builds what where, and how we know")
        st.markdown(
            "Squares are sites as they stood at the end of the clock's window, circles are events inside it. "
            "Faint marks are only possible; rings show how roughly a place is known. "
            "Click a mark, a row or a line below for its sources."
        )
        events = selection.shown.frame(0, min(_SHOWN, selection.events))
        if events.empty:
            st.caption("No event in this window.")
            return
        st.markdown("**Newest in the window**")
        for record_id in events["record_id"]:
            record = library.evidence[record_id].record
            when = date_words(record.date) if isinstance(record, Event) else ""
            st.button(
                plain(f"{when} · {library.name(record_id)}"),
                key=f"newest_{record_id}",
                type="tertiary",
                on_click=address.open_record,
                args=(record_id,),
            )
