"""``bench map``: how long a map of so many points takes to build, to appear and to step through time."""

import gc
import time
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from dashboard.bench.browser import BenchError, chromium, steps_of, watching, when_standing
from dashboard.bench.clocks import clock_windows
from dashboard.bench.synthetic import synthetic_frames
from dashboard.bench.variants import LIMIT_S, variant_named
from dashboard.frames import AtlasFrames

if TYPE_CHECKING:
    from dashboard.bench.opened import Opened

__all__ = ["measure_map", "measure_rival"]

_LEAST_S: Final = 10  # for a step, however long the first paint took
_FIGURES: Final = (
    "build_ms",
    "payload_bytes",
    "first_paint_ms",
    "after_payload_ms",
    "fps",
    "step_ms",
    "gap_p95_ms",
    "gap_max_ms",
    "heap_mb",
    "steps",
)
# When the page or file that holds most of the points had arrived, since the beginning of the navigation.
# Null where they come another way, as over Streamlit's websocket.
_ARRIVED: Final = """least => {
    const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const largest = all.sort((a, b) => b.decodedBodySize - a.decodedBodySize)[0];
    return largest && largest.decodedBodySize >= least ? largest.responseEnd : null;
}"""


@lru_cache(maxsize=1)
def _frames(points: int, seed: int) -> AtlasFrames:
    # Both windows and all rivals show the same events, and a million take ten seconds to draw.
    frames = synthetic_frames(points, seed)
    # As the running app does with its records: the collector would take 0.1 s to walk a million of them.
    gc.collect()
    gc.freeze()
    return frames


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
        A name of `dashboard.bench.clocks.WINDOWS`.

    Returns
    -------
    dict
        ``variant``, ``points``, ``window``, ``build_ms``, ``payload_bytes``, ``first_paint_ms``,
        ``after_payload_ms``, ``fps``, ``step_ms``, ``gap_p95_ms``, ``gap_max_ms``, ``heap_mb``, ``steps``,
        ``webgl`` and ``note``;
        docs/benchmarks.md says what each is.

    Raises
    ------
    BenchError
        If the browser is missing, or the variant cannot be built for so many points. What fails after that
        is said in ``note``.
    """
    chosen = variant_named(variant)
    if refusal := chosen.refusal(points):
        raise BenchError(refusal)
    frames = _frames(points, seed)
    end = time.monotonic() + LIMIT_S
    with chosen.opened(frames, window) as opened:
        measured = _in_browser(opened, window, end)
    return _row(variant, points, window, measured)


def measure_rival(variant: str, points: int, seed: int = 0, window: str = "tenth") -> dict[str, Any]:
    """Measure as `measure_map` does; where that is impossible, give a row that says why.

    Parameters
    ----------
    variant
        A name of `dashboard.bench.variants.VARIANTS`.
    points
        How many events.
    seed
        Equal seeds give equal events.
    window
        A name of `dashboard.bench.clocks.WINDOWS`.

    Returns
    -------
    dict
        As of `measure_map`; without figures, ``note`` has the reason.
    """
    try:
        return measure_map(variant, points, seed, window)
    except BenchError as error:
        return _row(variant, points, window, {"note": str(error)})
    except MemoryError:
        return _row(variant, points, window, {"note": "building it exceeded the memory"})


def _in_browser(opened: "Opened", window: str, end: float) -> dict[str, Any]:
    with chromium() as browser:
        page = watching(browser)
        page.set_default_timeout(LIMIT_S * 1000)
        if opened.prelude:
            page.add_init_script(opened.prelude)
        page.goto(opened.address, wait_until="commit")
        frame = page.main_frame
        if opened.framed:
            frame = page.wait_for_selector("iframe", state="attached").content_frame()
        measured: dict[str, Any] = {}
        try:
            standing = when_standing(frame, 0, max(_LEAST_S, end - time.monotonic()))
            origin = page.evaluate("() => performance.timeOrigin")
            measured["first_paint_ms"] = round(standing - origin)
            measured |= steps_of(frame, clock_windows(window), max(_LEAST_S, end - time.monotonic()))
        except BenchError as error:
            measured["note"] = str(error)
        with suppress(BenchError):
            built = opened.built()
            measured |= {"build_ms": round(built.build_ms, 1), "payload_bytes": built.payload_bytes}
            if "note" not in measured:
                there = page.evaluate(_ARRIVED, built.payload_bytes / 2)
                measured["after_payload_ms"] = there and measured["first_paint_ms"] - round(there)
    return measured


def _row(variant: str, points: int, window: str, measured: dict[str, Any]) -> dict[str, Any]:
    empty = dict.fromkeys(_FIGURES) | {"webgl": "", "note": ""}
    return {"variant": variant, "points": points, "window": window} | empty | measured
