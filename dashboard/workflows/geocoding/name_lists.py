"""Lists of place names that people paste or upload: read whole, every fault named by its row.

A row that cannot be read is left out and said so; the others are still geocoded. Where letters had to be
guessed, the list says so too: a wrong letter is another place.
"""

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dashboard.errors import Problem, TableError
from dashboard.exports.cells import unguard_cell
from dashboard.workflows.geocoding.table_files import examine, read_rows

__all__ = [
    "MOST_BYTES",
    "MOST_NAMES",
    "NameList",
    "NameTable",
    "WrittenName",
    "guess_columns",
    "names_of_column",
    "names_of_text",
    "read_name_file",
]

MOST_NAMES: Final = 5_000
"""Most names of one list on the page; the command line takes any number."""

MOST_BYTES: Final = 5_000_000
"""Largest file that is read."""

_PASTED: Final = "your list"
_COUNTRY_SEPARATOR: Final = ";"
_CHUNK: Final = 1_000
_TABLES: Final = (".csv", ".tsv")
_NAME_COLUMNS: Final = ("place", "place_as_written", "name", "city", "town", "location", "toponym")
_COUNTRY_COLUMNS: Final = ("country", "country_code", "iso", "iso2", "nation")
_AS_WINDOWS: Final = "read as Windows-1252. Look at their accents, or save the file as UTF-8"
_NOT_UTF8: Final = f"is no UTF-8 and was {_AS_WINDOWS}"
_QUOTE_THEM: Final = "put a cell that holds the separator in quotes"


