"""The files beside the rows of a large layer: written with it, built anew or later, and looked after.

They are built of the rows alone, wherever these lie, in a folder of their own, and stand beside the rows when
all are there: a server goes on reading what it has. A run that is stopped goes on where it was.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.errors import AtlasError, BulkError, LayerError
from dashboard.store.layers.beside import mending
from dashboard.store.layers.digests import digest_of, read_digests, save_digests
from dashboard.store.layers.ids import IDS_ENDING, hashes_of, save_ids
from dashboard.store.layers.in_table import RowsInTable
from dashboard.store.layers.large import (
    COUNTS_FILE,
    IDS_FOLDER,
    NEAR_FILE,
    ROWS_FOLDER,
    LargeLayer,
    WindowedRows,
)
from dashboard.store.layers.listed import (
    ROWS_OF_WORDS,
    WHERE_ENDING,
    WHERE_FOLDER,
    WHERE_SCHEMA,
    WORDS_ENDING,
    save_where,
    save_words,
    words_folder,
    words_of,
)
from dashboard.workflows.access.audience import Audience
from dashboard.workflows.large_layers.dealing import Workers, delivered
from dashboard.workflows.large_layers.kept_counts import GRID
from dashboard.workflows.large_layers.words import DECIDING, SEARCHED, texts_seen, words_for

__all__ = ["build_lists", "faults_of_layer", "keep_lists"]

_BUILT: Final = ".lists"
_READ: Final = tuple(dict.fromkeys((*WHERE_SCHEMA.names, *SEARCHED, *DECIDING)))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is built: of rows in a folder or elsewhere, where to, on which grids; None for all files."""

    rows: Path | WindowedRows
    folder: Path
    cells: tuple[float, ...]
    wanted: frozenset[str] | None = None


def keep_lists(folder: Path, cells: frozenset[float], workers: Workers) -> None:
    """Write beside the rows of a layer where they are and which words they have.

    Parameters
    ----------
    folder
        Folder of a version that has its rows and ids in files, seen by all workers under this name. Files
        that are there stay as they are.
    cells
        Degrees of the grids that somebody sees it on, besides those who see it exactly.
    workers
        Who works.

    Raises
    ------
    BulkError
        A file of rows cannot be read, or workers cannot be reached or are lost.
    """
    rows = (folder / ROWS_FOLDER).resolve()
    names = sorted(path.name for path in rows.glob("*.parquet"))
    save_digests(folder, _built(_Plan(rows, folder.resolve(), _cells(cells)), names, workers))


def build_lists(
    layer: LargeLayer, rows: WindowedRows, cells: frozenset[float], workers: Workers
) -> tuple[str, ...]:
    """Build what is missing or damaged beside the rows of a layer that is there, while it is being read.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows. Those of a database are read by this process, whoever else works.
    cells
        Degrees of the grids that somebody sees it on, besides those who see it exactly.
    workers
        Who works. What was built when they were stopped is kept, and the next run goes on.

    Returns
    -------
    tuple of str
        Names of the files that were built: those that were missing, damaged, or of before there were
        digests.

    Raises
    ------
    BulkError
        Rows cannot be read, or workers cannot be reached or are lost.
    LayerError
        If the folder of the layer cannot be written.
    StoreError
        If its database does not answer.
    """
    wanted = frozenset(_faults(layer, rows, cells, noted=True))
    names = [name for name, _, _ in rows.beside.files() if any(f"/{name}." in one for one in wanted)]
    half = layer.files / _BUILT
    lying = rows if layer.table else (layer.files / ROWS_FOLDER).resolve()
    alone = Workers(count=1, progress=workers.progress) if layer.table else workers
    try:
        digests = _built(_Plan(lying, half.resolve(), _cells(cells), wanted), names, alone)
        if digests:
            _stand(half, layer.files, digests)
    except AtlasError:
        raise  # some are errors of the system as well
    except OSError as error:
        raise LayerError(layer.id, f"{layer.files} cannot be written ({error.strerror})") from error
    return tuple(sorted(digests))


