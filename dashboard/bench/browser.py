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

__all__ = ["WARM_UP", "BenchError", "chromium", "chromium_path", "steps_of", "watching", "when_standing"]

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    # Without it a Chromium that has no GPU refuses WebGL altogether since version 137.
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",
    "--js-flags=--expose-gc",
)
_PATIENCE_S: Final = 300
_STEPS_S: Final = 10  # a slow variant makes fewer than all steps, and the result says how many
WARM_UP: Final = 3
"""Steps that are made before those that are measured."""

# Runs in every frame before anything else. `bench.standing` is when points stood, in the time of the day.
# Reading a pixel waits for the GPU's process, which draws long after the script's call has returned.
_WATCH: Final = """
globalThis.bench = { busy: 0, standing: null, gl: [], raf: requestAnimationFrame.bind(globalThis) };
globalThis.requestAnimationFrame = callback => bench.raf(time => {
    const start = performance.now();
    try { callback(time); } finally { bench.busy += performance.now() - start; }
});
{
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = function (kind, ...options) {
        const context = getContext.call(this, kind, ...options);
        if (context?.readPixels && !bench.gl.includes(context)) bench.gl.push(context);
        return context;
    };
    const instances = { drawArraysInstanced: 3, drawElementsInstanced: 4 };
    for (const [name, at] of Object.entries(instances)) {
        const draw = WebGL2RenderingContext.prototype[name];
        WebGL2RenderingContext.prototype[name] = function (...values) {
            draw.apply(this, values);
            bench.onDraw?.(values[at]);
        };
    }
}
bench.settle = () => bench.gl.forEach(gl =>
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)));
bench.renderer = () => bench.gl.map(gl => {
    const names = gl.getExtension("WEBGL_debug_renderer_info");
    return gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
}).join(" ");
bench.isReady = () => globalThis.ArsenalAtlas
    ? ArsenalAtlas.inspect()?.state === "ready" && bench.hasLayer() : globalThis.benchReady === true;
bench.hasLayer = () => globalThis.benchLayer === undefined
    || ArsenalAtlas.inspect().datasets[globalThis.benchLayer] > 0;
(function look() {
    if (!bench.isReady()) return void bench.raf(look);
    // One frame draws the points, the next one begins after they were shown.
    bench.raf(() => bench.raf(() => {
        bench.settle();
        bench.standing = performance.timeOrigin + performance.now();
    }));
})();
"""
# The result is left in the page: a call that waited for it could not be given up.
_STEP: Final = """
([windows, budget]) => {
    const move = globalThis.benchMove ?? ((from, to) => ArsenalAtlas.setWindow(from, to));
    const gaps = [], times = [];
    let begin = 0, before = 0, sync = 0, at = -1;
    const finish = () => {
        bench.settle();
        const elapsed = performance.now() - begin;
        globalThis.gc?.();
        const heap = performance.memory?.usedJSHeapSize ?? 0;
        bench.steps = { gaps, times, elapsed, heap, renderer: bench.renderer() };
    };
    const tick = now => {
        if (at >= 0) {
            times.push(sync + bench.busy);
            gaps.push(now - before);
        } else begin = now;
        before = now;
        at += 1;
        if (at === windows.length || now - begin > budget) return void finish();
        bench.busy = 0;
        const start = performance.now();
        const shown = move(...windows[at]);
        sync = performance.now() - start;
        if (shown instanceof Promise) void shown.then(() => bench.raf(tick));
        else bench.raf(tick);
    };
    bench.steps = null;
    bench.raf(tick);
}
"""


class BenchError(AtlasError, RuntimeError):
    """A benchmark that cannot run on this machine."""


def chromium_path() -> str:
    """Find the system's Chromium.

    Returns
    -------
    str
        Its path.

    Raises
    ------
    BenchError
        If there is none.
    """
    found = (shutil.which(name) for name in (os.environ.get("CHROMIUM"), *_NAMES) if name)
    path = next(filter(None, found), None)
    if path is None:
        raise BenchError("Benchmarks need Chromium: install it, or set CHROMIUM to its path")
    return path


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
        If Playwright or Chromium is missing, or the browser fails.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise BenchError("Benchmarks need Playwright: run them by `make bench` in a checkout") from error
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        except Error as error:
            raise BenchError(f"the browser gave up: {error.message.splitlines()[0]}") from error
        finally:
            browser.close()


def when_standing(frame: "Frame", origin: float, patience_s: float = _PATIENCE_S) -> float:
    """Wait until a frame shows its points.

    Parameters
    ----------
    frame
        The frame, opened by a page that `watching` prepared.
    origin
        Beginning of the navigation: ``performance.timeOrigin`` of the page.
    patience_s
        Seconds to wait at most.

    Returns
    -------
    float
        Milliseconds from there until points stood.

    Raises
    ------
    BenchError
        If no points stand in time, or the page died.
    """
    _wait(frame, "bench.standing !== null", patience_s, "no points stood")
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
    page.set_default_timeout(_PATIENCE_S * 1000)
    page.add_init_script(_WATCH)
    return page


def steps_of(
    frame: "Frame", windows: list[tuple[str, str]], patience_s: float = _PATIENCE_S
) -> dict[str, Any]:
    """Step the clock, one step for each animation frame, for ten seconds at most.

    Parameters
    ----------
    frame
        Frame that shows its points.
    windows
        First and last day of each step, ISO.
    patience_s
        Seconds to wait at most for the steps, which cannot be interrupted.

    Returns
    -------
    dict
        ``fps``, ``step_ms``, ``gap_p95_ms``, ``gap_max_ms``, ``heap_mb``, ``steps``, ``webgl``.

    Raises
    ------
    BenchError
        If not one step was made in time, or the page died.
    """
    _made(frame, windows[:WARM_UP], patience_s)  # they warm the compiler up
    found = _made(frame, windows, patience_s)
    gaps = sorted(found["gaps"])
    renderer = found["renderer"]
    software = any(name in renderer for name in ("SwiftShader", "llvmpipe"))
    return {
        "fps": round(1000 * len(gaps) / max(found["elapsed"], 1e-9), 2),
        "step_ms": round(median(found["times"]), 2),
        "gap_p95_ms": round(gaps[min(len(gaps) - 1, int(0.95 * len(gaps)))], 1),
        "gap_max_ms": round(gaps[-1], 1),
        "heap_mb": round(found["heap"] / 1e6, 1),
        "steps": len(gaps),
        "webgl": ("software" if software else "GPU") if renderer else "",
    }


def _made(frame: "Frame", windows: list[tuple[str, str]], patience_s: float) -> dict[str, Any]:
    frame.evaluate(_STEP, [windows, _STEPS_S * 1000])
    _wait(frame, "bench.steps", _STEPS_S + patience_s, "the clock made no step")
    found: dict[str, Any] = frame.evaluate("() => bench.steps")
    return found


def _wait(frame: "Frame", condition: str, patience_s: float, otherwise: str) -> None:
    from playwright.sync_api import Error
    from playwright.sync_api import TimeoutError as TooLong

    try:
        frame.wait_for_function(f"() => {condition}", timeout=patience_s * 1000, polling=100)
    except TooLong as error:
        raise BenchError(f"{otherwise} in the {patience_s:.0f} s that were left") from error
    except Error as error:
        raise BenchError(f"{otherwise}: {error.message.splitlines()[0]}") from error
