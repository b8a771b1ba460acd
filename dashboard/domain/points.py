"""Whether two numbers are a point on Earth: for rows that somebody wrote past the atlas.

The atlas itself never stores another one. But a database can be written by other hands, and one bad point
must neither empty the map nor be passed over in silence.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from dashboard.domain.records import Location, Place

__all__ = ["BrokenPoint", "broken_points", "point_fault", "with_real_points"]

_R = TypeVar("_R", Location, Place)
_LIMITS: Final = (("lat", 90.0), ("lon", 180.0))


@dataclass(frozen=True, slots=True)
class BrokenPoint:
    """A stored place whose point is none.

    Parameters
    ----------
    table
        ``locations`` or ``places``.
    row_id
        Id of the row.
    record_id
        Id of the record that it belongs to; that of the row itself for a hand-decided place.
    fault
        What is wrong with it, such as ``lat 999 is not between -90 and 90``.
    """

    table: str
    row_id: str
    record_id: str
    fault: str

    @property
    def sentence(self) -> str:
        """What to tell somebody who can mend it."""
        owner = f" of {self.record_id}" if self.record_id != self.row_id else ""
        return f"{self.row_id}{owner} has no point on Earth: {self.fault}"


def point_fault(lat: object, lon: object) -> str:
    """Say why two stored values are no point on Earth.

    Parameters
    ----------
    lat, lon
        As they came from the database, which may hold anything; both None where no point is stated.

    Returns
    -------
    str
        Empty when they are a point, or none is stated.
    """
    if lat is None and lon is None:
        return ""
    faults = []
    for (name, limit), value in zip(_LIMITS, (lat, lon), strict=True):
        if value is None:
            faults.append(f"{name} is missing")
        elif not _is_within(value, limit):
            faults.append(f"{name} {value} is not between -{limit:g} and {limit:g}")
    return ", ".join(faults)


def broken_points(tables: Mapping[str, Iterable[Any]]) -> Iterator[BrokenPoint]:
    """Find the places whose points are none.

    Parameters
    ----------
    tables
        Records by table name, as they are stored.

    Yields
    ------
    BrokenPoint
        In the order of the tables.
    """
    for table in (Location.table, Place.table):
        for row in tables.get(table, ()):
            if fault := point_fault(row.lat, row.lon):
                yield BrokenPoint(table, row.id, getattr(row, "record_id", row.id), fault)


def with_real_points(rows: Iterable[_R]) -> tuple[_R, ...]:
    """Take points away that are none.

    Parameters
    ----------
    rows
        Locations or hand-decided places.

    Returns
    -------
    tuple
        The same rows; those whose points are none have none.
    """
    return tuple(replace(row, lat=None, lon=None) if point_fault(row.lat, row.lon) else row for row in rows)


def _is_within(value: object, limit: float) -> bool:
    # SQLite keeps a text where a number should be.
    return isinstance(value, int | float) and math.isfinite(value) and abs(value) <= limit
