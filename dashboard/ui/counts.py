"""How many records a view shows, and where the others are."""

import pandas as pd
import streamlit as st

from dashboard.domain.area import Area
from dashboard.domain.window import Window
from dashboard.ui.area import area_words
from dashboard.ui.words import plain
from dashboard.workflows.selection import Selection

__all__ = ["choose_rows", "show_counts"]

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
    possible = int((selection.rows["fit"] == "possible").sum())
    types = list(selection.rows["record_type"].unique()) or ["event"]
    counted = (f"**{(n := selection.count(t))}** {_plural(t, n)}" for t in ("site", "event") if t in types)
    where = f"{_span_words(selection.window)}{_area_part(selection, area)}"
    st.markdown(
        f"{' and '.join(counted)} {where} · {possible} possible · {len(selection.unplaced)} not on the map · "
        f"{len(selection.undated)} undated · {selection.matching} match the filters · :gray[data {version}]"
    )


def choose_rows(selection: Selection) -> pd.DataFrame:
    """Let the user choose which of the rows the table lists.

    Parameters
    ----------
    selection
        The rows of the view.

    Returns
    -------
    pandas.DataFrame
        The rows chosen.
    """
    lists = {_IN_WINDOW: selection.rows, _UNPLACED: selection.unplaced, _UNDATED: selection.undated}
    chosen = st.segmented_control(
        "List",
        list(lists),
        default=_IN_WINDOW,
        key="list",
        format_func=lambda name: f"{name} ({len(lists[name])})",
        label_visibility="collapsed",
    )
    rows = lists[chosen or _IN_WINDOW]
    if rows.empty:
        st.info("No record here. Widen the clock or clear the filters.", icon=":material/search_off:")
    return rows


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
