"""The table beside the map: the same rows, reachable by keyboard and screen reader."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import streamlit as st

from dashboard.ui import address
from dashboard.ui.wording import readable
from dashboard.workflows.views.datasets import join_record
from dashboard.workflows.views.rows import Rows

__all__ = ["PAGE", "show_records"]

PAGE: Final = 1_000
"""Rows that a table sends at once: a browser takes a tenth of a second for these, and seconds for 100,000."""


_BYTES_A_ROW: Final = 300


def show_records(rows: Rows, key: str, *, height: int = 380, layer: str = "") -> None:
    """Draw records as a table, a page at a time; choosing a row selects the record.

    Parameters
    ----------
    rows
        Rows of a `Selection`.
    key
        Key of the table, one for each table of a page.
    height
        Height in CSS pixels.
    layer
        Layer of the imported dataset that the rows are of, empty for the atlas's own.
    """
    number = _choose_page(len(rows), key)
    start, stop = ((number - 1) * PAGE, number * PAGE) if number else (0, len(rows))
    cost = _BYTES_A_ROW * min(len(rows), stop - start)
    page = rows.derive(
        "table", lambda: _page(rows, start, stop, layer), cost, start=start, stop=stop, layer=layer
    )
    # A key for each page: a row chosen on one of them is not chosen on the next.
    table = f"{key}{layer}_{number}"
    st.dataframe(
        page.table,
        key=table,
        hide_index=True,
        height=height,
        width="stretch",
        selection_mode="single-row",
        on_select=_chooser(table, page.ids),
        column_config={
            "Sources": st.column_config.NumberColumn(width="small", help="Distinct sources that support it"),
            "In window": st.column_config.TextColumn(
                width="small", help="certain: wholly inside the window; possible: its date only overlaps it"
            ),
        },
    )


def _choose_page(count: int, key: str) -> int:
    """Draw the choice of a page, 0 for all of them; a table that fits on one page has none."""
    if count <= PAGE:
        return 1
    pages = -(-count // PAGE)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        # Other rows are another list, which begins at its beginning.
        everything = st.session_state.get(f"{key}_all", False)
        number = 0 if everything else st.pagination(pages, key=f"{key}_page_{count}")
        st.toggle(
            "All on one page",
            key=f"{key}_all",
            help="Sorting, search and download in the table then cover all rows. Slow with very many.",
        )
        st.caption(_page_words(count, number))
    return number


def _page_words(count: int, number: int) -> str:
    if not number:
        return f"All {count:,} rows."
    first, last = (number - 1) * PAGE + 1, min(number * PAGE, count)
    return (
        f"Rows {first:,} to {last:,} of {count:,}: {count - (last - first + 1):,} more on other pages. "
        "Sorting, search and download in the table cover this page."
    )


def _chooser(key: str, ids: list[str]) -> Callable[[], None]:
    def choose() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(ids):
            address.open_record(ids[chosen[0]])

    return choose


@dataclass(frozen=True)
class _Page:
    """A page of a table, and the id of each of its rows as an address has it."""

    table: pa.Table
    ids: list[str]


def _page(rows: Rows, start: int, stop: int, layer: str) -> _Page:
    return _Page(readable(rows, start, stop), [join_record(layer, one) for one in rows.ids(start, stop)])
