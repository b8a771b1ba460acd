"""CSV for people: one row a record, in the view's order, with cells guarded that could be formulas."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from dashboard.exports.cells import guard_cell
from dashboard.exports.columns import RECORDS, names
from dashboard.exports.features import cells_of
from dashboard.exports.notes import counted
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file

__all__ = ["guarded_row", "write_csv"]

_HARMLESS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def write_csv(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the records of a view as CSV.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    pace
        Makes the pace of so many rows.

    Returns
    -------
    Written
        The file; its notes hold the credit, for which CSV has no place.
    """
    steps = pace(len(view.records))
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        writer.writerow(names(RECORDS))
        for chunk in steps.chunks(view.records[list(names(RECORDS))]):
            writer.writerows(guarded_row(row) for row in cells_of(chunk))
    several = int((view.records["place_count"] > 1).sum())
    notes = (
        *view.notes,
        *counted(
            several,
            "1 record has more than one place: CSV has the main one",
            "{n} records have more than one place: CSV has the main one of each",
        ),
        f"Credit, for which CSV has no place: {view.credit}",
    )
    return Written(path, len(view.records), notes)


def guarded_row(row: Iterable[Any]) -> list[Any]:
    """Guard the texts of a row against being computed.

    Parameters
    ----------
    row
        Texts, numbers, truths and None.

    Returns
    -------
    list
        Texts behind an apostrophe where they could be formulas; ``true`` and ``false``; empty for None.
    """
    return [_cell(value) for value in row]


def _cell(value: Any) -> Any:  # noqa: ANN401  # a cell is of any type
    if isinstance(value, str):
        return value if value[:1] in _HARMLESS else guard_cell(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return "" if value is None else value
