"""What the atlas gives away it reads again: the same records, to the letter and the metre."""

import math
from pathlib import Path

import pytest

from dashboard.confinement import Confinement
from dashboard.domain.dates import UncertainDate
from dashboard.exports.package import write_package
from dashboard.importers.checks import find_faults
from dashboard.importers.mapping import apply
from dashboard.importers.package import read_package
from dashboard.importers.presets import recognise
from dashboard.importers.tables import READING, ReadOptions, read_table
from dashboard.workflows.sharing.take_away import write_take_away

STARTER = Path(__file__).parents[2] / "data"
BY_RECORD = [("csv", ".csv", ""), ("xlsx", ".xlsx", "Records")]
BY_PLACE = [("gpkg", ".gpkg", ""), ("geojson", ".geojson", "")]
WHOLE = ("csv", "gpkg")


@pytest.fixture(scope="module")
def confinement():
    with Confinement(READING) as one:
        yield one


@pytest.fixture(scope="module")
def whole_view(make_view):
    """All of the starter package, as a page shows it."""
    package = read_package(STARTER)
    return make_view(package.tables, descriptor=package.descriptor, title="Starter")


@pytest.fixture(scope="module")
def views(whole_view, starter_view):
    """Everything in the formats that people take away most, two countries in the others, to stay quick."""
    return lambda format_id: whole_view if format_id in WHOLE else starter_view


@pytest.fixture(scope="module")
def read_again(confinement, tmp_path_factory):
    """Write a view, read the file as anybody's table, and carry its preset out."""

    def go(view, format_id, suffix, sheet):
        path = tmp_path_factory.mktemp("again") / f"view{suffix}"
        write_take_away(view, format_id, path)
        raw = read_table(path, path.name, confinement=confinement, options=ReadOptions(sheet=sheet))
        preset = recognise(raw)
        assert preset is not None
        assert preset.code == "arsenal_atlas"
        batches = list(apply(raw, preset.mapping))
        told = [*raw.problems, *(problem for batch in batches for problem in batch.problems)]
        return batches, [problem for problem in told if problem.severity == "refused"]

    return go


def rows_of(batches):
    return [row for batch in batches for row in batch.rows.to_pylist()]


def dates_read(written):
    """The time from the first to the last of the dates that a site's statuses have."""
    bounds = [UncertainDate.parse(one.strip()).bounds for one in written.split(";")]
    return min(one.first for one in bounds), max(one.last for one in bounds)


def check_record(row, record):
    """What a row says of its record is what the record says."""
    same = ("name", "kind", "status")
    assert {name: row[name] for name in same} == {name: record[name].strip() for name in same}
    assert row["record_type"] == record["type"]
    assert row["date_as_written"] == record["date"]
    if ";" in record["date"]:
        assert (row["first"], row["last"]) == dates_read(record["date"])
    else:
        assert row["date"] == record["date"]
    assert row["actors"] == "; ".join(record["actor_names"].split(" | "))
    assert row["products"].strip("|").split("|") == [*dict.fromkeys(record["products"].split("|"))]
    assert row["source"] == "; ".join(record["source_ids"].split("|"))
    assert row["source_url"] == record["source_urls"].split("|")[0]


def check_place(row, lat, lon, precision, radius):
    """A point comes back exactly, with its precision; what has none has none."""
    if math.isnan(lat):
        assert (row["lat"], row["lon"], row["precision"]) == (None, None, "none")
        return
    assert (row["lat"], row["lon"]) == (lat, lon)
    assert (row["precision"], row["precision_m"]) == (precision, radius)


