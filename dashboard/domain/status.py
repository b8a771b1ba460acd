"""The life of a site: which status holds on a day, and how surely.

Statuses are dated claims, several for one site, and each begins and ends *somewhere* in an interval. The
map needs one answer a day, so the life is cut once into segments that no longer overlap; the browser then
only compares two integers. The rule is written out in docs/data-model.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, Bounds, UncertainDate

__all__ = ["DatedStatus", "Segment", "life", "status_at"]


@dataclass(frozen=True, slots=True)
class DatedStatus:
    """One status of one site with the interval it is stated for.

    Parameters
    ----------
    status
        Code of ``site_statuses``.
    date
        When it held, as `UncertainDate`; see `DatedStatus.start` for how a single date reads.
    """

    status: str
    date: UncertainDate

    @property
    def start(self) -> Bounds:
        """When the status began: earliest and latest possible day.

        First cited is not started: a single date says that the status was seen then, so it may have begun on
        any earlier day.
        """
        if self.date.is_undated:
            return self.date.bounds
        if not self.date.is_interval:
            return Bounds(DAY_PAST, self.date.end.last)
        if self.date.start.first == DAY_PAST:
            return Bounds(DAY_PAST, self.date.end.first)
        return self.date.start

    @property
    def end(self) -> Bounds:
        """When the status ended; open unless an interval says otherwise."""
        if not self.date.is_interval:
            return Bounds(DAY_FUTURE, DAY_FUTURE)
        return self.date.end

    def holds_certainly(self, day: int) -> bool:
        """Say whether the status held on a day whatever the true dates are.

        Parameters
        ----------
        day
            Day number.

        Returns
        -------
        bool
            True from its latest start to its earliest end.
        """
        return not self.date.is_undated and self.start.last <= day <= self.end.first

    def holds_possibly(self, day: int) -> bool:
        """Say whether the status may have held on a day.

        Parameters
        ----------
        day
            Day number.

        Returns
        -------
        bool
            True from its earliest start to its latest end.
        """
        return self.start.first <= day <= self.end.last


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of days with one status.

    Parameters
    ----------
    status
        Code of ``site_statuses``.
    first, last
        Day numbers, inclusive; `DAY_PAST` and `DAY_FUTURE` when open.
    certain
        Whether the status holds certainly there.
    """

    status: str
    first: int
    last: int
    certain: bool


def status_at(statuses: Sequence[DatedStatus], day: int) -> tuple[str, bool] | None:
    """Find the status of a site on a day.

    Parameters
    ----------
    statuses
        All statuses of the site, in file order.
    day
        Day number.

    Returns
    -------
    tuple of (str, bool) or None
        The status and whether it is certain; None when the site is not there on that day, as far as known.
    """
    for certain, holds in (
        (True, DatedStatus.holds_certainly),
        (False, DatedStatus.holds_possibly),
    ):
        held = [(s.start.last, s.start.first, i) for i, s in enumerate(statuses) if holds(s, day)]
        if held:
            return statuses[max(held)[2]].status, certain
    return None


def life(statuses: Sequence[DatedStatus]) -> tuple[Segment, ...]:
    """Cut the life of a site into segments without overlap.

    Parameters
    ----------
    statuses
        All statuses of the site, in file order.

    Returns
    -------
    tuple of Segment
        In order of time; days on which the site is not there belong to no segment.
    """
    cuts = sorted(_cuts(statuses))
    segments: list[Segment] = []
    for first, following in zip(cuts, [*cuts[1:], None], strict=True):
        held = status_at(statuses, first)
        if held is None:
            continue
        last = DAY_FUTURE if following is None else following - 1
        before = segments[-1] if segments else None
        if before and (before.status, before.certain) == held and before.last == first - 1:
            segments[-1] = Segment(before.status, before.first, last, before.certain)
        else:
            segments.append(Segment(held[0], first, last, held[1]))
    return tuple(segments)


def _cuts(statuses: Iterable[DatedStatus]) -> set[int]:
    cuts = {DAY_PAST}
    for status in statuses:
        cuts |= {status.start.first, status.start.last}
        cuts |= {end + 1 for end in (status.end.first, status.end.last) if end < DAY_FUTURE}
    cuts.discard(DAY_FUTURE)
    return cuts
