"""The codec between a row of text cells and a record: what the CSV files, imports and exports all speak.

One module reads and writes both ways, so that whatever is written can be read again and is equal to what it
was. All faults of a row are found at once, because a person mends a row once.
"""

import csv
import hashlib
import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, get_type_hints

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import TABLES, ActorRole, Product, column_names
from dashboard.errors import AtlasError, UncertainDateError

__all__ = [
    "CONTENT_MODULUS",
    "MAX_CELL",
    "FieldProblem",
    "RowError",
    "cells_as_found",
    "content_sum",
    "content_version",
    "csv_text",
    "read_cells",
    "sort_records",
    "version_of",
    "write_cells",
]

MAX_CELL: Final = 32_767
"""Longest cell; a spreadsheet cuts longer ones without a word."""

CONTENT_MODULUS: Final = 2**256
"""Sums of content are reckoned modulo this."""

_LIST: Final = "|"
_MULTILINE: Final = frozenset(
    {"summary", "notes", "note", "quote", "value_as_stated", "reason", "before", "after", "why"}
)
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_LIMITS: Final = {"lat": 90.0, "lon": 180.0}
_HALF_EARTH_M: Final = 20_037_508


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One fault of one cell.

    Parameters
    ----------
    field
        Column.
    value
        The cell as found.
    message
        What is wrong and what would be right.
    """

    field: str
    value: str
    message: str


class RowError(AtlasError, ValueError):
    """A row that is no record, or a record that cannot be written as a row.

    Parameters
    ----------
    problems
        Every fault of the row.
    """

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__("; ".join(f"{p.field} {p.value[:80]!r} {p.message}" for p in problems))
        self.problems = tuple(problems)


class _CellError(ValueError):
    """What is wrong with one cell; never leaves this module."""


def read_cells(record_type: type[Any], row: Mapping[str, str]) -> Any:  # noqa: ANN401  # the record type is a value
    """Make a record of a row of cells.

    Parameters
    ----------
    record_type
        One of the types in `dashboard.domain.records.TABLES`.
    row
        Cells by column; all columns of the table and no others.

    Returns
    -------
    record
        An instance of the record type. Codes, references and whatever else needs more than one cell are left
        to `dashboard.domain.validation`.

    Raises
    ------
    RowError
        If any cell cannot be read; it carries all faults of the row.
    """
    columns = _BY_TYPE[record_type]
    problems = [FieldProblem(c, "", "is missing: no such column") for c in columns if c not in row]
    problems += [FieldProblem(c, row[c], "is no column of this table") for c in row if c not in columns]
    values: dict[str, Any] = {}
    for column, codec in columns.items():
        cell = row.get(column, "")
        try:
            _check_text(column, cell)
            values[column] = codec.read(column, cell)
        except (_CellError, UncertainDateError) as error:
            problems.append(FieldProblem(column, cell, _explain(column, row, str(error))))
    if problems:
        raise RowError(problems)
    return record_type(**values)


def write_cells(record: Any) -> dict[str, str]:  # noqa: ANN401  # any of the record types
    """Make a row of cells of a record.

    Parameters
    ----------
    record
        An instance of one of the types in `dashboard.domain.records.TABLES`.

    Returns
    -------
    dict of str to str
        Cells by column, in file order; `read_cells` makes the same record of them.

    Raises
    ------
    RowError
        If a value cannot be written so that it reads back the same, such as a name with ``|`` in it.
    """
    problems: list[FieldProblem] = []
    cells: dict[str, str] = {}
    for column, codec in _BY_TYPE[type(record)].items():
        value = getattr(record, column)
        cell = cells[column] = codec.write(value)
        try:
            _check_text(column, cell)
            if codec.read is not _read_text and codec.read(column, cell) != value:
                problems.append(FieldProblem(column, cell, "does not read back as it was: take out | and :"))
        except (_CellError, UncertainDateError) as error:
            problems.append(FieldProblem(column, cell, str(error)))
    if problems:
        raise RowError(problems)
    return cells


def cells_as_found(record: Any) -> dict[str, str]:  # noqa: ANN401  # any of the record types
    """Make a row of cells of a record that somebody may have written past the atlas, whatever is in it.

    Parameters
    ----------
    record
        An instance of one of the types in `dashboard.domain.records.TABLES`.

    Returns
    -------
    dict of str to str
        What `write_cells` gives, where that gives anything. What is there must be said when it is mended or
        taken away, although it could not be put in.
    """
    return {column: codec.write(getattr(record, column)) for column, codec in _BY_TYPE[type(record)].items()}


def csv_text(record_type: type[Any], records: Iterable[Any]) -> str:
    """Write records as the canonical text of their CSV file.

    Parameters
    ----------
    record_type
        The type of all the records.
    records
        In any order; the file is sorted by its first column, rows that share it keep their order.

    Returns
    -------
    str
        Header and rows, LF line ends, quotes only where needed.

    Raises
    ------
    RowError
        If a record cannot be written.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(column_names(record_type))
    for record in sort_records(record_type, records):
        writer.writerow(write_cells(record).values())
    return out.getvalue()


