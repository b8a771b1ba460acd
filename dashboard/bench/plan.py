"""Which measurements a command makes, one after another, and where their results go."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from dashboard.bench.app import measure_app
from dashboard.bench.browser import BenchError
from dashboard.bench.maps import WINDOWS, measure_map
from dashboard.bench.variants import MOST_CIRCLE_MARKERS, VARIANTS

__all__ = ["Measurement", "all_measurements", "app_measurements", "map_measurements", "run"]

Measurement = tuple[str, Callable[[], dict[str, Any]]]
"""What is measured, in words, and how."""

_RIVALS: Final = tuple(name for name in VARIANTS if name != "atlas")


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
        Whether the rivals are measured beside it, as far as they can go.
    seed
        Seed of the synthetic events.
    window
        A name of `dashboard.bench.maps.WINDOWS`, or ``both``.

    Returns
    -------
    list of Measurement
        In order.
    """
    if variant not in VARIANTS:
        raise BenchError(f"There is no variant {variant!r}: choose among {', '.join(VARIANTS)}")
    if window not in (*WINDOWS, "both"):
        raise BenchError(f"There is no window {window!r}: choose among {', '.join(WINDOWS)}, both")
    names = list(dict.fromkeys([variant, *(_RIVALS if rivals else ())]))
    return [
        (f"{name}, {number:,} points, {moving} window", _map_call(name, number, seed, moving))
        for number in points
        for name in names
        for moving in (WINDOWS if window == "both" else (window,))
        if name == variant or name != "circle_markers" or number <= MOST_CIRCLE_MARKERS
    ]


def _map_call(variant: str, points: int, seed: int, window: str) -> Callable[[], dict[str, Any]]:
    return lambda: measure_map(variant, points, seed, window)


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


def all_measurements() -> list[Measurement]:
    """List the measurements of ``bench all``.

    Returns
    -------
    list of Measurement
        Our map at 1,000 and 100,000 points, its rivals at 1,000 and 10,000, the app at 1,000 and 100,000.
    """
    return [
        *map_measurements((1_000, 10_000), "atlas", rivals=True, seed=0),
        *map_measurements((100_000,), "atlas", rivals=False, seed=0),
        *app_measurements((1_000, 100_000), seed=0),
    ]


def run(measurements: Sequence[Measurement], output: Path | None = None) -> Iterator[dict[str, Any]]:
    """Measure, and keep each result as soon as it is there.

    Parameters
    ----------
    measurements
        What to measure.
    output
        File for one JSON object a line, written anew; its folder is made when missing.

    Yields
    ------
    dict
        One result.
    """
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text("", encoding="utf-8")
    for _, measure in measurements:
        result = measure()
        if output is not None:
            with output.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
        yield result
