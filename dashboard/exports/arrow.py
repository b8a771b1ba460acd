"""Frames as Arrow batches, made piece by piece: what GeoPackage, FlatGeobuf and GeoParquet are written from.

Whole frames handed to a writer would be copied whole; a stream of batches costs as much as one of them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyogrio.raw import write_arrow

from dashboard.errors import ExportError
from dashboard.exports.columns import Column

__all__ = ["GEOMETRY", "batch_of", "feature_batch", "schema_of", "write_layer"]

GEOMETRY: Final = "geometry"
"""Name of the column that holds points as WKB."""

_TYPES: Final = {"text": pa.string(), "number": pa.float64(), "count": pa.int64(), "flag": pa.bool_()}


def schema_of(columns: Iterable[Column], *, points: bool = False) -> pa.Schema:
    """Give the Arrow schema of some columns.

    Parameters
    ----------
    columns
        The columns; each one's meaning travels as its metadata.
    points
        Whether `GEOMETRY` follows them.

    Returns
    -------
    pyarrow.Schema
        The schema.
    """
    fields = [
        pa.field(one.name, _TYPES[one.type], metadata={"description": one.description}) for one in columns
    ]
    return pa.schema([*fields, pa.field(GEOMETRY, pa.binary())] if points else fields)


def batch_of(frame: pd.DataFrame, schema: pa.Schema) -> pa.RecordBatch:
    """Make a batch of a piece of a frame.

    Parameters
    ----------
    frame
        A piece with the columns of the schema.
    schema
        What `schema_of` gave.

    Returns
    -------
    pyarrow.RecordBatch
        Empty texts and missing numbers are null.
    """
    arrays = [_array(frame[field.name], field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def feature_batch(frame: pd.DataFrame, schema: pa.Schema) -> pa.RecordBatch:
    """Make a batch of a piece of features.

    Parameters
    ----------
    frame
        A piece with ``lon`` and ``lat``.
    schema
        What `schema_of` gave with points.

    Returns
    -------
    pyarrow.RecordBatch
        With points in its last column, null where there is none.
    """
    placed = frame["lon"].notna().to_numpy(dtype=bool)
    points = shapely.points(frame["lon"].to_numpy()[placed], frame["lat"].to_numpy()[placed])
    wkb = iter(np.asarray(shapely.to_wkb(points)).tolist())
    geometry = pa.array([next(wkb) if one else None for one in placed], type=pa.binary())
    arrays = [_array(frame[field.name], field.type) for field in schema if field.name != GEOMETRY]
    return pa.RecordBatch.from_arrays([*arrays, geometry], schema=schema)


def _array(column: "pd.Series[Any]", kind: pa.DataType) -> pa.Array:
    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    array = array.cast(kind)
    return pc.if_else(pc.equal(array, ""), None, array) if pa.types.is_string(kind) else array


def write_layer(
    path: Path,
    driver: str,
    layer: str,
    schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
    **options: Any,  # noqa: ANN401  # of the driver
) -> None:
    """Write a layer of a file through GDAL, as its batches come.

    Parameters
    ----------
    path
        The file; a layer is added to one that is there.
    driver
        GDAL's name of the format.
    layer
        Name of the layer.
    schema
        Schema of the batches.
    batches
        The rows.
    **options
        Options of the layer.

    Raises
    ------
    ExportError
        If GDAL refuses.
    """
    failed: list[BaseException] = []

    def guarded() -> Iterator[pa.RecordBatch]:
        # What is raised in here would come out as a fault of the stream, without its name.
        try:
            yield from batches
        except BaseException as error:
            failed.append(error)
            raise

    has_points = GEOMETRY in schema.names
    try:
        write_arrow(
            pa.RecordBatchReader.from_batches(schema, guarded()),
            path,
            layer=layer,
            driver=driver,
            geometry_name=GEOMETRY if has_points else None,
            geometry_type="Point" if has_points else None,
            crs="EPSG:4326" if has_points else None,
            **options,
        )
    except Exception as error:
        if failed:
            raise failed[0] from None
        raise ExportError(
            f"{path.name} cannot be written ({error}): make room, or choose another folder or format"
        ) from error
