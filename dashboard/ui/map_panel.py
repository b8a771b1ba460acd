"""The map and its clock as a Streamlit component: a sandboxed frame that outlives reruns."""

import base64
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from dashboard.domain.area import Rectangle
from dashboard.maps.addresses import MAP_DOCUMENT, payload_address, window_address
from dashboard.maps.basemaps import basemaps, find_basemap
from dashboard.runtime.large_layers import OfferedLayer
from dashboard.ui import address
from dashboard.ui.components import map_component
from dashboard.ui.following import follow
from dashboard.workflows.views.datasets import Dataset

__all__ = ["choose_basemap", "show_map"]

_KEY: Final = "atlas_map"
_VIEW: Final = "view"


def choose_basemap(preferred: str) -> str:
    """Draw the map's own switches in the sidebar.

    Parameters
    ----------
    preferred
        Id of the basemap at start, from the settings.

    Returns
    -------
    str
        Id of the basemap chosen.
    """
    area = address.area()
    follows = address.area_text().startswith("view:")
    st.session_state["in_view"] = follows
    with st.sidebar:
        st.toggle(
            "Only what the map shows",
            key="in_view",
            on_change=_follow,
            help="Table, charts and counts follow the map as you move it."
            + (" It takes the place of the area drawn now." if area and not follows else ""),
        )
        wanted = address.link().basemap or find_basemap(preferred).id
        follow("basemap", wanted)
        st.selectbox(
            "Basemap",
            list(basemaps()),
            key="basemap",
            on_change=lambda: address.change(basemap=str(st.session_state["basemap"])),
            format_func=lambda name: basemaps()[name].label,
            help="The offline one asks nobody; the others ask their own servers for tiles.",
        )
    return wanted


def _follow() -> None:
    area = address.area()
    if st.session_state["in_view"]:
        address.set_area(None, follow=True)
    elif area is None or (isinstance(area, Rectangle) and area.follows):
        address.set_area(None)


@st.fragment
def show_map(  # noqa: PLR0913  # what a map is told
    version: str,
    mask: bytes | None,
    *,
    basemap: str,
    move_to: str,
    height: int,
    datasets: Sequence[tuple[Dataset | OfferedLayer, bytes | None]] = (),
    asked: str = "",
) -> None:
    """Draw the map and the clock, and take over what the user does there.

    Where the map was moved to concerns nothing else on the page, so that alone draws nothing else anew.

    Parameters
    ----------
    version
        Data version of the payload to show.
    mask
        Bits of the records that match the filters, None when all do.
    basemap
        Id of a basemap.
    move_to
        Id of a record to bring into view, empty for none.
    height
        Height in CSS pixels.
    datasets
        Imported datasets, each with the bits of its records that match the filters, which a large layer has
        none of.
    asked
        Filters as an address says them, for large layers: of these only what they let through is read.
    """
    view = address.view()
    clock = address.window()
    state = {
        "window": {"from": clock.start_text, "to": clock.end_text},
        "selected": address.selected_record() or None,
        "view": {"lat": view.lat, "lng": view.lng, "zoom": view.zoom} if view else None,
        "mask": _text(mask),
        "theme": st.context.theme.type or "light",
        "moveTo": move_to or None,
        "fit": address.fits(),
        "area": address.area_text() or None,
        "layers": address.layers(),
        "mode": address.link().mode,
        "datasets": [_offer(one, asked) for one, _ in datasets],
        "masks": {one.layer: _text(bits) for one, bits in datasets},
    }
    map_component()(
        key=_KEY,
        data={
            "document": f"{MAP_DOCUMENT}?basemap={basemap}",
            "payload": payload_address(version),
            "datasets": {one.layer: _payload_of(one, asked) for one, _ in datasets},
            "windows": {
                one.layer: _with(window_address(one.version), asked)
                for one, _ in datasets
                if isinstance(one, OfferedLayer)
            },
            "state": state,
            "height": height,
        },
        height=height,
        on_window_change=lambda: _adopt("window"),
        on_selected_change=lambda: _adopt("selected"),
        on_view_change=lambda: _adopt(_VIEW),
        on_area_change=lambda: _adopt("area"),
        on_layers_change=lambda: _adopt("layers"),
        on_mode_change=lambda: _adopt("mode"),
    )


def _with(path: str, asked: str) -> str:
    return f"{path}?{asked}" if asked else path


def _payload_of(one: Dataset | OfferedLayer, asked: str) -> str:
    path = payload_address(_version(one))
    return _with(path, asked) if isinstance(one, OfferedLayer) else path


def _offer(one: Dataset | OfferedLayer, asked: str) -> dict[str, Any]:
    # What filters let through of a large layer is another version of it to the map, which asks for it anew.
    version = _with(_version(one), asked) if isinstance(one, OfferedLayer) else _version(one)
    offer = {"id": one.layer, "label": one.title, "colour": one.colour, "version": version}
    offer["licence"] = one.licence
    return offer | ({"windowed": True} if isinstance(one, OfferedLayer) else {})


def _version(one: Dataset | OfferedLayer) -> str:
    return one.version if isinstance(one, OfferedLayer) else one.frames.version


def _text(mask: bytes | None) -> str | None:
    return None if mask is None else base64.b64encode(mask).decode("ascii")


def _adopt(name: str) -> None:
    reported = st.session_state[_KEY]
    address.adopt_from_map({name: reported.get(name)})
    if name != _VIEW:
        st.rerun()
