"""The filters, the same on every page and kept in the address under the names of their fields.

Area and chart selection are not made here but count here: one value holds all that a view is narrowed by.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.vocabulary import codes, label
from dashboard.frames import AtlasFrames
from dashboard.ui import address
from dashboard.ui.area import show_area_filter
from dashboard.workflows.evidence import Library
from dashboard.workflows.selection import Filters

__all__ = ["ask_for", "clear_filters", "clear_filters_next_run", "show_filters"]

# Keys of the lists, as the address has them, and the field of `Filters` that each one fills.
_MULTI = {
    "type": "types",
    "country": "countries",
    "involving": "involved",
    "kind": "kinds",
    "actor": "actors",
    "product": "products",
    "precision": "precisions",
}
_CLEAR = "clear_filters_next_run"
_TYPE_LABELS = {"site": "Sites", "event": "Events"}


def clear_filters() -> None:
    """Ask for nothing any more; may be used as a callback."""
    ask_for(Filters())


def ask_for(filters: Filters) -> None:
    """Ask for this and nothing else; may be used as a callback.

    Parameters
    ----------
    filters
        What is wanted of the sidebar's lists, its search and its switch. Area and chart selection, which are
        not made in the sidebar, are dropped.
    """
    for key, field in _MULTI.items():
        st.session_state[key] = list(getattr(filters, field))
    st.session_state["q"] = filters.text
    st.session_state["contested"] = filters.contested
    address.set_area(None)
    address.set_pick(None)


def clear_filters_next_run() -> None:
    """Ask for nothing any more, from a place where the filters are drawn already."""
    st.session_state[_CLEAR] = True


def show_filters(frames: AtlasFrames, library: Library, types: Iterable[str] = ("site", "event")) -> Filters:
    """Draw the filters in the sidebar.

    Parameters
    ----------
    frames
        The atlas: only values that occur in it are offered.
    library
        Names of actors.
    types
        Record types of the page; with one, the choice of type is left out.

    Returns
    -------
    Filters
        What the user asks for.
    """
    if st.session_state.pop(_CLEAR, False):
        clear_filters()
    allowed = tuple(types)
    offered = _offered(frames, library, allowed)
    with st.sidebar:
        text = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            placeholder="Ben Slimane, SpyX, تل أبيب …",
            help="Names, places, actors, products and notes, in any script or spelling.",
        )
        chosen_types = _choose("Show", "type", _TYPE_LABELS) if len(allowed) > 1 else []
        filters = Filters(
            types=tuple(chosen_types) or (allowed if len(allowed) == 1 else ()),
            countries=_choose("Country", "country", offered.countries),
            involved=_choose(
                "Involving all of",
                "involving",
                offered.involved,
                hint="Countries of the actors or of the places: choose two for what they do together.",
            ),
            kinds=_choose("Kind", "kind", offered.kinds),
            actors=_choose("Actor", "actor", offered.actors),
            products=_choose("Product", "product", offered.products),
            precisions=_choose("Place known to", "precision", offered.precisions),
            text=text,
            contested=st.toggle("Only contradicted by a source", key="contested", bind="query-params"),
        )
        show_area_filter(frames, library)
        pick = address.pick()
        filters = replace(filters, area=address.area(), chart=pick.filters if pick else None)
        st.button(
            "Clear filters",
            on_click=clear_filters,
            disabled=filters.only().are_empty,
            width="stretch",
            icon=":material/filter_alt_off:",
        )
    return filters


@dataclass(frozen=True)
class _Offered:
    """Codes that occur with their words, in the order in which they are offered."""

    countries: Mapping[str, str]
    involved: Mapping[str, str]
    kinds: Mapping[str, str]
    actors: Mapping[str, str]
    products: Mapping[str, str]
    precisions: Mapping[str, str]


def _offered(frames: AtlasFrames, library: Library, types: tuple[str, ...]) -> _Offered:
    return frames.memo.get(("offered", types, library.version), lambda: _look_through(frames, library, types))


def _look_through(frames: AtlasFrames, library: Library, types: tuple[str, ...]) -> _Offered:
    rows = frames.records[frames.records["record_type"].isin(types)]
    kinds = {code: label(f"{t}_kinds", code) for t in reversed(types) for code in codes(f"{t}_kinds")}
    order = [code for t in types for code in codes(f"{t}_kinds")]
    precisions = {code: label("precisions", code) for code in codes("precisions")}
    return _Offered(
        countries=_parts(rows["countries"], country_name),
        involved=_parts(pd.concat([rows["countries"], rows["parties"]]), country_name),
        kinds=_present({code: kinds[code] for code in order}, rows["kind"]),
        actors=_parts(rows["actors"], library.name),
        products=_parts(rows["products"], _product_words),
        precisions=_present(precisions, rows["precisions"].str.strip("|")),
    )


def _product_words(code: str) -> str:
    return label("product_categories", code)


def _choose(title: str, key: str, options: Mapping[str, str], hint: str | None = None) -> tuple[str, ...]:
    chosen = st.multiselect(
        title,
        list(options),
        key=key,
        bind="query-params",
        format_func=lambda code: options.get(code, code),
        help=hint,
    )
    return tuple(chosen)


def _present(words: Mapping[str, str], column: "pd.Series[str]") -> dict[str, str]:
    there = set(column.unique())
    return {code: word for code, word in words.items() if code in there}


def _parts(column: "pd.Series[str]", words: Callable[[str], str]) -> dict[str, str]:
    there = {part for cell in column.unique() for part in cell.strip("|").split("|") if part}
    named = {code: words(code) for code in there}
    return dict(sorted(named.items(), key=lambda one: one[1].casefold()))
