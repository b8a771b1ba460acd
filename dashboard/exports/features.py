"""Features of a view: one record at one location, in the view's order, handed out in pieces.

A record with three places makes three features, one without any makes one without a point, so that no
record is missing because nobody knows where it is.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.exports.columns import FEATURES, PLACES, names
from dashboard.exports.view import ExportView
from dashboard.exports.writing import CHUNK, Pace

__all__ = ["Features", "cells_of"]

_RENAMED = {"id": "location_id"}


class Features:
    """The features of a view.

    Parameters
    ----------
    view
        The view.
    placed_only
        Whether records and places without a point are left out.
    """

    def __init__(self, view: ExportView, *, placed_only: bool = False) -> None:
        self._view = view
        self._records, self._places = _pairs(view)
        self.pointless = int((~self._has_point()).sum())
        """Features without a point."""
        if placed_only:
            keep = self._has_point()
            self._records, self._places = self._records[keep], self._places[keep]

    def __len__(self) -> int:
        """Count them."""
        return len(self._records)

    @property
    def records(self) -> int:
        """How many records they are of."""
        return len(np.unique(self._records))

    def _has_point(self) -> npt.NDArray[np.bool_]:
        placed = np.append(self._view.places["lat"].notna().to_numpy(dtype=bool), [False])
        found: npt.NDArray[np.bool_] = placed[self._places]  # -1 is the one appended: no place
        return found

    def chunks(self, pace: Pace, size: int = CHUNK) -> Iterator[pd.DataFrame]:
        """Hand them out in pieces.

        Parameters
        ----------
        pace
            Told of each piece when the next one is asked for.
        size
            Features in a piece.

        Yields
        ------
        pandas.DataFrame
            Columns of `dashboard.exports.columns.FEATURES`.
        """
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            yield self._chunk(self._records[part], self._places[part])
            pace.advance(len(self._records[part]))

    def _chunk(self, records: npt.NDArray[np.intp], places: npt.NDArray[np.intp]) -> pd.DataFrame:
        own = self._view.records.iloc[records].reset_index(drop=True)
        frame = pd.DataFrame(self._view.places[list(names(PLACES))])
        # reindex gives a row of nothing for -1, which iloc would take for the last one.
        at = frame.reindex(places).reset_index(drop=True).rename(columns=_RENAMED)
        texts = [one.name for one in FEATURES if one.type == "text" and one.name in at.columns]
        at[texts] = at[texts].fillna("")
        at.loc[places < 0, "precision"] = "none"
        columns = {name: at[name] if name in at.columns else own[name] for name in names(FEATURES)}
        columns["id"] = own["id"]
        return pd.DataFrame(columns)


def _pairs(view: ExportView) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Pair the numbers of records with those of their places, -1 for none, in the records' order."""
    owners = pd.Index(view.records["id"]).get_indexer(pd.Index(view.places["record_id"]))
    order = np.argsort(owners, kind="stable")
    counts = (
        np.bincount(owners, minlength=len(view.records)) if len(owners) else np.zeros(len(view.records), int)
    )
    records = np.repeat(np.arange(len(view.records)), np.maximum(counts, 1))
    places = np.full(len(records), -1, dtype=np.intp)
    places[np.repeat(counts > 0, np.maximum(counts, 1))] = order
    return records, places


def cells_of(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a piece as plain values.

    Parameters
    ----------
    frame
        A few thousand rows.

    Yields
    ------
    tuple
        Texts, numbers, None where a number is missing.
    """
    columns = (
        [None if value != value else value for value in column.tolist()]  # noqa: PLR0124  # NaN alone differs from itself
        if column.dtype == "float64"
        else column.tolist()
        for _, column in frame.items()
    )
    yield from zip(*columns, strict=True)
