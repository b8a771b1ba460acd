"""Excel workbooks, written row by row: records, places, citations, sources, and a sheet that explains them.

Every text is written as a text: none is a formula, a link or a number, whatever it begins with.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError, FileSizeError

from dashboard.domain.vocabulary import terms
from dashboard.errors import ExportError, TooManyRowsError
from dashboard.exports.columns import CITATIONS, PLACES, RECORDS, SOURCES, Column, names
from dashboard.exports.features import cells_of
from dashboard.exports.notes import about_lines, counted
from dashboard.exports.plain_sheet import MOST_TEXT, PlainSheet
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file

__all__ = ["MOST_ROWS", "write_workbook"]

MOST_ROWS: Final = 1_048_575
"""Rows of a sheet, without its header."""

_READ_ME_WIDTH: Final = 28
_VOCABULARIES: Final = (
    "site_kinds", "event_kinds", "site_statuses", "event_statuses", "precisions", "location_roles",
    "location_methods", "actor_roles", "product_categories", "source_kinds", "stances",
)  # fmt: skip
_WIDTHS: Final = {"text": 18, "number": 11, "count": 8, "flag": 8}


def write_workbook(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write a view as an Excel workbook.

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
        The file; its notes count texts that were cut.

    Raises
    ------
    TooManyRowsError
        If a sheet cannot hold the rows.
    """
    sheets: dict[str, tuple[pd.DataFrame, tuple[Column, ...]]] = {
        "Records": (view.records, RECORDS),
        "Places": (view.places, PLACES),
        "Citations": (view.citations, CITATIONS),
        "Sources": (view.sources, SOURCES),
    }
    most = max(len(frame) for frame, _ in sheets.values())
    if most > MOST_ROWS:
        raise TooManyRowsError("Excel", most, MOST_ROWS)
    steps = pace(sum(len(frame) for frame, _ in sheets.values()))
    with whole_file(path) as part, _open_book(part) as book:
        sheet: PlainSheet = book.add_worksheet("Read me", worksheet_class=PlainSheet)
        sheet.set_column(0, 3, _READ_ME_WIDTH)
        for row in _read_me(view):
            sheet.append(row)
        cut = 0
        for name, (frame, columns) in sheets.items():
            cut += _write_sheet(book, name, frame, columns, steps)
        try:
            book.close()
        except FileSizeError as error:
            raise TooManyRowsError("Excel", most, most // 2) from error
    notes = (
        *view.notes,
        *counted(
            cut,
            f"1 text was cut to {MOST_TEXT:,} characters, all that a cell of Excel holds",
            f"{{n}} texts were cut to {MOST_TEXT:,} characters, all that a cell of Excel holds",
        ),
    )
    return Written(path, len(view.records), notes)


@contextmanager
def _open_book(path: Path) -> Iterator[Any]:
    """Open a workbook whose rows go to disk as they are written, in its own folder and nowhere else."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
    try:
        yield book
    except FileCreateError as error:
        raise ExportError(
            f"{path.name} cannot be written ({error}): make room or choose another folder"
        ) from error
    finally:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()


def _write_sheet(
    book: Any,  # noqa: ANN401  # xlsxwriter ships no types
    name: str,
    frame: pd.DataFrame,
    columns: tuple[Column, ...],
    steps: Pace,
) -> int:
    sheet: PlainSheet = book.add_worksheet(name, worksheet_class=PlainSheet)
    sheet.freeze_panes(1, 1)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, _WIDTHS[column.type])
    sheet.append(names(columns))
    for chunk in steps.chunks(pd.DataFrame(frame)[list(names(columns))]):
        for row in cells_of(chunk):
            sheet.append(row)
    return sheet.cut


def _read_me(view: ExportView) -> Iterator[tuple[str, ...]]:
    yield from about_lines(view)
    for title, columns in (
        ("Records", RECORDS),
        ("Places", PLACES),
        ("Citations", CITATIONS),
        ("Sources", SOURCES),
    ):
        yield ()
        yield f"Columns of {title}", "What they mean"
        for column in columns:
            yield column.name, column.description
    yield ()
    yield "Vocabulary", "Code", "Word", "What it means"
    for vocabulary in _VOCABULARIES:
        for term in terms(vocabulary).values():
            yield vocabulary, term.code, term.label, term.definition
