"""KML, KMZ and GPX, read as a stream: nothing is followed, and what is written as HTML becomes text."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from shapely.geometry.base import BaseGeometry

from dashboard.confinement import ArchiveLimits, check_archive, read_member
from dashboard.errors import ArchiveError, TableRefusedError
from dashboard.importers.tables.geometry import Geometries
from dashboard.importers.tables.output import Output
from dashboard.importers.tables.table import ReadOptions

__all__ = ["read_gpx", "read_kml", "read_kmz"]

_ARCHIVE: Final = ArchiveLimits(entries=5_000, total_bytes=300_000_000, ratio=120, ratio_from=1_000_000)
_DEEPEST: Final = 100
_CHUNK: Final = 5_000
_PLAIN: Final = ("name", "address", "phoneNumber", "snippet", "Snippet", "description")
_TIMES: Final = ("when", "begin", "end")
_RING: Final = 4
_PAIR: Final = 2
_FOLLOWED: Final = ("NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay")
_GPX: Final = ("wpt", "rte", "trk")
_JOINED: Final[dict[str, Callable[[Any], BaseGeometry]]] = {
    "Point": shapely.MultiPoint,
    "LineString": shapely.MultiLineString,
    "Polygon": shapely.MultiPolygon,
}

Row = tuple[int, dict[str, str], BaseGeometry | None]


def read_kmz(file: BinaryIO, options: ReadOptions, out: Output) -> bool:
    """Read the document of a KMZ archive.

    Parameters
    ----------
    file
        The archive.
    options
        Not used: a document says all itself.
    out
        Takes the rows.

    Returns
    -------
    bool
        True: each row may have a point.

    Raises
    ------
    TableRefusedError
        The archive or the document is broken or too large.
    """
    try:
        with check_archive(file.read(), _ARCHIVE) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".kml")]
            main = min(names, key=lambda name: (name.count("/"), name.lower() != "doc.kml"))
            raw = read_member(archive, main, out.limits.whole_bytes)
    except ArchiveError as error:
        raise out.refuse(str(error)) from None
    if len(names) > 1:
        out.notes.append(f"{main} was read; {len(names) - 1} other documents in the archive were not")
    read_kml(BytesIO(raw), options, out)
    out.format = "kmz"
    return True


def read_kml(file: BinaryIO, options: ReadOptions, out: Output) -> bool:  # noqa: ARG001 - as every reader
    """Read the placemarks of a KML document.

    Parameters
    ----------
    file
        The document.
    options
        Not used: a document says all itself.
    out
        Takes the rows.

    Returns
    -------
    bool
        True: each row may have a point.

    Raises
    ------
    TableRefusedError
        It is broken, or declares entities.
    """
    out.format = "kml"
    _write(_placemarks(file, out), out)
    return True


def read_gpx(file: BinaryIO, options: ReadOptions, out: Output) -> bool:  # noqa: ARG001 - as every reader
    """Read the waypoints, routes and tracks of a GPX document.

    Parameters
    ----------
    file
        The document.
    options
        Not used: a document says all itself.
    out
        Takes the rows.

    Returns
    -------
    bool
        True: each row may have a point.

    Raises
    ------
    TableRefusedError
        It is broken, or declares entities.
    """
    out.format = "gpx"
    _write(_gpx_rows(file, out), out)
    return True


def _write(rows: Iterator[Row], out: Output) -> None:
    geometries = Geometries(out, "")
    held: list[Row] = []

    def flush() -> None:
        places = geometries.places([row for row, *_ in held], [shape for *_, shape in held])
        for (row, cells, _), place in zip(held, places, strict=True):
            if place is not None:
                out.add(row, cells, place)
        held.clear()

    for row in rows:
        held.append(row)
        if len(held) >= _CHUNK:
            flush()
    flush()
    geometries.finish()


def _elements(file: BinaryIO, out: Output) -> Iterator[tuple[str, Element]]:
    """Give the beginnings and ends of elements with names without their namespace."""
    depth = 0
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > _DEEPEST:
                raise out.refuse(f"is nested deeper than {_DEEPEST} elements, which only an attack is")
            element.tag = str(element.tag).rpartition("}")[2]
            yield event, element
    except TableRefusedError:
        raise
    except DefusedXmlException:
        raise out.refuse("declares entities or a document type, which only an attack does here") from None
    except (ParseError, ValueError, LookupError) as error:
        where = getattr(error, "position", None)
        raise out.refuse(f"is no valid XML{f': see line {where[0]}' if where else ''}") from None


def _placemarks(file: BinaryIO, out: Output) -> Iterator[Row]:
    number, inside = 0, 0
    folders = _Folders()
    skipped = Counter[str]()
    for event, element in _elements(file, out):
        tag = str(element.tag)
        if event == "start":
            inside += tag == "Placemark"
            folders.enter(tag)
            continue
        skipped[tag] += tag in _FOLLOWED
        if tag == "Placemark":
            inside -= 1
            number += 1
            row = _placemark(number, element, folders.path(), out)
            if row is not None:
                yield row
        if not inside:
            folders.leave(tag, element)
            element.clear()
    for what in _FOLLOWED:
        if skipped[what]:
            out.notes.append(f"{skipped[what]:,} elements {what} name other files, which were not followed")


class _Folders:
    """The folders around a placemark, by name."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def enter(self, tag: str) -> None:
        if tag == "Folder":
            self._names.append("")

    def leave(self, tag: str, element: Element) -> None:
        if tag == "name" and self._names and not self._names[-1]:
            self._names[-1] = (element.text or "").strip()
        elif tag == "Folder":
            self._names.pop()

    def path(self) -> str:
        return " / ".join(filter(None, self._names))


