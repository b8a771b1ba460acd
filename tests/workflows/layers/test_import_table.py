from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dashboard.domain.access import LOCAL, Person, Role
from dashboard.errors import OwnDraftError, PermissionDeniedError
from dashboard.geocoding import Gazetteer
from dashboard.importers.checks import Checker
from dashboard.importers.rows import LAYER_ROWS, RowProblem
from dashboard.store.layers.layer import LayerAbout, LayerState
from dashboard.workflows.layers.import_table import commit, dry_run
from dashboard.workflows.layers.places import PlaceFinder
from dashboard.workflows.layers.review import layers_of, publish_layer, remove_layer, undo_import

ABOUT = LayerAbout("clashes", "Clashes")
ADA, BO = Person("pe-ada", "Ada", Role.CONTRIBUTOR), Person("pe-bo", "Bo", Role.REVIEWER)
CY, READER = Person("pe-cy", "Cy", Role.CONTRIBUTOR), Person("pe-ro", "Ro", Role.READER)
ROW: dict[str, Any] = {
    "row": 2, "external_id": "1", "record_type": "event", "kind": "incident", "original_kind": "1",
    "name": "A clash", "status": "happened", "original_status": "", "date": "2020-01-02",
    "date_as_written": "2 Jan 2020", "first": 18263, "last": 18263, "dated": True, "place": "Here",
    "country": "",
    "lat": None, "lon": None, "precision": "none", "precision_m": 0, "original_precision": "",
    "actors": "", "products": "", "source": "", "source_url": "", "notes": "", "extra": "", "flags": "",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    rows: pa.RecordBatch
    problems: tuple[RowProblem, ...] = ()
    refused: int = 0


def part(
    *changes: dict[str, Any], first: int = 0, problems: tuple[RowProblem, ...] = (), refused: int = 0
) -> Part:
    made = [{**ROW, "row": n + 2, "external_id": str(n), **one} for n, one in enumerate(changes, first)]
    return Part(pa.RecordBatch.from_pylist(made, schema=LAYER_ROWS), problems, refused)


def step(number: int) -> str:
    return f"wish-{number}"


def test_a_dry_run_counts_and_keeps_what_would_be_imported(tmp_path: Path) -> None:
    lost = RowProblem(9, "date", "soon", "no date", severity="refused")
    parts = [
        part({"lat": 1.0, "lon": 2.0}, {"dated": False}, problems=(lost,), refused=1_700),
        part({"external_id": "0", "flags": "|a|b|"}, first=2),
    ]
    seen: list[int] = []
    looked = dry_run(parts, tmp_path / "rows.parquet", progress=seen.append)
    counts = looked.counts
    assert (counts.rows, counts.records, counts.placed, counts.dated, counts.refused) == (3, 2, 1, 2, 1_700)
    assert (counts.problems, counts.flags) == ({"no date": 1}, {"a": 1, "b": 1})
    assert looked.problems == (lost,)
    assert seen == [2, 3]
    assert [row["row"] for batch in looked.batches() for row in batch.to_pylist()] == [2, 3, 4]
    assert len(looked.preview().placements) == 3
    assert len(looked.preview(1).placements) == 1


def test_faults_are_looked_for_in_all_rows(tmp_path: Path) -> None:
    default = {"lat": 0.0, "lon": 0.0, "flags": "|null_island|"}
    looked = dry_run([part({}), part(default)], tmp_path / "rows.parquet", checker=Checker())
    assert looked.counts.flags["null_island"] == 1
    assert {one.code for one in looked.findings.findings} >= {"duplicate_id"}


def test_places_without_coordinates_are_found_by_name(tmp_path: Path, gazetteer_file: Path) -> None:
    finder = PlaceFinder(Gazetteer.open(gazetteer_file))
    rows = [{"place": "Casablanca", "country": "MA"}, {"place": "Springfield"}, {"place": "Qwertzuiopburg"},
            {"place": "Casablanca", "country": "MA", "lat": 1.0, "lon": 2.0}, {"place": ""}]  # fmt: skip
    looked = dry_run(
        [part(*rows), part({"place": "Casablanca", "country": "MA"}, first=5)],
        tmp_path / "rows.parquet",
        places=finder,
    )
    found = [row for batch in looked.batches() for row in batch.to_pylist()]
    assert round(found[0]["lat"], 1) == 33.6
    assert (found[0]["flags"], found[0]["precision"] != "none") == ("|geocoded|", True)
    assert found[5]["lat"] == found[0]["lat"]
    assert (found[3]["lat"], found[3]["flags"]) == (1.0, "")
    assert [row["lat"] for row in (found[1], found[2], found[4])] == [None, None, None]
    assert [one.row for one in looked.problems] == [3, 4]
    assert "Springfield" in looked.problems[0].fix
    assert looked.counts.geocoded == 2
    assert len(finder._known) == 3


def test_what_was_looked_at_is_imported(store: Any, tmp_path: Path) -> None:
    looked = dry_run([part({}, {})], tmp_path / "rows.parquet")
    assert store.layers.list() == ()
    done = commit(store, LOCAL, ABOUT, looked, operation_id=step(1))
    assert (done.rows, done.added) == (2, 2)
    assert store.layers.get("clashes").state is LayerState.PUBLISHED
    assert commit(store, LOCAL, ABOUT, looked, operation_id=step(1)) == done


def test_a_layer_goes_through_review(store: Any, tmp_path: Path) -> None:
    looked = dry_run([part({})], tmp_path / "rows.parquet")
    with pytest.raises(PermissionDeniedError):
        commit(store, READER, ABOUT, looked, operation_id=step(1))
    commit(store, ADA, ABOUT, looked, operation_id=step(2))
    assert [len(layers_of(store, who)) for who in (ADA, BO, CY, READER)] == [1, 1, 0, 0]
    with pytest.raises(PermissionDeniedError, match="taken"):
        commit(store, CY, ABOUT, looked, operation_id=step(3))
    with pytest.raises(PermissionDeniedError):
        publish_layer(
            store, ADA, "clashes", number=store.layers.get("clashes").number, why="", operation_id=step(4)
        )
    publish_layer(
        store, BO, "clashes", number=store.layers.get("clashes").number, why="good", operation_id=step(5)
    )
    assert [len(layers_of(store, who)) for who in (ADA, BO, CY, READER)] == [1, 1, 1, 1]
    with pytest.raises(PermissionDeniedError, match="published"):
        commit(store, ADA, ABOUT, looked, operation_id=step(6))
    for refused in (undo_import, remove_layer):
        with pytest.raises(PermissionDeniedError, match="published"):
            refused(store, ADA, "clashes", why="", operation_id=step(7))
    commit(store, BO, ABOUT, looked, operation_id=step(8))
    assert undo_import(store, BO, "clashes", why="", operation_id=step(9)) is not None
    remove_layer(store, BO, "clashes", why="", operation_id=step(10))
    assert store.layers.list() == ()


def test_a_reviewer_does_not_publish_a_layer_of_their_own(store: Any, tmp_path: Path) -> None:
    commit(store, BO, ABOUT, dry_run([part({})], tmp_path / "rows.parquet"), operation_id=step(1))
    with pytest.raises(OwnDraftError):
        publish_layer(
            store, BO, "clashes", number=store.layers.get("clashes").number, why="", operation_id=step(2)
        )
