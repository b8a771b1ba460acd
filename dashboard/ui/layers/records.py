"""The records of a layer: searched, a page at a time, and the card of the chosen one."""

from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.vocabulary import label
from dashboard.ui import address
from dashboard.ui.record_card import show_record
from dashboard.workflows.layers.finding import find_records
from dashboard.workflows.views.datasets import Dataset, join_record, split_record

__all__ = ["show_card", "show_records_of"]

_PAGE: Final = 100
_ROW: Final = 35
_HEIGHT: Final = 520
_KINDS: Final = {"site": "site_kinds", "event": "event_kinds"}


def show_records_of(dataset: Dataset) -> None:
    """Draw list and card.

    Parameters
    ----------
    dataset
        The layer.
    """
    left, right = st.columns([3, 2], gap="medium")
    with left:
        words = st.text_input(
            "Search",
            key=f"layer_find_{dataset.layer}",
            placeholder="names, ids, actors, places",
            max_chars=300,
        )
        found = find_records(dataset.frames, words)
        if not len(found):
            st.info("No record of that name.", icon=":material/search_off:")
        else:
            pages = -(-len(found) // _PAGE)
            page = st.pagination(pages, key=f"layer_page_{dataset.layer}_{len(found)}") if pages > 1 else 1
            start = (page - 1) * _PAGE
            _list(dataset, found[start : start + _PAGE].tolist(), page)
            st.caption(f"{start + 1:,} to {min(start + _PAGE, len(found)):,} of {len(found):,} records.")
    with right:
        show_card(dataset)


def show_card(dataset: Dataset) -> None:
    """Draw the card of the record of a layer that is selected.

    Parameters
    ----------
    dataset
        The layer.
    """
    layer, own_id = split_record(address.selected_record())
    if layer != dataset.layer:
        st.info("Choose a row to read its sources.", icon=":material/touch_app:")
        return
    show_record(dataset.library, own_id, dataset=dataset)


def _list(dataset: Dataset, numbers: list[int], page: int) -> None:
    records = dataset.frames.records.iloc[numbers]
    ids = records["record_id"].tolist()
    key = f"layer_records_{dataset.layer}_{page}_{hash(tuple(ids))}"

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(ids):
            address.select_record(join_record(dataset.layer, ids[rows[0]]))

    st.dataframe(
        _worded(records),
        key=key,
        hide_index=True,
        height=min(_HEIGHT, _ROW * (len(ids) + 1) + 3),
        selection_mode="single-row",
        on_select=choose,
        placeholder="",
        alt="Records of the layer",
    )


def _worded(records: pd.DataFrame) -> pd.DataFrame:
    kinds = zip(records["record_type"], records["kind"], strict=True)
    return pd.DataFrame(
        {
            "Name": records["name"].tolist(),
            "Kind": [label(_KINDS[str(record_type)], str(kind)) for record_type, kind in kinds],
            "Date": [date_words(UncertainDate.parse(str(text))) for text in records["date"]],
            "Place": records["places"].tolist(),
            "Country": [
                ", ".join(country_name(code) for code in str(codes).strip("|").split("|") if code)
                for codes in records["countries"]
            ],
            "Point": ["yes" if placed else "no" for placed in records["placed"]],
            "Id": records["record_id"].tolist(),
        }
    )
