"""The browser ring: our own server, a real Chromium, and nobody else on the network.

Server and browser live as long as the test process.
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
)
from playwright.sync_api import (
    Error as Failure,
)
from playwright.sync_api import (
    TimeoutError as TakesTooLong,
)

from dashboard.ui.navigation import ALONE, PAGES

FRAME_TITLE = "Map and clock of sites and events"
# How many times slower than it is the processor shall seem to a page. What passes by chance fails when slow.
SLOWNESS = int(os.environ.get("ARSENAL_ATLAS_TEST_SLOWNESS", "1"))
PATIENCE = 60_000 * SLOWNESS  # milliseconds; a limit for broken products, not a speed that is asserted
STARTING = 300  # seconds for what takes two of a processor, where others have the processors
READY = "() => globalThis.ArsenalAtlas?.inspect()?.state === 'ready'"
# The map pans with inertia: it rests when two looks at it, a few frames apart, see the same.
AT_REST = """(() => {
    const now = JSON.stringify(map.view);
    const same = now === globalThis.lastView;
    globalThis.stillFor = same ? (globalThis.stillFor ?? 0) + 1 : 0;
    globalThis.lastView = now;
    return globalThis.stillFor > 20;
})()"""
# Streamlit says that the script has ended before what it loads late is there: tables, and our own styles.
DRAWN = """() => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'
    && document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]')
    && !document.querySelector('[data-testid="stSkeleton"]')
    && [...document.querySelectorAll('style')].some(e => e.textContent.includes('.st-key-record_card'))"""
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

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
    end = time.monotonic() + STARTING
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}:\n{log.read_text('utf-8')}")
        try:
            with urllib.request.urlopen(f"{address}/livez", timeout=5):  # noqa: S310  # our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the server did not answer within {STARTING} s:\n{log.read_text('utf-8')}")


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
        """Go to an address of the server, or a full one; waits until page and map, if any, are drawn."""
        self.page.goto(path if path.startswith("http") else self.server + path)
        if urlsplit(self.page.url).path in ("", "/"):
            self.wait_for_map()
            expect(self.counts).to_be_visible()
        self.drawn()
        return self

    def drawn(self) -> None:
        """Wait until the page is drawn to its end.

        Before that a field may be one that is being replaced, a list one that grows, a key one that belongs
        to the button of before, and what lies between pressing and letting go of the mouse may move.
        """
        self.page.wait_for_function(DRAWN, timeout=PATIENCE)

    def press(self, key: str) -> None:
        """Press a key that the page listens to, once it is drawn."""
        self.drawn()
        self.page.keyboard.press(key)

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

    def expect_query_of(self, other: "AtlasPage") -> None:
        """Expect that both come to have the same address."""
        end = time.monotonic() + PATIENCE / 1000
        while self.query != other.query and time.monotonic() < end:
            self.page.wait_for_timeout(100)
        assert self.query == other.query

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
        self.wait_in_frame(READY)

    def wait_in_map(self, expression: str, arg: Any = None) -> None:
        """Wait until an expression over ``map`` (what inspect says) and ``arg`` holds in the frame."""
        code = f"arg => {{ const map = globalThis.ArsenalAtlas?.inspect(); return map && ({expression}); }}"
        self.wait_in_frame(code, arg)

    def wait_in_frame(self, code: str, arg: Any = None) -> None:
        """Wait until a function gives something true in the frame, though it were another frame meanwhile."""
        end = time.monotonic() + PATIENCE / 1000
        while True:
            try:
                self.frame.wait_for_function(code, arg=arg, timeout=PATIENCE)
            except TakesTooLong:
                raise
            except Failure:  # of a page that is being left
                if time.monotonic() > end:
                    raise
                self.page.wait_for_timeout(50)
            else:
                return

    def rest(self) -> None:
        """Wait until the map moves no more."""
        self.wait_in_map(AT_REST)

    def settle_frame(self) -> None:
        """Let the frame answer to what the mouse has just done."""
        self.frame.evaluate(TWO_FRAMES)

    def hover(self, spot: Callable[[], dict[str, Any]], words: str = "") -> None:
        """Move the mouse to a spot of the map until its tip says something.

        Chromium loses what is aimed at a sandboxed frame that has only just scrolled into view.
        """
        tip = self.frame.locator(".atlas-tip")
        end = time.monotonic() + PATIENCE / 1000
        nudge = 0
        while not (tip.is_visible() and words in " ".join(tip.inner_text().split())):
            assert time.monotonic() < end, "the map says nothing about what is under the mouse"
            at, nudge = spot(), nudge + 1
            self.page.mouse.move(at["x"] + nudge % 2, at["y"])
            self.settle_frame()

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


class Contexts:
    """Contexts of the one browser: each is a reader of its own with a warm cache of scripts.

    They outlive their module, because a page takes twice the processor in a new one. Whoever is given one
    finds in it no cookies, routes or tabs of somebody before, and nothing stored.
    """

    def __init__(self) -> None:
        self._browser: Browser | None = None
        self._shared: dict[str, BrowserContext] = {}
        self._lent: list[tuple[str, BrowserContext]] = []
        self._free: dict[str, list[BrowserContext]] = {}

    def open_in(self, browser: Browser) -> None:
        """Open them in a browser from now on; those of one that died are gone with it."""
        if browser is not self._browser:
            self._browser = browser
            self._shared.clear()
            self._free.clear()

    def give(self, **options: Any) -> BrowserContext:
        """Give the one that all tests of a module share that wish for the same."""
        name = repr(sorted(options.items()))
        if name not in self._shared:
            self._shared[name] = self._take(name, options)
        return self._shared[name]

    def lend(self, **options: Any) -> BrowserContext:
        """Give one that nobody else has until it is taken back."""
        name = repr(sorted(options.items()))
        self._lent.append((name, self._take(name, options)))
        return self._lent[-1][1]

    def take_back(self) -> None:
        """Take back all that were lent."""
        while self._lent:
            self._keep(*self._lent.pop())

    def end_module(self) -> None:
        """Take back all that are shared."""
        while self._shared:
            self._keep(*self._shared.popitem())

    def _take(self, name: str, options: dict[str, Any]) -> BrowserContext:
        free = self._free.setdefault(name, [])
        if free:
            return free.pop()
        assert self._browser is not None
        context = self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        if SLOWNESS > 1:
            context.on("page", _slow_down)
        return context

    def _keep(self, name: str, context: BrowserContext) -> None:
        try:
            for page in context.pages:
                page.unroute_all(behavior="ignoreErrors")
                if page.url.startswith("http"):
                    page.evaluate("() => { localStorage.clear(); }")
                page.close()
            context.unroute_all(behavior="ignoreErrors")
            context.clear_permissions()
            context.clear_cookies()
        except Failure:  # of a page that was going elsewhere
            context.close()
        else:
            self._free[name].append(context)


def _slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})


@pytest.fixture(scope="session")
def _contexts() -> Contexts:
    return Contexts()


@pytest.fixture(scope="module")
def contexts(browser: Browser, _contexts: Contexts) -> Iterator[Contexts]:
    """Browser contexts; none is closed before the browser."""
    _contexts.open_in(browser)
    yield _contexts
    _contexts.end_module()


@pytest.fixture(scope="module")
def idle_tabs() -> dict[BrowserContext, list[Page]]:
    """Tabs that were left, by their context: Chromium takes as long to open a tab as to load a page."""
    return {}


@pytest.fixture
def new_atlas(
    contexts: Contexts,
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
    lent: list[BrowserContext] = []

    def make(address: str = server, *, alone: bool = False, fresh: bool = False, **options: Any) -> AtlasPage:
        options = {"viewport": {"width": 1440, "height": 1000}, "reduced_motion": "reduce"} | options
        context = contexts.lend(**options) if alone else contexts.give(**options)
        idle = idle_tabs.setdefault(context, [])
        page = context.new_page() if fresh or alone or not idle else idle.pop()
        tabs.append(AtlasPage(page, address))
        if alone:
            lent.append(context)
        elif fresh:
            once.append(tabs[-1])
        return tabs[-1]

    yield make
    for tab in tabs:
        if tab.context in lent:
            continue
        if tab in once or tab.page.is_closed():
            tab.page.close()
        else:
            idle_tabs[tab.context].append(tab.leave())
    contexts.take_back()
    assert [error for tab in tabs for error in tab.errors] == []


@pytest.fixture
def atlas(new_atlas: Callable[..., AtlasPage]) -> AtlasPage:
    """A page with the map on it."""
    return new_atlas().open()


@pytest.fixture
def moving_atlas(new_atlas: Callable[..., AtlasPage]) -> AtlasPage:
    """A page with the map on it, whose reader does not mind motion: the clock plays instead of hopping."""
    return new_atlas(reduced_motion="no-preference").open()
