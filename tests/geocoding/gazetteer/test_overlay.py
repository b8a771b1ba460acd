import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.geocoding import Gazetteer
from dashboard.geocoding.gazetteer.tables import read_table
from dashboard.geocoding.keys import loose, skeleton, without_prefix
from dashboard.geocoding.names import fold


def test_every_spelling_in_the_overlay_finds_its_place(real_gazetteer: Gazetteer) -> None:
    lost = [
        (row["id"], name)
        for row in read_table("overlay.csv")
        for name in (row["name"], *row.names())
        if row["id"] not in {found.entry.place_id for found in real_gazetteer.lookup(name)}
    ]
    assert lost == []


WITH_SOURCES = [
    *("abbreviations.csv", "admin1.csv", "admin2.csv", "airfields.csv", "airports.csv", "bases.csv"),
    *("country_points.csv", "demonyms.csv", "division_names.csv", "overlay.csv", "regions.csv"),
]


@pytest.mark.parametrize("table", WITH_SOURCES)
def test_every_row_has_its_source(table: str) -> None:
    assert all(row["source"] for row in read_table(table))


def test_every_point_of_a_country_has_its_source() -> None:
    assert all(row["source"] for row in read_table("country_table.csv") if row.point)


@pytest.mark.parametrize(
    "table", ["airfields.csv", "bases.csv", "overlay.csv", "regions.csv", "division_names.csv"]
)
def test_no_spelling_mixes_scripts(table: str) -> None:
    """A Latin letter in an Arabic or Cyrillic name is a slip that no eye sees."""
    mixed = [
        name
        for row in read_table(table)
        for name in (row["name"], *row.names())
        if len(_scripts(name) & {"LATIN", "ARABIC", "HEBREW", "CYRILLIC", "GREEK"}) > 1
    ]
    assert mixed == ["Аэропорт Мухаммеда V"] * (table == "overlay.csv")


def _scripts(name: str) -> set[str]:
    return {unicodedata.name(letter).split()[0] for letter in name if letter.isalpha()}


def test_rows_of_the_overlay_are_whole() -> None:
    kinds = {"": set(), "city": {"locality"}, "facility": {"near", "locality", "exact"}}
    for row in read_table("overlay.csv"):
        assert row["kind"] in kinds, row["id"]
        assert (row.point is not None) == row["id"].startswith("aa-"), row["id"]
        if row.point:
            assert row["precision"] in kinds[row["kind"]], row["id"]
            assert 500 <= row.number("precision_m") <= 100_000, row["id"]
    ids = [row["id"] for row in read_table("overlay.csv")]
    assert len(ids) == len(set(ids)) >= 150


def test_members_of_regions_are_placed() -> None:
    for row in read_table("regions.csv"):
        if row["members"]:
            assert row.point, row["id"]
            assert row.number("radius_m"), row["id"]


def test_spellings_of_one_name_share_a_key() -> None:
    assert loose(fold("Nouaceur")) == loose(fold("Nouasseur"))
    assert skeleton(fold("Benslimane")) == skeleton(fold("بن سليمان")) == skeleton(fold("בן סלימאן"))


@given(st.text(max_size=40))
def test_no_text_is_too_odd_for_a_key(text: str) -> None:
    loose(fold(text))
    skeleton(fold(text))
    assert all(len(stem) >= 3 for stem in without_prefix(fold(text)))
