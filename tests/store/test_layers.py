import threading
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import func, select

from dashboard.errors import LayerError, OperationError, RecordNotFoundError, TextError
from dashboard.importers.rows import LAYER_ROWS as SCHEMA
from dashboard.store.database.engine import reading, writing
from dashboard.store.layers import rows as layer_rows
from dashboard.store.layers.layer import LayerAbout, LayerState
from dashboard.store.layers.rows import ROW_TYPES
from dashboard.store.layers.tables import LAYER_IMPORTS, LAYER_ROWS, ROW_COLUMNS
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation

ABOUT = LayerAbout(
    "clashes", "Clashes", "#AA3377", "CC BY 4.0", "Somebody (2026)", mapping="kind: incident\n"
)
ROW: dict[str, Any] = {
    "row": 2, "external_id": "1", "record_type": "event", "kind": "incident", "original_kind": "1",
    "name": "A clash", "status": "happened", "original_status": "", "date": "2020-01-02",
    "date_as_written": "2 Jan 2020", "first": 18263, "last": 18263, "dated": True, "place": "Here",
    "country": "SY",
    "lat": 33.51, "lon": 36.29, "precision": "near", "precision_m": 25000, "original_precision": "2",
    "actors": "One; Other", "products": "", "source": "Agency", "source_url": "https://example.org/a",
    "notes": "", "extra": '{"best": "3"}', "flags": "|centroid|",
}  # fmt: skip


def rows(*changes: dict[str, Any]) -> pa.RecordBatch:
    made = [
        {**ROW, "row": number + 2, "external_id": str(number), **one} for number, one in enumerate(changes)
    ]
    return pa.RecordBatch.from_pylist(made, schema=SCHEMA)


def step(what: str = "import layer", operation_id: str = "") -> Operation:
    new = Operation.new("Ada", what, "clashes")
    return Operation(operation_id or new.id, "Ada", what, "clashes", person_id="pe-ada")


def stored(store: Any, number: int | None = None) -> int:
    with reading(store.engine) as connection:
        counted = select(func.count()).select_from(LAYER_ROWS)
        if number is not None:
            counted = counted.where(LAYER_ROWS.c.key >= number << 32, LAYER_ROWS.c.key < (number + 1) << 32)
        return connection.scalar(counted) or 0


def all_rows(store: Any) -> list[dict[str, Any]]:
    return pa.Table.from_batches(store.layers.rows(store.layers.get("clashes"))).to_pylist()


def test_the_table_has_the_columns_that_a_mapping_makes() -> None:
    assert tuple(SCHEMA.names) == ROW_COLUMNS
    assert [ROW_TYPES[name] for name in ROW_COLUMNS] == SCHEMA.types


def test_rows_come_back_as_they_were_put_in(store: Any) -> None:
    odd = {
        "name": 'Said "no",\nthen\ttwo, \\. and נ',
        "lat": None,
        "lon": None,
        "place": "",
        "dated": False,
        "notes": "\\.",
    }
    batch = rows({}, odd, {"lat": -0.5, "name": " spaces "})
    done = store.layers.put(ABOUT, [batch], step())
    assert (done.rows, done.added, done.changed, done.unchanged, done.removed) == (3, 3, 0, 0, 0)
    assert all_rows(store) == batch.to_pylist()
    layer = store.layers.get("clashes")
    assert (layer.about, layer.rows, layer.state, layer.author_id) == (ABOUT, 3, LayerState.DRAFT, "pe-ada")
    assert store.layers.list() == (layer,)
    assert store.layers.records(layer, ["1"]).to_pylist() == [batch.to_pylist()[1]]


def test_a_nul_is_taken_out_of_a_text(store: Any) -> None:
    store.layers.put(ABOUT, [rows({"notes": "be\0fore"})], step())
    assert all_rows(store)[0]["notes"] == "before"


def test_a_second_import_replaces_rows_and_counts_what_it_did(store: Any) -> None:
    store.layers.put(ABOUT, [rows({}, {}, {}, {})], step())
    moved = [
        {"external_id": "9"},
        {"external_id": "0"},
        {"external_id": "1", "name": "Other"},
        {"external_id": "2"},
    ]
    done = store.layers.put(ABOUT, [rows(*moved)], step())
    assert (done.added, done.changed, done.unchanged, done.removed) == (1, 1, 2, 1)
    assert [row["external_id"] for row in all_rows(store)] == ["9", "0", "1", "2"]


def test_the_same_file_again_changes_nothing_that_is_shown(store: Any) -> None:
    first = store.layers.put(ABOUT, [rows({}, {})], step())
    again = store.layers.put(ABOUT, [rows({}, {})], step())
    assert (again.version, again.unchanged, again.added) == (first.version, 2, 0)
    assert len(all_rows(store)) == 2


