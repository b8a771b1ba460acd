"""Records of a layer counted, and found by words: from its frames, as its audience sees them."""

from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.frames import AtlasFrames
from dashboard.geocoding.names import fold

__all__ = ["Tally", "find_records", "tally"]

_BYTES: Final = 8

Tally = tuple[int, int, int]
"""Records, those with a point, and those with a date."""


def tally(frames: AtlasFrames) -> Tally:
    """Count the records of a layer.

    Parameters
    ----------
    frames
        Its frames.

    Returns
    -------
    Tally
        Counted once.
    """
    records = frames.records
    return frames.memo.get(
        ("tally",), lambda: (len(records), int(records["placed"].sum()), int(records["dated"].sum()))
    )


def find_records(frames: AtlasFrames, words: str) -> npt.NDArray[np.intp]:
    """Find records of a layer by words in their names, ids, actors and places.

    Parameters
    ----------
    frames
        Its frames.
    words
        As typed, in any script or spelling; all of them have to occur.

    Returns
    -------
    numpy.ndarray
        Row numbers in ``frames.records``; all of them without a word.
    """
    folded = " ".join(sorted(set(fold(words).split())))

    def look() -> npt.NDArray[np.intp]:
        texts = frames.records["search"]
        keep = np.ones(len(texts), dtype=bool)
        for word in folded.split():
            keep &= texts.str.contains(word, regex=False).to_numpy(dtype=bool)
        return np.flatnonzero(keep)

    if not folded:
        return np.arange(len(frames.records), dtype=np.intp)
    return frames.memo.get(("found", folded), look, _BYTES * len(frames.records))
