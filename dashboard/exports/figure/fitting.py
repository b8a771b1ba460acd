"""Which marks a map is fitted to: all of them, unless a few far ones would make the others a blot.

What is left out is named on the map. A place known only as a country counts for less: its point is nobody's.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.exports.figure.marks import Marks
from dashboard.exports.figure.projection import MapFrame, fit_frame

__all__ = ["fit_marks"]

_FEWEST: Final = 12
_FAR: Final = ((0.012, 0.85), (0.05, 0.72))
"""Share of marks that may be left out, and of the width that has to be gained by it."""
_WORTH_COUNTRIES: Final = 0.75  # the same for places known only as a country


def fit_marks(marks: Marks, aspect: float) -> MapFrame:
    """Choose the piece of world that shows the marks.

    Parameters
    ----------
    marks
        The marks.
    aspect
        Width of the drawing divided by its height.

    Returns
    -------
    MapFrame
        The frame.
    """
    frame = _fitted(marks, np.ones(len(marks), dtype=bool), aspect)
    sharp = marks.table["precision"].to_numpy() != "country"
    if int(sharp.sum()) < _FEWEST:
        return frame
    closer = _fitted(marks, sharp, aspect)
    if closer.width < _WORTH_COUNTRIES * frame.width:
        frame = closer
    points = frame.project(marks.lon, marks.lat)
    away = np.hypot(*(points - np.median(points[sharp], axis=0)).T)
    for share, worth in _FAR:
        near = sharp & (away <= np.quantile(away[sharp], 1 - share, method="lower"))
        closer = _fitted(marks, near, aspect)
        if closer.width < worth * frame.width:
            return closer
    return frame


def _fitted(marks: Marks, rows: npt.NDArray[np.bool_], aspect: float) -> MapFrame:
    return fit_frame(marks.lon[rows], marks.lat[rows], marks.radius[rows], aspect)
