"""Tables of actors and sources, with a search over their names."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.records import Actor
from dashboard.domain.vocabulary import label
from dashboard.geocoding.names import fold
from dashboard.ui import address
from dashboard.workflows.evidence import Evidence, Library

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
    found = [
        e for e in actors if isinstance(e.record, Actor) and _matches(words, e.record.name, *e.record.names)
    ]
    if not found:
        st.info("No actor of that name.", icon=":material/search_off:")
        return
    rows = [(e.record, len(e.linked)) for e in found if isinstance(e.record, Actor)]
    table = pd.DataFrame(
        {
            "Name": [a.name for a, _ in rows],
            "Kind": [label("actor_kinds", a.kind) for a, _ in rows],
            "Country": [country_name(a.country) for a, _ in rows],
            "Part of": [", ".join(map(library.name, a.parent)) for a, _ in rows],
            "Linked records": [n for _, n in rows],
            "Also known as": [" · ".join(a.names) for a, _ in rows],
        }
    )

    def choose() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(rows):
            address.select_record(rows[chosen[0]][0].id)

    st.dataframe(
        table,
        key=key,
        hide_index=True,
        height=640,
        selection_mode="single-row",
        on_select=choose,
    )


def show_sources(library: Library, words: str, key: str) -> None:
    """Draw sources as a table with working links.

    Parameters
    ----------
    library
        All records.
    words
        Folded words that must all occur in publisher, title or address.
    key
        Key of the table.
    """
    cited: Counter[str] = Counter()
    denied: Counter[str] = Counter()
    for evidence in library.evidence.values():
        cited.update({c.source_id for c in evidence.supporting})
        denied.update({c.source_id for c in evidence.contradicting})
    found = [s for s in library.sources.values() if _matches(words, s.publisher, s.title, s.url)]
    if not found:
        st.info("No source matches.", icon=":material/search_off:")
        return
    table = pd.DataFrame(
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
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        height=640,
        column_config={"Link": st.column_config.LinkColumn(display_text="open")},
    )
