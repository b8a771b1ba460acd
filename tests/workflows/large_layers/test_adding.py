"""A large layer holds what a plain scan of its rows finds, counted and by window, for every audience."""

import json
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import inspect

from dashboard.bench.layer_rows import layer_batches
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.domain.grid import cell_centre
from dashboard.errors import BulkError, LayerError, StoreError
from dashboard.store.database.engine import open_engine
from dashboard.store.layers.choice import Asked
from dashboard.store.layers.large import LargeLayer, list_large_layers
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.reach import Window
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers import adding as large
from dashboard.workflows.large_layers import leftovers
from dashboard.workflows.large_layers import payloads as large_payloads
from dashboard.workflows.large_layers.counted import Counting, counts_of
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.layers.on_grid import centres_of

ABOUT = LayerAbout("clashes", "Clashes", "#AA3377", "CC BY 4.0", "Somebody (2026)")
COARSE = Audience(1.0, protected=True, key=b"secret")
HERE = Workers(count=1)
ROWS = 3_000
ALWAYS = (DAY_PAST, DAY_FUTURE)
WINDOWS = [
    Window(-180, -90, 180, 90, *ALWAYS),
    Window(0, 0, 30, 30, *ALWAYS),
    Window(0, 0, 30, 30, 12_000, 13_000),
    Window(-180, -90, 180, 90, 15_000, 15_010),
    Window(100, -40, -20, 50, *ALWAYS),
    Window(50.5, 10.5, 50.6, 10.6, *ALWAYS),
]


def scanned(source: Path, window: Window, place: Callable[[float, float], tuple[float, float]]) -> set[str]:
    found = set()
    for row in pq.read_table(source).to_pylist():
        if row["lat"] is None or row["first"] > window.last or row["last"] < window.first:
            continue
        lat, lon = place(row["lat"], row["lon"])
        around = any(west <= lon <= east for west, east in window.stretches)
        if around and window.south <= lat <= window.north:
            found.add(row["external_id"])
    return found


def ids_in(payload: bytes) -> tuple[dict[str, Any], set[str], list[tuple[float, float]]]:
    length = int.from_bytes(payload[4:8], "little")
    header = json.loads(payload[8 : 8 + length])
    columns = header["columns"]

    def column(name: str, kind: str) -> Any:
        entry = columns[name]
        return np.frombuffer(payload, kind, entry["length"], 8 + length + entry["offset"])

    text, at = column("ids", "u1").tobytes(), column("ids_at", "<u4")
    ids = {text[a:b].decode() for a, b in pairwise(at.tolist())}
    points = zip(column("lat", "<f4").tolist(), column("lon", "<f4").tolist(), strict=True)
    return header, ids, list(points)


def counts_in(payload: bytes) -> tuple[dict[str, Any], list[int], list[tuple[float, float]]]:
    length = int.from_bytes(payload[4:8], "little")
    header = json.loads(payload[8 : 8 + length])
    weight, lat, lon = (
        np.frombuffer(payload, kind, header["marks"], 8 + length + header["columns"][name]["offset"]).tolist()
        for name, kind in (("weight", "<u4"), ("lat", "<f4"), ("lon", "<f4"))
    )
    return header, weight, list(zip(lat, lon, strict=True))


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_holds_what_a_scan_finds(rows: Any, source: Path, window: Window) -> None:
    expected = scanned(source, window, lambda lat, lon: (lat, lon))
    found = rows.window(Asked(window), ("external_id",), ROWS)
    assert set(found.rows.column("external_id").to_pylist()) == expected
    assert (found.total, found.is_cut) == (len(expected), False)


def test_what_is_too_much_is_cut_and_counted_all_the_same(rows: Any, source: Path) -> None:
    found = rows.window(Asked(WINDOWS[1]), ("external_id", "lat"), 10)
    assert (found.rows.num_rows, found.is_cut) == (10, True)
    assert found.total == len(scanned(source, WINDOWS[1], lambda lat, lon: (lat, lon)))


