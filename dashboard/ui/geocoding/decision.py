"""One name: its candidates on table and map, and a person's decision about it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import streamlit as st

from dashboard.domain.access import Person
from dashboard.domain.countries import country_name, country_names
from dashboard.domain.records import Place
from dashboard.domain.vocabulary import codes, label
from dashboard.errors import AtlasError, ConflictError, GazetteerError, PlaceDecisionError
from dashboard.geocoding import Candidate, Gazetteer, Resolution
from dashboard.geocoding.coordinates import read_coordinates
from dashboard.geocoding.countries import CountryShapes, read_country_shapes
from dashboard.runtime import AtlasView, runtime
from dashboard.ui.geocoding.candidates import candidate_columns, candidates_table, decision_words
from dashboard.ui.geocoding.clash import Clash, is_kept, keep_clash, show_clash
from dashboard.ui.geocoding.job import Job
from dashboard.ui.geocoding.map import show_candidates_map
from dashboard.ui.geocoding.places import (
    ask_who,
    given_who,
    keep_who,
    may_decide,
    say,
    say_failed,
    show_place,
    show_said,
)
from dashboard.ui.person import current_person
from dashboard.ui.wishes import wish_button
from dashboard.ui.words import plain
from dashboard.workflows.geocoding.decide_places import HandDecision, chosen_reason, save_by_hand
from dashboard.workflows.geocoding.name_lists import WrittenName

__all__ = ["show_decision"]

_COLOURS: Final = {"resolved": "green", "ambiguous": "orange", "unknown": "red"}
_ROW: Final = 35
_MOST_KM: Final = 20_000.0
_DEFAULT_PRECISION: Final = "locality"
_DEFAULT_KM: Final = 5.0


def show_decision(atlas: AtlasView, gazetteer: Gazetteer, job: Job, row: int) -> None:
    """Draw one name with its candidates and the form to decide it by hand.

    Parameters
    ----------
    atlas
        The atlas.
    gazetteer
        Where its candidates come from.
    job
        The list.
    row
        Position of the name in it.
    """
    one, found = job.names[row], job.decisions[row]
    with st.container(border=True, key="geo_decision"):
        st.markdown(f"#### {plain(_shortened(one.name))} :{_COLOURS[found.status]}-badge[{found.status}]")
        if _shortened(one.name) != one.name:
            st.caption(plain(one.name))
        show_said()
        show_clash(_save_mine)
        st.markdown(decision_words(found))
        if found.chosen and found.chosen.entry.place_id in atlas.library().places:
            show_place(atlas, gazetteer, found.chosen.entry.place_id, key="geo_chosen", reason=False)
        left, right = st.columns(2, gap="medium")
        with left:
            looked_at = _choose(found, gazetteer, f"{job.key}_{row}")
        with right:
            chosen_id = found.chosen.entry.place_id if found.chosen else ""
            _map(atlas, found, chosen_id, looked_at, f"{job.key}_{row}")
        if may_decide():
            _form(gazetteer, Asked(one, found, looked_at, atlas.places()), key=f"{job.key}_{row}")
        else:
            st.caption("Reviewers can decide a place by hand here, for everybody.")


def _shortened(name: str, most: int = 80) -> str:
    return name if len(name) <= most else f"{name[:most]}…"


def _choose(found: Resolution, gazetteer: Gazetteer, key: str) -> Candidate | None:
    """Draw the candidates; give the one to look at, the best one when none is chosen."""
    if not found.candidates:
        st.info(
            "Nothing answers to this name. If you know the place, decide it below.",
            icon=":material/search_off:",
        )
        return None
    table = f"geo_candidates_{key}"
    st.dataframe(
        candidates_table(found.candidates, gazetteer),
        key=table,
        hide_index=True,
        height=_ROW * (len(found.candidates) + 1) + 3,
        selection_mode="single-row",
        on_select="rerun",
        column_config=candidate_columns(),
        placeholder="",
        alt="Candidates of the name, best first",
    )
    rows = st.session_state[table]["selection"]["rows"]
    at = rows[0] if rows and rows[0] < len(found.candidates) else 0
    return found.candidates[at]


def _map(atlas: AtlasView, found: Resolution, chosen_id: str, looked_at: Candidate | None, key: str) -> None:
    ids = [one.entry.place_id for one in found.candidates]

    def choose(place_id: str) -> None:
        rows = [ids.index(place_id)] if place_id in ids else []
        st.session_state[f"geo_candidates_{key}"] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    if found.candidates:
        selected = looked_at.entry.place_id if looked_at else ""
        show_candidates_map(atlas, found.candidates, chosen_id, selected, choose)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of a decision is about, as the person had it before them.

    Parameters
    ----------
    name
        The name as written.
    found
        What the machine makes of it.
    candidate
        The one that fills the form; None without any.
    places
        The hand-decided places.
    """

    name: WrittenName
    found: Resolution
    candidate: Candidate | None
    places: tuple[Place, ...]

    @property
    def point(self) -> str:
        """What the field of the coordinates begins with."""
        entry = self.candidate.entry if self.candidate else None
        return f"{entry.lat}, {entry.lon}" if entry and entry.point else ""


