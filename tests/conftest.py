"""What every test gets: folders of its own, no saved settings; a browser, a gazetteer, a store on request."""

import asyncio
import fcntl
import gc
import importlib.util
import os
import re
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

PREFIX = "ARSENAL_ATLAS_"
FOR_TESTS = f"{PREFIX}TEST_"
TESTS = Path(__file__).parent
SMALL = TESTS / "importers" / "small"
# Folders with files of more than ten seconds.
LONG = ("api", "bench", "browser", "faults", "gate", "hosting", "pages", "runtime", "terminal", "workflows")
TURNS_TO_BUILD = 3  # of the long folders, in which one process builds the gazetteer
LONGEST_IN_NAME = 30  # bytes of a parameter
# The first does without windows and takes an eighth less of the processor.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# What is started in the background may be deaf to Ctrl-C, and so would be whatever a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Nothing that is imported or collected is garbage, and what a test leaves behind is little.
gc.disable()

# Hundreds of processes of the atlas are started, and each would compile it anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Time limits, of a single example or of making some, only find busy machines.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("local", UNHURRIED)
settings.register_profile("ci", UNHURRIED, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


def _load(name: str) -> ModuleType:
    # Tests are no packages: a file that others need is read by its path.
    spec = importlib.util.spec_from_file_location(f"tests_{name}", TESTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


for shared in ("ports", "forks"):  # others find them among the modules
    _load(shared)


def pytest_configure(config: pytest.Config) -> None:
    """Add the fixtures about databases."""
    config.pluginmanager.register(_load("databases"), "databases")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files where several processes share the tests, so that none works alone at the end.

    Their folders take turns: browsers compute while what is about servers and outages mostly waits. One of
    the processes begins with a file that has the gazetteer built; the others come to it when it is there.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    placed = {item.path for item in items if "gazetteer_file" in getattr(item, "fixturenames", ())}
    turns = Counter[str]()
    places: dict[Path, tuple[bool, int]] = {}
    for path in dict.fromkeys(item.path for item in items):
        folder = path.relative_to(TESTS).parts[0]
        turn = turns[folder] if path not in placed else max(turns[folder], TURNS_TO_BUILD)
        places[path] = (folder not in LONG, turn)
        turns[folder] += 1
    if first := next((path for path, place in places.items() if path in placed and not place[0]), None):
        places[first] = (False, -1)
    items.sort(key=lambda item: places[item.path])


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long bytes by their parameter: an archive holds the time it was made, a name must not."""
    return argname if isinstance(val, bytes) and len(val) > LONGEST_IN_NAME else None


def pytest_collection_finish() -> None:
    """Leave thousands of collected tests out of every later garbage collection."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


MAIN = sys.modules["__main__"]
# What processes that a test starts may inherit; Streamlit sets the one name whenever it is imported.
INHERITED = {*os.environ, "MPLBACKEND"}


def _isolate(patch: pytest.MonkeyPatch, folder: Path) -> None:
    # AppTest leaves its script here, and processes that a later test starts would run it first.
    sys.modules["__main__"] = MAIN
    for name in list(os.environ):
        if name not in INHERITED and not name.startswith((PREFIX, "PYTEST_")):
            del os.environ[name]  # Dask leaves what it sets for its workers
        elif name.startswith(PREFIX) and not name.startswith(FOR_TESTS):
            patch.delenv(name)
    patch.setenv(f"{PREFIX}DATA_FOLDER", str(folder / "atlas-data"))
    patch.setenv(f"{PREFIX}CACHE_FOLDER", str(folder / "atlas-cache"))


def _forget() -> None:
    """Drop what the process caches; by name, because most tests import neither module."""
    if module := sys.modules.get("dashboard.runtime"):
        if module.runtime.cache_info().currsize:
            module.runtime().close()
        module.runtime.cache_clear()
    if module := sys.modules.get("dashboard.settings"):
        module.load_settings.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _no_user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        _isolate(patch, tmp_path_factory.mktemp("session"))
        if module := sys.modules.get("dashboard.runtime.shelf"):
            # It walks every object of the process, among them thousands of collected tests, for each runtime.
            patch.setattr(module, "_spare_the_collector", lambda: None)
        yield


@pytest.fixture(autouse=True)
def _own_folders(_no_user_folders: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    _isolate(monkeypatch, tmp_path)
    _forget()
    yield
    _forget()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the system's Chromium; skips without one, but fails in CI."""
    for name in (os.environ.get("CHROMIUM"), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    message = "no Chromium: `make test` installs one where it may, or set CHROMIUM to its path"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


class Chromium:
    """The one Chromium of a test process.

    Playwright's synchronous API leaves its event loop marked as running in the thread, which breaks whatever
    else uses asyncio there: the mark is taken away while nobody uses the browser.
    """

    def __init__(self, path: str) -> None:
        from playwright.sync_api import sync_playwright

        self._path = path
        self._playwright = sync_playwright().start()
        self._loop = asyncio.get_running_loop()
        self.browser = self._launch()
        asyncio._set_running_loop(None)

    def _launch(self) -> Any:
        return self._playwright.chromium.launch(executable_path=self._path, args=list(CHROMIUM_OPTIONS))

    @contextmanager
    def used(self) -> Iterator[None]:
        """Have asyncio for the browser alone; one that died is started again."""
        asyncio._set_running_loop(self._loop)
        try:
            if not self.browser.is_connected():
                self.browser = self._launch()
            yield
        finally:
            asyncio._set_running_loop(None)

    def close(self) -> None:
        with self.used():
            self.browser.close()
            self._playwright.stop()


@pytest.fixture(scope="session")
def _chromium(chromium_path: str) -> Iterator[Chromium]:
    chromium = Chromium(chromium_path)
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def browser(_chromium: Chromium) -> Iterator[Any]:
    """A browser, the same for all tests of the process: who opens something in it closes it."""
    with _chromium.used():
        yield _chromium.browser


@pytest.fixture(scope="session")
def gazetteer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real gazetteer, without hand-decided places, built once a session (about half a minute).

    ARSENAL_ATLAS_TEST_GAZETTEER may name one built before, to save the time while working on something else.
    """
    from dashboard.geocoding.gazetteer.build import build_gazetteer

    if kept := os.environ.get(f"{FOR_TESTS}GAZETTEER"):
        return Path(kept)
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # one for all test processes: the first to come builds it
        folder = folder.parent
    path = folder / "gazetteer.sqlite"
    with (folder / "gazetteer.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            gc.disable()  # millions of rows, and not one of them is garbage
            build_gazetteer(path)
            gc.enable()
    return path


@pytest.fixture(scope="session")
def _starter_runtime(starter_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from dashboard.runtime import Runtime
    from dashboard.settings import Settings

    folder = tmp_path_factory.mktemp("shared")
    shutil.copyfile(starter_file, folder / "atlas.sqlite")
    database = f"sqlite:///{folder / 'atlas.sqlite'}"
    shared = Runtime(Settings(db=database, data_folder=folder, cache_folder=folder))
    yield shared
    shared.close()


@pytest.fixture
def read_only(_starter_runtime: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The process's runtime on the starter data, one for all tests that write nothing and set nothing."""
    from dashboard.runtime import process, runtime

    version = _starter_runtime.version
    runtime.cache_clear()
    monkeypatch.setattr(process, "Runtime", lambda _settings: _starter_runtime)
    yield runtime()
    # Before whoever tidies up closes what others still read.
    runtime.cache_clear()
    assert _starter_runtime.store.repository.data_version() == version, "a test that writes needs its own"


PLANTED = {  # locations and places with points that are easily told from the middle of any cell
    "lo-yard": (33.59771234, -7.61679876),
    "lo-plant": (33.61671234, -7.12679876),
    "pl-ben-slimane": (33.61671234, -7.12679876),
    "pl-rabat": (34.02091234, -6.84169876),
    "lo-order": (33.51231234, -7.01239876),
    "lo-meeting": (32.08081234, 34.78059876),
}


# Digits that chance chose, and that hold any five others once in a while: hashes, own ids, parts of a second.
CHANCE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{8,}|:\d\d:\d\d\.\d+"
)


@dataclass(frozen=True)
class Planted:
    """A data package whose exact points, and words of what is protected, can be searched for."""

    folder: Path
    points: tuple[tuple[float, float], ...]

    def told(self, found: bytes | str) -> str:
        """What somebody may read, without the digits that only chance chose."""
        return CHANCE.sub(" ", found.decode("utf-8", "replace") if isinstance(found, bytes) else found)

    def traces(self, found: bytes | str, digits: int = 3) -> list[str]:
        """Exact numbers that occur, to so many decimals; and to a metre where folding took the point out."""
        text = self.told(found)
        numbers = {f"{abs(number):.8f}" for point in self.points for number in point}
        parts = {part for number in numbers for part in (number[: digits - 8], number.partition(".")[2][:5])}
        return sorted(part for part in parts if part in text)


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A small data package with exact points in rows, notes, quotes, addresses and the audit trail."""
    from dashboard.domain.records import Change
    from dashboard.exports.package import write_package
    from dashboard.importers.package import DataPackage, read_package

    tables = dict(read_package(SMALL).tables)
    for name in ("locations", "places"):
        tables[name] = tuple(
            replace(row, lat=PLANTED[row.id][0], lon=PLANTED[row.id][1]) if row.id in PLANTED else row
            for row in tables[name]
        )
    yard = "{}, {}".format(*PLANTED["lo-yard"])
    edits: dict[str, dict[str, dict[str, Any]]] = {
        "sites": {"st-yard": {"notes": f"The gate is at {yard}."}},
        "citations": {"ci-yard": {"quote": f"It lies at {yard}, so he said.", "locator": "par. 7"}},
        "sources": {"so-paper": {"url": f"https://example.org/map?at={yard.replace(' ', '')}"}},
        "places": {"pl-rabat": {"reason": f"Measured: {PLANTED['pl-rabat'][0]} north."}},
    }
    for name, rows in edits.items():
        tables[name] = tuple(replace(row, **rows.get(row.id, {})) for row in tables[name])
    move = Change(
        record_id="lo-yard", field="lat", before="33.50001234", after=str(PLANTED["lo-yard"][0]),
        who="editor", when="2026-02-01", why=f"now {yard}",
    )  # fmt: skip
    tables["changes"] = (*tables["changes"], move)
    folder = tmp_path_factory.mktemp("planted") / "package"
    write_package(DataPackage.of(tables), folder)
    return Planted(folder, (*dict.fromkeys(PLANTED.values()), (33.50001234, -7.61679876)))
