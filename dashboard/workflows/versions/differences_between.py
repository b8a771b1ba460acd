"""Two states of the records side by side: what was added, removed and changed, field by field.

A command compares whole stores and packages with it, a page two versions as one audience may see them.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from dashboard.domain.cells import cells_as_found
from dashboard.domain.records import TABLES, Change
from dashboard.exports.cells import guard_cell
from dashboard.workflows.views.frames import Tables

__all__ = [
    "ADDED",
    "CHANGED",
    "REMOVED",
    "FieldDifference",
    "RowDifference",
    "count_words",
    "differences_between",
    "differences_csv",
    "differences_json",
    "differences_text",
]

ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"
_SIGNS: Final = {ADDED: "+", REMOVED: "-", CHANGED: "~"}
_CSV_COLUMNS: Final = ("kind", "table", "id", "name", "field", "before", "after")
_NAMED_BY: Final = ("name", "title", "place_as_written", "publisher", "status", "quote")
_MOST_IN_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that differs.

    Parameters
    ----------
    field
        The column.
    before, after
        Its cells; empty where there is none.
    """

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row that is not the same on both sides.

    Parameters
    ----------
    kind
        ``added``, ``removed`` or ``changed``.
    table
        Its table.
    id
        Its id.
    name
        What it is called, on the later side where it is there.
    belongs_to
        Id of the record that a place, status or citation is of; empty for others.
    fields
        The fields that differ; of a row on one side only, all that are not empty.
    """

    kind: str
    table: str
    id: str
    name: str
    belongs_to: str
    fields: tuple[FieldDifference, ...]


def differences_between(before: Tables, after: Tables) -> Iterator[RowDifference]:
    """Compare two states of the records.

    Parameters
    ----------
    before, after
        Records by table name; a missing table counts as empty. The audit trail is not compared: it is what
        tells the same story with names and reasons.

    Yields
    ------
    RowDifference
        In table and id order; none when both are the same.
    """
    for table in TABLES:
        if table == Change.table:
            continue
        old, new = ({row.id: row for row in side.get(table, ())} for side in (before, after))
        for row_id in sorted(old.keys() | new.keys()):
            left, right = old.get(row_id), new.get(row_id)
            # Rows that nobody touched are the same objects more often than not.
            if left is not right and left != right:
                yield _difference(table, row_id, left, right)


def count_words(differences: Iterable[RowDifference]) -> str:
    """Say how much differs.

    Parameters
    ----------
    differences
        What `differences_between` gives.

    Returns
    -------
    str
        Such as ``2 added, 1 removed, 5 changed``.
    """
    counts = Counter(one.kind for one in differences)
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in (ADDED, REMOVED, CHANGED))


def differences_text(differences: Iterable[RowDifference]) -> Iterator[str]:
    """Write differences for people at a terminal.

    Parameters
    ----------
    differences
        What `differences_between` gives.

    Yields
    ------
    str
        Lines: one for each row, and indented ones for its fields.
    """
    for one in differences:
        of = f" of {one.belongs_to}" if one.belongs_to else ""
        named = f"  {_one_line(one.name)}" if one.name else ""
        yield f"{_SIGNS[one.kind]} {one.table} {one.id}{of}{named}"
        for field in one.fields:
            if one.kind == CHANGED:
                yield f"    {field.field}: {_one_line(field.before)!r} → {_one_line(field.after)!r}"
            elif field.field != "id":
                yield f"    {field.field}: {_one_line(field.after or field.before)}"


def differences_json(differences: Iterable[RowDifference]) -> Iterator[str]:
    """Write differences for programs, row by row.

    Parameters
    ----------
    differences
        What `differences_between` gives.

    Yields
    ------
    str
        Parts of one JSON list.
    """
    separator = "["
    for one in differences:
        yield f"{separator}\n  {json.dumps(asdict(one), ensure_ascii=False)}"
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"


def differences_csv(differences: Iterable[RowDifference]) -> Iterator[str]:
    """Write differences for spreadsheets: one line for each field, in which nothing is a formula.

    Parameters
    ----------
    differences
        What `differences_between` gives.

    Yields
    ------
    str
        Lines of CSV with a header.
    """
    yield _csv_line(_CSV_COLUMNS)
    for one in differences:
        for field in one.fields:
            yield _csv_line((one.kind, one.table, one.id, one.name, field.field, field.before, field.after))


def _difference(table: str, row_id: str, old: Any, new: Any) -> RowDifference:  # noqa: ANN401  # any record
    left = cells_as_found(old) if old is not None else {}
    right = cells_as_found(new) if new is not None else {}
    fields = tuple(
        FieldDifference(column, left.get(column, ""), right.get(column, ""))
        for column in (left or right)
        if left.get(column, "") != right.get(column, "")
    )
    kind = ADDED if old is None else REMOVED if new is None else CHANGED
    cells = right or left
    name = next((cells[column] for column in _NAMED_BY if cells.get(column)), "")
    belongs_to = cells.get("record_id") or cells.get("site_id") or ""
    return RowDifference(kind, table, row_id, name[:_MOST_IN_NAME], belongs_to, fields)


def _one_line(text: str) -> str:
    # What an escape sequence does to a terminal is its author's wish and not that of who reads.
    return "".join(one if one.isprintable() else " " for one in text)


def _csv_line(cells: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerow(map(guard_cell, cells))
    return out.getvalue()
