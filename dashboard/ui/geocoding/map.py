"""The candidates of a name on the atlas's own map, in its sandboxed frame, without the clock."""

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from dashboard.geocoding import Candidate
from dashboard.maps.addresses import MAP_DOCUMENT, payload_address
from dashboard.maps.basemaps import find_basemap
from dashboard.runtime import PASSING, Runtime
from dashboard.ui.map_panel import map_component
from dashboard.workflows.candidate_map import candidate_map

__all__ = ["show_candidates_map"]

_KEY: Final = "geo_map"
_HEIGHT: Final = 420
_LOW_HEIGHT: Final = 320
_FEW: Final = 5  # a table so short leaves the map alone
_NO_CLOCK: Final = {"from": None, "to": None}


def show_candidates_map(
    atlas: Runtime,
    candidates: Sequence[Candidate],
    chosen_id: str,
    selected: str,
    choose: Callable[[str], None],
) -> None:
    """Draw candidates on a map; a click chooses one.

    Parameters
    ----------
    atlas
        The atlas, which serves the map.
    candidates
        The candidates, best first.
    chosen_id
        Place id of the one decided on, empty for none.
    selected
        Place id of the one looked at, empty for none.
    choose
        Called with the place id that was clicked.
    """
    found = candidate_map(candidates, chosen_id)
    if found is None:
        st.info("No candidate has a point to show on a map.", icon=":material/location_off:")
        return
    version = PASSING + found.name
    atlas.offer(version, lambda: found.payload(version))
    height = _HEIGHT if len(candidates) > _FEW else _LOW_HEIGHT

    def adopt() -> None:
        choose(str(st.session_state[_KEY].get("selected") or ""))

    map_component()(
        key=_KEY,
        data={
            "document": f"{MAP_DOCUMENT}?basemap={find_basemap(atlas.settings.basemap).id}&clock=off",
            "payload": payload_address(version),
            "datasets": {},
            "state": {
                "window": _NO_CLOCK,
                "selected": selected or None,
                "view": found.view,
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
        on_selected_change=adopt,
        on_view_change=_ignore,
        on_area_change=_ignore,
        on_layers_change=_ignore,
    )
    shown = len(found.candidates)
    missing = f"{shown} of {len(candidates)} candidates have a point. " if shown < len(candidates) else ""
    st.caption(f"{missing}Orange: the one decided on; rings: how far a place may be off. A click chooses.")


def _ignore() -> None:
    """Take no notice: the view of this map is nobody else's."""
