"""The first rows as they would be stored, beside what was written."""

from typing import Any, Final

import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.vocabulary import label
from dashboard.ui.importing.desk import Desk, LookedAt
from dashboard.ui.words import as_html
from dashboard.workflows.layers.places import GEOCODED

__all__ = ["show_rows"]

_FIRST: Final = 200
_A_PAGE: Final = 10
_COLUMNS: Final = (
    "row", "record_type", "name", "kind", "original_kind", "date", "date_as_written", "place", "country",
    "lat", "lon", "precision", "precision_m", "flags",
)  # fmt: skip


def show_rows(desk: Desk, found: LookedAt) -> None:
    """Draw rows as they would be stored.

    Parameters
    ----------
    desk
        The table.
    found
        The trial.
    """
    rows = _first_rows(found)
    if not rows:
        st.info("No row would be imported: look at the problems.", icon=":material/table_rows:")
        return
    pages = -(-len(rows) // _A_PAGE)
    at = st.pagination(pages, key=desk.key("rows_page")) if pages > 1 else 1
    heads = "".join(f"<th scope='col'>{head}</th>" for head in ("Row", "Name", "Date", "Place", "Kind"))
    body = "".join(map(_row, rows[(at - 1) * _A_PAGE : at * _A_PAGE]))
    st.html(f"<table class='im-table'><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>")
    more = found.trial.counts.rows - len(rows)
    st.caption(
        "Small: as written. A date is never more exact than what was written, a place never sharper than "
        "what is known of it." + (f" The first {len(rows):,} rows; {more:,} more follow." if more > 0 else "")
    )


def _first_rows(found: LookedAt) -> list[dict[str, Any]]:
    batch = next(found.trial.batches(), None)
    return [] if batch is None else batch.slice(0, _FIRST).select(list(_COLUMNS)).to_pylist()


def _row(row: dict[str, Any]) -> str:
    date = date_words(UncertainDate.parse(row["date"])) if row["date"] else "undated"
    kind = label(f"{row['record_type']}_kinds", row["kind"])
    cells = (
        (row["name"], ""),
        (date, row["date_as_written"]),
        (_place_words(row), row["place"]),
        (kind, row["original_kind"]),
    )
    return f"<tr><th scope='row'>{row['row']}</th>" + "".join(_cell(*cell) for cell in cells) + "</tr>"


def _cell(stored: str, written: str) -> str:
    below = f"<small><bdi>{as_html(written)}</bdi></small>" if written else ""
    return f"<td><bdi>{as_html(stored)}</bdi>{below}</td>"


def _place_words(row: dict[str, Any]) -> str:
    country = country_name(row["country"]) if row["country"] else ""
    if row["lat"] is None:
        return " · ".join(filter(None, (country, "no point")))
    radius = f" within {row['precision_m'] / 1000:g} km" if row["precision_m"] else ""
    known = f"{label('precisions', row['precision']).lower()}{radius}"
    by_name = "found by name" if f"|{GEOCODED}|" in row["flags"] else "from the file"
    return " · ".join(filter(None, (country, f"{row['lat']:.4f}, {row['lon']:.4f}", known, by_name)))
