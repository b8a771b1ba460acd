"""The flat piece of world that a figure shows: a projection that keeps areas, fitted to what is shown.

Up to the size of a continent it is Lambert's azimuthal equal-area projection around the middle of the
records, which knows no antimeridian; beyond that Equal Earth, its seam turned to where no record is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from dashboard.exports.figure.world import Line

__all__ = ["Extent", "MapFrame", "fit_frame", "ring_around"]

Floats = npt.NDArray[np.float64]
Extent = tuple[float, float, float, float]
"""West, east, south, north of the frame, in metres of its projection."""

_GEOD: Final = pyproj.Geod(ellps="WGS84")
_LEAST_WIDTH: Final = 1_000_000.0  # metres: the shapes are generalised to 1:50 million
_MARGIN: Final = 0.09  # of the frame on each side
_EDGE: Final = 0.015  # the same around the whole world
_MOST_RADIUS: Final = 1_500_000.0
_FARTHEST_CORNER: Final = 72.0  # degrees from the middle, where an azimuthal map gets too bent
_SPARE: Final = 8.0  # degrees between two points of a line, at most
_MOST_REACH: Final = 1.9  # radii of the Earth from the middle of an azimuthal map, 143 degrees
_HALF_WORLD: Final = (17_243_959.0, 8_392_927.0)  # Equal Earth, metres
_EARTH: Final = 6_371_007.0
_HAIR: Final = 1e-4  # degrees
_LEAST_RING: Final = 4  # points of a closed ring


@dataclass(frozen=True)
class MapFrame:
    """A projection and the rectangle of it that is drawn.

    Parameters
    ----------
    projection
        Its name for the credit.
    centre
        Longitude and latitude of its middle.
    extent
        What is drawn.
    is_world
        Whether it is the world map, which has a seam.
    """

    projection: str
    centre: tuple[float, float]
    extent: Extent
    is_world: bool

    @property
    def width(self) -> float:
        """Metres from its left to its right edge."""
        return self.extent[1] - self.extent[0]

    def project(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
        """Turn degrees into metres of the frame.

        Parameters
        ----------
        lon, lat
            Coordinates in degrees.

        Returns
        -------
        numpy.ndarray
            One row of x and y a point.
        """
        return _equal_earth(lon, lat, self.centre[0]) if self.is_world else _azimuthal(lon, lat, self.centre)

    def areas(self, rings: Iterable[Line], detail: float) -> list[Floats]:
        """Project rings and keep what lies in the frame.

        Parameters
        ----------
        rings
            Rings in degrees.
        detail
            Metres that may be left out of a line.

        Returns
        -------
        list of numpy.ndarray
            Closed rings in metres; holes still run the other way around.
        """
        out = []
        for ring in rings:
            for piece in self._flat(ring, closed=True):
                if len(piece) >= _LEAST_RING:
                    out += self._clipped(shapely.Polygon(piece), detail, _signed_area(piece))
        return out

    def lines(self, lines: Iterable[Line], detail: float) -> list[Floats]:
        """Project lines and keep what lies in the frame.

        Parameters
        ----------
        lines
            Lines in degrees.
        detail
            Metres that may be left out of a line.

        Returns
        -------
        list of numpy.ndarray
            Lines in metres.
        """
        out = []
        for line in lines:
            for piece in self._flat(line, closed=False):
                if len(piece) > 1:
                    out += self._clipped(shapely.LineString(piece), detail, 0.0)
        return out

    def outline(self) -> Floats | None:
        """Draw the edge of the world.

        Returns
        -------
        numpy.ndarray or None
            Its ring in metres; None when the frame shows a piece of the world without an edge.
        """
        if not self.is_world:
            return None
        lat = np.linspace(-90, 90, 91)
        # The seam itself is both edges; a hair inside it each belongs to its own side.
        west, east = self.centre[0] - 180 + _HAIR, self.centre[0] + 180 - _HAIR
        return self.project(
            np.concatenate([np.full(91, west), np.full(91, east)]), np.concatenate([lat, lat[::-1]])
        )

    def _flat(self, line: Line, *, closed: bool) -> Iterator[Floats]:
        if not self.is_world:
            if _away(line[:, 0], line[:, 1], self.centre).min() <= _FARTHEST_CORNER + _SPARE:
                yield self.project(*line.T)
            return
        west = self.centre[0] - 180
        for turn in (-360, 0, 360):
            moved = line + np.array([turn, 0])
            if moved[:, 0].max() <= west or moved[:, 0].min() >= west + 360:
                continue
            if closed and len(moved) < _LEAST_RING:
                continue
            shape: shapely.Geometry = shapely.Polygon(moved) if closed else shapely.LineString(moved)
            if moved[:, 0].min() <= west or moved[:, 0].max() >= west + 360:
                window = (west + _HAIR, -90, west + 360 - _HAIR, 90)
                # Clipping a line by a rectangle may leave single points, an intersection does not.
                shape = (
                    shapely.clip_by_rect(shape, *window)
                    if closed
                    else shapely.intersection(shape, shapely.box(*window))
                )
            for part in _parts(shape):
                yield _turned_like(self.project(*_dense(part).T), moved if closed else None)

    def _clipped(self, shape: shapely.Geometry, detail: float, turn: float) -> list[Floats]:
        west, east, south, north = self.extent
        room = self.width * 0.02
        clipped = shapely.clip_by_rect(shape, west - room, south - room, east + room, north + room)
        if clipped.is_empty:
            return []
        parts = _parts(shapely.simplify(clipped, detail, preserve_topology=False))
        return [part[::-1] if turn and _signed_area(part) * turn < 0 else part for part in parts]


def fit_frame(lon: npt.ArrayLike, lat: npt.ArrayLike, radius_m: npt.ArrayLike, aspect: float) -> MapFrame:
    """Choose the piece of world that shows all points with some room around them.

    Parameters
    ----------
    lon, lat
        Points in degrees.
    radius_m
        How far around each point its true place may lie.
    aspect
        Width of the drawing divided by its height.

    Returns
    -------
    MapFrame
        The frame; the whole world when there is no point.
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    reach = np.minimum(np.asarray(radius_m, dtype=float), _MOST_RADIUS)
    if not len(lon):
        return _world_frame(lon, lat, reach, aspect)
    centre = _middle(lon, lat)
    for _ in range(2):  # the mean leans towards crowds; the middle of the box does not
        box = _box(_azimuthal(lon, lat, centre), reach)
        centre = _back((box[0] + box[1]) / 2, (box[2] + box[3]) / 2, centre)
    extent = _shaped(_box(_azimuthal(lon, lat, centre), reach), aspect, _LEAST_WIDTH)
    corner = float(np.hypot(max(-extent[0], extent[1]), max(-extent[2], extent[3])))
    if corner > 2 * _EARTH * np.sin(np.radians(_FARTHEST_CORNER / 2)):
        return _world_frame(lon, lat, reach, aspect)
    return MapFrame("Lambert azimuthal equal-area projection", centre, extent, is_world=False)


