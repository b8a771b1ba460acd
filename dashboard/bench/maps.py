"""``bench map``: how long a map of so many points takes to build, to appear and to step through time."""

import time
from typing import Any, Final

import numpy as np

from dashboard.bench.browser import chromium, steps_of, watching, when_standing
from dashboard.bench.serving import serving
from dashboard.bench.synthetic import FIRST_DAY, LAST_DAY, synthetic_frames
from dashboard.bench.variants import pages_of
from dashboard.settings import static_path

__all__ = ["STEPS", "clock_windows", "measure_map"]

STEPS: Final = 50
"""Steps of the clock that are measured."""

_PART: Final = 10  # the window is a tenth of the span


def clock_windows() -> list[tuple[str, str]]:
    """List the windows of the clock's steps: a tenth of the span, from its beginning to its end.

    Returns
    -------
    list of tuple of str
        First and last day, ISO.
    """
    whole = int((LAST_DAY - FIRST_DAY).astype(int))
    width = whole // _PART
    starts = FIRST_DAY + np.linspace(0, whole - width, STEPS).astype(int)
    return [(str(start), str(start + width)) for start in starts]


def measure_map(variant: str, points: int, seed: int = 0) -> dict[str, Any]:
    """Measure one variant with one number of points.

    Parameters
    ----------
    variant
        A name of `dashboard.bench.variants.VARIANTS`.
    points
        How many events.
    seed
        Equal seeds give equal events.

    Returns
    -------
    dict
        ``variant``, ``points``, ``build_ms``, ``payload_bytes``, ``first_paint_ms``, ``fps``, ``step_ms``,
        ``gap_p95_ms``, ``heap_mb``; docs/benchmarks.md says what each is.

    Raises
    ------
    BenchError
        If the browser is missing or the variant cannot show so many points.
    """
    frames = synthetic_frames(points, seed)
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
        measured = steps_of(frame, clock_windows())
    return {
        "variant": variant,
        "points": points,
        "build_ms": round(build_ms, 1),
        "payload_bytes": sum(map(len, pages.values())),
        "first_paint_ms": round(first_paint_ms),
    } | measured