@pytest.mark.parametrize("window", WINDOWS)
def test_who_sees_a_grid_is_answered_by_the_grid_alone(
    made: LargeLayer, rows: Any, source: Path, window: Window
) -> None:
    payload = large_payloads.window_payload(made, rows, window, COARSE)
    header, ids, points = ids_in(payload)
    assert ids == scanned(source, window, lambda lat, lon: cell_centre(lat, lon, COARSE.cell))
    assert header["total"] == len(ids)
    assert all(cell_centre(lat, lon, 1.0) == pytest.approx((lat, lon), abs=1e-5) for lat, lon in points)


@pytest.mark.parametrize("audience", [EXACT, COARSE])
def test_what_is_too_much_comes_as_counts(
    made: LargeLayer, rows: Any, source: Path, audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    def place(lat: float, lon: float) -> tuple[float, float]:
        return cell_centre(lat, lon, 1.0) if audience.cell else (lat, lon)

    total = len(scanned(source, WINDOWS[1], place))
    for most in (10, total - 1):  # surely too many by the counts, and one too many by the rows
        monkeypatch.setattr(large_payloads, "MOST_IN_WINDOW", most)
        header, weights, points = counts_in(large_payloads.window_payload(made, rows, WINDOWS[1], audience))
        assert (header["cut"], header["total"]) == (1, total)
        assert "ids" not in header["columns"]
        # By whole cells, so not to the record at the window's edge.
        assert sum(weights) == pytest.approx(total, rel=0.1)
        if audience.cell:
            assert all(cell_centre(*one, 1.0) == pytest.approx(one, abs=1e-5) for one in points)


def test_counts_that_promise_more_than_there_is_do_not_decide(
    made: LargeLayer, rows: Any, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_payloads, "_SURELY_CUT", 0)
    header, ids, _ = ids_in(large_payloads.window_payload(made, rows, WINDOWS[2], EXACT))
    assert ids == scanned(source, WINDOWS[2], lambda lat, lon: (lat, lon))
    assert (header["cut"], header["total"]) == (0, len(ids))


def test_only_groups_that_a_window_meets_are_read(made: LargeLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    whole = pq.ParquetFile.read_row_group
    monkeypatch.setattr(
        pq.ParquetFile, "read_row_group", lambda file, i, *a, **k: read.append(i) or whole(file, i, *a, **k)
    )
    found = large.rows_of_large(made)
    groups = made.reach().num_rows
    found.window(Asked(WINDOWS[5]), ("external_id",), ROWS)
    assert len(read) < groups / 4
    read.clear()
    assert found.window(Asked(WINDOWS[0]), ("external_id",), 1).total == ROWS - 3
    assert len(read) <= 2


def test_counts_are_exact_and_lie_where_the_audience_may_see_them(made: LargeLayer, rows: Any) -> None:
    counts = made.counts.far()
    assert (made.rows, made.placed, made.shown) == (ROWS, ROWS - 3, ROWS - 3)
    assert sum(counts.column("records").to_pylist()) == made.shown
    coarse = large_payloads.counts_payload(made, rows, COARSE)
    assert made.version not in coarse.decode("latin-1")
    for body in (large_payloads.counts_payload(made, rows, EXACT), coarse):
        header, weights, points = counts_in(body)
        assert header["total"] == sum(weights) == made.shown
    assert all(cell_centre(*one, 1.0) == pytest.approx(one, abs=1e-5) for one in points)


def moved_within_cells(table: pa.Table, cell: float) -> pa.Table:
    """Move points at random, none out of its cell, and shuffle the rows."""
    random = np.random.default_rng(3)
    points = []
    for lat, lon in zip(*(table.column(name).to_pylist() for name in ("lat", "lon")), strict=True):
        centre, near = cell_centre(lat, lon, cell), (lat, lon)
        for step in random.uniform(-cell / 2, cell / 2, (8, 2)).tolist():
            tried = (centre[0] + step[0], centre[1] + step[1])
            if abs(tried[0]) <= 90 and abs(tried[1]) <= 180 and cell_centre(*tried, cell) == centre:
                near = tried
        points.append(near)
    for place, name in enumerate(("lat", "lon")):
        column = pa.array([point[place] for point in points])
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), column)
    return table.take(pa.array(random.permutation(len(table))))


