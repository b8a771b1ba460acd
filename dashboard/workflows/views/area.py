"""Which records lie in an area: surely, or perhaps, because their place is known only roughly.

The point of a place inside counts as certain; a place whose circle of uncertainty merely touches the area is
possible, as an event is whose date only overlaps the window. A place known only to province, area or country
has no point of its own, so it is certain only when its whole circle lies inside. Distances are on the mean
sphere (at most 0.6 % off the ellipsoid), far below what any place here is known to.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from dashboard.domain.area import Area, Circle, Polygon, Rectangle
from dashboard.frames import AtlasFrames

__all__ = ["EARTH_RADIUS_M", "AreaMatch", "distances_m", "match_area", "points_inside", "points_near"]

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius, the same as the gazetteer's and the front end's."""

_COARSE: Final = ("province", "area", "country")
_MAX_LAT: Final = 85.0511287798  # where the square map ends
_STEP: Final = 1.0  # degrees between points of an edge when distances to it are taken
_HAIR: Final = 1e-9  # degrees: a point on the edge is inside, whatever rounding says
_CHUNK: Final = 256

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AreaMatch:
    """Which records lie in an area.

    Parameters
    ----------
    certain
        Records with a place that lies in it, one value for each row of ``frames.records``.
    possible
        Records that have no such place, but one that may lie in it.
    """

    certain: Bools
    possible: Bools

    @property
    def either(self) -> Bools:
        """Records that match."""
        return self.certain | self.possible


def match_area(frames: AtlasFrames, area: Area) -> AreaMatch:
    """Say which records lie in an area.

    Parameters
    ----------
    frames
        The atlas.
    area
        What was drawn or named.

    Returns
    -------
    AreaMatch
        By record; any of its places counts.
    """
    placements = frames.placements
    points = placements.geometry.to_numpy()
    placed = ~shapely.is_missing(points)
    lon, lat = shapely.get_x(points[placed]), shapely.get_y(points[placed])
    radius = placements["precision_m"].to_numpy(dtype=float)[placed]
    coarse = placements["precision"].isin(_COARSE).to_numpy(dtype=bool)[placed]
    inside = points_inside(area, lon, lat)
    # Only these need a distance: most places are fine enough to be taken for their point.
    ask = (radius > 0) & (~inside | coarse)
    near = np.zeros(len(inside), dtype=bool)
    near[ask] = points_near(area, lon[ask], lat[ask], radius[ask])
    certain = inside & ~(coarse & near)
    return _by_record(frames, placed, certain, (inside | near) & ~certain)


def _by_record(frames: AtlasFrames, placed: Bools, certain: Bools, possible: Bools) -> AreaMatch:
    ids = frames.placements["record_id"][placed]
    sure = frames.records["record_id"].isin(ids[certain]).to_numpy(dtype=bool)
    perhaps = frames.records["record_id"].isin(ids[possible]).to_numpy(dtype=bool)
    return AreaMatch(sure, perhaps & ~sure)


def points_inside(area: Area, lon: Floats, lat: Floats) -> Bools:
    """Say which points lie in an area, its edge included.

    Parameters
    ----------
    area
        The area.
    lon, lat
        Degrees, longitudes in -180 to 180.

    Returns
    -------
    numpy.ndarray of bool
        One value for each point.
    """
    if isinstance(area, Circle):
        return distances_m(area.lat, area.lon, lat, lon) <= area.km * 1000
    if isinstance(area, Rectangle):
        east_of = (lon - area.west + _HAIR) % 360 <= area.width + 2 * _HAIR
        return (lat >= area.south) & (lat <= area.north) & east_of
    shape, y = _on_map(area), _mercator(lat)
    hits = np.zeros(len(lon), dtype=bool)
    for turn in (0.0, 360.0):
        hits |= shapely.intersects_xy(shape, lon + turn, y)
    return hits