def ring_around(lon: float, lat: float, radius_m: float) -> Line:
    """Draw the circle of all points at a distance on the ground.

    Parameters
    ----------
    lon, lat
        Its middle in degrees.
    radius_m
        The distance in metres.

    Returns
    -------
    numpy.ndarray
        A closed ring in degrees, without a jump at the antimeridian.
    """
    bearings = np.linspace(0, 360, 73)
    lons, lats, _ = _GEOD.fwd(
        np.full(73, lon), np.full(73, lat), bearings, np.full(73, min(radius_m, 9_000_000.0))
    )
    return np.column_stack([np.unwrap(lons, period=360), lats])


def _away(lon: npt.ArrayLike, lat: npt.ArrayLike, centre: tuple[float, float]) -> Floats:
    """Measure how many degrees points are from the middle."""
    return np.degrees(np.arccos(np.clip(_unit(lon, lat) @ _unit(*centre), -1, 1)))


def _azimuthal(lon: npt.ArrayLike, lat: npt.ArrayLike, centre: tuple[float, float]) -> Floats:
    """Lambert's equal-area projection of the sphere; what is near the antipode is pulled nearer."""
    east, north = np.radians(centre)
    points = _unit(lon, lat)
    across = points @ np.array([-np.sin(east), np.cos(east), 0.0])
    up = points @ np.array([-np.sin(north) * np.cos(east), -np.sin(north) * np.sin(east), np.cos(north)])
    cosine = np.clip(points @ _unit(*centre), -1, 1)
    # Around its antipode an azimuthal map has no inside, and nothing there can be in a frame.
    radius = np.minimum(np.sqrt(2 - 2 * cosine), _MOST_REACH)
    length = np.hypot(across, up)
    scale = np.divide(radius, length, out=np.zeros_like(length), where=length > 0) * _EARTH
    return np.column_stack([across * scale, up * scale])


def _back(x: float, y: float, centre: tuple[float, float]) -> tuple[float, float]:
    """Turn metres of the azimuthal projection into degrees."""
    radius = float(np.hypot(x, y)) / _EARTH
    if radius == 0:
        return centre
    away = 2 * np.arcsin(min(radius / 2, 1.0))
    east, north = np.radians(centre)
    lat = np.arcsin(
        np.clip(np.cos(away) * np.sin(north) + y / _EARTH * np.sin(away) * np.cos(north) / radius, -1, 1)
    )
    lon = east + np.arctan2(
        x / _EARTH * np.sin(away),
        radius * np.cos(north) * np.cos(away) - y / _EARTH * np.sin(north) * np.sin(away),
    )
    return (float(np.degrees(lon) + 180) % 360 - 180, float(np.degrees(lat)))


