"""The speed of geocoding: opening, lookups, documents, texts, tables over several processes.

Names are drawn from the gazetteer itself, evenly, so most are small places with few namesakes; the documents
and texts made of them are synthetic.
"""

import csv
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final

from dashboard.bench.corpora import SYSTEMS, corpora_in, measure_corpus
from dashboard.bench.plan import Measurement
from dashboard.errors import BulkError
from dashboard.geocoding import Gazetteer
from dashboard.geocoding.mentions import geoparse
from dashboard.geocoding.resolution import resolve_all
from dashboard.workflows.geocoding.bulk import dask_runner
from dashboard.workflows.geocoding.geocode_table import TableJob, geocode_table

__all__ = ["geocode_measurements", "print_opening"]

_SOME_TOWNS: Final = "SELECT name FROM places WHERE kind = 'city' AND number % 47 = 0 LIMIT 5000"
_LOOKUPS: Final = 50_000
_DOCUMENTS: Final = 1_000
_NAMES_A_DOCUMENT: Final = 8
_MEASURED_S: Final = 5.0
_TOWNS: Final = "SELECT name, country FROM places WHERE kind IN ('city', 'capital') ORDER BY number"
_SENTENCES: Final = (
    "A delegation from {0} visited a drone factory in {1} on Tuesday.",
    "Officials in {0} said the first batch would be shipped to {1} next year.",
    "The contract was signed in {0}; production moves to {1}, the ministry said.",
    "Workers at the plant near {0} protested, while {1} denied any delay.",
)


def geocode_measurements(
    gazetteer: Path, *, seed: int, rows: int, corpora: Path | None = None
) -> list[Measurement]:
    """List the measurements of ``bench geocode``.

    Parameters
    ----------
    gazetteer
        The gazetteer file.
    seed
        Seed of the synthetic names.
    rows
        Rows of the table that is geocoded in bulk.
    corpora
        Folder of corpora to score; none when None.

    Returns
    -------
    list of Measurement
        In order.

    Raises
    ------
    TableError
        The folder holds no corpus.
    """
    measured: list[Measurement] = [
        ("opening", partial(_opening, gazetteer)),
        ("lookups", partial(_lookups, gazetteer, seed)),
        ("documents", partial(_documents, gazetteer, seed)),
        ("texts", partial(_texts, gazetteer, seed)),
    ]
    measured += [
        (f"table, {n or 'no'} workers", partial(_table, gazetteer, seed, rows, n)) for n in (0, 1, 2)
    ]
    measured += [
        (f"{path.stem}, {system}", partial(measure_corpus, path, system, gazetteer))
        for path in (corpora_in(corpora) if corpora else ())
        for system in SYSTEMS
    ]
    return measured


def print_opening(gazetteer: str) -> None:
    """Open a gazetteer in this process and print what that took; for a process that has done nothing else.

    Parameters
    ----------
    gazetteer
        The gazetteer file.
    """
    with closing(sqlite3.connect(f"{Path(gazetteer).resolve().as_uri()}?mode=ro", uri=True)) as file:
        names = [name for (name,) in file.execute(_SOME_TOWNS)]
    before = _resident_mb()
    start = time.perf_counter()
    with Gazetteer.open(Path(gazetteer)) as opened:
        opened_ms = (time.perf_counter() - start) * 1000
        first = time.perf_counter()
        opened.lookup("Rabat")
        first_ms = (time.perf_counter() - first) * 1000
        for name in names:
            opened.lookup(name)
        after = _resident_mb()
    told = {"open_ms": opened_ms, "first_lookup_ms": first_ms, "rss_mb": after - before}
    sys.stdout.write(json.dumps({name: round(value, 1) for name, value in told.items()}))


def _opening(gazetteer: Path) -> dict[str, Any]:
    code = f"from dashboard.bench.geocoding import print_opening; print_opening({str(gazetteer)!r})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # this Python
    return {"measured": "opening, and memory after 5,000 lookups", **json.loads(run.stdout)}


