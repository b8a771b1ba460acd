"""The box in degrees around a point: what an index can search before distances are measured.

A box near the antimeridian has two parts, and one over a pole goes all the way round.
"""

import math
from collections.abc import Iterator
from typing import Final

__all__ = ["box_around"]

_METRES_A_DEGREE: Final = 111_000.0


def box_around(lat: float, lon: float, radius_m: float) -> Iterator[float]:
    """Give the box that holds everything within a radius.

    Parameters
    ----------
    lat
        Latitude in degrees, EPSG:4326.
    lon
        Longitude in degrees, EPSG:4326.
    radius_m
        Radius in metres.

    Yields
    ------
    float
        Latitude from and to, then two ranges of longitude from and to, the second for what lies beyond the
        antimeridian.
    """
    height = radius_m / _METRES_A_DEGREE
    yield from (lat - height, lat + height)
    shrink = math.cos(math.radians(min(89.9, abs(lat) + height)))
    width = height / shrink
    if width >= 180.0 or abs(lat) + height >= 90.0:  # noqa: PLR2004 - half the globe, the pole
        yield from (-180.0, 180.0, -180.0, 180.0)
    else:
        west, east = lon - width, lon + width
        yield from (west, east)
        yield from (west + 360.0, 180.0) if west < -180.0 else (-180.0, east - 360.0)  # noqa: PLR2004
