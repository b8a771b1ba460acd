"""The data package as a value: nine CSV files and their descriptor, read strictly and judged as a whole.

Reading never repairs and never guesses. A fault becomes a `Problem` that names file, line, column and value,
and all faults of all files are found in one go.
"""

import codecs
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_type_hints

from dashboard.domain.cells import RowError, content_version, read_cells, sort_records
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import TABLES, Change, column_names
from dashboard.domain.validation import Finding, validate
from dashboard.errors import PackageError, Problem

__all__ = [
    "DESCRIPTOR",
    "DataPackage",
    "file_name",
    "new_descriptor",
    "read_package",
    "row_lines",
    "scan_package",
]

DESCRIPTOR: Final = "datapackage.json"
"""Name of the file that describes the package."""


def file_name(table: str) -> str:
    """Give the file that holds a table.

    Parameters
    ----------
    table
        Name of the table.

    Returns
    -------
    str
        File name inside the package.
    """
    return f"{table}.csv"


@dataclass(frozen=True, slots=True)
class DataPackage:
    """All records of an atlas with the text that describes them; use `DataPackage.of` to make one.

    Parameters
    ----------
    tables
        Records by table name, every table present, sorted by first column.
    descriptor
        Text of ``datapackage.json``, kept as it is so that a round trip loses nothing.
    version
        Name of the content, see `dashboard.domain.cells.content_version`.
    """

    tables: Mapping[str, tuple[Any, ...]]
    descriptor: str
    version: str

    @staticmethod
    def of(tables: Mapping[str, Iterable[Any]], descriptor: str = "") -> "DataPackage":
        """Make a package of records that are known to be good.

        Parameters
        ----------
        tables
            Records by table name; a missing table counts as empty.
        descriptor
            Text of ``datapackage.json``; empty for a plain one.

        Returns
        -------
        DataPackage
            The package, sorted, with its version.
        """
        ordered = {
            name: sort_records(record_type, tables.get(name, ())) for name, record_type in TABLES.items()
        }
        return DataPackage(ordered, descriptor or new_descriptor(), content_version(ordered))

    @property
    def metadata(self) -> dict[str, Any]:
        """Descriptor as values."""
        metadata: dict[str, Any] = json.loads(self.descriptor)
        return metadata


def read_package(folder: Path) -> DataPackage:
    """Read a data package that must be whole.

    Parameters
    ----------
    folder
        Folder with the nine CSV files and ``datapackage.json``.

    Returns
    -------
    DataPackage
        The package.

    Raises
    ------
    PackageError
        If anything is wrong with it; carries every problem of every file.
    """
    package, problems = scan_package(folder)
    if package is None:
        raise PackageError(problems)
    return package


def scan_package(folder: Path) -> tuple[DataPackage | None, tuple[Problem, ...]]:
    """Read a data package and list what is wrong with it.

    Parameters
    ----------
    folder
        Folder with the nine CSV files and ``datapackage.json``.

    Returns
    -------
    tuple of (DataPackage or None, tuple of Problem)
        The package, None when there is any problem; and the problems in file order.
    """
    if not folder.is_dir():
        message = "is no folder: give the folder that holds datapackage.json and the CSV files"
        return None, (Problem(folder.name or ".", None, "", str(folder), message),)
    descriptor, problems = _read_descriptor(folder / DESCRIPTOR)
    sheets = {name: _read_sheet(folder / file_name(name), cls) for name, cls in TABLES.items()}
    tables = {name: sheet.records for name, sheet in sheets.items()}
    unreadable = {name: sheet.unreadable for name, sheet in sheets.items()}
    findings: dict[str, list[Problem]] = {name: [] for name in TABLES}
    # A file that is missing or has no clear rows would make every reference to it a fault: once is enough.
    if all(sheet.is_whole for sheet in sheets.values()):
        for finding in validate(tables, unreadable):
            findings[finding.table].append(_problem(finding, sheets[finding.table].lines))
    for name, sheet in sheets.items():
        problems += sorted([*sheet.problems, *findings[name]], key=lambda p: p.row or 0)
    if problems:
        return None, tuple(problems)
    return DataPackage.of(tables, descriptor), ()


