"""From a text to places."""

from dashboard.geocoding import Gazetteer
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.mentions import geoparse

TEXT = "BlueBird opened a drone plant in Ben Slimane, near Casablanca. Rabat agreed, according to Paris."


def test_places_of_a_text_land_where_they_are(real_gazetteer: Gazetteer) -> None:
    parsed = geoparse(TEXT, gazetteer=real_gazetteer)
    assert [mention.surface for mention, _ in parsed] == ["Ben Slimane", "Casablanca"]
    for (_, resolution), true in zip(parsed, [(33.62, -7.12), (33.59, -7.61)], strict=True):
        point = resolution.require().entry.point
        assert point is not None
        assert distance_m(point, true) < 10_000


def test_governments_are_given_when_asked_for(real_gazetteer: Gazetteer) -> None:
    parsed = geoparse(TEXT, gazetteer=real_gazetteer, governments=True)
    assert [mention.sense for mention, _ in parsed] == ["place", "place", "government", "government"]
    assert all(resolution.chosen for _, resolution in parsed)


def test_an_unknown_place_takes_the_area_named_behind_it(real_gazetteer: Gazetteer) -> None:
    text = "The rocket is to be tried out at Jiupingpeng, Pingtung County. Later Jiupingpeng shall grow."
    (unknown, placed), (_, county), (again, placed_again) = geoparse(text, gazetteer=real_gazetteer)
    assert (again.surface, placed_again) == (unknown.surface, placed)
    assert unknown.surface == "Jiupingpeng"
    assert placed.name == "Jiupingpeng"
    assert placed.require().entry == county.require().entry
    assert "not in the gazetteer" in placed.reason
    assert "Pingtung County" in placed.reason


def test_an_unknown_place_alone_stays_unknown(real_gazetteer: Gazetteer) -> None:
    ((mention, resolution),) = geoparse(
        "The missiles were stored at Qwertyuiop Air Base.", gazetteer=real_gazetteer
    )
    assert mention.surface == "Qwertyuiop Air Base"
    assert resolution.status == "unknown"
    assert resolution.chosen is None
