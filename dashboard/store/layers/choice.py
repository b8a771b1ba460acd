"""What is asked of the rows of a large layer: a window, kinds, countries, an area, days, for whose eyes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.store.layers.reach import Window

__all__ = ["WHERE_COLUMNS", "Asked", "Choice", "Sight", "Words"]

WHERE_COLUMNS: Final = ("lon", "lat", "first", "last")
"""What decides whether a row lies in a window."""

Points = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Choice:
    """Conditions that rows have to meet, all of them.

    Parameters
    ----------
    kinds
        Codes of kinds, any of them; empty for all.
    countries
        Codes of countries, any of them; empty for all.
    around
        A box and days that rows must lie in as well; None for no other than the window's.
    inside
        Says which points lie in an area that ``around`` is the box of; None for the box itself.
    """

    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    around: Window | None = None
    inside: Callable[[Points, Points], Bools] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are looked at besides points and days."""
        return (*(("kind",) if self.kinds else ()), *(("country",) if self.countries else ()))

    def holds(
        self,
        points: tuple[Points, Points],
        days: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]],
        rows: pa.Table,
    ) -> Bools:
        """Say which rows meet them.

        Parameters
        ----------
        points
            Longitudes and latitudes, as they are seen.
        days
            First and last days.
        rows
            The rows, with `columns`.

        Returns
        -------
        numpy.ndarray
            One answer for each.
        """
        held = np.ones(len(points[0]), dtype=bool)
        for name, wanted in (("kind", self.kinds), ("country", self.countries)):
            if wanted:
                found = pc.is_in(rows.column(name), pa.array(wanted, pa.string()))
                held &= found.to_numpy(zero_copy_only=False).astype(bool)
        if self.around is not None:
            held &= self.around.holds(*points, *days)
        if self.inside is not None:
            # Only of what is left: an area of a hundred corners is slow.
            left = np.flatnonzero(held)
            held[left] = self.inside(points[0][left], points[1][left])
        return held


@dataclass(frozen=True, slots=True)
class Sight:
    """How somebody sees points who may not see them exactly.

    Parameters
    ----------
    cell
        Degrees of the grid that points are put on.
    place
        Gives longitudes and latitudes as they are seen.
    """

    cell: float
    place: Callable[[Points, Points], tuple[Points, Points]]


@dataclass(frozen=True, slots=True)
class Words:
    """Words that a row has to have, each of them as a part of one of its own.

    Parameters
    ----------
    words
        The words, folded.
    cell
        Degrees of the grid that whoever asks sees points on; 0 for none.
    columns
        What a row's own words stand in.
    said
        Gives the folded words of rows, as whoever asks may know them.
    """

    words: tuple[str, ...]
    cell: float
    columns: tuple[str, ...]
    said: Callable[[pa.Table], pa.Array]

    def holds(self, rows: pa.Table) -> Bools:
        """Say which rows have all of them, by reading each.

        Parameters
        ----------
        rows
            Rows with `columns`.

        Returns
        -------
        numpy.ndarray
            One answer for each.
        """
        said = self.said(rows)
        held = np.ones(rows.num_rows, dtype=bool)
        for word in self.words:
            held &= pc.match_substring(said, word).to_numpy(zero_copy_only=False).astype(bool)
        return held


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of the rows of a large layer.

    Parameters
    ----------
    window
        A part of Earth and of time.
    choice
        What else the rows have to meet; None for nothing.
    sight
        How whoever asks sees points: where they are seen, not where they are, decides what lies in the
        window. None for those who see them exactly.
    words
        Words that they have to have; None for none.
    """

    window: Window
    choice: Choice | None = None
    sight: Sight | None = None
    words: Words | None = None

    @property
    def windows(self) -> tuple[Window, ...]:
        """Windows that exact points have to lie in, however they are seen."""
        around = (self.choice.around,) if self.choice and self.choice.around else ()
        cell = self.sight.cell if self.sight else 0.0
        return tuple(one.widened(cell) for one in (self.window, *around))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that decide."""
        chosen = self.choice.columns if self.choice else ()
        return tuple(dict.fromkeys((*WHERE_COLUMNS, *chosen, *(self.words.columns if self.words else ()))))

    def held(self, rows: pa.Table) -> npt.NDArray[np.int64]:
        """Say which rows are among what is asked for.

        Parameters
        ----------
        rows
            Rows with `columns`.

        Returns
        -------
        numpy.ndarray
            Their places.
        """
        lon, lat = (rows.column(name).to_numpy().astype(float) for name in ("lon", "lat"))
        if self.sight is not None:
            lon, lat = self.sight.place(lon, lat)
        first, last = (rows.column(name).to_numpy() for name in ("first", "last"))
        held = self.window.holds(lon, lat, first, last)
        if self.choice is not None:
            held &= self.choice.holds((lon, lat), (first, last), rows)
        places = np.flatnonzero(held)
        if self.words is not None:
            places = places[self.words.holds(rows.take(pa.array(places)))]
        return places
