"""``bench app``: the whole app with so many records, from an empty store to a rerun.

Everything is real: a data package is written, a store is seeded from it by our own workflow, the server is
started as a person would start it, and Chromium opens the page.
"""

import re
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

import requests

from dashboard.bench.browser import chromium, watching, when_standing
from dashboard.bench.hosted import hosted, synthetic_store
from dashboard.maps.addresses import payload_address
from dashboard.settings import Settings
from dashboard.workflows.package.start import open_atlas

__all__ = ["measure_app"]

_RERUNS: Final = 10
_PATIENCE_MS: Final = 300_000
_COUNTS: Final = "match the filters"

# The page notes when the frame reported a rest of the clock, and when the line of counts changed after it.
_WATCH_RERUN: Final = """
globalThis.rerun = { told: null, changed: null };
addEventListener("message", event => {
    if (event.data?.type === "atlas:state" && rerun.told === null) rerun.told = performance.now();
});
(function start() {
    if (!document.documentElement) return void setTimeout(start, 5);
    let text = "";
    new MutationObserver(() => {
        const line = [...document.querySelectorAll("p")].find(p => p.textContent.includes("COUNTS"));
        if (!line || line.textContent === text) return;
        text = line.textContent;
        if (rerun.told !== null && rerun.changed === null) rerun.changed = performance.now();
    }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
})();
""".replace("COUNTS", _COUNTS)
_RESET: Final = "() => { rerun.told = rerun.changed = null; }"


def measure_app(records: int, seed: int = 0) -> dict[str, Any]:
    """Measure the app with a store of so many synthetic events.

    Parameters
    ----------
    records
        How many.
    seed
        Equal seeds give equal records.

    Returns
    -------
    dict
        ``variant``, ``records``, ``seed_ms``, ``start_ms``, ``first_paint_ms``, ``second_paint_ms``,
        ``rerun_ms``, ``server_ms``, ``payload_bytes``, ``server_rss_mb``; docs/benchmarks.md says what each
        is.

    Raises
    ------
    BenchError
        If the browser is missing or the server does not come up.
    """
    with tempfile.TemporaryDirectory(prefix="atlas-bench-") as name:
        folder = Path(name)
        seed_ms = _seed_store(folder, records, seed)
        start = time.perf_counter()
        with hosted(folder, sign_in="none", public_url="") as (address, pid):
            start_ms = (time.perf_counter() - start) * 1000
            measured = _in_browser(address)
            version = requests.get(f"{address}/readyz", timeout=60).text.split()[-1]
            payload = requests.get(address + payload_address(version), timeout=60).content
            return {
                "variant": "app",
                "records": records,
                "seed_ms": round(seed_ms),
                "start_ms": round(start_ms),
                **measured,
                "payload_bytes": len(payload),
                "server_rss_mb": _resident_mb(pid),
            }


def _seed_store(folder: Path, records: int, seed: int) -> float:
    synthetic_store(folder, records, seed)
    start = time.perf_counter()
    settings = Settings(
        data_folder=folder / "data", cache_folder=folder / "cache", package=folder / "package"
    )
    repository, _ = open_atlas(settings)
    repository.engine.dispose()
    return (time.perf_counter() - start) * 1000


def _in_browser(address: str) -> dict[str, Any]:
    with chromium() as browser:
        # The first visit also builds frames and payload in the server, the second finds them.
        paints = []
        for _ in range(2):
            page = watching(browser)
            page.add_init_script(_WATCH_RERUN)
            page.goto(f"{address}/", wait_until="commit")
            frame = page.wait_for_selector("iframe", state="attached").content_frame()
            paints.append(round(when_standing(frame, page.evaluate("() => performance.timeOrigin"))))
        page.wait_for_selector(f"p:has-text('{_COUNTS}')")
        return {
            "first_paint_ms": paints[0],
            "second_paint_ms": paints[1],
        } | _reruns(page, frame)


def _reruns(page: Any, frame: Any) -> dict[str, float]:  # noqa: ANN401  # Playwright's
    traffic = _Traffic(page)
    waits, servers = [], []
    field = frame.get_by_label("To date", exact=True)
    for number in range(_RERUNS + 1):
        traffic.wait_for_silence(page)
        page.evaluate(_RESET)
        field.fill(f"{2010 + number}-06")
        field.press("Enter")
        page.wait_for_function("() => rerun.changed !== null", timeout=_PATIENCE_MS)
        waits.append(page.evaluate("() => rerun.changed - rerun.told"))
        servers.append(traffic.wait_for_silence(page))
    # The first one is no measure: it finds nothing compiled.
    return {"rerun_ms": round(median(waits[1:]), 1), "server_ms": round(median(servers[1:]), 1)}


class _Traffic:
    """Times of the messages between page and server: the last answer to a question ends the script's run."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401  # Playwright's page
        self._asked: float | None = None
        self._answered: float | None = None
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameSent", self._sent)
        session.on("Network.webSocketFrameReceived", self._received)

    def _sent(self, event: dict[str, Any]) -> None:
        if self._asked is None:
            self._asked = event["timestamp"]

    def _received(self, event: dict[str, Any]) -> None:
        self._answered = event["timestamp"]

    def wait_for_silence(self, page: Any) -> float:  # noqa: ANN401  # Playwright's page
        """Wait until the script has run; gives milliseconds from the first question to the last answer."""
        page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")
        last = object()
        while last != self._answered:
            last = self._answered
            page.wait_for_timeout(400)
        took = ((self._answered or 0.0) - self._asked) * 1000 if self._asked else 0.0
        self._asked = None
        return took


def _resident_mb(pid: int) -> float | None:
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return None
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text("ascii", "replace"))
    return round(int(found[1]) / 1024, 1) if found else None
