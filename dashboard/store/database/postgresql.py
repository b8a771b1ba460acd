"""PostgreSQL as the atlas needs it: commits that are on the disk, and no thread that waits for ever.

libpq has no deadline for an answer, and TCP notices nothing when a box in between acknowledges and drops
everything. So the connection itself counts the silence, and is thrown away when it lasts too long.
"""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from dashboard.errors import StoreError
from dashboard.store.database.deadlines import Limits, Patience
from dashboard.store.database.sentences import GIVEN_UP, KEEP, location_of

__all__ = ["PatientConnection", "hurried", "prepare", "refuse_unsafe", "server_engine"]

_R = TypeVar("_R")
_LOCK_KEY: Final = 0x41746C61  # any number that all atlas processes share: "Atla"
_CONNECT_SECONDS: Final = 2  # the least that psycopg takes
_LOCK_SECONDS: Final = 5
_PING: Final = Patience(0.8, 0.8)
_PING_AFTER: Final = 30.0
_WAKE_SECONDS: Final = 0.1
_ABANDONED_SECONDS: Final = 15
_ABANDONED_THOROUGH_SECONDS: Final = 600
_CONNECT_WITHIN: Final = 1.0
_OPTIONS: Final = {
    "application_name": "arsenal-atlas",
    "connect_timeout": _CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
_USED: Final = "atlas_used"
_OFF: Final = "off"

_connect_until: ContextVar[float | None] = ContextVar("connect_until", default=None)
_writes: ContextVar[bool] = ContextVar("writes", default=False)


class PatientConnection(psycopg.Connection[Any]):
    """A connection that counts as dead when it was silent for too long.

    Parameters
    ----------
    pgconn, row_factory
        What psycopg makes a connection of.
    """

    patience: Patience = Limits().reading(thorough=False)
    """How long it may wait; a new transaction sets its own with `spare`."""

    waited: float = 0.0
    """Seconds waited since then."""

    def spare(self, patience: Patience) -> None:
        """Begin to count anew.

        Parameters
        ----------
        patience
            How long it may wait from now on.
        """
        self.patience = patience
        self.waited = 0.0

    def wait(self, gen: PQGen[_R], interval: float = _WAKE_SECONDS, timeout: float | None = None) -> _R:
        """Wait for the server, but not for ever.

        Parameters
        ----------
        gen
            What psycopg waits for.
        interval
            Seconds between two looks at the clock.
        timeout
            Seconds that the caller of psycopg wants to wait.

        Returns
        -------
        object
            What psycopg waited for.
        """
        began = time.monotonic()
        try:
            return super().wait(self._heard(gen), min(interval, _WAKE_SECONDS), timeout)
        finally:
            self.waited += time.monotonic() - began

    def _heard(self, gen: PQGen[_R]) -> PQGen[_R]:
        # psycopg resumes its generators with 0 when nothing came within the interval.
        began = last = time.monotonic()
        left = float("inf") if self.patience.total is None else self.patience.total - self.waited
        try:
            state = next(gen)
            while True:
                ready = yield state
                now = time.monotonic()
                last = now if ready else last
                if now - last > self.patience.silence or now - began > left:
                    self.pgconn.finish()
                    message = f"{GIVEN_UP}: no answer within {now - last:.1f} s"
                    raise psycopg.OperationalError(message)
                state = gen.send(ready)
        except StopIteration as stop:
            result: _R = stop.value
            return result
        finally:
            gen.close()


def server_engine(url: URL, limits: Limits) -> Engine:
    """Make an engine for a PostgreSQL server.

    Parameters
    ----------
    url
        Address.
    limits
        Size of the pool, and the limits of reading, which hold for every session.

    Returns
    -------
    Engine
        The engine; nothing is opened yet.
    """
    engine = create_engine(
        url,
        pool_size=limits.pool_size,
        max_overflow=0,  # what overflows is closed when it comes back: the busiest time would pay for it
        pool_timeout=limits.pool_seconds,
        pool_use_lifo=True,
        hide_parameters=True,  # an error's text reaches the log, and a record's text shall not
        connect_args={name: value for name, value in _OPTIONS.items() if name not in url.query},
    )
    reading = limits.reading(thorough=False)

    def set_up(connection: PatientConnection, _record: ConnectionPoolEntry) -> None:
        connection.spare(_PING)
        settings = {
            "statement_timeout": reading.statement,
            "lock_timeout": _LOCK_SECONDS,
            "idle_in_transaction_session_timeout": _ABANDONED_SECONDS,
        }
        connection.autocommit = True  # one journey over the network in place of three
        connection.execute("; ".join(f"SET {name} = {_ms(value)}" for name, value in settings.items()))
        connection.autocommit = False
        connection.spare(reading)

    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", set_up)
    event.listen(engine, "checkout", _see_alive)
    event.listen(engine, "checkin", _note_use)
    return engine


@contextmanager
def hurried(*, writes: bool) -> Iterator[None]:
    """Bound the time in which a connection must be found.

    Parameters
    ----------
    writes
        Whether it is for writing: then the connection is tried before anything is sent over it.

    Yields
    ------
    None
        While the bound holds for this thread.
    """
    # Opening one takes up to two seconds; waiting for the pool and for a dead connection may take the third.
    tokens = _connect_until.set(time.monotonic() + _CONNECT_WITHIN), _writes.set(writes)
    try:
        yield
    finally:
        _connect_until.reset(tokens[0])
        _writes.reset(tokens[1])


def prepare(connection: Connection, patience: Patience, *, writes: bool, thorough: bool) -> None:
    """Give a transaction its limits, and a writing one its turn.

    Parameters
    ----------
    connection
        Connection whose transaction begins.
    patience
        Its limits.
    writes
        Whether it writes: it waits for its turn then, and its commit waits for the disk.
    thorough
        Whether it takes as long as it takes.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.spare(patience)
    wanted: list[str] = []
    if writes or thorough:
        wanted.append(f"SET LOCAL statement_timeout = {_ms(patience.statement)}")
    if thorough:
        wanted.append(f"SET LOCAL idle_in_transaction_session_timeout = {_ms(_ABANDONED_THOROUGH_SECONDS)}")
    if writes:
        wanted += ["SET LOCAL synchronous_commit = on", f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"]
    if wanted:
        connection.exec_driver_sql("; ".join(wanted))  # one journey over the network


def refuse_unsafe(engine: Engine, connection: Connection) -> None:
    """Refuse a server that says "kept" before it has kept.

    Parameters
    ----------
    engine
        Engine of the server.
    connection
        Connection to it.

    Raises
    ------
    StoreError
        If acknowledged writes could be lost.
    """
    for name, loss in (("synchronous_commit", "a crash"), ("fsync", "a power cut")):
        if connection.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one() == _OFF:
            message = (
                f"The database server has {name} = off, so {loss} would lose what the atlas has said to be "
                f"saved. {KEEP} Set {name} = on in postgresql.conf (or with ALTER DATABASE or ALTER ROLE) "
                "and start again"
            )
            raise StoreError(message, location_of(engine))


def _connect(
    _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]
) -> PatientConnection:
    until = _connect_until.get()
    if until is not None and time.monotonic() > until:
        raise psycopg.OperationalError("connection not tried: there was no time left for it")
    return PatientConnection.connect(*arguments, **options)


def _see_alive(connection: PatientConnection, record: ConnectionPoolEntry, _fairy: object) -> None:
    used = record.info.get(_USED)
    limit = 0.0 if _writes.get() else _PING_AFTER
    if used is None or (time.monotonic() - used <= limit and not _something_to_hear(connection)):
        return
    connection.spare(_PING)
    try:
        connection.autocommit = True
        connection.execute("")
        connection.autocommit = False
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _note_use(connection: object, record: ConnectionPoolEntry) -> None:
    if connection is not None:
        record.info[_USED] = time.monotonic()


def _something_to_hear(connection: PatientConnection) -> bool:
    # A server has nothing to say to an idle connection but goodbye.
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN | select.POLLPRI)
    return bool(poll.poll(0))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