@pytest.mark.parametrize("cell", [0.1, 0.7, 1.0, 5.0])
def test_nothing_that_who_sees_a_grid_is_given_tells_where_in_its_cell_a_point_lies(
    tmp_path: Path, cell: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    audience = Audience(cell, protected=True, key=b"secret")
    table = pa.Table.from_batches(layer_batches(800))
    for name in ("lat", "lon"):  # near each other, so that many share a cell
        near = pa.array(table.column(name).to_numpy() / 20)
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), near)
    told: list[list[bytes]] = []
    for name, rows in (("one", table), ("other", moved_within_cells(table, cell))):
        (tmp_path / name).mkdir()
        pq.write_table(rows, tmp_path / name / "part.parquet")
        layer = large.put_large_layer(ABOUT, tmp_path / name, tmp_path / f"{name}-layers", workers=HERE)
        found = large.rows_of_large(layer)
        bodies = [large_payloads.counts_payload(layer, found, audience)]
        for most in (20_000, 10):
            with monkeypatch.context() as patch:
                patch.setattr(large_payloads, "MOST_IN_WINDOW", most)
                bodies += [
                    large_payloads.window_payload(layer, found, window, audience)
                    for window in (WINDOWS[0], Window(-5, -2, 3, 3, *ALWAYS))
                ]
        version = large_payloads.large_version(layer, found, audience)
        told.append([body.replace(version.encode(), b"version") for body in bodies])
    assert told[0] == told[1]


def test_ids_made_of_points_do_not_order_what_is_shown() -> None:
    rows = pa.table({name: ["x-2", "x-1"] for name in large_payloads.FRAME_COLUMNS})
    assert large_payloads._unordered(rows).column("external_id").to_pylist() == ["x-1", "x-2"]


def test_counts_on_a_grid_are_made_once(source: Path, tmp_path: Path) -> None:
    layer = large.put_large_layer(ABOUT, source, tmp_path, workers=HERE)
    first = large_payloads.counts_payload(layer, large.rows_of_large(layer), COARSE)
    shutil.rmtree(layer.files / "rows")
    assert large_payloads.counts_payload(layer, large.rows_of_large(layer), COARSE) == first
    with pytest.raises(LayerError, match="cannot be read"):
        large_payloads.counts_payload(layer, large.rows_of_large(layer), Audience(2.0, protected=True))
    assert not list(layer.files.glob("*grid-2.0*"))


def test_counting_again_in_larger_cells_loses_nothing(source: Path) -> None:
    table = pq.read_table(source)
    counts = counts_of(table.filter(table.column("lat").is_valid()))
    counting = Counting()
    counting.add(counts)
    fine, cell, months = counting.finished(10**6)
    assert (cell, months, fine.num_rows) == (0.25, 1, counts.num_rows)
    coarse, cell, months = counting.finished(600)
    assert coarse.num_rows <= 600 < counts.num_rows
    assert cell > 0.25
    for table in (fine, coarse):
        assert sum(table.column("records").to_pylist()) == ROWS - 3
        assert min(table.column("first").to_pylist()) == min(counts.column("first").to_pylist())


@pytest.mark.parametrize("degrees", [0.1, 0.3, 1.0, 7.0, 90.0])
def test_points_come_on_the_grid_as_one_by_one(degrees: float) -> None:
    random = np.random.default_rng(1)
    lon, lat = random.uniform(-180, 180, 400), random.uniform(-90, 90, 400)
    lon[:150] = np.clip(np.round(lon[:150] / degrees) * degrees, -180, 180)
    lat[50:200] = np.clip(np.round(lat[50:200] / degrees) * degrees, -90, 90)
    lat[:2], lon[2:4] = (-90, 90), (-180, 180)
    x, y = centres_of(lon, lat, degrees)
    assert list(zip(y.tolist(), x.tolist(), strict=True)) == [
        cell_centre(*one, degrees) for one in zip(lat.tolist(), lon.tolist(), strict=True)
    ]


