"""Whether the database can be written to at all: room on its disk, and a disk that takes writes.

Somebody who types should hear of a full disk before a save fails, and what little room is left is kept for
reading: SQLite needs some for its index of the log. A server's disk cannot be looked at from here; what is
known of it is that it refused a write, until one succeeds.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from dashboard.errors import UnwritableError
from dashboard.store.database.sentences import FULL, KEEP

__all__ = ["LEAST_BYTES", "LOW_BYTES", "Room", "Shortage"]

LEAST_BYTES: Final = 8_000_000
"""Free room below which nothing is written any more."""

LOW_BYTES: Final = 200_000_000
"""Free room below which people are told."""

_REMEMBERED_S: Final = 60.0  # a refusal that nobody has met again
_MEGABYTE: Final = 1_000_000
_READ_ONLY: Final = f"The disk of the database can only be read. {KEEP} Have it mounted for writing again"
_REFUSED: Final = (
    "Nothing can be saved for now: the database takes no writes ({}). Reading goes on, and what is typed "
    "stays on the page until it can be saved."
)


@dataclass(frozen=True, slots=True)
class Shortage:
    """That the database takes no writes, or soon will not.

    Parameters
    ----------
    refuses
        Whether writes are refused already.
    sentence
        What to tell people.
    """

    refuses: bool
    sentence: str


class Room:
    """What is known about writing to one database.

    Parameters
    ----------
    url
        Its address.
    """

    def __init__(self, url: URL) -> None:
        is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
        self._file = Path(str(url.database)) if is_file else None
        self._refused_at: float | None = None

    def refused(self) -> None:
        """Note that the database refused a write."""
        self._refused_at = time.monotonic()

    def written(self) -> None:
        """Note that a write succeeded."""
        self._refused_at = None

    def shortage(self) -> Shortage | None:
        """Say what is short.

        Returns
        -------
        Shortage or None
            None when all is well as far as is known.
        """
        free, is_read_only = self._look()
        if is_read_only:
            return Shortage(refuses=True, sentence=_REFUSED.format("its disk can only be read"))
        if free is not None and free < LEAST_BYTES:
            return Shortage(refuses=True, sentence=_REFUSED.format("its disk is full"))
        if self._refused_at is not None and time.monotonic() - self._refused_at < _REMEMBERED_S:
            return Shortage(refuses=True, sentence=_REFUSED.format("it refused the last change"))
        if free is not None and free < LOW_BYTES:
            left = f"{free // _MEGABYTE} MB are left"
            words = f"The disk of the database is nearly full: {left}. Ask for more room soon."
            return Shortage(refuses=False, sentence=words)
        return None

    def demand(self) -> None:
        """Refuse to begin a write that would take the last of the room, or cannot be.

        Raises
        ------
        UnwritableError
            If there is too little left, or the disk can only be read.
        """
        free, is_read_only = self._look()
        if is_read_only:
            raise UnwritableError(_READ_ONLY, str(self._file))
        if free is not None and free < LEAST_BYTES:
            raise UnwritableError(f"{FULL} ({free // 1000:,} kB are left)", str(self._file))

    def _look(self) -> tuple[int | None, bool]:
        """Give the bytes that may still be written, None when nobody knows, and whether none may be."""
        if self._file is None:
            return None, False
        try:
            found = os.statvfs(self._file.parent)
        except OSError:
            return None, False  # a file system of its own, as in tests; SQLite says what is wrong with it
        free = found.f_bavail * found.f_frsize if found.f_blocks else None
        return free, bool(found.f_flag & os.ST_RDONLY)
