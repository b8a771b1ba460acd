"""A disk that takes nothing more, a writer that does not let go, a question without end."""

import itertools
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, make_url, text

from dashboard.errors import AwayError, StoreError, UnwritableError
from dashboard.store.database import postgresql as postgresql_module
from dashboard.store.database import sqlite as sqlite_module
from dashboard.store.database.deadlines import Limits
from dashboard.store.database.engine import open_engine, reading, shortage, writing

ROOT = Path(__file__).parents[2]
SHORT_DISK = Path(__file__).parent / "short_disk.py"
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def file(tmp_path: Path) -> Any:
    return tmp_path / "atlas.sqlite"


@pytest.fixture
def engine(file: Path) -> Iterator[Any]:
    engine = open_engine(f"sqlite:///{file}", Limits(read_seconds=0.3))
    add(engine, 0, begin=True)
    yield engine
    engine.dispose()


def add(engine: Engine, number: int, *, begin: bool = False) -> None:
    with writing(engine) as connection:
        if begin:
            connection.execute(text("CREATE TABLE t (n integer, filling text)"))
        connection.execute(text("INSERT INTO t VALUES (:n, :f)"), {"n": number, "f": "x" * 20_000})


def count(engine: Engine) -> Any:
    with reading(engine) as connection:
        return connection.execute(text("SELECT count(*) FROM t")).scalar_one()


def integrity(file: Path) -> Any:
    connection = sqlite3.connect(file)
    answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    return answer


def add_until_refused(engine: Engine) -> tuple[int, str]:
    """How many rows are in when the first is refused, and in which words."""
    for number in range(1, 200):
        try:
            add(engine, number)
        except StoreError as error:
            return number, str(error)
    raise AssertionError("the disk never ended")


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_nothing_is_half_written_and_reading_goes_on(engine: Engine, file: Path) -> None:
    event.listen(engine, "connect", lambda driver, _record: driver.execute("PRAGMA max_page_count = 200"))
    engine.dispose()
    written, words = add_until_refused(engine)
    assert "The disk is full" in words
    assert count(engine) == written > 1
    engine.dispose()
    assert integrity(file) == "ok"


def test_when_the_system_takes_no_more_bytes_everything_acknowledged_is_there(
    engine: Engine, file: Path
) -> None:
    with files_no_larger_than(400_000):
        written, words = add_until_refused(engine)
        assert "disk" in words
        assert count(engine) == written > 1
    engine.dispose()
    assert integrity(file) == "ok"
    add(engine, written)
    assert count(engine) == written + 1


def test_on_a_disk_that_can_only_be_read_reading_goes_on(engine: Engine, file: Path) -> None:
    with files_no_larger_than(0):
        with pytest.raises(StoreError, match="disk"):
            add(engine, 1)
        assert count(engine) == 1
    add(engine, 1)
    assert count(engine) == 2
    engine.dispose()
    assert integrity(file) == "ok"


def in_a_disk_of_its_own(folder: Path) -> Any:
    """What an atlas saw on a disk that fills up; skips where nobody may mount one."""
    own = ["unshare", "--user", "--map-root-user", "--mount"]
    allowed = subprocess.run(
        [*own, "mount", "-t", "tmpfs", "none", str(folder)], capture_output=True, check=False
    )
    if allowed.returncode:
        pytest.skip("no disk can be mounted here: the tests with a limit for files stand in for it")
    done = subprocess.run(
        [*own, sys.executable, str(SHORT_DISK), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare")
def test_a_full_disk_is_said_before_a_save_fails_and_takes_nothing(tmp_path: Path) -> None:
    seen = in_a_disk_of_its_own(tmp_path)
    assert seen["low"][0] is False
    assert "nearly full" in seen["low"][1]
    for fault, words in (
        ("nearly full", "The disk is full. Nothing was changed."),
        ("no byte", "The disk is full. Nothing was changed."),
        ("read only", "The disk of the database can only be read. Nothing was changed."),
    ):
        assert seen[fault]["banner"][0] is True
        assert "Nothing can be saved for now" in seen[fault]["banner"][1]
        assert seen[fault]["save"].startswith(f"UnwritableError: {words}")
        assert seen[fault]["records"] == 4
    # By itself again, without a restart.
    assert [seen["saved"], seen["room again"], seen["writable again"]] == ["", "", ""]
    assert seen["verified"] == []
    assert seen["integrity"] == "ok"


@pytest.mark.postgres
def test_a_server_that_refuses_to_write_is_remembered_until_it_takes_a_write(postgres: Any) -> None:
    address = postgres.new_database()
    engine = open_engine(address)
    add(engine, 0, begin=True)
    name = make_url(address).database
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        engine.dispose()
        assert shortage(engine) is None
        with pytest.raises(UnwritableError, match="takes no writing now"):
            add(engine, 1)
        found = shortage(engine)
        assert found is not None
        assert "it refused the last change" in found.sentence
        assert count(engine) == 1
        admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    engine.dispose()
    add(engine, 1)
    assert shortage(engine) is None
    engine.dispose()


def test_a_process_that_holds_the_file_is_named_and_readers_go_on(
    engine: Engine, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_module, "BUSY_SECONDS", 0.2)
    engine.dispose()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match="Another program is writing"):
            add(engine, 1)
        assert count(engine) == 1
        holder.stdin.close()
    add(engine, 1)
    assert count(engine) == 2


@pytest.mark.postgres
def test_a_writer_that_does_not_let_go_of_the_server_is_named_and_readers_go_on(
    postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_module, "_LOCK_SECONDS", 0.2)
    address = postgres.new_database()
    engine = open_engine(address)
    add(engine, 0, begin=True)
    with psycopg.connect(address.replace("+psycopg", "")) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [postgresql_module._LOCK_KEY])
        with pytest.raises(StoreError, match="Another program is writing") as caught:
            add(engine, 1)
        assert not isinstance(caught.value, AwayError)
        assert count(engine) == 1
    add(engine, 1)
    assert count(engine) == 2
    engine.dispose()


def test_a_question_without_end_is_stopped_and_the_next_is_answered(engine: Engine) -> None:
    with pytest.raises(StoreError, match="took too long"), reading(engine) as connection:
        connection.execute(text(ENDLESS)).scalar_one()
    assert count(engine) == 1
    with writing(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 1


def test_many_short_questions_in_a_row_are_not_stopped(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = itertools.count()  # a clock on which every look takes a tenth of a second
    monkeypatch.setattr(sqlite_module, "time", SimpleNamespace(monotonic=lambda: next(ticks) / 10))
    short = text(f"{ENDLESS.replace('FROM n)', 'FROM n WHERE i < 2000)')}")
    with reading(engine) as connection:
        answers = [connection.execute(short).scalar_one() for _ in range(40)]
    assert answers == [2_000] * 40
