"""The table beside the map: the same rows, reachable by keyboard and screen reader."""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.ui import address
from dashboard.ui.chosen_row import row_chooser
from dashboard.ui.paging import choose_page, page_bounds
from dashboard.ui.screen import is_phone, table_height
from dashboard.ui.wording import readable
from dashboard.workflows.views.datasets import join_record
from dashboard.workflows.views.rows import Rows

__all__ = ["show_records"]

_BYTES_A_ROW: Final = 300
_NOTHING: Final = "No record here. Widen the clock or clear the filters."
# In pixels. An ordinary screen shows the first four columns whole beside a card, a phone the first two.
_NAME: Final = 350
_NAME_BESIDE_CARD: Final = 290
_NAME_ON_PHONE: Final = 200
_WIDTHS: Final = {"Kind": 110, "Date": 165, "Status": 105, "Place": 160, "Country": 130}
_COLUMNS: Final = {name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items()} | {
    "In window": st.column_config.TextColumn(
        width=90, help="certain: wholly inside the window; possible: its date only overlaps it"
    ),
    "Sources": st.column_config.NumberColumn(width=75, help="Distinct sources that support it"),
    "Contradicted": st.column_config.CheckboxColumn(width=105, help="Whether a source says otherwise"),
}


def show_records(
    rows: Rows, key: str, *, height: int = 380, layer: str = "", beside_card: bool = False
) -> None:
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
    beside_card
        Whether the table shares its line with a card.
    """
    if not len(rows):
        st.info(_NOTHING, icon=":material/search_off:")
        return
    number = choose_page(len(rows), key)
    start, stop = page_bounds(len(rows), number)
    cost = _BYTES_A_ROW * (stop - start)
    page = rows.derive(
        "table", lambda: _page(rows, start, stop, layer), cost, start=start, stop=stop, layer=layer
    )
    # A key for each page: a row chosen on one of them is not chosen on the next.
    table = f"{key}{layer}_{number}"
    st.dataframe(
        page.table,
        key=table,
        hide_index=True,
        height=table_height(height),
        width="stretch",
        selection_mode="single-row",
        on_select=row_chooser(table, page.ids, _open),
        column_config=_columns(beside_card=beside_card),
        alt="Records of this view",
    )


def _columns(*, beside_card: bool) -> dict[str, ColumnConfig]:
    width = _NAME_ON_PHONE if is_phone() else _NAME_BESIDE_CARD if beside_card else _NAME
    return {"Name": st.column_config.TextColumn(width=width), **_COLUMNS}


def _open(record_id: str) -> None:
    if record_id:
        address.open_record(record_id)
    else:
        address.select_record("")


@dataclass(frozen=True)
class _Page:
    """A page of a table, and the id of each of its rows as an address has it."""

    table: pa.Table
    ids: list[str]


def _page(rows: Rows, start: int, stop: int, layer: str) -> _Page:
    return _Page(readable(rows, start, stop), [join_record(layer, one) for one in rows.ids(start, stop)])
