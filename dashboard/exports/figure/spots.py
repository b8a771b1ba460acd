"""Marks that would lie on one another become one spot with a number, as the app counts them in cells.

Positions are never moved apart: a symbol that lies where its record does not would be a false statement.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.exports.figure.signs import HALF

__all__ = ["Spot", "gather", "spot_radius"]

Floats = npt.NDArray[np.float64]

_REACHES: Final = tuple(HALF * 1.5 * 1.4**step for step in range(12))
_APART: Final = 0.92  # of their radii; discs may touch, not hide one another
_COARSEST: Final = 4_000  # spots that are compared one by one


@dataclass(frozen=True)
class Spot:
    """Marks drawn as one.

    Parameters
    ----------
    x, y
        Where, in points.
    rows
        Rows of its marks.
    """

    x: float
    y: float
    rows: npt.NDArray[np.int64]


def spot_radius(count: float | Floats) -> Floats:
    """Size a spot: as its sign for one mark, growing slowly with their number.

    Parameters
    ----------
    count
        How many marks.

    Returns
    -------
    numpy.ndarray
        Radius in points.
    """
    counts = np.asarray(count, dtype=float)
    return np.where(counts == 1, HALF * 1.1, HALF * 1.25 + 1.6 * np.log10(counts) + 1.2)


def gather(points: Floats, most: int) -> list[Spot]:
    """Put marks together that overlap, more of them until few enough spots are left.

    Parameters
    ----------
    points
        Middle of each mark in points of the page.
    most
        How many spots the drawing can carry.

    Returns
    -------
    list of Spot
        The largest first; those of equal size from the north.
    """
    if not len(points):
        return []
    spots: list[Spot] = []
    for reach in _REACHES:
        spots = _gathered(points, reach)
        if len(spots) <= most:
            break
    return sorted(spots, key=lambda spot: (-len(spot.rows), -spot.y, spot.x))


def _gathered(points: Floats, reach: float) -> list[Spot]:
    groups = _cells(points, reach / 3)
    if len(groups) > _COARSEST:
        groups = _cells(points, reach)
    spots = [_spot(points, rows) for rows in groups]
    while len(merged := _merged(spots, reach)) < len(spots):  # a disc that grew may touch another one now
        spots = merged
    return spots


def _spot(points: Floats, rows: npt.NDArray[np.int64]) -> Spot:
    x, y = points[rows].mean(axis=0)
    return Spot(float(x), float(y), rows)


def _merged(spots: list[Spot], reach: float) -> list[Spot]:
    middles = np.array([(spot.x, spot.y) for spot in spots])
    sizes = np.array([len(spot.rows) for spot in spots])
    radii = spot_radius(sizes)
    free = np.ones(len(spots), dtype=bool)
    out = []
    for first in np.lexsort((middles[:, 0], -middles[:, 1], -sizes)):
        if not free[first]:
            continue
        apart = np.maximum(reach, _APART * (radii + radii[first]))
        near = free & (np.hypot(*(middles - middles[first]).T) < apart)
        free &= ~near
        rows = np.sort(np.concatenate([spots[k].rows for k in np.flatnonzero(near)]))
        # Where most of them are, not between two towns.
        out.append(Spot(spots[first].x, spots[first].y, rows))
    return out


def _cells(points: Floats, side: float) -> list[npt.NDArray[np.int64]]:
    cells = np.floor(points / side).astype(np.int64)
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    order = np.argsort(cell, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(cell[order])) + 1)
