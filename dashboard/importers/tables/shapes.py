"""Columns of text and geometries, written with a point for each row."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from dashboard.importers.tables.geometry import Geometries
from dashboard.importers.tables.output import Output

__all__ = ["write_batch"]


def write_batch(
    out: Output,
    cells: Sequence[pa.Array],
    first: int,
    geometries: Geometries | None,
    shapes: Any,  # noqa: ANN401 - of shapely
) -> None:
    """Write a batch, without the rows whose geometry is refused.

    Parameters
    ----------
    out
        Where to.
    cells
        Text of each column.
    first
        Number of the first row.
    geometries
        Makes points; None for a table without geometries.
    shapes
        Geometries of the rows.
    """
    count = len(shapes) if shapes is not None else len(cells[0]) if cells else 0
    rows = list(range(first, first + count))
    if geometries is None:
        out.write(cells, pa.array(rows, pa.int32()))
        return
    places = geometries.places(rows, shapes)
    kept = [at for at, place in enumerate(places) if place is not None]
    chosen = [place for place in places if place is not None]
    if len(kept) < count:
        cells = [column.take(pa.array(kept, pa.int64())) for column in cells]
    lons, lats, kinds = zip(*chosen, strict=True) if chosen else ((), (), ())
    out.write(
        cells,
        pa.array([rows[at] for at in kept], pa.int32()),
        (pa.array(lons, pa.float64()), pa.array(lats, pa.float64()), pa.array(kinds, pa.string())),
    )
