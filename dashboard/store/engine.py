"""Opening the database and its transactions; the only module that knows which database it is.

Every failure of the database becomes a `StoreError` that says what to do. A damaged file is refused at the
door and never repaired, replaced or deleted: it may be the only copy.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from dashboard.errors import StoreError

__all__ = ["location_of", "open_engine", "reading", "writing"]

BUSY_SECONDS: Final = 5
"""How long a writer waits for another before it gives up."""

_WRITE: Final = "atlas_write"
_LOCK_KEY: Final = 0x41746C61  # any number that all atlas processes share: "Atla"
_CONNECT_SECONDS: Final = 5
_MAGIC: Final = b"SQLite format 3\0"


def location_of(engine: Engine) -> str:
    """Give the address of a database without credentials.

    Parameters
    ----------
    engine
        The engine.

    Returns
    -------
    str
        Address to show to people.
    """
    return engine.url.render_as_string(hide_password=True)


def open_engine(url: str) -> Engine:
    """Open a database and see that it is sound.

    Parameters
    ----------
    url
        SQLAlchemy address, such as ``sqlite:///atlas.sqlite`` or ``postgresql+psycopg://…``. The folder of a
        SQLite file is made when missing.

    Returns
    -------
    Engine
        Engine whose transactions go through `reading` and `writing`.

    Raises
    ------
    StoreError
        If the address is wrong, the database cannot be reached, or the file is damaged or no database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            "The database address cannot be read: write it like sqlite:///atlas.sqlite", "?"
        ) from error
    shown = parsed.render_as_string(hide_password=True)
    try:
        engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _server(parsed)
    except NoSuchModuleError as error:
        message = f"The atlas knows no database of the kind {parsed.drivername!r}: use sqlite or postgresql"
        raise StoreError(message, shown) from error
    except ModuleNotFoundError as error:
        message = f"The driver {error.name} is not installed: run `pip install 'arsenal-atlas[hosting]'`"
        raise StoreError(message, shown) from error
    try:
        _probe(engine)
    except StoreError:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one state of the database from beginning to end.

    Parameters
    ----------
    engine
        Engine made by `open_engine`.

    Yields
    ------
    Connection
        Connection to read with.

    Raises
    ------
    StoreError
        If the database fails.
    """
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901  # same
            with connection.begin():
                yield connection
    except SQLAlchemyError as error:
        raise _store_error(error, engine) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that may write; one at a time, and whole or not at all.

    Parameters
    ----------
    engine
        Engine made by `open_engine`.

    Yields
    ------
    Connection
        Connection to write with; committed at the end, rolled back on any exception.

    Raises
    ------
    StoreError
        If the database fails or another writer holds it for too long.
    """
    try:
        with engine.connect() as connection:
            connection = connection.execution_options(**{_WRITE: True})  # noqa: PLW2901  # same connection
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
                yield connection
    except SQLAlchemyError as error:
        raise _store_error(error, engine) from error


def _server(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS})


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        _make_folder(Path(url.database), url)
        _refuse_other_files(Path(url.database), url)
    engine = create_engine(url)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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
        raise StoreError(_NO_DATABASE, url.render_as_string(hide_password=True))


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy's recipe for real transactions: a driver that sends BEGIN itself lets DDL commit alone.
    connection.isolation_level = None
    wanted = {"busy_timeout": BUSY_SECONDS * 1000, "foreign_keys": 1, "synchronous": 2}
    for name, value in wanted.items():
        connection.execute(f"PRAGMA {name} = {value}")
    # WAL lets readers go on while one writes; FULL is what keeps an acknowledged commit through a power cut.
    connection.execute("PRAGMA journal_mode = WAL")
    found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    if found != wanted:
        raise sqlite3.OperationalError(f"SQLite refused the settings of the atlas: {found}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another writer came between.
    immediate = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _probe(engine: Engine) -> None:
    with reading(engine) as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text("SELECT 1"))
            return
        answer = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if answer != "ok":
        raise StoreError(_DAMAGED, location_of(engine))


_KEEP: Final = "Nothing was changed."
_DAMAGED: Final = (
    f"The database file is damaged. {_KEEP} Move it aside and restore a backup, "
    "or start again with an empty data folder and import your last export"
)
_NO_DATABASE: Final = f"The file is no SQLite database. {_KEEP} Point ARSENAL_ATLAS_DB at another file"
# First match wins; the texts are those of SQLite's own result codes (sqlite.org/rescode.html).
_SENTENCES: Final = (
    ("not a database", _NO_DATABASE),
    ("malformed", _DAMAGED),
    ("locked", f"Another program is writing to the database. {_KEEP} Close it or try again in a moment"),
    ("busy", f"Another program is writing to the database. {_KEEP} Close it or try again in a moment"),
    (
        "readonly",
        f"The database may not be written. {_KEEP} Give yourself write permission on the file and its folder",
    ),
    (
        "unable to open",
        f"The database file cannot be opened. {_KEEP} Check that it is a file and its folder writable",
    ),
    ("disk is full", f"The disk is full. {_KEEP} Make room and try again"),
    ("disk i/o", f"The disk reports an error. {_KEEP} Make a copy of the file now and check the disk"),
    ("password", f"The database refuses the name or password. {_KEEP} Check ARSENAL_ATLAS_DB"),
    ("connection", f"The database server does not answer. {_KEEP} Check that it runs and ARSENAL_ATLAS_DB"),
)


def _store_error(error: SQLAlchemyError, engine: Engine) -> StoreError:
    original: Any = error.orig if isinstance(error, DBAPIError) else error
    detail = str(original).strip().splitlines()[0] if str(original).strip() else type(original).__name__
    lowered = detail.lower()
    for sign, sentence in _SENTENCES:
        if sign in lowered:
            return StoreError(f"{sentence} ({detail})", location_of(engine))
    return StoreError(f"The database failed. {_KEEP} It said: {detail}", location_of(engine))