def sort_records(record_type: type[Any], records: Iterable[Any]) -> tuple[Any, ...]:
    """Put records in the order of their file.

    Parameters
    ----------
    record_type
        The type of all the records.
    records
        In any order.

    Returns
    -------
    tuple
        Sorted by first column, code point by code point; records that share it keep their order.
    """
    return tuple(sorted(records, key=attrgetter(column_names(record_type)[0])))


def content_sum(tables: Mapping[str, Iterable[Any]], *, checked: bool = True) -> int:
    """Sum up the content of some tables, so that what changes can be added and taken away row by row.

    Parameters
    ----------
    tables
        Records by table name; a missing table counts as empty.
    checked
        Whether a record that could not be written is refused; False for what is to be taken away.

    Returns
    -------
    int
        Sum, modulo 2**256, of the SHA-256 of every row: its table and its cells. The order of rows does not
        count. It names content; against forgery there is the audit trail.

    Raises
    ------
    RowError
        If a record cannot be written.
    """
    total = 0
    cells_of = write_cells if checked else cells_as_found
    for name in TABLES:
        for record in tables.get(name, ()):
            # No cell holds NUL, so that no two rows have the same bytes.
            row = "\0".join((name, *cells_of(record).values()))
            total += int.from_bytes(hashlib.sha256(row.encode()).digest())
    return total % CONTENT_MODULUS


