import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from dashboard.geocoding import Gazetteer, HandDecidedPlaces, geocode
from dashboard.geocoding.frame import COLUMNS


def test_one_name_is_one_row(gazetteer: Gazetteer) -> None:
    frame = geocode("Tel Aviv", gazetteer=gazetteer)
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.crs.to_epsg() == 4326
    assert list(frame.columns) == [*COLUMNS, "geometry"]
    row = frame.iloc[0]
    assert (row["name"], row["status"], row["place_id"], row["country"]) == (
        "Tel Aviv",
        "resolved",
        "geonames:4",
        "IL",
    )
    assert (row.geometry.x, row.geometry.y) == (34.7806, 32.0809)
    assert (row["precision"], row["precision_m"]) == ("locality", 10_000)


def test_a_series_keeps_its_index(gazetteer: Gazetteer) -> None:
    frame = geocode(pd.Series(["RABAT ", "nowhere"], index=["b", "a"]), gazetteer=gazetteer)
    assert list(frame.index) == ["b", "a"]
    assert list(frame["name"]) == ["RABAT ", "nowhere"]
    assert list(frame["status"]) == ["resolved", "unknown"]


def test_nothing_uncertain_is_placed(gazetteer: Gazetteer) -> None:
    frame = geocode(["Springfield", "Xyzzyqwort", "Morocco"], gazetteer=gazetteer)
    assert list(frame["status"]) == ["ambiguous", "unknown", "resolved"]
    assert list(frame.geometry.isna()) == [True, True, False]
    assert list(frame["precision"]) == ["none", "none", "country"]
    assert list(frame["place_id"]) == ["", "", "geonames:101"]
    candidates = json.loads(frame["candidates"][0])
    assert [candidate["admin1"] for candidate in candidates] == ["MO", "MA", "IL"]
    assert frame["candidates"][1] == "[]"


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "   ",
        None,
        float("nan"),
        pd.NA,
        pd.NaT,
        12,
        3.5,
        True,
        b"Rabat",
        ["Rabat"],
        np.array([1, 2]),
        "\x00",
        "\ud800",
        "a" * 10_000,
    ],
)
def test_odd_names_are_unknown_with_a_reason(gazetteer: Gazetteer, odd: object) -> None:
    frame = geocode([odd, "Rabat"], gazetteer=gazetteer)
    assert list(frame["status"]) == ["unknown", "resolved"]
    assert frame["reason"][0]
    assert frame.geometry[0] is None
    frame.to_json()
    frame.drop(columns="geometry").to_csv()


@pytest.mark.parametrize("names", [[], (), pd.Series([], dtype="str"), (name for name in ())])
def test_no_names_are_an_empty_frame(gazetteer: Gazetteer, names: object) -> None:
    frame = geocode(names, gazetteer=gazetteer)
    assert len(frame) == 0
    assert frame.crs.to_epsg() == 4326
    assert list(frame.columns) == [*COLUMNS, "geometry"]
    assert frame["score"].dtype == "float64"


def test_countries_row_by_row(gazetteer: Gazetteer) -> None:
    frame = geocode(
        ["Rabat", "Rabat", "Rabat", "Rabat"], gazetteer=gazetteer, country=["MT", None, "", float("nan")]
    )
    assert list(frame["country"]) == ["MT", "MA", "MA", "MA"]
    assert list(geocode(["Rabat"], gazetteer=gazetteer, country="MT")["country"]) == ["MT"]
    assert list(geocode(["Rabat"], gazetteer=gazetteer, country=pd.Series(["MT"]))["country"]) == ["MT"]
    with pytest.raises(ValueError, match="2 countries were given for 1 names"):
        geocode(["Rabat"], gazetteer=gazetteer, country=["MT", "MA"])


def test_hand_decided_places_reach_the_frame(gazetteer: Gazetteer, hand_decided: HandDecidedPlaces) -> None:
    frame = geocode(["بنسليمان"], gazetteer=gazetteer, hand_decided=hand_decided)
    assert frame["place_id"][0] == "pl-ben-slimane"
    assert frame.geometry[0].y == 33.619
    assert "Arabic and Hebrew names" in frame["reason"][0]


def test_the_answer_survives_a_file(gazetteer: Gazetteer, tmp_path: Path) -> None:
    frame = geocode(["Haifa", "Springfield"], gazetteer=gazetteer)
    frame.to_file(tmp_path / "places.gpkg", engine="pyogrio")
    back = gpd.read_file(tmp_path / "places.gpkg", engine="pyogrio")
    assert list(back["candidates"]) == list(frame["candidates"])


def test_names_of_one_document_are_judged_together(gazetteer: Gazetteer) -> None:
    names = pd.Series(["Paris", None, "Fort Worth", "Texas"], index=list("abcd"))
    apart = geocode(names, gazetteer=gazetteer)
    together = geocode(names, gazetteer=gazetteer, context="document")
    assert list(apart["place_id"])[:3] == ["geonames:15", "", "geonames:13"]
    assert list(together["place_id"])[:3] == ["geonames:16", "", "geonames:13"]
    assert list(together.index) == list("abcd")
    assert "in Texas, which is named too" in together["reason"]["a"]
    assert together["reason"]["b"] == "the name is empty"


def test_companions_are_context_and_no_rows(gazetteer: Gazetteer) -> None:
    frame = geocode("Paris", gazetteer=gazetteer, context=["Fort Worth", "Texas"])
    assert list(frame["place_id"]) == ["geonames:16"]
    stated = geocode("Paris", gazetteer=gazetteer, context=["Fort Worth", "Texas"], country=["FR"])
    assert list(stated["place_id"]) == ["geonames:15"]


def test_another_word_for_the_context_is_refused(gazetteer: Gazetteer) -> None:
    with pytest.raises(ValueError, match="'document', or a list"):
        geocode("Paris", gazetteer=gazetteer, context="Texas")
