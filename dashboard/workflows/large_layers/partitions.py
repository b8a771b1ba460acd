"""Rows of a layer that no machine holds at once: partitions of Parquet made into partitions of GeoParquet.

Each partition is a file, read and written a run of rows at a time, so that memory does not grow with the
rows; several processes or machines take a partition each. One that is written is not written again. The rows
of a run lie along a curve over the Earth in small groups, and beside the rows stands what each group reaches
over and how many records lie where, so that a map reads the groups of its view and no others.
"""

import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.domain.vocabulary import codes
from dashboard.errors import BulkError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.layers.ids import IDS_ENDING, hashes_of, save_ids
from dashboard.store.layers.reach import REACH, reach_of
from dashboard.workflows.large_layers.counted import COUNTS, counts_of
from dashboard.workflows.large_layers.curve import LAST, curve_places
from dashboard.workflows.large_layers.dealing import ROWS_AT_ONCE, Workers, dealt_names, dealt_rows, delivered

__all__ = [
    "COUNTS_ENDING",
    "REACH_ENDING",
    "ROWS_SCHEMA",
    "PartitionsDone",
    "convert_partition",
    "convert_partitions",
    "wkb_points",
]

COUNTS_ENDING: Final = ".counts"
"""Behind the name of a partition: its counts."""

REACH_ENDING: Final = ".reach"
"""Behind the name of a partition: what its groups of rows reach over."""

_IMPORT: Final = "import it as a layer of the database, which `arsenal-atlas import` makes"
_RUN: Final = 150_000  # rows put in order at once: a tenth of a gigabyte
_GROUP: Final = 10_000
_POINT: Final = np.dtype([("order", "u1"), ("type", "<u4"), ("lon", "<f8"), ("lat", "<f8")])
_GEO: Final = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}
ROWS_SCHEMA: Final[pa.Schema] = LAYER_ROWS.append(pa.field("geometry", pa.binary())).with_metadata(
    {"geo": json.dumps(_GEO)}
)
"""Columns of a file of rows: ``LAYER_ROWS`` and points as WKB, as GeoParquet says."""


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
    source: Path, target: Path, *, beside: Path | None = None, workers: Workers | None = None
) -> PartitionsDone:
    """Write a folder of GeoParquet from a folder of Parquet with the columns of ``LAYER_ROWS``.

    Parameters
    ----------
    source
        Folder with ``*.parquet``, or one that `dashboard.workflows.large_layers.dealing.deal_by_time` made.
    target
        Folder to write to, seen by all workers under this name; made when missing. Files that are there stay
        as they are, so that an interrupted run goes on where it stopped.
    beside
        Folder for what each partition reaches over and counts, seen by all workers as well; None for none.
    workers
        Who converts; None for as many processes as this machine has cores.

    Returns
    -------
    PartitionsDone
        What is there now.

    Raises
    ------
    BulkError
        The folder holds no partition, Dask is not installed, or workers cannot be reached or are lost.
    """
    names = dealt_names(source) or sorted(path.name for path in source.glob("*.parquet"))
    if not names:
        raise BulkError(f"{source} holds no *.parquet: name the folder of the partitions")
    for folder in filter(None, (target, beside)):
        folder.mkdir(parents=True, exist_ok=True)
    plan = (str(source.resolve()), str(target.resolve()), str(beside.resolve()) if beside else "")
    rows = placed = 0
    for its_rows, its_placed in delivered(_convert, plan, names, workers or Workers()):
        rows, placed = rows + its_rows, placed + its_placed
    return PartitionsDone(len(names), rows, placed)


def convert_partition(source: Path, target: Path, beside: Path | None = None) -> tuple[int, int]:
    """Write one file of GeoParquet.

    Parameters
    ----------
    source
        Parquet with the columns of ``LAYER_ROWS``, or the name of a stretch in a folder of dealt rows.
    target
        File to write; one that is there stays.
    beside
        Folder for what it reaches over and counts, under its name; None for none.

    Returns
    -------
    tuple of (int, int)
        Rows, and rows with a point.

    Raises
    ------
    BulkError
        The file cannot be read, lacks columns, or shall be counted and holds more than events.
    """
    if not target.exists():
        half = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            noted = _write(source, half)
            if beside is not None:
                if not noted.is_countable:
                    raise BulkError(f"{source.name} holds sites, or kinds of events that are none: {_IMPORT}")
                noted.save(beside, target.name)
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)
    return _counted(target)


def _convert(plan: tuple[str, str, str], name: str) -> tuple[int, int]:
    beside = Path(plan[2]) if plan[2] else None
    return convert_partition(Path(plan[0]) / name, Path(plan[1]) / name, beside)


