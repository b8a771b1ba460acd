"""Sites and events as features: which of them a request selects, and how each is written.

A feature is the same in every answer, whatever was asked: of a site the last status known, not that of some
day. A record with several places is one feature whose geometry holds all its points, so that ids stay unique,
counts are counts of records, and a layer has one type of geometry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from dashboard.api.v1.asking import Asked
from dashboard.api.v1.lists import in_box, table_of
from dashboard.api.v1.records import Json, Writer
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.domain.window import Window
from dashboard.errors import RecordNotFoundError
from dashboard.exports.columns import RECORDS
from dashboard.frames import AtlasFrames
from dashboard.workflows.views.rows import Numbers, Rows
from dashboard.workflows.views.selection import matching, record_number

__all__ = [
    "COLLECTIONS",
    "CRS84",
    "PROPERTIES",
    "Collection",
    "extent_of",
    "feature_of_id",
    "features_of",
    "selected",
]

Bools = npt.NDArray[np.bool_]

# Geometry says where; how a record lies to a window is no property of its own; datasets are not among these.
_LEFT_OUT: Final = frozenset(("lat", "lon", "fit", "dataset"))
_DAYS: Final = frozenset(("earliest", "latest"))

PROPERTIES: Final = tuple(column for column in RECORDS if column.name not in _LEFT_OUT)
"""Properties of every feature, with the names and meanings that they have in files."""


@dataclass(frozen=True, slots=True)
class Collection:
    """One layer.

    Parameters
    ----------
    id
        As its address has it.
    type
        Type of its records.
    title
        Title.
    description
        What it holds.
    """

    id: str
    type: str
    title: str
    description: str


COLLECTIONS: Final = {
    one.id: one
    for one in (
        Collection("sites", "site", "Sites", "Places where arms are made, kept, tried or decided on."),
        Collection("events", "event", "Events", "What happened or is to happen between actors."),
    )
}
"""Layers by id."""


def selected(frames: AtlasFrames, collection: Collection, asked: Asked) -> Numbers:
    """Give the records that a request selects.

    Parameters
    ----------
    frames
        The atlas.
    collection
        The layer.
    asked
        What is asked for.

    Returns
    -------
    numpy.ndarray of int
        Row numbers in ``frames.records``. As the standard has it, a box also selects what has no point, and a
        time also what has no date.
    """
    keep = matching(frames, asked.link.filters.only(collection.type))
    if asked.box is not None:
        keep = keep & (in_box(frames, asked.box) | ~_flags(frames, "placed"))
    if asked.span is not None:
        keep = keep & (_during(frames, asked.span) | ~_flags(frames, "dated"))
    return np.flatnonzero(keep)


def _flags(frames: AtlasFrames, column: str) -> Bools:
    return frames.records[column].to_numpy(dtype=bool)


def _during(frames: AtlasFrames, span: Window) -> Bools:
    """Events whose date touches a stretch of days, and sites that may have been there in it."""
    records, lives = frames.records, frames.segments
    touches = ((records["first"] <= span.last) & (records["last"] >= span.first)).to_numpy(dtype=bool)
    lived = lives["record_id"][(lives["first"] <= span.last) & (lives["last"] >= span.first)]
    is_event = (records["record_type"] == "event").to_numpy(dtype=bool)
    return np.where(is_event, touches, records["record_id"].isin(lived).to_numpy(dtype=bool))


def features_of(frames: AtlasFrames, writer: Writer, numbers: Numbers) -> list[Json]:
    """Write records as features.

    Parameters
    ----------
    frames
        The atlas.
    writer
        Writes their addresses.
    numbers
        Row numbers in ``frames.records``.

    Returns
    -------
    list of dict
        GeoJSON features, in the same order.
    """
    held = np.full(len(numbers), -1, dtype=np.intp)
    table = table_of(writer, Rows(frames, numbers, np.ones(len(numbers), dtype=bool), held))
    points = _points(frames, table["id"])
    return [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": points.get(row["id"]),
            "properties": {column.name: _plain(column.name, row[column.name]) for column in PROPERTIES},
        }
        for row in _rows(table)
    ]


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = list(table.columns)
    for cells in zip(*(table[name].tolist() for name in names), strict=True):
        yield dict(zip(names, cells, strict=True))


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401  # any cell
    if isinstance(value, float):
        return None if np.isnan(value) else value
    return None if name in _DAYS and value == "" else value


def _points(frames: AtlasFrames, ids: "pd.Series[str]") -> Mapping[str, Json]:
    placements = frames.placements[frames.placements["record_id"].isin(ids)]
    geometries = placements.geometry.to_numpy()
    there = ~shapely.is_missing(geometries)
    lon, lat = shapely.get_x(geometries[there]), shapely.get_y(geometries[there])
    found: dict[str, Json] = {}
    for record_id, x, y in zip(placements["record_id"][there], lon.tolist(), lat.tolist(), strict=True):
        found.setdefault(record_id, {"type": "MultiPoint", "coordinates": []})["coordinates"].append([x, y])
    return found


def feature_of_id(frames: AtlasFrames, writer: Writer, collection: Collection, feature_id: str) -> Json:
    """Write one record as a feature.

    Parameters
    ----------
    frames
        The atlas.
    writer
        Writes its address.
    collection
        The layer.
    feature_id
        Id of the record.

    Returns
    -------
    dict
        The feature.

    Raises
    ------
    RecordNotFoundError
        If the layer has none of that id.
    """
    number = record_number(frames, feature_id)
    if number is None or frames.records["record_type"].iloc[number] != collection.type:
        raise RecordNotFoundError(feature_id[:200])
    return features_of(frames, writer, np.array([number], dtype=np.intp))[0]


def extent_of(frames: AtlasFrames, collection: Collection) -> Json:
    """Say where and when the records of a layer are.

    Parameters
    ----------
    frames
        The atlas.
    collection
        The layer.

    Returns
    -------
    dict
        Box and interval; what is not known is left out, an open end is null.
    """
    return frames.memo.get(("extent", collection.type), lambda: _extent(frames, collection))


def _extent(frames: AtlasFrames, collection: Collection) -> Json:
    placements = frames.placements[frames.placements["record_type"] == collection.type]
    records = frames.records[(frames.records["record_type"] == collection.type) & frames.records["dated"]]
    extent: Json = {"temporal": {"interval": [_interval(records)]}}
    box = [round(float(one), 6) for one in placements.total_bounds]
    if all(map(np.isfinite, box)):
        extent["spatial"] = {"bbox": [box], "crs": CRS84}
    return extent


def _interval(records: pd.DataFrame) -> list[str | None]:
    known = records["first"][records["first"] > DAY_PAST]
    first = Window(int(known.min()), DAY_FUTURE).start_text if len(known) else None
    ends = len(records) and not (records["last"] == DAY_FUTURE).any()
    last = Window(DAY_PAST, int(records["last"].max())).end_text if ends else None
    return [f"{first}T00:00:00Z" if first else None, f"{last}T23:59:59Z" if last else None]


CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""Longitude and latitude in degrees, WGS 84: the one system that everything is given in."""