def _lookups(gazetteer: Path, seed: int) -> dict[str, Any]:
    with Gazetteer.open(gazetteer) as opened:
        names = [name for name, _ in _names(opened, _LOOKUPS, seed)]
        return _rate("context-free lookups", opened.lookup, names)


def _documents(gazetteer: Path, seed: int) -> dict[str, Any]:
    with Gazetteer.open(gazetteer) as opened:
        documents = [[name for name, _ in names] for names in _of_one_country(opened, seed)]
        told = f"documents of {_NAMES_A_DOCUMENT} mentions, resolved together"
        return _rate(told, partial(resolve_all, gazetteer=opened), documents)


def _texts(gazetteer: Path, seed: int) -> dict[str, Any]:
    with Gazetteer.open(gazetteer) as opened:
        texts = [_text(names) for names in _of_one_country(opened, seed)]
        told = f"texts of {len(texts[0])} characters, places found and resolved"
        return _rate(told, partial(geoparse, gazetteer=opened), texts)


def _table(gazetteer: Path, seed: int, rows: int, workers: int) -> dict[str, Any]:
    told = {"measured": f"table over {workers} workers" if workers else "table in this process", "rows": rows}
    with Gazetteer.open(gazetteer) as opened, tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("place", "country"), *_names(opened, rows, seed)])
        times: list[tuple[float, int]] = []
        start = time.perf_counter()
        try:
            geocode_table(
                TableJob(table, "place"),
                gazetteer=opened,
                run=dask_runner(workers=workers) if workers else None,
                progress=lambda done, _: times.append((time.perf_counter(), done)),
            )
        except BulkError as error:
            return {**told, "seconds": None, "rows_s": None, "note": str(error)}
    seconds = time.perf_counter() - start
    # From the answer that shows every worker to be awake: starting them takes as long for a small table.
    since, done = times[min(1 + 2 * workers, len(times) - 1)]
    steady = (rows - done) / (times[-1][0] - since) if times[-1][0] > since else 0.0
    return {**told, "seconds": round(seconds, 1), "rows_s": round(steady), "note": ""}


def _rate(told: str, call: Callable[[Any], Any], questions: Sequence[Any]) -> dict[str, Any]:
    for question in questions[:50]:
        call(question)
    done, start = 0, time.perf_counter()
    for question in questions:
        call(question)
        done += 1
        if (seconds := time.perf_counter() - start) > _MEASURED_S:
            break
    return {"measured": told, "n": done, "seconds": round(seconds, 2), "a_second": round(done / seconds)}


def _names(gazetteer: Gazetteer, count: int, seed: int) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(f"{gazetteer.path.resolve().as_uri()}?mode=ro", uri=True)) as file:
        known = file.execute(_TOWNS).fetchall()
    return random.Random(seed).choices(known, k=count)  # noqa: S311  # no secret


def _of_one_country(gazetteer: Gazetteer, seed: int) -> Iterator[list[tuple[str, str]]]:
    """Draw documents whose names lie in one country each, as those of news mostly do."""
    by_country: dict[str, list[tuple[str, str]]] = {}
    for name, country in _names(gazetteer, 50 * _DOCUMENTS, seed):
        by_country.setdefault(country, []).append((name, country))
    drawn = random.Random(seed)  # noqa: S311  # no secret
    large = [names for names in by_country.values() if len(names) >= _NAMES_A_DOCUMENT]
    return (drawn.sample(drawn.choice(large), _NAMES_A_DOCUMENT) for _ in range(_DOCUMENTS))


def _text(names: Sequence[tuple[str, str]]) -> str:
    pairs = zip(names[::2], names[1::2], strict=True)
    return " ".join(_SENTENCES[n % len(_SENTENCES)].format(a[0], b[0]) for n, (a, b) in enumerate(pairs))


def _resident_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:  # no Linux
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * 4096 / 1e6
