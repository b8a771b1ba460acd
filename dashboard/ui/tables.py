"""The table beside the map: the same rows, reachable by keyboard and screen reader."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.vocabulary import label
from dashboard.ui import address

__all__ = ["show_records"]


def show_records(rows: pd.DataFrame, key: str, *, height: int = 380) -> None:
    """Draw records as a table; choosing a row selects the record.

    Parameters
    ----------
    rows
        Rows of a `Selection`.
    key
        Key of the table, one for each table of a page.
    height
        Height in CSS pixels.
    """
    table = _readable(rows)
    ids = list(rows["record_id"])
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        height=height,
        width="stretch",
        selection_mode="single-row",
        on_select=_chooser(key, ids),
        column_config={
            "Sources": st.column_config.NumberColumn(width="small", help="Distinct sources that support it"),
            "In window": st.column_config.TextColumn(
                width="small", help="certain: wholly inside the window; possible: its date only overlaps it"
            ),
        },
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
