"""The browser ring: our own server, a real Chromium, and nobody else on the network.

Server and browser live as long as the test process.
"""

import importlib.util
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
)
from playwright.sync_api import (
    Error as Failure,
)

STARTING = 300  # seconds for what takes two of a processor, where others have the processors

# Tests are no packages: a file that others need is read by its path.
_spec = importlib.util.spec_from_file_location("atlas_page", Path(__file__).with_name("atlas_page.py"))
assert _spec is not None
assert _spec.loader is not None
atlas_page = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(atlas_page)


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[str]:
    """Start ``arsenal-atlas run`` with folders of its own; gives its address."""
    port = sys.modules["tests_ports"].free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARSENAL_ATLAS_")}
    settings = {"data_folder": folder / "data", "cache_folder": folder / "cache"} | settings
    environment |= {f"ARSENAL_ATLAS_{name.upper()}": str(value) for name, value in settings.items()}
    code = "from dashboard.cli import main; main()"
    command = [code, "run", "--port", str(port), "--no-browser"]
    log = folder / "server.log"
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = sys.modules["tests_forks"].start(*command, env=environment, output=output)
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


def _wait(address: str, process: Any, log: Path) -> None:
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
        atlas_page.watch(context)
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


@pytest.fixture(scope="session")
def new_context() -> Callable[..., BrowserContext]:
    """Open a context in a browser as all others are: patient, watched, and slow where they shall be."""

    def opened(browser: Browser, **options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        atlas_page.watch(context)
        return context

    return opened


@pytest.fixture(scope="session")
def drawn() -> Callable[[Page], None]:
    """Wait until a page of Streamlit's is drawn, where it is not an `AtlasPage`."""

    return atlas_page.wait_until_drawn


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
) -> Iterator[Callable[..., Any]]:
    """Open tabs; a script error in any of them fails the test.

    A tab that was left is used again, unless it shall be ``fresh`` because the test adds scripts, routes or
    listeners of its own, or ``alone`` in a context of its own. Its reader wants no motion, which takes an
    eighth of the processor from a page that comes, unless the test says ``reduced_motion="no-preference"``.
    """
    tabs: list[Any] = []
    once: list[Any] = []
    lent: list[BrowserContext] = []

    def make(address: str = server, *, alone: bool = False, fresh: bool = False, **options: Any) -> Any:
        options = {"viewport": {"width": 1440, "height": 1000}, "reduced_motion": "reduce"} | options
        context = contexts.lend(**options) if alone else contexts.give(**options)
        idle = idle_tabs.setdefault(context, [])
        page = context.new_page() if fresh or alone or not idle else idle.pop()
        tabs.append(atlas_page.AtlasPage(page, address))
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
def atlas(new_atlas: Callable[..., Any]) -> Any:
    """A page with the map on it."""
    return new_atlas().open()


@pytest.fixture
def moving_atlas(new_atlas: Callable[..., Any]) -> Any:
    """A page with the map on it, whose reader does not mind motion: the clock plays instead of hopping."""
    return new_atlas(reduced_motion="no-preference").open()
