"""Points put on the grid of an audience in whole columns, by the rules of `dashboard.domain.grid`."""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.domain.grid import cell_centre, row_of

__all__ = ["centres_of"]

_MOST_LAT: Final = 90.0
_HALF_TURN: Final = 180.0
_TURN: Final = 360.0
_EDGE: Final = 1e-7  # so near the edge of a cell, one point at a time decides


def centres_of(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], degrees: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give the centres of the cells that points lie in.

    Parameters
    ----------
    lon, lat
        Points on Earth.
    degrees
        Height of a cell.

    Returns
    -------
    tuple of (numpy.ndarray, numpy.ndarray)
        Longitudes and latitudes, as `dashboard.domain.grid.cell_centre` gives them one by one.
    """
    if not len(lat):
        return lon, lat
    heights = (lat + _MOST_LAT) / degrees
    numbers, which = np.unique(np.floor(heights).astype("int64"), return_inverse=True)
    inside = np.minimum(_MOST_LAT, (numbers + 0.5) * degrees - _MOST_LAT)
    rows = [row_of(one, degrees) for one in inside.tolist()]
    middles, columns = (np.array(values)[which] for values in zip(*rows, strict=True))
    width = _TURN / columns
    places = ((lon + _HALF_TURN) % _TURN) / width
    column = np.minimum(np.floor(places), columns - 1)
    centres = np.round((column + 0.5) * width - _HALF_TURN, _digits(degrees)) + 0.0
    for place in np.flatnonzero(_near_edge(heights) | _near_edge(places)).tolist():
        middles[place], centres[place] = cell_centre(float(lat[place]), float(lon[place]), degrees)
    return centres, middles


def _near_edge(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    close: npt.NDArray[np.bool_] = np.abs(values - np.round(values)) < _EDGE
    return close


def _digits(degrees: float) -> int:
    return max(6, 2 - math.floor(math.log10(degrees)))