def _equal_earth(lon: npt.ArrayLike, lat: npt.ArrayLike, middle: float) -> Floats:
    """Equal Earth of the sphere: Šavrič, Patterson and Jenny 2018, doi:10.1080/13658816.2018.1504949."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    turn = np.mod(np.asarray(lon, dtype=float) - middle + 180, 360) - 180
    theta = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(np.asarray(lat, dtype=float))))
    square = theta**2
    sixth = square**3
    slope = 9 * a4 * sixth * square + 7 * a3 * sixth + 3 * a2 * square + a1
    x = 2 * np.sqrt(3) * np.radians(turn) * np.cos(theta) / (3 * slope)
    y = theta * (a4 * sixth * square + a3 * sixth + a2 * square + a1)
    return np.column_stack([x * _EARTH, y * _EARTH])


def _unit(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
    east, north = np.radians(np.asarray(lon, dtype=float)), np.radians(np.asarray(lat, dtype=float))
    parts = [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    return np.stack(parts, axis=-1)


def _middle(lon: Floats, lat: Floats) -> tuple[float, float]:
    x, y, z = _unit(lon, lat).mean(axis=0)
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def _box(points: Floats, reach: Floats) -> Extent:
    x, y = points.T
    return (
        float((x - reach).min()),
        float((x + reach).max()),
        float((y - reach).min()),
        float((y + reach).max()),
    )


def _shaped(box: Extent, aspect: float, least: float, margin: float = _MARGIN) -> Extent:
    """Widen a box by the margin and to the aspect of the drawing."""
    x, y = (box[0] + box[1]) / 2, (box[2] + box[3]) / 2
    room = 1 / (1 - 2 * margin)
    width, height = (box[1] - box[0]) * room, (box[3] - box[2]) * room
    width = max(width, height * aspect, least)
    height = width / aspect
    return (x - width / 2, x + width / 2, y - height / 2, y + height / 2)


def _world_frame(lon: Floats, lat: Floats, reach: Floats, aspect: float) -> MapFrame:
    name = "Equal Earth projection"
    seam = _seam(lon)
    centre = ((seam + 360) % 360 - 180, 0.0)
    world = (-_HALF_WORLD[0], _HALF_WORLD[0], -_HALF_WORLD[1], _HALF_WORLD[1])
    whole = _shaped(world, aspect, 0, margin=_EDGE)
    if not len(lon):
        return MapFrame(name, centre, whole, is_world=True)
    box = _box(_equal_earth(lon, lat, centre[0]), reach)
    held = (max(box[0], world[0]), min(box[1], world[1]), max(box[2], world[2]), min(box[3], world[3]))
    extent = _shaped(held, aspect, _LEAST_WIDTH)
    if extent[1] - extent[0] >= whole[1] - whole[0]:
        return MapFrame(name, centre, whole, is_world=True)
    west, east = _inside(extent[:2], world[:2])
    south, north = _inside(extent[2:], world[2:])
    return MapFrame(name, centre, (west, east, south, north), is_world=True)


def _inside(stretch: tuple[float, float], world: tuple[float, float]) -> tuple[float, float]:
    """Move a stretch into the world as far as it fits."""
    low, high = stretch
    if high - low >= world[1] - world[0]:
        middle = (world[0] + world[1] - low - high) / 2
        return (low + middle, high + middle)
    by = max(world[0] - low, 0) + min(world[1] - high, 0)
    return (low + by, high + by)


def _seam(lon: Floats) -> float:
    """Find the longitude with the most room around it; the Pacific's when records lie all around."""
    if not len(lon):
        return -180.0
    around = np.unique(np.mod(lon, 360))
    gaps = np.diff([*around, around[0] + 360])
    widest = int(np.argmax(gaps))
    if gaps[widest] < 60:  # noqa: PLR2004  # degrees
        return -170.0
    return float(around[widest] + gaps[widest] / 2)


def _parts(shape: shapely.Geometry) -> list[Floats]:
    """Take a shape apart into its rings and lines."""
    out: list[Floats] = []
    for part in shapely.get_parts(shape):
        if part.is_empty:
            continue
        if isinstance(part, shapely.Polygon):
            out += [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]
        elif isinstance(part, shapely.GeometryCollection):
            out += _parts(part)
        elif isinstance(part, shapely.LineString):
            out.append(shapely.get_coordinates(part))
    return out


def _dense(line: Line) -> Line:
    """Put points into long segments, so that they bend with the projection."""
    steps = np.maximum(np.ceil(np.abs(np.diff(line, axis=0)).max(axis=1)), 1).astype(int)
    if len(line) - 1 == steps.sum():
        return line
    at = np.concatenate([[0], np.cumsum(steps)])
    return np.column_stack([np.interp(np.arange(at[-1] + 1), at, line[:, k]) for k in (0, 1)])


def _signed_area(ring: Floats) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def _turned_like(piece: Floats, ring: Line | None) -> Floats:
    turned = ring is not None and _signed_area(piece) * _signed_area(ring) < 0
    return piece[::-1] if turned else piece
