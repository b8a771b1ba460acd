"""Which measurements a command makes, one after another, and where their results go."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from dashboard.bench.app import measure_app
from dashboard.bench.browser import BenchError, chromium_path
from dashboard.bench.clocks import WINDOWS
from dashboard.bench.maps import measure_map, measure_rival
from dashboard.bench.sessions.crowd import Plan
from dashboard.bench.sessions.measure import measure_actions, measure_sessions
from dashboard.bench.table import tables
from dashboard.bench.variants import VARIANTS, variant_named

__all__ = [
    "Measurement",
    "action_measurements",
    "all_measurements",
    "app_measurements",
    "map_measurements",
    "run",
    "session_measurements",
]

Measurement = tuple[str, Callable[[], dict[str, Any]]]
"""What is measured, in words, and how."""

_OWN: Final = ("atlas", "layer", "large_layer")
_RIVALS: Final = tuple(name for name in VARIANTS if name not in _OWN)
_SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
_CROWDS: Final = (1, 10, 50, 100)
_OVERLOAD: Final = 150
_ADMITTED: Final = 100
_RIVAL_AT_MOST: Final = 50  # beyond, it only queues


def map_measurements(
    points: Sequence[int], variant: str, *, rivals: bool, seed: int, window: str = "both"
) -> list[Measurement]:
    """List the measurements of ``bench map``.

    Parameters
    ----------
    points
        Numbers of points.
    variant
        The variant to measure.
    rivals
        Whether the rivals are measured beside it, as far as they can go; where they cannot, their row says
        why.
    seed
        Seed of the synthetic events.
    window
        A name of `dashboard.bench.clocks.WINDOWS`, or ``both``.

    Returns
    -------
    list of Measurement
        In order.
    """
    variant_named(variant)
    if window not in (*WINDOWS, "both"):
        raise BenchError(f"There is no window {window!r}: choose among {', '.join(WINDOWS)}, both")
    names = list(dict.fromkeys([variant, *(_RIVALS if rivals else ())]))
    return [
        (
            f"{name}, {number:,} points, {moving} window",
            _map_call(measure_map if name == variant else measure_rival, name, number, seed, moving),
        )
        for number in points
        for name in names
        for moving in (WINDOWS if window == "both" else (window,))
    ]


def _map_call(
    measure: Callable[[str, int, int, str], dict[str, Any]], variant: str, points: int, seed: int, window: str
) -> Callable[[], dict[str, Any]]:
    return lambda: measure(variant, points, seed, window)


def app_measurements(records: Sequence[int], *, seed: int) -> list[Measurement]:
    """List the measurements of ``bench app``.

    Parameters
    ----------
    records
        Numbers of records.
    seed
        Seed of the synthetic records.

    Returns
    -------
    list of Measurement
        In order.
    """
    return [(f"app, {number:,} records", _app_call(number, seed)) for number in records]


def _app_call(records: int, seed: int) -> Callable[[], dict[str, Any]]:
    return lambda: measure_app(records, seed)


def session_measurements(
    sessions: Sequence[int], *, seconds: float, records: int = 0, rival: bool = False, seed: int = 0
) -> list[Measurement]:
    """List the measurements of ``bench sessions``.

    Parameters
    ----------
    sessions
        Numbers of visitors at once. Where they are more than the server lets in, all come at the same moment.
    seconds
        How long each crowd works.
    records
        Synthetic events in the store; 0 for the records that ship with the atlas.
    rival
        Whether the rival's page is measured beside it.
    seed
        Seed of what is done.

    Returns
    -------
    list of Measurement
        In order.
    """
    made: list[Measurement] = []
    for number in sessions:
        crowded = number > _ADMITTED
        plan = Plan(number, seconds, arrive_s=0 if crowded else number / 10, seed=seed)
        limit = _ADMITTED if crowded else None
        made.append((f"{number} sessions", partial(measure_sessions, plan, records=records, admitted=limit)))
        if rival and number <= _RIVAL_AT_MOST:
            words = f"{number} sessions on a page with folium.GeoJson"
            made.append((words, partial(measure_sessions, plan, records=records, rival=True)))
    return made


def action_measurements(*, records: int = 0, seed: int = 0) -> list[Measurement]:
    """List the measurements of ``bench sessions --each``.

    Parameters
    ----------
    records
        Synthetic events in the store; 0 for the records that ship with the atlas.
    seed
        Seed of what is done.

    Returns
    -------
    list of Measurement
        The atlas and the rival's page.
    """
    return [
        ("each action", partial(measure_actions, records=records, seed=seed)),
        ("each action, folium.GeoJson", partial(measure_actions, records=records, seed=seed, rival=True)),
    ]


def all_measurements() -> list[Measurement]:
    """List the measurements of ``bench all``.

    Returns
    -------
    list of Measurement
        At each size our map under both windows and its rivals under the sliding one; the app at 1,000 and
        100,000; visitors at once, and what each thing that they do costs.
    """
    sized = [
        measurement
        for points in _SIZES
        for measurement in (
            *map_measurements((points,), "atlas", rivals=False, seed=0, window="cumulative"),
            *map_measurements((points,), "atlas", rivals=True, seed=0, window="tenth"),
        )
    ]
    crowds = session_measurements((*_CROWDS, _OVERLOAD), seconds=60, rival=True)
    return [*sized, *app_measurements((1_000, 100_000), seed=0), *action_measurements(), *crowds]


def run(measurements: Sequence[Measurement], output: Path | None = None) -> Iterator[dict[str, Any]]:
    """Measure, and keep each result as soon as it is there.

    Parameters
    ----------
    measurements
        What to measure.
    output
        File for one JSON object a line, written anew, each with the circumstances; its folder is made when
        missing. The tables of `dashboard.bench.table` come to stand beside it, ending in ``.md``.

    Yields
    ------
    dict
        One result.
    """
    kept = []
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text("", encoding="utf-8")
    for _, measure in measurements:
        before = _circumstances()
        result = measure()
        kept.append(result | before)
        if output is not None:
            with output.open("a", encoding="utf-8") as file:
                file.write(json.dumps(kept[-1]) + "\n")
            output.with_suffix(".md").write_text(tables(kept), encoding="utf-8")
        yield result


def _circumstances() -> dict[str, Any]:
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": load,
        "cpus": os.cpu_count(),
        "python": sys.version.split()[0],
        "browser": _browser_version(),
    }


@lru_cache(maxsize=1)
def _browser_version() -> str:
    try:
        command = [chromium_path(), "--version"]
        found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)  # noqa: S603  # the browser that measures
    except (BenchError, OSError, subprocess.TimeoutExpired):
        return ""
    return " ".join(found.stdout.split()[:2])
