"""The records of a view as numbers, made into a frame, a table or a chart only as far as somebody looks."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.frames import AtlasFrames

__all__ = ["FIT_CERTAIN", "FIT_POSSIBLE", "Bools", "Numbers", "Rows"]

T = TypeVar("T")

FIT_CERTAIN: Final = "certain"
FIT_POSSIBLE: Final = "possible"

Bools = npt.NDArray[np.bool_]
"""One value for each of some rows."""
Numbers = npt.NDArray[np.intp]
"""Row numbers."""


@dataclass(frozen=True)
class Rows:
    """Records of a view in its order, made into a frame only as far as somebody looks.

    Parameters
    ----------
    frames
        The atlas.
    numbers
        Row numbers in ``frames.records``.
    certain
        Which of them are surely in the window; the others may be.
    segments
        Row number in ``frames.segments`` of each site's stretch at the window's end, -1 for events.
    name
        What they were selected by: equal names, equal rows of these frames. None when nothing is known of it.
    """

    frames: AtlasFrames
    numbers: Numbers
    certain: Bools
    segments: Numbers
    name: Hashable = None

    def __len__(self) -> int:
        """Count them."""
        return len(self.numbers)

    def where(self, keep: Bools, name: Hashable = None) -> "Rows":
        """Keep some of them.

        Parameters
        ----------
        keep
            One value for each.
        name
            What is kept, if it is to be known again.

        Returns
        -------
        Rows
            In the same order.
        """
        return Rows(self.frames, self.numbers[keep], self.certain[keep], self.segments[keep], name)

    def ids(self, start: int = 0, stop: int | None = None) -> list[str]:
        """Give their records' ids.

        Parameters
        ----------
        start, stop
            As in a slice; all of them by default.

        Returns
        -------
        list of str
            In order.
        """
        return [str(one) for one in self.frames.records["record_id"].iloc[self.numbers[start:stop]]]

    def derive(self, what: str, build: Callable[[], T], cost: int = 0, **options: Hashable) -> T:
        """Work something out from them, once for everybody who looks at the same rows.

        Parameters
        ----------
        what
            Name of what is worked out; it decides the type.
        build
            Works it out from these rows and the options, and from nothing else.
        cost
            Bytes that it takes, roughly; small ones need not say.
        **options
            What else it depends on.

        Returns
        -------
        T
            Shared by everybody: never changed in place.
        """
        if self.name is None:
            return build()
        return self.frames.memo.get((what, self.name, *options.items()), build, cost)

    def frame(self, start: int = 0, stop: int | None = None) -> pd.DataFrame:
        """Make a stretch of them into a frame.

        Parameters
        ----------
        start, stop
            As in a slice; all of them by default.

        Returns
        -------
        pandas.DataFrame
            The columns of `records_of` and ``fit`` (``certain`` or ``possible``); ``status`` of a site is
            that at the window's end.
        """
        part = slice(start, stop)
        rows = self.frames.records.iloc[self.numbers[part]]
        held = self.segments[part]
        if (held >= 0).any():
            there = self.frames.segments["status"].iloc[held[held >= 0]].to_numpy()
            status = rows["status"].to_numpy(dtype=object)
            status[held >= 0] = there
            rows = rows.assign(status=pd.Series(status, index=rows.index, dtype="str"))
        return rows.assign(fit=np.where(self.certain[part], FIT_CERTAIN, FIT_POSSIBLE))
