import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.errors import StoreError
from dashboard.exports.package import write_package
from dashboard.importers.package import DataPackage, read_package
from dashboard.store.records.repository import Repository
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.package.seed import package_of, seed

SMALL = Path(__file__).parents[2] / "importers" / "small"


@pytest.fixture
def package() -> Any:
    return read_package(SMALL)


@pytest.fixture
def newer(package: DataPackage) -> Any:
    sites = (package.tables["sites"][0], replace(package.tables["sites"][1], name="Great yard"))
    return DataPackage.of({**package.tables, "sites": sites}, package.descriptor)


@pytest.fixture
def repository(url: str) -> Iterator[Any]:
    store = open_store(url)
    yield store.repository
    store.close()


def test_an_empty_database_is_filled(repository: Repository, package: DataPackage) -> None:
    result = seed(repository, package)
    assert (result.action, result.changes) == ("seeded", ())
    assert repository.read_tables() == package.tables


def test_seeding_again_does_nothing(
    repository: Repository, package: DataPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(repository, package)
    monkeypatch.setattr(Repository, "replace_all", None)
    assert seed(repository, package).action == "unchanged"


def test_the_package_comes_back_byte_for_byte(
    repository: Repository, package: DataPackage, tmp_path: Path
) -> None:
    seed(repository, package)
    write_package(package_of(repository), tmp_path / "out")
    for path in SMALL.iterdir():
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()


def test_an_unedited_database_is_brought_up_to_date_and_says_what_changed(
    repository: Repository, package: DataPackage, newer: DataPackage
) -> None:
    seed(repository, package)
    result = seed(repository, newer)
    assert result.action == "updated"
    assert [(c.record_id, c.field, c.before, c.after) for c in result.changes] == [
        ("st-yard", "name", "Yard", "Great yard")
    ]
    assert package.version in result.changes[0].why
    assert newer.version in result.changes[0].why
    assert repository.changes("st-yard")[-1] == result.changes[0]
    assert repository.get_site("st-yard").name == "Great yard"
    assert seed(repository, newer).action == "unchanged"


def test_an_updated_database_can_be_updated_again(
    repository: Repository, package: DataPackage, newer: DataPackage
) -> None:
    seed(repository, package)
    seed(repository, newer)
    assert seed(repository, package).action == "updated"
    assert repository.get_site("st-yard").name == "Yard"


def test_a_database_with_edits_is_left_alone(
    repository: Repository, package: DataPackage, newer: DataPackage
) -> None:
    seed(repository, package)
    actors = (*package.tables["actors"][:2], replace(package.tables["actors"][2], name="Mine"))
    repository.replace_all({**package.tables, "actors": actors}, Operation.new("ana", "edit", ""))
    before = repository.read_tables()
    assert seed(repository, package).action == "unchanged"
    result = seed(repository, newer)
    assert result.action == "kept"
    assert "edits of its own" in result.message
    assert repository.read_tables() == before


def test_a_database_filled_by_an_import_is_left_alone(
    repository: Repository, package: DataPackage, newer: DataPackage
) -> None:
    repository.replace_all(package.tables, Operation.new("ana", "import", ""))
    assert seed(repository, package).action == "unchanged"
    assert seed(repository, newer).action == "kept"


def test_starting_many_at_once_seeds_once(url: str, package: DataPackage) -> None:
    open_store(url).close()
    actions, repositories = [], [open_store(url).repository for _ in range(4)]
    threads = [
        threading.Thread(target=lambda r=r: actions.append(seed(r, package).action)) for r in repositories
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(actions) == ["seeded", "unchanged", "unchanged", "unchanged"]
    assert repositories[0].read_tables() == package.tables
    for repository in repositories:
        repository.engine.dispose()


def test_losing_the_race_to_an_editor_is_told(
    repository: Repository, package: DataPackage, newer: DataPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(repository, package)
    look = repository.seed()

    def edited_meanwhile(_self: Repository) -> Any:
        repository.replace_all(
            {**package.tables, "places": package.tables["places"][:1]}, Operation.new("ana", "edit", "")
        )
        return look

    monkeypatch.setattr(Repository, "seed", edited_meanwhile)
    with pytest.raises(StoreError, match="meanwhile"):
        seed(repository, newer)
    assert len(repository.read_tables()["places"]) == 1
