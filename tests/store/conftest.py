"""The store under test, on SQLite and on a private PostgreSQL alike."""

import multiprocessing
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from dashboard.importers.package import read_package
from dashboard.store.records.repository import Repository
from dashboard.store.store import Store

SMALL = Path(__file__).parents[1] / "importers" / "small"

# Processes that meet at a database are forked from one that has imported the store: importing takes a second.
multiprocessing.set_forkserver_preload(["dashboard.store.store"])


@pytest.fixture(scope="session")
def package() -> Any:
    return read_package(SMALL)


@pytest.fixture
def repository(store: Store) -> Any:
    return store.repository


@pytest.fixture
def url(request: pytest.FixtureRequest, database_kind: str, copied: Callable[[str, str], str]) -> str:
    """Address of a database of each kind, empty but for tests of the ``filled`` one."""
    return copied(database_kind, "small" if "filled" in request.fixturenames else "migrated")


@pytest.fixture
def filled(repository: Repository) -> Any:
    """The records of a store with the small package in it."""
    return repository


@pytest.fixture
def elsewhere(url: str, tmp_path: Path) -> Iterator[str]:
    """Address of another empty database of the same kind."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'other' / 'new.sqlite'}"
        return
    name = f"atlas_{uuid.uuid4().hex}"
    admin = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(url).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
