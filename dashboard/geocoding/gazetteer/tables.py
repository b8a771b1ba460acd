"""The atlas's own tables: countries, divisions, districts, regions of the earth and places of the trade.

They lie beside this module as CSV, each row with its source. `scripts/make_place_tables.py` makes the
generated ones (country_table, admin1, admin2, admin2_cities, airports, airfields, and the regions that have
members); the others are written by hand. A wrong cell is an error that names file, line, column and value.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from dashboard.errors import PackageError, Problem

__all__ = ["Row", "demonym_forms", "read_table"]

_MAX: Final = {"lat": 90.0, "lon": 180.0}
_TOO_MANY: Final = "a cell too many"
_NUMBERS: Final = ("lat", "lon", "radius_m", "precision_m", "population", "area_km2")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Parameters
    ----------
    cells
        Text by column.
    """

    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Give the text of a column; empty when there is no such column."""
        return self.cells.get(column) or ""

    def number(self, column: str) -> float | None:
        """Give a number, or None when the cell is empty.

        Parameters
        ----------
        column
            Name of the column.

        Returns
        -------
        float or None
            The number: degrees in EPSG:4326, metres or square kilometres, as the column's name says.
        """
        return float(self[column]) if self[column] else None

    def names(self, column: str = "names") -> tuple[str, ...]:
        """Give the names of a cell, which ``|`` separates.

        Parameters
        ----------
        column
            Name of the column.

        Returns
        -------
        tuple of str
            The names without empty ones.
        """
        return tuple(name.strip() for name in self[column].split("|") if name.strip())

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, or None."""
        lat, lon = self.number("lat"), self.number("lon")
        return None if lat is None or lon is None else (lat, lon)


@cache
def read_table(name: str) -> tuple[Row, ...]:
    """Read one of the tables of this package.

    Parameters
    ----------
    name
        File name, such as ``regions.csv``.

    Returns
    -------
    tuple of Row
        The rows in file order.

    Raises
    ------
    PackageError
        A number is none, or lies outside its range, or a row has more cells than the table has columns; all
        findings are named.
    """
    text = (files(__package__) / "tables" / name).read_text(encoding="utf-8")
    rows = tuple(Row(dict(cells)) for cells in csv.DictReader(text.splitlines(), restkey=_TOO_MANY))
    problems = [
        Problem(
            name, line, _TOO_MANY, str(row.cells[_TOO_MANY]), "must not be there: quote a cell with a comma"
        )
        for line, row in enumerate(rows, start=2)
        if _TOO_MANY in row.cells
    ]
    problems += [
        Problem(name, line, column, row[column], "must be a number within its range")
        for line, row in enumerate(rows, start=2)
        for column in _NUMBERS
        if row[column] and not _is_number(row[column], _MAX.get(column, 1e12))
    ]
    if problems:
        raise PackageError(problems)
    return rows


def _is_number(text: str, limit: float) -> bool:
    try:
        return abs(float(text)) <= limit
    except ValueError:
        return False


def demonym_forms(demonym: str) -> Iterator[str]:
    """Give the forms in which an English demonym is met in text.

    Parameters
    ----------
    demonym
        Such as ``Moroccan``.

    Yields
    ------
    str
        The word and its plural: ``Moroccan``, ``Moroccans``.
    """
    yield demonym
    if not demonym.endswith(("ch", "sh", "ese", "s")):
        yield f"{demonym}s"
