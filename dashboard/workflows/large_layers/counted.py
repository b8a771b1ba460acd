"""What a large layer holds, counted once: records of a kind in a country, a cell and a stretch of time.

The map draws these counts, a few megabytes for any number of rows, until a view holds few enough records to
show them singly. Counting begins with small cells and single months; whatever grows too large is counted
again in larger ones, so that neither memory nor the answer grows with the rows.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST

__all__ = ["COUNTS", "FAR", "NEAR", "Counting", "cell_middles", "counts_of"]

FINEST: Final = 0.25
"""Degrees of the smallest cells."""

Levels = tuple[tuple[int, int], ...]

FAR: Final[Levels] = (
    (1, 1), (2, 1), (4, 1), (4, 3), (8, 3), (16, 3), (16, 12), (32, 12), (64, 12), (64, 60), (128, 240),
)  # fmt: skip
"""Side of a cell in smallest cells, and months of a stretch, from fine to coarse: for the whole world."""

NEAR: Final[Levels] = (
    (1, 1),
    (2, 1),
    (2, 3),
    (4, 3),
    (4, 12),
    (8, 12),
    (8, 60),
    (16, 60),
    (32, 240),
    (128, 240),
)
"""The same for a view that holds too many records to show them singly: smaller cells."""

_MOST_HELD: Final = 500_000
COUNTS: Final[pa.Schema] = pa.schema(
    [
        pa.field("column", pa.int32()),
        pa.field("line", pa.int32()),
        pa.field("opens", pa.int32()),
        pa.field("closes", pa.int32()),
        pa.field("kind", pa.string()),
        pa.field("country", pa.string()),
        pa.field("records", pa.int64()),
        pa.field("lon", pa.float64()),
        pa.field("lat", pa.float64()),
        pa.field("first", pa.int32()),
        pa.field("last", pa.int32()),
    ]
)
"""Counts: cell from the south-west, stretches of the first and last day, kind, country, how many, the sums of
their coordinates, and the days that all of them lie between."""

_KEYS: Final = ("column", "line", "opens", "closes", "kind", "country")
_SUMS: Final = (
    ("records", "sum"), ("lon", "sum"), ("lat", "sum"), ("first", "min"), ("last", "max"),
)  # fmt: skip


def counts_of(rows: pa.Table) -> pa.Table:
    """Count rows in the smallest cells and in months.

    Parameters
    ----------
    rows
        Rows with ``lon``, ``lat``, ``first``, ``last``, ``kind`` and ``country``, all with a point and a
        date.

    Returns
    -------
    pyarrow.Table
        As `COUNTS`.
    """
    lon, lat = (rows.column(name).to_numpy().astype(float) for name in ("lon", "lat"))
    first, last = (rows.column(name).to_numpy() for name in ("first", "last"))
    table = pa.table(
        {
            "column": _cells(lon, 180.0),
            "line": _cells(lat, 90.0),
            "opens": _months(first),
            "closes": _months(last),
            "kind": rows.column("kind"),
            "country": rows.column("country"),
            "records": np.ones(len(lon), dtype="int64"),
            "lon": lon,
            "lat": lat,
            "first": first,
            "last": last,
        },
        schema=COUNTS,
    )
    return _summed(table)


class Counting:
    """Counts put together, never more of them than fit.

    Parameters
    ----------
    levels
        In which cells and stretches they may be counted, from fine to coarse.
    most
        How many counts to hold at most.
    """

    def __init__(self, levels: Levels = FAR, most: int = _MOST_HELD) -> None:
        self._levels = levels
        self._most = most
        self._held = COUNTS.empty_table()
        self._level = 0

    def add(self, counts: pa.Table) -> None:
        """Add counts.

        Parameters
        ----------
        counts
            As `counts_of` gave them.
        """
        coarse = _coarser(counts, (1, 1), self._levels[self._level])
        self._held = _summed(pa.concat_tables([self._held, coarse]))
        self._shrink(self._most)

    def finished(self, most: int) -> tuple[pa.Table, float, int]:
        """Give the counts in the smallest cells in which there are not too many.

        Parameters
        ----------
        most
            How many counts at most; the coarsest level is given whatever it holds.

        Returns
        -------
        tuple of (pyarrow.Table, float, int)
            The counts, degrees of a cell and months of a stretch.
        """
        self._shrink(most)
        side, months = self._levels[self._level]
        # In an order of its own: that in which the rows came tells where in its cell a point lies.
        return self._held.sort_by([(name, "ascending") for name in _KEYS]), side * FINEST, months

    def _shrink(self, most: int) -> None:
        while self._held.num_rows > most and self._level + 1 < len(self._levels):
            finer, coarser = self._levels[self._level : self._level + 2]
            self._held = _summed(_coarser(self._held, finer, coarser))
            self._level += 1


def cell_middles(counts: pa.Table, degrees: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give the middle of each count's cell, which tells nothing of the points in it.

    Parameters
    ----------
    counts
        The counts.
    degrees
        Degrees of a cell.

    Returns
    -------
    tuple of (numpy.ndarray, numpy.ndarray)
        Longitudes and latitudes.
    """
    lon, lat = (
        np.minimum((counts.column(name).to_numpy() + 0.5) * degrees - most, most - FINEST / 2)
        for name, most in (("column", 180.0), ("line", 90.0))
    )
    return lon, lat


def _cells(degrees: npt.NDArray[np.float64], most: float) -> npt.NDArray[np.int32]:
    cells = np.floor((degrees + most) / FINEST)
    return np.clip(cells, 0, 2 * most / FINEST - 1).astype("int32")


def _months(days: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    return np.where((days == DAY_PAST) | (days == DAY_FUTURE), days, months).astype("int32")


def _coarser(counts: pa.Table, now: tuple[int, int], wanted: tuple[int, int]) -> pa.Table:
    (side, months), (larger, longer) = now, wanted
    if (side, months) == (larger, longer):
        return counts
    for name in _KEYS[:4]:
        values = counts.column(name).to_numpy()
        by = larger if name in {"column", "line"} else longer
        per = side if name in {"column", "line"} else months
        # Each level's numbers count its own units: a coarser one's follow from the finer one's exactly.
        fewer = values * per // by
        if name in {"opens", "closes"}:
            fewer = np.where((values == DAY_PAST) | (values == DAY_FUTURE), values, fewer)
        place = counts.schema.get_field_index(name)
        counts = counts.set_column(place, COUNTS.field(name), pa.array(fewer.astype("int32")))
    return counts


def _summed(counts: pa.Table) -> pa.Table:
    grouped = counts.group_by(list(_KEYS)).aggregate(list(_SUMS))
    names = {f"{name}_{how}": name for name, how in _SUMS}
    renamed = grouped.rename_columns([names.get(name, name) for name in grouped.schema.names])
    return renamed.select(COUNTS.names).cast(COUNTS)
