"""Counts of a large layer, written beside its rows: exact ones, and others on each grid that somebody sees.

Counts on a grid are made from points that were put on it first, so that nothing about them, not how they are
divided nor in what order they stand, tells more of a point than the grid does. They are made when somebody
first looks through that grid.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.errors import AtlasError, LayerError
from dashboard.store.layers.large import COUNTS_FILE, NEAR_FILE, LargeLayer, StoredCounts, WindowedRows
from dashboard.workflows.large_layers.counted import FAR, NEAR, Counting, cell_middles, counts_of
from dashboard.workflows.large_layers.curve import curve_places
from dashboard.workflows.layers.on_grid import centres_of

__all__ = ["GRID", "LayerCounting", "counts_for"]

GRID: Final = "grid-"
"""Before the degrees of a grid: names the folder of the counts on it."""

_MOST_FAR: Final = 150_000  # 3 MB for the browser
_MOST_NEAR: Final = 1_500_000
_COUNTS_OF_GROUP: Final = 30_000
_ROWS_AT_ONCE: Final = 500_000
_CELL: Final = b"cell"
_MAKING: Final = threading.Lock()


class LayerCounting:
    """The two countings of a layer: for the whole world, and in smaller cells for a view."""

    def __init__(self) -> None:
        self._far, self._near = Counting(FAR), Counting(NEAR, _MOST_NEAR)

    def add(self, counts: pa.Table) -> None:
        """Add counts.

        Parameters
        ----------
        counts
            As `dashboard.workflows.large_layers.counted.counts_of` gave them.
        """
        for counting in (self._far, self._near):
            counting.add(counts)

    def write(self, folder: Path) -> tuple[float, int, float]:
        """Write the counts.

        Parameters
        ----------
        folder
            Where to.

        Returns
        -------
        tuple of (float, int, float)
            Degrees of a cell and months of a stretch for the whole world, degrees of a cell for a view.
        """
        far, cell, months = self._far.finished(_MOST_FAR)
        near, near_cell, _ = self._near.finished(_MOST_NEAR)
        order = np.argsort(curve_places(*cell_middles(near, near_cell)), kind="stable")
        pq.write_table(_marked(far, cell), folder / COUNTS_FILE)
        near = _marked(near.take(pa.array(order)), near_cell)
        pq.write_table(near, folder / NEAR_FILE, row_group_size=_COUNTS_OF_GROUP)
        return cell, months, near_cell


def counts_for(layer: LargeLayer, rows: WindowedRows, cell: float) -> StoredCounts:
    """Give the counts for those who see points on a grid.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows, which are read whole, a piece at a time, when nobody has looked through this grid before.
    cell
        Degrees of the grid; 0 for none.

    Returns
    -------
    StoredCounts
        Those of the layer itself for no grid.

    Raises
    ------
    LayerError
        If the layer is damaged or its folder cannot be written.
    StoreError
        If its database does not answer.
    """
    if cell <= 0:
        return layer.counts
    folder = layer.files / f"{GRID}{cell!r}"
    try:
        with _MAKING if not folder.is_dir() else nullcontext():
            if not folder.is_dir():
                _make(rows, cell, folder)
        far, near = (_cell_of(folder / name) for name in (COUNTS_FILE, NEAR_FILE))
    except AtlasError:
        raise  # some are errors of the system as well
    except (pa.ArrowException, OSError) as error:
        raise LayerError(layer.id, f"its counts on a grid cannot be kept in {folder.name}") from error
    return StoredCounts(layer.id, folder, far, near)


def _make(rows: WindowedRows, cell: float, folder: Path) -> None:
    half = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    # Fails where the version was taken away: nothing of it comes back.
    half.mkdir()
    try:
        counting = LayerCounting()
        for some in _pieces(rows):
            counting.add(counts_of(_centred(some, cell)))
        counting.write(half)
        if not folder.is_dir():  # by another process meanwhile
            half.replace(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _pieces(rows: WindowedRows) -> Iterator[pa.Table]:
    held: list[pa.Table] = []
    for some in rows.shown():
        held.append(some)
        if sum(map(len, held)) >= _ROWS_AT_ONCE:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def _centred(rows: pa.Table, cell: float) -> pa.Table:
    lon, lat = (rows.column(name).to_numpy().astype(float) for name in ("lon", "lat"))
    for name, centres in zip(("lon", "lat"), centres_of(lon, lat, cell), strict=True):
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(centres))
    return rows


def _marked(counts: pa.Table, cell: float) -> pa.Table:
    return counts.replace_schema_metadata({_CELL: repr(cell)})


def _cell_of(path: Path) -> float:
    return float(pq.read_schema(path).metadata[_CELL])