def _placemark(number: int, element: Element, folder: str, out: Output) -> Row | None:
    cells = _cells(element)
    if folder:
        cells["folder"] = folder
    try:
        shapes = [shape for child in element if (shape := _kml_shape(child, out)) is not None]
    except ValueError as error:
        out.problem(number, f"its geometry cannot be read: {error}", column="geometry")
        return None
    if not shapes:
        out.problem(number, "the placemark has no geometry", column="geometry", severity="warning")
    return number, cells, _together(shapes)


def _cells(element: Element) -> dict[str, str]:
    cells: dict[str, str] = {}
    if identity := element.get("id"):
        cells["id"] = identity
    for child in element:
        if child.tag in _PLAIN:
            cells[child.tag] = _plain("".join(child.itertext()))
    for one in element.iter():
        if one.tag in _TIMES:
            cells.setdefault(one.tag, (one.text or "").strip())
        elif one.tag == "Data":
            cells[one.get("name") or "value"] = _plain("".join(_texts(one, "value")))
        elif one.tag == "SimpleData":
            cells[one.get("name") or "value"] = _plain("".join(one.itertext()))
    return cells


def _texts(element: Element, tag: str) -> Iterator[str]:
    for child in element:
        if child.tag == tag:
            yield "".join(child.itertext())


def _together(shapes: list[BaseGeometry]) -> BaseGeometry | None:
    if not shapes:
        return None
    if len(shapes) == 1:
        return shapes[0]
    kinds = {shape.geom_type for shape in shapes}
    joined: Callable[[list[BaseGeometry]], BaseGeometry] = shapely.GeometryCollection
    if len(kinds) == 1:
        joined = _JOINED.get(kinds.pop(), joined)
    return joined(shapes)


def _kml_shape(element: Element, out: Output) -> BaseGeometry | None:
    tag = element.tag
    if tag == "MultiGeometry":
        return _together([shape for child in element if (shape := _kml_shape(child, out)) is not None])
    if tag == "Polygon":
        rings = [_positions("".join(_texts(ring, "coordinates")), out) for ring in element.iter("LinearRing")]
        rings = [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings if ring]
        if not rings or any(len(ring) < _RING for ring in rings):
            raise ValueError("a ring has fewer than three corners")
        return shapely.Polygon(rings[0], rings[1:])
    if tag not in ("Point", "LineString", "LinearRing"):
        return None
    positions = _positions("".join(_texts(element, "coordinates")), out)
    if not positions:
        raise ValueError("it has no coordinates")
    return shapely.Point(positions[0]) if tag == "Point" else shapely.LineString(positions)


def _positions(text: str, out: Output) -> list[tuple[float, float]]:
    positions = []
    for part in text.split():
        numbers = part.split(",")
        if len(numbers) < _PAIR:
            raise ValueError("a position has fewer than two numbers")
        positions.append((_finite(numbers[0]), _finite(numbers[1])))
        if len(positions) > out.limits.feature_vertices:
            raise ValueError(f"it has more corners than the limit of {out.limits.feature_vertices:,}")
    return positions


def _finite(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("a coordinate is no finite number")
    return number


def _gpx_rows(file: BinaryIO, out: Output) -> Iterator[Row]:
    number, inside = 0, 0
    for event, element in _elements(file, out):
        if event == "start":
            inside += element.tag in _GPX
        elif element.tag in _GPX:
            inside -= 1
            number += 1
            cells = {"element": str(element.tag)}
            cells |= {str(one.tag): _plain(one.text or "") for one in element if not len(one) and one.text}
            try:
                shape = _gpx_shape(element, out)
            except ValueError as error:
                out.problem(number, f"its geometry cannot be read: {error}", column="geometry")
            else:
                yield number, cells, shape
            element.clear()
        elif not inside:
            element.clear()


def _gpx_shape(element: Element, out: Output) -> BaseGeometry | None:
    if element.tag == "wpt":
        return shapely.Point(_at(element))
    points = [_at(one) for one in element.iter() if one.tag in ("trkpt", "rtept")]
    if len(points) > out.limits.feature_vertices:
        raise ValueError(f"it has more corners than the limit of {out.limits.feature_vertices:,}")
    if len(points) < _PAIR:
        return shapely.Point(points[0]) if points else None
    return shapely.LineString(points)


def _at(element: Element) -> tuple[float, float]:
    return _finite(element.get("lon", "")), _finite(element.get("lat", ""))


class _Words(HTMLParser):
    """Takes the text out of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        self._silent += tag in ("script", "style")
        if tag in ("br", "p", "div", "tr", "li"):
            self.parts.append("\n")
        elif tag == "td":
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style") and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def _plain(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text.strip()
    words = _Words()
    words.feed(text)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.parts).split("\n"))
    return "\n".join(line for line in lines if line)
