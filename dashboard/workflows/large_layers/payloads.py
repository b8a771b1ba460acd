"""What a map is given of a large layer: counts for the whole world, counts or single records of a window.

What an audience that sees places on a grid is given follows from points on the grid alone: its counts are
made from these, its windows hold what the grid puts into them, and neither stands in the order of the rows.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.importers.rows import LAYER_ROWS
from dashboard.maps.counted import encode_counts
from dashboard.maps.payload import encode_payload
from dashboard.store.layers.beside import Lists, Matched
from dashboard.store.layers.choice import Asked, Bools, Points
from dashboard.store.layers.large import Found, LargeLayer, StoredCounts, WindowedRows
from dashboard.store.layers.reach import Window
from dashboard.workflows.access.audience import Audience, audience_version
from dashboard.workflows.large_layers.counted import NEAR, Counting, counts_of
from dashboard.workflows.large_layers.kept_counts import counts_for
from dashboard.workflows.large_layers.narrowing import Narrowing, narrowing_of
from dashboard.workflows.large_layers.records import shown_rows, sight_of
from dashboard.workflows.large_layers.words import lists_for, words_for
from dashboard.workflows.layers.frames import FRAME_COLUMNS, build_layer_frames
from dashboard.workflows.layers.on_grid import centres_of
from dashboard.workflows.views.narrowing import narrowed as narrowed_to
from dashboard.workflows.views.selection import Filters, matching

__all__ = [
    "MOST_IN_WINDOW",
    "MOST_RECOUNTED",
    "counts_payload",
    "drawn_at",
    "large_version",
    "large_versions",
    "window_payload",
]

MOST_IN_WINDOW: Final = 20_000
"""Most records that a map is given singly."""

MOST_RECOUNTED: Final = 500_000
"""Most records that are counted anew because filters or words ask for them."""

_MOST_COUNTS: Final = 150_000  # beyond them, those of the whole world serve
_MOST_READ: Final = 500_000
_DIGITS: Final = 9  # sums in another order give the same middle
_MOST_LOOKED_AT: Final = 3_000_000  # a second
_MOST_GROUPS: Final = 200  # a second and a half
_ALWAYS: Final = Window(-180.0, -90.0, 180.0, 90.0, DAY_PAST, DAY_FUTURE)
_SURELY_CUT: Final = 1.5  # counts at the edge of a window may lie outside it


def large_version(layer: LargeLayer, rows: WindowedRows, audience: Audience) -> str:
    """Name what an audience sees of a large layer.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows, which are not read.
    audience
        Who looks.

    Returns
    -------
    str
        The same name, the same answers: another one once words are kept, as the same rows answer otherwise.
    """
    return large_versions(layer, audience)[lists_for(rows, audience) is not Lists.WHOLE]


def large_versions(layer: LargeLayer, audience: Audience) -> tuple[str, str]:
    """Give both names that a version of a large layer may have for an audience.

    Parameters
    ----------
    layer
        The layer.
    audience
        Who looks.

    Returns
    -------
    tuple of (str, str)
        Where words are looked up, and where they are read row by row.
    """
    seen = replace(audience, protected=False)
    looked_up, read = (audience_version(f"{layer.version}{how}", "", seen) for how in ("", "-read"))
    return looked_up, read


def counts_payload(
    layer: LargeLayer, rows: WindowedRows, audience: Audience, filters: Filters | None = None
) -> bytes:
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
    filters
        What is asked for; None for everything.

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
    narrowing = narrowing_of(filters)
    view = _View(_ALWAYS, narrowing, audience)
    matched = _matched(rows, view, 0, stored.far()) if narrowing.words else None
    if matched is not None and matched.where is not None:
        counts, cell, points = view.recounted(matched.where)
        said = {"cell": cell, "about": int(not view.is_counted)}
        return _encoded(large_version(layer, rows, audience), counts, points, said)
    counts = stored.far()
    points = drawn_at(counts, audience)
    if not narrowing.is_empty:
        counts, points = _taken(counts, points, narrowing.of_counts(counts, points))
    said = {"cell": stored.cell, "about": int(not narrowing.is_empty)}
    return _encoded(large_version(layer, rows, audience), counts, points, said)


def drawn_at(counts: pa.Table, audience: Audience) -> tuple[Points, Points]:
    """Give where counts are drawn.

    Parameters
    ----------
    counts
        As `dashboard.workflows.large_layers.counted.COUNTS`, those for this audience.
    audience
        Who looks.

    Returns
    -------
    tuple of (numpy.ndarray, numpy.ndarray)
        Longitudes and latitudes.
    """
    records = counts.column("records").to_numpy()
    lon, lat = (counts.column(name).to_numpy() / records for name in ("lon", "lat"))
    if audience.cell <= 0:
        return lon, lat
    # Middles of points on the grid already: between cells where one count holds several.
    return centres_of(np.round(lon, _DIGITS), np.round(lat, _DIGITS), audience.cell)


def _encoded(version: str, counts: pa.Table, points: tuple[Points, Points], said: dict[str, float]) -> bytes:
    return encode_counts(
        version,
        points,
        (counts.column("first").to_numpy(), counts.column("last").to_numpy()),
        counts.column("kind").to_pylist(),
        counts.column("records").to_numpy(),
        said=said,
    )


def _taken(
    counts: pa.Table, points: tuple[Points, Points], which: Bools
) -> tuple[pa.Table, tuple[Points, Points]]:
    places = np.flatnonzero(which)
    return counts.take(pa.array(places)), (points[0][places], points[1][places])


@dataclass(frozen=True, slots=True)
class _View:
    """A part of a layer as somebody sees it."""

    window: Window
    narrowing: Narrowing
    audience: Audience

    @property
    def asked(self) -> Asked:
        words = words_for(self.narrowing.words, self.audience)
        return Asked(self.window, self.narrowing.choice, sight_of(self.audience), words)

    @property
    def is_counted(self) -> bool:
        """Whether a count of rows is one of records that meet the filters."""
        return self.narrowing.is_empty or self.narrowing.is_of_rows

    def recounted(self, where: pa.Table) -> tuple[pa.Table, float, tuple[Points, Points]]:
        """Count rows anew; give the counts, degrees of their cells, and where they are drawn."""
        sight = self.asked.sight
        if sight is not None:
            seen = sight.place(*(where.column(name).to_numpy() for name in ("lon", "lat")))
            where = where.set_column(0, "lon", pa.array(seen[0])).set_column(1, "lat", pa.array(seen[1]))
        counting = Counting(NEAR, MOST_RECOUNTED)
        counting.add(counts_of(where))
        counts, degrees, _ = counting.finished(_MOST_COUNTS)
        return counts, degrees, drawn_at(counts, self.audience)

    def counts(self, counts: pa.Table) -> tuple[pa.Table, tuple[Points, Points]]:
        points = drawn_at(counts, self.audience)
        days = (counts.column(name).to_numpy() for name in ("first", "last"))
        held = self.window.holds(*points, *days)
        if not self.narrowing.is_empty:
            held &= self.narrowing.of_counts(counts, points)
        return _taken(counts, points, held)

    def within(self, counts: pa.Table) -> int:
        """Say how many records counts have in the window, whatever else is asked for."""
        of_counts = (
            *drawn_at(counts, self.audience),
            *(counts.column(n).to_numpy() for n in ("first", "last")),
        )
        around = self.narrowing.choice.around if self.narrowing.choice else None
        held = self.window.holds(*of_counts)
        if around is not None:
            held &= around.holds(*of_counts)
        return int(np.sum(counts.column("records").to_numpy()[held]))

    def smaller(
        self, stored: StoredCounts, far: pa.Table
    ) -> tuple[pa.Table, float, tuple[Points, Points]] | None:
        """Give the counts of the window in smaller cells, degrees of these, and where they are drawn."""
        degrees = stored.near_cell
        # At most so many: most cells are empty, so that far fewer come of it.
        if far.num_rows * (stored.cell / degrees) ** 2 > _MOST_READ:
            return None
        wide = self.window.widened(max(degrees, self.audience.cell))
        lines = ((wide.south + 90) // degrees, (wide.north + 90) // degrees)
        parts = [
            stored.near((west + 180) // degrees, (east + 180) // degrees, *lines)
            for west, east in wide.stretches
        ]
        counts, points = self.counts(pa.concat_tables(parts))
        return None if counts.num_rows > _MOST_COUNTS else (counts, degrees, points)


def window_payload(
    layer: LargeLayer,
    rows: WindowedRows,
    window: Window,
    audience: Audience,
    filters: Filters | None = None,
) -> bytes:
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
    filters
        What is asked for; None for everything.

    Returns
    -------
    bytes
        A payload whose header says as ``total`` how many the window holds, and as ``about`` whether that is
        so or only about so. When these are more than are given singly, or lie too far apart to be read,
        ``cut`` is 1 and the payload has counts, in smaller cells than those of the whole world.

    Raises
    ------
    LayerError
        If the layer is damaged.
    StoreError
        If its database does not answer.
    """
    view = _View(window, narrowing_of(filters), audience)
    stored = counts_for(layer, rows, audience.cell)
    everything = stored.far()
    far, points = view.counts(everything)
    matched = _matched(rows, view, MOST_IN_WINDOW, everything)
    found = _found(rows, view, int(np.sum(far.column("records").to_numpy())), matched)
    if found is None or found.is_cut:
        narrowed = view.recounted(matched.where) if matched and matched.where is not None else None
        counts, degrees, points = narrowed or view.smaller(stored, far) or (far, stored.cell, points)
        exact = found or matched
        total = exact.total if exact else int(np.sum(counts.column("records").to_numpy()))
        said = {"total": total, "about": int(not (exact and view.is_counted)), "cut": 1, "cell": degrees}
        return _encoded(large_version(layer, rows, audience), counts, points, said)
    table = _unordered(shown_rows(layer, found.rows, audience))
    frames = build_layer_frames(table, large_version(layer, rows, audience))
    if not view.narrowing.is_empty:
        frames = narrowed_to(frames, matching(frames, view.narrowing.rest))
    total = found.total if view.narrowing.is_empty else len(frames.records)
    return encode_payload(frames, said={"total": total, "about": 0, "cut": 0})


