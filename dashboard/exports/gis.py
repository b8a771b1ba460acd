"""GeoPackage, FlatGeobuf and GeoParquet: features for geographic information systems, written in batches."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj

from dashboard.exports.arrow import GEOMETRY, batch_of, feature_batch, schema_of, write_layer
from dashboard.exports.columns import ACTORS, CITATIONS, FEATURES, RECORDS, SOURCES, STATUSES, Column
from dashboard.exports.features import Features
from dashboard.exports.notes import about, about_lines, counted, one_line
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file

__all__ = ["write_flatgeobuf", "write_geopackage", "write_geoparquet"]

_ABOUT: Final = (Column("name", "What is said"), Column("value", "What it is"))
_GEOPARQUET: Final = "1.1.0"
_ROW_GROUP: Final = 16_384


def write_geopackage(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write a view as GeoPackage.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    pace
        Makes the pace of so many rows.

    Returns
    -------
    Written
        The file, with a layer ``places`` and tables of everything else.
    """
    features = Features(view)
    tables: dict[str, tuple[pd.DataFrame, tuple[Column, ...]]] = {
        "records": (view.records, RECORDS),
        "citations": (view.citations, CITATIONS),
        "sources": (view.sources, SOURCES),
        "actors": (view.actors, ACTORS),
        "statuses": (view.statuses, STATUSES),
        "about": (_about_frame(view), _ABOUT),
    }
    steps = pace(len(features) + sum(len(frame) for frame, _ in tables.values()))
    with whole_file(path) as part:
        _write_features(part, "GPKG", features, steps, DESCRIPTION=one_line(view))
        for name, (frame, columns) in tables.items():
            schema = schema_of(columns)
            write_layer(part, "GPKG", name, schema, (batch_of(one, schema) for one in steps.chunks(frame)))
    return Written(path, len(view.records), view.notes)


def write_flatgeobuf(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the features of a view as FlatGeobuf, with its spatial index.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    pace
        Makes the pace of so many rows.

    Returns
    -------
    Written
        The file; its notes count what has no point, for which the index has no place.
    """
    features = Features(view, placed_only=True)
    steps = pace(len(features))
    with whole_file(path) as part:
        _write_features(part, "FlatGeobuf", features, steps, TITLE=view.title, DESCRIPTION=one_line(view))
    notes = (
        *view.notes,
        *counted(
            len(view.records) - features.records,
            "1 record without a point is left out: FlatGeobuf has no place for it",
            "{n} records without a point are left out: FlatGeobuf has no place for them",
        ),
        "FlatGeobuf puts features in the order of its spatial index, not of the view",
    )
    return Written(path, features.records, notes)


def write_geoparquet(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the features of a view as GeoParquet 1.1.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    pace
        Makes the pace of so many rows.

    Returns
    -------
    Written
        The file, with a description of each column.
    """
    features = Features(view)
    schema = schema_of(FEATURES, points=True)
    schema = schema.with_metadata({"geo": json.dumps(_geo(view)), "about": json.dumps(about(view))})
    steps = pace(len(features))
    with whole_file(path) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for chunk in features.chunks(steps, _ROW_GROUP):
            writer.write_batch(feature_batch(chunk, schema))
        if not len(features):
            writer.write_table(schema.empty_table())
    return Written(path, len(view.records), view.notes)


def _write_features(path: Path, driver: str, features: Features, steps: Pace, **options: str) -> None:
    schema = schema_of(FEATURES, points=True)
    write_layer(path, driver, "places", schema, _batches(features, steps, schema), layer_options=options)


def _batches(features: Features, steps: Pace, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    return (feature_batch(chunk, schema) for chunk in features.chunks(steps))


def _about_frame(view: ExportView) -> pd.DataFrame:
    return pd.DataFrame(about_lines(view), columns=["name", "value"], dtype="str")


def _geo(view: ExportView) -> dict[str, Any]:
    placed = view.places[view.places["lon"].notna()]
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "crs": pyproj.CRS.from_epsg(4326).to_json_dict(),
    }
    if len(placed):
        ends = (placed["lon"].min(), placed["lat"].min(), placed["lon"].max(), placed["lat"].max())
        column["bbox"] = [float(one) for one in ends]
    return {"version": _GEOPARQUET, "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
