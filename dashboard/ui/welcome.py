"""What stands beside the map while no record is selected: what to click first."""

from typing import Final

import streamlit as st

from dashboard.domain.date_words import date_words
from dashboard.domain.records import Event
from dashboard.frames import AtlasFrames
from dashboard.ui import address
from dashboard.ui.filters import ask_for
from dashboard.ui.words import plain
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.saved_views import SavedView, count_shown, saved_views
from dashboard.workflows.views.selection import Selection

__all__ = ["show_welcome"]

_SHOWN: Final = 7


def show_welcome(selection: Selection, frames: AtlasFrames, library: Library, *, height: int) -> None:
    """Draw views to begin with and the newest events of the window, each a click away.

    Parameters
    ----------
    selection
        The rows of the view.
    frames
        The atlas: a saved view that shows nothing of it is not offered.
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
        _show_saved_views(frames)
        newest = selection.shown.ids(0, min(_SHOWN, selection.events))
        if not newest:
            st.caption("No event in this window.")
            return
        st.markdown("**Newest in the window**")
        for record_id in newest:
            st.button(
                _line(library, record_id),
                key=f"newest_{record_id}",
                type="tertiary",
                on_click=address.open_record,
                args=(record_id,),
            )


def _line(library: Library, record_id: str) -> str:
    record = library.evidence[record_id].record
    when = date_words(record.date) if isinstance(record, Event) else ""
    return plain(f"{when} · {library.name(record_id)}")


def _show_saved_views(frames: AtlasFrames) -> None:
    offered = [(view, count) for view in saved_views() if (count := count_shown(frames, view))]
    if not offered:
        return
    st.markdown("**Begin with a question**")
    for view, count in offered:
        st.button(
            plain(f"{view.title} ({count})"),
            key=f"view_{view.id}",
            help=plain(view.why),
            width="stretch",
            icon=":material/travel_explore:",
            on_click=_open,
            args=(view,),
        )


def _open(view: SavedView) -> None:
    ask_for(view.filters)
    address.set_window(view.window)
    address.fit_view()
