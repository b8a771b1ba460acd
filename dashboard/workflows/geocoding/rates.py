"""How much of something one visitor may ask for, so that nobody crowds out the others.

Token buckets in memory: a process limits its own visitors, and forgets those who have not asked for longest.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from dashboard.domain.access import Person
from dashboard.errors import BusyError

__all__ = ["Rate", "limit_geocoding"]

_REMEMBERED: Final = 10_000
_MINUTE: Final = 60.0
_ROUNDING: Final = 1e-6


class Rate:
    """So many a minute for each visitor, in bursts or not.

    Parameters
    ----------
    per_minute
        How many a minute.
    at_once
        How many at once, after a pause; a minute's if not given.
    clock
        Gives the seconds.
    """

    def __init__(
        self, per_minute: float, *, at_once: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.per_minute = per_minute
        self.at_once = per_minute if at_once is None else at_once
        self._clock = clock
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, visitor: str, how_many: float = 1) -> float:
        """Take some of what a visitor has left.

        Parameters
        ----------
        visitor
            Who asks.
        how_many
            How many; more than may be taken at once count as so many.

        Returns
        -------
        float
            0 when they were taken; else the seconds after which they can be, and nothing was taken.
        """
        wanted = min(how_many, self.at_once)
        with self._lock:
            now = self._clock()
            left, then = self._left.pop(visitor, (self.at_once, now))
            left = min(self.at_once, left + (now - then) * self.per_minute / _MINUTE)
            enough = left >= wanted - _ROUNDING
            self._left[visitor] = (max(0.0, left - wanted) if enough else left, now)
            while len(self._left) > _REMEMBERED:
                self._left.popitem(last=False)
        return 0.0 if enough else (wanted - left) * _MINUTE / self.per_minute


@lru_cache(maxsize=4)
def _geocoding(per_minute: int) -> Rate:
    return Rate(per_minute)


def limit_geocoding(person: Person, names: int, per_minute: int, *, visitor: str = "") -> None:
    """Count names to geocode against what one person may have in a minute.

    Parameters
    ----------
    person
        Who asks. The one person of a local session is not limited.
    names
        How many names.
    per_minute
        How many are allowed: `Settings.geocodings_per_minute`.
    visitor
        What tells people apart who are not signed in.

    Raises
    ------
    BusyError
        If it is too much; the message says when to try again.
    """
    if person.is_local:
        return
    wait = math.ceil(_geocoding(per_minute).take(person.id or visitor, names))
    if wait:
        raise BusyError(
            f"More than {per_minute:,} names a minute are not geocoded for one person: "
            f"try again in {wait} seconds, or geocode a long list with arsenal-atlas geocode",
            wait,
        )
