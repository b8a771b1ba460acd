"""Small SQLite files that several processes share: the kept answers and the pace of online geocoders.

Each use opens the file anew. That costs a tenth of a millisecond and makes forks, threads and a file deleted
under a running server harmless. Files are private to their owner, because what is looked up tells what
somebody is working on.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from geopy.exc import GeocoderServiceError

from dashboard.errors import AtlasError

__all__ = ["GeocoderStateError", "StateFile"]

_FORMAT_VERSION: Final = 1
_BUSY_S: Final = 10.0
_PRIVATE: Final = 0o600


class GeocoderStateError(AtlasError, GeocoderServiceError, OSError):  # type: ignore[misc]  # geopy ships no types
    """A file of the online geocoders is locked, damaged, foreign or cannot be written.

    It is one of geopy's errors too, so that code written for geopy meets nothing unknown.
    """


class StateFile:
    """A SQLite file made at first use.

    Parameters
    ----------
    path
        Where it is or will be; its folder is made.
    application_id
        SQLite's mark that tells this kind of file from others.
    schema
        The statement that makes its table.
    busy_s
        Seconds to wait for another process that is writing.
    """

    def __init__(self, path: Path, *, application_id: int, schema: str, busy_s: float = _BUSY_S) -> None:
        self.path = path
        self.application_id = application_id
        self.schema = schema
        self.busy_s = busy_s

    @contextmanager
    def open(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        """Open the file for one piece of work.

        Parameters
        ----------
        write
            Take the only right to write at once, and commit when the work ends without an error.

        Yields
        ------
        sqlite3.Connection
            The connection, closed afterwards.

        Raises
        ------
        GeocoderStateError
            The file cannot be used.
        """
        try:
            self._make()
            with closing(sqlite3.connect(self.path, timeout=self.busy_s, isolation_level=None)) as connection:
                self._prepare(connection)
                if not write:
                    yield connection
                    return
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            if isinstance(error, GeocoderStateError):
                raise
            raise GeocoderStateError(
                f"The file {self.path} cannot be used ({error}): close what holds it, mend its permissions, "
                "or delete it; it is made again, empty"
            ) from error

    def _make(self) -> None:
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, _PRIVATE))

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self._is_ours(connection):
            return
        # Under the lock, or a file that another process is just making looks like a foreign one.
        connection.execute("BEGIN IMMEDIATE")
        if not self._is_ours(connection):
            self._refuse_foreign(connection)
            connection.execute(self.schema)
            connection.execute(f"PRAGMA application_id = {self.application_id:d}")
            connection.execute(f"PRAGMA user_version = {_FORMAT_VERSION:d}")
        connection.execute("COMMIT")

    def _is_ours(self, connection: sqlite3.Connection) -> bool:
        return _marks(connection) == (self.application_id, _FORMAT_VERSION)

    def _refuse_foreign(self, connection: sqlite3.Connection) -> None:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables or _marks(connection) != (0, 0):
            raise GeocoderStateError(
                f"{self.path} is another program's file or of another version of the atlas: "
                "delete it, or name another cache folder"
            )


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return mark, version
