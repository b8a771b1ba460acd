"""Coordinates that somebody wrote where a name was expected.

They are read as what they are: looking "33.6, -7.1" up in a gazetteer or sending it to a geocoder as a name
can only end in a wrong place.
"""

import re
from typing import Final

from geopy.point import Point

__all__ = ["read_coordinates"]

_LONGEST: Final = 80
_DECIMAL: Final = re.compile(
    r"(?P<lat>[-+]?\d{1,2}(?:\.\d{1,15})?) ?°? ?(?P<ns>[NS]?)(?: ?[,;/] ?| )"
    r"(?P<lon>[-+]?\d{1,3}(?:\.\d{1,15})?) ?°? ?(?P<ew>[EW]?)",
    re.IGNORECASE,
)
_SEXAGESIMAL: Final = re.compile(r"[-+0-9.,; °'\"NSEW]+", re.IGNORECASE)
# minus sign; ordinal, prime and quotation marks that stand for degrees, minutes and seconds
_MARKS: Final = str.maketrans("\u2212\u00ba\u2032\u2019\u2033\u201d", "-°''\"\"")
_MAX_LAT: Final = 90.0
_MAX_LON: Final = 180.0


def read_coordinates(text: str) -> tuple[float, float] | None:
    """Read a text that is nothing but a pair of coordinates.

    Parameters
    ----------
    text
        Such as ``33.616, -7.121``, ``33.6 N 7.1 W`` or ``33°36'N 7°7'W``; latitude first.

    Returns
    -------
    tuple of (float, float) or None
        Latitude and longitude in degrees as stated; None for anything else, two bare whole numbers included.
    """
    if len(text) > _LONGEST or not any(letter.isdigit() for letter in text):
        return None
    text = " ".join(text.translate(_MARKS).split())
    if found := _DECIMAL.fullmatch(text):
        # "12 34" may be anything; a sign, a comma, a fraction or a direction makes it a point.
        if text.replace(" ", "").isdigit():
            return None
        lat = float(found["lat"]) * (-1 if found["ns"].upper() == "S" else 1)
        lon = float(found["lon"]) * (-1 if found["ew"].upper() == "W" else 1)
    elif "°" in text and _SEXAGESIMAL.fullmatch(text):
        try:
            lat, lon, _ = Point.from_string(text)
        except ValueError:
            return None
    else:
        return None
    return (lat, lon) if abs(lat) <= _MAX_LAT and abs(lon) <= _MAX_LON else None
