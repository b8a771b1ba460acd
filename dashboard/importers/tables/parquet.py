"""Parquet and GeoParquet, a batch at a time."""

import json
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from dashboard.importers.tables.geometry import Geometries
from dashboard.importers.tables.output import Output, unique_names
from dashboard.importers.tables.shapes import write_batch
from dashboard.importers.tables.table import BATCH_ROWS, ReadOptions

__all__ = ["read_parquet"]

_GEO: Final = b"geo"


def read_parquet(file: BinaryIO, options: ReadOptions, out: Output) -> bool:
    """Read Parquet or GeoParquet.

    Parameters
    ----------
    file
        The file.
    options
        Reference system, if somebody chose one.
    out
        Takes the rows.

    Returns
    -------
    bool
        Whether rows have points.

    Raises
    ------
    TableRefusedError
        It is broken, or meets a limit.
    """
    try:
        parquet = pq.ParquetFile(pa.PythonFile(file, "r"), memory_map=False, pre_buffer=False)
        _check(parquet, out)
        return _read(parquet, options, out)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, pa.ArrowMemoryError):
            raise
        raise out.refuse("is a broken Parquet file: save it anew") from error


def _check(parquet: pq.ParquetFile, out: Output) -> None:
    if parquet.metadata.num_rows > out.limits.rows:
        raise out.refuse(
            f"has {parquet.metadata.num_rows:,} rows; the limit is {out.limits.rows:,}: split it"
        )
    if len(parquet.schema_arrow) > out.limits.columns:
        raise out.refuse(f"has {len(parquet.schema_arrow):,} columns; the limit is {out.limits.columns:,}")


def _read(parquet: pq.ParquetFile, options: ReadOptions, out: Output) -> bool:
    schema = parquet.schema_arrow
    column, crs = _geometry(schema.metadata or {}, schema.names, out)
    out.format = "geoparquet" if column else "parquet"
    names = [name for name in schema.names if name != column and not _is_box(schema.field(name), column)]
    out.begin(unique_names(names), geographic=bool(column))
    geometries = Geometries(out, options.crs or crs) if column else None
    first = 1
    for batch in parquet.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
        shapes = shapely.from_wkb(batch.column(column).to_pylist(), on_invalid="ignore") if column else None
        cells = [as_text(batch.column(name)) for name in names]
        write_batch(out, cells, first, geometries, shapes)
        first += len(batch)
    if geometries is not None:
        geometries.finish()
    return bool(column)


def _geometry(metadata: dict[bytes, bytes], names: list[str], out: Output) -> tuple[str, str]:
    """Find the column with geometries and its reference system, degrees when it names none."""
    if _GEO not in metadata:
        return "", ""
    try:
        about = json.loads(metadata[_GEO])
        column = str(about["primary_column"])
        described = about["columns"][column]
        encoding, crs = described["encoding"], described.get("crs")
    except (ValueError, KeyError, TypeError, RecursionError):
        raise out.refuse("has no valid description of its geometries: save it anew") from None
    if column not in names or encoding != "WKB":
        raise out.refuse("keeps its geometries in a form that is not read: save it with WKB")
    return column, _authority(crs)


def _authority(crs: Any) -> str:  # noqa: ANN401 - JSON
    identity = crs.get("id") if isinstance(crs, dict) else None
    if isinstance(identity, dict) and identity.get("authority") in ("EPSG", "OGC"):
        return f"{identity['authority']}:{identity.get('code')}"
    return "" if crs is None else str(crs)[:200]


def _is_box(field: pa.Field, column: str) -> bool:
    return bool(column) and field.name == "bbox" and pa.types.is_struct(field.type)


def as_text(values: pa.Array) -> pa.Array:
    """Write values as text, nulls as nothing.

    Parameters
    ----------
    values
        Of any type.

    Returns
    -------
    Array
        Text.
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind):
        texts = [
            None if one is None else json.dumps(one, default=str, ensure_ascii=False)
            for one in values.to_pylist()
        ]
        values = pa.array(texts, pa.string())
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        values = pa.array([None if one is None else one.hex() for one in values.to_pylist()], pa.string())
    elif pa.types.is_timestamp(kind) and kind.tz is not None:
        values = pa.array(
            [None if one is None else one.isoformat() for one in values.to_pylist()], pa.string()
        )
    elif not pa.types.is_string(kind):
        values = pc.cast(values, pa.string())
    return pc.fill_null(values, "")
