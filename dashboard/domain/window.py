"""The clock's window: two days, either of them open, and nothing else.

It is the one value that the address, the browser and every view share, so it is lenient on the way in
(swapped ends are put right, partial dates are widened to whole ones) and exact ever after.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UncertainDate, day_number
from dashboard.errors import UncertainDateError

__all__ = ["Window"]

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of days, both ends inclusive.

    Parameters
    ----------
    first
        Day number of the first day, `DAY_PAST` when open.
    last
        Day number of the last day, `DAY_FUTURE` when open.
    """

    first: int = DAY_PAST
    last: int = DAY_FUTURE

    @classmethod
    def parse(cls, start: str | None, end: str | None) -> "Window":
        """Read the two ends as an address or a form gives them.

        Parameters
        ----------
        start, end
            EDTF texts such as ``2020``, ``2020-03`` or ``2020-03-01``; nothing for an open end.

        Returns
        -------
        Window
            From the earliest day of the start to the latest of the end; an end that cannot be read is open,
            because a link must always open something.
        """
        first, last = _bound(start, 0), _bound(end, 1)
        if first is not None and last is not None and first > last:
            first, last = _bound(end, 0), _bound(start, 1)
        return cls(DAY_PAST if first is None else first, DAY_FUTURE if last is None else last)

    @property
    def start_text(self) -> str | None:
        """First day as ISO text, None when open."""
        return _iso(self.first)

    @property
    def end_text(self) -> str | None:
        """Last day as ISO text, None when open."""
        return _iso(self.last)

    def widened_to(self, first: int, last: int) -> "Window":
        """Give the least window that holds this one and a stretch of days.

        Parameters
        ----------
        first, last
            Day numbers of the stretch.

        Returns
        -------
        Window
            The wider window.
        """
        return Window(min(self.first, first), max(self.last, last))


def _bound(text: str | None, side: int) -> int | None:
    if not text:
        return None
    try:
        parsed = UncertainDate.parse(text.strip())
    except UncertainDateError:
        return None
    bound = parsed.earliest if side == 0 else parsed.latest
    return None if bound is None else day_number(bound)


def _iso(day: int) -> str | None:
    return None if day in (DAY_PAST, DAY_FUTURE) else (_EPOCH + timedelta(days=day)).isoformat()
