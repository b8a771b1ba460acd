"""Photograph the atlas with the starter dataset for the README, into docs/images/."""

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
# name, address, size, colour scheme
PICTURES = (
    ("atlas-light", "?record=st-bluebird-benslimane&from=2019&to=2026-06", (1440, 900), "light"),
    ("atlas-dark", "", (1440, 900), "dark"),
    ("atlas-phone", "?from=2020&to=2026-06", (390, 844), "light"),
)
QUIET_MS = 2500  # the page settles after the map is ready
SECONDS_TO_START = 60


def main() -> int:
    """Start the atlas on its own data, photograph, stop it."""
    chromium = os.environ.get("CHROMIUM")
    if not chromium:
        print("Stopped: no Chromium. Install it, or set CHROMIUM to its path.")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port = _free_port()
        code = "from dashboard.cli import main; main()"
        command = [sys.executable, "-c", code, "run", "--port", str(port), "--no-browser"]
        environment = {**os.environ, "ARSENAL_ATLAS_DATA_FOLDER": folder, "ARSENAL_ATLAS_DB": ""}
        server = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            _wait(port)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for name, path, size, scheme in PICTURES:
                _photograph(browser, f"http://localhost:{port}/{path}", FOLDER / f"{name}.png", size, scheme)
            browser.close()
        finally:
            server.terminate()
            server.wait(timeout=20)
    return 0


def _photograph(browser: Browser, address: str, file: Path, size: tuple[int, int], scheme: str) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.goto(address)
    frame = page.frame_locator("iframe[sandbox]")
    frame.locator(".atlas-shell[data-state=ready]").wait_for(timeout=60_000)
    page.wait_for_timeout(QUIET_MS)
    page.screenshot(path=file)
    print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1000:.0f} kB")
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
