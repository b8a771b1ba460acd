"""What words for a date mean, given the day of publication: EDTF text with the precision of the words.

A day is never made up: "last month" is a month, "on Monday" is a day only because the text was published on a
known one, and words that depend on a day nobody stated mean nothing.
"""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

__all__ = ["Extent", "When", "WhenKind", "resolve"]

WhenKind = Literal["day", "month", "year", "season", "weekday", "unit", "ago", "shift", "same"]

_SEASON_MONTHS: Final = {21: 3, 22: 6, 23: 9, 24: 12}
_PARTS: Final = {
    "early": (1, 4), "mid": (5, 8), "late": (9, 12), "first_half": (1, 6), "second_half": (7, 12),
    "quarter_1": (1, 3), "quarter_2": (4, 6), "quarter_3": (7, 9), "quarter_4": (10, 12),
}  # fmt: skip
_PART_DAYS: Final = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
_STEPS: Final = {"last": -1, "this": 0, "next": 1}
_SOON: Final = 30
"""A day so near ahead is meant, not the one eleven months ago that nobody names without its year."""
_LEAST_YEAR: Final = 1000
_MOST_YEAR: Final = 2999


@dataclass(frozen=True, slots=True)
class When:
    """A date as the words have it, before it is known what day the words were written on.

    Parameters
    ----------
    kind
        What the words give.
    year
        Year; 0 when not said.
    month
        Month, season code, weekday (1 is Monday) or number of units, by kind; 0 when not said.
    day
        Day of the month; 0 when not said.
    unit
        ``day``, ``week``, ``weekend``, ``month``, ``quarter``, ``year`` or ``decade``.
    relation
        ``last``, ``this``, ``next``, ``before``, ``after`` or nothing.
    part
        ``early``, ``mid``, ``late``, halves and quarters, or nothing.
    deadline
        Whether the words only say until when: by, before, until.
    years
        Years from the year spoken of before: 0 for "of that year", -1 for "a year before"; None when the
        words do not hang on it.
    """

    kind: WhenKind
    year: int = 0
    month: int = 0
    day: int = 0
    unit: str = ""
    relation: str = ""
    part: str = ""
    deadline: bool = False
    years: int | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """A date that is known.

    Parameters
    ----------
    edtf
        EDTF text.
    first
        First possible day.
    last
        Last possible day.
    """

    edtf: str
    first: date
    last: date


def resolve(
    when: When, published: date | None, *, future: bool, reference: Extent | None = None
) -> Extent | None:
    """Say which days the words mean.

    Parameters
    ----------
    when
        The words.
    published
        Day of publication.
    future
        Whether the sentence speaks of what is to come.
    reference
        The date spoken of before, for "two days later" and "the same month".

    Returns
    -------
    Extent or None
        The date; None when it hangs on something unknown.
    """
    try:
        extent = _base(when, published, reference, future=future)
        if extent is not None and when.part:
            extent = _part(extent, when.part)
        if extent is not None and when.deadline and future and published and published < extent.last:
            extent = _interval(published, extent.last)
    except (ValueError, OverflowError):
        return None
    return extent


def between(first: Extent, last: Extent) -> Extent | None:
    """Join two dates to an interval.

    Parameters
    ----------
    first
        Where it begins.
    last
        Where it ends.

    Returns
    -------
    Extent or None
        The interval; None when it would run backwards.
    """
    if "/" in first.edtf or "/" in last.edtf:
        return _interval(first.first, last.last) if first.first < last.last else None
    if first.first >= last.last:
        return None
    return Extent(f"{first.edtf}/{last.edtf}", first.first, last.last)


def _day(day: date) -> Extent:
    return Extent(day.isoformat(), day, day)


def _month(year: int, month: int) -> Extent:
    first = date(year, month, 1)
    return Extent(f"{year:04}-{month:02}", first, first.replace(day=calendar.monthrange(year, month)[1]))


def _year(year: int) -> Extent:
    return Extent(f"{year:04}", date(year, 1, 1), date(year, 12, 31))


def _interval(first: date, last: date) -> Extent:
    return Extent(f"{first.isoformat()}/{last.isoformat()}", first, last)


def _months(first: tuple[int, int], count: int) -> tuple[int, int]:
    months = first[0] * 12 + first[1] - 1 + count
    return months // 12, months % 12 + 1


def _base(when: When, published: date | None, reference: Extent | None, *, future: bool) -> Extent | None:
    if when.kind in ("shift", "same") or when.years is not None:
        return _by_reference(when, reference) if reference is not None else None
    if when.year:
        return _with_year(when, when.year)
    return _by_publication(when, published, future=future) if published is not None else None


