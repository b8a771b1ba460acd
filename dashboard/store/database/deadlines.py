"""How long the atlas waits for its database.

A page that waits for ever is worse than one that says the database is away. The limits stand here, once, for
both databases; what keeps them is in the modules of the databases.
"""

import time
from dataclasses import dataclass
from threading import Lock
from typing import Final

__all__ = ["Breaker", "Limits", "Patience"]

_THOROUGH_READ: Final = 120.0
_THOROUGH_WRITE: Final = 600.0
_SILENCE: Final = 10.0
_HOLD_OFF: Final = 1.0
_TRIAL: Final = 4.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one transaction may wait.

    Parameters
    ----------
    statement
        Seconds that the database may work on one statement.
    silence
        Seconds without a sign of life after which the connection counts as dead: nothing else tells a black
        hole from a busy server.
    total
        Seconds that all waiting of the transaction may take; None for no such limit.
    """

    statement: float
    silence: float
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What an engine may use and wait for.

    Parameters
    ----------
    pool_size
        Connections at once.
    pool_seconds
        How long a transaction waits for one of them.
    read_seconds
        How long a statement that reads may take when a page waits for it.
    write_seconds
        How long a statement that writes may take.
    """

    pool_size: int = 15
    pool_seconds: float = 1.0
    read_seconds: float = 2.0
    write_seconds: float = 30.0

    def reading(self, *, thorough: bool) -> Patience:
        """Give the patience for reading.

        Parameters
        ----------
        thorough
            Whether whole tables are read, and nobody waits at a page.

        Returns
        -------
        Patience
            The limits.
        """
        if thorough:
            return Patience(max(_THOROUGH_READ, self.read_seconds), _SILENCE)
        # One second more than the server has: its own refusal says more than a connection cut off.
        return Patience(self.read_seconds, self.read_seconds + 1, self.read_seconds + 1)

    def writing(self, *, thorough: bool) -> Patience:
        """Give the patience for writing.

        Parameters
        ----------
        thorough
            Whether whole tables are written.

        Returns
        -------
        Patience
            The limits.
        """
        statement = max(_THOROUGH_WRITE, self.write_seconds) if thorough else self.write_seconds
        return Patience(statement, statement + 3)


class Breaker:
    """Remembers that a server does not answer, so that not everybody waits to find it out.

    While it is away one caller a second tries; the others are refused at once.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._try_at: float | None = None

    def admits(self) -> bool:
        """Say whether a caller may try the server.

        Returns
        -------
        bool
            True unless it was away a moment ago, or another caller is trying it.
        """
        with self._lock:
            if self._try_at is None:
                return True
            now = time.monotonic()
            if now < self._try_at:
                return False
            self._try_at = now + _TRIAL
            return True

    def heard(self) -> None:
        """Note that the server answers."""
        if self._try_at is not None:
            with self._lock:
                self._try_at = None

    def lost(self) -> None:
        """Note that the server does not answer."""
        with self._lock:
            self._try_at = time.monotonic() + _HOLD_OFF
