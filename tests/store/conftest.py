"""The store under test, on SQLite and on a private PostgreSQL alike."""

from pathlib import Path
from typing import Any

import pytest

from dashboard.importers.package import DataPackage, read_package
from dashboard.store.records.repository import Repository, Seed
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation

SMALL = Path(__file__).parents[1] / "importers" / "small"


@pytest.fixture(scope="session")
def package() -> Any:
    return read_package(SMALL)


@pytest.fixture
def repository(store: Store) -> Any:
    return store.repository


@pytest.fixture
def filled(repository: Repository, package: DataPackage) -> Any:
    seed = Seed(package.version, "", package.descriptor)
    repository.replace_all(package.tables, Operation.new("seed", "seed", "", "first"), seed=seed)
    return repository