def _matched(rows: WindowedRows, view: _View, most: int, far: pa.Table) -> Matched | None:
    """Look beside the rows for what filters ask; None where nothing is asked, or it would take too long."""
    asked, narrowing = view.asked, view.narrowing
    if narrowing.is_empty or narrowing.without:
        return None
    # Whether it would take too long shows: a grid's own counts say so there, and not how far groups of rows
    # reach, which is as far as points.
    on_grid = asked.sight is not None
    if (
        asked.words is None
        and (view.within(far) if on_grid else rows.beside.looked_at(asked)) > _MOST_LOOKED_AT
    ):
        return None
    return rows.beside.matched(asked, most, MOST_RECOUNTED) if rows.beside.answers(asked) else None


def _found(rows: WindowedRows, view: _View, estimate: int, matched: Matched | None) -> Found | None:
    """Read single records; None where these are surely too many to read what filters ask of each."""
    most = 0 if estimate > _SURELY_CUT * MOST_IN_WINDOW else MOST_IN_WINDOW
    if view.narrowing.without:
        return Found(pa.schema([LAYER_ROWS.field(name) for name in FRAME_COLUMNS]).empty_table(), 0)
    if matched is not None:
        # Each group is opened for the few that it holds.
        is_far_apart = matched.groups > _MOST_GROUPS
        if matched.total > MOST_IN_WINDOW or is_far_apart:
            return None
        return Found(rows.at(matched.numbers, FRAME_COLUMNS), matched.total)
    if not (most or view.narrowing.is_empty):
        return None
    found = rows.window(view.asked, FRAME_COLUMNS, most)
    if most < found.total <= MOST_IN_WINDOW:
        # Counts of large cells had said more: what they count lies beside the window.
        found = rows.window(view.asked, FRAME_COLUMNS, MOST_IN_WINDOW)
    return found


def _unordered(rows: pa.Table) -> pa.Table:
    # By what is shown: the order in which rows lie, or of ids made of points, tells what a grid does not.
    return rows.sort_by([(name, "ascending") for name in FRAME_COLUMNS])
