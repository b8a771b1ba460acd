"""Areas a person draws or names, as an address and the map's frame write them.

One short text is the whole contract between Python, the browser and a shared link, so reading it is strict
about form and lenient about numbers: what can be put right is, and anything else is no area at all.
Points are ``lat,lon`` throughout, as in the address of a view.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

__all__ = ["MAX_CORNERS", "Area", "Circle", "Polygon", "Rectangle", "parse_area", "wrap_lon"]

MAX_CORNERS: Final = 100
"""A polygon with more corners than a person draws is not one that a person drew."""

_MAX_TEXT: Final = 4_000
_MAX_LAT: Final = 90.0
_HALF_TURN: Final = 180.0
_TURN: Final = 360.0
_LEAST_KM: Final = 0.1
_MOST_KM: Final = 20_015.0  # half way round: everything
_LEAST_CORNERS: Final = 3
_DIGITS: Final = 4  # eleven metres
_NUMBER: Final = re.compile(r"-?\d{1,5}(\.\d{1,12})?")


def wrap_lon(lon: float) -> float:
    """Bring a longitude into -180 to 180.

    Parameters
    ----------
    lon
        Degrees, any number of turns.

    Returns
    -------
    float
        The same meridian; 180 and -180 stay what they are.
    """
    return lon if abs(lon) <= _HALF_TURN else (lon + _HALF_TURN) % _TURN - _HALF_TURN


@dataclass(frozen=True, slots=True)
class Rectangle:
    """All between two parallels and two meridians.

    Parameters
    ----------
    south, west, north, east
        Degrees, longitudes in -180 to 180; west is greater than east when it crosses the antimeridian.
    follows
        Whether it is what the map shows, and moves with it.
    """

    south: float
    west: float
    north: float
    east: float
    follows: bool = False

    @property
    def width(self) -> float:
        """Degrees from west to east."""
        return self.east - self.west + (_TURN if self.west > self.east else 0.0)

    def __str__(self) -> str:
        """Write it as an address does."""
        numbers = _joined(self.south, self.west, self.north, self.east)
        return f"{'view' if self.follows else 'box'}:{numbers}"


@dataclass(frozen=True, slots=True)
class Circle:
    """All within a distance of a point.

    Parameters
    ----------
    lat, lon
        Centre in degrees.
    km
        Radius in kilometres, on a sphere.
    """

    lat: float
    lon: float
    km: float

    def __str__(self) -> str:
        """Write it as an address does."""
        return f"circle:{_joined(self.lat, self.lon, self.km)}"


@dataclass(frozen=True, slots=True)
class Polygon:
    """What a line encloses whose pieces are straight on the map, as they were drawn.

    Parameters
    ----------
    corners
        ``(lat, lon)`` in degrees, not closed. Longitudes run on past 180 where the line crosses the
        antimeridian; the westernmost one lies in -180 to 180.
    """

    corners: tuple[tuple[float, float], ...]

    def __str__(self) -> str:
        """Write it as an address does."""
        return f"poly:{';'.join(_joined(*corner) for corner in self.corners)}"


Area = Rectangle | Circle | Polygon
"""Any of the three."""


def parse_area(text: str) -> Area | None:
    """Read an area as an address or the map's frame gives it.

    Parameters
    ----------
    text
        ``box:south,west,north,east``, ``view:`` with the same numbers, ``circle:lat,lon,km`` or
        ``poly:lat,lon;lat,lon;…``.

    Returns
    -------
    Area or None
        Clamped to Earth, longitudes wrapped, rounded to four decimals; None when it cannot be read.
    """
    form, _, rest = text[: _MAX_TEXT + 1].strip().partition(":")
    if len(text) > _MAX_TEXT:
        return None
    points = [_numbers(part) for part in rest.split(";")]
    flat = points[0] if len(points) == 1 else []
    if form in ("box", "view") and len(flat) == 4:  # noqa: PLR2004  # its four sides
        return _rectangle(*flat, follows=form == "view")
    if form == "circle" and len(flat) == 3:  # noqa: PLR2004  # lat, lon, km
        return _circle(*flat)
    if form == "poly" and all(len(point) == 2 for point in points):  # noqa: PLR2004  # lat, lon
        return _polygon([(lat, lon) for lat, lon in points])
    return None


def _numbers(text: str) -> list[float]:
    parts = text.split(",")
    return [float(part) for part in parts] if all(_NUMBER.fullmatch(part) for part in parts) else []


def _rectangle(south: float, west: float, north: float, east: float, *, follows: bool) -> Rectangle:
    south, north = sorted((_clamp_lat(south), _clamp_lat(north)))
    if east - west >= _TURN:
        west, east = -_HALF_TURN, _HALF_TURN
    return Rectangle(south, _rounded(wrap_lon(west)), north, _rounded(wrap_lon(east)), follows)


def _circle(lat: float, lon: float, km: float) -> Circle:
    return Circle(_clamp_lat(lat), _rounded(wrap_lon(lon)), _rounded(min(max(km, _LEAST_KM), _MOST_KM)))


def _polygon(points: list[tuple[float, float]]) -> Polygon | None:
    west = min(lon for _, lon in points)
    # Whole turns only: what lies between the corners must not change.
    shift = math.floor((west + _HALF_TURN) / _TURN) * _TURN if abs(west) > _HALF_TURN else 0.0
    corners = list(dict.fromkeys((_clamp_lat(lat), _rounded(lon - shift)) for lat, lon in points))
    wide = max((lon for _, lon in corners), default=0.0) - min((lon for _, lon in corners), default=0.0)
    if not _LEAST_CORNERS <= len(corners) <= MAX_CORNERS or wide > _TURN:
        return None
    return Polygon(tuple(corners))


def _clamp_lat(lat: float) -> float:
    return _rounded(min(max(lat, -_MAX_LAT), _MAX_LAT))


def _rounded(number: float) -> float:
    return round(number, _DIGITS) + 0.0  # no negative zero


def _joined(*numbers: float) -> str:
    return ",".join(f"{number:.{_DIGITS}f}".rstrip("0").rstrip(".") for number in numbers)
