"""Tables of actors and sources, with a search over their names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.records import Actor
from dashboard.domain.vocabulary import label
from dashboard.geocoding.names import fold
from dashboard.ui import address
from dashboard.workflows.views.evidence import Evidence, Library

__all__ = ["search_box", "show_actors", "show_sources"]


def search_box(title: str) -> str:
    """Draw a search box whose words are kept in the address.

    Parameters
    ----------
    title
        Label of the box.

    Returns
    -------
    str
        Folded words.
    """
    return fold(
        st.text_input(title, key="find", bind="query-params", placeholder="in any script or spelling")
    )


def _matches(words: str, *texts: str) -> bool:
    folded = fold(" ".join(texts))
    return all(word in folded for word in words.split())


def show_actors(actors: Sequence[Evidence], library: Library, words: str, key: str) -> None:
    """Draw actors as a table; choosing a row selects the actor.

    Parameters
    ----------
    actors
        Actors with what belongs to them.
    library
        All records.
    words
        Folded words that must all occur in the names.
    key
        Key of the table.
    """
    found = library.memo.get(("actors", words), lambda: _find_actors(actors, library, words))
    if not found.ids:
        st.info("No actor of that name.", icon=":material/search_off:")
        return

    def choose() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(found.ids):
            address.select_record(found.ids[chosen[0]])

    st.dataframe(
        found.table,
        key=key,
        hide_index=True,
        height=640,
        selection_mode="single-row",
        on_select=choose,
    )


@dataclass(frozen=True)
class _Found:
    """A table, and the id of each of its rows."""

    table: pa.Table
    ids: list[str]


def _find_actors(actors: Sequence[Evidence], library: Library, words: str) -> _Found:
    found = [
        (e.record, len(e.linked))
        for e in actors
        if isinstance(e.record, Actor) and _matches(words, e.record.name, *e.record.names)
    ]
    table = pa.table(
        {
            "Name": [a.name for a, _ in found],
            "Kind": [label("actor_kinds", a.kind) for a, _ in found],
            "Country": [country_name(a.country) for a, _ in found],
            "Part of": [", ".join(map(library.name, a.parent)) for a, _ in found],
            "Linked records": [n for _, n in found],
            "Also known as": [" · ".join(a.names) for a, _ in found],
        }
    )
    return _Found(table, [a.id for a, _ in found])


def show_sources(library: Library, words: str, key: str) -> None:
    """Draw sources as a table with working links.

    Parameters
    ----------
    library
        All records.
    words
        Folded words that must all occur in publisher, title, address or id.
    key
        Key of the table.
    """
    found = library.memo.get(("sources", words), lambda: _find_sources(library, words))
    if not found.ids:
        st.info("No source matches.", icon=":material/search_off:")
        return
    st.dataframe(
        found.table,
        key=key,
        hide_index=True,
        height=640,
        column_config={"Link": st.column_config.LinkColumn(display_text="open")},
    )


def _find_sources(library: Library, words: str) -> _Found:
    cited: Counter[str] = Counter()
    denied: Counter[str] = Counter()
    for evidence in library.evidence.values():
        cited.update({c.source_id for c in evidence.supporting})
        denied.update({c.source_id for c in evidence.contradicting})
    found = [s for s in library.sources.values() if _matches(words, s.publisher, s.title, s.url, s.id)]
    table = pa.table(
        {
            "Publisher": [s.publisher for s in found],
            "Title": [s.title for s in found],
            "Published": ["" if s.published.is_undated else date_words(s.published) for s in found],
            "Kind": [label("source_kinds", s.kind) for s in found],
            "Language": [s.language for s in found],
            "Records": [cited[s.id] for s in found],
            "Contradicts": [denied[s.id] for s in found],
            "Link": [s.url if s.url.startswith(("http://", "https://")) else None for s in found],
        }
    )
    return _Found(table, [s.id for s in found])
