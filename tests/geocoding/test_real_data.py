"""What the gazetteer of a real installation knows."""

import pytest

from dashboard.geocoding import Gazetteer, geocode, resolve
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.gazetteer.tables import read_table

KNOWN = [
    ("Ben Slimane", 33.619, -7.121),
    ("Benslimane", 33.619, -7.121),
    ("Kırıkkale", 39.847, 33.515),  # noqa: RUF001
    ("Kirikkale", 39.847, 33.515),
    ("Tel Aviv", 32.081, 34.781),
    ("Tel-Aviv", 32.081, 34.781),
    ("تل أبيب", 32.081, 34.781),
    ("תל אביב", 32.081, 34.781),
    ("Haifa", 32.818, 34.988),
    ("Rabat", 34.013, -6.833),
    ("Kyiv", 50.450, 30.523),
    ("Kiev", 50.450, 30.523),
    ("Fort Worth, Texas", 32.725, -97.321),
    ("Camden, Arkansas", 33.585, -92.834),
    ("Nashik, Maharashtra", 19.997, 73.791),
    ("Unterlüß, Lower Saxony", 52.848, 10.289),
    ("New York", 40.713, -74.006),
    ("Paris, Ontario", 43.200, -80.383),
    ("Zutendaal, Limburg", 50.933, 5.575),  # the Belgian Limburg, a province within Flanders
    ("Elling, near Frederikshavn, Jutland", 57.477, 10.480),  # not Jelling, which is also called Elling
]


@pytest.mark.parametrize(("name", "lat", "lon"), KNOWN)
def test_known_places_land_within_10_km(real_gazetteer: Gazetteer, name: str, lat: float, lon: float) -> None:
    found = resolve(name, gazetteer=real_gazetteer)
    point = found.require().entry.point
    assert point is not None
    assert distance_m(point, (lat, lon)) < 10_000


def test_homonyms_and_nonsense_are_not_placed(real_gazetteer: Gazetteer) -> None:
    names = ["Springfield", "Cambridge", "San Jose", "Georgia", "Xyzzyqwort", "Elbit plant, Haifa"]
    frame = geocode(names, gazetteer=real_gazetteer)
    assert list(frame["status"]) == ["ambiguous"] * 4 + ["unknown"] * 2
    assert frame.geometry.isna().all()


@pytest.mark.parametrize("name", ["Morocco", "المغرب", "Israel", "USA", "Türkiye", "Luxembourg"])
def test_countries_are_placed_as_countries(real_gazetteer: Gazetteer, name: str) -> None:
    entry = resolve(name, gazetteer=real_gazetteer).require().entry
    assert (entry.kind, entry.precision) == ("country", "country")
    assert entry.point is not None
    assert "point: " in entry.source


def test_the_table_of_divisions_agrees_with_geonames(real_gazetteer: Gazetteer) -> None:
    wrong = [
        row
        for row in read_table("divisions.csv")
        if not any(
            (found.entry.country, found.entry.admin1) == (row["country"], row["admin1"])
            and found.entry.population > 5_000
            for found in real_gazetteer.lookup(row["largest_city"])
        )
    ]
    assert wrong == []


def test_the_file_is_of_a_size_to_keep(real_gazetteer: Gazetteer) -> None:
    assert real_gazetteer.path.stat().st_size < 200_000_000
    assert int(real_gazetteer.meta["places"]) > 230_000
