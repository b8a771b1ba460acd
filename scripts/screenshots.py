"""Photograph every page of the atlas, light and dark, with the starter dataset, into docs/images/."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs/images"
PAGES = {"atlas": "", "events": "events", "sites": "sites", "actors": "actors", "sources": "sources"}
SIZE = {"width": 1440, "height": 900}
QUIET_MS = 2500  # after the network is silent, the map still draws
SECONDS_TO_START = 60


def main() -> int:
    """Start the atlas on its own data, photograph, stop it."""
    chromium = os.environ.get("CHROMIUM")
    if not chromium:
        print("Stopped: no Chromium. Install it, or set CHROMIUM to its path.")
        return 1
    wanted = sys.argv[1:] or list(PAGES)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port = _free_port()
        command = [ROOT / ".venv/bin/arsenal-atlas", "run", "--port", str(port), "--no-browser"]
        environment = {**os.environ, "ARSENAL_ATLAS_DATA_FOLDER": folder, "ARSENAL_ATLAS_DB": ""}
        server = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            _wait(port)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for scheme in ("light", "dark"):
                _photograph(browser, f"http://localhost:{port}", scheme, wanted)
            browser.close()
        finally:
            server.terminate()
            server.wait(timeout=20)
    return 0


def _photograph(browser: Browser, address: str, scheme: str, wanted: list[str]) -> None:
    page = browser.new_page(viewport=SIZE, color_scheme=scheme)
    for name in wanted:
        page.goto(f"{address}/{PAGES[name]}")
        page.get_by_role("heading").first.wait_for(timeout=60_000)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(QUIET_MS)
        path = FOLDER / f"{name}-{scheme}.png"
        page.screenshot(path=path)
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB")
    page.close()


def _wait(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise TimeoutError(f"the atlas did not start within {SECONDS_TO_START} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
