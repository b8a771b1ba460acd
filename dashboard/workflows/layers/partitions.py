"""Rows of a layer that no machine holds at once: partitions of Parquet made into partitions of GeoParquet.

Each partition is a file, read and written a group of rows at a time, so that memory does not grow with the
rows; several processes or machines take a partition each. One that is written is not written again.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.errors import BulkError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.workflows.geocoding.bulk import spread

__all__ = ["PartitionsDone", "convert_partition", "convert_partitions"]

_ROWS_AT_ONCE: Final = 50_000
_POINT: Final = np.dtype([("order", "u1"), ("type", "<u4"), ("lon", "<f8"), ("lat", "<f8")])
_GEO: Final = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}
_SCHEMA: Final[pa.Schema] = LAYER_ROWS.append(pa.field("geometry", pa.binary())).with_metadata(
    {"geo": json.dumps(_GEO)}
)


@dataclass(frozen=True, slots=True)
class PartitionsDone:
    """What was written.

    Parameters
    ----------
    partitions, rows, placed
        Files, rows in them, and rows with a point.
    """

    partitions: int
    rows: int
    placed: int


def convert_partitions(
    source: Path,
    target: Path,
    *,
    scheduler: str = "",
    workers: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> PartitionsDone:
    """Write a folder of GeoParquet from a folder of Parquet with the columns of ``LAYER_ROWS``.

    Parameters
    ----------
    source
        Folder with ``*.parquet``.
    target
        Folder to write to, seen by all workers under this name; made when missing. Files that are there stay
        as they are, so that an interrupted run goes on where it stopped.
    scheduler
        Address of a running Dask scheduler; empty for processes of this machine.
    workers
        How many processes of this machine, when no scheduler is given.
    progress
        Called with (done, total) partitions.

    Returns
    -------
    PartitionsDone
        What is there now.

    Raises
    ------
    BulkError
        The folder holds no partition, Dask is not installed, or workers cannot be reached or are lost.
    """
    names = sorted(path.name for path in source.glob("*.parquet"))
    if not names:
        raise BulkError(f"{source} holds no *.parquet: name the folder of the partitions")
    target.mkdir(parents=True, exist_ok=True)
    plan = (str(source.resolve()), str(target.resolve()))
    rows = placed = 0
    answers = spread(_convert, plan, names, scheduler=scheduler, workers=workers)
    for done, (its_rows, its_placed) in enumerate(answers, 1):
        rows, placed = rows + its_rows, placed + its_placed
        if progress:
            progress(done, len(names))
    return PartitionsDone(len(names), rows, placed)


def convert_partition(source: Path, target: Path) -> tuple[int, int]:
    """Write one file of GeoParquet.

    Parameters
    ----------
    source
        Parquet with the columns of ``LAYER_ROWS``.
    target
        File to write; one that is there stays.

    Returns
    -------
    tuple of (int, int)
        Rows, and rows with a point.

    Raises
    ------
    BulkError
        The file cannot be read, or lacks columns.
    """
    if not target.exists():
        half = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            _write(source, half)
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)
    return _counted(target)


def _convert(plan: tuple[str, str], name: str) -> tuple[int, int]:
    return convert_partition(Path(plan[0]) / name, Path(plan[1]) / name)


def _write(source: Path, half: Path) -> None:
    try:
        with pq.ParquetFile(source, pre_buffer=False) as file, _writer(half) as writer:
            for batch in _batches(file):
                writer.write_batch(batch)
    except (pa.ArrowException, KeyError, OSError) as error:
        raise BulkError(f"{source.name} could not be converted: {error}") from error


def _writer(half: Path) -> pq.ParquetWriter:
    # Pages of many short texts: the light compression halves the time and adds a tenth to the size.
    return pq.ParquetWriter(half, _SCHEMA, compression="zstd", compression_level=1)


def _batches(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    for batch in file.iter_batches(_ROWS_AT_ONCE, columns=LAYER_ROWS.names):
        columns = [batch.column(field.name).cast(field.type) for field in LAYER_ROWS]
        yield pa.RecordBatch.from_arrays([*columns, _points(batch)], schema=_SCHEMA)


def _points(batch: pa.RecordBatch) -> pa.Array:
    """Give points as WKB, nothing where there is none."""
    lat, lon = (_numbers(batch.column(name)) for name in ("lat", "lon"))
    points = np.empty(batch.num_rows, dtype=_POINT)
    points["order"], points["type"], points["lon"], points["lat"] = 1, 1, lon, lat
    is_point = np.isfinite(lat) & np.isfinite(lon)
    packed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(_POINT.itemsize), len(points), [None, pa.py_buffer(points.tobytes())]
    )
    made: pa.Array = pc.if_else(pa.array(is_point), packed, None).cast(pa.binary())
    return made


def _numbers(column: pa.Array) -> npt.NDArray[np.float64]:
    numbers: npt.NDArray[np.float64] = column.to_numpy(zero_copy_only=False).astype(float)
    return numbers


def _counted(target: Path) -> tuple[int, int]:
    with pq.ParquetFile(target) as file:
        data: Any = file.metadata
        column = data.schema.names.index("geometry")
        groups = [data.row_group(number).column(column) for number in range(data.num_row_groups)]
        empty = sum(group.statistics.null_count for group in groups if group.statistics is not None)
        return data.num_rows, data.num_rows - empty
