"""``bench layers``: a layer that no process holds, from its partitions to the windows that a map asks for.

Each measurement has a process of its own, whose highest memory is part of the answer. Beside ours stands what
one would do without it: geopandas, partition by partition, and a filtered scan of the files as they came.
"""

import gzip
import resource
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from dashboard.bench.imported_file import Steps
from dashboard.bench.layer_rows import layer_batches
from dashboard.bench.plan import Measurement
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.store.database.engine import open_engine
from dashboard.store.layers.large import read_large_layer
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.reach import Window
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers.adding import put_large_layer, rows_of_large
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.payloads import counts_payload, window_payload

__all__ = ["layer_measurements"]

_KILOBYTE: Final = 1_024
_MEGABYTE: Final = 1_000_000
_ALWAYS: Final = (DAY_PAST, DAY_FUTURE)
_WINDOWS: Final = {
    "a town, all time": Window(9.9, 45.4, 10.1, 45.6, *_ALWAYS),
    "a province, all time": Window(10, 5, 13, 8, *_ALWAYS),
    "a country, a year": Window(10, 5, 30, 20, 15_000, 15_300),
    "a country, all time": Window(10, 5, 40, 40, *_ALWAYS),
    "the world, ten days": Window(-180, -90, 180, 90, 15_000, 15_010),
    "the world, all time": Window(-180, -90, 180, 90, *_ALWAYS),
}
_RIVAL_WINDOWS: Final = ("a province, all time", "the world, ten days")
_COLUMNS: Final = ("external_id", "name", "date", "first", "last", "lon", "lat")
_ROWS_OF_FILE: Final = 500_000
_GRID: Final = Audience(0.5, protected=False)


def layer_measurements(
    rows: int,
    *,
    folder: Path | None = None,
    server: str = "",
    workers: int = 1,
    rivals: bool = True,
) -> list[Measurement]:
    """List the measurements of ``bench layers``.

    Parameters
    ----------
    rows
        How many rows.
    folder
        Where to keep partitions and layer for another time; None for a folder that goes with the process.
    server
        Address of a PostgreSQL database to measure as well.
    workers
        Processes that convert.
    rivals
        Whether the others are measured too.

    Returns
    -------
    list of Measurement
        Converting, then windows, then the rivals.
    """
    held = tempfile.TemporaryDirectory(prefix="atlas-bench-") if folder is None else None
    base = Path(held.name) if held is not None else Path(folder or ".")
    made: list[Measurement] = []
    for system, address in (("files", ""), ("PostgreSQL", server)):
        if system == "files" or server:
            made.append((f"{system}: convert", partial(_apart, held, _convert, base, rows, workers, address)))
            made += [
                (f"{system}: {name}", partial(_apart, held, _window, base, name, address))
                for name in _WINDOWS
            ]
    for way, words in ((_by_geopandas, "geopandas"), (_by_scan, "full scan")) if rivals else ():
        made += [
            (f"{words}: {name}", partial(_apart, held, _rival, base, name, way)) for name in _RIVAL_WINDOWS
        ]
    return made


def _convert(base: Path, rows: int, workers: int, server: str) -> dict[str, Any]:
    source = base / "partitions"
    _write_partitions(source, rows)
    engine = open_engine(server) if server else None
    steps = Steps()
    layer = put_large_layer(
        LayerAbout("bench", "Synthetic events"),
        source,
        base / ("table" if server else "files"),
        workers=Workers(count=workers),
        engine=engine,
        into_table=engine is not None,
        cells=frozenset({_GRID.cell}),
    )
    steps.done("convert")
    rows_of = rows_of_large(layer, engine)
    body = counts_payload(layer, rows_of, EXACT)
    steps.done("count")
    counts_payload(layer, rows_of, _GRID)
    steps.done("count on a grid")
    stored = sum(path.stat().st_size for path in layer.folder.rglob("*") if path.is_file())
    return {
        "measured": "large layer: convert",
        "system": "PostgreSQL" if server else "files",
        "rows": rows,
        **steps.figures,
        "lists": len([one for one in layer.files.iterdir() if one.name.startswith("words")]),
        "stored MB": round(stored / _MEGABYTE),
        "counts": layer.counts.far().num_rows,
        "counts MB": round(len(body) / _MEGABYTE, 2),
        "counts packed MB": round(len(gzip.compress(body, 1)) / _MEGABYTE, 2),
        "peak MB": _peak(),
    }


def _write_partitions(folder: Path, rows: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    each = min(rows, _ROWS_OF_FILE)
    for number in range(-(-rows // each)):
        path = folder / f"part-{number:04}.parquet"
        count = min(each, rows - number * each)
        if path.exists():
            continue
        batches = layer_batches(count, first=number * each)
        half, batch = path.with_suffix(".half"), next(batches)
        with pq.ParquetWriter(half, batch.schema, compression="zstd", compression_level=1) as writer:
            writer.write_batch(batch)
            for one in batches:
                writer.write_batch(one)
        half.replace(path)


def _window(base: Path, name: str, server: str) -> dict[str, Any]:
    layer = read_large_layer(base / ("table" if server else "files") / "bench")
    with _engine(server) as engine:
        rows = rows_of_large(layer, engine)
        before, steps = _peak(), Steps()
        body = window_payload(layer, rows, _WINDOWS[name], EXACT)
        steps.done("first")
        window_payload(layer, rows, _WINDOWS[name], EXACT)
        steps.done("again")
        window_payload(layer, rows, _WINDOWS[name], _GRID)
        steps.done("on a grid")
    said = body[8 : 8 + int.from_bytes(body[4:8], "little")]
    total = int(said.partition(b'"total":')[2].partition(b",")[0].rstrip(b"}"))
    return {
        "measured": f"large layer: {name}",
        "system": "PostgreSQL" if server else "files",
        "records": total,
        **steps.figures,
        "payload MB": round(len(body) / _MEGABYTE, 2),
        "added MB": _peak() - before,
        "peak MB": _peak(),
    }


@contextmanager
def _engine(server: str) -> Iterator[Any]:
    engine = open_engine(server) if server else None
    try:
        yield engine
    finally:
        if engine is not None:
            engine.dispose()


def _rival(base: Path, name: str, way: Callable[[Path, Window], int]) -> dict[str, Any]:
    before, steps = _peak(), Steps()
    found = way(base, _WINDOWS[name])
    steps.done("first")
    return {
        "measured": f"large layer: {name}",
        "system": "geopandas" if way is _by_geopandas else "full scan",
        "records": found,
        **steps.figures,
        "added MB": _peak() - before,
        "peak MB": _peak(),
    }


def _by_geopandas(base: Path, window: Window) -> int:
    total = 0
    files = read_large_layer(base / "files" / "bench").files
    for path in sorted((files / "rows").glob("*.parquet")):
        frame = gpd.read_parquet(path, columns=[*_COLUMNS, "geometry"])
        frame = frame[(frame["first"] <= window.last) & (frame["last"] >= window.first)]
        total += len(frame.cx[window.west : window.east, window.south : window.north])
    return total


def _by_scan(base: Path, window: Window) -> int:
    files = ds.dataset(base / "partitions", format="parquet")
    sides = ((pc.field("lon"), window.west, window.east), (pc.field("lat"), window.south, window.north))
    inside = (pc.field("first") <= window.last) & (pc.field("last") >= window.first)
    for field, low, high in sides:
        inside = inside & (field >= low) & (field <= high)
    return int(files.to_table(columns=list(_COLUMNS), filter=inside).num_rows)


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE / _MEGABYTE)


def _apart(_held: object, measure: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:  # noqa: ANN401
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(measure, *given).result()
