"""The filters, the same on every page and kept in the address as codes, so that a link outlives a new name.

The address holds what is asked for (`dashboard.ui.address`); the widgets show it and change it. Area and
chart selection are not made here but count here: one value holds all that a view is narrowed by.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.vocabulary import codes, label
from dashboard.frames import AtlasFrames
from dashboard.geocoding.names import fold
from dashboard.ui import address
from dashboard.ui.area import show_area_filter
from dashboard.ui.following import follow
from dashboard.workflows.sharing.link_values import LISTS, TYPE_WORDS, clean_text
from dashboard.workflows.sharing.link_words import code_word, status_word
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.selection import Filters

__all__ = ["ask_for", "clear_filters", "show_filters"]


def clear_filters() -> None:
    """Ask for nothing any more; may be used as a callback."""
    ask_for(Filters())


def ask_for(filters: Filters) -> None:
    """Ask for this and nothing else; may be used as a callback.

    Parameters
    ----------
    filters
        What is wanted.
    """
    address.set_filters(filters)


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
    allowed = tuple(types)
    offered = _offered(frames, library, allowed)
    with st.sidebar:
        follow("q", address.link().filters.text)
        st.text_input(
            "Search",
            key="q",
            on_change=_adopt_text,
            placeholder="Ben Slimane, SpyX, تل أبيب …",
            help="Names, places, actors, products and notes, in any script or spelling.",
        )
        if len(allowed) > 1:
            _choose("Show", "type", TYPE_WORDS)
        _choose("Country", "country", offered.countries)
        _choose(
            "Involving all of",
            "involving",
            offered.involved,
            hint="Countries of the actors or of the places: choose two for what they do together.",
        )
        _choose("Kind", "kind", offered.kinds)
        _choose("Actor", "actor", offered.actors)
        _choose("Product", "product", offered.products)
        _choose("Status", "status", offered.statuses, hint="The last one known, whatever the clock says.")
        _choose("Place known to", "precision", offered.precisions)
        follow("contested", address.link().filters.contested)
        st.toggle("Only contradicted by a source", key="contested", on_change=_adopt_contested)
        show_area_filter(frames, library)
        filters = address.link().filters
        st.button(
            "Clear filters",
            on_click=clear_filters,
            disabled=(filters if len(allowed) > 1 else filters.only()).are_empty,
            width="stretch",
            icon=":material/filter_alt_off:",
        )
    return filters if len(allowed) > 1 else filters.only(*allowed)


@dataclass(frozen=True)
class _Offered:
    """Codes that occur with their words, in the order in which they are offered."""

    countries: Mapping[str, str]
    involved: Mapping[str, str]
    kinds: Mapping[str, str]
    actors: Mapping[str, str]
    products: Mapping[str, str]
    precisions: Mapping[str, str]
    statuses: Mapping[str, str]


def _offered(frames: AtlasFrames, library: Library, types: tuple[str, ...]) -> _Offered:
    return frames.memo.get(("offered", types, library.version), lambda: _look_through(frames, library, types))


def _look_through(frames: AtlasFrames, library: Library, types: tuple[str, ...]) -> _Offered:
    rows = frames.records[frames.records["record_type"].isin(types)]
    kinds = {code: label(f"{t}_kinds", code) for t in reversed(types) for code in codes(f"{t}_kinds")}
    order = [code for t in types for code in codes(f"{t}_kinds")]
    precisions = {code: label("precisions", code) for code in codes("precisions")}
    statuses = {code: status_word(code) for t in types for code in codes(f"{t}_statuses")}
    return _Offered(
        countries=_parts(rows["countries"], country_name),
        involved=_parts(pd.concat([rows["countries"], rows["parties"]]), country_name),
        kinds=_present({code: kinds[code] for code in order}, rows["kind"]),
        actors=_parts(rows["actors"], library.name),
        products=_parts(rows["products"], _product_words),
        precisions=_present(precisions, rows["precisions"].str.strip("|")),
        statuses=_present(statuses, rows["status"]),
    )


def _product_words(code: str) -> str:
    return label("product_categories", code)


def _choose(title: str, key: str, options: Mapping[str, str], hint: str | None = None) -> None:
    wanted: tuple[str, ...] = getattr(address.link().filters, LISTS[key])
    # What a link asks for is shown even where nothing is of it.
    offered = (*options, *(code for code in wanted if code not in options))
    # Their order is the user's; only what is among them counts.
    follow(key, list(wanted), same=lambda now: sorted(now) == list(wanted), options=offered)
    st.multiselect(
        title,
        offered,
        key=key,
        on_change=_adopt,
        args=(key,),
        format_func=lambda code: options.get(code) or code_word(key, code),
        help=hint,
    )


def _adopt(key: str) -> None:
    chosen = tuple(sorted(st.session_state[key]))
    address.change(filters=replace(address.link().filters, **{LISTS[key]: chosen}))  # type: ignore[arg-type]  # by name


def _adopt_text() -> None:
    address.change(filters=replace(address.link().filters, text=clean_text(str(st.session_state["q"]))))


def _adopt_contested() -> None:
    address.change(filters=replace(address.link().filters, contested=bool(st.session_state["contested"])))


def _present(words: Mapping[str, str], column: "pd.Series[str]") -> dict[str, str]:
    there = set(column.unique())
    return {code: word for code, word in words.items() if code in there}


def _parts(column: "pd.Series[str]", words: Callable[[str], str]) -> dict[str, str]:
    there = {part for cell in column.unique() for part in cell.strip("|").split("|") if part}
    named = {code: words(code) for code in there}
    return dict(sorted(named.items(), key=lambda one: fold(one[1])))
