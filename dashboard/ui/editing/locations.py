"""The places of a record: the words as written first, then a candidate for them, or a point set by hand."""

import math
from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.domain.vocabulary import label
from dashboard.errors import BusyError, DraftProblem, GazetteerError
from dashboard.geocoding import Candidate
from dashboard.geocoding.coordinates import read_coordinates
from dashboard.runtime import AtlasView
from dashboard.ui.editing.desk import Desk
from dashboard.ui.editing.fields import Fields
from dashboard.ui.editing.record_fields import country_words
from dashboard.ui.geocoding.allowance import take_names
from dashboard.ui.geocoding.candidates import (
    candidate_columns,
    candidates_table,
    decision_words,
    distance_words,
)
from dashboard.ui.geocoding.map import show_candidates_map
from dashboard.ui.words import plain
from dashboard.workflows.editing.dossier_form import Cells

__all__ = ["edit_locations"]

_RADII_M: Final = {
    "exact": 200, "near": 10_000, "locality": 5_000, "district": 30_000, "province": 100_000,
    "area": 200_000, "country": 500_000,
}  # fmt: skip
_PRECISION_HELP: Final = (
    "exact: the building or perimeter · near: within about 25 km of a named point · "
    "locality: a town or village, never exact · district, province, area, country · none: not placed"
)
_METHODS: Final = {
    "none": "not placed",
    "gazetteer": "a candidate of the gazetteer",
    "hand": "set by hand, with a reason",
    "source": "as the source prints it",
}
_ASKED: Final = "edit_name_asked"
_ROW: Final = 35
_MOST_ROWS: Final = 6


def edit_locations(desk: Desk, atlas: AtlasView, problems: Sequence[DraftProblem]) -> None:
    """Draw the places of the record.

    Parameters
    ----------
    desk
        The desk.
    atlas
        The atlas, whose gazetteer is asked.
    problems
        What is wrong with the draft.
    """
    rows = desk.form.rows["locations"]
    if desk.form.withheld:
        st.info(
            "Your role sees places and texts of this record only coarsely. "
            "What you do not change stays as it is.",
            icon=":material/shield:",
        )
    if not rows:
        st.info(
            "No place yet. A record without one is counted, but stands on no map.",
            icon=":material/location_off:",
        )
    for row in rows:
        with st.container(border=True, key=f"place_{row['id']}"):
            _location(desk, atlas, Fields(desk, "locations", row, problems))
    st.button(
        "Add a place", icon=":material/add_location_alt:", on_click=_add, args=(desk,), key="edit_add_place"
    )


def _add(desk: Desk) -> None:
    desk.form.add("locations")
    desk.touch()


def _location(desk: Desk, atlas: AtlasView, fields: Fields) -> None:
    row = fields.row
    first, second, third = st.columns([4, 2, 3])
    fields.text(
        first, "place_as_written", placeholder="the words of the source, such as Ben Slimane", max_chars=300
    )
    fields.code(second, "role", "location_roles", help="at: it is or happens there · about: it is about it")
    fields.choice(third, "country", country_words("not stated, or several"))
    _point_words(row)
    with st.container(horizontal=True, gap="small"):
        looking = desk.looking == row["id"]
        st.button(
            "Hide candidates" if looking else "Find it in the gazetteer",
            key=f"{desk.key_of(row, 'look')}",
            icon=":material/travel_explore:",
            on_click=_look,
            args=(desk, "" if looking else row["id"]),
            disabled=not row["place_as_written"],
        )
        st.button(
            "Take this place out",
            key=f"{desk.key_of(row, 'remove')}",
            icon=":material/delete:",
            type="tertiary",
            on_click=_remove,
            args=(desk, row["id"]),
        )
    if looking:
        _candidates(desk, atlas, row)
    with st.expander("Coordinates, precision and reason", expanded=row["method"] in ("hand", "source")):
        _by_hand(desk, fields)


def _look(desk: Desk, row_id: str) -> None:
    desk.looking = row_id


def _remove(desk: Desk, row_id: str) -> None:
    desk.form.remove("locations", row_id)
    desk.touch()


def _point_words(row: Cells) -> None:
    if row["method"] == "none":
        st.caption(":material/location_off: not placed")
        return
    radius = row["precision_m"]
    within = f", within {distance_words(float(radius))}" if radius.isdigit() else ""
    known = f"known to {label('precisions', row['precision'])}{within}" if row["precision"] else ""
    parts = [
        f"{row['lat']}, {row['lon']}",
        known,
        _METHODS.get(row["method"], row["method"]),
        row["place_id"],
    ]
    st.caption(f":material/location_on: {plain(' · '.join(part for part in parts if part))}")


