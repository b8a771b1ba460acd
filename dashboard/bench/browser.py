"""A headless Chromium for benchmarks, and the scripts that measure inside it.

All variants are measured alike: the time that scripts take in a step is that of the call which moves the
clock and of every animation callback until the next step, because most of them draw only then.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from dashboard.errors import AtlasError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame

__all__ = ["BenchError", "chromium", "steps_of", "watching", "when_standing"]

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",
    "--js-flags=--expose-gc",
)
_PATIENCE_MS: Final = 300_000

# Runs in every frame before anything else. `bench.standing` is when points stood, in the time of the day.
_WATCH: Final = """
globalThis.bench = { busy: 0, standing: null, raf: requestAnimationFrame.bind(globalThis) };
globalThis.requestAnimationFrame = callback => bench.raf(time => {
    const start = performance.now();
    try { callback(time); } finally { bench.busy += performance.now() - start; }
});
bench.isReady = () => globalThis.ArsenalAtlas
    ? ArsenalAtlas.inspect()?.state === "ready" : globalThis.benchReady === true;
(function look() {
    if (!bench.isReady()) return void bench.raf(look);
    // One frame draws the points, the next one begins after they were shown.
    bench.raf(() => bench.raf(() => { bench.standing = performance.timeOrigin + performance.now(); }));
})();
"""
_STEP: Final = """
windows => new Promise(resolve => {
    const move = globalThis.benchMove ?? ((from, to) => ArsenalAtlas.setWindow(from, to));
    const gaps = [], times = [];
    let before = null, sync = 0, at = -1;
    const tick = now => {
        if (at >= 0) {
            times.push(sync + bench.busy);
            gaps.push(now - before);
        }
        before = now;
        at += 1;
        if (at === windows.length) {
            globalThis.gc?.();
            const heap = performance.memory?.usedJSHeapSize ?? 0;
            return resolve({ gaps, times, heap });
        }
        bench.busy = 0;
        const start = performance.now();
        move(...windows[at]);
        sync = performance.now() - start;
        bench.raf(tick);
    };
    bench.raf(tick);
})
"""


class BenchError(AtlasError, RuntimeError):
    """A benchmark that cannot run on this machine."""


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start the system's Chromium, and end it at the end.

    Yields
    ------
    Browser
        Playwright's browser.

    Raises
    ------
    BenchError
        If Playwright or Chromium is missing.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        raise BenchError("Benchmarks need Playwright: run them by `make bench` in a checkout") from error
    found = (shutil.which(name) for name in (os.environ.get("CHROMIUM"), *_NAMES) if name)
    path = next(filter(None, found), None)
    if path is None:
        raise BenchError("Benchmarks need Chromium: install it, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def when_standing(frame: "Frame", origin: float) -> float:
    """Wait until a frame shows its points.

    Parameters
    ----------
    frame
        The frame, opened by a page that `watching` prepared.
    origin
        Beginning of the navigation: ``performance.timeOrigin`` of the page.

    Returns
    -------
    float
        Milliseconds from there until points stood.
    """
    frame.wait_for_function("() => bench.standing !== null", timeout=_PATIENCE_MS)
    standing: float = frame.evaluate("() => bench.standing")
    return standing - origin


def watching(browser: "Browser", width: int = 1280, height: int = 800) -> Any:  # noqa: ANN401  # Playwright's page
    """Open an empty page that measures.

    Parameters
    ----------
    browser
        Browser of `chromium`.
    width, height
        Size in CSS pixels.

    Returns
    -------
    Page
        In a context of its own, without anything in its cache.
    """
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.add_init_script(_WATCH)
    return page


def steps_of(frame: "Frame", windows: list[tuple[str, str]]) -> dict[str, float]:
    """Step the clock, one step for each animation frame.

    Parameters
    ----------
    frame
        Frame that shows its points.
    windows
        First and last day of each step, ISO.

    Returns
    -------
    dict of str to float
        ``fps``, ``step_ms``, ``gap_p95_ms``, ``heap_mb``.
    """
    frame.evaluate(_STEP, windows[:3])  # the first steps warm the compiler up
    found = frame.evaluate(_STEP, windows)
    gaps = sorted(found["gaps"])
    return {
        "fps": round(1000 * len(gaps) / max(sum(gaps), 1e-9), 1),
        "step_ms": round(median(found["times"]), 2),
        "gap_p95_ms": round(gaps[min(len(gaps) - 1, int(0.95 * len(gaps)))], 1),
        "heap_mb": round(found["heap"] / 1e6, 1),
    }
