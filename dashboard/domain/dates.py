"""Uncertain dates: EDTF level 1 text with its earliest and latest possible day.

A day is never invented: the text is kept as written, and the two bounds say what it allows. Bounds are
computed once, on reading, because filters run on them a million times a second in two languages.

Sources: ISO 8601-2:2019 / EDTF specification (Library of Congress, 2019-02-04), level 1. A qualifier
(``~``, ``?``, ``%``) widens a date by one unit of its own precision (two for ``%``), the rule of
python-edtf's fuzzy bounds. Seasons are those of the northern hemisphere, as there.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from dashboard.errors import UncertainDateError

__all__ = [
    "DAY_FUTURE",
    "DAY_PAST",
    "UNDATED",
    "Bounds",
    "Fit",
    "UncertainDate",
    "day_number",
    "fit",
]

DAY_PAST: Final = -(2**31)
"""Day number of an open past; the least int32, so that comparisons need no special case."""
DAY_FUTURE: Final = 2**31 - 1
"""Day number of an open future; the greatest int32."""

Fit = Literal["certain", "possible", "outside"]
Precision = Literal["day", "month", "season", "year", "decade", "century", "open"]

_EPOCH: Final = date(1970, 1, 1).toordinal()
_SIMPLE: Final = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d{2}|XX)(?:-(?P<day>\d{2}|XX))?)?(?P<qualifier>[~?%])?"
)
_SEASONS: Final = {21: 3, 22: 6, 23: 9, 24: 12}
_MAX_LENGTH: Final = 64


def day_number(day: date) -> int:
    """Count the days from 1970-01-01 to a day.

    Parameters
    ----------
    day
        A proleptic Gregorian day.

    Returns
    -------
    int
        Days; negative before 1970.
    """
    return day.toordinal() - _EPOCH


def _day(number: int) -> date | None:
    return None if number in (DAY_PAST, DAY_FUTURE) else date.fromordinal(number + _EPOCH)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Earliest and latest possible day, as day numbers, both inclusive.

    Parameters
    ----------
    first
        Earliest day number, or `DAY_PAST`.
    last
        Latest day number, or `DAY_FUTURE`.
    """

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class UncertainDate:
    """One EDTF date or interval; use `UncertainDate.parse` to make one.

    Parameters
    ----------
    text
        The text as written; empty means undated.
    start
        When it begins: earliest and latest possible day.
    end
        When it ends: earliest and latest possible day.
    precision
        Unit of the (first) date.
    is_interval
        Whether the text is ``a/b``.
    """

    text: str
    start: Bounds
    end: Bounds
    precision: Precision
    is_interval: bool

    @staticmethod
    def parse(text: str) -> "UncertainDate":
        """Read EDTF level 1 text.

        Parameters
        ----------
        text
            ``2021``, ``2021-11``, ``2021-11-24``, ``2021-22`` (summer), ``202X``, ``2021-11-XX``, each with
            ``~`` ``?`` ``%``; ``a/b``; ``..`` for open and nothing for unknown ends; or nothing at all.

        Returns
        -------
        UncertainDate
            The date with its bounds.

        Raises
        ------
        UncertainDateError
            If the text is no such date, names a day that does not exist, lies outside years 1 to 9999 or
            ends before it starts.
        """
        return _parse(text)

    @property
    def earliest(self) -> date | None:
        """Earliest possible day, None when open."""
        return _day(self.start.first)

    @property
    def latest(self) -> date | None:
        """Latest possible day, None when open."""
        return _day(self.end.last)

    @property
    def bounds(self) -> Bounds:
        """Whole extent: earliest start to latest end."""
        return Bounds(self.start.first, self.end.last)

    @property
    def is_undated(self) -> bool:
        """Whether nothing at all is known of the date."""
        return self.start.first == DAY_PAST and self.end.last == DAY_FUTURE

    def __str__(self) -> str:
        """Give the EDTF text."""
        return self.text


def fit(bounds: Bounds, first: int, last: int) -> Fit:
    """Say how a date lies to a window, ends inclusive.

    Parameters
    ----------
    bounds
        Extent of the date.
    first, last
        Day numbers of the window; swapped ends are put right.

    Returns
    -------
    {'certain', 'possible', 'outside'}
        Certain when the date lies inside the window, possible when it only overlaps.
    """
    if first > last:
        first, last = last, first
    if bounds.first > last or bounds.last < first:
        return "outside"
    return "certain" if bounds.first >= first and bounds.last <= last else "possible"


