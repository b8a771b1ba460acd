"""``bench imports``: how long a large table takes to become a layer in each database, beside pandas' way.

Each measurement has a process of its own, whose highest memory is part of the answer. The rows are synthetic,
in the shape of a dataset of events with coded places; making them is not measured.
"""

import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import create_engine, make_url

from dashboard.bench.imported_file import measure_file
from dashboard.bench.layer_rows import layer_batches
from dashboard.bench.plan import Measurement
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.layers.datasets import layer_dataset

__all__ = ["import_measurements", "measure_layer", "measure_rival", "measure_way"]

_KILOBYTE: Final = 1_024
_MEGABYTE: Final = 1_000_000
_CHUNK: Final = 50_000
_GRID: Final = 0.5
_ABOUT: Final = LayerAbout("bench", "Synthetic events")


def import_measurements(
    rows: int, *, seed: int = 0, server: str = "", rivals: bool = True
) -> list[Measurement]:
    """List the measurements of ``bench imports``.

    Parameters
    ----------
    rows
        How many rows.
    seed
        Seed of the synthetic rows.
    server
        Address of an empty PostgreSQL database; empty to measure SQLite only.
    rivals
        Whether pandas' own writer is measured beside ours.

    Returns
    -------
    list of Measurement
        In order: a database, then its rival.
    """
    made: list[Measurement] = []
    for words, url in (("SQLite", ""), ("PostgreSQL", server)):
        if words == "PostgreSQL" and not server:
            continue
        made.append((f"{words}, {rows:,} rows", partial(_apart, measure_layer, url, rows, seed)))
        made.append((f"{words}, a file of {rows:,} rows", partial(_apart, measure_way, url, rows, seed)))
        if rivals:
            made.append(
                (f"{words} by pandas, {rows:,} rows", partial(_apart, measure_rival, url, rows, seed))
            )
    return made


def measure_layer(url: str, rows: int, seed: int) -> dict[str, Any]:
    """Measure storing rows as a layer, storing them again, and showing them.

    Parameters
    ----------
    url
        Address of an empty database.
    rows
        How many rows.
    seed
        Seed of the rows.

    Returns
    -------
    dict of str to Any
        Seconds of each step and the highest memory.
    """
    store = open_store(url)
    try:
        steps: dict[str, float] = {}
        for name in ("store", "store again"):
            made, operation = _Made(rows, seed), Operation.new("bench", "import layer", _ABOUT.id)
            began = time.perf_counter()
            store.layers.put(_ABOUT, made, operation)
            steps[name] = time.perf_counter() - began - made.seconds
        layer = store.layers.get(_ABOUT.id)
        for name, audience in (("show", EXACT), ("show on a grid", Audience(_GRID, protected=False))):
            began = time.perf_counter()
            layer_dataset(store.layers, layer, audience)
            steps[name] = time.perf_counter() - began
    finally:
        store.close()
    return _answer("layer", url, rows, steps)


def measure_way(url: str, rows: int, seed: int) -> dict[str, Any]:
    """Measure the whole way of a file: read, mapped, checked, stored, and encoded for the map.

    Parameters
    ----------
    url
        Address of an empty database.
    rows
        How many rows.
    seed
        Seed of the rows.

    Returns
    -------
    dict of str to Any
        Seconds, processor seconds and highest memory until each step, and of all.
    """
    steps = measure_file(url, rows, seed)
    answer = _answer("whole way", url, rows, {})
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _KILOBYTE / _MEGABYTE
    memory = {"peak MB": answer.pop("peak MB"), "reader's peak MB": round(peak)}
    return answer | steps | memory


def measure_rival(url: str, rows: int, seed: int) -> dict[str, Any]:
    """Measure `pandas.DataFrame.to_sql` with the same rows: a table without index, history or undoing.

    Parameters
    ----------
    url
        Address of a database.
    rows
        How many rows.
    seed
        Seed of the rows.

    Returns
    -------
    dict of str to Any
        Seconds and the highest memory.
    """
    engine = create_engine(url)
    seconds = 0.0
    try:
        for number, batch in enumerate(layer_batches(rows, seed)):
            frame = pa.Table.from_batches([batch]).to_pandas()
            began = time.perf_counter()
            frame.to_sql(
                "rival", engine, if_exists="append" if number else "replace", index=False, chunksize=_CHUNK
            )
            seconds += time.perf_counter() - began
    finally:
        engine.dispose()
    return _answer("pandas", url, rows, {"store": seconds})


class _Made:
    """Rows, and the seconds that making them took."""

    def __init__(self, rows: int, seed: int) -> None:
        self._batches = layer_batches(rows, seed)
        self.seconds = 0.0

    def __iter__(self) -> "_Made":
        return self

    def __next__(self) -> pa.RecordBatch:
        began = time.perf_counter()
        try:
            return next(self._batches)
        finally:
            self.seconds += time.perf_counter() - began


def _answer(system: str, url: str, rows: int, steps: dict[str, float]) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE / _MEGABYTE
    seconds = {f"{name} s": round(value, 2) for name, value in steps.items()}
    name = make_url(url).get_backend_name()
    return {
        "measured": f"import into {name}",
        "system": system,
        "rows": rows,
        **seconds,
        "peak MB": round(peak),
    }


def _apart(
    measure: Callable[[str, int, int], dict[str, Any]], url: str, rows: int, seed: int
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="atlas-bench-") as folder:
        address = url or f"sqlite:///{Path(folder) / 'atlas.sqlite'}"
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            return apart.submit(measure, address, rows, seed).result()
