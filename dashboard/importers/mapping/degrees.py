"""Coordinates as people write them: decimals with point or comma, degrees, pairs, well-known text.

A text is read whole or not at all: half a point, or one whose order nobody stated, is a problem and no guess.
"""

import math
import re
from typing import Final, Literal

__all__ = ["Axis", "Order", "PointFault", "one_degree", "read_pair"]

Order = Literal["lat lon", "lon lat"]
Axis = Literal["lat", "lon"]

_LONGEST: Final = 120
_PLAIN: Final = re.compile(r"[+-]?\d{1,9}(?:[.,\u066b]\d{1,20})?(?:[eE][+-]?\d{1,3})?")
_MARKS: Final = str.maketrans("\u2212\u00ba\u02da\u2032\u2019\u00b4\u2033\u201d\u201c", "-°°'''\"\"\"")
_ANGLE: Final = re.compile(
    r"(?P<before>[NSEW]?) ?(?P<sign>[+-]?)(?P<deg>\d{1,3}(?:[.,]\d{1,15})?) ?[°d: ]? ?"
    r"(?:(?P<min>\d{1,2}(?:[.,]\d{1,15})?) ?[': ]? ?)?(?:(?P<sec>\d{1,2}(?:[.,]\d{1,15})?) ?(?:\"|'')? ?)?"
    r"(?P<after>[NSEW]?)",
    re.IGNORECASE,
)
_WKT: Final = re.compile(
    r"(?:SRID=4326;)?\s*POINT\s*Z?\s*\(\s*(-?\d{1,3}(?:\.\d{1,20})?)\s+(-?\d{1,3}(?:\.\d{1,20})?)(?:\s+-?[\d.]{1,20})?\s*\)",
    re.IGNORECASE,
)
# An empty form; "50,45" would be half a point, but these two are zero either way.
_ZEROS: Final = re.compile(r"0(?:\.0{1,9})? ?[,;/ ] ?0(?:\.0{1,9})?")
_GRID: Final = re.compile(r"\d{1,2}[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?[\d ]{2,12}", re.IGNORECASE)
_TWO_ANGLES: Final = re.compile(r"(.{1,40}?[NS])[\s,;/]{0,3}(.{1,40}?[EW])", re.IGNORECASE)
_BEFORE: Final = re.compile(r"([NS].{1,40}?)[\s,;/]{1,3}([EW].{1,40})", re.IGNORECASE)
_LON_FIRST: Final = re.compile(r"(.{1,40}?[EW])[\s,;/]{0,3}(.{1,40}?[NS])", re.IGNORECASE)
_LON_BEFORE: Final = re.compile(r"([EW].{1,40}?)[\s,;/]{1,3}([NS].{1,40})", re.IGNORECASE)
_SIDES: Final = {"lat": "NS", "lon": "EW"}
_WORDS: Final = {"lat": "latitude", "lon": "longitude"}
_SPLIT: Final = re.compile(r"\s*[;|/]\s*|\s*,\s+|(?<=[\d.]),(?=-?\d{1,3}\.)|\s+")


class PointFault(ValueError):  # noqa: N818  # it is caught at once and becomes a row's problem
    """Why a text is no point: the message is shown beside the row."""


def one_degree(text: str, axis: Axis | None = None) -> float:
    """Read one latitude or longitude.

    Parameters
    ----------
    text
        Such as ``50.45``, ``50,45``, ``33°36'N``, ``N50.45``.
    axis
        Which of them it has to be; None where both will do.

    Returns
    -------
    float
        Degrees; outside of Earth when the text says so.

    Raises
    ------
    PointFault
        If it is no number, or says itself that it is the other one.
    """
    text = " ".join(text.translate(_MARKS).split())
    if len(text) > _LONGEST:
        raise PointFault("is too long for a coordinate")
    if _PLAIN.fullmatch(text):
        value = float(text.replace(",", ".").replace("\u066b", "."))
        if not math.isfinite(value):
            raise PointFault("is no finite number")
        return value
    return _angle(text, axis)


def read_pair(text: str, order: Order | None) -> tuple[float, float]:
    """Read a point that stands in one cell.

    Parameters
    ----------
    text
        A pair of decimals, degrees with directions, or WKT.
    order
        What comes first in a bare pair; None when nobody said.

    Returns
    -------
    tuple of (float, float)
        Latitude and longitude as stated.

    Raises
    ------
    PointFault
        If it is none, or could be two.
    """
    text = " ".join(text.translate(_MARKS).split())
    if len(text) > _LONGEST:
        raise PointFault("is too long for a point")
    if found := _WKT.fullmatch(text):
        return float(found[2]), float(found[1])
    if _ZEROS.fullmatch(text):
        return 0.0, 0.0
    if _GRID.fullmatch(text):
        raise PointFault("is a grid reference (MGRS): convert it to latitude and longitude first")
    if found := _BEFORE.fullmatch(text) or _TWO_ANGLES.fullmatch(text):
        return _angle(found[1], "lat"), _angle(found[2], "lon")
    if found := _LON_BEFORE.fullmatch(text) or _LON_FIRST.fullmatch(text):
        return _angle(found[2], "lat"), _angle(found[1], "lon")
    parts = [part for part in _SPLIT.split(text) if part]
    if len(parts) != 2:  # noqa: PLR2004  # a pair
        raise PointFault("is no point: write latitude and longitude as 33.6167, -7.1167")
    if order is None:
        for part in parts:
            one_degree(part)
        raise PointFault("does not say which number is the latitude: choose the order in the mapping")
    lat, lon = parts if order == "lat lon" else reversed(parts)
    return one_degree(lat, "lat"), one_degree(lon, "lon")


def _angle(text: str, axis: Axis | None) -> float:
    found = _ANGLE.fullmatch(text.strip())
    if found is None or (found["before"] and found["after"]) or _runs_together(found):
        raise PointFault("is no coordinate")
    degrees, minutes, seconds = (
        float((found[part] or "0").replace(",", ".")) for part in ("deg", "min", "sec")
    )
    if minutes >= 60 or seconds >= 60:  # noqa: PLR2004  # parts of a degree
        raise PointFault("has more than 59 minutes or seconds")
    side = (found["before"] or found["after"]).upper()
    if side and axis and side not in _SIDES[axis]:
        raise PointFault(f"is no {_WORDS[axis]}, as its {side} says; latitude and longitude look swapped")
    sign = -1 if found["sign"] == "-" or side in ("S", "W") else 1
    return sign * (degrees + minutes / 60 + seconds / 3600)


def _runs_together(found: re.Match[str]) -> bool:
    """Whether minutes or seconds are only the rest of a number: 1.234,5 and 123456E could be anything."""
    return any(
        bool(
            found[part]
            and found[whole]
            and (found.end(whole) == found.start(part) or not found[whole].isdigit())
        )
        for whole, part in (("deg", "min"), ("min", "sec"))
    )