@pytest.mark.parametrize(("format_id", "suffix", "sheet"), BY_RECORD)
def test_every_record_comes_back_with_its_main_place(views, read_again, format_id, suffix, sheet):
    view = views(format_id)
    batches, refused = read_again(view, format_id, suffix, sheet)
    rows = rows_of(batches)
    assert refused == []
    assert sorted(row["external_id"] for row in rows) == sorted(view.records["id"])
    by_id = {record["id"]: record for record in view.records.to_dict("records")}
    for row in rows:
        record = by_id[row["external_id"]]
        check_record(row, record)
        assert row["place"] == record["places"]
        countries = record["countries"].split("|")
        assert row["country"] == (countries[0] if len(countries) == 1 else "")
        check_place(row, record["lat"], record["lon"], record["precision"], record["precision_m"])


@pytest.mark.parametrize(("format_id", "suffix", "sheet"), BY_PLACE)
def test_every_place_of_every_record_comes_back(views, read_again, format_id, suffix, sheet):
    view = views(format_id)
    batches, refused = read_again(view, format_id, suffix, sheet)
    rows = rows_of(batches)
    assert refused == []
    records = {record["id"]: record for record in view.records.to_dict("records")}
    placed = {record: list(group.to_dict("records")) for record, group in view.places.groupby("record_id")}
    assert {row["external_id"] for row in rows} == set(records)
    for record_id, record in records.items():
        mine = [row for row in rows if row["external_id"] == record_id]
        places = placed.get(record_id, [])
        assert len(mine) == max(1, len(places))
        for row, place in zip(mine, places, strict=False):
            check_record(row, record)
            assert (row["place"], row["country"]) == (place["place"], place["country"])
            check_place(row, place["lat"], place["lon"], place["precision"], place["precision_m"])


def test_nothing_is_found_in_it_that_the_atlas_does_not_know(whole_view, read_again):
    batches, _ = read_again(whole_view, "csv", ".csv", "")
    found = find_faults([batch.rows for batch in batches])
    assert not {"duplicate_id", "sentinel", "mojibake", "null_island", "ends_before_start"} & set(
        found.counts
    )


@pytest.mark.parametrize(("format_id", "suffix"), [("csv", ".csv"), ("gpkg", ".gpkg"), ("xlsx", ".xlsx")])
def test_hostile_names_come_back_to_the_letter(hostile_view, read_again, format_id, suffix):
    sheet = {"gpkg": "records", "xlsx": "Records"}.get(format_id, "")
    batches, refused = read_again(hostile_view, format_id, suffix, sheet)
    assert refused == []
    names = dict(zip(hostile_view.records["id"], hostile_view.records["name"], strict=True))
    read = {row["external_id"]: row["name"] for row in rows_of(batches)}
    unseen = {name for name, text in names.items() if "\u202e" in text}
    assert unseen == {"ev-rtl"}
    assert read.pop("ev-rtl").startswith("[U+202E]")  # written out, because it turns the text round
    assert read == {record: name for record, name in names.items() if record not in unseen}


def test_the_data_package_comes_back_with_the_same_content(whole_view, make_view, open_package, tmp_path):
    package = read_package(STARTER)
    write_take_away(whole_view, "package", tmp_path / "view.zip")
    again = open_package(tmp_path / "view.zip")
    for table, rows in package.tables.items():
        kept = set(again.tables[table])
        assert [row for row in rows if row in kept] == list(again.tables[table])
    # Actors that no record refers to are part of no view; all else is there.
    left = {row.id for row in package.tables["actors"]} - {row.id for row in again.tables["actors"]}
    named = {row.record_id for row in set(package.tables["citations"]) - set(again.tables["citations"])}
    assert named == left
    assert not left & set("|".join(whole_view.records["actors"]).split("|"))
    for table in ("sites", "site_status", "events", "locations", "sources", "places"):
        assert again.tables[table] == package.tables[table]
    write_take_away(make_view(again.tables, descriptor=again.descriptor), "package", tmp_path / "second.zip")
    assert open_package(tmp_path / "second.zip").version == again.version


def test_a_whole_package_keeps_its_version(tmp_path):
    package = read_package(STARTER)
    write_package(package, tmp_path)
    assert read_package(tmp_path).version == package.version
