"""What a figure and a briefing say of a view in words: counts, what is missing, who said so."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from dashboard.domain.window import Window
from dashboard.exports.view import ExportView

__all__ = [
    "count_words",
    "counted",
    "day_words",
    "missing_words",
    "publishers",
    "source_words",
    "window_words",
]

_NO_PUBLISHER: Final = "publisher not stated"


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun.

    Parameters
    ----------
    number
        How many.
    one
        The noun.
    many
        Its plural; with an s when empty.

    Returns
    -------
    str
        Such as ``1 site`` or ``1,200 sites``.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def count_words(view: ExportView) -> str:
    """Say how many records of each type there are.

    Parameters
    ----------
    view
        The view.

    Returns
    -------
    str
        Such as ``37 events, 12 sites``.
    """
    kinds = view.records["type"].value_counts()
    events, sites = int(kinds.get("event", 0)), int(kinds.get("site", 0))
    if not events and not sites:
        return "No records"
    parts = [counted(events, "event")] if events else []
    return ", ".join([*parts, *([counted(sites, "site")] if sites else [])])


def missing_words(view: ExportView) -> str:
    """Say what the map and the timeline cannot show sharply.

    Parameters
    ----------
    view
        The view.

    Returns
    -------
    str
        Such as ``3 without a place, 2 possibly in the window``; empty when nothing is missing.
    """
    records = view.records
    unplaced = int(pd.to_numeric(records["lat"], errors="coerce").isna().sum())
    possible = int((records["fit"] == "possible").sum())
    contested = int(records["contradicted"].astype(bool).sum())
    parts = []
    if unplaced:
        parts.append(f"{unplaced:,} without a place on the map")
    if possible:
        parts.append(f"{possible:,} only possibly in the window")
    if contested:
        parts.append(f"{contested:,} on which sources disagree")
    return ", ".join(parts)


def window_words(window: Window) -> str:
    """Say which days a window holds.

    Parameters
    ----------
    window
        The window.

    Returns
    -------
    str
        Such as ``1 January 2020 to 31 December 2021`` or ``all dates``.
    """
    start, end = window.start_text, window.end_text
    if start and end:
        return f"{day_words(start)} to {day_words(end)}"
    if start:
        return f"from {day_words(start)}"
    return f"until {day_words(end)}" if end else "all dates"


def day_words(day: str) -> str:
    """Write a day.

    Parameters
    ----------
    day
        ISO 8601.

    Returns
    -------
    str
        Such as ``1 January 2020``.
    """
    # Not by strftime, which pads early years or not, as the C library likes.
    year, month, number = day.rsplit("-", 2)
    name = pd.Timestamp(2000, int(month), 1).month_name()
    return f"{int(number)} {name} {int(year)}"


def publishers(view: ExportView) -> list[tuple[str, int]]:
    """Count the sources of each publisher.

    Parameters
    ----------
    view
        The view.

    Returns
    -------
    list of (str, int)
        The most frequent first, by name among equals.
    """
    names = view.sources["publisher"].astype(str).str.strip()
    counts = names.where(names != "", _NO_PUBLISHER).value_counts()
    return sorted(
        ((str(name), int(count)) for name, count in counts.items()), key=lambda one: (-one[1], one[0])
    )


def source_words(named: Sequence[str], others: int, sources: int) -> str:
    """Say who published what is shown.

    Parameters
    ----------
    named
        Publishers that are named.
    others
        How many publishers are not.
    sources
        How many sources there are in all.

    Returns
    -------
    str
        One sentence.
    """
    if not sources:
        return "No sources: these records carry no citations."
    rest = f" and {counted(others, 'other publisher')}" if others else ""
    return f"{counted(sources, 'source')}: {', '.join(named)}{rest}."
