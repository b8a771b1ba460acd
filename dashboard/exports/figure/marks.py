"""What a figure marks on its map: one mark for each record and place that has a point."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.exports.figure.signs import COARSE, Sign
from dashboard.exports.view import ExportView

__all__ = ["Marks", "marks_of"]

_TEXTS: Final = ("type", "kind", "status", "name", "fit", "earliest", "latest", "date")


@dataclass(frozen=True)
class Marks:
    """Marks as columns, in the order of the view.

    Parameters
    ----------
    table
        One row a mark: ``record_id``, ``type``, ``kind``, ``status``, ``name``, ``certain``, ``place``,
        ``country``, ``precision``, ``earliest``, ``latest``.
    lon, lat
        Degrees.
    radius
        Metres around the point in which the place lies.
    """

    table: pd.DataFrame
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    radius: npt.NDArray[np.float64]

    def __len__(self) -> int:
        """Count them."""
        return len(self.table)

    def sign(self, row: int) -> Sign:
        """Say how a mark looks.

        Parameters
        ----------
        row
            Its row.

        Returns
        -------
        Sign
            Its sign.
        """
        mark = self.table.iloc[row]
        return Sign(
            str(mark["type"]),
            str(mark["kind"]),
            str(mark["status"]),
            bool(mark["certain"]),
            str(mark["precision"]) in COARSE,
        )

    def only(self, rows: npt.NDArray[np.bool_]) -> "Marks":
        """Take some of them.

        Parameters
        ----------
        rows
            Which ones.

        Returns
        -------
        Marks
            Those, in the same order.
        """
        table = self.table[rows].reset_index(drop=True)
        return Marks(table, self.lon[rows], self.lat[rows], self.radius[rows])


def marks_of(view: ExportView) -> Marks:
    """List the marks of a view.

    Parameters
    ----------
    view
        The view.

    Returns
    -------
    Marks
        One for each record and place with a point on the Earth.
    """
    places = pd.DataFrame(view.places.drop(columns="geometry", errors="ignore"))
    lon = pd.to_numeric(places["lon"], errors="coerce").to_numpy(dtype=float)
    lat = pd.to_numeric(places["lat"], errors="coerce").to_numpy(dtype=float)
    placed = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90)  # noqa: PLR2004  # degrees
    places = places[placed]
    records = view.records.set_index("id")[list(_TEXTS)]
    known = places["record_id"].isin(records.index).to_numpy()
    places = places[known]
    told = records.loc[places["record_id"]].reset_index(drop=True)
    table = pd.concat(
        [
            places[["record_id", "place", "country", "precision"]].reset_index(drop=True),
            told.assign(certain=told["fit"] == "certain"),
        ],
        axis=1,
    )
    radius = pd.to_numeric(places["precision_m"], errors="coerce").fillna(0).to_numpy(dtype=float)
    return Marks(table, lon[placed][known], lat[placed][known], np.maximum(radius, 0))