def _by_reference(when: When, reference: Extent) -> Extent | None:
    if when.kind == "shift":
        return _shifted(when, reference)
    if when.kind == "same":
        return _same(when, reference)
    return _with_year(when, reference.first.year + (when.years or 0))


def _by_publication(when: When, published: date, *, future: bool) -> Extent | None:
    if when.kind == "weekday":
        return _weekday(when, published, future=future)
    if when.kind == "ago":
        return _moved(published, when.unit, -when.month)
    if when.kind == "unit":
        return _moved(published, when.unit, _STEPS.get(when.relation, 0))
    if when.unit == "year":  # "April 17 last year"
        return _with_year(replace(when, unit=""), published.year + _STEPS.get(when.relation, 0))
    return _nearest(when, published, future=future)


def _with_year(when: When, year: int) -> Extent | None:
    if not _LEAST_YEAR <= year <= _MOST_YEAR:
        return None
    if when.kind == "day":
        return _day(date(year, when.month, when.day))
    if when.kind == "month":
        return _month(year, when.month)
    if when.kind == "season":
        start = (year, _SEASON_MONTHS[when.month])
        last = _month(*_months(start, 2)).last
        return Extent(f"{year:04}-{when.month}", date(*start, 1), last)
    if when.unit == "decade":
        return Extent(f"{year // 10:03}X", date(year, 1, 1), date(year + 9, 12, 31))
    return _year(year)


def _nearest(when: When, published: date, *, future: bool) -> Extent | None:
    """Give a day, month or season without a year the year that the sentence can mean."""
    here = _with_year(when, published.year)
    if here is None or when.relation == "this":
        return here
    is_over, is_ahead = here.last < published, here.first > published
    if when.relation == "next" or (future and when.relation != "last"):
        return _with_year(when, published.year + 1) if is_over else here
    soon = when.kind == "day" and (here.first - published).days <= _SOON
    if (is_ahead and not soon) or (when.relation == "last" and not is_over):
        return _with_year(when, published.year - 1)
    return here


def _weekday(when: When, published: date, *, future: bool) -> Extent:
    ahead = (when.month - published.isoweekday()) % 7
    if when.relation == "next" or (future and when.relation != "last"):
        return _day(published + timedelta(days=ahead or (7 if when.relation == "next" else 0)))
    back = (7 - ahead) % 7
    if when.relation == "last" and back == 0:
        back = 7
    return _day(published - timedelta(days=back))


def _moved(day: date, unit: str, count: int) -> Extent | None:
    """Go some units from a day; what comes out is a whole unit, for "two months ago" names no day."""
    if unit in ("year", "decade"):
        return _year(day.year + count * (10 if unit == "decade" else 1))
    if unit == "day":
        return _day(day + timedelta(days=count))
    if unit in ("week", "weekend"):
        monday = day + timedelta(days=7 * count + 1 - day.isoweekday())
        return _interval(monday + timedelta(days=5 if unit == "weekend" else 0), monday + timedelta(days=6))
    if unit == "month":
        return _month(*_months((day.year, day.month), count))
    if unit == "quarter":
        year, quarter = divmod(day.year * 4 + (day.month - 1) // 3 + count, 4)
        return _interval(_month(year, quarter * 3 + 1).first, _month(year, quarter * 3 + 3).last)
    return None


def _shifted(when: When, reference: Extent) -> Extent | None:
    count = when.month if when.relation == "after" else -when.month
    if when.unit in ("day", "week"):
        days = timedelta(days=count * (7 if when.unit == "week" else 1))
        return _day(reference.first + days) if reference.first == reference.last else None
    return _moved(reference.first, when.unit, count)


def _same(when: When, reference: Extent) -> Extent | None:
    if when.unit == "day":
        return reference if reference.first == reference.last else None
    inside = _moved(reference.first, when.unit, 0)
    return inside if inside is not None and inside.last >= reference.last else None


def _part(extent: Extent, part: str) -> Extent:
    length = (extent.last - extent.first).days
    if length > 360:  # noqa: PLR2004 - a year
        year = extent.first.year
        low, high = _PARTS[part]
        return Extent(f"{year:04}-{low:02}/{year:04}-{high:02}", date(year, low, 1), _month(year, high).last)
    if 27 <= length <= 30 and part in _PART_DAYS:  # noqa: PLR2004 - a month
        low, high = _PART_DAYS[part]
        return _interval(extent.first.replace(day=low), extent.first.replace(day=min(high, extent.last.day)))
    return extent
