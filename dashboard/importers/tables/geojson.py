"""Features of GeoJSON: each read by itself, so that one bad geometry costs one row."""

import math
import re
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from dashboard.importers.tables.flattening import flatten
from dashboard.importers.tables.geometry import Geometries
from dashboard.importers.tables.json_text import JsonText, NotJson
from dashboard.importers.tables.output import Output

__all__ = ["FeatureRows", "declared_crs", "is_feature", "is_geometry"]

_CHUNK: Final = 5_000
_RING: Final = 4
_FIRST: Final = 3
_CRS: Final = re.compile(r'"crs"\s{0,9}:\s{0,9}(?=\{)')
_DEPTH: Final = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_DEEPEST: Final = 8
_LONGEST_WKT: Final = 4_000_000
_OF_FEATURES: Final = frozenset({"type", "id", "geometry", "properties", "bbox"})


class _GeometryFaultError(ValueError):
    """What is wrong with a geometry."""


def is_feature(value: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether a value is a feature.

    Parameters
    ----------
    value
        The value.

    Returns
    -------
    bool
        Whether it says so.
    """
    return isinstance(value, dict) and value.get("type") == "Feature" and "geometry" in value


def is_geometry(value: dict[str, Any]) -> bool:
    """Tell whether an object is a bare geometry.

    Parameters
    ----------
    value
        The object.

    Returns
    -------
    bool
        Whether it says so.
    """
    return value.get("type") in (*_DEPTH, "GeometryCollection") and (
        "coordinates" in value or "geometries" in value
    )


def declared_crs(text: str) -> str:
    """Find the reference system that a collection declares.

    Parameters
    ----------
    text
        The collection.

    Returns
    -------
    str
        As written; empty when there is none.
    """
    for found in _CRS.finditer(text):
        one = JsonText(text)
        one.at = found.end()
        try:
            value = one.value()
        except (ValueError, RecursionError):
            continue
        properties = (
            value.get("properties") if isinstance(value, dict) and value.get("type") == "name" else None
        )
        if isinstance(properties, dict):
            return str(properties.get("name") or "")
    return ""


class FeatureRows:
    """Takes features and writes rows.

    Parameters
    ----------
    out
        Where to.
    asked
        Reference system that a person chose.
    declared
        The one that the file declares.
    """

    def __init__(self, out: Output, asked: str, declared: str) -> None:
        self._out = out
        self._geometries = Geometries(out, asked or declared)
        self._held: list[tuple[int, dict[str, str], BaseGeometry | None]] = []

    def add(self, number: int, feature: Any, faults: tuple[str, ...]) -> None:  # noqa: ANN401 - JSON
        """Take a feature.

        Parameters
        ----------
        number
            Its number from 1.
        feature
            It.
        faults
            What was odd about its text.
        """
        for sentence in faults:
            self._out.problem(number, sentence, severity="warning")
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            self._out.problem(number, "the element is no feature", value=_shown(feature))
            return
        try:
            shape = self._shape(number, feature)
        except _GeometryFaultError as fault:
            self._out.problem(number, str(fault), column="geometry", value=_shown(feature.get("geometry")))
            return
        self._held.append((number, self._cells(number, feature), shape))
        if len(self._held) >= _CHUNK:
            self._flush()

    def finish(self) -> None:
        """Write what is left."""
        self._flush()
        self._geometries.finish()

    def _cells(self, number: int, feature: dict[str, Any]) -> dict[str, str]:
        properties = feature.get("properties")
        if properties is not None and not isinstance(properties, dict):
            self._out.problem(number, "the properties are no object and were left out", severity="warning")
            properties = None
        cells = flatten(properties or {})
        beside = {name: value for name, value in feature.items() if name not in _OF_FEATURES}
        # Linked Places and others put members beside the properties; what the properties say stays.
        cells |= {name: text for name, text in flatten(beside).items() if name not in cells}
        for name, value in (properties or {}).items():
            if isinstance(value, NotJson):
                self._out.problem(
                    number,
                    "this is no number of JSON and was kept as text",
                    column=name,
                    value=value,
                    severity="warning",
                )
        if (
            (identity := feature.get("id")) is not None
            and "id" not in cells
            and not isinstance(identity, dict | list)
        ):
            return {"id": str(identity), **cells}
        return cells

    def _shape(self, number: int, feature: dict[str, Any]) -> BaseGeometry | None:
        geometry = feature.get("geometry")
        if geometry is None:
            self._out.problem(number, "the feature has no geometry", column="geometry", severity="warning")
            return None
        if not isinstance(geometry, dict):
            raise _GeometryFaultError("the geometry is no object")
        shape = _build(geometry, 0, _Told(self._out, number))
        if shape.is_empty:
            self._out.problem(number, "the geometry is empty", column="geometry", severity="warning")
        return shape

    def _flush(self) -> None:
        shapes = [shape for *_, shape in self._held]
        rows = [row for row, *_ in self._held]
        for (row, cells, _), place in zip(self._held, self._geometries.places(rows, shapes), strict=True):
            if place is not None:
                self._out.add(row, cells, place)
        self._held.clear()


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON
    """Show the beginning of a value without writing out a million corners."""
    if isinstance(value, dict):
        return ", ".join(f"{str(key)[:20]}: {_shown(inner)}" for key, inner in islice(value.items(), 4))
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value[:_FIRST]))}{', …' if len(value) > _FIRST else ''}]"
    return "null" if value is None else str(value)[:40]


class _Told:
    """Says once for a feature that its rings were closed, and counts its corners."""

    def __init__(self, out: Output, number: int) -> None:
        self._out = out
        self._number = number
        self._closed = False
        self._corners = 0

    def corners(self, count: int) -> None:
        self._corners += count
        if self._corners > self._out.limits.feature_vertices:
            most = self._out.limits.feature_vertices
            raise _GeometryFaultError(
                f"the geometry has more corners than the limit of {most:,}: simplify it"
            )

    def closed(self) -> None:
        if not self._closed:
            self._closed = True
            self._out.problem(
                self._number,
                "a ring of the polygon was not closed: it was closed with its first corner",
                column="geometry",
                severity="warning",
            )


def _build(geometry: dict[str, Any], depth: int, told: _Told) -> BaseGeometry:
    kind = str(geometry.get("type"))
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list) or depth > _DEEPEST:
            raise _GeometryFaultError("the collection has no list of geometries, or is nested too deeply")
        parts = [part for part in parts if part not in (None, "null")]  # Linked Places: a place unknown
        if not all(isinstance(part, dict) for part in parts):
            raise _GeometryFaultError("a part of the collection is no geometry")
        return shapely.GeometryCollection([_build(part, depth + 1, told) for part in parts])
    if "coordinates" not in geometry and isinstance(geometry.get("geo_wkt"), str):
        return _of_words(geometry["geo_wkt"], told)
    if kind not in _DEPTH:
        raise _GeometryFaultError(f"{kind[:40]!r} is no type of geometry")
    numbers = _numbers(geometry.get("coordinates"), _DEPTH[kind], told)
    try:
        return _OF[kind](numbers, told)
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as error:
        if isinstance(error, _GeometryFaultError):
            raise
        raise _GeometryFaultError(f"its coordinates make no {kind}") from error


def _of_words(text: str, told: _Told) -> BaseGeometry:
    """Read well-known text, which Linked Places allow in place of coordinates."""
    try:
        shape: BaseGeometry = shapely.from_wkt(text[:_LONGEST_WKT])
    except (ValueError, shapely.errors.ShapelyError) as error:
        raise _GeometryFaultError("its well-known text makes no geometry") from error
    told.corners(int(shapely.get_num_coordinates(shape)))
    if not all(math.isfinite(number) for number in shapely.get_coordinates(shape).ravel().tolist()):
        raise _GeometryFaultError("a coordinate is no finite number")
    return shape


def _numbers(value: Any, depth: int, told: _Told) -> Any:  # noqa: ANN401 - nested lists
    if not isinstance(value, list):
        raise _GeometryFaultError("its coordinates are no list")
    if depth:
        return [_numbers(one, depth - 1, told) for one in value]
    told.corners(1)
    if not value:
        return ()
    if len(value) < 2:  # noqa: PLR2004 - longitude and latitude
        raise _GeometryFaultError("a position has fewer than two numbers")
    return _number(value[0]), _number(value[1])


def _number(value: Any) -> float:  # noqa: ANN401 - JSON
    try:
        found = float(value) if isinstance(value, str) and type(value) is not str else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise _GeometryFaultError("a coordinate is no finite number")
    return found


def _polygon(rings: list[Any], told: _Told) -> shapely.Polygon:
    whole = []
    for ring in rings:
        closed = ring if not ring or ring[0] == ring[-1] else [*ring, ring[0]]
        if len(closed) < _RING:
            raise _GeometryFaultError("a ring of the polygon has fewer than three corners")
        if closed is not ring:
            told.closed()
        whole.append(closed)
    return shapely.Polygon(whole[0], whole[1:]) if whole else shapely.Polygon()


_OF: Final[dict[str, Callable[[Any, _Told], BaseGeometry]]] = {
    "Point": lambda numbers, _: shapely.Point(numbers) if numbers else shapely.Point(),
    "MultiPoint": lambda numbers, _: shapely.MultiPoint(numbers),
    "LineString": lambda numbers, _: shapely.LineString(numbers),
    "MultiLineString": lambda numbers, _: shapely.MultiLineString(numbers),
    "Polygon": _polygon,
    "MultiPolygon": lambda numbers, told: shapely.MultiPolygon([_polygon(rings, told) for rings in numbers]),
}
