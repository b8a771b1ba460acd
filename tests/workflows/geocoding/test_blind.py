"""The shipped places against the gazetteer alone: inside their radius, or the package says why not."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.domain.records import Location
from dashboard.geocoding import Gazetteer
from dashboard.importers.package import DataPackage, read_package
from dashboard.settings import starter_path
from dashboard.workflows.geocoding.blind import BlindRow, blind_gazetteer, geocode_blind


@pytest.fixture(scope="module")
def gazetteer(gazetteer_file: Path) -> Iterator[Gazetteer]:
    with Gazetteer.open(gazetteer_file) as opened:
        yield opened


@pytest.fixture(scope="module")
def package() -> DataPackage:
    return read_package(starter_path("data"))


def landed(package: DataPackage, gazetteer: Gazetteer, location: Location) -> BlindRow:
    (row,) = geocode_blind(
        dataclasses.replace(package, tables={**package.tables, "locations": (location,)}), gazetteer
    )
    return row


RABAT = Location(
    id="lo-x",
    record_id="ev-x",
    role="at",
    place_as_written="Rabat",
    country="MA",
    lat=34.02,
    lon=-6.84,
    precision="locality",
    precision_m=10_000,
    method="hand",
)


def test_every_shipped_place_lands_within_its_radius_or_the_package_says_why(
    package: DataPackage, gazetteer: Gazetteer
) -> None:
    rows = list(geocode_blind(package, gazetteer))
    assert len(rows) > 150
    assert [str(row) for row in rows if row.verdict == "open"] == []
    assert sum(row.verdict == "inside" for row in rows) / len(rows) > 0.6
    assert all(row.explanation for row in rows if row.verdict == "explained")


def test_what_lands_elsewhere_is_open_until_somebody_says_why(
    package: DataPackage, gazetteer: Gazetteer
) -> None:
    assert landed(package, gazetteer, RABAT).verdict == "inside"
    far = dataclasses.replace(RABAT, lat=33.0)
    row = landed(package, gazetteer, far)
    assert (row.verdict, round((row.distance_m or 0) / 1000, -1)) == ("open", 110)
    assert "km from its point" in str(row)
    told = landed(package, gazetteer, dataclasses.replace(far, reason="The older town of that name."))
    assert (told.verdict, told.explanation) == ("explained", "The older town of that name.")
    decided = landed(package, gazetteer, dataclasses.replace(far, place_id="pl-tanger-med"))
    assert decided.verdict == "explained"


def test_what_is_not_found_or_lies_elsewhere_than_stated_is_open(
    package: DataPackage, gazetteer: Gazetteer
) -> None:
    for change in ({"place_as_written": "Xyzzyville"}, {"country": "IL"}):
        row = landed(package, gazetteer, dataclasses.replace(RABAT, **change))
        assert (row.verdict, row.distance_m) == ("open", None)


def test_a_place_without_a_point_is_passed_over(package: DataPackage, gazetteer: Gazetteer) -> None:
    nowhere = dataclasses.replace(RABAT, lat=None, lon=None, precision="none", precision_m=None)
    tables = {**package.tables, "locations": (nowhere,)}
    assert list(geocode_blind(dataclasses.replace(package, tables=tables), gazetteer)) == []


def test_a_gazetteer_without_decisions_is_used_as_it_is(gazetteer_file: Path, tmp_path: Path) -> None:
    assert blind_gazetteer(gazetteer_file, tmp_path) == gazetteer_file
    assert list(tmp_path.iterdir()) == []
