import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from dashboard.errors import AwayError, StoreError
from dashboard.importers.package import DataPackage
from dashboard.store.database import sqlite as sqlite_module
from dashboard.store.database.engine import location_of, open_engine, reading, writing
from dashboard.store.records.repository import Repository, Seed
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation

NOBODY = 65534
EDIT = Operation.new("ana", "edit", "")


@pytest.fixture
def file(tmp_path: Path) -> Any:
    return tmp_path / "atlas.sqlite"


@pytest.fixture
def filled_file(file: Path, package: DataPackage) -> Any:
    repository = open_store(f"sqlite:///{file}").repository
    repository.replace_all(
        package.tables,
        Operation.new("seed", "seed", "", "first"),
        seed=Seed(package.version, "", package.descriptor),
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


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_new_database_is_for_its_owner_alone(file):
    before = os.umask(0)
    try:
        store = open_store(f"sqlite:///{file}")
        try:
            with writing(store.engine) as connection:
                connection.execute(text("CREATE TABLE t (a)"))
            made = {
                path.name: path.stat().st_mode & 0o777 for path in file.parent.iterdir() if path.is_file()
            }
        finally:
            store.close()
    finally:
        os.umask(before)
    assert {"atlas.sqlite", "atlas.sqlite-wal", "atlas.sqlite-shm"} <= set(made)
    assert {mode for name, mode in made.items() if name.startswith("atlas.sqlite")} == {0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_database_that_is_there_keeps_the_permissions_its_owner_gave_it(file):
    open_store(f"sqlite:///{file}").close()
    file.chmod(0o640)
    open_store(f"sqlite:///{file}").close()
    assert file.stat().st_mode & 0o777 == 0o640


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
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == data


def test_a_folder_in_place_of_the_file_is_refused(file: Path) -> None:
    file.mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(f"sqlite:///{file}")


def test_a_truncated_database_is_refused_and_kept(filled_file: Path) -> None:
    data = filled_file.read_bytes()[: filled_file.stat().st_size // 2]
    filled_file.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        open_store(f"sqlite:///{filled_file}")
    assert filled_file.read_bytes() == data


def test_a_database_with_flipped_pages_is_refused_and_kept(filled_file: Path) -> None:
    data = bytearray(filled_file.read_bytes())
    data[4096:20480] = bytes(255 - byte for byte in data[4096:20480])
    filled_file.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        open_store(f"sqlite:///{filled_file}")
    assert filled_file.read_bytes() == bytes(data)


def test_a_point_that_another_hand_put_off_the_globe_is_no_damage_and_hides_none(filled_file: Path) -> None:
    with closing(sqlite3.connect(filled_file)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = on")
        connection.execute("UPDATE locations SET lat = 951.0 WHERE id = 'lo-yard'")
        connection.commit()
        root, size = (
            connection.execute(question).fetchone()[0]
            for question in (
                "SELECT rootpage FROM sqlite_master WHERE name = 'ix_changes_record_id'",
                "PRAGMA page_size",
            )
        )
    store = open_store(f"sqlite:///{filled_file}")
    # The rules hold for whoever writes through the atlas, on the connection that was looked at too.
    with pytest.raises(StoreError, match="CHECK"), writing(store.engine) as connection:
        connection.execute(text("UPDATE locations SET lat = 952.0 WHERE id = 'lo-yard'"))
    store.close()
    data = bytearray(filled_file.read_bytes())
    data[(root - 1) * size : root * size] = bytes(
        255 - byte for byte in data[(root - 1) * size : root * size]
    )
    filled_file.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        open_store(f"sqlite:///{filled_file}")


def test_an_empty_file_is_a_new_database(file: Path) -> None:
    file.touch()
    repository = open_store(f"sqlite:///{file}").repository
    assert repository.data_version() == ""
    repository.engine.dispose()


def test_a_read_only_folder_is_named(filled_file: Path) -> None:
    filled_file.parent.chmod(0o555)
    with unprivileged(filled_file), pytest.raises(StoreError, match="write"):
        open_store(f"sqlite:///{filled_file}")
    filled_file.parent.chmod(0o755)


def test_a_read_only_file_is_named_when_something_is_written(filled_file: Path, package: DataPackage) -> None:
    filled_file.chmod(0o444)
    filled_file.parent.chmod(0o777)
    with unprivileged(filled_file), pytest.raises(StoreError, match="write permission"):
        Repository(open_engine(f"sqlite:///{filled_file}")).replace_all(package.tables, EDIT)
    filled_file.chmod(0o644)
    repository = open_store(f"sqlite:///{filled_file}").repository
    assert repository.read_tables() == package.tables
    repository.engine.dispose()


def test_a_locked_database_is_named_and_readers_go_on(
    filled_file: Path, package: DataPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_module, "BUSY_SECONDS", 0)
    repository = Repository(open_engine(f"sqlite:///{filled_file}"))
    other = sqlite3.connect(filled_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="Another program is writing"):
        repository.replace_all({}, EDIT)
    assert repository.read_tables() == package.tables
    other.execute("ROLLBACK")
    other.close()
    repository.engine.dispose()


def test_a_reader_sees_one_state_while_another_writes(filled_file: Path, package: DataPackage) -> None:
    repository = Repository(open_engine(f"sqlite:///{filled_file}"))
    count = text("SELECT count(*) FROM citations")
    with reading(repository.engine) as connection:
        before = connection.execute(count).scalar_one()
        writer = threading.Thread(target=repository.replace_all, args=({}, EDIT))
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
            repository.replace_all(package.tables, Operation.new(name, "turn", ""))
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
            connection.execute(text("DELETE FROM site_status"))
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


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"database": "nowhere"}, "There is no such database"),
        ({"username": "nobody"}, "refuses the name or password"),
        ({"port": 1}, "does not answer"),
    ],
)
def test_a_server_that_cannot_be_used_is_named_with_what_to_do(
    server: str, change: dict[str, Any], words: str
) -> None:
    address = make_url(server).set(**change, password="secret")  # noqa: S106  # nobody's
    with pytest.raises(StoreError, match=words) as caught:
        open_engine(address.render_as_string(hide_password=False))
    assert "secret" not in str(caught.value) + caught.value.location
    assert isinstance(caught.value, AwayError) == (words == "does not answer")
