"""The order in which rows of a large layer lie: what is near on Earth is near in the file.

A window of the map then meets few groups of rows, and the statistics of a group say whether it may be passed
over. The curve is Hilbert's, which unlike the simpler Z never jumps.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["LAST", "curve_places"]

_BITS: Final = 14
LAST: Final = 4**_BITS
"""Behind every place on the curve: for rows without a point."""


def curve_places(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Give each point's place on a Hilbert curve over the Earth.

    Parameters
    ----------
    lon, lat
        Degrees.

    Returns
    -------
    numpy.ndarray
        Places from 0 to `LAST`, which is that of what is no point; about two kilometres are one.
    """
    side = 1 << _BITS
    placed = np.isfinite(lon) & np.isfinite(lat)
    x = _steps(np.where(placed, lon, 0.0), 180.0, side)
    y = _steps(np.where(placed, lat, 0.0), 90.0, side)
    places = np.zeros(len(x), dtype="int64")
    step = side >> 1
    while step:
        right, up = (x & step) > 0, (y & step) > 0
        places += step * step * ((3 * right) ^ up)
        # The quarters at both ends are turned, so that the curve goes on where the last one stopped.
        turned, mirrored = ~up, ~up & right
        x, y = np.where(mirrored, side - 1 - x, x), np.where(mirrored, side - 1 - y, y)
        x, y = np.where(turned, y, x), np.where(turned, x, y)
        step >>= 1
    return np.where(placed, places, LAST)


def _steps(degrees: npt.NDArray[np.float64], most: float, side: int) -> npt.NDArray[np.int64]:
    return np.clip((degrees + most) / (2 * most) * side, 0, side - 1).astype("int64")
