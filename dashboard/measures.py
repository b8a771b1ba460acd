"""What a process counts and times about itself, kept in memory, without a library.

Whoever does something worth counting calls `count` or `timed`; `dashboard.hosting.metrics` shows it to
Prometheus where a host asks for that. Labels come from short lists, never from what people type: each new
value is a new series for ever.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

__all__ = [
    "BUCKETS",
    "COUNTS",
    "LEVELS",
    "TIMES",
    "Measures",
    "Timing",
    "count",
    "level",
    "measures",
    "timed",
]

COUNTS: Final = {
    "requests": ("Requests answered, by route pattern, method and status.", ("route", "method", "status")),
    "refused_sessions": ("Sessions that were not let in, by status.", ("status",)),
    "store_errors": ("Statements that the database did not answer.", ()),
    "geocodings": ("Names geocoded for people.", ()),
}
"""Counters: what each counts, and its labels."""

TIMES: Final = {
    "reruns": ("Seconds that a page's script ran.", ("page",)),
    "answers": ("Seconds until a request was answered.", ("route",)),
}
"""Histograms of seconds: what each times, and its labels."""

LEVELS: Final = {"sessions": "Sessions connected now."}
"""What goes up and down."""

BUCKETS: Final = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
"""Upper ends of the histograms' buckets, in seconds."""


@dataclass(slots=True)
class Timing:
    """Times of one kind.

    Parameters
    ----------
    counts
        How many fell into each bucket, the last being for longer ones.
    total
        Their sum in seconds.
    """

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0


class Measures:
    """Counters, levels and times of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, tuple[str, ...]], int] = {}
        self._times: dict[tuple[str, tuple[str, ...]], Timing] = {}
        self._levels: dict[str, int] = dict.fromkeys(LEVELS, 0)

    def count(self, name: str, amount: int = 1, **labels: str) -> None:
        """Count something.

        Parameters
        ----------
        name
            One of `COUNTS`.
        amount
            How many.
        **labels
            Values of its labels, all of them.
        """
        key = name, tuple(labels[label] for label in COUNTS[name][1])
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + amount

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Keep how long something took.

        Parameters
        ----------
        name
            One of `TIMES`.
        seconds
            How long.
        **labels
            Values of its labels, all of them.
        """
        key = name, tuple(labels[label] for label in TIMES[name][1])
        with self._lock:
            timing = self._times.setdefault(key, Timing())
            timing.counts[bisect_left(BUCKETS, seconds)] += 1
            timing.total += seconds

    def level(self, name: str, step: int) -> None:
        """Raise or lower a level.

        Parameters
        ----------
        name
            One of `LEVELS`.
        step
            By how much.
        """
        with self._lock:
            self._levels[name] += step

    def counts(self) -> dict[tuple[str, tuple[str, ...]], int]:
        """Give all counters as they stand.

        Returns
        -------
        dict
            Counts by name and values of the labels.
        """
        with self._lock:
            return dict(self._counts)

    def times(self) -> dict[tuple[str, tuple[str, ...]], Timing]:
        """Give all times as they stand.

        Returns
        -------
        dict
            Timings by name and values of the labels.
        """
        with self._lock:
            return {key: Timing(list(one.counts), one.total) for key, one in self._times.items()}

    def levels(self) -> dict[str, int]:
        """Give all levels as they stand.

        Returns
        -------
        dict
            Levels by name.
        """
        with self._lock:
            return dict(self._levels)


_MEASURES: Final = Measures()


def measures() -> Measures:
    """Give the measures of this process.

    Returns
    -------
    Measures
        The same ones every time.
    """
    return _MEASURES


count = _MEASURES.count
level = _MEASURES.level


@contextmanager
def timed(name: str, **labels: str) -> Iterator[None]:
    """Time what is done inside, also when it ends by an error.

    Parameters
    ----------
    name
        One of `TIMES`.
    **labels
        Values of its labels, all of them.

    Yields
    ------
    None
        While the clock runs.
    """
    begun = time.perf_counter()
    try:
        yield
    finally:
        _MEASURES.observe(name, time.perf_counter() - begun, **labels)