# Parsing is pure and the same few thousand texts come again and again.
@lru_cache(maxsize=16_384)
def _parse(text: str) -> UncertainDate:
    if len(text) > _MAX_LENGTH:
        raise UncertainDateError(text[:_MAX_LENGTH] + "…", f"longer than {_MAX_LENGTH} characters")
    if not text:
        open_bounds = Bounds(DAY_PAST, DAY_FUTURE)
        return UncertainDate(text, open_bounds, open_bounds, "open", is_interval=False)
    if "/" not in text:
        bounds, precision = _simple(text, text)
        return UncertainDate(text, bounds, bounds, precision, is_interval=False)
    left, _, right = text.partition("/")
    start, precision = _end(left, text, Bounds(DAY_PAST, DAY_PAST))
    end, end_precision = _end(right, text, Bounds(DAY_FUTURE, DAY_FUTURE))
    if precision == end_precision == "open":
        raise UncertainDateError(text, "an interval needs at least one known end")
    if start.first != DAY_PAST and end.last < start.first:
        raise UncertainDateError(text, "it ends before it starts")
    # An unknown end (nothing written) may be any day on its side; an open one (..) is beyond all days.
    if not left:
        start = Bounds(DAY_PAST, end.last)
    if not right:
        end = Bounds(start.first, DAY_FUTURE)
    return UncertainDate(text, start, end, precision, is_interval=True)


def _end(part: str, text: str, open_bounds: Bounds) -> tuple[Bounds, Precision]:
    if part in ("", ".."):
        return open_bounds, "open"
    return _simple(part, text)


def _simple(part: str, text: str) -> tuple[Bounds, Precision]:
    match = _SIMPLE.fullmatch(part)
    if match is None or not part.isascii():
        raise UncertainDateError(text, f"{part!r} is no year, month, day or season")
    year, month, day = match["year"], match["month"], match["day"]
    if "X" in year and month is not None:
        raise UncertainDateError(text, "an unspecified year cannot have a month")
    first, last, precision = _extent(year, month, day, text)
    pad = {"~": 1, "?": 1, "%": 2, None: 0}[match["qualifier"]]
    return _widen(first, last, precision, pad), precision


def _extent(year: str, month: str | None, day: str | None, text: str) -> tuple[date, date, Precision]:
    low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if high == 0:
        raise UncertainDateError(text, "years run from 1 to 9999")
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise UncertainDateError(text, "a day needs its month")
        precision: Precision = ("year", "decade", "century")[year.count("X")]
        return date(max(low, 1), 1, 1), date(high, 12, 31), precision
    number = int(month)
    if number in _SEASONS and day is None:
        first = date(low, _SEASONS[number], 1)
        return first, _month_end(*_shift_month(first, 2)), "season"
    if not 1 <= number <= 12:  # noqa: PLR2004  # months
        raise UncertainDateError(text, f"there is no month {month}")
    if day is None or day == "XX":
        return date(low, number, 1), _month_end(low, number), "month"
    try:
        exact = date(low, number, int(day))
    except ValueError:
        raise UncertainDateError(text, f"there is no day {low:04}-{month}-{day}") from None
    return exact, exact, "day"


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _shift_month(day: date, months: int) -> tuple[int, int]:
    count = min(max(day.year * 12 + day.month - 1 + months, 12), 9999 * 12 + 11)
    return count // 12, count % 12 + 1


_YEARS: Final = {"year": 1, "decade": 10, "century": 100}


def _widen(first: date, last: date, precision: Precision, units: int) -> Bounds:
    if units == 0:
        return Bounds(day_number(first), day_number(last))
    if precision == "day":
        low = max(first.toordinal() - units, 1)
        high = min(last.toordinal() + units, date.max.toordinal())
        return Bounds(low - _EPOCH, high - _EPOCH)
    months = {"month": 1, "season": 3}.get(precision) or 12 * _YEARS[precision]
    early = date(*_shift_month(first, -units * months), 1)
    late = _month_end(*_shift_month(last, units * months))
    return Bounds(day_number(early), day_number(late))


UNDATED: Final = UncertainDate.parse("")
"""The date of which nothing is known."""
