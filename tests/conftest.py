"""What every test gets: folders of its own, no saved settings; a browser, a gazetteer, a store on request."""

import fcntl
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings

PREFIX = "ARSENAL_ATLAS_"
FOR_TESTS = f"{PREFIX}TEST_"
POSTGRES_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
POSTGRES_USER = "postgres"  # PostgreSQL refuses to run as root; Debian's package brings this user
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own in it: no test here cuts the power
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
# A collation that is not by code points, as on most servers: order must not come from the database.
COLLATION = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8' ENCODING 'UTF8' TEMPLATE template0"
ADMINS: dict[str, Any] = {}  # one engine a server makes and drops all the databases of its tests
TESTS = Path(__file__).parent
# Folders with files of more than ten seconds.
LONG = ("api", "bench", "browser", "faults", "gate", "hosting", "pages", "runtime", "terminal", "workflows")
LONGEST_IN_NAME = 30  # bytes of a parameter
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# What is started in the background may be deaf to Ctrl-C, and so would be whatever a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Time limits of a single example only find busy machines.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files where several processes share the tests, so that none works alone at the end.

    Their folders take turns: browsers compute while what is about servers and outages mostly waits.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    turns = Counter[str]()
    places: dict[Path, tuple[bool, int]] = {}
    for path in dict.fromkeys(item.path for item in items):
        folder = path.relative_to(TESTS).parts[0]
        places[path] = (folder not in LONG, turns[folder])
        turns[folder] += 1
    items.sort(key=lambda item: places[item.path])


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long bytes by their parameter: an archive holds the time it was made, a name must not."""
    return argname if isinstance(val, bytes) and len(val) > LONGEST_IN_NAME else None


def pytest_collection_finish() -> None:
    """Leave thousands of collected tests out of every later garbage collection."""
    gc.collect()
    gc.freeze()


def _isolate(patch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX) and not name.startswith(FOR_TESTS):
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
            build_gazetteer(path)
    return path


def _find_tools() -> Path | None:
    """Folder of initdb and pg_ctl, None when PostgreSQL is not installed."""
    for folder in POSTGRES_FOLDERS:
        if (folder / "initdb").is_file():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def _private_server(tools: Path, folder: Path) -> Iterator[str]:
    """Run a server in an empty folder and give its SQLAlchemy address."""
    data, port = folder / "data", _free_port()
    user = ["runuser", "-u", POSTGRES_USER, "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, POSTGRES_USER)
    options = (
        f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c synchronous_commit=on"
    )
    setup = ["--auth=trust", "--username=atlas", "--encoding=UTF8", "--locale=C.UTF-8"]
    _run([*user, str(tools / "initdb"), "-D", str(data), *setup], folder)
    _run(
        [
            *user,
            str(tools / "pg_ctl"),
            "-D",
            str(data),
            "-w",
            "-l",
            str(folder / "log"),
            "-o",
            options,
            "start",
        ],
        folder,
    )
    try:
        yield f"postgresql+psycopg://atlas@127.0.0.1:{port}/postgres"
    finally:
        _run([*user, str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"], folder)


def _run(command: list[str], folder: Path) -> None:
    # Output to a file: a server that inherits a pipe keeps it open, and the reader waits for ever.
    with (folder / "output").open("ab") as output:
        done = subprocess.run(command, stdout=output, stderr=output, check=False, cwd=folder)
    if done.returncode:
        raise RuntimeError(f"{command[-1]} failed: {(folder / 'output').read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a private PostgreSQL; skips without one, but fails in CI."""
    tools = _find_tools()
    if tools is None:
        message = "no PostgreSQL: `make test` installs one where it may"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    # Not below pytest's own folder, which another run of pytest closes to PostgreSQL's user.
    with (
        TemporaryDirectory(prefix="atlas-postgres-", dir=MEMORY if MEMORY.is_dir() else None) as folder,
        _private_server(tools, Path(folder)) as address,
    ):
        yield address
        if address in ADMINS:
            ADMINS.pop(address).dispose()


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database of each kind without any tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'atlas.sqlite'}"
        return
    with _database(request.getfixturevalue("server"), COLLATION) as address:
        yield address


