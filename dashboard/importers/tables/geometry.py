"""From geometries to points: reprojected, repaired with notice, and checked to lie on Earth."""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.importers.tables.output import NOWHERE, Output, Place

__all__ = ["Geometries"]

_DEGREES: Final = frozenset({"4326", "4979", "CRS84", "CRS84H", "4258", "4269"})
_AUTHORITY: Final = re.compile(
    r"(?:^|:|/)(?:EPSG|OGC)[:/]{1,2}(?:[0-9.]{0,6}[:/]{1,2})?([0-9]{4,6}|CRS84h?)$", re.IGNORECASE
)
_WKT: Final = ("GEOGCRS", "GEOGCS", "PROJCRS", "PROJCS", "BOUNDCRS", "COMPOUNDCRS", "COMPD_CS", "GEODCRS")
_EAST: Final = 180.0
_ROUND: Final = 360.0
_NORTH: Final = 90.0
_POLYGONS: Final = (3, 6)
_SHOWN: Final = 80


class Geometries:
    """Makes a point of each geometry.

    Parameters
    ----------
    out
        Told what was repaired or refused.
    crs
        Reference system as declared; empty for degrees.

    Raises
    ------
    TableRefusedError
        The system is unknown.
    """

    def __init__(self, out: Output, crs: str) -> None:
        self._out = out
        self._transformer = _transformer(crs, out)
        self._corners = 0
        self._seen = self._outside = 0

    def places(self, rows: Sequence[int], shapes: Sequence[Any]) -> list[Place | None]:
        """Make points.

        Parameters
        ----------
        rows
            Number of each feature.
        shapes
            Their geometries; None where there is none.

        Returns
        -------
        list of tuple or None
            Where each is; None when it is refused.
        """
        if not rows:
            return []
        array = np.array(shapes, dtype=object)
        corners = shapely.get_num_coordinates(array)
        self._corners += int(corners.sum())
        if self._corners > self._out.limits.vertices:
            raise self._out.refuse(
                f"has more corners than the limit of {self._out.limits.vertices:,}: simplify its geometries"
            )
        kinds = [shape.geom_type if shape is not None else "" for shape in array]
        most = self._out.limits.feature_vertices
        too_many = f"the geometry has more corners than the limit of {most:,}: simplify it"
        bad = (corners > most).tolist()
        array = self._repaired(rows, array)
        lon, lat = self._points(array)
        places: list[Place | None] = []
        for at, (x, y, kind) in enumerate(zip(lon.tolist(), lat.tolist(), kinds, strict=True)):
            why = too_many if bad[at] else self._wrong(x, y, array[at])
            if why:
                self._out.problem(rows[at], why, column="geometry", value=f"{x:.6g} {y:.6g}")
                places.append(None)
            elif array[at] is None or array[at].is_empty:
                places.append(NOWHERE if not kind else (None, None, kind))
            else:
                places.append((self._round(rows[at], x), y, kind))
        return places

    def finish(self) -> None:
        """Refuse a file that is in metres and does not say so.

        Raises
        ------
        TableRefusedError
            Most of its points are not on Earth.
        """
        if self._outside and self._outside * 2 > self._seen:
            raise self._out.refuse(
                "has coordinates that are no degrees: say which reference system it uses, such as EPSG:3857"
            )

    def _repaired(self, rows: Sequence[int], array: NDArray[np.object_]) -> NDArray[np.object_]:
        polygons = np.isin(shapely.get_type_id(array), _POLYGONS)
        broken = np.flatnonzero(polygons & ~shapely.is_valid(array))
        for at in broken.tolist():
            why = shapely.is_valid_reason(array[at])[:60]
            self._out.problem(
                rows[at],
                f"the polygon crosses itself or its hole lies outside ({why}): its point was taken from a "
                "repaired copy",
                column="geometry",
                value=shapely.to_wkt(array[at], rounding_precision=6)[:_SHOWN],
                fix="draw it anew",
                severity="warning",
            )
            array[at] = shapely.make_valid(array[at])
        return array

    def _points(self, array: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        single = shapely.get_type_id(array) == 0
        points = array.copy()
        points[shapely.is_empty(array)] = None
        if not single.all():
            points[~single] = shapely.point_on_surface(points[~single])
        lon, lat = shapely.get_x(points), shapely.get_y(points)
        if self._transformer is not None:
            there = ~np.isnan(lon)
            lon[there], lat[there] = self._transformer.transform(lon[there], lat[there])
        return lon, lat

    def _wrong(self, x: float, y: float, shape: Any) -> str:  # noqa: ANN401 - a geometry or None
        if shape is None or shape.is_empty:
            return ""
        self._seen += 1
        if not (np.isfinite(x) and np.isfinite(y)):
            return "its coordinates are no finite numbers"
        if abs(y) <= _NORTH and abs(x) <= _ROUND:
            return ""
        if abs(x) <= _NORTH and abs(y) <= _EAST:
            return "its latitude is beyond a pole: latitude and longitude look swapped"
        self._outside += 1
        return "its coordinates are no degrees of longitude and latitude"

    def _round(self, row: int, x: float) -> float:
        if abs(x) <= _EAST:
            return x
        self._out.problem(
            row,
            "its longitude goes beyond 180 degrees, across the date line: it was brought back by 360",
            column="geometry",
            value=f"{x:.6g}",
            severity="warning",
        )
        return x - _ROUND if x > 0 else x + _ROUND


def _transformer(crs: str, out: Output) -> Any:  # noqa: ANN401 - pyproj has it only when needed
    name = crs.strip()
    found = _AUTHORITY.search(name)
    if not name or (found and found[1].upper() in _DEGREES):
        return None
    if not found and not name.startswith(_WKT):
        raise out.refuse(f"names a reference system that is not known: {name[:60]!r}; use one of EPSG")
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    try:
        system = CRS.from_epsg(int(found[1])) if found else CRS.from_wkt(name)
        transformer = Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    except ProjError:
        raise out.refuse(
            f"names a reference system that is not known: {name[:60]!r}; use one of EPSG"
        ) from None
    out.notes.append(f"The points were brought from {system.name} to longitude and latitude")
    return transformer
