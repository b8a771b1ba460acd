"""A map of candidates: all that have a point, names as data, in a view that holds them."""

import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.geocoding.candidates import Candidate, GazetteerEntry, Tier
from dashboard.workflows.geocoding.candidate_map import candidate_map

HOSTILE = "<img src=x onerror=alert(1)>"


def candidate(number, lat, lon, name="Springfield", precision_m=5000.0):
    entry = GazetteerEntry(
        place_id=f"geonames:{number}", name=name, country="US", admin1="", lat=lat, lon=lon, population=0,
        kind="city", precision="locality", precision_m=precision_m, reason="", source="GeoNames",
    )  # fmt: skip
    return Candidate(entry, Tier.NAME, 0.5, "why")


def header_of(payload):
    (length,) = struct.unpack_from("<I", payload, 4)
    return json.loads(payload[8 : 8 + length])


def test_only_candidates_with_a_point_are_drawn():
    found = candidate_map(
        [candidate(1, 39.8, -89.6), candidate(2, None, None), candidate(3, 42.1, -72.6)], "geonames:3"
    )
    assert found is not None
    payload = found.payload("passing-x")
    header = header_of(payload)
    assert (header["marks"], header["records"], header["version"]) == (2, 2, "passing-x")
    assert b"geonames:1geonames:3" in payload


def test_without_a_point_there_is_no_map():
    assert candidate_map([candidate(1, None, None)]) is None
    assert candidate_map([]) is None


def test_names_are_data_and_labels_speak_of_candidates():
    found = candidate_map([candidate(1, 1.5, 1.5, HOSTILE)])
    assert found is not None
    payload = found.payload("v")
    labels = {kind["label"] for kind in header_of(payload)["kinds"]}
    assert {"Candidate", "Chosen"} <= labels
    assert HOSTILE.encode() in payload
    assert b"Other site" not in payload


def test_another_choice_or_point_is_another_map():
    one = [candidate(1, 39.8, -89.6)]
    names = [
        candidate_map(one),
        candidate_map(one, "geonames:1"),
        candidate_map([candidate(1, 39.9, -89.6)]),
        candidate_map(one, "geonames:1"),
    ]
    assert len({found.name for found in names if found}) == 3


@given(st.lists(st.tuples(st.floats(-85, 85), st.floats(-180, 180)), min_size=1, max_size=6))
def test_the_view_holds_every_candidate(points):
    found = candidate_map([candidate(n, lat, lon) for n, (lat, lon) in enumerate(points, start=1)])
    assert found is not None
    view = found.view
    assert 1 <= view["zoom"] <= 8
    if view["zoom"] > 1:  # at 1 the whole Earth is shown
        pixels = 256 * 2 ** view["zoom"] / 360
        assert all(abs(lon - view["lng"]) * pixels <= 140 for _, lon in points)

        def height(lat):
            return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))) * pixels

        # The free 260 pixels, and how far they are off the middle at most.
        assert all(abs(height(lat) - height(view["lat"])) <= 180 for lat, _ in points)


@pytest.mark.parametrize("radius", [None, 0.4, 500.0])
def test_any_radius_can_be_drawn(radius):
    found = candidate_map([candidate(1, 10.0, 10.0, precision_m=radius)])
    assert found is not None
    assert header_of(found.payload("v"))["marks"] == 1
