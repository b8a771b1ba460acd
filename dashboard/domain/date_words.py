"""Uncertain dates in words, for people: "about 2 January 2026", "from 29 May 2024", "autumn 2023".

Words never say more than the EDTF text does: a month stays a month.
"""

import calendar
import re
from typing import Final

from dashboard.domain.dates import UncertainDate

__all__ = ["date_words"]

_MONTHS: Final = tuple(calendar.month_name)[1:]
_SEASONS: Final = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_QUALIFIERS: Final = {"~": "about ", "?": "possibly ", "%": "possibly about "}


def date_words(date: UncertainDate) -> str:
    """Put a date into words.

    Parameters
    ----------
    date
        Any uncertain date.

    Returns
    -------
    str
        English words; ``undated`` when nothing is known.
    """
    if date.is_undated:
        return "undated"
    if not date.is_interval:
        return _part(date.text)
    left, _, right = date.text.partition("/")
    if right in ("", ".."):
        return f"from {_part(left)}" + (" (end not known)" if not right else "")
    if left in ("", ".."):
        return f"until {_part(right)}"
    return f"{_part(left)} to {_part(right)}"


def _part(text: str) -> str:
    qualifier = text[-1] if text[-1] in _QUALIFIERS else ""
    year, month, day = [*re.split("-", text.removesuffix(qualifier)), "", ""][:3]
    return _QUALIFIERS.get(qualifier, "") + _plain(year, month, day)


def _plain(year: str, month: str, day: str) -> str:
    if "X" in year:
        return f"the {year.replace('X', '0').lstrip('0')}s"
    year = year.lstrip("0")
    if month in ("", "XX"):
        return year
    if month in _SEASONS:
        return f"{_SEASONS[month]} {year}"
    name = _MONTHS[int(month) - 1]
    return f"{name} {year}" if day in ("", "XX") else f"{int(day)} {name} {year}"
