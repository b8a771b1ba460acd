"""What a failure of the database means and what to do about it, in words."""

from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from dashboard.errors import AwayError, StoreError, UnwritableError

__all__ = [
    "AWAY",
    "DAMAGED",
    "FULL",
    "GIVEN_UP",
    "KEEP",
    "NO_DATABASE",
    "location_of",
    "store_error",
    "was_reset",
]

KEEP: Final = "Nothing was changed."
"""What everybody wants to know first."""

DAMAGED: Final = (
    f"The database file is damaged. {KEEP} Move it aside and restore a backup (`arsenal-atlas db restore`), "
    "or start again with an empty data folder and import your last export"
)
"""For a file that SQLite itself finds broken."""

NO_DATABASE: Final = f"The file is no SQLite database. {KEEP} Point ARSENAL_ATLAS_DB at another file"
"""For a file that is something else."""

AWAY: Final = f"The database server does not answer. {KEEP} Check that it runs and ARSENAL_ATLAS_DB"
"""For a server that is not there, or behind a network that swallows everything."""

FULL: Final = f"The disk is full. {KEEP} Make room and try again"
"""For a disk that takes nothing more."""

GIVEN_UP: Final = "connection given up"
"""How the atlas itself says that a connection was silent for too long."""

_BUSY: Final = f"Another program is writing to the database. {KEEP} Close it or try again in a moment"
_CROWDED: Final = f"The database has all the visitors it takes. {KEEP} Try again in a moment"
_REFUSED: Final = f"The database refuses the name or password. {KEEP} Check ARSENAL_ATLAS_DB"
_STOPPED: Final = (
    f"The database took too long over a question and was stopped. {KEEP} Ask for less, or try again when it "
    "is less busy"
)
# First match wins; the texts are those of SQLite's result codes (sqlite.org/rescode.html) and of PostgreSQL.
_SENTENCES: Final = (
    ("not a database", NO_DATABASE),
    ("malformed", DAMAGED),
    ("lock timeout", _BUSY),
    ("locked", _BUSY),
    ("busy", _BUSY),
    ("interrupted", _STOPPED),
    ("statement timeout", _STOPPED),
    ("queuepool limit", _CROWDED),
    ("too many clients", _CROWDED),
    ("connection slots", _CROWDED),
    (
        "readonly",
        f"The database may not be written. {KEEP} Give yourself write permission on the file and its folder",
    ),
    (
        "read-only transaction",
        f"The database server takes no writing now: it is a copy, or being mended. {KEEP} Try again later",
    ),
    (
        "unable to open",
        f"The database file cannot be opened. {KEEP} Check that it is a file and its folder writable",
    ),
    ("is full", FULL),
    ("no space left", FULL),
    ("disk i/o", f"The disk reports an error. {KEEP} Make a copy of the file now and check the disk"),
    ("password", _REFUSED),
    ('role "', _REFUSED),
    ("pg_hba.conf", _REFUSED),
    ('database "', f"There is no such database. {KEEP} Make it with createdb, or check ARSENAL_ATLAS_DB"),
)
_UNWRITABLE: Final = frozenset({"readonly", "read-only transaction", "is full", "no space left", "disk i/o"})
_SIGNS_OF_ABSENCE: Final = (
    "connection",
    "could not translate host",
    "name or service",
    "starting up",
    "shutting down",
    "terminating",
)


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


def was_reset(error: SQLAlchemyError) -> bool:
    """Say whether a connection broke at once, which tells nothing of the server behind it.

    Parameters
    ----------
    error
        What SQLAlchemy raised over an open connection.

    Returns
    -------
    bool
        False for one that was silent for too long: whoever asks next would wait as long.
    """
    return isinstance(error, DBAPIError) and error.connection_invalidated and GIVEN_UP not in str(error.orig)


def store_error(error: SQLAlchemyError, engine: Engine) -> StoreError:
    """Say what a failure means.

    Parameters
    ----------
    error
        What SQLAlchemy raised.
    engine
        Engine it came from.

    Returns
    -------
    StoreError
        To be raised; an `AwayError` when the server does not answer, an `UnwritableError` when it takes no
        writes.
    """
    original: Any = error.orig if isinstance(error, DBAPIError) else error
    detail = str(original).strip().splitlines()[0] if str(original).strip() else type(original).__name__
    lowered = detail.lower()
    for sign, sentence in _SENTENCES:
        if sign in lowered:
            kind = UnwritableError if sign in _UNWRITABLE else StoreError
            return kind(f"{sentence} ({detail})", location_of(engine))
    broken = isinstance(error, DBAPIError) and error.connection_invalidated
    if broken or any(sign in lowered for sign in _SIGNS_OF_ABSENCE):
        return AwayError(f"{AWAY} ({detail})", location_of(engine))
    return StoreError(f"The database failed. {KEEP} It said: {detail}", location_of(engine))