def test_an_interrupted_run_goes_on_and_other_rows_begin_anew(
    written: Callable[..., Path], source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise LayerError("clashes", "no room")

    with monkeypatch.context() as patch:
        patch.setattr(large.LayerCounting, "write", broken)
        with pytest.raises(LayerError, match="no room"):
            large.put_large_layer(ABOUT, source, tmp_path, workers=HERE)
    assert list_large_layers(tmp_path) == ()
    done = sorted((tmp_path / ".clashes" / "rows").glob("*.parquet"))
    times = [path.stat().st_mtime_ns for path in done]
    first = large.put_large_layer(ABOUT, source, tmp_path, workers=HERE)
    assert [(first.files / "rows" / path.name).stat().st_mtime_ns for path in done] == times
    other = written(tmp_path / "other", name="Somebody else")
    second = large.put_large_layer(ABOUT, other, tmp_path, workers=HERE)
    assert [one.version for one in list_large_layers(tmp_path)] == [second.version] != [first.version]


@pytest.mark.parametrize("name", ["actors", "status", "precision", "country", "place", "notes"])
def test_rows_that_differ_in_one_column_have_another_version(tmp_path: Path, name: str) -> None:
    versions = set()
    for number, value in enumerate(("a", "b")):
        rows = pa.Table.from_batches(layer_batches(20))
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(name), pa.array([value] * 20))
        folder = tmp_path / f"in-{number}"
        folder.mkdir()
        pq.write_table(rows, folder / "part.parquet")
        versions.add(large.put_large_layer(ABOUT, folder, tmp_path / "out", workers=HERE).version)
    assert len(versions) == 2


def test_a_version_that_was_replaced_never_reads_the_files_of_another(
    written: Callable[..., Path], source: Path, tmp_path: Path
) -> None:
    before = large.put_large_layer(ABOUT, source, tmp_path / "out", workers=HERE)
    rows = large.rows_of_large(before)
    assert rows.window(Asked(WINDOWS[0]), ("external_id",), ROWS).total == ROWS - 3
    after = large.put_large_layer(
        ABOUT, written(tmp_path / "other", name="B"), tmp_path / "out", workers=HERE
    )
    with pytest.raises(LayerError, match="add the layer again"):
        rows.window(Asked(WINDOWS[1]), ("external_id",), ROWS)
    for audience in (EXACT, COARSE):
        with pytest.raises(LayerError):
            large_payloads.counts_payload(before, rows, audience)
    assert sorted(path.name for path in after.folder.iterdir()) == sorted(["layer.json", after.version])