def points_near(area: Area, lon: Floats, lat: Floats, radius_m: Floats) -> Bools:
    """Say which circles cross the edge of an area.

    Parameters
    ----------
    area
        The area.
    lon, lat
        Centres in degrees.
    radius_m
        Their radii in metres.

    Returns
    -------
    numpy.ndarray of bool
        Whether the edge comes closer than the radius.
    """
    if isinstance(area, Circle):
        gap = distances_m(area.lat, area.lon, lat, lon) - area.km * 1000
        return np.abs(gap) < radius_m
    # Coarse places repeat (every "somewhere in Morocco" is one point), so each is asked for once.
    unique, back = np.unique(np.column_stack([lon, lat, radius_m]), axis=0, return_inverse=True)
    near = np.zeros(len(unique), dtype=bool)
    starts, ends = _edges(area)
    for at in range(0, len(unique), _CHUNK):
        part = unique[at : at + _CHUNK]
        gap = _to_segments_m(_unit(part[:, 1], part[:, 0]), starts, ends)
        near[at : at + _CHUNK] = gap < part[:, 2]
    return near[back.reshape(-1)]


def distances_m(lat: float, lon: float, lats: Floats, lons: Floats) -> Floats:
    """Give the distances from one point to others.

    Parameters
    ----------
    lat, lon
        The one point, in degrees.
    lats, lons
        The others.

    Returns
    -------
    numpy.ndarray of float
        Metres along great circles.
    """
    here, there = np.radians(lat), np.radians(lats)
    half = np.sin((there - here) / 2) ** 2
    half = half + np.cos(here) * np.cos(there) * np.sin(np.radians(lons - lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))), dtype=float)


def _mercator(lat: "Floats | float") -> Floats:
    held = np.radians(np.clip(lat, -_MAX_LAT, _MAX_LAT))
    return np.asarray(np.degrees(np.arctanh(np.sin(held))), dtype=float)


def _on_map(area: Polygon) -> BaseGeometry:
    # Straight on the map means straight in its projection; a line that crosses itself is read even-odd.
    return shapely.make_valid(shapely.Polygon([(lon, float(_mercator(lat))) for lat, lon in area.corners]))


def _edges(area: Rectangle | Polygon) -> tuple[Floats, Floats]:
    lines = _sides(area) if isinstance(area, Rectangle) else _drawn_lines(area)
    pieces = [np.column_stack([line[:-1], line[1:]]) for line in lines] or [np.empty((0, 4))]
    ends = np.concatenate(pieces)
    return _unit(ends[:, 0], ends[:, 1]), _unit(ends[:, 2], ends[:, 3])


def _sides(area: Rectangle) -> list[Floats]:
    west, east = area.west, area.west + area.width
    sides = []
    # Poles are no edges, and neither are the meridians of a rectangle that goes all the way round.
    for lat in (area.south, area.north):
        if abs(lat) < 90:  # noqa: PLR2004  # the poles
            lons = np.linspace(west, east, 2 + int(area.width / _STEP))
            sides.append(np.column_stack([np.full_like(lons, lat), lons]))
    for lon in (west, east):
        if area.width < 360:  # noqa: PLR2004  # a whole turn
            lats = np.linspace(area.south, area.north, 2 + int((area.north - area.south) / _STEP))
            sides.append(np.column_stack([lats, np.full_like(lats, lon)]))
    return sides


def _drawn_lines(area: Polygon) -> list[Floats]:
    lat, lon = np.array(area.corners).T
    y, lines = _mercator(lat), []
    for i in range(len(lon)):
        j = (i + 1) % len(lon)
        count = 2 + int(max(abs(lon[j] - lon[i]), abs(y[j] - y[i])) / _STEP)
        lats = np.degrees(np.arcsin(np.tanh(np.radians(np.linspace(y[i], y[j], count)))))
        lines.append(np.column_stack([lats, np.linspace(lon[i], lon[j], count)]))
    return lines


def _unit(lat: Floats, lon: Floats) -> Floats:
    phi, theta = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


def _to_segments_m(points: Floats, starts: Floats, ends: Floats) -> Floats:
    # Pieces are short (a degree), so the chord under each stands for it.
    along = ends - starts
    if not len(starts):
        return np.full(len(points), np.inf)
    length = np.maximum((along**2).sum(axis=1), 1e-18)
    share = ((points[:, None, :] - starts[None, :, :]) * along[None, :, :]).sum(axis=2) / length
    foot = starts[None, :, :] + np.clip(share, 0.0, 1.0)[:, :, None] * along[None, :, :]
    foot = foot / np.linalg.norm(foot, axis=2, keepdims=True)
    chord = np.linalg.norm(points[:, None, :] - foot, axis=2).min(axis=1)
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.clip(chord / 2, 0.0, 1.0)), dtype=float)
