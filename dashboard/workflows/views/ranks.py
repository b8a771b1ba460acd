"""Words ranked as a list of them is read, so that rows are put in order by numbers alone."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.geocoding.names import fold

__all__ = ["RANKED_LAST", "ranks"]

Ranks = npt.NDArray[np.int64]

RANKED_LAST: Final = int(np.iinfo(np.int64).max)
"""Rank of what there is no word for: last, whichever way."""


def ranks(column: "pd.Series[str]", words: Callable[[str], str] = str) -> Ranks:
    """Rank a column as a reader's eye runs down a list: without regard to case, accents and punctuation.

    Lists that are sorted elsewhere are sorted by `fold` too, and so in the same order.

    Parameters
    ----------
    column
        Texts or codes.
    words
        Words that one of them is read as.

    Returns
    -------
    numpy.ndarray
        A number for each; equal words have equal ones, empty words `RANKED_LAST`.
    """
    numbers, known = pd.factorize(column)
    texts = pd.Series([fold(words(str(one))) for one in known], dtype="str")
    found = np.asarray(texts.rank(method="dense"), dtype=np.int64)
    found[(texts == "").to_numpy(dtype=bool)] = RANKED_LAST
    ranked: Ranks = found[numbers]
    return ranked
