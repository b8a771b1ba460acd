"""Opening the database and its transactions; the one door to SQLite and PostgreSQL alike.

Every failure of the database becomes a `StoreError` that says what to do. A damaged file is refused at the
door and never repaired, replaced or deleted: it may be the only copy.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from dashboard.errors import AwayError, StoreError, UnsureError, UnwritableError
from dashboard.store.database.deadlines import Breaker, Limits, Patience
from dashboard.store.database.room import Room, Shortage
from dashboard.store.database.sentences import AWAY, DAMAGED, location_of, store_error, was_reset
from dashboard.store.database.sqlite import WRITE, bounded, damage, sqlite_engine

__all__ = ["location_of", "open_engine", "reading", "settled", "shortage", "watched", "writing"]

_R = TypeVar("_R")
_LIMITS: Final = "atlas_limits"
_BREAKER: Final = "atlas_breaker"
_ROOM: Final = "atlas_room"


def open_engine(url: str, limits: Limits | None = None) -> Engine:
    """Open a database and see that it is sound.

    Parameters
    ----------
    url
        SQLAlchemy address, such as ``sqlite:///atlas.sqlite`` or ``postgresql+psycopg://…``. The folder of a
        SQLite file is made when missing.
    limits
        How many connections there may be and how long they may wait; None for the usual.

    Returns
    -------
    Engine
        Engine whose transactions go through `reading` and `writing`.

    Raises
    ------
    StoreError
        If the address is wrong, the database cannot be reached or could lose what it has acknowledged, or the
        file is damaged or no database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            "The database address cannot be read: write it like sqlite:///atlas.sqlite", "?"
        ) from error
    shown = parsed.render_as_string(hide_password=True)
    limits = limits or Limits()
    try:
        if parsed.get_backend_name() == "sqlite":
            engine = sqlite_engine(parsed, limits)
        else:
            engine = _server_engine(parsed, limits)
    except NoSuchModuleError as error:
        message = f"The atlas knows no database of the kind {parsed.drivername!r}: use sqlite or postgresql"
        raise StoreError(message, shown) from error
    except ModuleNotFoundError as error:
        message = f"The driver {error.name} is not installed: run `pip install 'arsenal-atlas[hosting]'`"
        raise StoreError(message, shown) from error
    return watched(engine, limits)


def watched(engine: Engine, limits: Limits) -> Engine:
    """Take an engine into use: its limits hold from here on, and its database is looked at.

    Parameters
    ----------
    engine
        Engine of one of the two databases.
    limits
        Its limits.

    Returns
    -------
    Engine
        The same engine.

    Raises
    ------
    StoreError
        If the database is not sound; the engine is closed then.
    """
    engine.update_execution_options(**{_LIMITS: limits, _BREAKER: Breaker(), _ROOM: Room(engine.url)})
    try:
        _probe(engine)
    except StoreError:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine, *, thorough: bool = False, single: bool = False) -> Iterator[Connection]:
    """Open a transaction that sees one state of the database from beginning to end.

    Parameters
    ----------
    engine
        Engine made by `open_engine`.
    thorough
        Whether whole tables are read, which may take long; otherwise a statement is stopped after two
        seconds, because somebody waits for a page.
    single
        Whether no more than one statement is asked, which sees one state by itself: a server far away is then
        asked in one journey and not in three.

    Yields
    ------
    Connection
        Connection to read with.

    Raises
    ------
    AwayError
        If the database server does not answer.
    StoreError
        If the database fails, or took too long.
    """
    patience = _limits(engine).reading(thorough=thorough)
    with _connected(engine, writes=False) as connection:
        if engine.dialect.name == "postgresql":
            level = "AUTOCOMMIT" if single else "REPEATABLE READ"
            connection = connection.execution_options(isolation_level=level)  # noqa: PLW2901  # same
        with connection.begin(), _within(connection, patience, writes=False, thorough=thorough):
            yield connection


