"""Rows of one frame that belong to the rows of another, found a piece at a time.

Rows made into dictionaries take ten times the room that they have in a frame, so only those of one piece are.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from dashboard.exports.features import cells_of

__all__ = ["Lookup", "lookup", "members", "objects_of"]

Lookup = dict[str, list[dict[str, Any]]]
"""Rows by an id, each as values by column."""


def lookup(frame: pd.DataFrame, key: str, values: Iterable[str]) -> Lookup:
    """Find the rows of a frame that have one of some values in a column.

    Parameters
    ----------
    frame
        The frame.
    key
        The column.
    values
        The values; an empty one is looked up for nobody.

    Returns
    -------
    dict
        Rows in the frame's order by value; a list for every value.
    """
    found: Lookup = {one: [] for one in values if one}
    for row in objects_of(frame[frame[key].isin([*found])]):
        found[row[key]].append(row)
    return found


def members(column: Iterable[str]) -> Iterator[str]:
    """Give the ids that cells hold.

    Parameters
    ----------
    column
        Cells, each with ids joined by ``|``.

    Yields
    ------
    str
        Ids, also those that come again.
    """
    for cell in column:
        yield from cell.split("|")


def objects_of(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Give the rows of a piece as dictionaries.

    Parameters
    ----------
    frame
        A few thousand rows; a geometry is left out.

    Yields
    ------
    dict
        Texts, numbers, truths, None where a number is missing, by column.
    """
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    columns = tuple(map(str, plain.columns))
    for row in cells_of(plain):
        yield dict(zip(columns, row, strict=True))
