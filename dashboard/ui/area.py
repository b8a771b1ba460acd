"""Where to look: around a place, around a record, or what the map shows; and the chips that undo a choice.

Shapes are drawn on the map itself. Whatever an area came from, it is one text in the address.
"""

from typing import Final

import streamlit as st

from dashboard.domain.area import Circle
from dashboard.errors import GazetteerError
from dashboard.frames import AtlasFrames
from dashboard.geocoding import Gazetteer
from dashboard.runtime import runtime
from dashboard.ui import address
from dashboard.ui.person import current_person
from dashboard.ui.words import plain
from dashboard.workflows.geocoding.nearby import Spot, find_spots, spot_of
from dashboard.workflows.sharing.link_words import area_words, pick_words
from dashboard.workflows.views.evidence import Library

__all__ = ["show_area_filter", "show_chips"]

_PLACE: Final = "near_place"
_KM: Final = "near_km"
_FOUND: Final = "near_found"
_KM_NOW: Final = 50.0


def show_chips(library: Library) -> None:
    """Draw what narrows the view besides the sidebar's lists; a click takes it away.

    Parameters
    ----------
    library
        Names of actors.
    """
    area, pick = address.area(), address.pick()
    # Always there, even when empty: the map below must keep its place, or its frame would start anew.
    with st.container(horizontal=True, gap="small", key="chips"):
        if pick is not None:
            words = plain(f"Chart selection: {pick_words(pick, library)}")
            st.button(
                words, key="drop_pick", icon=":material/close:", on_click=address.set_pick, args=(None,)
            )
        if area is not None:
            words = plain(f"Only {area_words(area)}")
            st.button(
                words, key="drop_area", icon=":material/close:", on_click=address.set_area, args=(None,)
            )


def show_area_filter(frames: AtlasFrames, library: Library) -> None:
    """Draw the choice of a place and a distance.

    Parameters
    ----------
    frames
        The atlas.
    library
        Hand-decided places.
    """
    area = address.area()
    if isinstance(area, Circle) and st.session_state.get("near_shown") != str(area):
        st.session_state[_KM] = area.km
    st.session_state["near_shown"] = str(area)
    with st.expander("Near a place", icon=":material/near_me:", expanded=isinstance(area, Circle)):
        st.session_state.setdefault(_KM, _KM_NOW)
        st.number_input(
            "Within (km)",
            min_value=0.1,
            max_value=20_000.0,
            step=10.0,
            format="%g",
            key=_KM,
            on_change=_resize,
            help="Or draw a circle, a rectangle or a shape with the buttons on the map.",
        )
        st.text_input(
            "of the place",
            key=_PLACE,
            placeholder="Rabat, Ben Slimane, רמת גן …",
            on_change=_look_up,
            args=(frames, library),
            help="Looked up on this computer; nothing is sent anywhere.",
        )
        _show_found()
        st.button(
            "Around the selected record",
            key="near_record",
            disabled=spot_of(frames, address.selected_record()) is None,
            width="stretch",
            on_click=lambda: _go_around(spot_of(frames, address.selected_record())),
        )


def _show_found() -> None:
    found: tuple[Spot, ...] | None = st.session_state.get(_FOUND)
    if found is None:
        return
    if not found:
        st.caption("No place of that name here. Try another spelling, or draw on the map.")
    elif len(found) > 1:
        st.caption("Which one?")
        for number, spot in enumerate(found):
            words = plain(", ".join(part for part in (spot.name, spot.country) if part))
            where = f" :gray[{spot.lat:.1f}, {spot.lon:.1f}]"
            key = f"near_{number}_{spot.lat}_{spot.lon}"  # of this place, whatever is looked up next
            st.button(words + where, key=key, type="tertiary", on_click=_go_around, args=(spot,))


def _look_up(frames: AtlasFrames, library: Library) -> None:
    name = str(st.session_state[_PLACE])
    st.session_state[_FOUND] = None
    if not name.strip():
        return
    places = tuple(library.places.values())
    found = find_spots(name, frames, places, _gazetteer())
    st.session_state[_FOUND] = found
    if len(found) == 1:
        _go_around(found[0])


def _gazetteer() -> Gazetteer | None:
    atlas = runtime()
    try:
        return atlas.view(atlas.audience_of(current_person())).gazetteer()
    except GazetteerError:
        return None  # the atlas's own places are searched all the same


def _go_around(spot: Spot | None) -> None:
    if spot is not None:
        address.set_area(Circle(round(spot.lat, 4), round(spot.lon, 4), float(st.session_state[_KM])))


def _resize() -> None:
    area = address.area()
    if isinstance(area, Circle):
        address.set_area(Circle(area.lat, area.lon, float(st.session_state[_KM])))
