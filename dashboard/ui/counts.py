"""How many records a view shows, and where the others are."""

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Final

import streamlit as st

from dashboard.domain.area import Area
from dashboard.domain.window import Window
from dashboard.ui.words import plain
from dashboard.workflows.sharing.link_words import area_words
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.rows import Rows
from dashboard.workflows.views.selection import Selection

__all__ = ["choose_rows", "show_beside", "show_counts"]

_LIST: Final = "list"
_MOST_OF_LICENCE: Final = 40  # all of it stands in the legend and on the page of layers
_IN_WINDOW, _UNPLACED, _UNDATED = "In the window", "Not on the map", "Undated"


def show_counts(selection: Selection, version: str, area: Area | None = None) -> None:
    """Write the counts in one line.

    Parameters
    ----------
    selection
        The rows of the view.
    version
        Data version.
    area
        What the records lie in, None for anywhere.
    """
    types = [t for t in ("site", "event") if selection.count(t)] or ["event"]
    counted = (f"**{(n := selection.count(t))}** {_plural(t, n)}" for t in types)
    where = f"{_span_words(selection.window)}{_area_part(selection, area)}"
    # What is nowhere missing needs no words.
    apart = {
        "possible": selection.possible,
        "not on the map": len(selection.unplaced),
        "undated": len(selection.undated),
    }
    parts = [f"{' and '.join(counted)} {where}", *(f"{n} {words}" for words, n in apart.items() if n)]
    parts += [f"{selection.matching} match the filters", f":gray[data {version}]"]
    st.markdown(" · ".join(parts))


def show_beside(beside: Mapping[Dataset, Selection], notes: Sequence[str] = ()) -> None:
    """Write how many records the map shows of imported datasets.

    Parameters
    ----------
    beside
        Rows of the datasets that are shown.
    notes
        What is to be said of layers that are never read whole, in Markdown.
    """
    # Always there, even when empty: the map below must keep its place, or its frame would start anew.
    with st.container(key="beside"):
        if beside:
            counted = (f"**{len(rows.shown)}** {_credit(one)}" for one, rows in beside.items())
            st.caption(f":material/database: Beside them, not reviewed here: {' · '.join(counted)}")
        for note in notes:
            st.caption(f":material/grid_on: {note}")


def _credit(one: Dataset) -> str:
    licence = shorten(one.licence, _MOST_OF_LICENCE, placeholder=" …")
    return plain(f"{one.title} ({licence})" if licence else one.title)


def choose_rows(selection: Selection, beside: Mapping[Dataset, Selection] | None = None) -> tuple[Rows, str]:
    """Let the user choose which of the rows the table lists.

    Parameters
    ----------
    selection
        The rows of the view.
    beside
        Rows of the imported datasets that the map shows.

    Returns
    -------
    tuple of (Rows, str)
        The rows chosen, and the layer of the dataset they are of, empty for the atlas's own.
    """
    own = {_IN_WINDOW: selection.shown, _UNPLACED: selection.unplaced, _UNDATED: selection.undated}
    theirs = {one.layer: rows.shown for one, rows in (beside or {}).items()}
    titles = {one.layer: plain(one.title) for one in beside or {}}
    lists = own | theirs
    if st.session_state.get(_LIST) not in {None, *lists}:
        del st.session_state[_LIST]  # of a dataset that is hidden now
    chosen = st.segmented_control(
        "List",
        list(lists),
        default=_IN_WINDOW,
        key=_LIST,
        format_func=lambda name: f"{titles.get(name, name)} ({len(lists[name])})",
        label_visibility="collapsed",
        wrap=True,
    )
    rows = lists[chosen or _IN_WINDOW]
    return rows, chosen if chosen in theirs else ""


def _area_part(selection: Selection, area: Area | None) -> str:
    if area is None:
        return ""
    maybe = selection.maybe_in_area
    perhaps = f" ({maybe} of them only possibly in the area)" if maybe else ""
    return f" {plain(area_words(area))}{perhaps}"


def _span_words(window: Window) -> str:
    start, end = window.start_text, window.end_text
    if start and end:
        return f"from {start} to {end}"
    if start:
        return f"from {start} on"
    return f"up to {end}" if end else "at any time"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
