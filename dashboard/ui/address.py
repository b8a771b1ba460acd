"""What the address holds: filters, window, selected record, view, area, chart selection, order, version.

The session is the working copy, a `Link`, and the address follows it. Only when a person goes somewhere
(opens a link, takes the browser's back button) does the address win and the session follow: a rerun also
brings an address, but under load one that is older than what the session wrote since. Widgets follow the
session too: bound to the address by Streamlit, they would write their words into it instead of their codes.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.domain.area import Area, parse_area
from dashboard.domain.window import Window
from dashboard.workflows.sharing.link import NAMES, Link, read_link, write_link
from dashboard.workflows.sharing.link_values import MODES, View, read_layers, read_record
from dashboard.workflows.views.picks import Pick, pick_of
from dashboard.workflows.views.selection import Filters

__all__ = [
    "View",
    "adopt_from_map",
    "also_say",
    "area",
    "area_text",
    "arrival",
    "change",
    "dismiss_ignored",
    "fit_view",
    "fits",
    "ignored",
    "layers",
    "link",
    "open_record",
    "others",
    "page",
    "pick",
    "select_record",
    "selected_record",
    "set_area",
    "set_filters",
    "set_pick",
    "set_window",
    "show_layer",
    "shows_layer",
    "sync",
    "view",
    "window",
]

_IN_VIEW: Final = "view:"
_FIRST_LAYER: Final = "records"
_NO_LAYERS: Final = "none"
# Kept in the address by widgets of a page itself: which chart is open, and what is searched in a list.
_WIDGETS: Final = ("below", "timeline_by", "actors_who", "ranked", "find")
# Pages whose address says nothing but what a link says; others have parameters of their own.
_LINKED: Final = ("atlas", "events", "sites")
_STATE: Final = "address"
_FOLLOWS: Final = "address_follows_map"
_IGNORED: Final = "address_ignored"
_WRITTEN: Final = "address_written"
_PAGE: Final = "address_page"
_ARRIVED: Final = "address_arrived"
_FITS: Final = "map_fits"


def link() -> Link:
    """Give all that the address says.

    Returns
    -------
    Link
        The session's working copy.
    """
    found: Link = st.session_state.setdefault(_STATE, Link())
    return found


def change(**fields: Any) -> None:  # noqa: ANN401  # fields of `Link`
    """Say something else in the address.

    Parameters
    ----------
    **fields
        Fields of `Link`, validated.
    """
    st.session_state[_STATE] = replace(link(), **fields)
    _write()


def _from_query() -> dict[str, tuple[str, ...]]:
    return {name: given for name in NAMES if (given := tuple(filter(None, st.query_params.get_all(name))))}


def sync(name: str, names: Callable[[], Mapping[str, str]] = dict) -> None:
    """Bring session and address together; call it once at the head of each page.

    Parameters
    ----------
    name
        Name of the page. Changing pages clears the address, which is no wish of the user's.
    names
        Gives the names of actors by id, for older addresses that hold them; asked only when one names actors.
    """
    query, written = _from_query(), st.session_state.get(_WRITTEN)
    moved = page() != name
    st.session_state[_PAGE] = name
    if moved:
        dismiss_ignored()
    back = _is_history_navigation()
    if written is None or back or (moved and bool(query)):
        found, st.session_state[_IGNORED] = read_link(_pairs(name), names() if "actor" in query else None)
        if query != written:
            # One page of ours leads to another's record and means nothing else by it.
            only = set(query) == {"record"} and not (back or written is None)
            _adopt(replace(link(), record=found.record, view="") if only else found, query)
    _write()


def _pairs(on_page: str) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name in st.query_params
        if name in NAMES or (on_page in _LINKED and name not in _WIDGETS)
        for value in st.query_params.get_all(name)
    ]


def _adopt(found: Link, query: Mapping[str, tuple[str, ...]]) -> None:
    st.session_state[_STATE] = found
    st.session_state[_FOLLOWS] = query.get("area", ("",))[-1] == _IN_VIEW
    # A link that says where to look is not to be corrected by one that says what to look at.
    st.session_state[_ARRIVED] = (found.record, not found.view)


def _is_history_navigation() -> bool:
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _write() -> None:
    state: dict[str, tuple[str, ...]] = {}
    for name, value in write_link(link()):
        state[name] = (*state.get(name, ()), value)
    if st.session_state.get(_FOLLOWS):
        state.setdefault("area", (_IN_VIEW,))
    for name in NAMES:
        if name in state:
            if tuple(st.query_params.get_all(name)) != state[name]:
                st.query_params[name] = state[name][0] if len(state[name]) == 1 else list(state[name])
        elif name in st.query_params:
            del st.query_params[name]
    st.session_state[_WRITTEN] = state


def page() -> str:
    """Give the page that is looked at.

    Returns
    -------
    str
        Its name, as its address has it.
    """
    return str(st.session_state.get(_PAGE, ""))


def ignored() -> tuple[str, ...]:
    """Give what of the address was left out or put right when it was opened.

    Returns
    -------
    tuple of str
        Sentences, not Markdown; none once they were dismissed, or on another page.
    """
    found: tuple[str, ...] = st.session_state.get(_IGNORED, ())
    return found


def also_say(sentence: str) -> None:
    """Say something more about the address that was opened, beside what was left out of it.

    Parameters
    ----------
    sentence
        Not Markdown.
    """
    if sentence not in ignored():
        st.session_state[_IGNORED] = (*ignored(), sentence)


def dismiss_ignored() -> None:
    """Say no more what was left out."""
    st.session_state[_IGNORED] = ()


def others() -> tuple[tuple[str, str], ...]:
    """Give what else the address holds: which chart is open, and what is searched in a list.

    Returns
    -------
    tuple of (str, str)
        Names and values.
    """
    return tuple((name, st.query_params[name]) for name in _WIDGETS if st.query_params.get(name))


def arrival() -> tuple[str, bool]:
    """Give the record that an address or a click asked to see, once.

    Returns
    -------
    tuple of (str, bool)
        Its id, empty for none, and whether the map should go there.
    """
    record_id, go = st.session_state.pop(_ARRIVED, ("", False))
    return str(record_id), bool(go)


def window() -> Window:
    """Give the clock's window.

    Returns
    -------
    Window
        Open on both sides when nobody moved the clock.
    """
    return link().window


def set_window(value: Window) -> None:
    """Move the clock.

    Parameters
    ----------
    value
        The new window.
    """
    if value != window():
        # How its ends move is for whoever looks at it; a window of our own begins as it suggests.
        change(window=value, mode="")


def selected_record() -> str:
    """Give the selected record.

    Returns
    -------
    str
        Its id, empty when none is selected.
    """
    return link().record


def select_record(record_id: str) -> None:
    """Select a record, or none.

    Parameters
    ----------
    record_id
        Its id, or the empty string.
    """
    change(record=read_record(record_id))


def open_record(record_id: str) -> None:
    """Select a record and make sure that it is seen, as its link would.

    Parameters
    ----------
    record_id
        Its id.
    """
    select_record(record_id)
    st.session_state[_ARRIVED] = (record_id, True)


def view() -> View | None:
    """Give the part of Earth to show.

    Returns
    -------
    View or None
        None to fit what is visible.
    """
    return View.parse(link().view)


def fit_view() -> None:
    """Ask the map to show all that is shown, wherever it was moved to."""
    st.session_state[_FITS] = fits() + 1
    change(view="")


def fits() -> int:
    """Count how often the map was asked to show all that is shown.

    Returns
    -------
    int
        Greater than before means once more.
    """
    return int(st.session_state.get(_FITS, 0))


def set_filters(filters: Filters) -> None:
    """Ask for this and nothing else.

    Parameters
    ----------
    filters
        What is wanted.
    """
    st.session_state[_FOLLOWS] = False
    change(filters=filters)


def area() -> Area | None:
    """Give the area that records must lie in.

    Returns
    -------
    Area or None
        None when none was drawn or named, and until the map has said what it shows.
    """
    return link().filters.area


def area_text() -> str:
    """Give the area as the map's frame reads it.

    Returns
    -------
    str
        Empty for none; ``view:`` alone asks the map to say what it shows.
    """
    found = area()
    if found is not None:
        return str(found)
    return _IN_VIEW if st.session_state.get(_FOLLOWS) else ""


def set_area(value: "Area | None", *, follow: bool = False) -> None:
    """Ask for an area, or for none.

    Parameters
    ----------
    value
        What records must lie in.
    follow
        Ask for whatever the map shows instead.
    """
    st.session_state[_FOLLOWS] = follow
    change(filters=replace(link().filters, area=None if follow else value))


def pick() -> Pick | None:
    """Give what was chosen in a chart.

    Returns
    -------
    Pick or None
        None when nothing is chosen.
    """
    return pick_of(link().filters.chart)


def set_pick(value: "Pick | None") -> None:
    """Choose something in a chart, or nothing.

    Parameters
    ----------
    value
        The choice.
    """
    change(filters=replace(link().filters, chart=value.filters if value else None))


def layers() -> str:
    """Give the map's visible layers.

    Returns
    -------
    str
        Ids from top to bottom with commas between them; empty for the map's own choice.
    """
    return link().layers


def shows_layer(layer: str) -> bool:
    """Say whether the map shows a layer.

    Parameters
    ----------
    layer
        Its id.

    Returns
    -------
    bool
        Whether the address names it.
    """
    return layer in layers().split(",")


def show_layer(layer: str) -> None:
    """Put a layer on top of the visible ones, unless it is one of them.

    Parameters
    ----------
    layer
        Its id.
    """
    shown = [part for part in layers().split(",") if part not in ("", _NO_LAYERS)]
    if layer not in shown:
        change(layers=",".join([layer, *(shown or ([] if layers() else [_FIRST_LAYER]))]))


def adopt_from_map(reported: Mapping[str, Any]) -> None:
    """Take over what the map's frame reported.

    Parameters
    ----------
    reported
        ``window``, ``selected``, ``view``, ``area``, ``layers``, ``mode`` as docs/map-document.md has them;
        each may be missing.
    """
    said: dict[str, Any] = {}
    clock, place = reported.get("window"), reported.get("view")
    if isinstance(clock, Mapping):
        said["window"] = Window.parse(_text(clock.get("from")), _text(clock.get("to")))
    if "selected" in reported:
        said["record"] = read_record(_text(reported["selected"]))
    if "area" in reported:
        st.session_state[_FOLLOWS] = False
        said["filters"] = replace(link().filters, area=parse_area(_text(reported["area"])))
    if "mode" in reported:
        said["mode"] = reported["mode"] if reported["mode"] in MODES else ""
    if "layers" in reported:
        said["layers"] = read_layers(_text(reported["layers"]))
    if isinstance(place, Mapping):
        shown = View.parse(f"{place.get('lat')},{place.get('lng')},{place.get('zoom')}")
        said["view"] = str(shown or "")
    change(**said)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
