"""Bases, ranges, depots and launch sites: points from sources, names in the way of no town and no word."""

import json
import re
from importlib.resources import files

import pytest

from dashboard.errors import PackageError
from dashboard.geocoding import Gazetteer, Tier
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.gazetteer import tables
from dashboard.geocoding.gazetteer.areas import airfields, bases
from dashboard.geocoding.gazetteer.entries import NameKind
from dashboard.geocoding.gazetteer.tables import read_table
from dashboard.geocoding.names import fold, join

SOURCES = (
    r"the point of its town: GeoNames \d+",
    r"OurAirports \d{8} [A-Z0-9-]+ \(public domain\)",
    r"GCAT launch sites \d{8} [A-Za-z0-9-]+ \(J\. McDowell, CC BY 4\.0\)",
    r"US Department of Defense list of sites \(MIRTA, public domain\)",
    r"sea-ports 0\.0\.9 [A-Z]{5} \(MIT\)",
    r"mean of two public tables of bases \(no author named, read \d{4}-\d\d-\d\d\)",
    r"public table of (bases|spaceports) \(no author named, read \d{4}-\d\d-\d\d\)",
)
# Where each lies by another source than the table's: two public tables, encyclopaedias, charts.
ELSEWHERE_KNOWN = [
    ("Faslane", 56.067, -4.819),
    ("HMNB Portsmouth", 50.80, -1.11),
    ("Naval Station Norfolk", 36.945, -76.313),
    ("Pearl Harbor", 21.353, -157.962),
    ("Île Longue", 48.305, -4.507),
    ("Naval Station Rota", 36.618, -6.352),
    ("Haakonsvern", 60.333, 5.233),
    ("Tartus naval base", 34.912, 35.876),
    ("Severomorsk naval base", 69.068, 33.416),
    ("Puerto Belgrano", -38.895, -62.101),
    ("Yokosuka Naval Base", 35.293, 139.663),
    ("HMAS Stirling", -32.228, 115.690),
    ("Changi Naval Base", 1.309, 104.019),
    ("INS Kadamba", 14.758, 74.137),
    ("Guantanamo Bay Naval Base", 19.908, -75.148),
    ("Al Udeid", 25.119, 51.315),
    ("תל נוף", 31.840, 34.822),
    ("قاعدة علي السالم الجوية", 29.347, 47.520),
    ("Сары-Шаган", 46.38, 72.87),
    ("Camp Lejeune", 34.67, -77.35),
]
OF_NO_BASE = (
    *("Luke", "Henderson", "Carrasco", "Halim", "Norio", "Nur Khan", "Jorge Wilstermann", "Rochambeau"),
    *("Harold Holt", "العديد", "توازن", "السفيرة", "الرابطة", "רמון", "Суда"),
    *("Clear", "Ream", "Lest", "Atia"),
)


def named() -> list[tuple[str, str]]:
    return [(row["id"], name) for row in read_table("bases.csv") for name in (row["name"], *row.names())]


def test_rows_are_whole() -> None:
    rows = read_table("bases.csv")
    countries = {row["country"] for row in read_table("country_table.csv")}
    reach = {"near": (1_000, 25_000), "district": (25_000, 60_000), "province": (60_000, 150_000)}
    for row in rows:
        assert row["name"] == row["name"].strip() != "", row["id"]
        assert row.point, row["id"]
        assert row["kind"] == "facility", row["id"]
        least, most = reach[row["precision"]]
        assert least <= (row.number("precision_m") or 0) <= most, row["id"]
        assert row["country"] in countries or row["parent"] == "South China Sea", row["id"]
        assert re.fullmatch("|".join(SOURCES), row["source"]), row["id"]
    assert len(rows) > 800
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)


def test_ids_are_those_that_a_package_may_name() -> None:
    others = [row["id"] for row in read_table("overlay.csv") if row.point]
    ids = [entry.place_id for entry, _ in (*bases(), *airfields())] + others
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"aa-[a-z0-9-]+", place_id) for place_id in ids)


def test_a_point_of_a_town_is_that_of_its_town(real_gazetteer: Gazetteer) -> None:
    checked = 0
    for row in read_table("bases.csv"):
        if found := re.fullmatch(SOURCES[0], row["source"]):
            town = real_gazetteer.get("geonames:" + found[0].rsplit(" ", 1)[1])
            assert town is not None, row["id"]
            assert town.point == row.point, row["id"]
            assert town.country == row["country"], row["id"]
            checked += 1
    assert checked > 300