@contextmanager
def writing(engine: Engine, *, thorough: bool = False) -> Iterator[Connection]:
    """Open a transaction that may write; one at a time, and whole or not at all.

    Parameters
    ----------
    engine
        Engine made by `open_engine`.
    thorough
        Whether whole tables are written, which may take long.

    Yields
    ------
    Connection
        Connection to write with; committed at the end, rolled back on any exception.

    Raises
    ------
    UnsureError
        If the connection broke while the database was keeping it: it may be kept or not.
    AwayError
        If the database server does not answer; nothing was changed.
    UnwritableError
        If its disk is full or can only be read; nothing was changed.
    StoreError
        If the database fails or another writer holds it for too long; nothing was changed.
    """
    patience, room = _limits(engine).writing(thorough=thorough), _room(engine)
    room.demand()
    with _watching(room), _connected(engine, writes=True) as connection:
        connection = connection.execution_options(**{WRITE: True})  # noqa: PLW2901  # same connection
        written = False
        try:
            with connection.begin():
                with _within(connection, patience, writes=True, thorough=thorough):
                    yield connection
                written = True
        except DBAPIError as error:
            if not (written and error.connection_invalidated):
                raise
            message = (
                "The database went away while it was saving: it may have saved or not. Save once more: "
                f"the same change is kept only once ({error.orig})"
            )
            raise UnsureError(message, location_of(engine)) from error


def settled(write: Callable[[], _R]) -> _R:
    """Write, and once more when the database did not say whether it kept it.

    Parameters
    ----------
    write
        Writes under one operation id, so that it changes something once however often it is called.

    Returns
    -------
    object
        What the write gives.

    Raises
    ------
    UnsureError
        If the database did not say so the second time either.
    """
    try:
        return write()
    except UnsureError as unsure:
        try:
            return write()
        except StoreError as error:
            raise unsure from error  # not one that says that nothing was changed


def shortage(engine: Engine) -> Shortage | None:
    """Say whether the database takes writes, without asking it.

    Parameters
    ----------
    engine
        Engine made by `open_engine`.

    Returns
    -------
    Shortage or None
        None when it does, as far as is known.
    """
    return _room(engine).shortage()


@contextmanager
def _watching(room: Room) -> Iterator[None]:
    try:
        yield
    except UnwritableError:
        room.refused()
        raise
    room.written()


def _server_engine(url: URL, limits: Limits) -> Engine:
    from dashboard.store.database.postgresql import server_engine  # its driver need not be installed

    return server_engine(url, limits)


def _limits(engine: Engine) -> Limits:
    limits: Limits = engine.get_execution_options()[_LIMITS]
    return limits


def _room(engine: Engine) -> Room:
    room: Room = engine.get_execution_options()[_ROOM]
    return room


@contextmanager
def _connected(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    breaker: Breaker = engine.get_execution_options()[_BREAKER]
    if not breaker.admits():
        raise AwayError(f"{AWAY} (it did not answer a moment ago)", location_of(engine))
    is_open = False
    try:
        with _hurried(engine, writes=writes):
            connection = engine.connect()
        is_open = True
        breaker.heard()
        with connection:
            yield connection
    except SQLAlchemyError as error:
        told = store_error(error, engine)
        # One connection that broke keeps nobody else out: it is seen when the next is opened.
        if isinstance(told, AwayError) and not (is_open and was_reset(error)):
            breaker.lost()
        raise told from error


def _hurried(engine: Engine, *, writes: bool) -> AbstractContextManager[None]:
    if engine.dialect.name != "postgresql":
        return nullcontext()
    from dashboard.store.database.postgresql import hurried

    return hurried(writes=writes)


@contextmanager
def _within(connection: Connection, patience: Patience, *, writes: bool, thorough: bool) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        from dashboard.store.database.postgresql import prepare

        prepare(connection, patience, writes=writes, thorough=thorough)
        yield
    elif writes:
        yield
    else:
        with bounded(connection, patience):
            yield


def _probe(engine: Engine) -> None:
    with reading(engine, thorough=True) as connection:
        if engine.dialect.name != "sqlite":
            from dashboard.store.database.postgresql import refuse_unsafe

            refuse_unsafe(engine, connection)
            return
        found = damage(connection, "quick_check", 1)
    if found:
        raise StoreError(DAMAGED, location_of(engine))
