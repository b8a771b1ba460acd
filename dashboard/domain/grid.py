"""A fixed grid over Earth, for showing where something is without showing it exactly.

A point becomes the centre of its cell, the same one every time: a random shift would average out, and a shift
by a secret key would follow from one known site. Rows are as high as the cell's degrees say; meridians of a
row stand as far apart in kilometres, so that a cell in Norway hides as much as one in Morocco.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = ["MOST_DEGREES", "cell_centre", "half_diagonal_m", "row_of"]

MOST_DEGREES: Final = 90.0
"""Largest cell: a quarter of a meridian."""

_EARTH_RADIUS_M: Final = 6_371_008.8
_MAX_LAT: Final = 90.0
_HALF_TURN: Final = 180.0
_TURN: Final = 360.0
_HAIR: Final = 1e-9  # 0.1 and its like are not quite what they say
_ROWS_KEPT: Final = 4_096
_DIGITS: Final = 6  # a decimetre; more for cells that are smaller themselves


def cell_centre(lat: float, lon: float, degrees: float) -> tuple[float, float]:
    """Give the centre of the cell that a point lies in.

    Parameters
    ----------
    lat, lon
        The point in degrees; 180 and -180 are one meridian.
    degrees
        Height of a cell, up to `MOST_DEGREES`.

    Returns
    -------
    tuple of (float, float)
        Latitude and longitude of the centre, whose own cell is the same one.

    Raises
    ------
    ValueError
        If that is no point on Earth, such as NaN, or no cell.
    """
    _check(lat, lon, degrees)
    row = _row(_number(lat, degrees), degrees)
    column = min(math.floor(((lon + _HALF_TURN) % _TURN) / row.width), row.columns - 1)
    centre = (column + 0.5) * row.width - _HALF_TURN
    return row.middle, round(centre, _digits(degrees)) + 0.0  # no negative zero


def row_of(lat: float, degrees: float) -> tuple[float, int]:
    """Give the row of cells that a latitude lies in, for centres of many points at once.

    Parameters
    ----------
    lat
        Latitude of any point in the row.
    degrees
        Height of a cell.

    Returns
    -------
    tuple of (float, int)
        Latitude of its centres, and how many cells it has around the Earth.

    Raises
    ------
    ValueError
        If that is no latitude or no cell.
    """
    _check(lat, 0.0, degrees)
    row = _row(_number(lat, degrees), degrees)
    return row.middle, row.columns


def half_diagonal_m(lat: float, degrees: float) -> int:
    """Give a radius around a cell's centre that holds the whole cell.

    Parameters
    ----------
    lat
        Latitude of any point in the cell.
    degrees
        Height of a cell.

    Returns
    -------
    int
        Whole metres, rounded up.

    Raises
    ------
    ValueError
        If that is no latitude or no cell.
    """
    _check(lat, 0.0, degrees)
    return _row(_number(lat, degrees), degrees).radius_m


def _check(lat: float, lon: float, degrees: float) -> None:
    # Written so that NaN fails every one of them.
    if not (abs(lat) <= _MAX_LAT and abs(lon) <= _HALF_TURN):
        raise ValueError(f"no point on Earth: {lat}, {lon}")
    if not 0 < degrees <= MOST_DEGREES:
        raise ValueError(f"no cell of a grid: {degrees} degrees; write one from 0 to {MOST_DEGREES:g}")


def _number(lat: float, degrees: float) -> int:
    rows = math.ceil(_HALF_TURN / degrees - _HAIR)
    return min(math.floor((lat + _MAX_LAT) / degrees), rows - 1)


def _digits(degrees: float) -> int:
    return max(_DIGITS, 2 - math.floor(math.log10(degrees)))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of cells: the latitude of its middle, its cells, and a radius that holds one of them."""

    middle: float
    columns: int
    width: float
    radius_m: int


@lru_cache(maxsize=_ROWS_KEPT)
def _row(number: int, degrees: float) -> _Row:
    south = number * degrees - _MAX_LAT
    # The last row is cut off at the pole where the rows do not fill the half turn.
    north = min(south + degrees, _MAX_LAT)
    middle = (south + north) / 2
    # As many columns as fit where the row is longest: at the equator they are the degrees themselves.
    longest = math.cos(math.radians(min(abs(south), abs(north)))) if south * north > 0 else 1.0
    columns = max(1, math.floor(_TURN * longest / degrees + _HAIR))
    width = _TURN / columns
    # A metre more than the corner, for what rounding the centre may cost.
    radius = math.ceil(max(_distance_m(middle, corner, width / 2) for corner in (south, north)) + 1)
    return _Row(round(middle, _digits(degrees)) + 0.0, columns, width, radius)


def _distance_m(lat: float, other: float, turn: float) -> float:
    here, there = math.radians(lat), math.radians(other)
    half = math.sin((there - here) / 2) ** 2
    half += math.cos(here) * math.cos(there) * math.sin(math.radians(turn) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))
