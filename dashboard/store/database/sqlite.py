"""SQLite as the atlas needs it: commits that outlive a power cut, writers that queue, questions that end."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from dashboard.errors import StoreError
from dashboard.store.database.deadlines import Limits, Patience
from dashboard.store.database.sentences import NO_DATABASE

__all__ = ["BUSY_SECONDS", "PRAGMAS", "WRITE", "bounded", "damage", "sqlite_engine"]

BUSY_SECONDS: Final = 5
"""How long a writer waits for another before it gives up."""

PRAGMAS: Final = {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}
"""Settings of every connection. WAL lets readers go on while one writes; synchronous 2 (FULL) keeps an
acknowledged commit through a power cut: WAL with 1 (NORMAL) loses the last ones."""

WRITE: Final = "atlas_write"
"""Option of a connection whose transaction may write."""

_PRIVATE: Final = 0o600
_MAGIC: Final = b"SQLite format 3\0"
_STEPS: Final = 20_000  # of SQLite's machine between two looks at the clock: some milliseconds
_BEGAN: Final = "atlas_statement_began"


def sqlite_engine(
    url: URL, limits: Limits, connect: Callable[[], sqlite3.Connection] | None = None
) -> Engine:
    """Make an engine for a SQLite file.

    Parameters
    ----------
    url
        Address. The folder of the file is made when missing.
    limits
        Size of the pool.
    connect
        Opens a connection in place of the driver, for a database that is on no ordinary file system.

    Returns
    -------
    Engine
        The engine; nothing is opened yet.

    Raises
    ------
    StoreError
        If the folder cannot be made or the file is no database.
    """
    options: dict[str, Any] = {} if connect is None else {"creator": connect}
    if url.database and url.database != ":memory:":
        options |= _pool(limits)
        if connect is None:
            _make_folder(Path(url.database), url)
            _refuse_other_files(Path(url.database), url)
            _make_private(Path(url.database))
    engine = create_engine(url, hide_parameters=True, **options)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _note_beginning)
    return engine


@contextmanager
def bounded(connection: Connection, patience: Patience) -> Iterator[None]:
    """Stop any statement that takes too long.

    Parameters
    ----------
    connection
        Connection that reads.
    patience
        How long a statement may take.

    Yields
    ------
    None
        While the limit holds.
    """
    driver: Any = connection.connection.dbapi_connection
    info = connection.info
    info[_BEGAN] = time.monotonic()

    def too_long() -> bool:
        return bool(time.monotonic() - info[_BEGAN] > patience.statement)

    driver.set_progress_handler(too_long, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
        info.pop(_BEGAN, None)


def damage(connection: Connection, check: str, most: int) -> list[str]:
    """Have SQLite look for damage of the file.

    A value that breaks a rule of a table is no damage: somebody put it in who had switched the rules off, and
    the rest of the file is as good as before. `store.database.verify` reports it by the name of its record.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    check
        ``quick_check`` or ``integrity_check``.
    most
        Most findings.

    Returns
    -------
    list of str
        In SQLite's words; empty when the file is whole.
    """
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = 1")
    try:
        found = connection.exec_driver_sql(f"PRAGMA {check}({most})").scalars().all()
    finally:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = 0")
    return [answer for answer in found if answer != "ok"]


def _pool(limits: Limits) -> dict[str, Any]:
    return {"pool_size": limits.pool_size, "max_overflow": 0, "pool_timeout": limits.pool_seconds}


def _make_folder(file: Path, url: URL) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {file.parent} cannot be made ({error.strerror}): choose another data folder"
        raise StoreError(message, url.render_as_string(hide_password=True)) from error


def _refuse_other_files(file: Path, url: URL) -> None:
    # SQLite takes a file below one page for a new database and writes over it.
    try:
        with file.open("rb") as opened:
            start = opened.read(len(_MAGIC))
    except OSError:
        return  # SQLite opens what this could not, or says why not
    if start and start != _MAGIC:
        raise StoreError(NO_DATABASE, url.render_as_string(hide_password=True))


def _make_private(file: Path) -> None:
    """Make a file that is not there yet for its owner alone: exact places are in it.

    SQLite takes an empty file for a new database, and gives its log and index the same permissions.
    """
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
    except OSError:
        return  # there already, or SQLite says why it cannot be made


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy's recipe for real transactions: a driver that sends BEGIN itself lets DDL commit alone.
    connection.isolation_level = None
    wanted = {"busy_timeout": BUSY_SECONDS * 1000, **PRAGMAS}
    for name, value in wanted.items():
        connection.execute(f"PRAGMA {name} = {value}")
    found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    if found != wanted:
        raise sqlite3.OperationalError(f"SQLite refused the settings of the atlas: {found}")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another writer came between.
    immediate = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _note_beginning(connection: Connection, *_rest: object) -> None:
    if _BEGAN in connection.info:
        connection.info[_BEGAN] = time.monotonic()