def version_of(content: int) -> str:
    """Name a content by its sum.

    Parameters
    ----------
    content
        What `content_sum` gives, or what was reckoned from it.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    return hashlib.sha256((content % CONTENT_MODULUS).to_bytes(32)).hexdigest()[:16]


def content_version(tables: Mapping[str, Iterable[Any]]) -> str:
    """Name the content of a set of tables: the same records give the same name, wherever they are kept.

    Parameters
    ----------
    tables
        Records by table name; a missing table counts as empty.

    Returns
    -------
    str
        16 hexadecimal digits.

    Raises
    ------
    RowError
        If a record cannot be written.
    """
    return version_of(content_sum(tables))


def _explain(column: str, row: Mapping[str, str], message: str) -> str:
    if column == "lat" and "is not between" in message:
        lat, lon = _number_or_none(row["lat"]), _number_or_none(row.get("lon", ""))
        if lat is not None and lon is not None and abs(lat) <= _LIMITS["lon"] and abs(lon) <= _LIMITS["lat"]:
            return message + "; looks swapped with lon"
    return message


def _number_or_none(cell: str) -> float | None:
    return float(cell) if _NUMBER.fullmatch(cell) else None


def _check_text(column: str, cell: str) -> None:
    if not cell:
        return
    if len(cell) > MAX_CELL:
        raise _CellError(f"has {len(cell):,} characters; a cell holds at most {MAX_CELL:,}")
    # Printable ASCII is nearly every cell, and the scan below is the slowest step of reading a package.
    if not (cell.isascii() and cell.isprintable()):
        _check_characters(column, cell)
    if cell != cell.strip():
        raise _CellError("begins or ends with a space or line break: take it out")


def _check_characters(column: str, cell: str) -> None:
    for character in cell:
        category = unicodedata.category(character)
        if category not in ("Cc", "Cs"):
            continue
        if character in "\n\t" and column in _MULTILINE:
            continue
        name = "a lone surrogate" if category == "Cs" else "a control character"
        raise _CellError(f"holds {name} (U+{ord(character):04X}): take it out")


def _read_text(_column: str, cell: str) -> str:
    return cell


def _write_text(value: str) -> str:
    return value


def _items(cell: str) -> list[str]:
    if not cell:
        return []
    items = cell.split(_LIST)
    for item in items:
        if not item or item != item.strip():
            raise _CellError(f"has an item that is empty or has spaces around it; write items as a{_LIST}b")
    return items


def _read_list(_column: str, cell: str) -> tuple[str, ...]:
    return tuple(_items(cell))


def _write_list(value: Sequence[object]) -> str:
    return _LIST.join(map(str, value))


def _read_products(_column: str, cell: str) -> tuple[Product, ...]:
    products = []
    for item in _items(cell):
        category, colon, designation = item.partition(":")
        if not category or (colon and not designation) or _has_margin(category, designation):
            raise _CellError(f"has {item!r}, which is no category or category:designation")
        products.append(Product(category, designation))
    return tuple(products)


def _read_roles(_column: str, cell: str) -> tuple[ActorRole, ...]:
    roles = []
    for item in _items(cell):
        actor_id, _, role = item.rpartition(":")
        if not actor_id or not role or _has_margin(actor_id, role):
            raise _CellError(f"has {item!r}, which is no actor-id:role")
        roles.append(ActorRole(actor_id, role))
    return tuple(roles)


def _has_margin(*parts: str) -> bool:
    return any(part != part.strip() for part in parts)


def _read_date(_column: str, cell: str) -> UncertainDate:
    return UncertainDate.parse(cell)


def _read_float(column: str, cell: str) -> float | None:
    if not cell:
        return None
    if not _NUMBER.fullmatch(cell):
        raise _CellError("is no number: write decimal degrees with a point, such as 33.6189")
    value = float(cell)
    limit = _LIMITS[column]
    if not math.isfinite(value) or abs(value) > limit:
        raise _CellError(f"is not between -{limit:g} and {limit:g}")
    return value + 0.0  # -0.0 becomes 0.0


def _write_float(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return str(value)  # refused by the reading check; SQLite keeps a text where a number should be
    # repr is the shortest text that reads back the same, but writes small numbers with an exponent.
    text = format(Decimal(repr(float(value) + 0.0)), "f")
    return text.removesuffix(".0")


def _read_radius(_column: str, cell: str) -> int | None:
    if not cell:
        return None
    if not _WHOLE.fullmatch(cell) or not 1 <= int(cell) <= _HALF_EARTH_M:
        raise _CellError(f"is no radius: write whole metres from 1 to {_HALF_EARTH_M:,}, digits only")
    return int(cell)


def _write_radius(value: int | None) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class _Codec:
    read: Callable[[str, str], Any]
    write: Callable[[Any], str]


_CODECS: Final[dict[Any, _Codec]] = {
    str: _Codec(_read_text, _write_text),
    tuple[str, ...]: _Codec(_read_list, _write_list),
    tuple[Product, ...]: _Codec(_read_products, _write_list),
    tuple[ActorRole, ...]: _Codec(_read_roles, _write_list),
    UncertainDate: _Codec(_read_date, str),
    float | None: _Codec(_read_float, _write_float),
    int | None: _Codec(_read_radius, _write_radius),
}


def _codecs(record_type: type[Any]) -> dict[str, _Codec]:
    hints = get_type_hints(record_type)
    return {column: _CODECS[hints[column]] for column in column_names(record_type)}


_BY_TYPE: Final = {record_type: _codecs(record_type) for record_type in TABLES.values()}
