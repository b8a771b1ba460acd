"""Whether points lie where their rows say: tested once for each point, on shapes that are handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["CountryTest", "Verdict"]

_NEAR_DEGREES: Final = 0.25
"""About 25 km: shapes are generalised and stop at the shore."""
_AT_SEA_DEGREES: Final = 2.5
"""Small islands are missing from the shapes: a point at sea must be far out before anything is said."""
# Territories with a code of their own that datasets count to the state.
_ALSO: Final = {
    "US": ("AS", "GU", "MP", "PR", "UM", "VI"),
    "FR": ("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"),
    "GB": ("AI", "BM", "FK", "GG", "GI", "GS", "IM", "IO", "JE", "KY", "MS", "PN", "SH", "TC", "VG"),
    "NL": ("AW", "BQ", "CW", "SX"),
    "DK": ("FO", "GL"),
    "NO": ("BV", "SJ"),
    "AU": ("CC", "CX", "HM", "NF"),
    "FI": ("AX",),
    "CN": ("HK", "MO"),
}
_KEPT: Final = 500_000
_MAX_LAT: Final = 90.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a point.

    Parameters
    ----------
    code
        ``country_contradicted`` or ``swapped``; empty when nothing is.
    inside
        Country that the point lies in, empty at sea.
    """

    code: str = ""
    inside: str = ""


class CountryTest:
    """Tests points against the shapes of countries.

    Parameters
    ----------
    shapes
        Shapes in degrees by ISO 3166-1 alpha-2.
    """

    def __init__(self, shapes: Mapping[str, Any]) -> None:
        self._shapes = shapes
        self._codes = list(shapes)
        self._tree: Any = None
        self._kept: dict[tuple[str, float, float], Verdict] = {}

    def judge(
        self, countries: list[str], lats: NDArray[np.float64], lons: NDArray[np.float64]
    ) -> list[Verdict]:
        """Judge points.

        Parameters
        ----------
        countries
            Stated country of each.
        lats, lons
            Degrees.

        Returns
        -------
        list of Verdict
            One for each point.
        """
        if len(self._kept) > _KEPT:
            self._kept.clear()
        keys = list(zip(countries, lats.tolist(), lons.tolist(), strict=True))
        new = [key for key in dict.fromkeys(keys) if key not in self._kept]
        by_country: dict[str, list[tuple[str, float, float]]] = {}
        for key in new:
            by_country.setdefault(key[0], []).append(key)
        for country, those in by_country.items():
            self._judge_country(country, those)
        return [self._kept[key] for key in keys]

    def _judge_country(self, country: str, keys: list[tuple[str, float, float]]) -> None:
        shape = self._shapes.get(country)
        if shape is None:
            self._kept.update(dict.fromkeys(keys, Verdict()))
            return
        y, x = np.array([key[1] for key in keys]), np.array([key[2] for key in keys])
        far = ~shapely.intersects_xy(shape, x, y)
        outside = np.flatnonzero(far)
        if len(outside):
            shapely.prepare(shape)
            near = shapely.dwithin(shape, shapely.points(x[outside], y[outside]), _NEAR_DEGREES)
            far[outside[near]] = False
        turned = far & (np.abs(x) <= _MAX_LAT)
        turned[turned] = shapely.intersects_xy(shape, y[turned], x[turned])
        for number, key in enumerate(keys):
            self._kept[key] = self._verdict(key, turned=bool(turned[number])) if far[number] else Verdict()

    def _verdict(self, key: tuple[str, float, float], *, turned: bool) -> Verdict:
        country, lat, lon = key
        inside = self._country_at(lat, lon)
        theirs = (country, *_ALSO.get(country, ()))
        if inside in theirs:
            return Verdict()
        if turned:
            return Verdict("swapped", inside)
        shapes = [self._shapes[code] for code in theirs if code in self._shapes]
        if not inside and shapely.dwithin(shapes, shapely.Point(lon, lat), _AT_SEA_DEGREES).any():
            return Verdict()
        return Verdict("country_contradicted", inside)

    def _country_at(self, lat: float, lon: float) -> str:
        if self._tree is None:
            self._tree = shapely.STRtree([self._shapes[code] for code in self._codes])
        found = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self._codes[int(found[0])] if len(found) else ""
