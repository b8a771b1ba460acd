"""Records of a delimited text: where each begins and ends, by arithmetic on bytes; strictly where that fails.

A quote that is opened and never closed makes most readers swallow the rest of the file into one cell. Here
its line is refused by number and reading goes on with the next.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Careful", "Numbers", "Span", "read_carefully", "read_one", "spans"]

Numbers = NDArray[np.int64]

_LINE_FEED: Final = ord("\n")
_QUOTE: Final = ord('"')
_LONGEST_LINES: Final = 1_000
"""Most lines of one record; a cell that goes on for longer was never closed."""


@dataclass(frozen=True, slots=True)
class Span:
    """Records of a block.

    Parameters
    ----------
    starts
        Offset of the first byte of each.
    ends
        Offset of its line feed.
    lines
        Line feeds in the block before it.
    cells
        Cells that it has.
    """

    starts: Numbers
    ends: Numbers
    lines: Numbers
    cells: Numbers


def spans(block: bytes, delimiter: str) -> Span | None:
    """Find the records of a block that begins with one.

    Parameters
    ----------
    block
        UTF-8 with line feeds; what stands behind the last record is not looked at.
    delimiter
        What stands between two cells.

    Returns
    -------
    Span or None
        The whole records; None when a quote stands where none may, so that arithmetic would mislead.
    """
    letters = np.frombuffer(block, np.uint8)
    feeds = np.flatnonzero(letters == _LINE_FEED)
    between = np.flatnonzero(letters == ord(delimiter))
    ends = feeds
    if b'"' in block:
        quotes = np.flatnonzero(letters == _QUOTE)
        ends = feeds[np.searchsorted(quotes, feeds) % 2 == 0]
        if not len(ends):
            return None
        quotes = quotes[quotes < ends[-1]]
        if not _are_in_place(letters, quotes, ord(delimiter)):
            return None
        between = between[np.searchsorted(quotes, between) % 2 == 0]
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    counts = np.searchsorted(between, ends) - np.searchsorted(between, starts) + 1
    return Span(starts, ends, np.searchsorted(feeds, starts), counts)


def _are_in_place(letters: NDArray[np.uint8], quotes: Numbers, delimiter: int) -> bool:
    """Whether each quote opens a cell, closes one, or is one of two that stand for one."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = letters[np.maximum(opening - 1, 0)]
    free = (opening == 0) | (before == delimiter) | (before == _LINE_FEED) | (before == _QUOTE)
    after = letters[closing + 1]  # the line feed of the last record stands behind every quote
    shut = (after == delimiter) | (after == _LINE_FEED) | (after == _QUOTE)
    return bool(free.all() and shut.all())


@dataclass(slots=True)
class Careful:
    """What careful reading gave.

    Parameters
    ----------
    records
        Line within the block from 0, lines it takes, and cells.
    broken
        Lines whose quotes do not hold together, with their text.
    used
        Lines that were read; the record behind them may go on in the next block.
    """

    records: list[tuple[int, int, list[str]]]
    broken: list[tuple[int, str]]
    used: int


def read_carefully(lines: list[str], delimiter: str, cells: int, *, last: bool) -> Careful:
    """Read records one by one.

    Parameters
    ----------
    lines
        Lines with their line feeds; the first begins a record.
    delimiter
        What stands between two cells.
    cells
        Cells that a record should have, 0 if that is not known.
    last
        Whether nothing comes behind them.

    Returns
    -------
    Careful
        The records and what is wrong.
    """
    found = Careful([], [], 0)
    while found.used < len(lines):
        start = found.used
        feed = _Feed(lines, start)
        reader = csv.reader(feed, delimiter=delimiter, strict=True)
        try:
            for record in reader:
                found.records.append((found.used, feed.at - found.used, record))
                found.used = feed.began = feed.at
        except csv.Error:
            if feed.at >= len(lines) and not last and feed.at - found.used < _LONGEST_LINES:
                break
            _recover(found, lines[found.used], delimiter, cells)
    return found


class _Feed:
    """Gives lines to a reader of records, and no more than a record may have."""

    def __init__(self, lines: list[str], start: int) -> None:
        self._lines = lines
        self.at = self.began = start

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._lines) or self.at - self.began >= _LONGEST_LINES:
            raise StopIteration
        self.at += 1
        return self._lines[self.at - 1]


def _recover(found: Careful, line: str, delimiter: str, cells: int) -> None:
    loose = read_one(line, delimiter)
    if len(loose) == cells and not any("\n" in cell for cell in loose):
        found.records.append((found.used, -1, loose))
    else:
        found.broken.append((found.used, line))
    found.used += 1


def read_one(text: str, delimiter: str) -> list[str]:
    """Read one record, leniently.

    Parameters
    ----------
    text
        The record.
    delimiter
        What stands between two cells.

    Returns
    -------
    list of str
        Its cells.
    """
    return next(csv.reader([text], delimiter=delimiter), [])
