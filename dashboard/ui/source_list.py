"""The table of sources, and beside it what the chosen one is cited for, in its own words."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

import pyarrow as pa
import streamlit as st

from dashboard.domain.date_words import date_words
from dashboard.domain.records import Actor, Citation, Event, Site, Source
from dashboard.domain.vocabulary import label
from dashboard.geocoding.names import fold
from dashboard.ui.chosen_row import by_keyboard
from dashboard.ui.lists import matches
from dashboard.ui.paging import choose_page, page_bounds
from dashboard.ui.record_card import source_link
from dashboard.ui.screen import table_height
from dashboard.ui.words import plain
from dashboard.workflows.views.evidence import Library

__all__ = ["show_sources"]

_HEIGHT: Final = 640
_MOST_LISTED: Final = 100  # records of one source; a browser draws no thousands of links in good time
_ICONS: Final = {Site: "factory", Event: "event", Actor: "groups"}
_COLUMNS: Final = {
    "Publisher": st.column_config.TextColumn(width=180),
    "Title": st.column_config.TextColumn(width=400),
    "Published": st.column_config.TextColumn(width=150),
    "Kind": st.column_config.TextColumn(width=130),
    "Language": st.column_config.TextColumn(width=85),
    "Supports": st.column_config.NumberColumn(width=80, help="Records that it is cited for"),
    "Contradicts": st.column_config.NumberColumn(width=95, help="Records that it says otherwise about"),
    "Link": st.column_config.LinkColumn(width=70, display_text="open"),
}


def show_sources(library: Library, words: str, key: str) -> None:
    """Draw sources as a table, and what the chosen one is cited for.

    Parameters
    ----------
    library
        All records.
    words
        Folded words that must all occur in publisher, title, address or id.
    key
        Key of the table.
    """
    found = library.memo.get(("sources", words), lambda: _find(library, words))
    if not found.ids:
        st.info("No source matches.", icon=":material/search_off:")
        return
    # The place of the pages, which are chosen before it is known whether a card stands beside them.
    head, below = st.container(gap="small"), st.container()
    with head:
        count = f"{len(found.ids):,} source{'' if len(found.ids) == 1 else 's'}"
        st.caption(f"{count}. Choose a row to read what it is cited for. {by_keyboard()}")
        number = choose_page(len(found.ids), key)
    start, stop = page_bounds(len(found.ids), number)
    ids = found.ids[start:stop]
    # Other words, another page or version, other rows: what was chosen before is not chosen among these.
    key = f"{key}_{hash(tuple(ids))}"
    state = st.session_state.get(key)
    rows = [row for row in state["selection"]["rows"] if row < len(ids)] if state else []
    columns = below.columns([2, 1] if rows else 1, gap="medium")
    with columns[0]:
        st.dataframe(
            found.table.slice(start, stop - start),
            key=key,
            hide_index=True,
            height=table_height(_HEIGHT),
            selection_mode="single-row",
            on_select="rerun",
            column_config=_COLUMNS,
            placeholder="",
            alt="Sources",
        )
    if rows:
        with columns[1], st.container(key="list_card"):
            _show_cited(library, library.sources[ids[rows[0]]], key)


@dataclass(frozen=True)
class _Found:
    """A table, and the id of each of its rows."""

    table: pa.Table
    ids: list[str]


_Cited = Mapping[str, Mapping[str, list[Citation]]]


def _cited(library: Library) -> _Cited:
    """Give what each source is cited for, by record."""
    cited: dict[str, dict[str, list[Citation]]] = defaultdict(lambda: defaultdict(list))
    for record_id, evidence in library.evidence.items():
        for citation in evidence.citations:
            cited[citation.source_id][record_id].append(citation)
    return cited


def _citations_of(library: Library, source: Source) -> Mapping[str, list[Citation]]:
    return library.memo.get(("cited by source",), lambda: _cited(library)).get(source.id, {})


def _find(library: Library, words: str) -> _Found:
    found = [s for s in library.sources.values() if matches(words, s.publisher, s.title, s.url, s.id)]
    found.sort(key=lambda source: (fold(source.publisher), fold(source.title)))
    stances = [[{c.stance for c in one} for one in _citations_of(library, s).values()] for s in found]
    table = pa.table(
        {
            "Publisher": [s.publisher for s in found],
            "Title": [s.title for s in found],
            "Published": ["" if s.published.is_undated else date_words(s.published) for s in found],
            "Kind": [label("source_kinds", s.kind) for s in found],
            "Language": [s.language for s in found],
            "Supports": pa.array(
                [sum("supports" in one for one in of) or None for of in stances], pa.int64()
            ),
            "Contradicts": pa.array(
                [sum("contradicts" in one for one in of) or None for of in stances], pa.int64()
            ),
            "Link": [s.url if s.url.startswith(("http://", "https://")) else None for s in found],
        }
    )
    return _Found(table, [s.id for s in found])


def _show_cited(library: Library, source: Source, table: str) -> None:
    cited = _citations_of(library, source)
    with st.container(border=True, height=_HEIGHT, key="record_card"):
        st.caption(plain(label("source_kinds", source.kind)))
        st.button(
            "✕", key="close_card", help="Close this source", type="tertiary", on_click=_let_go, args=(table,)
        )
        st.markdown(f"#### {source_link(source.title or source.publisher, source.url)}")
        parts = [source.publisher] if source.title else []
        parts += [] if source.published.is_undated else [date_words(source.published)]
        parts += [source.language] if source.language else []
        if parts:
            st.markdown(plain(" · ".join(parts)))
        st.markdown(f"**Cited for** ({len(cited)})" if cited else "No record cites it.")
        for record_id, citations in islice(cited.items(), _MOST_LISTED):
            with st.container(border=True):
                _show_record(library, record_id)
                for citation in citations:
                    _show_citation(citation)
        if len(cited) > _MOST_LISTED:
            st.caption(f"These are the first {_MOST_LISTED:,} of {len(cited):,} records.")


def _let_go(table: str) -> None:
    st.session_state[table] = {"selection": {"rows": [], "columns": [], "cells": []}}


def _show_record(library: Library, record_id: str) -> None:
    record = library.evidence[record_id].record
    st.page_link(
        "app_pages/actors.py" if isinstance(record, Actor) else "app_pages/atlas.py",
        label=plain(library.name(record_id)),
        icon=f":material/{_ICONS[type(record)]}:",
        query_params={"record": record_id},
    )


def _show_citation(citation: Citation) -> None:
    field = citation.field.replace("_", " ") or "the record"
    said = f": {citation.value_as_stated}" if citation.value_as_stated else ""
    if citation.stance == "contradicts":
        st.markdown(f":red-badge[says otherwise on {plain(field)}]{plain(said)}")
    elif citation.field:
        st.caption(plain(f"on {field}{said}"))
    if citation.quote:
        st.markdown(f"> {plain(citation.quote)}")
