import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import GazetteerError
from dashboard.geocoding import Gazetteer, Tier
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.gazetteer.tables import read_table


def test_a_missing_file_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="arsenal-atlas db gazetteer"):
        Gazetteer.open(tmp_path / "none.sqlite")


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_gazetteer_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "g.sqlite"
    path.write_bytes(content)
    with pytest.raises(GazetteerError, match=r"g\.sqlite"):
        Gazetteer.open(path)


def test_half_a_file_is_damaged(tmp_path: Path, small_path: Path) -> None:
    path = tmp_path / "g.sqlite"
    path.write_bytes(small_path.read_bytes()[:-4096])
    with pytest.raises(GazetteerError, match="damaged"):
        Gazetteer.open(path)


def test_damage_inside_is_a_gazetteer_error(tmp_path: Path, small_path: Path) -> None:
    content = bytearray(small_path.read_bytes())
    content[4096:] = b"\xee" * (len(content) - 4096)
    path = tmp_path / "g.sqlite"
    path.write_bytes(content)
    with pytest.raises(GazetteerError, match="damaged"):
        Gazetteer.open(path)


def test_another_version_is_refused(tmp_path: Path, small_path: Path) -> None:
    path = tmp_path / "g.sqlite"
    path.write_bytes(small_path.read_bytes())
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(GazetteerError, match="format 99"):
        Gazetteer.open(path)


def test_odd_paths_open(tmp_path: Path, small_path: Path) -> None:
    path = tmp_path / "a b?c#d%41.sqlite"
    path.write_bytes(small_path.read_bytes())
    with Gazetteer.open(path) as gazetteer:
        assert gazetteer.lookup("Rabat")
    assert list(tmp_path.iterdir()) == [path]


def test_a_closed_gazetteer_says_so(small_path: Path) -> None:
    gazetteer = Gazetteer.open(small_path)
    gazetteer.close()
    gazetteer.close()
    with pytest.raises(GazetteerError):
        gazetteer.lookup("Rabat")


@pytest.mark.parametrize(
    ("written", "place_id", "tier"),
    [
        ("Benslimane", "geonames:1", Tier.NAME),
        ("BENSLIMANE", "geonames:1", Tier.NAME),
        ("Ben Slimane", "geonames:1", Tier.JOINED),
        ("Ben-Sliman", "geonames:1", Tier.ALTERNATE),
        ("Kirikkale", "geonames:9", Tier.NAME),
        ("تل ابيب", "geonames:4", Tier.ALTERNATE),
        ("תל־אביב", "geonames:4", Tier.ALTERNATE),
        ("Kiev", "geonames:10", Tier.ALTERNATE),
        ("Unterluess", "geonames:11", Tier.ALTERNATE),
        ("Al Hajeb", "geonames:8", Tier.ARTICLE),
        ("الإمارات", None, None),
    ],
)
def test_tiers(gazetteer: Gazetteer, written: str, place_id: str | None, tier: Tier | None) -> None:
    found = gazetteer.lookup(written)
    assert (found[0].entry.place_id, found[0].tier) == (place_id, tier) if place_id else not found


def test_the_article_tier_waits_for_the_better_ones(gazetteer: Gazetteer) -> None:
    assert [found.entry.place_id for found in gazetteer.lookup("Hajeb")] == ["geonames:20"]
    towns = [found for found in gazetteer.lookup("Al Hajeb") if found.entry.kind == "city"]
    assert {found.entry.place_id for found in towns} == {"geonames:8", "geonames:20"}
    assert {found.tier for found in towns} == {Tier.ARTICLE}


def test_larger_places_come_first(gazetteer: Gazetteer) -> None:
    assert [found.entry.country for found in gazetteer.lookup("Rabat")] == ["MA", "MT"]


@given(name=st.text(alphabet=st.characters(), max_size=300))
def test_no_name_breaks_a_lookup(small_path: Path, name: str) -> None:
    with Gazetteer.open(small_path) as gazetteer:
        gazetteer.lookup(name)
        gazetteer.regions(name)
        gazetteer.similar(name, "MA")


def test_long_names_are_no_names(gazetteer: Gazetteer) -> None:
    assert gazetteer.lookup("Rabat" * 2000) == []


def test_similar_spellings_stay_in_their_country(gazetteer: Gazetteer) -> None:
    similar = gazetteer.similar("Benslimanne", "MA")
    assert similar[0].entry.place_id == "geonames:1"
    assert {found.entry.country for found in similar} == {"MA"}
    assert gazetteer.similar("Benslimanne", "IL") == []
    assert gazetteer.similar("Benslimanne", "XX") == []
    assert gazetteer.similar("Raba", "MA") == []


def test_get(gazetteer: Gazetteer) -> None:
    entry = gazetteer.get("geonames:4")
    assert entry is not None
    assert (entry.name, entry.country, entry.point) == ("Tel Aviv", "IL", (32.0809, 34.7806))
    assert gazetteer.get("geonames:0") is None


def test_near_gives_metres_nearest_first(gazetteer: Gazetteer) -> None:
    around = gazetteer.near(33.8, -7.0, radius_m=60_000)
    assert [entry.name for _, entry in around if entry.kind != "facility"] == ["Benslimane", "Rabat"]
    assert around == sorted(around, key=lambda item: item[0])
    assert around[0][0] == pytest.approx(23_300, rel=0.02)
    assert gazetteer.near(0, 0) == []


@pytest.mark.parametrize("lon", [179.98, -179.98])
def test_near_looks_across_the_antimeridian(gazetteer: Gazetteer, lon: float) -> None:
    assert [entry.name for _, entry in gazetteer.near(-16.85, lon)] == ["Taveuni"]


def test_near_at_the_poles_and_around_the_globe(gazetteer: Gazetteer) -> None:
    assert gazetteer.near(90, 0) == []
    cities = 20
    of_the_trade = [row for row in read_table("overlay.csv") if row.point]
    listed_there = {row["source"].rsplit(" ", 1)[-1] for row in of_the_trade}
    landing = [*read_table("airports.csv"), *read_table("airfields.csv")]
    fields = [row for row in landing if row["id"] not in listed_there]
    spots = cities + len(of_the_trade) + len(fields) + len(read_table("bases.csv"))
    assert len(gazetteer.near(-90, 12, radius_m=3e7, limit=10_000)) == spots


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_distance_is_symmetric_and_at_most_half_the_globe(a: float, b: float, c: float, d: float) -> None:
    assert distance_m((a, b), (c, d)) == pytest.approx(distance_m((c, d), (a, b)))
    assert 0 <= distance_m((a, b), (c, d)) <= 20_020_000


def test_countries_by_code_and_name(gazetteer: Gazetteer) -> None:
    codes = [gazetteer.country_code(text) for text in ("MA", "ma", "MAR", "Morocco", "المغرب", "Maroc")]
    assert codes == ["MA"] * 6
    assert gazetteer.country_code("Atlantis") is None
    assert gazetteer.country_name("MA") == "Morocco"
    assert gazetteer.regions("TX") == [("US", "TX")]
    assert gazetteer.regions("IL") == [("IL", ""), ("US", "IL")]


def test_threads_share_one_gazetteer(gazetteer: Gazetteer) -> None:
    def look(number: int) -> str:
        return gazetteer.lookup(("Rabat", "Kiev", "Haifa")[number % 3])[0].entry.name

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(look, range(600)))
    assert found == ["Rabat", "Kyiv", "Haifa"] * 200
