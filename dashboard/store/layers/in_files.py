"""Rows of a large layer in GeoParquet files, read by window.

Only groups of rows that the window meets are opened. From these the points and days are read first, a tenth
of the bytes; the rows themselves only of those that are given. A group that lies in the window whole is
counted without being opened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.errors import LayerError
from dashboard.store.layers.beside import Beside, mending
from dashboard.store.layers.choice import Asked
from dashboard.store.layers.ids import IDS_ENDING, groups_holding, hashes_of
from dashboard.store.layers.large import COUNTED_COLUMNS, IDS_FOLDER, ROWS_FOLDER, Found, LargeLayer
from dashboard.store.layers.listed import Numbers
from dashboard.store.layers.reach import meets

__all__ = ["RowsInFiles"]


@dataclass(frozen=True, slots=True)
class _Met:
    file: str
    group: int
    shown: int
    is_whole: bool


class RowsInFiles:
    """Rows in files.

    Parameters
    ----------
    layer
        A large layer whose rows lie in its folder.
    """

    def __init__(self, layer: LargeLayer) -> None:
        self._layer = layer
        self.beside = Beside(layer)
        """What lies beside the rows."""

    @cached_property
    def _reach(self) -> pa.Table:
        return self._layer.reach()

    @cached_property
    def _names(self) -> list[str]:
        return sorted(set(self._reach.column("file").to_pylist()))

    def window(self, asked: Asked, columns: Sequence[str], most: int) -> Found:
        """Read what a window holds.

        Parameters
        ----------
        asked
            What is asked for.
        columns
            Which columns.
        most
            Most rows to give; all are counted.

        Returns
        -------
        Found
            The rows, in the order in which they lie.

        Raises
        ------
        LayerError
            If a file is missing or damaged.
        """
        if asked.words is not None and self.beside.answers(asked):
            matched = self.beside.matched(asked, most, 0)
            return Found(self.at(matched.numbers, columns), matched.total)
        total, parts, room = 0, [], most
        with self._files() as files:
            for met in self._met(asked):
                if met.is_whole and not room:
                    total += met.shown
                    continue
                inside = _inside(files, met, asked)
                total += len(inside)
                if room and len(inside):
                    chosen = inside[:room]
                    parts.append(files.rows(met.file, met.group, columns).take(pa.array(chosen)))
                    room -= len(chosen)
        return Found(pa.concat_tables(parts) if parts else self._empty(columns), total)

    def stream(self, asked: Asked, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Read all that a window holds, a group at a time.

        Parameters
        ----------
        asked
            What is asked for.
        columns
            Which columns.

        Yields
        ------
        pyarrow.Table
            Rows of a group.

        Raises
        ------
        LayerError
            If a file is missing or damaged.
        """
        if asked.words is not None and self.beside.answers(asked):
            for numbers in self.beside.numbers(asked):
                yield from self._at(numbers, columns)
            return
        with self._files() as files:
            for met in self._met(asked):
                inside = _inside(files, met, asked)
                if len(inside):
                    yield files.rows(met.file, met.group, columns).take(pa.array(inside))

    def at(self, numbers: Numbers, columns: Sequence[str]) -> pa.Table:
        """Read rows by their numbers.

        Parameters
        ----------
        numbers
            Their numbers among all rows, in order.
        columns
            Which columns.

        Returns
        -------
        pyarrow.Table
            The rows.

        Raises
        ------
        LayerError
            If a file is missing or damaged.
        """
        return pa.concat_tables([self._empty(columns), *self._at(numbers, columns)])

    def _at(self, numbers: Numbers, columns: Sequence[str]) -> Iterator[pa.Table]:
        with self._files() as files:
            for file, group, places in self.beside.groups_of(numbers):
                yield files.rows(file, group, columns).take(pa.array(places))

    def record(self, hashed: int, columns: Sequence[str], most: int) -> pa.Table:
        """Read the rows whose id has a hash, with or without a point.

        Parameters
        ----------
        hashed
            As `dashboard.store.layers.ids.hash_of` gives it.
        columns
            Which columns.
        most
            Most rows to give.

        Returns
        -------
        pyarrow.Table
            The rows, in the order in which they lie.

        Raises
        ------
        LayerError
            If a file is missing or damaged.
        """
        parts, room = [self._empty(columns)], most
        with self._files() as files:
            for name in self._names:
                for group in self._groups(name, hashed) if room else ():
                    ids = files.rows(name, group, ("external_id",)).column(0)
                    found = np.flatnonzero(hashes_of(ids) == np.uint64(hashed))[:room]
                    if len(found):
                        parts.append(files.rows(name, group, columns).take(pa.array(found)))
                        room -= len(found)
        return pa.concat_tables(parts)

    def between(self, begin: int, end: int, columns: Sequence[str]) -> pa.Table:
        """Read rows that lie one after the other, with or without a point.

        Parameters
        ----------
        begin, end
            Number of the first among all rows, and of the first that is not wanted.
        columns
            Which columns.

        Returns
        -------
        pyarrow.Table
            The rows in their order.

        Raises
        ------
        LayerError
            If a file is missing or damaged.
        """
        return self.at(np.arange(begin, end), columns)

    def shown(self) -> Iterator[pa.Table]:
        """Read what is counted of all rows that have a point and a date.

        Yields
        ------
        pyarrow.Table
            Those of a group.

        Raises
        ------
        LayerError
            If a file is missing or damaged.
        """
        with self._files() as files:
            for row in self._reach.select(["file", "group", "shown"]).to_pylist():
                if row["shown"]:
                    yield files.rows(row["file"], row["group"], COUNTED_COLUMNS).slice(0, row["shown"])

    @contextmanager
    def _files(self) -> Iterator["_Files"]:
        files = _Files(self._layer)
        try:
            yield files
        finally:
            files.close()

    def _groups(self, name: str, hashed: int) -> list[int]:
        path = self._layer.files / IDS_FOLDER / f"{name}{IDS_ENDING}"
        if not self.beside.is_whole(f"{IDS_FOLDER}/{path.name}"):
            # All that it has: slower, and right.
            of_file = self._reach.filter(pc.equal(self._reach.column("file"), name))
            return [int(one) for one in of_file.column("group").to_pylist()]
        try:
            return groups_holding(path, hashed)
        except (OSError, ValueError, EOFError) as error:  # an empty file ends before it begins
            how = f"run `{mending(self._layer.id)}`"
            raise LayerError(self._layer.id, f"{path.name} cannot be read: {how}") from error

    def _met(self, asked: Asked) -> Iterator[_Met]:
        met, whole = np.ones(self._reach.num_rows, dtype=bool), np.zeros(self._reach.num_rows, dtype=bool)
        for window in asked.windows:
            is_met, whole = meets(self._reach, window)
            met &= is_met
        countable = asked.sight is None and asked.choice is None and asked.words is None
        for place in np.flatnonzero(met):
            row = self._reach.slice(place, 1).to_pylist()[0]
            yield _Met(row["file"], row["group"], row["shown"], bool(whole[place]) and countable)

    def _empty(self, columns: Sequence[str]) -> pa.Table:
        found = next(iter(sorted((self._layer.files / ROWS_FOLDER).glob("*.parquet"))), None)
        if found is None:
            gone = FileNotFoundError(str(self._layer.files / ROWS_FOLDER))
            raise LayerError(self._layer.id, "its rows are gone: add the layer again") from gone
        try:
            schema = pq.read_schema(found)
        except (pa.ArrowException, OSError) as error:
            raise LayerError(self._layer.id, f"{found.name} cannot be read: add the layer again") from error
        return pa.schema([schema.field(name) for name in columns]).empty_table()


def _inside(files: "_Files", met: _Met, asked: Asked) -> npt.NDArray[np.int64]:
    if met.is_whole:
        return np.arange(met.shown)
    return asked.held(files.rows(met.file, met.group, asked.columns).slice(0, met.shown))


class _Files:
    """The files of one answer, each opened once."""

    def __init__(self, layer: LargeLayer) -> None:
        self._layer = layer
        self._folder = layer.files / ROWS_FOLDER
        self._open: tuple[str, pq.ParquetFile] | None = None

    def rows(self, name: str, group: int, columns: Sequence[str]) -> pa.Table:
        try:
            return self._file(name).read_row_group(group, list(columns))
        except (pa.ArrowException, OSError, IndexError) as error:
            raise LayerError(self._layer.id, f"{name} cannot be read: add the layer again") from error

    def _file(self, name: str) -> pq.ParquetFile:
        if self._open is None or self._open[0] != name:
            self.close()
            self._open = (name, pq.ParquetFile(self._folder / name, pre_buffer=True))
        return self._open[1]

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None
