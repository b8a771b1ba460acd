"""``bench map``: how long a map of so many points takes to build, to appear and to step through time."""

import time
from functools import lru_cache
from typing import Any, Final

import numpy as np

from dashboard.bench.browser import chromium, steps_of, watching, when_standing
from dashboard.bench.serving import serving
from dashboard.bench.synthetic import FIRST_DAY, LAST_DAY, synthetic_frames
from dashboard.bench.variants import pages_of
from dashboard.frames import AtlasFrames
from dashboard.settings import static_path

__all__ = ["STEPS", "WINDOWS", "clock_windows", "measure_map"]

STEPS: Final = 50
"""Steps of the clock that are measured."""

WINDOWS: Final = ("tenth", "cumulative")
"""How the clock's window moves: a tenth of the span that slides, or all since the beginning that grows."""

_PART: Final = 10  # the sliding window is a tenth of the span
_LONGEST: Final = 366  # days of the widest synthetic date: the last window holds all of them for certain


def clock_windows(window: str = "tenth") -> list[tuple[str, str]]:
    """List the windows of the clock's steps, from the beginning of the span to its end.

    Parameters
    ----------
    window
        A name of `WINDOWS`. A cumulative one ends by showing every point.

    Returns
    -------
    list of tuple of str
        First and last day, ISO.
    """
    whole = int((LAST_DAY - FIRST_DAY).astype(int))
    if window == "cumulative":
        ends = FIRST_DAY + np.linspace(whole // STEPS, whole + _LONGEST, STEPS).astype(int)
        return [(str(FIRST_DAY), str(end)) for end in ends]
    width = whole // _PART
    starts = FIRST_DAY + np.linspace(0, whole - width, STEPS).astype(int)
    return [(str(start), str(start + width)) for start in starts]


@lru_cache(maxsize=1)
def _frames(points: int, seed: int) -> AtlasFrames:
    # Both windows and all rivals show the same events, and a million take ten seconds to draw.
    return synthetic_frames(points, seed)


def measure_map(variant: str, points: int, seed: int = 0, window: str = "tenth") -> dict[str, Any]:
    """Measure one variant with one number of points.

    Parameters
    ----------
    variant
        A name of `dashboard.bench.variants.VARIANTS`.
    points
        How many events.
    seed
        Equal seeds give equal events.
    window
        A name of `WINDOWS`.

    Returns
    -------
    dict
        ``variant``, ``points``, ``window``, ``build_ms``, ``payload_bytes``, ``first_paint_ms``, ``fps``,
        ``step_ms``, ``gap_p95_ms``, ``heap_mb``; docs/benchmarks.md says what each is.

    Raises
    ------
    BenchError
        If the browser is missing or the variant cannot show so many points.
    """
    frames = _frames(points, seed)
    start = time.perf_counter()
    pages = pages_of(variant, frames)
    build_ms = (time.perf_counter() - start) * 1000
    with chromium() as browser, serving(pages, static_path()) as address:
        page = watching(browser)
        page.goto(f"{address}/", wait_until="commit")
        frame = page.main_frame
        if variant == "atlas":
            frame = page.wait_for_selector("iframe", state="attached").content_frame()
        first_paint_ms = when_standing(frame, page.evaluate("() => performance.timeOrigin"))
        measured = steps_of(frame, clock_windows(window))
    return {
        "variant": variant,
        "points": points,
        "window": window,
        "build_ms": round(build_ms, 1),
        "payload_bytes": sum(map(len, pages.values())),
        "first_paint_ms": round(first_paint_ms),
    } | measured
