"""What a map is given of a large layer: counts for the whole world, counts or single records of a window.

What an audience that sees places on a grid is given follows from points on the grid alone: its counts are
made from these, its windows hold what the grid puts into them, and neither stands in the order of the rows.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from dashboard.importers.rows import LAYER_ROWS
from dashboard.maps.counted import encode_counts
from dashboard.maps.payload import encode_payload
from dashboard.store.layers.large import Found, LargeLayer, Points, Sight, StoredCounts, WindowedRows
from dashboard.workflows.access.audience import Audience, audience_version
from dashboard.workflows.large_layers.kept_counts import counts_for
from dashboard.workflows.layers.coarsening import coarse_rows
from dashboard.workflows.layers.frames import FRAME_COLUMNS, build_layer_frames
from dashboard.workflows.layers.on_grid import centres_of

if TYPE_CHECKING:
    from dashboard.store.layers.reach import Window

__all__ = ["MOST_IN_WINDOW", "counts_payload", "large_version", "window_payload"]

MOST_IN_WINDOW: Final = 20_000
"""Most records that a map is given singly."""

_MOST_COUNTS: Final = 150_000  # beyond them, those of the whole world serve
_MOST_READ: Final = 500_000
_DIGITS: Final = 9  # sums in another order give the same middle
_SURELY_CUT: Final = 1.5  # counts at the edge of a window may lie outside it


def large_version(layer: LargeLayer, audience: Audience) -> str:
    """Name what an audience sees of a large layer.

    Parameters
    ----------
    layer
        The layer.
    audience
        Who looks.

    Returns
    -------
    str
        The same name, the same answers.
    """
    return audience_version(layer.version, "", replace(audience, protected=False))


def counts_payload(layer: LargeLayer, rows: WindowedRows, audience: Audience) -> bytes:
    """Encode what lies where and when.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows, which are read when the counts on the grid of this audience are not there yet.
    audience
        Who looks. One that sees places on a grid sees counts on the grid: where in a cell the records of a
        count lie would give a single one away.

    Returns
    -------
    bytes
        The payload that the map begins with.

    Raises
    ------
    LayerError
        If the layer is damaged, or its folder cannot be written.
    StoreError
        If its database does not answer.
    """
    stored = counts_for(layer, rows, audience.cell)
    counts = stored.far()
    return _encoded(layer, counts, _points_of(counts, audience), audience, {"cell": stored.cell})


def _points_of(counts: pa.Table, audience: Audience) -> tuple[Points, Points]:
    records = counts.column("records").to_numpy()
    lon, lat = (counts.column(name).to_numpy() / records for name in ("lon", "lat"))
    if audience.cell <= 0:
        return lon, lat
    # Middles of points on the grid already: between cells where one count holds several.
    return centres_of(np.round(lon, _DIGITS), np.round(lat, _DIGITS), audience.cell)


def _encoded(
    layer: LargeLayer,
    counts: pa.Table,
    points: tuple[Points, Points],
    audience: Audience,
    said: dict[str, float],
) -> bytes:
    return encode_counts(
        large_version(layer, audience),
        points,
        (counts.column("first").to_numpy(), counts.column("last").to_numpy()),
        counts.column("kind").to_pylist(),
        counts.column("records").to_numpy(),
        said=said,
    )


def _smaller(
    stored: StoredCounts, far: pa.Table, window: "Window", audience: Audience
) -> tuple[pa.Table, float, tuple[Points, Points]] | None:
    """Give the counts of a window in smaller cells, degrees of these, and where they are drawn."""
    degrees = stored.near_cell
    # At most so many: most cells are empty, so that far fewer come of it.
    if far.num_rows * (stored.cell / degrees) ** 2 > _MOST_READ:
        return None
    wide = window.widened(max(degrees, audience.cell))
    lines = ((wide.south + 90) // degrees, (wide.north + 90) // degrees)
    parts = [
        stored.near((west + 180) // degrees, (east + 180) // degrees, *lines) for west, east in wide.stretches
    ]
    counts, points = _inside(pa.concat_tables(parts), window, audience)
    return None if counts.num_rows > _MOST_COUNTS else (counts, degrees, points)


def _inside(counts: pa.Table, window: "Window", audience: Audience) -> tuple[pa.Table, tuple[Points, Points]]:
    points = _points_of(counts, audience)
    days = (counts.column(name).to_numpy() for name in ("first", "last"))
    inside = np.flatnonzero(window.holds(*points, *days))
    return counts.take(pa.array(inside)), (points[0][inside], points[1][inside])


def window_payload(layer: LargeLayer, rows: WindowedRows, window: "Window", audience: Audience) -> bytes:
    """Encode the single records of a window.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows.
    window
        The window.
    audience
        Who looks.

    Returns
    -------
    bytes
        A payload whose header says as ``total`` how many the window holds. When these are more than are
        given singly, ``cut`` is 1 and the payload has counts, in smaller cells than those of the whole world.

    Raises
    ------
    LayerError
        If the layer is damaged.
    StoreError
        If its database does not answer.
    """
    stored = counts_for(layer, rows, audience.cell)
    far, points = _inside(stored.far(), window, audience)
    estimate = int(np.sum(far.column("records").to_numpy()))
    most = 0 if estimate > _SURELY_CUT * MOST_IN_WINDOW else MOST_IN_WINDOW
    found = rows.window(window, FRAME_COLUMNS, most, _sight(audience))
    if most < found.total <= MOST_IN_WINDOW:
        # Counts of large cells had said more: what they count lies beside the window.
        found = rows.window(window, FRAME_COLUMNS, MOST_IN_WINDOW, _sight(audience))
    if found.is_cut:
        counts, degrees, points = _smaller(stored, far, window, audience) or (far, stored.cell, points)
        said = {"total": found.total, "cut": 1, "cell": degrees}
        return _encoded(layer, counts, points, audience, said)
    table = _unordered(coarse_rows(_typed(found), audience.cell, audience.key))
    frames = build_layer_frames(table, large_version(layer, audience))
    return encode_payload(frames, said={"total": found.total, "cut": 0})


def _typed(found: Found) -> pa.Table:
    return found.rows.cast(pa.schema([LAYER_ROWS.field(name) for name in found.rows.schema.names]))


def _unordered(rows: pa.Table) -> pa.Table:
    # By what is shown: the order in which rows lie, or of ids made of points, tells what a grid does not.
    return rows.sort_by([(name, "ascending") for name in FRAME_COLUMNS])


def _sight(audience: Audience) -> Sight | None:
    cell = audience.cell
    return Sight(cell, lambda lon, lat: centres_of(lon, lat, cell)) if cell > 0 else None
