"""``bench imports``: the whole way of a large file to the map, from its bytes to the payload that is drawn.

A CSV in the shape of UCDP GED is read in its confined process, recognised, mapped, checked row by row, stored
and shown, with processor seconds of all processes beside those of the clock.
"""

import csv
import resource
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, Final

import numpy as np

from dashboard.confinement import Confinement
from dashboard.domain.access import LOCAL
from dashboard.geocoding.countries import read_country_shapes
from dashboard.importers.checks import Checker
from dashboard.importers.mapping import apply
from dashboard.importers.tables import READING, ReadOptions, read_table
from dashboard.maps.payload import encode_payload
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.store import open_store
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.layers.choose_mapping import choose_mapping
from dashboard.workflows.layers.datasets import layer_dataset
from dashboard.workflows.layers.import_table import commit, dry_run

__all__ = ["Steps", "measure_file", "write_events"]

_HEADER: Final = (
    "id", "year", "type_of_violence", "dyad_name", "side_a", "side_b", "source_article", "where_prec",
    "where_coordinates", "adm_1", "adm_2", "latitude", "longitude", "country", "date_prec", "date_start",
    "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high", "low",
    "region", "number_of_sources", "event_clarity",
)  # fmt: skip
# A state and a box inside it, so that a point contradicts its country only where it should.
_STATES: Final = (
    ("Syria", 34.0, 37.5), ("Afghanistan", 33.5, 66.0), ("Ukraine", 49.0, 31.5), ("Sudan", 15.0, 30.0),
    ("Ethiopia", 8.5, 39.0), ("Nigeria", 10.0, 8.0), ("Mali", 17.0, -2.0), ("Somalia", 4.5, 45.0),
)  # fmt: skip
_TOWNS: Final = 2_500
_AT_ONCE: Final = 50_000
_KILOBYTE: Final = 1_024
_MEGABYTE: Final = 1_000_000


class Steps:
    """Seconds, processor seconds and highest memory of steps, one after the other."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = {}
        self._began = time.perf_counter()
        self._used = _processor()

    def done(self, name: str) -> None:
        """Note that a step is over.

        Parameters
        ----------
        name
            Its name.
        """
        now, used = time.perf_counter(), _processor()
        self.figures[f"{name} s"] = round(now - self._began, 2)
        self.figures[f"{name} processor s"] = round(used - self._used, 2)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE / _MEGABYTE
        self.figures[f"peak MB until {name}"] = round(peak)
        self._began, self._used = now, used


def _processor() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def write_events(path: Path, rows: int, seed: int = 0) -> None:
    """Write synthetic events as CSV.

    Parameters
    ----------
    path
        The file.
    rows
        How many.
    seed
        Equal seeds give equal rows.
    """
    random = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for start in range(0, rows, _AT_ONCE):
            writer.writerows(_events(random, start, min(_AT_ONCE, rows - start)))


def _events(random: np.random.Generator, start: int, count: int) -> list[list[Any]]:
    state, town = random.integers(0, len(_STATES), count), random.integers(0, _TOWNS, count)
    group, deaths = random.integers(0, 400, (2, count)), random.integers(0, 90, count)
    days = random.integers(6_940, 20_089, count).astype("datetime64[D]").astype(str)
    where = random.integers(1, 5, count)
    rows: list[list[Any]] = []
    for k in range(count):
        name, lat, lon = _STATES[state[k]]
        place = f"Village {town[k]}"
        point = (round(lat + (town[k] % 50) * 0.012, 6), round(lon + (town[k] // 50) * 0.012, 6))
        sides = [f"Armed group {number[k]}" for number in group]
        article = f"Agency {town[k]}, report of {days[k]}"
        where_is = (place, f"Province {town[k] % 12}", f"District {town[k] % 90}", *point, name)
        counted = (0, 0, deaths[k], 0, deaths[k], deaths[k], 0)
        about = (start + k, days[k][:4], 1, " - ".join(sides), *sides, article, where[k])
        rows.append([*about, *where_is, 1, days[k], days[k], *counted, "World", 1, 1])
    return rows


def measure_file(url: str, rows: int, seed: int) -> dict[str, float]:
    """Measure the whole way of a file into an empty database and onto the map.

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
    dict of str to float
        Seconds and processor seconds of each step, and of all.
    """
    with tempfile.TemporaryDirectory(prefix="atlas-bench-") as folder:
        file = Path(folder) / "events.csv"
        write_events(file, rows, seed)
        store = open_store(url)
        try:
            return _measured(file, store, Path(folder) / "rows.parquet")
        finally:
            store.close()


def _measured(file: Path, store: Any, looked: Path) -> dict[str, float]:  # noqa: ANN401  # a store
    began, used, steps = time.perf_counter(), _processor(), Steps()
    with Confinement(READING) as confinement:
        raw = read_table(file, file.name, confinement=confinement, options=ReadOptions())
    steps.done("read")
    chosen = choose_mapping(raw)
    looked_at = dry_run(apply(raw, chosen.mapping), looked, checker=Checker(read_country_shapes().shapes))
    steps.done("map and check")
    preset = chosen.preset.code if chosen.preset else ""
    about = LayerAbout("bench-file", "Synthetic events", preset=preset, sha256=raw.sha256)
    commit(store, LOCAL, about, looked_at, operation_id=uuid.uuid4().hex)
    steps.done("store")
    dataset = layer_dataset(store.layers, store.layers.get(about.id), EXACT)
    steps.done("frames")
    encode_payload(dataset.frames, names=False)
    steps.done("payload")
    whole = {"all s": time.perf_counter() - began, "all processor s": _processor() - used}
    return steps.figures | {name: round(value, 2) for name, value in whole.items()}
