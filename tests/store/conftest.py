"""The store under test, on SQLite and on a private PostgreSQL alike."""

import os
import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from dashboard.importers.package import DataPackage, read_package
from dashboard.store.repository import Repository, Seed, open_repository

SMALL = Path(__file__).parents[1] / "importers" / "small"
POSTGRES_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
POSTGRES_USER = "postgres"  # PostgreSQL refuses to run as root; Debian's package brings this user


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
def package() -> Any:
    return read_package(SMALL)


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
        TemporaryDirectory(prefix="atlas-postgres-") as folder,
        _private_server(tools, Path(folder)) as address,
    ):
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'atlas.sqlite'}"
        return
    address = request.getfixturevalue("server")
    name = f"atlas_{uuid.uuid4().hex}"
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # A collation that is not by code points, as on most servers: order must not come from the database.
        order = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8' ENCODING 'UTF8' TEMPLATE template0"
        connection.execute(text(f"CREATE DATABASE {name} {order}"))
    yield make_url(address).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def repository(url: str) -> Iterator[Any]:
    repository = open_repository(url)
    yield repository
    repository.engine.dispose()


@pytest.fixture
def filled(repository: Repository, package: DataPackage) -> Any:
    seed = Seed(package.version, "", package.descriptor)
    repository.replace_all(package.tables, "seed", "first", seed=seed)
    return repository
