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
    groups = list(zip(rows["record_type"], rows["kind"], rows["status"], strict=True))
    return pd.DataFrame(
        {
            "Name": rows["name"].to_numpy(),
            "Kind": [label(f"{group}_kinds", kind) for group, kind, _ in groups],
            "Date": [_when(text) for text in rows["date"]],
            "Status": [label(f"{group}_statuses", status) for group, _, status in groups],
            "Place": rows["places"].to_numpy(),
            "Country": [", ".join(map(country_name, c.strip("|").split("|"))) for c in rows["countries"]],
            "In window": rows["fit"].to_numpy(),
            "Sources": rows["sources"].to_numpy(),
            "Contradicted": rows["contradicted"].to_numpy(),
        }
    )


def _when(text: str) -> str:
    return "; ".join(date_words(UncertainDate.parse(part)) for part in text.split("; ")) if text else ""
