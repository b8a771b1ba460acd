"""Points that were written past the atlas: the map draws the others, the record stays in the tables (B38)."""

import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dashboard.domain.points import point_fault
from dashboard.runtime import Runtime
from dashboard.settings import Settings
from dashboard.store.database.engine import writing
from dashboard.store.database.verify import verify
from dashboard.store.store import Store, open_store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT, Audience

SMALL = Path(__file__).parents[1] / "importers" / "small"
GRID = Audience(0.1, protected=True)
# What each database can be made to hold; SQLite keeps NaN as NULL, so that half a point is left.
BAD = {
    "sqlite": ["lat = 999", "lat = 9e999", "lat = 'north'", "lat = NULL"],
    "postgresql": ["lat = 999", "lat = 'Infinity'", "lat = 'NaN'", "lat = NULL"],
}
MARKS = {"sqlite": (), "postgresql": (pytest.mark.postgres,)}
CASES = [
    pytest.param((kind, bad), id=f"{kind}, {bad}", marks=MARKS[kind])
    for kind, all_bad in BAD.items()
    for bad in all_bad
]
ONE_OF_EACH = [pytest.param((kind, "lat = 999"), id=kind, marks=MARKS[kind]) for kind in BAD]


def break_in(url: str, *changes: str) -> None:
    """Write what the atlas never would, as somebody does who has the password of the database."""
    with closing(open_store(url)) as store, writing(store.engine) as connection:
        if store.engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = 1"))
        else:
            for table in ("locations", "places"):
                drops = f"DROP CONSTRAINT ck_{table}_lat, DROP CONSTRAINT ck_{table}_lon"
                connection.execute(text(f"ALTER TABLE {table} {drops}"))
        for change in changes:
            connection.execute(text(change))


@pytest.fixture
def broken(request: pytest.FixtureRequest, copied: Any) -> str:
    """Address of a database with one place that is nowhere on Earth."""
    kind, bad = request.param
    url: str = copied(kind, "small")
    break_in(url, f"UPDATE locations SET {bad} WHERE id = 'lo-yard'")  # noqa: S608  # of this test
    return url


def settings(url: str, folder: Path) -> Settings:
    return Settings(db=url, package=SMALL, data_folder=folder, cache_folder=folder)


@pytest.fixture
def atlas(broken: str, tmp_path: Path) -> Iterator[Any]:
    atlas = Runtime(settings(broken, tmp_path))
    yield atlas
    atlas.close()


def drawn(atlas: Runtime, audience: Audience, record_id: str) -> list[bool]:
    placements = atlas.view(audience).frames().placements
    return [geometry is not None for geometry in placements.geometry[placements.record_id == record_id]]


@pytest.mark.parametrize("broken", CASES, indirect=True)
def test_the_others_are_drawn_and_the_record_stays_in_the_tables(atlas: Runtime) -> None:
    for audience in (EXACT, GRID):
        view = atlas.view(audience)
        assert [(one.table, one.row_id, one.record_id) for one in view.broken] == [
            ("locations", "lo-yard", "st-yard")
        ]
        assert drawn(atlas, audience, "st-yard") == [False]
        assert any(drawn(atlas, audience, "st-ben-slimane"))
        assert "st-yard" in set(view.frames().records.record_id)
        assert view.library().name("st-yard") == "Yard"
        assert view.payload(view.version)


@pytest.mark.parametrize("broken", CASES, indirect=True)
def test_verifying_names_the_record_and_saving_it_mends_it(broken: str) -> None:
    with closing(open_store(broken)) as store:
        problems = verify(store, None)
        assert any(one.startswith("lo-yard of st-yard has no point on Earth: lat ") for one in problems)
        assert any("changed past the atlas" in one for one in problems)
        assert not any("damaged" in one for one in problems)
        mend(store)
        assert not any("no point on Earth" in one for one in verify(store, None))
        assert {change.field for change in store.repository.changes("lo-yard")} <= {"lat", "lon"}


def mend(store: Store) -> None:
    dossier, revision = store.repository.dossier("st-yard")
    (place,) = dossier.locations
    good = replace(dossier, locations=(replace(place, lat=33.6, lon=-7.6),))
    store.repository.save_dossier(good, revision, Operation.new("ann", "save", "st-yard"))


@pytest.mark.parametrize("broken", ONE_OF_EACH, indirect=True)
def test_what_is_mended_is_drawn_again(atlas: Runtime) -> None:
    mend(atlas.store)
    assert atlas.view(EXACT).broken == ()
    assert drawn(atlas, EXACT, "st-yard") == [True]


@pytest.mark.parametrize("broken", ONE_OF_EACH, indirect=True)
def test_a_record_without_a_point_can_be_deleted_and_a_place_without_one_is_passed_over(
    broken: str, tmp_path: Path
) -> None:
    with closing(open_store(broken)) as store, writing(store.engine) as connection:
        if store.engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = 1"))
        connection.execute(text("UPDATE locations SET lon = 999 WHERE id = 'lo-meeting'"))
        connection.execute(text("UPDATE places SET lon = 999 WHERE id = 'pl-rabat'"))
    with closing(Runtime(settings(broken, tmp_path))) as atlas:
        assert [one.row_id for one in atlas.view(EXACT).broken] == ["lo-meeting", "lo-yard", "pl-rabat"]
        for audience in (EXACT, GRID):
            decided = atlas.view(audience).hand_decided()
            assert decided.lookup("Ben Slimane")
            assert decided.lookup("Rabat") == []
        # Named by another record: it goes when that does not name it any more.
        dossier, revision = atlas.store.repository.dossier("ev-order")
        alone = replace(dossier, record=replace(dossier.record, related=()))  # type: ignore[call-arg]
        atlas.store.repository.save_dossier(alone, revision, Operation.new("ann", "save", "ev-order"))
        _, revision = atlas.store.repository.dossier("ev-meeting")
        operation = Operation.new("ann", "delete", "ev-meeting", "wrong")
        atlas.store.repository.delete_record("ev-meeting", revision, operation)
        assert [one.row_id for one in atlas.view(EXACT).broken] == ["lo-yard", "pl-rabat"]


@pytest.mark.parametrize(
    ("lat", "lon", "fault"),
    [
        (None, None, ""),
        (90.0, -180.0, ""),
        (33, 7, ""),
        (90.1, 0.0, "lat 90.1 is not between -90 and 90"),
        (0.0, math.nan, "lon nan is not between -180 and 180"),
        (math.inf, None, "lat inf is not between -90 and 90, lon is missing"),
        ("33", 7.0, "lat 33 is not between -90 and 90"),
    ],
)
def test_what_is_no_point(lat: object, lon: object, fault: str) -> None:
    assert point_fault(lat, lon) == fault
