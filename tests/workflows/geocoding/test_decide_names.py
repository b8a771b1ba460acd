"""Names of a list to decisions, and decisions to a table that loses nothing of how they were made."""

import json
from collections.abc import Iterator

import pytest

from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.workflows.geocoding.decide_names import decide, decide_together, decisions_frame
from dashboard.workflows.geocoding.name_lists import WrittenName


@pytest.fixture(scope="module")
def gazetteer(gazetteer_file) -> Iterator[Gazetteer]:
    with Gazetteer.open(gazetteer_file) as opened:
        yield opened


@pytest.mark.parametrize("written", ["33.616, -7.121", "33°36'N 7°7'W"])
def test_coordinates_are_not_taken_for_a_name(gazetteer, written):
    names = [WrittenName(1, "Rabat"), WrittenName(2, written)]
    for found in (
        decide(names, gazetteer, HandDecidedPlaces()),
        decide_together(names, gazetteer, HandDecidedPlaces()),
    ):
        assert found[1].status == "unknown"
        assert "coordinates" in found[1].reason


def test_names_of_one_text_keep_their_own_words(gazetteer):
    names = [WrittenName(1, "Rabat"), WrittenName(2, "Tel Aviv", "IL"), WrittenName(3, "Zzyzzx Nowhere")]
    found = decide_together(names, gazetteer, HandDecidedPlaces())
    assert [one.name for one in found] == ["Rabat", "Tel Aviv", "Zzyzzx Nowhere"]
    assert [one.status for one in found][1:] == ["resolved", "unknown"]


def test_the_table_says_where_every_row_comes_from(gazetteer):
    names = [WrittenName(3, "Tel Aviv"), WrittenName(9, "Springfield"), WrittenName(12, "half \ud800", "MA")]
    decisions = decide(names, gazetteer, HandDecidedPlaces())
    frame = decisions_frame(names, decisions, {"gazetteer": "g 1", "data_version": "v"})
    assert list(frame["row"]) == [3, 9, 12]
    assert list(frame["status"]) == [one.status for one in decisions]
    assert list(frame.geometry.notna()) == [one.status == "resolved" for one in decisions]
    assert frame.crs.to_epsg() == 4326
    assert set(frame["gazetteer"]) == {"g 1"}
    assert frame["source"].iloc[0]
    assert len(json.loads(frame["candidates"].iloc[1])) == len(decisions[1].candidates) > 1
    features = json.loads(frame.to_json(drop_id=True, na="null"))["features"]
    assert features[1]["geometry"] is None
    assert features[2]["properties"]["name"] == "half \\ud800"


def test_a_table_of_nothing_has_its_columns():
    frame = decisions_frame([], [], {"gazetteer": "g"})
    assert len(frame) == 0
    assert {"name", "status", "reason", "gazetteer", "geometry"} <= set(frame.columns)