def test_a_repeated_operation_gives_the_first_answer_and_takes_no_rows(store: Any) -> None:
    operation = step()
    first = store.layers.put(ABOUT, [rows({})], operation)

    def never() -> Iterator[pa.RecordBatch]:
        raise AssertionError("rows were taken")
        yield

    assert store.layers.put(ABOUT, never(), operation) == first
    assert stored(store) == 1
    with pytest.raises(OperationError):
        store.layers.put(ABOUT, never(), step("something else", operation.id))


def test_an_import_is_one_entry_of_the_audit_trail(store: Any) -> None:
    before = store.control.state()
    store.layers.put(ABOUT, [rows({}), rows({"external_id": "7"})], step())
    after = store.control.state()
    assert after.head.sequence == before.head.sequence + 1
    assert after.layers_version == before.layers_version + 1
    assert after.data_version == before.data_version


def test_an_import_is_undone_as_one(store: Any) -> None:
    store.layers.put(ABOUT, [rows({}, {})], step())
    before = all_rows(store), store.layers.get("clashes").about
    other = LayerAbout("clashes", "Other title")
    store.layers.put(other, [rows({"name": "Changed"})], step())
    back = store.layers.undo("clashes", step("undo import"))
    assert back is not None
    assert (all_rows(store), back.about) == before
    assert not back.can_undo
    assert stored(store) == 2
    with pytest.raises(LayerError, match="taken back already"):
        store.layers.undo("clashes", step("undo import"))
    assert len(all_rows(store)) == 2


def test_undoing_the_first_import_leaves_nothing(store: Any) -> None:
    store.layers.put(ABOUT, [rows({})], step())
    assert store.layers.undo("clashes", step("undo import")) is None
    assert (store.layers.list(), stored(store)) == ((), 0)
    store.layers.put(ABOUT, [rows({})], step())
    assert len(all_rows(store)) == 1


def test_only_the_last_import_is_kept_besides(store: Any) -> None:
    for name in ("one", "two", "three"):
        store.layers.put(ABOUT, [rows({"name": name})], step())
    assert stored(store) == 2
    back = store.layers.undo("clashes", step("undo import"))
    assert back is not None
    assert all_rows(store)[0]["name"] == "two"


def test_what_fails_on_the_way_leaves_nothing(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_rows, "PIECE", 1)
    store.layers.put(ABOUT, [rows({"name": "kept"})], step())
    seen: list[int] = []

    def stop(done: int) -> None:
        seen.append(done)
        if done == 2:
            raise KeyboardInterrupt

    head = store.control.state().head
    with pytest.raises(KeyboardInterrupt):
        store.layers.put(ABOUT, [rows({}, {}, {})], step(), progress=stop)
    assert seen == [1, 2]
    assert stored(store) == 1
    assert all_rows(store)[0]["name"] == "kept"
    assert store.control.state().head == head
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(LAYER_IMPORTS)) == 1


def test_a_file_without_rows_is_refused(store: Any) -> None:
    with pytest.raises(LayerError, match="no row"):
        store.layers.put(ABOUT, [], step())
    assert store.layers.list() == ()


def test_of_two_imports_at_once_the_slower_is_refused(store: Any) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield rows({"name": "slow"})
        store.layers.put(ABOUT, [rows({"name": "quick"})], step())

    with pytest.raises(LayerError, match="meanwhile"):
        store.layers.put(ABOUT, batches(), step())
    assert all_rows(store)[0]["name"] == "quick"
    assert stored(store) == 1


def test_others_write_between_two_pieces(store: Any, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_rows, "PIECE", 1)
    other = open_store(url)
    wrote: list[bool] = []

    def write(_done: int) -> None:
        def one() -> None:
            with writing(other.engine):
                wrote.append(True)

        thread = threading.Thread(target=one)
        thread.start()
        thread.join(timeout=30)

    store.layers.put(ABOUT, [rows({}, {})], step(), progress=write)
    other.close()
    assert wrote == [True, True]


def test_a_layer_is_published_and_stays_so(store: Any) -> None:
    store.layers.put(ABOUT, [rows({})], step())
    assert store.layers.publish("clashes", step("publish layer")).state is LayerState.PUBLISHED
    store.layers.put(ABOUT, [rows({"name": "New"})], step())
    assert store.layers.get("clashes").state is LayerState.PUBLISHED


def test_a_removed_layer_is_gone_with_its_rows(store: Any) -> None:
    store.layers.put(ABOUT, [rows({}, {})], step())
    store.layers.put(LayerAbout("others", "Others"), [rows({})], step())
    store.layers.remove("clashes", step("remove layer"))
    assert [one.id for one in store.layers.list()] == ["others"]
    assert stored(store) == 1
    with pytest.raises(RecordNotFoundError):
        store.layers.get("clashes")
    with pytest.raises(RecordNotFoundError):
        store.layers.remove("clashes", step("remove layer"))


@pytest.mark.parametrize("name", ["", "Clashes", "../x", "a" * 41, "-a", "a-"])
def test_a_layer_has_a_short_plain_name(name: str) -> None:
    with pytest.raises(TextError):
        LayerAbout(name, "Title")
