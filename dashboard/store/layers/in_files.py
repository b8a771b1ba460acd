"""Rows of a large layer in GeoParquet files, read by window.

Only groups of rows that the window meets are opened. From these the points and days are read first, a tenth
of the bytes; the rows themselves only of those that are given. A group that lies in the window whole is
counted without being opened.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.errors import LayerError
from dashboard.store.layers.large import COUNTED_COLUMNS, ROWS_FOLDER, Found, LargeLayer, Sight
from dashboard.store.layers.reach import Window, meets

__all__ = ["RowsInFiles"]

_WHERE: Final = ("lon", "lat", "first", "last")


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

    @cached_property
    def _reach(self) -> pa.Table:
        return self._layer.reach()

    def window(self, window: Window, columns: Sequence[str], most: int, sight: Sight | None = None) -> Found:
        """Read what a window holds.

        Parameters
        ----------
        window
            The window.
        columns
            Which columns.
        most
            Most rows to give; all are counted.
        sight
            How whoever asks sees points, as `dashboard.store.layers.large.WindowedRows` says.

        Returns
        -------
        Found
            The rows, in the order in which they lie.

        Raises
        ------
        LayerError
            If a file is missing or damaged.
        """
        total, parts, room = 0, [], most
        files = _Files(self._layer)
        for met in self._met(window.widened(sight.cell) if sight else window, exact=sight is None):
            if met.is_whole and not room:
                total += met.shown
                continue
            inside = self._inside(files, met, window, sight)
            total += len(inside)
            if room and len(inside):
                chosen = inside[:room]
                parts.append(files.rows(met.file, met.group, columns).take(pa.array(chosen)))
                room -= len(chosen)
        files.close()
        return Found(pa.concat_tables(parts) if parts else self._empty(columns), total)

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
        files = _Files(self._layer)
        for row in self._reach.select(["file", "group", "shown"]).to_pylist():
            if row["shown"]:
                yield files.rows(row["file"], row["group"], COUNTED_COLUMNS).slice(0, row["shown"])
        files.close()

    def _met(self, window: Window, *, exact: bool) -> Iterator[_Met]:
        met, whole = meets(self._reach, window)
        for place in np.flatnonzero(met):
            row = self._reach.slice(place, 1).to_pylist()[0]
            yield _Met(row["file"], row["group"], row["shown"], bool(whole[place]) and exact)

    def _inside(
        self, files: "_Files", met: _Met, window: Window, sight: Sight | None
    ) -> npt.NDArray[np.int64]:
        if met.is_whole:
            return np.arange(met.shown)
        where = files.rows(met.file, met.group, _WHERE).slice(0, met.shown)
        lon, lat = (where.column(name).to_numpy().astype(float) for name in ("lon", "lat"))
        if sight is not None:
            lon, lat = sight.place(lon, lat)
        days = (where.column(name).to_numpy() for name in ("first", "last"))
        return np.flatnonzero(window.holds(lon, lat, *days))

    def _empty(self, columns: Sequence[str]) -> pa.Table:
        found = next(iter(sorted((self._layer.files / ROWS_FOLDER).glob("*.parquet"))), None)
        if found is None:
            raise LayerError(self._layer.id, "its rows are gone: add the layer again")
        schema = pq.read_schema(found)
        return pa.schema([schema.field(name) for name in columns]).empty_table()


class _Files:
    """The files of one answer, each opened once."""

    def __init__(self, layer: LargeLayer) -> None:
        self._layer = layer
        self._folder = layer.files / ROWS_FOLDER
        self._open: tuple[str, pq.ParquetFile] | None = None

    def rows(self, name: str, group: int, columns: Sequence[str]) -> pa.Table:
        try:
            return self._file(name).read_row_group(group, list(columns))
        except (pa.ArrowException, OSError) as error:
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