def _form(gazetteer: Gazetteer, asked: Asked, *, key: str) -> None:
    one, candidate, point = asked.name, asked.candidate, asked.point
    entry = candidate.entry if candidate else None
    # Another candidate is another form, with its own values to begin with.
    key = f"{key}_{entry.place_id if entry else ''}"
    with st.form(f"geo_form_{key}"):
        st.markdown("**Decide by hand**")
        st.caption(
            "It wins over the gazetteer for this name, at once and for everybody. The chosen candidate fills "
            "the form; change what you know better."
        )
        first, second, third = st.columns(3)
        first.text_input(
            "Latitude, longitude", point, key=f"geo_point_{key}", max_chars=80, placeholder="33.6167, -7.1167"
        )
        precisions = [code for code in codes("precisions") if code != "none"]
        known = entry.precision if entry and entry.precision in precisions else _DEFAULT_PRECISION
        second.selectbox(
            "Known to",
            precisions,
            index=precisions.index(known),
            format_func=lambda code: label("precisions", code),
            key=f"geo_precision_{key}",
            help="exact: the building or perimeter; near: within about 25 km of a named point; "
            "locality: a town or village. A town's point is never exact.",
        )
        third.number_input(
            "Within, km",
            min_value=0.01,
            max_value=_MOST_KM,
            value=entry.precision_m / 1000 if entry and entry.precision_m else _DEFAULT_KM,
            format="%.6g",
            key=f"geo_radius_{key}",
        )
        countries = ["", *sorted(country_names(), key=country_name)]
        stated = (gazetteer.country_code(one.country) if one.country else None) or ""
        lies_in = entry.country if entry else stated
        first.selectbox(
            "Country",
            countries,
            index=countries.index(lies_in) if lies_in in countries else 0,
            format_func=lambda code: country_name(code) if code else "none, or several",
            key=f"geo_country_{key}",
        )
        second.text_input(
            "Why there",
            key=f"geo_reason_{key}",
            max_chars=2_000,
            placeholder="What tells you, such as the source and its words",
        )
        with third:
            ask_who(f"geo_who_{key}")
        # Told at the click: the page that is drawn after it may be of a newer state, with another form.
        wish_button(
            "Save as hand-decided place",
            f"decide {key}",
            lambda _once: _decide(asked, key),
            "",
            key=f"geo_save_{key}",
            draw=st.form_submit_button,
            icon=":material/push_pin:",
        )


def _decide(asked: Asked, key: str) -> bool:
    """Save what stands in the form at the click; say whether it was saved."""
    coordinates, precision, kilometres, country, reason = (
        st.session_state[f"geo_{field}_{key}"]
        for field in ("point", "precision", "radius", "country", "reason")
    )
    taken = asked.candidate if coordinates.strip() == asked.point else None
    why = reason.strip()
    if why and taken and taken.entry.kind != "hand":
        why = f"{why} {chosen_reason(taken)}"
    point = read_coordinates(coordinates)
    decision = HandDecision(asked.name.name, point, precision, round(kilometres * 1000), why, country)
    return _save(decision, given_who(f"geo_who_{key}"), tuple(asked.found.candidates), asked.places)


def _save_mine(clash: Clash) -> bool:
    if not is_kept(clash):
        return False  # settled otherwise before the page was drawn anew
    seen = () if clash.theirs is None else (clash.theirs,)
    now = current_person()
    who = replace(now, name=clash.person.name) if now.is_local else now
    return _save(clash.decision, who, clash.candidates, seen)


@lru_cache(maxsize=1)
def _shapes() -> CountryShapes | None:
    try:
        return read_country_shapes()
    except GazetteerError:
        return None  # without the front end's shapes there is nothing to compare with


def _save(
    decision: HandDecision, who: Person, candidates: tuple[Candidate, ...], seen: tuple[Place, ...]
) -> bool:
    keep_clash(None)
    try:
        place = save_by_hand(runtime().store, who, decision, candidates, _shapes(), seen=seen)
    except ConflictError as error:
        runtime().refresh()
        keep_clash(Clash.of(error, decision, who, candidates))
    except PlaceDecisionError as error:
        say_failed("Nothing was saved.", *error.problems)
    except AtlasError as error:
        say_failed(str(error))
    else:
        runtime().refresh()
        keep_who(who)
        say(f"Saved as {place.id}: {place.name} is decided by hand from now on.")
        return True
    return False
