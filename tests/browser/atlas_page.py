"""One page of the atlas as a test speaks of it, and when it is drawn.

Whoever reads from a page, or aims at it, while it is becoming what they expect finds it by chance.
"""

import itertools
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import (
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
READY = "() => globalThis.ArsenalAtlas?.inspect()?.state === 'ready'"
# The map pans with inertia: it rests when two looks at it, a few frames apart, see the same.
AT_REST = """(() => {
    const now = JSON.stringify(map.view);
    const same = now === globalThis.lastView;
    globalThis.stillFor = same ? (globalThis.stillFor ?? 0) + 1 : 0;
    globalThis.lastView = now;
    return globalThis.stillFor > 20;
})()"""
RUNS = Path(__file__).with_name("runs.js").read_text(encoding="utf-8")
DRAWN = Path(__file__).with_name("drawn.js").read_text(encoding="utf-8")
QUESTIONS = itertools.count(1)
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

expect.set_options(timeout=PATIENCE)


def wait_until_drawn(page: Page) -> None:
    """Wait until a page is drawn to its end, with all that it was asked for by now."""
    page.wait_for_function(DRAWN, arg=next(QUESTIONS), timeout=PATIENCE)


def watch(context: BrowserContext) -> None:
    """Have pages of a context say when they are drawn, and be as slow as they shall seem."""
    context.set_default_timeout(PATIENCE)
    context.add_init_script(RUNS)
    if SLOWNESS > 1:
        context.on("page", _slow_down)


def _slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})


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
        try:
            # A small page of the same host: Chromium keeps its process, with the scripts it has compiled.
            self.page.goto(f"{self.server}/livez")
            self.page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
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
        """Wait until the page is drawn to its end, with all that it was asked for by now.

        Before that a field may be one that is being replaced, a list one that grows, a key one that belongs
        to the button of before, and what lies between pressing and letting go of the mouse may move.
        What the map reports a moment after, or a table, it was not asked for yet: wait for that before.
        """
        wait_until_drawn(self.page)

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
    def address(self) -> str:
        """The address as the page has it now; what Playwright knows of it may be older."""
        found: str = self.page.evaluate("() => location.href")
        return found

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.address).query).items()}

    def wait_until(self, holds: Callable[[], object]) -> bool:
        """Wait until something holds that neither page nor map can wait for; says whether it did."""
        end = time.monotonic() + PATIENCE / 1000
        while not holds():
            if time.monotonic() > end:
                return False
            self.page.wait_for_timeout(50)
        return True

    def expect_query(self, **expected: str | None) -> None:
        """Expect that the address comes to say this, and nothing where None is expected."""

        def found() -> dict[str, str | None]:
            query = self.query
            return {name: query.get(name) for name in expected}

        self.wait_until(lambda: found() == expected)
        assert found() == expected

    def expect_query_of(self, other: "AtlasPage") -> None:
        """Expect that both come to have the same address."""
        self.wait_until(lambda: self.query == other.query)
        assert self.query == other.query

    def expect_in_map(self, **expected: Any) -> None:
        """Expect that the map comes to say this of itself (what inspect says)."""

        def found() -> dict[str, Any]:
            told = self.inspect()
            return {name: told[name] for name in expected}

        self.wait_until(lambda: found() == expected)
        assert found() == expected

    def expect_counts_as_in_map(self) -> None:
        """Expect that page and map come to count the same records; either may be first to know."""

        def missing() -> list[str]:
            said = self.counts.inner_text(timeout=PATIENCE)
            return [part for part in self._counts_of_map() if not re.search(rf"\b{part}\b", said)]

        self.wait_until(lambda: not missing())
        assert missing() == [], f"the map shows others than {self.counts.inner_text()!r}"

    def _counts_of_map(self) -> list[str]:
        shown = self.inspect()["visible"]
        counted = [(word, shown[f"{word}s"]) for word in ("site", "event")]
        said = [one for one in counted if one[1]] or [("event", 0)]
        return [f"{number} {word}{'s' if number != 1 else ''}" for word, number in said]

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
        self.frame.evaluate("() => { globalThis.stillFor = 0; }")
        self.wait_in_map(AT_REST)

    def settle_frame(self) -> None:
        """Let the frame answer to what the mouse has just done."""
        self.frame.evaluate(TWO_FRAMES)

    def settle(self) -> None:
        """Wait until whatever the page has been made to ask has been asked, and some frames are drawn."""
        self.page.evaluate(TWO_FRAMES)
        # A page that may not ask this has had its time in being told so.
        self.page.evaluate("() => fetch('/livez').then(answer => answer.text(), () => '')")
        self.page.evaluate(TWO_FRAMES)

    def bring_map_into_view(self) -> None:
        """Scroll to the map, and wait until what is aimed at it arrives there."""
        self.iframe.scroll_into_view_if_needed()
        self.page.evaluate(TWO_FRAMES)
        self.settle_frame()

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
        self.bring_map_into_view()
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
