"""Places of imported rows that came without coordinates: each name decided once, whatever the rows.

What the gazetteer cannot decide is a problem of the row, with the candidates to choose from; nothing is
guessed.
"""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.geocoding import Gazetteer, HandDecidedPlaces, Resolution, resolve
from dashboard.importers.rows import RowProblem

__all__ = ["GEOCODED", "PlaceFinder"]

GEOCODED: Final = "geocoded"
"""Flag of a row whose point comes from the gazetteer and not from the file."""

_SHOWN: Final = 5
_Key = tuple[str, str]


class PlaceFinder:
    """Finds the points of places by name, and remembers every answer.

    Parameters
    ----------
    gazetteer
        Where to look.
    hand_decided
        Places that win over the gazetteer.
    before_each
        Called before each name that was not asked for yet; what it raises ends the work.
    column
        What the file calls the column of places, for the problems of rows.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        hand_decided: HandDecidedPlaces | None = None,
        before_each: Callable[[], None] | None = None,
        *,
        column: str = "place",
    ) -> None:
        self._gazetteer = gazetteer
        self._hand_decided = hand_decided
        self._before_each = before_each
        self._column = column
        self._known: dict[_Key, Resolution] = {}
        self.placed = 0
        """Rows that were given a point so far."""

    def place(self, rows: pa.RecordBatch) -> tuple[pa.RecordBatch, tuple[RowProblem, ...]]:
        """Give points to the rows that name a place and have none.

        Parameters
        ----------
        rows
            Rows, as ``LAYER_ROWS``.

        Returns
        -------
        tuple of (pyarrow.RecordBatch, tuple of RowProblem)
            The rows, those that were placed with the flag `GEOCODED`; and the names that could not be
            decided, row by row.

        Raises
        ------
        GazetteerError
            If the gazetteer is missing or damaged.
        """
        wanted = pc.and_(pc.is_null(rows.column("lat")), pc.not_equal(rows.column("place"), ""))
        at = np.flatnonzero(wanted.to_numpy(zero_copy_only=False))
        if not len(at):
            return rows, ()
        asked = pd.DataFrame(
            {name: rows.column(name).take(pa.array(at)).to_pandas() for name in ("row", "place", "country")}
        )
        keys = list(zip(asked["place"], asked["country"], strict=True))
        for key in dict.fromkeys(keys):
            if key not in self._known:
                if self._before_each:
                    self._before_each()
                self._known[key] = self._resolve(*key)
        found = [self._known[key] for key in keys]
        problems = _problems(self._column, zip(asked["row"], keys, found, strict=True))
        return self._filled(rows, at, found), problems

    @property
    def undecided(self) -> tuple[str, ...]:
        """Names that could not be decided, with the country where one is stated: ``Springfield; US``."""
        return tuple(
            f"{place}; {country}" if country else place
            for (place, country), resolution in self._known.items()
            if resolution.chosen is None
        )

    def _resolve(self, place: str, country: str) -> Resolution:
        return resolve(
            place, gazetteer=self._gazetteer, hand_decided=self._hand_decided, country=country or None
        )

    def _filled(
        self, rows: pa.RecordBatch, at: "np.ndarray[tuple[int], np.dtype[np.int64]]", found: list[Resolution]
    ) -> pa.RecordBatch:
        columns = {
            name: rows.column(name).to_pylist()
            for name in ("lat", "lon", "precision", "precision_m", "country", "flags")
        }
        for place, resolution in zip(at.tolist(), found, strict=True):
            if resolution.chosen is None:
                continue
            entry = resolution.chosen.entry
            columns["lat"][place], columns["lon"][place] = entry.lat, entry.lon
            columns["precision"][place], columns["precision_m"][place] = entry.precision, entry.precision_m
            columns["country"][place] = columns["country"][place] or entry.country
            columns["flags"][place] = (columns["flags"][place] or "|") + GEOCODED + "|"
            self.placed += 1
        arrays = [
            pa.array(columns[field.name], field.type) if field.name in columns else rows.column(field.name)
            for field in rows.schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=rows.schema)


def _problems(column: str, asked: Iterable[tuple[int, _Key, Resolution]]) -> tuple[RowProblem, ...]:
    return tuple(
        RowProblem(int(row), column, place[:200], _reason(resolution), _fix(resolution))
        for row, (place, _country), resolution in asked
        if resolution.chosen is None
    )


def _reason(resolution: Resolution) -> str:
    if resolution.status == "ambiguous":
        return "several places bear this name and none stands out, so the row has no point"
    return "no place of this name is known, so the row has no point"


def _fix(resolution: Resolution) -> str:
    entries = [one.entry for one in resolution.candidates[:_SHOWN]]
    if not entries:
        return "Write coordinates, or another spelling of the place"
    names = "; ".join(", ".join(filter(None, (one.name, one.admin1, one.country))) for one in entries)
    return f"Write the country or coordinates. Candidates: {names}"