class _Noted:
    """What is found out about a partition while it is written."""

    def __init__(self) -> None:
        self._reach: list[pa.Table] = []
        self._counts: list[pa.Table] = []
        self._groups = 0
        self._ids: list[npt.NDArray[np.uint64]] = []
        self._of_group: list[npt.NDArray[np.int64]] = []
        self._hash = hashlib.sha256()
        self.is_countable = True
        """Whether all are events of known kinds: what a site was at which time is no matter of counts."""

    def add(self, run: pa.Table, shown: int) -> None:
        """Note a run that is written, whose first rows, so many of them, can be shown."""
        reach = reach_of(run, shown, _GROUP, self._groups)
        self._ids.append(hashes_of(run.column("external_id")))
        self._of_group.append(np.arange(run.num_rows) // _GROUP + self._groups)
        self._groups += reach.num_rows
        self._reach.append(reach)
        self.is_countable &= _all_in(run.column("record_type"), ["event"]) and _all_in(
            run.column("kind"), codes("event_kinds")
        )
        self._counts.append(counts_of(run.slice(0, shown)))
        for name in LAYER_ROWS.names:
            self._hash.update(_bytes_of(run, name))

    def save(self, folder: Path, name: str) -> None:
        """Write it beside the partition, before that is there under its name."""
        hashes = np.concatenate([np.zeros(0, dtype="uint64"), *self._ids])
        save_ids(
            folder / f"{name}{IDS_ENDING}",
            hashes,
            np.concatenate([np.zeros(0, dtype="int64"), *self._of_group]),
        )
        digest = {"digest": self._hash.hexdigest()}
        reach = pa.concat_tables([REACH.empty_table(), *self._reach])
        names = pa.array([name] * reach.num_rows, pa.string())
        reach = reach.set_column(0, REACH.field("file"), names).replace_schema_metadata(digest)
        pq.write_table(reach, folder / f"{name}{REACH_ENDING}")
        pq.write_table(
            pa.concat_tables([COUNTS.empty_table(), *self._counts]), folder / f"{name}{COUNTS_ENDING}"
        )


def _all_in(column: pa.ChunkedArray, known: Sequence[str]) -> bool:
    return bool(pc.all(pc.is_in(column, pa.array(known, pa.string()))).as_py() in (True, None))


def _bytes_of(run: pa.Table, name: str) -> bytes:
    written = io.BytesIO()
    with pa.ipc.new_stream(written, pa.schema([run.schema.field(name)])) as stream:
        stream.write_table(run.select([name]).combine_chunks())
    return written.getvalue()


def _write(source: Path, half: Path) -> _Noted:
    noted = _Noted()
    try:
        with _writer(half) as writer:
            for rows in _runs(_read(source)):
                run, shown = _in_order(rows)
                noted.add(run, shown)
                writer.write_table(run, row_group_size=_GROUP)
    except (pa.ArrowException, KeyError, OSError) as error:
        raise BulkError(f"{source.name} could not be converted: {error}") from error
    return noted


def _writer(half: Path) -> pq.ParquetWriter:
    # Pages of many short texts: the light compression halves the time and adds a tenth to the size.
    return pq.ParquetWriter(half, ROWS_SCHEMA, compression="zstd", compression_level=1)


def _read(source: Path) -> Iterator[pa.RecordBatch]:
    if source.name in dealt_names(source.parent):
        yield from dealt_rows(source.parent, source.name)
        return
    with pq.ParquetFile(source, pre_buffer=False) as file:
        yield from file.iter_batches(ROWS_AT_ONCE, columns=LAYER_ROWS.names)


def _runs(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        columns = [batch.column(field.name).cast(field.type) for field in LAYER_ROWS]
        held.append(pa.RecordBatch.from_arrays([*columns, wkb_points(batch)], schema=ROWS_SCHEMA))
        rows += batch.num_rows
        if rows >= _RUN:
            yield pa.Table.from_batches(held)
            held, rows = [], 0
    if held:
        yield pa.Table.from_batches(held)


def _in_order(rows: pa.Table) -> tuple[pa.Table, int]:
    """Lay rows along the curve, those that no map can show behind the others; and count these others."""
    places = curve_places(_numbers(rows.column("lon")), _numbers(rows.column("lat")))
    places[~rows.column("dated").to_numpy()] = LAST
    order = np.argsort(places, kind="stable")
    return rows.take(pa.array(order)), int((places < LAST).sum())


def wkb_points(batch: pa.RecordBatch) -> pa.Array:
    """Give the points of rows as WKB.

    Parameters
    ----------
    batch
        Rows with ``lat`` and ``lon``.

    Returns
    -------
    pyarrow.Array
        Nothing where there is none.
    """
    lat, lon = (_numbers(batch.column(name)) for name in ("lat", "lon"))
    points = np.empty(batch.num_rows, dtype=_POINT)
    points["order"], points["type"], points["lon"], points["lat"] = 1, 1, lon, lat
    is_point = np.isfinite(lat) & np.isfinite(lon)
    packed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(_POINT.itemsize), len(points), [None, pa.py_buffer(points.tobytes())]
    )
    made: pa.Array = pc.if_else(pa.array(is_point), packed, None).cast(pa.binary())
    return made


def _numbers(column: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.float64]:
    numbers: npt.NDArray[np.float64] = column.to_numpy(zero_copy_only=False).astype(float)
    return numbers


def _counted(target: Path) -> tuple[int, int]:
    with pq.ParquetFile(target) as file:
        data: Any = file.metadata
        column = data.schema.names.index("geometry")
        groups = [data.row_group(number).column(column) for number in range(data.num_row_groups)]
        empty = sum(group.statistics.null_count for group in groups if group.statistics is not None)
        return data.num_rows, data.num_rows - empty
