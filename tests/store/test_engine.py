import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dashboard.errors import StoreError
from dashboard.importers.package import DataPackage
from dashboard.store import engine as engine_module
from dashboard.store.engine import location_of, open_engine, reading, writing
from dashboard.store.repository import Repository, Seed, open_repository

NOBODY = 65534


@pytest.fixture
def file(tmp_path: Path) -> Any:
    return tmp_path / "atlas.sqlite"


@pytest.fixture
def filled_file(file: Path, package: DataPackage) -> Any:
    repository = open_repository(f"sqlite:///{file}")
    repository.replace_all(
        package.tables, "seed", "first", seed=Seed(package.version, "", package.descriptor)
    )
    repository.engine.dispose()
    return file


@contextmanager
def unprivileged(*paths: Path) -> Iterator[Any]:
    """Give the paths to nobody and become nobody: root may write anything, whatever the permissions say."""
    if os.geteuid():
        yield
        return
    folders = {parent for path in paths for parent in path.parents if parent.stat().st_uid == 0}
    modes = {folder: folder.stat().st_mode for folder in folders}
    for path in paths:
        os.chown(path, NOBODY, NOBODY)
    for folder, mode in modes.items():
        folder.chmod(mode | 0o011)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        for folder, mode in modes.items():
            folder.chmod(mode)


def test_the_settings_that_keep_acknowledged_writes_are_on(file: Path) -> None:
    engine = open_engine(f"sqlite:///{file}")
    with reading(engine) as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    engine.dispose()
    assert found == ["wal", 2, 1, 5000]


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    open_engine(f"sqlite:///{tmp_path / 'a' / 'b' / 'atlas.sqlite'}").dispose()
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        open_engine(f"sqlite:///{tmp_path / 'a' / 'b' / 'atlas.sqlite'}")


@pytest.mark.parametrize("data", [b"name,kind\nyard,shipyard\n" * 100, b"\x89PNG\r\n" + bytes(2000), b"x"])
def test_a_file_that_is_no_database_is_refused_and_kept(file: Path, data: Any) -> None:
    file.write_bytes(data)
    with pytest.raises(StoreError, match="no SQLite database"):
        open_repository(f"sqlite:///{file}")
    assert file.read_bytes() == data


def test_a_folder_in_place_of_the_file_is_refused(file: Path) -> None:
    file.mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        open_repository(f"sqlite:///{file}")


def test_a_truncated_database_is_refused_and_kept(filled_file: Path) -> None:
    data = filled_file.read_bytes()[: filled_file.stat().st_size // 2]
    filled_file.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        open_repository(f"sqlite:///{filled_file}")
    assert filled_file.read_bytes() == data


def test_a_database_with_flipped_pages_is_refused_and_kept(filled_file: Path) -> None:
    data = bytearray(filled_file.read_bytes())
    data[4096:20480] = bytes(255 - byte for byte in data[4096:20480])
    filled_file.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        open_repository(f"sqlite:///{filled_file}")
    assert filled_file.read_bytes() == bytes(data)


def test_an_empty_file_is_a_new_database(file: Path) -> None:
    file.touch()
    repository = open_repository(f"sqlite:///{file}")
    assert repository.data_version() == ""
    repository.engine.dispose()


def test_a_read_only_folder_is_named(filled_file: Path) -> None:
    filled_file.parent.chmod(0o555)
    with unprivileged(filled_file), pytest.raises(StoreError, match="write"):
        open_repository(f"sqlite:///{filled_file}")
    filled_file.parent.chmod(0o755)


def test_a_read_only_file_is_named_when_something_is_written(filled_file: Path, package: DataPackage) -> None:
    filled_file.chmod(0o444)
    filled_file.parent.chmod(0o777)
    with unprivileged(filled_file), pytest.raises(StoreError, match="write permission"):
        Repository(open_engine(f"sqlite:///{filled_file}")).replace_all(package.tables, "ana", "edit")
    filled_file.chmod(0o644)
    repository = open_repository(f"sqlite:///{filled_file}")
    assert repository.read_tables() == package.tables
    repository.engine.dispose()


def test_a_locked_database_is_named_and_readers_go_on(
    filled_file: Path, package: DataPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0)
    repository = Repository(open_engine(f"sqlite:///{filled_file}"))
    other = sqlite3.connect(filled_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="Another program is writing"):
        repository.replace_all({}, "ana", "clear")
    assert repository.read_tables() == package.tables
    other.execute("ROLLBACK")
    other.close()
    repository.engine.dispose()


def test_a_reader_sees_one_state_while_another_writes(filled_file: Path, package: DataPackage) -> None:
    repository = Repository(open_engine(f"sqlite:///{filled_file}"))
    count = text("SELECT count(*) FROM citations")
    with reading(repository.engine) as connection:
        before = connection.execute(count).scalar_one()
        writer = threading.Thread(target=repository.replace_all, args=({}, "ana", "clear"))
        writer.start()
        writer.join()
        assert connection.execute(count).scalar_one() == before > 0
    with reading(repository.engine) as connection:
        assert connection.execute(count).scalar_one() == 0
    repository.engine.dispose()


def test_two_writers_take_turns(filled_file: Path, package: DataPackage) -> None:
    repository = Repository(open_engine(f"sqlite:///{filled_file}"))
    errors = []

    def write(name: Any) -> None:
        try:
            repository.replace_all(package.tables, name, "turn")
        except StoreError as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    assert repository.read_tables() == package.tables
    repository.engine.dispose()


def test_an_exception_of_the_caller_undoes_the_write_and_comes_through(
    filled_file: Path, package: DataPackage
) -> None:
    engine = open_engine(f"sqlite:///{filled_file}")

    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(text("DELETE FROM changes"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert Repository(engine).read_tables() == package.tables
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("", "address"),
        ("atlas.sqlite", "address"),
        ("oracle9://x/y", "sqlite or postgresql"),
        ("postgresql+pg9000://x/y", "sqlite or postgresql"),
    ],
)
def test_an_address_that_is_none_says_what_one_looks_like(url: str, hint: str) -> None:
    with pytest.raises(StoreError, match=hint):
        open_engine(url)


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"arsenal-atlas\[hosting\]"):
        open_engine("postgresql+psycopg://ana:secret@localhost/atlas")


def test_no_message_shows_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError) as caught:
        open_engine("postgresql+psycopg://ana:secret@localhost/atlas")
    assert "secret" not in str(caught.value) + caught.value.location


def test_the_location_of_a_database_can_be_shown(file: Path) -> None:
    engine = open_engine(f"sqlite:///{file}")
    assert location_of(engine) == f"sqlite:///{file}"
    engine.dispose()
