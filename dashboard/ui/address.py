"""What the address holds besides the filters: window, selected record, view, area, chart selection.

The session is the working copy and the address follows it. Only when a person goes somewhere (opens a link,
takes the browser's back button) does the address win and the session follow: a rerun also brings an address,
but under load one that is older than what the session wrote since.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.domain.area import Area, parse_area
from dashboard.domain.window import Window
from dashboard.workflows.picks import Pick, parse_pick

__all__ = [
    "View",
    "adopt_from_map",
    "area",
    "area_text",
    "arrival",
    "fit_view",
    "fits",
    "layers",
    "open_record",
    "pick",
    "select_record",
    "selected_record",
    "set_area",
    "set_pick",
    "set_window",
    "show_layer",
    "shows_layer",
    "sync",
    "view",
    "window",
]

_KEYS: Final = ("from", "to", "record", "view", "area", "chart", "layers")
_IN_VIEW: Final = "view:"
_LAYERS: Final = re.compile(r"[a-z0-9:_-]{1,60}(,[a-z0-9:_-]{1,60}){0,19}")
_FIRST_LAYER: Final = "records"
_NO_LAYERS: Final = "none"
_STATE: Final = "address"
_WRITTEN: Final = "address_written"
_PAGE: Final = "address_page"
_ARRIVED: Final = "address_arrived"
_FITS: Final = "map_fits"


@dataclass(frozen=True, slots=True)
class View:
    """What part of Earth the map shows.

    Parameters
    ----------
    lat, lng
        Centre in degrees, EPSG:4326.
    zoom
        Web map zoom.
    """

    lat: float
    lng: float
    zoom: float

    @classmethod
    def parse(cls, text: str) -> "View | None":
        """Read a view as an address gives it.

        Parameters
        ----------
        text
            ``lat,lng,zoom``.

        Returns
        -------
        View or None
            Clamped to Earth and to zoom 1 to 18; None when it cannot be read.
        """
        try:
            lat, lng, zoom = (float(part) for part in text[:60].split(","))
        except ValueError:
            return None
        if not (abs(lat) <= 90 and abs(lng) <= 360 and 0 <= zoom <= 30):  # noqa: PLR2004  # Earth; NaN fails too
            return None
        return cls(round(lat, 4), round(lng, 4), min(max(round(zoom, 2), 1.0), 18.0))

    def __str__(self) -> str:
        """Write it as an address does, with every digit that `parse` keeps."""
        return ",".join(
            f"{round(value, 4)!r}".removesuffix(".0") for value in (self.lat, self.lng, self.zoom)
        )


def _state() -> dict[str, str]:
    state: dict[str, str] = st.session_state.setdefault(_STATE, {})
    return state


def _from_query() -> dict[str, str]:
    return {key: st.query_params[key] for key in _KEYS if st.query_params.get(key)}


def sync(page: str) -> None:
    """Bring session and address together; call it once at the head of each page.

    Parameters
    ----------
    page
        Name of the page. Changing pages clears the address, which is no wish of the user's.
    """
    query, written = _from_query(), st.session_state.get(_WRITTEN)
    moved = st.session_state.get(_PAGE) != page
    st.session_state[_PAGE] = page
    went = written is None or _is_history_navigation() or (moved and bool(query))
    if went and query != written:
        st.session_state[_STATE] = query
        # A link that says where to look is not to be corrected by one that says what to look at.
        st.session_state[_ARRIVED] = (query.get("record", ""), "view" not in query)
    _write()


def _is_history_navigation() -> bool:
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _write() -> None:
    state = {key: value for key, value in _state().items() if value}
    for key in _KEYS:
        if key in state:
            if st.query_params.get(key) != state[key]:
                st.query_params[key] = state[key]
        elif key in st.query_params:
            del st.query_params[key]
    st.session_state[_WRITTEN] = state


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
    state = _state()
    return Window.parse(state.get("from"), state.get("to"))


def set_window(value: Window) -> None:
    """Move the clock.

    Parameters
    ----------
    value
        The new window.
    """
    _state().update({"from": value.start_text or "", "to": value.end_text or ""})
    _write()


def selected_record() -> str:
    """Give the selected record.

    Returns
    -------
    str
        Its id, empty when none is selected.
    """
    return _state().get("record", "")


def select_record(record_id: str) -> None:
    """Select a record, or none.

    Parameters
    ----------
    record_id
        Its id, or the empty string.
    """
    _state()["record"] = record_id
    _write()


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
    return View.parse(_state().get("view", ""))


def fit_view() -> None:
    """Ask the map to show all that is shown, wherever it was moved to."""
    _state()["view"] = ""
    st.session_state[_FITS] = fits() + 1
    _write()


def fits() -> int:
    """Count how often the map was asked to show all that is shown.

    Returns
    -------
    int
        Greater than before means once more.
    """
    return int(st.session_state.get(_FITS, 0))


def area() -> Area | None:
    """Give the area that records must lie in.

    Returns
    -------
    Area or None
        None when none was drawn or named, and until the map has said what it shows.
    """
    return parse_area(_state().get("area", ""))


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
    return _IN_VIEW if _state().get("area", "").startswith(_IN_VIEW) else ""


def set_area(value: "Area | None", *, follow: bool = False) -> None:
    """Ask for an area, or for none.

    Parameters
    ----------
    value
        What records must lie in.
    follow
        Ask for whatever the map shows instead.
    """
    _state()["area"] = _IN_VIEW if follow else str(value) if value else ""
    _write()


def pick() -> Pick | None:
    """Give what was chosen in a chart.

    Returns
    -------
    Pick or None
        None when nothing is chosen.
    """
    return parse_pick(_state().get("chart", ""))


def set_pick(value: "Pick | None") -> None:
    """Choose something in a chart, or nothing.

    Parameters
    ----------
    value
        The choice.
    """
    _state()["chart"] = str(value) if value else ""
    _write()


def layers() -> str:
    """Give the map's visible layers.

    Returns
    -------
    str
        Ids from top to bottom with commas between them; empty for the map's own choice.
    """
    return _layers_text(_state().get("layers", ""))


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
        _state()["layers"] = ",".join([layer, *(shown or ([] if layers() else [_FIRST_LAYER]))])
        _write()


def _layers_text(text: str) -> str:
    return text if _LAYERS.fullmatch(text) else ""


def adopt_from_map(reported: Mapping[str, Any]) -> None:
    """Take over what the map's frame reported.

    Parameters
    ----------
    reported
        ``window``, ``selected``, ``view``, ``area``, ``layers`` as docs/map-document.md has them; each may be
        missing.
    """
    state = _state()
    clock = reported.get("window")
    if isinstance(clock, Mapping):
        chosen = Window.parse(_text(clock.get("from")), _text(clock.get("to")))
        state.update({"from": chosen.start_text or "", "to": chosen.end_text or ""})
    if "selected" in reported:
        state["record"] = _text(reported["selected"])[:200]
    if "area" in reported:
        drawn = parse_area(_text(reported["area"]))
        state["area"] = str(drawn) if drawn else ""
    if "layers" in reported:
        state["layers"] = _layers_text(_text(reported["layers"]))
    place = reported.get("view")
    if isinstance(place, Mapping):
        shown = View.parse(f"{place.get('lat')},{place.get('lng')},{place.get('zoom')}")
        state["view"] = str(shown) if shown else ""
    _write()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