def _candidates(desk: Desk, atlas: AtlasView, row: Cells) -> None:
    asked = (row["id"], row["place_as_written"], row["country"])
    try:
        gazetteer = atlas.gazetteer()
        if st.session_state.get(_ASKED) != asked:  # drawing it again asks for nothing new
            take_names(1)
            st.session_state[_ASKED] = asked
        found = atlas.resolve(row["place_as_written"], row["country"])
    except GazetteerError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    except BusyError as error:
        st.info(plain(str(error)), icon=":material/hourglass:")
        return
    st.markdown(decision_words(found))
    if not found.candidates:
        st.info("Nothing answers to this name: set the point by hand below.", icon=":material/search_off:")
        return
    left, right = st.columns(2, gap="medium")
    # Another name, another table: a row of one is another place in the next.
    key = f"edit_candidates_{desk.key_of(row, 'table')}_{hash(asked)}"
    with left:
        st.dataframe(
            candidates_table(found.candidates, gazetteer),
            key=key,
            hide_index=True,
            height=_ROW * (min(len(found.candidates), _MOST_ROWS) + 1) + 3,
            selection_mode="single-row",
            on_select="rerun",
            column_config=candidate_columns(),
            placeholder="",
            alt="Candidates of the name, best first",
        )
        chosen = _chosen(key, found.candidates)
        st.button(
            f"Take {chosen.entry.name}",
            key=f"{key}_take",
            type="primary",
            icon=":material/check:",
            on_click=_take,
            args=(desk, row, key, found.candidates),
        )
    ids = [one.entry.place_id for one in found.candidates]

    def choose(place_id: str) -> None:
        at = [ids.index(place_id)] if place_id in ids else []
        st.session_state[key] = {"selection": {"rows": at, "columns": [], "cells": []}}

    with right:
        show_candidates_map(atlas, found.candidates, row["place_id"], chosen.entry.place_id, choose)


def _chosen(key: str, candidates: Sequence[Candidate]) -> Candidate:
    rows = st.session_state[key]["selection"]["rows"]
    return candidates[rows[0] if rows and rows[0] < len(candidates) else 0]


def _take(desk: Desk, row: Cells, key: str, candidates: Sequence[Candidate]) -> None:
    """Take the candidate whose row is chosen at the click."""
    entry = _chosen(key, candidates).entry
    by_hand = entry.kind == "hand"
    row |= {
        "place_id": entry.place_id,
        "country": entry.country or row["country"],
        "lat": _number(entry.lat),
        "lon": _number(entry.lon),
        "precision": entry.precision,
        "precision_m": f"{max(1, round(entry.precision_m))}" if entry.precision_m else "",
        "method": "hand" if by_hand else "gazetteer",
        "chosen_by": "" if by_hand else "a person, among the candidates of the gazetteer",
    }
    desk.looking = ""
    desk.turn(row["id"])


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _by_hand(desk: Desk, fields: Fields) -> None:
    row = fields.row
    first, second, third = st.columns(3)
    key = desk.key_of(row, "point")
    st.session_state.setdefault(key, f"{row['lat']}, {row['lon']}" if row["lat"] or row["lon"] else "")
    first.text_input(
        "Latitude, longitude",
        key=key,
        max_chars=80,
        placeholder="33.6167, -7.1167 or 33°37'N 7°7'W",
        on_change=_take_point,
        args=(desk, row, key),
    )
    if row["lat"] and not row["lon"]:
        first.caption(":red[cannot be read: write latitude and longitude, such as 33.6167, -7.1167]")
    for column in ("lat", "lon"):
        fields.say(first, column)
    fields.code(second, "precision", "precisions", help=_PRECISION_HELP)
    fields.text(
        third, "precision_m", "Within, m", max_chars=9, placeholder=str(_RADII_M.get(row["precision"], ""))
    )
    fields.choice(first, "method", _METHODS, "How it was found")
    fields.text(second, "chosen_by", "Found by", max_chars=200)
    fields.text(third, "place_id", "Id of the place", max_chars=200)
    fields.area(
        st.container(),
        "reason",
        "Why there",
        height=70,
        placeholder="What tells you, such as the source and its words",
    )


def _take_point(desk: Desk, row: Cells, key: str) -> None:
    text = str(st.session_state.get(key) or "").strip()
    point, before = read_coordinates(text) if text else None, dict(row)
    if not text:
        row |= {
            "lat": "",
            "lon": "",
            "precision": "none",
            "precision_m": "",
            "method": "none",
            "place_id": "",
        }
    elif point is None:
        row |= {"lat": text, "lon": ""}  # kept as typed; the check names it
    else:
        precision = row["precision"] if row["precision"] != "none" else "near"
        if row["method"] in ("gazetteer", "none"):
            row["reason"] = ""  # it spoke of another way to find the place
        row |= {
            "lat": _number(point[0]),
            "lon": _number(point[1]),
            "precision": precision,
            "precision_m": row["precision_m"] or str(_RADII_M[precision]),
            "method": row["method"] if row["method"] == "source" else "hand",
            "place_id": "",
            "chosen_by": "",
        }
        st.session_state[key] = f"{row['lat']}, {row['lon']}"
    desk.show(row, before)