@dataclass(frozen=True, slots=True)
class WrittenName:
    """One name of a list.

    Parameters
    ----------
    row
        Line in the list, as a text editor counts it.
    name
        The toponym as written.
    country
        Country it is said to lie in, as code or name; empty when not stated.
    """

    row: int
    name: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class NameList:
    """The names of a list, and what could not be read.

    Parameters
    ----------
    names
        In the order of the list; empty lines are no names.
    problems
        What was left out, and why.
    """

    names: tuple[WrittenName, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class NameTable:
    """A table with names in one of its columns.

    Parameters
    ----------
    file
        Name of the file.
    columns
        Its header.
    rows
        Line number and cells of each row, as many cells as there are columns.
    problems
        Rows that were left out, and why.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[Problem, ...] = ()


def names_of_text(text: str, file: str = _PASTED) -> NameList:
    """Read names, one a line, each optionally followed by ``; country``.

    Parameters
    ----------
    text
        The lines.
    file
        What to call the list in problems.

    Returns
    -------
    NameList
        At most `MOST_NAMES` names.
    """
    names: list[WrittenName] = []
    problems: list[Problem] = []
    for row, line in enumerate(text.splitlines(), start=1):
        name, separator, country = line.rpartition(_COUNTRY_SEPARATOR)
        written = name.strip() if separator else line.strip()
        if written:
            names.append(WrittenName(row, written, country.strip() if separator else ""))
        elif separator:
            problems.append(Problem(file, row, "", line.strip(), "names a country but no place"))
    return _bounded(names, problems, file)


def read_name_file(data: bytes, file: str) -> NameTable | NameList:
    """Read an uploaded file: a table when its name says CSV or TSV, else one name a line.

    Parameters
    ----------
    data
        Content of the file, UTF-8 (or UTF-16 with its mark).
    file
        Name of the file.

    Returns
    -------
    NameTable or NameList
        What is in it; a file that cannot be read at all has problems and nothing else.
    """
    is_table = file.lower().endswith(_TABLES)
    if len(data) > MOST_BYTES:
        message = (
            f"has {len(data) / 1e6:.1f} MB; this page reads up to {MOST_BYTES / 1e6:g} MB: "
            "use `arsenal-atlas geocode FILE.csv --column NAME`"
        )
        return _unreadable(file, message, is_table=is_table)
    if is_table:
        return _read_table(data, file)
    text, problems = _decoded(data, file)
    if "\0" in text:
        return _unreadable(file, "is no text file: save it as text, UTF-8", is_table=False)
    found = names_of_text(text, file)
    return _said(NameList(found.names, (*problems, *found.problems)), file, "holds no name")


def guess_columns(columns: Sequence[str]) -> tuple[int, int | None]:
    """Guess which columns hold the names and their countries.

    Parameters
    ----------
    columns
        Header of a table.

    Returns
    -------
    tuple of (int, int or None)
        Position of the column of names, the first one unless another is called so, and of that of countries.
    """
    folded = [column.strip().casefold().replace(" ", "_") for column in columns]
    name = next((folded.index(known) for known in _NAME_COLUMNS if known in folded), 0)
    country = next((folded.index(known) for known in _COUNTRY_COLUMNS if known in folded), None)
    return name, None if country == name else country


def names_of_column(table: NameTable, column: int, country_column: int | None = None) -> NameList:
    """Take the names out of a table.

    Parameters
    ----------
    table
        The table.
    column
        Position of the column of names.
    country_column
        Position of the column of countries, None without one.

    Returns
    -------
    NameList
        At most `MOST_NAMES` names, with the table's problems.
    """
    names = [
        WrittenName(row, _cell(cells[column]), "" if country_column is None else _cell(cells[country_column]))
        for row, cells in table.rows
        if cells[column].strip()
    ]
    found = _bounded(names, list(table.problems), table.file)
    return _said(found, table.file, f"holds no name in the column {table.columns[column]!r}")


def _cell(text: str) -> str:
    # Our own download comes back: what was guarded for spreadsheets is read as it was.
    return unguard_cell(text).strip()


def _said(found: NameList, file: str, message: str) -> NameList:
    if found.names or found.problems:
        return found
    return NameList((), (Problem(file, None, "", "", message),))


def _decoded(data: bytes, file: str) -> tuple[str, list[Problem]]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        lines, problems = [], []
        for row, raw in enumerate(data.removeprefix(codecs.BOM_UTF8).splitlines(), start=1):
            try:
                lines.append(raw.decode("utf-8"))
            except UnicodeDecodeError:
                lines.append(raw.decode("cp1252", errors="replace"))
                problems.append(Problem(file, row, "", lines[-1], _NOT_UTF8))
        return "\n".join(lines), problems


def _read_table(data: bytes, file: str) -> NameTable:
    rows: list[tuple[int, tuple[str, ...]]] = []
    problems: list[Problem] = []
    columns: tuple[str, ...] = ()
    with TemporaryDirectory(prefix="atlas-names-") as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(data)
        try:
            table = examine(path)
            columns = tuple(cell.strip() or f"column {n}" for n, cell in enumerate(table.header, start=1))
            if table.foreign_lines:
                message = f"has {table.foreign_lines:,} lines that are no UTF-8: they were {_AS_WINDOWS}"
                problems.append(Problem(file, None, "", "", message))
            for chunk in table.chunks(_CHUNK):
                for offset, cells in read_rows(chunk.text, table.delimiter):
                    row = chunk.line + offset
                    if len(cells) == len(columns):
                        rows.append((row, tuple(cells)))
                    elif any(cell.strip() for cell in cells):
                        message = f"has {len(cells)} cells where the header has {len(columns)}: {_QUOTE_THEM}"
                        problems.append(Problem(file, row, "", table.delimiter.join(cells), message))
        except TableError as error:
            problems.append(Problem(file, None, "", "", str(error).replace(path.name, "it")))
    return NameTable(file, columns, tuple(rows), tuple(problems))


def _bounded(names: Sequence[WrittenName], problems: Iterable[Problem], file: str) -> NameList:
    found = list(problems)
    if len(names) > MOST_NAMES:
        message = (
            f"has {len(names):,} names; this page takes the first {MOST_NAMES:,}: "
            "use `arsenal-atlas geocode FILE.csv --column NAME` for all"
        )
        found.append(Problem(file, names[MOST_NAMES].row, "", "", message))
    return NameList(tuple(names[:MOST_NAMES]), tuple(found))


def _unreadable(file: str, message: str, *, is_table: bool) -> NameTable | NameList:
    problems = (Problem(file, None, "", "", message),)
    return NameTable(file, (), (), problems) if is_table else NameList((), problems)
