"""The browser ring: our own server, a real Chromium, and nobody else on the network.

The server lives as long as the session; a browser as long as a module, because Playwright's synchronous API
leaves a running event loop in the thread, which would break whatever uses asyncio in other folders.
"""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Frame,
    Locator,
    Page,
    expect,
    sync_playwright,
)
from playwright.sync_api import (
    Error as Failure,
)
from playwright.sync_api import (
    TimeoutError as TakesTooLong,
)

from dashboard.ui.navigation import ALONE, PAGES

FRAME_TITLE = "Map and clock of sites and events"
PATIENCE = 30_000  # milliseconds; a limit for broken products, not a speed that is asserted
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
READY = "() => globalThis.ArsenalAtlas?.inspect()?.state === 'ready'"

expect.set_options(timeout=PATIENCE)


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[str]:
    """Start ``arsenal-atlas run`` with folders of its own; gives its address."""
    port = sys.modules["tests_ports"].free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARSENAL_ATLAS_")}
    settings = {"data_folder": folder / "data", "cache_folder": folder / "cache"} | settings
    environment |= {f"ARSENAL_ATLAS_{name.upper()}": str(value) for name, value in settings.items()}
    code = "from dashboard.cli import main; main()"
    command = [sys.executable, "-c", code, "run", "--port", str(port), "--no-browser"]
    log = folder / "server.log"
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(address, process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}:\n{log.read_text('utf-8')}")
        try:
            with urllib.request.urlopen(f"{address}/livez", timeout=5):  # noqa: S310  # our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the server did not answer within a minute:\n{log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Start a server in a new folder: ``with start_server(package=...) as address``."""

    def start(folder: Path | None = None, **settings: Any) -> Any:
        return serving(folder or tmp_path_factory.mktemp("server"), **settings)

    return start


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Any]) -> Iterator[str]:
    """Address of a server with the atlas's own data."""
    with start_server() as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield browser
        browser.close()


class AtlasPage:
    """One page of the atlas with the map's frame in it, as a test speaks of them."""

    def __init__(self, page: Page, server: str) -> None:
        self.context = page.context
        self.server = server
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.console: list[str] = []
        self.page = page
        self._listeners: dict[Any, Callable[[Any], None]] = {
            "request": lambda request: self.requests.append(request.url),
            "websocket": lambda socket: self.requests.append(socket.url),
            "pageerror": lambda error: self.errors.append(str(error)),
            "console": lambda message: self.console.append(message.text),
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def leave(self) -> Page:
        """Leave the page as a new tab is: with nothing in its document, no listeners and nothing stored."""
        if self.page.url.startswith("http"):
            self.page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
        try:
            # A small page of the same host: Chromium keeps its process, with the scripts it has compiled.
            self.page.goto(f"{self.server}/livez")
        except Failure:
            self.page.goto("about:blank")
        self.page.mouse.move(0, 0)
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        return self.page

    def open(self, path: str = "/") -> "AtlasPage":
        """Go to an address of the server, or a full one; waits until the map stands, if there is one."""
        self.page.goto(path if path.startswith("http") else self.server + path)
        if urlsplit(self.page.url).path in ("", "/"):
            self.wait_for_map()
            expect(self.counts).to_be_visible()
        return self

    @property
    def navigation(self) -> Locator:
        """The row of pages at the top; on a narrow screen they are in the sidebar."""
        return self.page.get_by_role("navigation", name="App pages")

    def open_heading(self, heading: str) -> Locator:
        """Open a heading of the navigation; gives its menu."""
        button = self.navigation.get_by_role("button", name=heading, exact=True)
        if button.get_attribute("aria-expanded", timeout=PATIENCE) == "false":
            button.click()
        menu = self.page.get_by_role("menu", name=heading, exact=True)
        expect(menu).to_be_visible()
        return menu

    def go(self, title: str) -> None:
        """Go to a page by its name in the navigation, under the heading where that stands."""
        heading = next(entry.section for entry in PAGES if entry.title == title)
        if heading == ALONE:
            self.navigation.get_by_role("link", name=title, exact=True).click()
        else:
            self.open_heading(heading).get_by_role("menuitem", name=title, exact=True).click()

    @property
    def iframe(self) -> Locator:
        return self.page.locator(f"iframe[title='{FRAME_TITLE}']")

    @property
    def frame(self) -> Frame:
        # An element that has just come has no document for a moment; that it stays is tested by itself.
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            frame = self.iframe.element_handle(timeout=PATIENCE).content_frame()
            if frame is not None:
                return frame
            self.page.wait_for_timeout(50)
        raise AssertionError("the map has no document")

    @property
    def counts(self) -> Locator:
        """The line that says how many records the view shows."""
        return self.page.locator("p", has_text="match the filters")

    @property
    def card(self) -> Locator:
        return self.page.locator(".st-key-record_card")

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.page.url).query).items()}

    def expect_counts_as_in_map(self) -> None:
        """Expect that page and map come to count the same records; either may be first to know."""
        end = time.monotonic() + PATIENCE / 1000
        while (words := self._counts_of_map()) and time.monotonic() < end:
            said = self.counts.inner_text(timeout=PATIENCE)
            if all(re.search(rf"\b{part}\b", said) for part in words):
                return
            self.page.wait_for_timeout(100)
        assert not words, f"the map shows {words}, the page says {said!r}"

    def _counts_of_map(self) -> list[str]:
        shown = self.inspect()["visible"]
        counted = ((word, shown[f"{word}s"]) for word in ("site", "event"))
        return [f"{number} {word}{'s' if number != 1 else ''}" for word, number in counted if number]

    def wait_for_map(self) -> None:
        self.frame.wait_for_function(READY, timeout=PATIENCE)

    def wait_in_map(self, expression: str, arg: Any = None) -> None:
        """Wait until an expression over ``map`` (what inspect says) and ``arg`` holds in the frame."""
        code = f"arg => {{ const map = globalThis.ArsenalAtlas?.inspect(); return map && ({expression}); }}"
        self.frame.wait_for_function(code, arg=arg, timeout=PATIENCE)

    def inspect(self) -> dict[str, Any]:
        found: dict[str, Any] = self.frame.evaluate("() => ArsenalAtlas.inspect()")
        return found

    def mark(self, record_id: str) -> dict[str, Any]:
        """Where a record's mark is, in pixels of the page, and how it is drawn."""
        mark = self.frame.evaluate("id => ArsenalAtlas.markAt(id)", record_id)
        assert mark is not None, f"{record_id} has no mark"
        self.iframe.scroll_into_view_if_needed()
        box = self.iframe.bounding_box()
        assert box is not None
        return mark | {"x": mark["x"] + box["x"], "y": mark["y"] + box["y"]}

    def set_date(self, label: str, text: str) -> None:
        """Type a day into the clock, as a person does."""
        field = self.frame.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Enter")

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a list in the sidebar; again where a rerun took the opened list away."""
        end = time.monotonic() + PATIENCE / 1000
        while True:
            box = self.page.get_by_role("combobox", name=label, exact=True)
            # A list closes when what it hangs on is scrolled, as filling a box out of sight does.
            box.scroll_into_view_if_needed()
            # The text that stands there already would be no change, and open nothing.
            box.fill("")
            box.fill(option)
            try:
                self.page.get_by_role("option", name=option).first.click(timeout=10_000)
            except TakesTooLong:
                if time.monotonic() > end:
                    raise
            else:
                break
        self.page.keyboard.press("Escape")

    def wait_for_query(self, name: str, pattern: str) -> None:
        self.page.wait_for_url(
            lambda url: bool(re.search(pattern, parse_qs(urlsplit(url).query).get(name, [""])[0])),
            timeout=PATIENCE,
        )


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Give browser contexts by their options: each is a reader of its own with a warm cache of scripts."""
    known: dict[str, BrowserContext] = {}

    def give(**options: Any) -> BrowserContext:
        name = repr(sorted(options.items()))
        if name not in known:
            known[name] = browser.new_context(**options)
        return known[name]

    yield give
    for context in known.values():
        context.close()


