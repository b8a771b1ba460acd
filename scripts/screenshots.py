"""Photograph the atlas with the starter dataset: the README's pictures, and each page as people meet it.

The README's three go into docs/images/ and are kept. Every page, empty and at work, goes in a light theme, a
dark one and on a phone into build/screenshots/, to be looked at and thrown away.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.ui.navigation import PAGES

ROOT: Final = Path(__file__).parent.parent
README: Final = ROOT / "docs/images"
EVERY_PAGE: Final = ROOT / "build/screenshots"
ARTICLE: Final = ROOT / "tests/articles/texts/founding.txt"
TABLE: Final = """name,date,place,country,kind
African Lion 2025,May 2025,Agadir,MA,exercise
Juniper Oak,23/01/2023,Haifa,IL,exercise
مناورات الأسد الأفريقي,2024-05,تارودانت,MA,exercise
An exercise whose name goes on and on so that no column could ever hold all of it,2022,Kyiv,UA,exercise
Noble Dina,about 2021,Souda Bay,GR,exercise
Of an unknown day,,Izmir,TR,exercise
"""
SETTLES_MS: Final = 1500  # after script and map are done
SECONDS_TO_START: Final = 60
PATIENCE_MS: Final = 60_000
PHONE: Final = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    name: str
    width: int = 1440
    height: int = 1000
    scheme: str = "light"
    phone: bool = False

    @property
    def context(self) -> dict[str, Any]:
        """Options of a browser context."""
        phone = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if self.phone else {}
        size = {"width": self.width, "height": self.height}
        return {"viewport": size, "color_scheme": self.scheme, "reduced_motion": "reduce"} | phone


@dataclass(frozen=True)
class Shot:
    """One address, and the name of its picture."""

    name: str
    path: str

    @property
    def has_map(self) -> bool:
        """Whether it is the page of the map."""
        return self.path.startswith("?") or not self.path


LOOKS: Final = (Look("light"), Look("dark", scheme="dark"), Look("phone", 390, 844, phone=True))
FOR_README: Final = (
    (Shot("atlas-light", "?record=st-bluebird-benslimane&from=2019&to=2026-06"), Look("light", height=900)),
    (Shot("atlas-dark", ""), Look("dark", height=900, scheme="dark")),
    (Shot("atlas-phone", "?from=2020&to=2026-06"), LOOKS[2]),
)
EMPTY: Final = tuple(Shot(f"{name}-empty", name) for name in ("articles", "layers", "review", "changes"))
AT_WORK: Final = (
    *(Shot(entry.name, "" if entry.name == "atlas" else entry.name) for entry in PAGES),
    Shot("atlas-record", "?record=st-bluebird-benslimane"),
    Shot("atlas-nothing", "?q=no+such+word"),
    *(
        Shot(f"atlas-{chart.lower()}", f"?below={chart}&from=2020")
        for chart in ("Timeline", "Actors", "Places")
    ),
    Shot("atlas-layer", "?layers=records,exercises"),
    Shot("sites-record", "sites?record=st-bluebird-benslimane"),
    Shot("events-record", "events?record=ev-2026-jmc3"),
    Shot("actors-record", "actors?record=ac-elbit"),
    Shot("edit-record", "edit?record=st-bluebird-benslimane"),
    Shot("layers-records", "layers?layer=exercises&part=Records"),
)


def main() -> int:
    """Start the atlas on its own data, photograph, stop it."""
    wanted = _arguments()
    chromium = os.environ.get("CHROMIUM")
    if not chromium:
        print("Stopped: no Chromium. Install it, or set CHROMIUM to its path.")
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port = _free_port()
        environment = {**os.environ, "ARSENAL_ATLAS_DATA_FOLDER": folder, "ARSENAL_ATLAS_DB": ""}
        command = _command("run", "--port", str(port), "--no-browser")
        server = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            _wait(port)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            camera = Camera(browser, f"http://localhost:{port}/", wanted.names)
            for shot, look in FOR_README:
                camera.take(look, [shot], README)
            if not wanted.readme:
                _photograph_pages(camera, Path(folder), environment)
            browser.close()
        finally:
            server.terminate()
            server.wait(timeout=20)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help="only pictures whose names begin so, such as events")
    parser.add_argument("--readme", action="store_true", help="only the README's pictures")
    return parser.parse_args()


def _photograph_pages(camera: "Camera", folder: Path, environment: dict[str, str]) -> None:
    for look in LOOKS:
        camera.take(look, EMPTY, EVERY_PAGE / look.name)
    article = _fill(folder, environment)
    reviewed = Shot("articles-review", f"articles?article={article}")
    for look in LOOKS:
        camera.take(look, (*AT_WORK, reviewed), EVERY_PAGE / look.name)


def _fill(folder: Path, environment: dict[str, str]) -> str:
    """Bring an article and a table; give the article's id."""
    table = folder / "exercises.csv"
    table.write_text(TABLE, encoding="utf-8")
    for words in (("ingest", str(ARTICLE)), ("import", str(table))):
        subprocess.run(_command(*words), env=environment, check=True, stdout=subprocess.DEVNULL)
    listed = subprocess.run(
        _command("review", "--format", "json"), env=environment, check=True, stdout=subprocess.PIPE
    )
    return str(json.loads(listed.stdout)[0]["article"])


class Camera:
    """Takes pictures of pages when they are done."""

    def __init__(self, browser: Browser, address: str, names: Iterable[str]) -> None:
        self._browser = browser
        self._address = address
        self._names = tuple(names) or ("",)

    def take(self, look: Look, shots: Iterable[Shot], folder: Path) -> None:
        """Take pictures of addresses as one reader sees them."""
        context = self._browser.new_context(**look.context)
        for shot in shots:
            if shot.name.startswith(self._names):
                page = context.new_page()
                page.goto(self._address + shot.path)
                _settle(page, shot)
                folder.mkdir(parents=True, exist_ok=True)
                file = folder / f"{shot.name}.png"
                page.screenshot(path=file)
                print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1000:.0f} kB")
                page.close()
        context.close()


def _settle(page: Page, shot: Shot) -> None:
    page.locator(".stMainBlockContainer").wait_for(timeout=PATIENCE_MS)
    if shot.has_map:
        frame = page.frame_locator("iframe[sandbox]").first
        frame.locator(".atlas-shell[data-state=ready]").wait_for(timeout=PATIENCE_MS)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=PATIENCE_MS)
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')", timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLES_MS)


def _command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from dashboard.cli import main; main()", *words]


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
