"""Databases of both kinds for tests: a private PostgreSQL, and templates, filled once and then copied."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

POSTGRES_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
POSTGRES_USER = "postgres"  # PostgreSQL refuses to run as root; Debian's package brings this user
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own in it: no test here cuts the power
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
# A collation that is not by code points, as on most servers: order must not come from the database.
COLLATION = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8' ENCODING 'UTF8' TEMPLATE template0"
ADMINS: dict[str, Any] = {}  # one engine a server makes and drops all the databases of its tests
SMALL = Path(__file__).parent / "importers" / "small"
STARTER = Path(__file__).parents[1] / "data"


class _Statements(dict[Any, Any]):
    """Compiled statements of one kind of database, for all its engines: their dialects are set up alike."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, statement: Any) -> None:
        super().__setitem__(key[1:], statement)


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Compile a statement once: the atlas has one engine a process, but tests have one for each test."""
    from dashboard.store.database import engine as module

    known: dict[str, _Statements] = {}
    watched = module.watched

    def with_statements(engine: Any, limits: Any) -> Any:
        statements = known.setdefault(engine.dialect.name, _Statements())
        engine.update_execution_options(compiled_cache=statements)
        return watched(engine, limits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "watched", with_statements)
        yield


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
    return int(sys.modules["tests_ports"].free_port())


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
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database."""
    return str(request.param)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """Address of a database of each kind without any tables."""
    if database_kind == "sqlite":
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


@pytest.fixture
def url(database_kind: str, copied: Callable[[str, str], str]) -> str:
    """Address of a database of each kind with the tables of today and nothing in them."""
    return copied(database_kind, "migrated")


@pytest.fixture
def small_url(database_kind: str, copied: Callable[[str, str], str]) -> str:
    """Address of a database of each kind with the small package in it."""
    return copied(database_kind, "small")


@pytest.fixture
def starter_url(database_kind: str, copied: Callable[[str, str], str]) -> str:
    """Address of a database of each kind with the starter data in it."""
    return copied(database_kind, "starter")


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


migrated_file, migrated_database = _file(None), _template(None)
small_file, small_database = _file(SMALL), _template(SMALL)
starter_file, starter_database = _file(STARTER), _template(STARTER)


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
