"""Grid references: squares of MGRS and metres of UTM, with the precision they are written in.

A reference of MGRS names a square, not a point: the point is its middle, and the side of the square says how
well it is known. Letters and digits that do not belong together are refused, because one wrong letter is a
place hundreds of kilometres away. UTM and MGRS as in NGA.STND.0037; the projection is that of PROJ.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

from pyproj import Transformer

from dashboard.importers.mapping.degrees import Order, PointFault, read_pair

__all__ = ["GridPoint", "read_grid", "read_point", "read_utm"]

_BANDS: Final = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS: Final = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")  # by the rest of the zone's number by three
_ROWS: Final = "ABCDEFGHJKLMNPQRSTUV"
_SQUARE_M: Final = 100_000
_CYCLE_M: Final = 2_000_000
_FALSE_NORTH_M: Final = 10_000_000
_DIGITS: Final = 5
_ZONES: Final = 60
_MGRS: Final = re.compile(
    r"(?P<zone>\d{1,2}) ?(?P<band>[C-HJ-NP-X]) ?(?P<square>[A-HJ-NP-Z]{2})(?: ?(?P<digits>\d[\d ]{0,11}))?",
    re.IGNORECASE,
)
_UTM: Final = re.compile(
    r"(?P<zone>\d{1,2} ?[A-Z]|\d{1,2} ?(?:north|south))[ ,;]{1,3}(?P<east>\d{6}(?:[.,]\d{1,6})?) ?m?E?"
    r"[ ,;]{1,3}(?P<north>\d{1,8}(?:[.,]\d{1,6})?) ?m?N?",
    re.IGNORECASE,
)
_POLAR: Final = re.compile(r"[ABYZ] ?[A-Z]{2} ?\d[\d ]{1,12}", re.IGNORECASE)
_ZONE: Final = re.compile(r"(\d{1,2})\s?(north|south|[C-HJ-NP-X])?", re.IGNORECASE)
_BAND_DEGREES: Final = 8
_HALF_TURN: Final = 180
_LAST_BAND_NORTH: Final = 84.0
_SLACK: Final = 0.05
"""Degrees by which a square may look over the edge of its zone or band; maps print such squares."""


@dataclass(frozen=True, slots=True)
class GridPoint:
    """What a grid reference says.

    Parameters
    ----------
    lat, lon
        Middle of the square, in degrees.
    side_m
        Side of the square in metres, which is as well as the place is known; 0 where nothing is said.
    """

    lat: float
    lon: float
    side_m: float


def read_point(text: str, order: Order | None) -> GridPoint:
    """Read a point that stands in one cell, in any form.

    Parameters
    ----------
    text
        A grid reference, or what `read_pair` reads.
    order
        What comes first in a bare pair; None when nobody said.

    Returns
    -------
    GridPoint
        The point; the side is 0 where the text does not say how well the place is known.

    Raises
    ------
    PointFault
        It is none, or could be two.
    """
    plain = " ".join(text.split())
    if any(pattern.fullmatch(plain) for pattern in (_MGRS, _UTM, _POLAR)):
        return read_grid(plain)
    return GridPoint(*read_pair(text, order), 0.0)


def read_grid(text: str) -> GridPoint:
    """Read a reference that stands in one cell.

    Parameters
    ----------
    text
        Such as ``36U UA 12345 67890``, ``38SMB4488`` or ``36U 312345 5587890``.

    Returns
    -------
    GridPoint
        The middle of what it names.

    Raises
    ------
    PointFault
        It is none, or its parts do not belong together.
    """
    if found := _UTM.fullmatch(text):
        return read_utm(found["zone"], found["east"], found["north"])
    if found := _MGRS.fullmatch(text):
        digits = _numbers_of(found["digits"] or "")
        return _read_mgrs(int(found["zone"]), found["band"].upper(), found["square"].upper(), digits)
    raise PointFault("is a grid reference near a pole (UPS): write latitude and longitude instead")


def _numbers_of(digits: str) -> str:
    """Give the digits of both numbers; where a gap stands, it has to stand between them."""
    groups = digits.split()
    together = "".join(groups)
    ends = list(accumulate(map(len, groups)))
    # A table that took 00123 for a number writes 123 45678, which is not 1234 5678.
    if len(together) % 2 == 0 and len(groups) > 1 and len(together) // 2 not in ends:
        raise PointFault(
            "is a grid reference whose numbers differ in length: write the zeros that stand in front"
        )
    return together


def _read_mgrs(zone: int, band: str, square: str, digits: str) -> GridPoint:
    _check_zone(zone)
    if len(digits) % 2 or len(digits) > 2 * _DIGITS:
        raise PointFault(
            "is a grid reference with half a number: it needs as many digits for east as for north"
        )
    columns = _COLUMNS[zone % 3]
    if square[0] not in columns or square[1] not in _ROWS:
        raise PointFault(f"is no grid reference: zone {zone} has no square {square}")
    half = len(digits) // 2
    side = float(10 ** (_DIGITS - half))
    east = (columns.index(square[0]) + 1) * _SQUARE_M + side * float(digits[:half] or 0) + side / 2
    row = (_ROWS.index(square[1]) - (0 if zone % 2 else 5)) % len(_ROWS)
    north = row * _SQUARE_M + side * float(digits[half:] or 0) + side / 2
    for cycle in range(_FALSE_NORTH_M // _CYCLE_M):
        point = GridPoint(*_degrees(zone, east, north + cycle * _CYCLE_M, south=band < "N"), side)
        if _lies_in(point, zone, band):
            return point
    raise PointFault(f"is no grid reference: the square {square} does not lie in {zone}{band}")


def read_utm(zone: str, east: str, north: str) -> GridPoint:
    """Read UTM metres.

    Parameters
    ----------
    zone
        Zone with its band or hemisphere, such as ``36U``, ``36 north``.
    east, north
        Metres, as written.

    Returns
    -------
    GridPoint
        The point.

    Raises
    ------
    PointFault
        It is none, or its hemisphere is not known.
    """
    found = _ZONE.fullmatch(zone.strip())
    if found is None:
        raise PointFault("is no UTM zone: write it as 36U or 36 north")
    number, letter = int(found[1]), (found[2] or "").upper()
    _check_zone(number)
    if letter in ("", "S"):
        raise PointFault(
            "does not say on which side of the equator it lies (36S may be the band S, which is in the "
            "north): write 36 north or 36 south"
        )
    metres_east, metres_north = _metres(east), _metres(north)
    is_south = letter == "SOUTH" or letter < "N"
    # Metres are how UTM is written; unlike the digits of MGRS they do not say how well a place is known.
    point = GridPoint(*_degrees(number, metres_east, metres_north, south=is_south), 0.0)
    bands = letter if len(letter) == 1 and letter != "N" else _BANDS[:10] if is_south else _BANDS[10:]
    # N is a band as well as the north, and the band lies in the north.
    if not any(_lies_in(point, number, band, slack=1.0) for band in bands):
        raise PointFault(f"lies outside the UTM zone {number}{letter[:1]}: look for a wrong digit")
    return point


def _metres(text: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        raise PointFault("is no number of metres") from None
    if not (math.isfinite(value) and 0 <= value < _FALSE_NORTH_M):
        raise PointFault("is no number of metres in a UTM zone")
    return value


def _check_zone(zone: int) -> None:
    if not 1 <= zone <= _ZONES:
        raise PointFault(f"is no grid reference: there is no zone {zone}")


@lru_cache(maxsize=2 * _ZONES)
def _transformer(code: int) -> Transformer:
    return Transformer.from_crs(code, 4326, always_xy=True)


def _degrees(zone: int, east: float, north: float, *, south: bool) -> tuple[float, float]:
    lon, lat = _transformer((32_700 if south else 32_600) + zone).transform(east, north)
    return lat, lon


def _lies_in(point: GridPoint, zone: int, band: str, slack: float = _SLACK) -> bool:
    """Whether a square has a part in its zone and band, which are cut otherwise off Norway and Svalbard."""
    if not (math.isfinite(point.lat) and math.isfinite(point.lon)):
        return False
    about = point.side_m / 2 / 111_000
    south = _BANDS.index(band) * _BAND_DEGREES - 80.0
    north = _LAST_BAND_NORTH if band == "X" else south + _BAND_DEGREES
    if not south - about - slack <= point.lat <= north + about + slack:
        return False
    west, east = _edges(zone, band)
    away = about / max(math.cos(math.radians(point.lat)), 0.1) + slack
    middle = (west + east) / 2
    turned = (point.lon - middle + _HALF_TURN) % (2 * _HALF_TURN) - _HALF_TURN
    return abs(turned) <= (east - west) / 2 + away


def _edges(zone: int, band: str) -> tuple[float, float]:
    special = {
        (31, "V"): (0, 3), (32, "V"): (3, 12),
        (31, "X"): (0, 9), (33, "X"): (9, 21), (35, "X"): (21, 33), (37, "X"): (33, 42),
    }  # fmt: skip
    west = (zone - 1) * 6 - _HALF_TURN
    return special.get((zone, band), (west, west + 6))