def faults_of_layer(layer: LargeLayer, rows: WindowedRows, cells: frozenset[float]) -> tuple[str, ...]:
    """Say what is missing or damaged of a layer, after reading all that lies beside its rows.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows, of which no more is read than how many a file has.
    cells
        Degrees of the grids that somebody sees it on.

    Returns
    -------
    tuple of str
        A sentence for each file, which says what to do.

    Raises
    ------
    StoreError
        If the database that holds them does not answer.
    """
    again = "add the layer again"
    try:
        whole = {name: count for name, _, count in rows.beside.files()}
        faults = [
            f"{ROWS_FOLDER}/{name} is damaged or gone: {again}"
            for name, count in whole.items()
            if not layer.table and _count_of(layer.files / ROWS_FOLDER / name) != count
        ]
        listed = _faults(layer, rows, cells, noted=False)
    except LayerError as error:
        return (error.reason,)
    if isinstance(rows, RowsInTable) and rows.count() != sum(whole.values()):
        faults.append(f"the table {layer.table} lacks rows or is gone: {again}")
    faults += [f"{one} is damaged or gone: run `{mending(layer.id)}`" for one in listed]
    faults += [
        f"{path.relative_to(layer.files)} is damaged or gone: {again}"
        for folder in (layer.files, *sorted(layer.files.glob(f"{GRID}*")))
        for path in (folder / COUNTS_FILE, folder / NEAR_FILE)
        if not _is_read(path)
    ]
    return tuple(faults)


def _is_read(path: Path) -> bool:
    try:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            for _ in file.iter_batches():
                pass
    except (pa.ArrowException, OSError):
        return False
    return True


def _count_of(path: Path) -> int:
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError):
        return -1


def _faults(
    layer: LargeLayer, rows: WindowedRows, cells: frozenset[float], *, noted: bool
) -> tuple[str, ...]:
    ids = () if layer.table else [f"{IDS_FOLDER}/{name}{IDS_ENDING}" for name, _, _ in rows.beside.files()]
    found: dict[str, None] = {}
    for cell in _cells(cells):
        words = words_for(("any",), Audience(cell, protected=False))
        found |= dict.fromkeys(rows.beside.faults(words, ids, noted=noted))
    return tuple(found)


def _cells(cells: frozenset[float]) -> tuple[float, ...]:
    return tuple(sorted({0.0, *(one for one in cells if one > 0)}))


def _stand(half: Path, folder: Path, digests: Mapping[str, str]) -> None:
    """Have built files stand beside the rows: none is ever written where it is read."""
    for left in half.glob("*/*"):
        if left.relative_to(half).as_posix() not in digests:
            left.unlink()  # of a run that was ended, or had other grids
    for one in sorted({half / Path(name).parent for name in digests}):
        if not (folder / one.name).exists():
            one.replace(folder / one.name)
            continue
        for path in sorted(one.iterdir()):
            path.replace(folder / one.name / path.name)
    try:
        before = read_digests(folder)
    except ValueError:
        before = {}
    save_digests(folder, {**before, **digests})
    shutil.rmtree(half, ignore_errors=True)


def _built(plan: _Plan, names: list[str], workers: Workers) -> dict[str, str]:
    """Write what stands beside files of rows; give the digests."""
    for one in (WHERE_FOLDER, *map(words_folder, plan.cells), IDS_FOLDER):
        if names and (plan.wanted is None or any(name.startswith(f"{one}/") for name in plan.wanted)):
            (plan.folder / one).mkdir(parents=True, exist_ok=True)
    digests: dict[str, str] = {}
    for made in delivered(_keep, plan, names, workers):
        digests |= made
    return digests


