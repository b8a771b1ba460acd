"""What the groups of rows of a large layer reach over: read once, it says which groups a window meets.

Parquet keeps such statistics at the end of each file; here they stand together, so that a layer of a thousand
files is asked about without opening one.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["REACH", "Window", "meets", "reach_of"]

_TURN: Final = 360.0
_HALF_TURN: Final = 180.0
_MOST_LAT: Final = 90.0
_POLE: Final = 89.9

REACH: Final[pa.Schema] = pa.schema(
    [
        pa.field("file", pa.string()),
        pa.field("group", pa.int32()),
        pa.field("rows", pa.int32()),
        pa.field("shown", pa.int32()),
        pa.field("west", pa.float64()),
        pa.field("south", pa.float64()),
        pa.field("east", pa.float64()),
        pa.field("north", pa.float64()),
        pa.field("first_from", pa.int32()),
        pa.field("first_to", pa.int32()),
        pa.field("last_from", pa.int32()),
        pa.field("last_to", pa.int32()),
    ]
)
"""Groups: file, number in it, rows, how many have point and date and so come first, what these reach over."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the Earth and of time.

    Parameters
    ----------
    west, south, east, north
        Degrees; ``west > east`` crosses the antimeridian.
    first, last
        Days, both inside; `dashboard.domain.dates.DAY_PAST` and ``DAY_FUTURE`` for open ends.
    """

    west: float
    south: float
    east: float
    north: float
    first: int
    last: int

    def __post_init__(self) -> None:
        # Written so that NaN fails every one of them.
        if not (-_MOST_LAT <= self.south <= self.north <= _MOST_LAT):
            raise ValueError(f"no part of the Earth from {self.south} to {self.north} degrees north")
        if not (abs(self.west) <= _HALF_TURN and abs(self.east) <= _HALF_TURN):
            raise ValueError(f"no part of the Earth from {self.west} to {self.east} degrees east")
        if self.first > self.last:
            raise ValueError("the window ends before it begins")

    @property
    def stretches(self) -> tuple[tuple[float, float], ...]:
        """Stretches from west to east: two when it crosses the antimeridian."""
        if self.west <= self.east:
            return ((self.west, self.east),)
        return ((self.west, _HALF_TURN), (-_HALF_TURN, self.east))

    def widened(self, degrees: float) -> "Window":
        """Give a window so much wider that a point on a grid is in it wherever it really is.

        Parameters
        ----------
        degrees
            Height of a cell of the grid.

        Returns
        -------
        Window
            The same one for no grid.
        """
        if degrees <= 0:
            return self
        south, north = max(-_MOST_LAT, self.south - degrees), min(_MOST_LAT, self.north + degrees)
        # Two cells: those towards a pole are wider, see `dashboard.domain.grid`.
        aside = 2 * degrees / np.cos(np.radians(min(_POLE, max(abs(south), abs(north)) + degrees)))
        wide = (self.east - self.west) % _TURN + 2 * aside
        if wide >= _TURN or (self.west, self.east) == (-_HALF_TURN, _HALF_TURN):
            return Window(-_HALF_TURN, south, _HALF_TURN, north, self.first, self.last)
        west, east = _turned(self.west - aside), _turned(self.east + aside)
        return Window(west, south, east, north, self.first, self.last)

    def holds(
        self,
        lon: npt.NDArray[np.float64],
        lat: npt.NDArray[np.float64],
        first: npt.NDArray[np.int32],
        last: npt.NDArray[np.int32],
    ) -> npt.NDArray[np.bool_]:
        """Say which events lie in it, certainly or possibly.

        Parameters
        ----------
        lon, lat
            Their points.
        first, last
            Their first and last days.

        Returns
        -------
        numpy.ndarray
            One answer for each.
        """
        between = np.zeros(len(lon), dtype=bool)
        for west, east in self.stretches:
            between |= (lon >= west) & (lon <= east)
        between &= (lat >= self.south) & (lat <= self.north)
        held: npt.NDArray[np.bool_] = between & (first <= self.last) & (last >= self.first)
        return held


def reach_of(rows: pa.Table, shown: int, group: int, start: int) -> pa.Table:
    """Say what groups of rows reach over.

    Parameters
    ----------
    rows
        Rows in their order, those with point and date first.
    shown
        How many these are.
    group
        Rows of a group.
    start
        Number of the first group.

    Returns
    -------
    pyarrow.Table
        As `REACH`, without names of files.
    """
    lon, lat = (rows.column(name).to_numpy().astype(float) for name in ("lon", "lat"))
    first, last = (rows.column(name).to_numpy() for name in ("first", "last"))
    found = []
    for number, begin in enumerate(range(0, rows.num_rows, group), start):
        end = min(begin + group, rows.num_rows)
        part = slice(begin, max(begin, min(end, shown)))
        many = part.stop - part.start
        reach: list[float | None] = [None] * 8
        if many:
            reach = [lon[part].min(), lat[part].min(), lon[part].max(), lat[part].max()]
            reach += [first[part].min(), first[part].max(), last[part].min(), last[part].max()]
        found.append(("", number, end - begin, many, *reach))
    columns = list(zip(*found, strict=True)) or [()] * len(REACH)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, REACH, strict=True)], schema=REACH
    )


def meets(reach: pa.Table, window: Window) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Say which groups a window may meet, and which lie in it whole.

    Parameters
    ----------
    reach
        As `REACH`.
    window
        The window.

    Returns
    -------
    tuple of (numpy.ndarray, numpy.ndarray)
        One answer for each group; a group with rows that cannot be shown counts by the others.
    """
    west, south, east, north = (reach.column(name).to_numpy() for name in REACH.names[4:8])
    first_from, first_to, last_from, last_to = (
        reach.column(name).fill_null(0).to_numpy() for name in REACH.names[8:]
    )
    any_shown = reach.column("shown").to_numpy() > 0
    met, whole = np.zeros(len(any_shown), dtype=bool), np.zeros(len(any_shown), dtype=bool)
    for one, other in window.stretches:
        met |= (west <= other) & (east >= one)
        whole |= (west >= one) & (east <= other)
    met &= any_shown & (south <= window.north) & (north >= window.south)
    met &= (first_from <= window.last) & (last_to >= window.first)
    whole &= met & (south >= window.south) & (north <= window.north)
    whole &= (first_to <= window.last) & (last_from >= window.first)
    return met, whole


def _turned(lon: float) -> float:
    return (lon + _HALF_TURN) % _TURN - _HALF_TURN
