"""How the places of a record were decided: their names looked up again, when somebody asks."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.records import Location
from dashboard.domain.vocabulary import label
from dashboard.errors import GazetteerError
from dashboard.geocoding import Resolution
from dashboard.geocoding.candidates import distance_m
from dashboard.runtime import runtime
from dashboard.ui.geocoding.candidates import (
    candidate_columns,
    candidates_table,
    decision_words,
    distance_words,
)
from dashboard.ui.person import current_person
from dashboard.ui.words import plain

__all__ = ["show_how_placed"]

_ROW: Final = 35
_MOST_ROWS: Final = 6
_SAME_M: Final = 100.0


def show_how_placed(locations: Sequence[Location], record_id: str) -> None:
    """Draw an expander that resolves the names of a record's places again.

    Parameters
    ----------
    locations
        Its places.
    record_id
        Id of the record, for the keys.
    """
    named = [place for place in locations if place.place_as_written]
    if not named:
        return
    title = "How this place was decided" if len(named) == 1 else "How these places were decided"
    section = st.expander(title, key=f"placed_{record_id}", on_change="rerun", icon=":material/fact_check:")
    if not section.open:
        return
    with section:
        for place in named:
            _show_again(place)


def _show_again(place: Location) -> None:
    st.markdown(f"**{plain(place.place_as_written)}**  \n{_stored_words(place)}")
    try:
        atlas = runtime().view(runtime().audience_of(current_person()))
        gazetteer = atlas.gazetteer()
        found = atlas.resolve(place.place_as_written, place.country)
    except GazetteerError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return
    within = f" in {plain(country_name(place.country))}" if place.country else ""
    st.markdown(f"Looked up again{within}: {_agreement(place, found)}")
    st.markdown(decision_words(found))
    if found.candidates:
        st.dataframe(
            candidates_table(found.candidates, gazetteer),
            key=f"placed_{place.id}",
            hide_index=True,
            height=_ROW * (min(len(found.candidates), _MOST_ROWS) + 1) + 3,
            column_config=candidate_columns(),
            placeholder="",
            alt="Candidates of the name, best first",
        )
    asked = f"{place.place_as_written}; {place.country}" if place.country else place.place_as_written
    st.page_link(
        "app_pages/geocoding.py",
        label="Open on the Geocoding page",
        icon=":material/travel_explore:",
        query_params={"names": asked},
    )


def _stored_words(place: Location) -> str:
    role, method = label("location_roles", place.role), label("location_methods", place.method)
    parts = [f"role {role.lower()}", f"method {method.lower()}"]
    if place.place_id:
        parts.append(place.place_id)
    if place.lat is not None and place.lon is not None:
        parts.append(f"{place.lat:.4f}, {place.lon:.4f}")
    if place.chosen_by:
        parts.append(f"chosen by {place.chosen_by}")
    return f":gray[{plain(' · '.join(parts))}]"


def _agreement(place: Location, found: Resolution) -> str:
    if found.chosen is None:
        return f":orange-badge[{found.status}]"
    entry = found.chosen.entry
    if place.place_id and place.place_id == entry.place_id:
        return ":green-badge[the same place]"
    if place.lat is None or place.lon is None or entry.point is None:
        return ":gray-badge[no point to compare]"
    apart = distance_m((place.lat, place.lon), entry.point)
    if apart <= _SAME_M:
        return ":green-badge[the same point]"
    within = apart <= (place.precision_m or 0) + (entry.precision_m or 0)
    colour, words = ("green", "within the radii") if within else ("orange", "farther than the radii")
    return f":{colour}-badge[{distance_words(apart)} from the record's point, {words}]"
