"""The table beside the map: the same rows, reachable by keyboard and screen reader."""

from collections.abc import Callable
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.vocabulary import label
from dashboard.ui import address
from dashboard.workflows.datasets import join_record
from dashboard.workflows.selection import Rows

__all__ = ["PAGE", "show_records"]

PAGE: Final = 1_000
"""Rows that a table sends at once: a browser takes a tenth of a second for these, and seconds for 100,000."""


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
    shown = rows.frame((number - 1) * PAGE, number * PAGE) if number else rows.frame()
    ids = [join_record(layer, record_id) for record_id in shown["record_id"]]
    # A key for each page: a row chosen on one of them is not chosen on the next.
    table = f"{key}{layer}_{number}"
    st.dataframe(
        _readable(shown),
        key=table,
        hide_index=True,
        height=height,
        width="stretch",
        selection_mode="single-row",
        on_select=_chooser(table, ids),
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


def _readable(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Name": rows["name"].to_numpy(),
            "Kind": _worded(rows["record_type"] + ":" + rows["kind"], _kind_words),
            "Date": _worded(rows["date"], _when),
            "Status": _worded(rows["record_type"] + ":" + rows["status"], _status_words),
            "Place": rows["places"].to_numpy(),
            "Country": _worded(rows["countries"], _country_words),
            "In window": rows["fit"].to_numpy(),
            "Sources": rows["sources"].to_numpy(),
            "Contradicted": rows["contradicted"].to_numpy(),
        }
    )


def _worded(column: "pd.Series[str]", words: Callable[[str], str]) -> list[str]:
    # Values repeat: at 100,000 rows wording each one would take a second of every rerun.
    known = {value: words(value) for value in column.unique()}
    return [known[value] for value in column]


def _kind_words(typed: str) -> str:
    record_type, _, code = typed.partition(":")
    return label(f"{record_type}_kinds", code)


def _status_words(typed: str) -> str:
    record_type, _, code = typed.partition(":")
    return label(f"{record_type}_statuses", code)


def _country_words(barred: str) -> str:
    return ", ".join(country_name(code) for code in barred.strip("|").split("|"))


def _when(text: str) -> str:
    return "; ".join(date_words(UncertainDate.parse(part)) for part in text.split("; ")) if text else ""