def row_lines(folder: Path, table: str) -> dict[str, int]:
    """Find the line of each row of a table that is known to be readable.

    Parameters
    ----------
    folder
        Folder of the package.
    table
        Name of the table.

    Returns
    -------
    dict of str to int
        Line numbers as a text editor counts them, by first cell.
    """
    text, _ = _read_text(folder / file_name(table))
    return {cells[0]: line for line, cells in _rows(file_name(table), text or "", []) if cells}


def new_descriptor(name: str = "arsenal-atlas", title: str = "Arsenal Atlas") -> str:
    """Write a plain Frictionless descriptor for the nine files.

    Parameters
    ----------
    name
        Short name of the package, lower case.
    title
        Title for people.

    Returns
    -------
    str
        Text of ``datapackage.json``.
    """
    resources = [
        {
            "name": table.replace("_", "-"),
            "path": file_name(table),
            "profile": "tabular-data-resource",
            "format": "csv",
            "encoding": "utf-8",
            "schema": {"fields": [*_fields(cls)]} | ({} if cls is Change else {"primaryKey": "id"}),
        }
        for table, cls in TABLES.items()
    ]
    descriptor = {"profile": "tabular-data-package", "name": name, "title": title, "resources": resources}
    return json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"


def _fields(record_type: type[Any]) -> Iterator[dict[str, str]]:
    types = {float | None: "number", int | None: "integer"}
    for column, hint in get_type_hints(record_type).items():
        if column in column_names(record_type):
            field = {"name": column, "type": types.get(hint, "string")}
            yield field | ({"description": "EDTF level 1"} if hint is UncertainDate else {})


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What one file gave: records with their lines, ids of rows that are no records, problems."""

    records: tuple[Any, ...]
    lines: tuple[int, ...]
    unreadable: frozenset[str]
    problems: tuple[Problem, ...]
    is_whole: bool


def _problem(finding: Finding, lines: tuple[int, ...]) -> Problem:
    return Problem(
        file_name(finding.table), lines[finding.index], finding.field, finding.value, finding.message
    )


def _read_sheet(path: Path, record_type: type[Any]) -> _Sheet:
    text, problems = _read_text(path)
    if text is None:
        return _Sheet((), (), frozenset(), tuple(problems), is_whole=False)
    broken: list[Problem] = []
    rows = _rows(path.name, text, broken)
    columns = column_names(record_type)
    header = next(rows, None)
    if header is None or header[1] != list(columns):
        problems += broken or _header_problems(path.name, header, columns)
        return _Sheet((), (), frozenset(), tuple(problems), is_whole=False)
    records, lines, unreadable = [], [], set[str]()
    for line, cells in rows:
        try:
            records.append(read_cells(record_type, _by_column(columns, cells)))
            lines.append(line)
        except RowError as error:
            unreadable.add(cells[0] if cells else "")
            problems += [Problem(path.name, line, p.field, p.value, p.message) for p in error.problems]
        except _RowShapeError as error:
            unreadable.add(cells[0] if cells else "")
            problems.append(Problem(path.name, line, "", "|".join(cells), str(error)))
    problems += broken
    return _Sheet(tuple(records), tuple(lines), frozenset(unreadable), tuple(problems), is_whole=not broken)


class _RowShapeError(ValueError):
    """A row with too few or too many cells; never leaves this module."""


def _by_column(columns: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    if len(cells) == len(columns):
        return dict(zip(columns, cells, strict=True))
    if not cells:
        raise _RowShapeError("is an empty line: take it out")
    raise _RowShapeError(
        f"has {len(cells)} cells where the header has {len(columns)}: "
        "put quotes around a cell with a comma in it, and write every comma of empty cells"
    )


def _rows(file: str, text: str, broken: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    # newline="" leaves line ends to the csv module, which also knows those inside quotes.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            broken.append(Problem(file, line, "", "", _csv_hint(str(error))))
            continue
        yield line, cells


def _csv_hint(error: str) -> str:
    if "unexpected end of data" in error:
        return "opens a quote that is never closed: close it, and write a quote inside a cell twice"
    if "expected after" in error:
        return "has text after a closing quote: write a quote inside a cell twice"
    if "field larger" in error:
        return "has a cell beyond all limits: is a quote left open?"
    return f"cannot be read as CSV: {error}"


def _header_problems(
    file: str, header: tuple[int, list[str]] | None, columns: tuple[str, ...]
) -> Iterator[Problem]:
    wanted = ",".join(columns)
    if header is None:
        yield Problem(file, 1, "", "", f"has no header: the first line must be {wanted}")
        return
    line, found = header
    if len(found) == 1 and len(columns) > 1:
        for character, name in ((";", "semicolons"), ("\t", "tabs")):
            if character in found[0]:
                yield Problem(file, line, "", found[0], f"separates its cells by {name}: use commas")
                return
    missing = [column for column in columns if column not in found]
    extra = [column for column in found if column not in columns]
    faults = [f"lacks {', '.join(missing)}"] if missing else []
    faults += [f"has {', '.join(map(repr, extra))}, which the table does not know"] if extra else []
    twice = sorted({column for column in found if found.count(column) > 1})
    faults += [f"has {', '.join(twice)} twice"] if twice else []
    what = "; ".join(faults) or "has its columns in another order"
    yield Problem(file, line, "", ",".join(found), f"{what}: the header must be {wanted}")


def _read_text(path: Path) -> tuple[str | None, list[Problem]]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, [Problem(path.name, None, "", "", "is missing: a package has this file, even if empty")]
    except OSError as error:
        reason = error.strerror or str(error)
        return None, [Problem(path.name, None, "", "", f"cannot be read ({reason}): check its permissions")]
    if not data.strip():
        return None, [Problem(path.name, None, "", "", "is empty: it needs at least its header line")]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None, [Problem(path.name, 1, "", "", "is UTF-16: save it as UTF-8")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        value = data[max(error.start - 20, 0) : error.start + 20].decode("latin-1")
        message = f"is not UTF-8 (byte 0x{data[error.start]:02X}): save the file as UTF-8"
        return None, [Problem(path.name, line, "", value, message)]


def _read_descriptor(path: Path) -> tuple[str, list[Problem]]:
    text, problems = _read_text(path)
    if text is None:
        return "", problems
    try:
        descriptor = json.loads(text)
    except json.JSONDecodeError as error:
        return "", [Problem(path.name, error.lineno, "", "", f"is no JSON: {error.msg}")]
    except (ValueError, RecursionError) as error:
        return "", [Problem(path.name, None, "", "", f"is no JSON the atlas can read: {error}")]
    return text, [Problem(path.name, None, f, v, m) for f, v, m in _descriptor_faults(descriptor)]


def _descriptor_faults(descriptor: object) -> Iterator[tuple[str, str, str]]:
    resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
    if not isinstance(resources, list) or not all(isinstance(r, dict) for r in resources):
        yield "resources", "", "is no list of files: see https://specs.frictionlessdata.io/data-package/"
        return
    known = {file_name(table): cls for table, cls in TABLES.items()}
    found = [str(resource.get("path")) for resource in resources]
    for path in known:
        if path not in found:
            yield "resources", "", f"does not name {path}"
    for path, resource in zip(found, resources, strict=True):
        columns = _described_columns(resource)
        if path not in known:
            yield "resources", path, "is no file of an atlas package"
        elif columns is not None and columns != column_names(known[path]):
            yield "resources", path, f"does not describe the columns {', '.join(column_names(known[path]))}"


def _described_columns(resource: Mapping[str, Any]) -> tuple[str, ...] | None:
    schema = resource.get("schema")
    if not isinstance(schema, dict):
        return None
    rows = schema.get("fields")
    if not isinstance(rows, list):
        return ()
    return tuple(str(row.get("name")) if isinstance(row, dict) else "" for row in rows)
