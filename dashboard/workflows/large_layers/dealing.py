"""Rows of a large layer dealt out by time, so that each partition is a stretch of it.

A narrow window of the clock then meets a few partitions, and a small box a few groups of rows in each. It is
the first half of a sort that no memory holds: the second puts the rows of a stretch in order.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.errors import BulkError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.workflows.geocoding.bulk import spread

__all__ = ["ROWS_AT_ONCE", "Workers", "deal_by_time", "dealt_names", "dealt_rows", "delivered"]

ROWS_AT_ONCE: Final = 50_000
"""Rows read at once."""

_ROWS_OF_STRETCH: Final = 500_000
_MOST_STRETCHES: Final = 512
_SAMPLED_FILES: Final = 64
_HELD: Final = 150_000
_LIGHT: Final = pa.ipc.IpcWriteOptions(compression="lz4")
_ENDING: Final = ".arrow"
_MARK: Final = "stretches"

P = TypeVar("P")
R = TypeVar("R")
_Plan = tuple[str, str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Workers:
    """Who converts partitions.

    Parameters
    ----------
    scheduler
        Address of a running Dask scheduler; empty for processes of this machine.
    count
        How many processes of this machine; 0 for as many as it has cores, 1 for this one, without Dask.
    progress
        Called with (done, total) pieces of work.
    """

    scheduler: str = ""
    count: int = 0
    progress: Callable[[int, int], None] | None = None


def delivered(work: Callable[[P, str], R], plan: P, pieces: Sequence[str], workers: Workers) -> Iterator[R]:
    """Have pieces of work done.

    Parameters
    ----------
    work
        An importable function of the plan and a piece.
    plan
        What every piece needs.
    pieces
        Names of the pieces.
    workers
        Who works.

    Yields
    ------
    Any
        Answers in the order of the pieces.

    Raises
    ------
    BulkError
        Dask is not installed, or workers cannot be reached or are lost.
    """
    answers = (
        (work(plan, piece) for piece in pieces)
        if workers.count == 1 and not workers.scheduler
        else spread(work, plan, pieces, scheduler=workers.scheduler, workers=workers.count)
    )
    for done, answer in enumerate(answers, 1):
        yield answer
        if workers.progress:
            workers.progress(done, len(pieces))


def deal_by_time(source: Path, target: Path, workers: Workers) -> int:
    """Deal the rows of partitions out to stretches of time of about as many rows each.

    Parameters
    ----------
    source
        Folder with ``*.parquet`` with the columns of ``LAYER_ROWS``.
    target
        Folder to write to, seen by all workers under this name. Partitions that were dealt out are not read
        again.
    workers
        Who works.

    Returns
    -------
    int
        How many stretches there are.

    Raises
    ------
    BulkError
        The partitions cannot be read, or workers cannot be reached or are lost.
    """
    paths = sorted(source.glob("*.parquet"))
    if not paths:
        raise BulkError(f"{source} holds no *.parquet: name the folder of the partitions")
    target.mkdir(parents=True, exist_ok=True)
    edges = tuple(_edges(paths))
    plan: _Plan = (str(source.resolve()), str(target.resolve()), edges)
    for _ in delivered(_deal, plan, [path.name for path in paths], workers):
        pass
    (target / _MARK).write_text(str(len(edges) + 1), encoding="utf-8")
    return len(edges) + 1


def dealt_names(folder: Path) -> list[str]:
    """Name the partitions that dealt rows become.

    Parameters
    ----------
    folder
        Any folder of partitions.

    Returns
    -------
    list of str
        One for each stretch; none for a folder that `deal_by_time` did not make.
    """
    mark = folder / _MARK
    count = int(mark.read_text(encoding="utf-8")) if mark.exists() else 0
    return [f"stretch-{number:04}.parquet" for number in range(count)]


def dealt_rows(folder: Path, name: str) -> Iterator[pa.RecordBatch]:
    """Read the rows of one stretch.

    Parameters
    ----------
    folder
        Folder that `deal_by_time` made.
    name
        One of `dealt_names`.

    Yields
    ------
    pyarrow.RecordBatch
        Rows in the order of their partitions.
    """
    number = int(Path(name).stem.removeprefix("stretch-"))
    for path in sorted(folder.glob(f"*/{number}{_ENDING}")):
        with pa.OSFile(str(path)) as opened, pa.ipc.open_file(opened) as file:
            for place in range(file.num_record_batches):
                yield file.get_batch(place)


def _edges(paths: Sequence[Path]) -> list[int]:
    """Say where stretches begin, by a sample of the rows."""
    rows, days = 0, []
    stride = -(-len(paths) // _SAMPLED_FILES)
    for place, path in enumerate(paths):
        try:
            with pq.ParquetFile(path) as file:
                rows += file.metadata.num_rows
                if place % stride == 0 and file.num_row_groups:
                    middle = file.num_row_groups // 2
                    days += [file.read_row_group(one, ["first"]).column(0).to_numpy() for one in {0, middle}]
        except (pa.ArrowException, KeyError, OSError) as error:
            raise BulkError(f"{path.name} could not be read: {error}") from error
    count = min(_MOST_STRETCHES, max(1, round(rows / _ROWS_OF_STRETCH)))
    known = np.concatenate([np.zeros(0, dtype="int32"), *days])
    known = known[(known != DAY_PAST) & (known != DAY_FUTURE)]
    if count == 1 or not len(known):
        return []
    parts = np.arange(1, count) / count
    return sorted({int(day) for day in np.quantile(known, parts, method="nearest")})


def _deal(plan: _Plan, name: str) -> int:
    whole = Path(plan[1]) / name
    if whole.is_dir():
        return 0
    half = whole.with_name(f".{name}.{os.getpid()}")
    half.mkdir(exist_ok=True)
    try:
        with pq.ParquetFile(Path(plan[0]) / name, pre_buffer=False) as file:
            rows = _write(file, half, np.array(plan[2], dtype="int64"))
        half.replace(whole)
    except (pa.ArrowException, KeyError, OSError) as error:
        raise BulkError(f"{name} could not be converted: {error}") from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return rows


def _write(file: pq.ParquetFile, folder: Path, edges: npt.NDArray[np.int64]) -> int:
    writers: dict[int, Any] = {}
    held: dict[int, list[pa.RecordBatch]] = defaultdict(list)
    rows = waiting = 0

    def put_down() -> None:
        for number, batches in held.items():
            if number not in writers:
                writers[number] = pa.ipc.new_file(folder / f"{number}{_ENDING}", LAYER_ROWS, options=_LIGHT)
            writers[number].write_table(pa.Table.from_batches(batches).combine_chunks())
        held.clear()

    try:
        for batch in file.iter_batches(ROWS_AT_ONCE, columns=LAYER_ROWS.names):
            cast = pa.RecordBatch.from_arrays(
                [batch.column(field.name).cast(field.type) for field in LAYER_ROWS], schema=LAYER_ROWS
            )
            for number, part in _parts(cast, edges):
                held[number].append(part)
            rows, waiting = rows + batch.num_rows, waiting + batch.num_rows
            if waiting >= _HELD:
                put_down()
                waiting = 0
        put_down()
    finally:
        for writer in writers.values():
            writer.close()
    return rows


def _parts(batch: pa.RecordBatch, edges: npt.NDArray[np.int64]) -> Iterator[tuple[int, pa.RecordBatch]]:
    stretches = np.searchsorted(edges, batch.column("first").to_numpy(), side="right")
    order = np.argsort(stretches, kind="stable")
    sorted_rows = batch.take(pa.array(order))
    numbers, starts = np.unique(stretches[order], return_index=True)
    ends = [*starts[1:].tolist(), len(order)]
    for number, start, end in zip(numbers.tolist(), starts.tolist(), ends, strict=True):
        yield number, sorted_rows.slice(start, end - start)
