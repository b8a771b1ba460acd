"""Workbooks by calamine, which reads values only and follows nothing; checked before, as it trusts sizes.

A workbook of 5 KB may say that its last cell is XFD1048576, for which a reader sets aside 17 billion cells.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from dashboard.confinement import ArchiveLimits, check_archive, read_member
from dashboard.errors import ArchiveError, TableRefusedError
from dashboard.importers.tables.compound import CompoundFaultError, check_compound
from dashboard.importers.tables.header import find_header, name_columns
from dashboard.importers.tables.output import Output
from dashboard.importers.tables.table import BATCH_ROWS, ReadOptions

__all__ = ["read_sheets"]

_ARCHIVE: Final = ArchiveLimits(entries=2_000, total_bytes=600_000_000, ratio=120, ratio_from=1_000_000)
_CELLS: Final = 30_000_000
"""Cells of the rectangle that a reader sets aside."""
_HEADER_WITHIN: Final = 60
_RANGES: Final = 10_000
_OLE: Final = b"\xd0\xcf\x11\xe0"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_MACROS: Final = "_VBA_PROJECT".encode("utf-16-le")
_FAR: Final = re.compile(rb'\sr="([A-Z]{2,})[0-9]')
_ROW: Final = re.compile(rb"<(?:[a-z0-9]+:)?row\b[^>]{0,200}?\sr=\"([0-9]{1,12})\"")
_CELL_ROW: Final = re.compile(rb'<(?:[a-z0-9]+:)?c\b[^>]{0,200}?\sr="[A-Z]{1,9}([0-9]{7,12})"')
_REPEATED: Final = re.compile(rb'number-(columns|rows)-repeated="([0-9]{1,12})"')
_DECLARES: Final = (b"<!DOCTYPE", b"<!ENTITY")


def read_sheets(file: BinaryIO, options: ReadOptions, out: Output) -> bool:
    """Read one sheet of a workbook.

    Parameters
    ----------
    file
        XLSX, XLS or ODS.
    options
        Sheet and header, if somebody chose them.
    out
        Takes the rows.

    Returns
    -------
    bool
        False: a sheet has no geometries.

    Raises
    ------
    TableRefusedError
        It is locked, broken, no workbook, or larger than is allowed.
    """
    file.seek(0)
    raw = file.read()
    out.format = _check_binary(raw, out) if raw.startswith(_OLE) else _check_archive(raw, out)
    file.seek(0)
    try:
        with CalamineWorkbook.from_filelike(file) as book:
            _read(_choose(book, options.sheet, out), options, out)
    except TableRefusedError:
        raise
    except (CalamineError, ValueError, OSError, KeyError) as error:
        raise out.refuse("is a broken workbook, or none: save it anew as .xlsx or CSV") from error
    return False


def _check_binary(raw: bytes, out: Output) -> str:
    if _LOCKED in raw:
        raise out.refuse("is locked with a password: save it without one")
    if _MACROS in raw:
        raise out.refuse("holds macros: save it as a workbook without them (.xlsx)")
    try:
        check_compound(raw)
    except CompoundFaultError as fault:
        raise out.refuse(str(fault)) from None
    return "xls"


def _check_archive(raw: bytes, out: Output) -> str:
    kind = "xlsx"
    try:
        with check_archive(raw, _ARCHIVE) as archive:
            for member in archive.infolist():
                lower = member.filename.lower()
                if lower == "content.xml":
                    kind = "ods"
                if lower.endswith((".xml", ".rels")):
                    _check_part(read_member(archive, member.filename, _ARCHIVE.total_bytes), lower, out)
    except ArchiveError as error:
        raise out.refuse(str(error)) from None
    return kind


def _check_part(part: bytes, name: str, out: Output) -> None:
    if any(word in part for word in _DECLARES):
        raise out.refuse("declares entities or a document type in its XML, which only an attack does")
    if name.startswith("xl/worksheets/"):
        _check_rectangle(part, out)
    elif name == "content.xml":
        _check_repeats(part, out)


def _check_rectangle(part: bytes, out: Output) -> None:
    columns = max((_column(letters) for letters in {found[1] for found in _FAR.finditer(part)}), default=26)
    if columns > out.limits.columns:
        raise out.refuse(
            f"has a cell in column {columns:,}; the limit is {out.limits.columns:,} columns: "
            "delete what stands far to the right"
        )
    rows = max((int(found[1]) for found in _ROW.finditer(part)), default=1)
    rows = max(rows, *(int(found[1]) for found in _CELL_ROW.finditer(part)), 1)
    if rows > out.limits.rows + 1 or rows * columns > _CELLS:
        raise out.refuse(
            f"has a sheet of {rows:,} rows and {columns:,} columns; the limit is {out.limits.rows:,} rows "
            f"and {_CELLS:,} cells: delete what stands far below, or save it as CSV"
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:9]:
        number = number * 26 + letter - 64
    return number


def _check_repeats(part: bytes, out: Output) -> None:
    """Count the cells that repeated ones stand for; empty ones at the end of rows and sheets are usual."""
    for element in re.finditer(rb"<table:table-(?:cell|row)\b[^>]{0,2000}>", part):
        text = element[0]
        found = _REPEATED.search(text)
        if found and int(found[2]) > out.limits.columns and b"value" in text:
            raise out.refuse(f"repeats a cell {int(found[2]):,} times, which only an attack does")


def _choose(book: CalamineWorkbook, asked: str, out: Output) -> CalamineSheet:
    sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    hidden = [one.name for one in sheets if one.visible != SheetVisibleEnum.Visible]
    names = [one.name for one in sheets]
    if hidden:
        out.notes.append(f"It has hidden sheets: {', '.join(hidden)}")
    if asked and asked not in names:
        raise out.refuse(f"has no sheet {asked[:60]!r}: choose one of {', '.join(names)}")
    seen = [name for name in names if name not in hidden]
    loaded = map(book.get_sheet_by_name, [asked] if asked else seen)  # a sheet costs its whole length
    sheet = next((one for one in loaded if one.height), None)
    if sheet is None:
        raise out.refuse("has no rows: its sheets are empty")
    out.sheets = [sheet.name, *(name for name in names if name != sheet.name)]
    if len(names) > 1:
        out.notes.append(f"The sheet {sheet.name!r} was read, of {len(names)}")
    return sheet


def _read(sheet: CalamineSheet, options: ReadOptions, out: Output) -> None:
    merged = _merged(sheet)
    rows = _rows(sheet, merged)
    first = list(islice(rows, _HEADER_WITHIN))
    filled = [(line, cells) for line, cells in first if any(cells)]
    if not filled:
        raise out.refuse("has no rows: the sheet is empty")
    at = next((at for at, (line, _) in enumerate(filled) if line >= options.header > 0), -1)
    at = find_header([cells for _, cells in filled]) if at < 0 else at
    header, cells = filled[at]
    width = max(_reach(one) for _, one in filled)
    if width > out.limits.columns:
        raise out.refuse(
            f"has a cell in column {width:,}; the limit is {out.limits.columns:,} columns: "
            "delete what stands far to the right"
        )
    if at:
        out.notes.append(f"The header is row {header}; what stands above it was left out")
    cells = (cells + [""] * width)[:width]
    out.begin(name_columns(cells, header, out))
    _tell_merged(merged, header, out)
    _write(filled[at + 1 :], rows, width, out)


def _reach(cells: list[str]) -> int:
    """Count the cells up to the last one that holds something."""
    return next((at for at in range(len(cells), 0, -1) if cells[at - 1]), 0)


def _write(
    first: Sequence[tuple[int, list[str]]], rest: Iterator[tuple[int, list[str]]], width: int, out: Output
) -> None:
    held: list[tuple[int, list[str]]] = []
    for line, cells in (one for part in (first, rest) for one in part):
        if not any(cells):
            continue
        if any(cells[width:]):
            out.problem(
                line, f"the row has cells beyond the {width} of the header", value="; ".join(cells[width:])
            )
            continue
        held.append((line, (cells + [""] * width)[:width]))
        if len(held) >= BATCH_ROWS:
            out.write_rows(held)
            held.clear()
    out.write_rows(held)


_Merged = dict[int, list[tuple[int, int]]]
"""Cells that go over several rows: by their first line, their column and their last line."""


def _merged(sheet: CalamineSheet) -> _Merged:
    found: _Merged = {}
    for (top, left), (bottom, _) in (sheet.merged_cell_ranges or ())[:_RANGES]:
        if bottom > top:
            found.setdefault(top + 1, []).append((left, bottom + 1))
    return found


def _tell_merged(merged: _Merged, header: int, out: Output) -> None:
    for line in sorted(merged):
        if line > header:
            last = max(bottom for _, bottom in merged[line])
            out.problem(
                line,
                f"a cell spans several rows, down to {last}: each of them was given what it holds",
                fix="look whether it is meant for all of them",
                severity="warning",
            )


def _rows(sheet: CalamineSheet, merged: _Merged) -> Iterator[tuple[int, list[str]]]:
    row, column = sheet.start or (0, 0)
    spanning: dict[int, tuple[int, str]] = {}
    for line, cells in enumerate(sheet.iter_rows(), row + 1):
        if cells.count("") == len(cells):  # a sheet may have a million of them
            yield line, []
            continue
        texts = [""] * column + [_text(cell) for cell in cells]
        if spanning and any(texts):  # a row that is empty but for them stays empty
            for at, (last, text) in spanning.items():
                if line <= last and at < len(texts) and not texts[at]:
                    texts[at] = text
        for at, last in merged.get(line, ()):
            if at < len(texts):
                spanning[at] = (last, texts[at])
        yield line, texts


def _text(cell: Any) -> str:  # noqa: ANN401 - whatever a cell may hold
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004 - exact integers
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