@pytest.fixture
def copied(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str, str], str]]:
    """Copies a template, ``copied("sqlite", "starter")``: what is in it is made once a session."""

    def copy(kind: str, template: str) -> str:
        if kind == "sqlite":
            file = tmp_path / "data" / "atlas.sqlite"
            file.parent.mkdir()
            shutil.copyfile(request.getfixturevalue(f"{template}_file"), file)
            return f"sqlite:///{file}"
        name = request.getfixturevalue(f"{template}_database")
        return copies.enter_context(_database(request.getfixturevalue("server"), f"TEMPLATE {name}"))

    with ExitStack() as copies:
        yield copy


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, copied: Callable[[str, str], str]) -> str:
    """Address of a database of each kind with the tables of today and nothing in them."""
    return copied(request.param, "migrated")


@pytest.fixture(params=KINDS)
def small_url(request: pytest.FixtureRequest, copied: Callable[[str, str], str]) -> str:
    """Address of a database of each kind with the small package in it."""
    return copied(request.param, "small")


@pytest.fixture(params=KINDS)
def starter_url(request: pytest.FixtureRequest, copied: Callable[[str, str], str]) -> str:
    """Address of a database of each kind with the starter data in it."""
    return copied(request.param, "starter")


def _fill(address: str, package: Path | None) -> None:
    from dashboard.importers.package import read_package
    from dashboard.store.store import open_store
    from dashboard.workflows.package.seed import seed

    store = open_store(address)
    if package is not None:
        seed(store.repository, read_package(package))
    store.close()


def _file(package: Path | None) -> Any:
    @pytest.fixture(scope="session")
    def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A SQLite file to be copied."""
        file: Path = tmp_path_factory.mktemp("template") / "atlas.sqlite"
        _fill(f"sqlite:///{file}", package)
        return file

    return file


def _template(package: Path | None) -> Any:
    @pytest.fixture(scope="session")
    def template(server: str) -> Iterator[str]:
        """Name of a database to be copied."""
        from sqlalchemy import make_url

        with _database(server, COLLATION) as address:
            _fill(address, package)
            yield str(make_url(address).database)

    return template


SMALL = Path(__file__).parent / "importers" / "small"
STARTER = Path(__file__).parents[1] / "data"
migrated_file, migrated_database = _file(None), _template(None)
small_file, small_database = _file(SMALL), _template(SMALL)
starter_file, starter_database = _file(STARTER), _template(STARTER)


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


@contextmanager
def _database(server: str, how: str) -> Iterator[str]:
    from sqlalchemy import create_engine, make_url, text

    name = f"atlas_{uuid.uuid4().hex}"
    if server not in ADMINS:
        ADMINS[server] = create_engine(server, isolation_level="AUTOCOMMIT")
    with ADMINS[server].connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} {how}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with ADMINS[server].connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def store(url: str) -> Iterator[Any]:
    """An empty store on a database of each kind."""
    from dashboard.store.store import open_store

    store = open_store(url)
    yield store
    store.close()


PLANTED = {  # locations and places with points that are easily told from the middle of any cell
    "lo-yard": (33.59771234, -7.61679876),
    "lo-plant": (33.61671234, -7.12679876),
    "pl-ben-slimane": (33.61671234, -7.12679876),
    "pl-rabat": (34.02091234, -6.84169876),
    "lo-order": (33.51231234, -7.01239876),
    "lo-meeting": (32.08081234, 34.78059876),
}


@dataclass(frozen=True)
class Planted:
    """A data package whose exact points, and words of what is protected, can be searched for."""

    folder: Path
    points: tuple[tuple[float, float], ...]

    def traces(self, found: bytes | str, digits: int = 3) -> list[str]:
        """Exact numbers that occur, to so many decimals; and to a metre where folding took the point out."""
        text = found.decode("utf-8", "replace") if isinstance(found, bytes) else found
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
