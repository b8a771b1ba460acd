"""A map that no page follows: a table on trial, a layer, a few places. Only a click may mean something."""

from collections.abc import Callable

import streamlit as st

from dashboard.maps.addresses import MAP_DOCUMENT, payload_address
from dashboard.maps.basemaps import find_basemap
from dashboard.runtime import AtlasView
from dashboard.ui.components import map_component

__all__ = ["show_map_alone"]


def show_map_alone(  # noqa: PLR0913  # what is drawn, how it begins, and what a click does
    atlas: AtlasView,
    version: str,
    key: str,
    height: int,
    *,
    selected: str = "",
    view: dict[str, float] | None = None,
    clock: bool = True,
    adopt: Callable[[str], None] | None = None,
) -> None:
    """Draw one payload on a map of its own.

    Parameters
    ----------
    atlas
        The atlas, which serves the map.
    version
        Name of the payload, which the atlas serves or was offered.
    key
        Key of the widget.
    height
        Height in pixels.
    selected
        Id of the record that is selected, empty for none.
    view
        Where the map begins; all of its records when None.
    clock
        Whether it has the clock.
    adopt
        Called with the id of what was clicked, empty when nothing is selected any more.
    """

    def take() -> None:
        if adopt is not None:
            adopt(str(st.session_state[key].get("selected") or ""))

    basemap = find_basemap(atlas.settings.basemap).id
    map_component()(
        key=key,
        data={
            "document": f"{MAP_DOCUMENT}?basemap={basemap}{'' if clock else '&clock=off'}",
            "payload": payload_address(version),
            "datasets": {},
            "state": {
                "window": {"from": None, "to": None},
                "selected": selected or None,
                "view": view,
                "mask": None,
                "theme": st.context.theme.type or "light",
                "moveTo": None,
                "area": None,
                "layers": "",
                "datasets": [],
                "masks": {},
            },
            "height": height,
        },
        height=height,
        on_window_change=_ignore,
        on_selected_change=take,
        on_view_change=_ignore,
        on_area_change=_ignore,
        on_layers_change=_ignore,
        on_mode_change=_ignore,
    )


def _ignore() -> None:
    """Take no notice: what is done on this map concerns nothing else."""
