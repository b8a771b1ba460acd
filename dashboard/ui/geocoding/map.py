"""A few places on the atlas's own map, in its sandboxed frame, without the clock."""

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from dashboard.geocoding import Candidate
from dashboard.runtime import PASSING, AtlasView
from dashboard.ui.map_alone import show_map_alone
from dashboard.workflows.geocoding.candidate_map import candidate_map
from dashboard.workflows.views.spots import Spot, SpotMap, spot_map

__all__ = ["show_candidates_map", "show_spots_map"]

_KEY: Final = "geo_map"
_SPOTS_KEY: Final = "spots_map"
_HEIGHT: Final = 420
_LOW_HEIGHT: Final = 320
_SPOTS_HEIGHT: Final = 280
_SPOTS_ZOOM: Final = 9.0  # so that a point moved by a few kilometres is seen to move
_FEW: Final = 5  # a table so short leaves the map alone


def show_candidates_map(
    atlas: AtlasView,
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

    height = _HEIGHT if len(candidates) > _FEW else _LOW_HEIGHT
    _show(atlas, found, _KEY, height, selected=selected, adopt=choose)
    shown = len(found.spots)
    missing = f"{shown} of {len(candidates)} candidates have a point. " if shown < len(candidates) else ""
    st.caption(f"{missing}Orange: the one decided on; rings: how far a place may be off. A click chooses.")


def show_spots_map(
    atlas: AtlasView,
    spots: Sequence[Spot],
    chosen: str = "Proposed",
    other: str = "Published",
    choose: Callable[[str], None] | None = None,
) -> None:
    """Draw places that count beside others, such as what is proposed beside what is published.

    Parameters
    ----------
    atlas
        The atlas, which serves the map.
    spots
        The places.
    chosen, other
        Words for those that count, and for the others.
    choose
        Called with the id of the place that was clicked; None when a click means nothing.
    """
    found = spot_map(spots, chosen, other, _SPOTS_ZOOM)
    if found is None:
        return

    _show(atlas, found, _SPOTS_KEY, _SPOTS_HEIGHT, adopt=choose)
    st.caption(f"Orange: {chosen.lower()}; grey: {other.lower()}. Rings: how far a place may be off.")


def _show(  # one map
    atlas: AtlasView,
    found: SpotMap,
    key: str,
    height: int,
    *,
    selected: str = "",
    adopt: Callable[[str], None] | None,
) -> None:
    version = PASSING + found.name
    atlas.offer(version, lambda: found.payload(version))
    show_map_alone(atlas, version, key, height, selected=selected, view=found.view, clock=False, adopt=adopt)