def test_the_layer_before_stands_until_the_new_one_does(
    written: Callable[..., Path], source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise LayerError("clashes", "no room")

    before = large.put_large_layer(ABOUT, source, tmp_path / "out", workers=HERE)
    other = written(tmp_path / "other", name="B")
    with monkeypatch.context() as patch:
        patch.setattr(LargeLayer, "save", broken)
        with pytest.raises(LayerError, match="no room"):
            large.put_large_layer(ABOUT, other, tmp_path / "out", workers=HERE)
    assert list_large_layers(tmp_path / "out") == (before,)
    assert large.rows_of_large(before).window(Asked(WINDOWS[0]), ("external_id",), 1).total == ROWS - 3
    after = large.put_large_layer(ABOUT, other, tmp_path / "out", workers=HERE)
    assert list_large_layers(tmp_path / "out") == (after,)


@pytest.mark.postgres
def test_a_table_stands_whole_or_not_at_all_and_through_being_added_again(
    written: Callable[..., Path], server: str, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(server)

    def put(folder: Path, *, into_table: bool = True) -> LargeLayer:
        about = LayerAbout("again", "Again")
        return large.put_large_layer(
            about, folder, tmp_path / "out", workers=HERE, engine=engine, into_table=into_table
        )

    def interrupted(rows: Path) -> Iterator[pa.RecordBatch]:
        yield next(whole(rows))
        assert [name for name in tables() if not name.endswith("_half")] == [first.table]
        raise KeyboardInterrupt

    def tables() -> list[str]:
        with engine.connect() as connection:
            names = inspect(connection).get_table_names()
        return [name for name in names if name.startswith("large_again")]

    whole = large._in_order
    first = put(source)
    other = written(tmp_path / "other", name="B")
    with monkeypatch.context() as patch:
        patch.setattr(large, "_in_order", interrupted)
        assert put(source) == first
        with pytest.raises(KeyboardInterrupt):
            put(other)
    # What was filled of it is gone; that it was begun is known, and is taken away below.
    assert tables() == [first.table]
    found = large.rows_of_large(first, engine).window(Asked(WINDOWS[0]), ("external_id",), 1)
    assert found.total == ROWS - 3
    second = put(other)
    assert tables() == [second.table]
    with pytest.raises(LayerError, match="--db"):
        large.put_large_layer(LayerAbout("again", "Again"), other, tmp_path / "out", workers=HERE)
    third = put(other, into_table=False)
    assert (tables(), third.table) == ([], "")
    assert large.rows_of_large(third).window(Asked(WINDOWS[0]), ("external_id",), 1).total == ROWS
    engine.dispose()


@pytest.mark.postgres
def test_a_table_that_a_stopped_run_filled_goes_when_other_rows_come_and_anothers_stays(
    server: str, written: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(server)

    def put(folder: Path, out: str = "out", *, into_table: bool = True) -> LargeLayer:
        about = LayerAbout("orphan", "Orphan")
        return large.put_large_layer(
            about, folder, tmp_path / out, workers=HERE, engine=engine, into_table=into_table
        )

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    def tables() -> set[str]:
        with engine.connect() as connection:
            return {name for name in inspect(connection).get_table_names() if "orphan" in name}

    others = put(written(tmp_path / "others", name="O"), "another-atlas").table
    with monkeypatch.context() as patch:
        patch.setattr(LargeLayer, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            put(written(tmp_path / "one", name="A"))
    (left,) = tables() - {others}
    assert leftovers.unfinished(tmp_path / "out", "orphan")
    second = put(written(tmp_path / "two", name="B"))
    assert tables() == {others, second.table}
    assert left != second.table
    assert not leftovers.unfinished(tmp_path / "out", "orphan")
    with monkeypatch.context() as patch:
        patch.setattr(LargeLayer, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            put(written(tmp_path / "three", name="C"))
    assert len(tables()) == 3
    leftovers.remove_unfinished(tmp_path / "out", "orphan", engine)
    assert tables() == {others, second.table}
    for out in ("out", "another-atlas"):
        (layer,) = list_large_layers(tmp_path / out)
        large.remove_large_layer(layer, engine)
    assert tables() == set()
    engine.dispose()


@pytest.mark.postgres
def test_a_table_that_somebody_still_reads_when_it_is_replaced_goes_with_the_next_run(
    server: str, written: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(server)
    about = LayerAbout("held", "Held")

    def put(folder: Path) -> LargeLayer:
        return large.put_large_layer(
            about, folder, tmp_path / "out", workers=HERE, engine=engine, into_table=True
        )

    def held(*_args: Any) -> None:
        raise StoreError("somebody reads it", server)

    def tables() -> set[str]:
        with engine.connect() as connection:
            return {name for name in inspect(connection).get_table_names() if "held" in name}

    first = put(written(tmp_path / "one", name="A"))
    with monkeypatch.context() as patch:
        patch.setattr(large, "drop_table", held)
        patch.setattr(leftovers, "drop_table", held)
        with pytest.raises(StoreError):
            put(written(tmp_path / "two", name="B"))
    assert first.table in tables()
    third = put(written(tmp_path / "three", name="C"))
    assert tables() == {third.table}
    large.remove_large_layer(third, engine)
    engine.dispose()


@pytest.mark.parametrize("change", [{"record_type": "site"}, {"kind": "no-kind"}])
def test_what_cannot_be_counted_is_refused(
    written: Callable[..., Path], tmp_path: Path, change: dict[str, str]
) -> None:
    with pytest.raises(BulkError, match="arsenal-atlas import"):
        large.put_large_layer(ABOUT, written(tmp_path / "in", **change), tmp_path / "out", workers=HERE)
    assert list_large_layers(tmp_path / "out") == ()


def test_a_table_wants_postgresql(source: Path, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'atlas.sqlite'}")
    with pytest.raises(LayerError, match="PostgreSQL"):
        large.put_large_layer(ABOUT, source, tmp_path / "out", workers=HERE, engine=engine, into_table=True)
    engine.dispose()