def _keep(plan: _Plan, name: str) -> dict[str, str]:
    where, ids = f"{WHERE_FOLDER}/{name}{WHERE_ENDING}", f"{IDS_FOLDER}/{name}{IDS_ENDING}"
    words = {f"{words_folder(cell)}/{name}{WORDS_ENDING}": cell for cell in plan.cells}
    wanted = [one for one in (where, *words, ids) if plan.wanted is None or one in plan.wanted]
    missing = frozenset(one for one in wanted if not (plan.folder / one).exists())
    try:
        if missing:
            listing = _Listing(
                {one: cell for one, cell in words.items() if one in missing}, with_ids=ids in missing
            )
            for rows, groups in _pieces(plan, name):
                listing.add(rows, groups)
            listing.write(plan.folder, where if where in missing else "", ids)
        return {one: digest_of(plan.folder / one) for one in wanted}
    except (pa.ArrowException, KeyError, OSError) as error:
        if isinstance(error, AtlasError):
            raise
        raise BulkError(f"the words of {name} could not be kept: {error}") from error


def _pieces(plan: _Plan, name: str) -> Iterator[tuple[pa.Table, npt.NDArray[np.int64]]]:
    """Give rows of a file in their order, with the groups that they lie in."""
    if not isinstance(plan.rows, Path):
        begin, count = next((begin, count) for one, begin, count in plan.rows.beside.files() if one == name)
        for at in range(begin, begin + count, ROWS_OF_WORDS):
            end = min(at + ROWS_OF_WORDS, begin + count)
            rows = plan.rows.between(at, end, _READ)
            if rows.num_rows != end - at:
                raise BulkError(f"the table lacks rows of {name}: add the layer again")
            yield rows, np.zeros(rows.num_rows, dtype="int64")  # a table has no groups
        return
    with pq.ParquetFile(plan.rows / name, pre_buffer=False) as file:
        many = [file.metadata.row_group(one).num_rows for one in range(file.num_row_groups)]
        groups, at = np.repeat(np.arange(len(many)), many), 0
        for batch in file.iter_batches(ROWS_OF_WORDS, columns=_READ):
            yield pa.Table.from_batches([batch]), groups[at : at + batch.num_rows]
            at += batch.num_rows


class _Listing:
    """What is found out about the rows of a file."""

    def __init__(self, words: dict[str, float], *, with_ids: bool) -> None:
        self._with_ids = with_ids
        self._words = {name: (cell, list[pa.RecordBatch]()) for name, cell in words.items()}
        self._lying: list[pa.Table] = [WHERE_SCHEMA.empty_table()]
        self._rows: list[int] = []
        self._hashes: list[npt.NDArray[np.uint64]] = [np.zeros(0, dtype="uint64")]
        self._groups: list[npt.NDArray[np.int64]] = [np.zeros(0, dtype="int64")]

    def add(self, rows: pa.Table, groups: npt.NDArray[np.int64]) -> None:
        """Note at most `ROWS_OF_WORDS` rows."""
        self._rows.append(rows.num_rows)
        self._lying.append(_where_of(rows))
        if self._with_ids:
            self._hashes.append(hashes_of(rows.column("external_id")))
            self._groups.append(groups)
        for cell, held in self._words.values():
            held.append(words_of(texts_seen(rows, cell)))

    def write(self, folder: Path, where: str, ids: str) -> None:
        """Write the lists of words, and what else has a name here."""
        if where:
            _whole(folder / where, partial(save_where, lying=self._lying))
        if self._with_ids:
            hashes, groups = np.concatenate(self._hashes), np.concatenate(self._groups)
            _whole(folder / ids, partial(save_ids, hashes=hashes, groups=groups))
        for name, (_, words) in self._words.items():
            _whole(folder / name, partial(save_words, words=words, rows=self._rows))


def _where_of(rows: pa.Table) -> pa.Table:
    taken = {}
    for field in WHERE_SCHEMA:
        column = rows.column(field.name)
        if pa.types.is_floating(field.type):
            # Without nulls a column is an array of numbers as it stands.
            column = pa.array(column.to_numpy(zero_copy_only=False).astype(float), from_pandas=False)
        taken[field.name] = column.cast(field.type)
    return pa.table(taken, schema=WHERE_SCHEMA)


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    # It keeps its ending, which NumPy would add otherwise.
    half = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        write(half)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
