"""What every reader needs: labels fit to be shown, and days that are as exact as they were written."""

import re
import unicodedata
from datetime import date
from typing import Final

from dashboard.articles.reading.limits import MAX_LABEL

__all__ = ["day_of_edtf", "edtf_of", "label"]

_STATED: Final = re.compile(
    r"\s{0,9}((?:19|20)\d\d)(?:[-/.]([01]?\d)(?:[-/.]([0-3]?\d)(?![\d/.-]))?)?(?=$|[T\s+Z])"
)
_COMPACT: Final = re.compile(r"\s{0,9}((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)")
_UNSHOWN: Final = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def label(text: str, most: int = MAX_LABEL) -> str:
    """Make text from outside fit to be shown in one line.

    Parameters
    ----------
    text
        Any text.
    most
        Longest that is shown.

    Returns
    -------
    str
        The text without control characters and direction marks, cut.
    """
    head = text[: 4 * most]
    shown = "".join(" " if unicodedata.category(one) in _UNSHOWN else one for one in head)
    words = " ".join(shown.split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


def edtf_of(text: str) -> str:
    """Read a date as machines write it, inventing nothing.

    Parameters
    ----------
    text
        Such as ``2025-09-24T10:00:00Z``, ``2025/09/24``, ``20250924``, ``2025-09`` or ``2025``.

    Returns
    -------
    str
        EDTF of a day, month or year; empty when it is none.
    """
    match = _STATED.match(text) or _COMPACT.match(text)
    if match is None:
        return ""
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return "-".join(part.zfill(2) for part in (year, month, day) if part)


def day_of_edtf(text: str) -> date | None:
    """Give the day of an EDTF date, if it is one.

    Parameters
    ----------
    text
        What `edtf_of` gave.

    Returns
    -------
    date or None
        The day; None for a month, a year or nothing.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
