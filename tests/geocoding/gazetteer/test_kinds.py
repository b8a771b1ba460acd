"""What the real gazetteer knows besides towns, and by which looser keys names are met."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.geocoding import Gazetteer, Tier
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.gazetteer.tables import demonym_forms, read_table
from dashboard.geocoding.keys import LOOSE_COUNTRIES
from dashboard.geocoding.names import fold, join


@pytest.mark.parametrize(
    ("written", "kind", "country", "tier"),
    [
        ("Morocco", "country", "MA", Tier.NAME),
        ("المغرب", "country", "MA", Tier.ALTERNATE),
        ("מרוקו", "country", "MA", Tier.ALTERNATE),
        ("Марокко", "country", "MA", Tier.ALTERNATE),
        ("Moroccan", "country", "MA", Tier.DEMONYM),
        ("Moroccans", "country", "MA", Tier.DEMONYM),
        ("Palestinians", "country", "PS", Tier.DEMONYM),
        ("U.S.", "country", "US", Tier.ABBREVIATION),
        ("US", "country", "US", Tier.ABBREVIATION),
        ("UAE", "country", "AE", Tier.ALTERNATE),
        ("Texas", "division", "US", Tier.NAME),
        ("Ala.", "division", "US", Tier.ABBREVIATION),
        ("Calif.", "division", "US", Tier.ABBREVIATION),
        ("Texans", "division", "US", Tier.DEMONYM),
        ("Ontario", "division", "CA", Tier.NAME),
        ("Orange County", "district", "US", Tier.NAME),
        ("Terrebonne Parish", "district", "US", Tier.NAME),
        ("Kerry County", "district", "IE", Tier.GENERIC),
        ("Red Sea", "region", "", Tier.NAME),
        ("Sahel", "region", "", Tier.NAME),
        ("רצועת עזה", "region", "PS", Tier.ALTERNATE),
        ("European", "region", "", Tier.DEMONYM),
        ("Edwards AFB", "facility", "US", Tier.ALTERNATE),
        ("Nevatim", "facility", "IL", Tier.NAME),
        ("بالدار البيضاء", "city", "MA", Tier.PREFIX),
        ("בנואסר", "city", "MA", Tier.PREFIX),
        ("Nouassser", "city", "MA", Tier.LOOSE),
    ],
)
def test_a_name_is_met_as_what_it_is(
    real_gazetteer: Gazetteer, written: str, kind: str, country: str, tier: Tier
) -> None:
    met = [(found.entry.kind, found.entry.country, found.tier) for found in real_gazetteer.lookup(written)]
    assert (kind, country, tier) in met


def test_an_abbreviation_counts_only_in_its_own_case(real_gazetteer: Gazetteer) -> None:
    for word in ("us", "in", "or", "la", "miss", "ala"):
        assert Tier.ABBREVIATION not in {found.tier for found in real_gazetteer.lookup(word)}


@pytest.mark.parametrize(
    ("written", "country", "admin1"),
    [
        ("Ala.", "US", "AL"),
        ("Calif.", "US", "CA"),
        ("UK", "GB", ""),
        ("Alemania", "DE", ""),
        ("Курская область", "RU", "41"),
        ("Isfahan Province", "IR", "28"),
    ],
)
def test_containers_go_by_all_their_names(
    real_gazetteer: Gazetteer, written: str, country: str, admin1: str
) -> None:
    assert (country, admin1) in real_gazetteer.regions(written)


def test_an_area_word_means_an_area_and_a_base_only_the_surroundings(real_gazetteer: Gazetteer) -> None:
    assert {one.entry.kind for one in real_gazetteer.lookup("Pingtung County")} <= {"district", "division"}
    near = real_gazetteer.lookup("Anápolis Air Base")[0]
    assert (near.entry.name, near.entry.precision, near.tier) == ("Anápolis", "near", Tier.GENERIC)
    assert near.entry.precision_m >= 25_000


def test_the_bare_name_of_a_county_is_weaker_than_a_town(real_gazetteer: Gazetteer) -> None:
    found = real_gazetteer.lookup("Jackson")
    first_district = next(place for place, one in enumerate(found) if one.entry.kind == "district")
    assert found[0].entry.kind in {"city", "capital"}
    assert found[first_district].tier == Tier.ALTERNATE


def test_an_airport_never_stands_before_a_town_of_its_name(real_gazetteer: Gazetteer) -> None:
    airports = read_table("airports.csv")
    assert len(airports) > 1000
    for row in airports[::20]:
        found = real_gazetteer.lookup(row["name"])
        towns = [one for one in found if one.entry.kind in {"city", "capital"} and one.tier == Tier.NAME]
        assert not towns or found[0].entry.kind != "facility" or found[0].entry.place_id.startswith("aa-")


@pytest.mark.parametrize("code", ["US", "CN", "MA", "IL", "PS", "EH", "XK", "TW", "VA", "CA"])
def test_countries_have_one_point_and_a_radius(real_gazetteer: Gazetteer, code: str) -> None:
    name = real_gazetteer.country_name(code)
    entry = next(one.entry for one in real_gazetteer.lookup(name) if one.entry.kind == "country")
    assert entry.point is not None
    assert entry.precision == "country"
    assert entry.precision_m is not None
    assert entry.precision_m >= 5_000


def test_every_country_name_in_every_language_finds_its_country(real_gazetteer: Gazetteer) -> None:
    known = {row["country"] for row in read_table("country_table.csv")} - {"AN", "CS"}
    lost = [
        (row["country"], name)
        for row in read_table("country_table.csv")
        if row["country"] in known
        for name in row.names()
        if row["country"]
        not in {one.entry.country for one in real_gazetteer.lookup(name) if one.entry.kind == "country"}
    ]
    assert lost == []


def test_every_demonym_finds_its_country(real_gazetteer: Gazetteer) -> None:
    lost = [
        (row["country"], form)
        for row in read_table("country_table.csv")
        for word in row.names("demonyms")
        for form in demonym_forms(word)
        if row["country"] not in {"AN", "CS"}
        and row["country"] not in {one.entry.country for one in real_gazetteer.lookup(form)}
    ]
    assert lost == []


def test_every_name_of_a_region_finds_it(real_gazetteer: Gazetteer) -> None:
    lost = [
        (row["id"], name)
        for row in read_table("regions.csv")
        for name in (row["name"], *row.names(), *row.names("demonyms"))
        if f"region:{row['id']}" not in {one.entry.place_id for one in real_gazetteer.lookup(name)}
    ]
    assert lost == []


def test_skeletons_meet_across_scripts(real_gazetteer: Gazetteer) -> None:
    found = real_gazetteer.lookup("בני בועיאש")
    assert found
    assert {one.tier for one in found} == {Tier.SKELETON}
    assert {one.entry.country for one in found} <= LOOSE_COUNTRIES


def test_looser_keys_are_for_the_countries_of_their_scripts(real_gazetteer: Gazetteer) -> None:
    with closing(sqlite3.connect(real_gazetteer.path)) as database:
        countries = database.execute(
            "SELECT DISTINCT p.country FROM loose_names n JOIN places p ON p.number = n.place"
        ).fetchall()
    assert {country for (country,) in countries} <= LOOSE_COUNTRIES


def test_known_keys_are_known_and_nonsense_mostly_is_not(real_gazetteer: Gazetteer) -> None:
    with closing(sqlite3.connect(real_gazetteer.path)) as database:
        keys = [key for (key,) in database.execute("SELECT joined FROM names WHERE place % 50 = 0")]
    assert len(keys) > 10_000
    assert all(real_gazetteer.knows(key) for key in keys)
    assert sum(real_gazetteer.knows(f"{key}qxzj") for key in keys) < 0.01 * len(keys)


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_what_lookup_meets_strictly_is_known(small_path, text: str) -> None:
    with Gazetteer.open(small_path) as gazetteer:
        if any(one.tier <= Tier.JOINED for one in gazetteer.lookup(text)):
            assert gazetteer.knows(join(fold(text)))


@pytest.mark.parametrize(
    "odd", ["\x00" * 5000, "Rabat" * 2000, "\ud800Rabat", "\u202eRabat\u202c", " \t\n", "\u0627" * 9999]
)
def test_odd_names_are_answered(real_gazetteer: Gazetteer, odd: str) -> None:
    real_gazetteer.lookup(odd)
    real_gazetteer.knows(odd)
    real_gazetteer.regions(odd)
    real_gazetteer.similar(odd, "MA")


def test_towns_know_their_county(real_gazetteer: Gazetteer) -> None:
    town = next(
        one.entry
        for one in real_gazetteer.lookup("Huntsville")
        if (one.entry.country, one.entry.admin1) == ("US", "AL")
    )
    county = next(one.entry for one in real_gazetteer.lookup("Madison County") if one.entry.admin1 == "AL")
    assert town.admin2 == county.name == county.admin2
    assert county.holds(town)
    other = next(one.entry for one in real_gazetteer.lookup("Madison County") if one.entry.admin1 == "MS")
    assert not other.holds(town)


def test_nine_of_ten_capitals_lie_within_the_radius_of_their_country(real_gazetteer: Gazetteer) -> None:
    with closing(sqlite3.connect(real_gazetteer.path)) as database:
        rows = database.execute(
            "SELECT c.country, c.lat, c.lon, c.precision_m, p.lat, p.lon FROM places c "
            "JOIN places p ON p.country = c.country AND p.kind = 'capital' "
            "WHERE c.kind = 'country' AND c.lat IS NOT NULL"
        ).fetchall()
    far = [
        (country, round(distance_m((lat, lon), (a, b)) / radius, 1))
        for country, lat, lon, radius, a, b in rows
        if distance_m((lat, lon), (a, b)) > 1.2 * radius
    ]
    assert len(rows) > 200
    assert len(far) <= 0.1 * len(rows), far
    assert all(times < 3 for _, times in far), far
