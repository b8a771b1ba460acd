"""Sign-outs that the store could not be told of, kept beside it so that they outlive the process.

Whoever signed out while the database was away must not be signed in again because a process was restarted
before it came back. The file holds one line for each of them and is empty in good times.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from dashboard.store.trail.operations import Operation

__all__ = ["PendingSignOut", "SignOutJournal"]

_FILE: Final = "sign-outs.journal"
_PRIVATE: Final = 0o600
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PendingSignOut:
    """One sign-out that the store does not know of yet.

    Parameters
    ----------
    identity
        The sign-in that ended, as the gate names it.
    at
        When, in seconds since 1970.
    operation
        Who did it, under the id that makes telling it twice harmless.
    """

    identity: str
    at: float
    operation: Operation

    def line(self) -> str:
        """Write it as a line.

        Returns
        -------
        str
            JSON in ASCII, with its end of line.
        """
        told = self.operation
        values = [self.identity, self.at, told.id, told.who, told.action, told.subject, told.person_id]
        return json.dumps(values) + "\n"

    @classmethod
    def of(cls, line: str) -> "PendingSignOut":
        """Read it from a line.

        Parameters
        ----------
        line
            What `line` wrote.

        Returns
        -------
        PendingSignOut
            The same.

        Raises
        ------
        ValueError
            If that is none.
        """
        identity, at, told, who, action, subject, person_id = json.loads(line)
        return cls(str(identity), float(at), Operation(told, who, action, subject, person_id=person_id))


class SignOutJournal:
    """The file in the data folder; processes that share the folder share it.

    Parameters
    ----------
    folder
        The data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def pending(self) -> tuple[PendingSignOut, ...]:
        """Read what an earlier process could not tell the store.

        Returns
        -------
        tuple of PendingSignOut
            Oldest first; a line that a crash cut in half is left out.
        """
        try:
            return tuple(_read(self._file.read_bytes()))
        except OSError:
            return ()

    def add(self, pending: PendingSignOut) -> None:
        """Keep one, on the disk before this returns.

        Parameters
        ----------
        pending
            The sign-out.
        """
        try:
            with self._locked() as opened:
                opened.seek(0, os.SEEK_END)
                # Whatever a crash has left of the line before it, this one begins anew.
                opened.write(f"\n{pending.line()}".encode("ascii"))
                _sync(opened)
        except OSError as error:
            _log.warning("a sign-out could not be kept in %s: %s", self._file, error)

    def forget(self, identities: Iterable[str]) -> None:
        """Take those out that the store knows of now.

        Parameters
        ----------
        identities
            The sign-ins.
        """
        told = set(identities)
        try:
            with self._locked() as opened:
                left = [one for one in _read(opened.read()) if one.identity not in told]
                opened.seek(0)
                opened.write("".join(one.line() for one in left).encode("ascii"))
                opened.truncate()
                _sync(opened)
        except OSError as error:
            _log.warning("%s could not be tidied: %s", self._file, error)

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, _PRIVATE)
        with os.fdopen(descriptor, "r+b") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX)
            yield opened


def _sync(opened: IO[bytes]) -> None:
    opened.flush()
    os.fsync(opened.fileno())


def _read(content: bytes) -> Iterator[PendingSignOut]:
    for line in content.decode("ascii", "replace").splitlines():
        try:
            if line:
                yield PendingSignOut.of(line)
        except (ValueError, TypeError):  # a TextError is a ValueError
            _log.warning("a line of the journal of sign-outs cannot be read and is left out")
