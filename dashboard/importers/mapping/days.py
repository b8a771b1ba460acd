"""Dates as people write them, read to EDTF with the precision they have: a month stays a month.

Nothing is guessed: 3/4/2021 is read when the mapping says which number is the day, 1/14/80 when it says which
century is meant; otherwise the reason says what to choose.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from dashboard.domain.dates import UncertainDate
from dashboard.errors import UncertainDateError
from dashboard.importers.mapping.partly import read_part
from dashboard.importers.mapping.worded import read_words

__all__ = ["DateFault", "DayOrder", "Reading", "read_day"]

DayOrder = Literal["day month", "month day"]
_LONGEST: Final = 80
_RANGE: Final = re.compile(
    r"\s*(?:\.\.|/|:|\s(?:to|until|till|bis|au|hasta|al|إلى|عد)\s|\s[\u2013\u2014-]\s|[\u2013\u2014])\s*"
)
_STAMP: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2}|UTC)?"
)
_ISO: Final = re.compile(r"(\d{4})[-./](\d{1,2}|xx|XX)(?:[-./]([~?%]?)(\d{1,2}|xx|XX))?([~?%]?)")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBERS: Final = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})")
_MONTH_YEAR: Final = re.compile(r"(\d{1,2})[/.-](\d{4})")
_YEAR: Final = re.compile(r"(?:in\s+|c\.?\s*|ca\.?\s*|circa\s+|~)?(\d{4})([~?%]?)")
_DECADE: Final = re.compile(r"(?:the\s+)?(\d{3})0(?:s|er)")
_QUARTER: Final = re.compile(r"(?:Q([1-4])\s*[/ -]?\s*(\d{4})|(\d{4})\s*[/ -]?\s*Q([1-4]))", re.IGNORECASE)
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d{1,12})?")
_ABOUT: Final = re.compile(
    r"(?:about|around|circa|ca?\.|approx\.?|vers|etwa|um|hacia|حوالي|בערך)\s+", re.IGNORECASE
)
_LAST_YEAR: Final = 2200


class DateFault(ValueError):  # noqa: N818  # it is caught at once and becomes a row's problem
    """Why a text is no date, or which choice would make it one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mapping says about its dates.

    Parameters
    ----------
    order
        Which of two numbers is the day; None when nobody said.
    pivot
        Two-digit years above it belong to the 1900s; None when two digits are refused.
    serials
        First year of spreadsheet day numbers; None when they are refused.
    """

    order: DayOrder | None = None
    pivot: int | None = None
    serials: Literal[1900, 1904] | None = None


def read_day(text: str, reading: Reading) -> str:
    """Read one date.

    Parameters
    ----------
    text
        As written.
    reading
        What the mapping says about its dates.

    Returns
    -------
    str
        EDTF level 1; empty for nothing.

    Raises
    ------
    DateFault
        If it is none, or could be two.
    """
    text = " ".join(text.split())
    if not text:
        return ""
    if len(text) > _LONGEST:
        raise DateFault("is too long for a date")
    found = _plain(text) or _one(text, reading) or _interval(text, reading)
    if not found:
        raise DateFault("is no date that can be read: write 2021, 2021-11 or 2021-11-24")
    try:
        bounds = UncertainDate.parse(found)
    except UncertainDateError as error:
        raise DateFault(f"is no date: {error.reason}") from None
    if not bounds.is_interval and int(found[:4].replace("X", "0")) > _LAST_YEAR:
        raise DateFault("looks like a default that stands for no date")
    return found


def _plain(text: str) -> str:
    try:
        return UncertainDate.parse(text).text
    except UncertainDateError:
        return ""


def _interval(text: str, reading: Reading) -> str:
    parts = _RANGE.split(text)
    if len(parts) != 2:  # noqa: PLR2004  # two ends
        return ""
    left, right = ((_plain(part) or _one(part, reading)) if part else ".." for part in parts)
    return f"{left}/{right}" if left and right else ""


def _one(text: str, reading: Reading) -> str:
    if about := _ABOUT.match(text):
        rest = _plain(text[about.end() :]) or _one(text[about.end() :], reading)
        return rest + "~" if rest and rest[-1].isalnum() else rest
    for pattern, read in _READERS:
        if found := pattern.fullmatch(text):
            return read(found, reading)
    return read_words(text) or read_part(text)


def _iso(found: re.Match[str], _: Reading) -> str:
    year, month, mark, day, qualifier = found.groups()
    month, mark = month.upper(), mark or qualifier
    if month == "XX":
        return year + mark
    if day is None or day.upper() == "XX":
        return f"{year}-{int(month):02}{mark}"
    return f"{year}-{int(month):02}-{int(day):02}{mark}"


def _numbers(found: re.Match[str], reading: Reading) -> str:
    one, _, two, year = found.groups()
    first, second = int(one), int(two)
    if first > 12 >= second:  # noqa: PLR2004  # months
        order: DayOrder | None = "day month"
    elif second > 12 >= first:  # noqa: PLR2004  # months
        order = "month day"
    else:
        order = reading.order
    if order is None and first != second:
        raise DateFault("may be read two ways: say in the mapping whether the day or the month comes first")
    if reading.order and order != reading.order:
        raise DateFault(f"contradicts the order of the mapping ({reading.order})")
    day, month = (second, first) if order == "month day" else (first, second)
    return f"{_full_year(year, reading):04}-{month:02}-{day:02}"


def _full_year(year: str, reading: Reading) -> int:
    if len(year) == 4:  # noqa: PLR2004  # digits
        return int(year)
    if reading.pivot is None:
        raise DateFault("has a year of two digits: say in the mapping which years are meant (pivot)")
    return int(year) + (1900 if int(year) > reading.pivot else 2000)


def _serial(found: re.Match[str], reading: Reading) -> str:
    if reading.serials is None:
        raise DateFault("looks like a spreadsheet's day number: say in the mapping from which year it counts")
    # 1899-12-30, because spreadsheets believe in 1900-02-29
    start = date(1899, 12, 30) if reading.serials == 1900 else date(1904, 1, 1)  # noqa: PLR2004  # their epoch
    return (start + timedelta(days=int(float(found[0])))).isoformat()


def _quarter(found: re.Match[str], _: Reading) -> str:
    quarter, year = int(found[1] or found[4]), found[2] or found[3]
    return f"{year}-{quarter * 3 - 2:02}/{year}-{quarter * 3:02}"


_READERS: Final = (
    (_STAMP, lambda found, _: found[1]),
    (_ISO, _iso),
    (_COMPACT, lambda found, _: f"{found[1]}-{found[2]}-{found[3]}"),
    (_NUMBERS, _numbers),
    (_MONTH_YEAR, lambda found, _: f"{found[2]}-{int(found[1]):02}"),
    (_YEAR, lambda found, _: found[1] + (found[2] or ("~" if found[0][0] in "c~" else ""))),
    (_DECADE, lambda found, _: f"{found[1]}X"),
    (_QUARTER, _quarter),
    (_SERIAL, _serial),
)
