"""Slow queries: the last ones this process waited for, without their values, for whoever runs the atlas.

Values are left out because they are records, names and hashes of tokens; the statement says enough.
"""

import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, Engine, event

__all__ = ["SLOW_SECONDS", "SlowQuery", "slow_queries", "watch_slow_queries"]

SLOW_SECONDS: Final = 0.1
"""From how long on a query is kept."""

_KEPT: Final = 100
_LONGEST: Final = 2_000
_STARTED: Final = "atlas_query_started"
# Appending to a bounded deque is safe from any thread.
_RING: Final[deque["SlowQuery"]] = deque(maxlen=_KEPT)


@dataclass(frozen=True, slots=True)
class SlowQuery:
    """One query that took long.

    Parameters
    ----------
    at
        When it ended, ISO 8601, UTC.
    seconds
        How long it took.
    statement
        Its SQL, without values, cut when very long.
    """

    at: str
    seconds: float
    statement: str


def watch_slow_queries(engine: Engine) -> None:
    """Keep the slow queries of an engine from now on; asking twice does no harm.

    Parameters
    ----------
    engine
        The engine.
    """
    if not event.contains(engine, "before_cursor_execute", _before):
        event.listen(engine, "before_cursor_execute", _before)
        event.listen(engine, "after_cursor_execute", _after)


def slow_queries() -> tuple[SlowQuery, ...]:
    """Give the slow queries of this process.

    Returns
    -------
    tuple of SlowQuery
        Newest first; at most a hundred.
    """
    return tuple(reversed(_RING))


def _before(connection: Connection, *_: object) -> None:  # what SQLAlchemy passes
    connection.info.setdefault(_STARTED, []).append(time.perf_counter())


def _after(
    connection: Connection, _cursor: object, statement: str, *_: object
) -> None:  # what SQLAlchemy passes
    started = connection.info.get(_STARTED)
    seconds = time.perf_counter() - started.pop() if started else 0.0
    if seconds >= SLOW_SECONDS:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        _RING.append(SlowQuery(at, seconds, " ".join(statement.split())[:_LONGEST]))