def test_both_tables_from_one_source_agree() -> None:
    fields = {row["id"]: row for table in ("airfields.csv", "airports.csv") for row in read_table(table)}
    both = 0
    for row in read_table("bases.csv"):
        found = re.fullmatch(r"OurAirports \d{8} (\S+) .*", row["source"])
        if found and (field := fields.get(found[1])):
            both += 1
            assert row.point
            assert field.point
            assert distance_m(row.point, field.point) < 5_000, row["id"]
    assert both > 50


def test_every_name_of_a_base_finds_it(real_gazetteer: Gazetteer) -> None:
    lost = [
        (place_id, name)
        for place_id, name in named()
        if place_id not in {one.entry.place_id for one in real_gazetteer.lookup(name)}
    ]
    assert lost == []


def test_a_base_never_stands_before_a_town_of_its_name(real_gazetteer: Gazetteer) -> None:
    of_bases = {row["id"] for row in read_table("bases.csv")}
    before, shared = [], 0
    for _, name in named():
        found = real_gazetteer.lookup(name)
        towns = [
            one
            for one in found
            if one.entry.kind in {"city", "capital"} and one.tier in {Tier.NAME, Tier.ALTERNATE}
        ]
        shared += bool(towns)
        if towns and found[0].entry.place_id in of_bases:
            before.append(name)
    assert before == []
    assert shared > 20, "some bases do share a name with a town"


def test_an_airfield_never_stands_before_a_town_of_its_name(real_gazetteer: Gazetteer) -> None:
    ids = {entry.place_id for entry, _ in airfields()}
    assert len(ids) > 800
    for entry, names in list(airfields())[::10]:
        for name, kind in names:
            found = real_gazetteer.lookup(name)
            assert entry.place_id in {one.entry.place_id for one in found}, name
            assert kind in {NameKind.NAME, NameKind.ALTERNATE}
            towns = [one for one in found if one.entry.kind in {"city", "capital"} and one.tier == Tier.NAME]
            assert not towns or found[0].entry.place_id not in ids, name


@pytest.mark.parametrize(("name", "lat", "lon"), ELSEWHERE_KNOWN)
def test_well_known_bases_lie_where_another_source_has_them(
    real_gazetteer: Gazetteer, name: str, lat: float, lon: float
) -> None:
    found = [one.entry for one in real_gazetteer.lookup(name) if one.entry.kind == "facility"]
    assert any(entry.point and distance_m(entry.point, (lat, lon)) < 10_000 for entry in found), name


@pytest.mark.parametrize("name", OF_NO_BASE)
def test_names_of_people_and_plain_words_are_no_base(name: str) -> None:
    assert join(fold(name)) not in {join(fold(known)) for _, known in named()}


def test_no_bare_name_is_a_word_or_a_first_name() -> None:
    folder = files("dashboard.geocoding.mentions") / "languages"
    words = set()
    for language in ("en", "fr", "es", "de", "ar", "he", "ru", "uk", "tr"):
        cues = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
        for part in ("stop_words", "common", "never", "calendar", "saying"):
            words |= {fold(word.strip()) for word in str(cues.get(part, "")).split(",")}
    first = json.loads((folder / "first_names.json").read_text(encoding="utf-8"))
    people = {fold(word.strip()) for text in first.values() for word in str(text).split(",")}
    assert len(words) > 1_000
    assert len(people) > 1_000
    bare = {fold(name): place_id for place_id, name in named() if " " not in name and not name.isupper()}
    assert {name: place for name, place in bare.items() if name in words | people} == {}


@pytest.mark.parametrize("table", ["bases.csv", "airfields.csv"])
def test_a_country_speaks_for_its_bases(real_gazetteer: Gazetteer, table: str) -> None:
    assert all(len(row["country"]) == 2 or row["parent"] == "South China Sea" for row in read_table(table))


def test_a_row_with_a_cell_too_many_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "broken-on-purpose.csv").write_text(
        "id,source\na,a table (no author named, read today)\n", encoding="utf-8"
    )
    monkeypatch.setattr(tables, "files", lambda _package: tmp_path)
    with pytest.raises(PackageError, match=r"row 2, a cell too many.*read today"):
        read_table("broken-on-purpose.csv")