@pytest.fixture(scope="module")
def idle_tabs() -> dict[BrowserContext, list[Page]]:
    """Tabs that were left, by their context: Chromium takes as long to open a tab as to load a page."""
    return {}


@pytest.fixture
def new_atlas(
    browser: Browser,
    contexts: Callable[..., BrowserContext],
    idle_tabs: dict[BrowserContext, list[Page]],
    server: str,
) -> Iterator[Callable[..., AtlasPage]]:
    """Open tabs; a script error in any of them fails the test.

    A tab that was left is used again, unless it shall be ``fresh`` because the test adds scripts, routes or
    listeners of its own, or ``alone`` in a context of its own. Its reader wants no motion, which takes an
    eighth of the processor from a page that comes, unless the test says ``reduced_motion="no-preference"``.
    """
    tabs: list[AtlasPage] = []
    once: list[AtlasPage] = []

    def make(address: str = server, *, alone: bool = False, fresh: bool = False, **options: Any) -> AtlasPage:
        options = {"viewport": {"width": 1440, "height": 1000}, "reduced_motion": "reduce"} | options
        context = browser.new_context(**options) if alone else contexts(**options)
        idle = idle_tabs.setdefault(context, [])
        page = context.new_page() if fresh or alone or not idle else idle.pop()
        tabs.append(AtlasPage(page, address))
        if fresh or alone:
            once.append(tabs[-1])
        return tabs[-1]

    yield make
    for tab in tabs:
        if tab in once or tab.page.is_closed():
            tab.page.close()
        else:
            idle_tabs[tab.context].append(tab.leave())
    assert [error for tab in tabs for error in tab.errors] == []


@pytest.fixture
def atlas(new_atlas: Callable[..., AtlasPage]) -> AtlasPage:
    """A page with the map on it."""
    return new_atlas().open()


@pytest.fixture
def moving_atlas(new_atlas: Callable[..., AtlasPage]) -> AtlasPage:
    """A page with the map on it, whose reader does not mind motion: the clock plays instead of hopping."""
    return new_atlas(reduced_motion="no-preference").open()
