"""The table of actors, with a search over their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.records import Actor
from dashboard.domain.vocabulary import label
from dashboard.geocoding.names import fold
from dashboard.ui import address
from dashboard.ui.chosen_row import row_chooser
from dashboard.ui.screen import table_height
from dashboard.workflows.views.evidence import Evidence, Library

__all__ = ["matches", "search_box", "show_actors"]

_HEIGHT: Final = 640
_COLUMNS: Final = {
    "Name": st.column_config.TextColumn(width=255),
    "Kind": st.column_config.TextColumn(width=120),
    "Country": st.column_config.TextColumn(width=150),
    "Part of": st.column_config.TextColumn(width=165),
    "Records": st.column_config.NumberColumn(width=80, help="Sites and events that it takes part in"),
    "Also known as": st.column_config.TextColumn(width=260),
}


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


def matches(words: str, *texts: str) -> bool:
    """Say whether all words occur in some texts.

    Parameters
    ----------
    words
        Folded words.
    *texts
        As they were written.

    Returns
    -------
    bool
        True when there are no words.
    """
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

    st.dataframe(
        found.table,
        key=key,
        hide_index=True,
        height=table_height(_HEIGHT),
        selection_mode="single-row",
        on_select=row_chooser(key, found.ids, address.select_record),
        column_config=_COLUMNS,
        alt="Actors",
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
        if isinstance(e.record, Actor) and matches(words, e.record.name, *e.record.names)
    ]
    found.sort(key=lambda one: fold(one[0].name))
    table = pa.table(
        {
            "Name": [a.name for a, _ in found],
            "Kind": [label("actor_kinds", a.kind) for a, _ in found],
            "Country": [country_name(a.country) for a, _ in found],
            "Part of": [", ".join(map(library.name, a.parent)) for a, _ in found],
            "Records": [n for _, n in found],
            "Also known as": [" · ".join(a.names) for a, _ in found],
        }
    )
    return _Found(table, [a.id for a, _ in found])
