"""Faults that only the text shows: letters from a wrong encoding, and values that stand for nothing."""

import re
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["MOJIBAKE", "SENTINEL", "matching", "mended"]

# The first byte of a letter in UTF-8, read as Latin-1 or Windows-1252, with its second one; and the sign for
# what could not be read at all. Cyrillic and Arabic have beginnings of their own.
MOJIBAKE: Final = (
    "[\u00c2-\u00c5][\u0080-\u00bf\u2018-\u201e\u2020-\u2026\u20ac\u2122\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc]"
    "|[\u00d0\u00d1][\u0080-\u00bf\u2018-\u2026]|[\u00d8\u00d9][\u0080-\u00bf\u2018-\u2026]|\u00e2\u20ac|\ufffd"
)
"""Pattern of text that was read in a wrong encoding."""

SENTINEL: Final = r"^(?:-9{1,5}(?:\.0)?|7777|9999|NULL|null|N/?A|#N/A|NaN|None|\[null\]|unknown|-)$"
"""Pattern of a cell that stands for nothing."""

_CLEAN: Final = re.compile(MOJIBAKE)


def matching(cells: Any, pattern: str) -> NDArray[np.bool_]:  # noqa: ANN401 - Arrow has no types
    """Find the texts that a pattern meets, looking at each distinct one once.

    Parameters
    ----------
    cells
        Texts without nulls.
    pattern
        Regular expression of RE2.

    Returns
    -------
    numpy.ndarray
        One answer for each row.
    """
    coded = pc.dictionary_encode(cells)
    met = pc.match_substring_regex(coded.dictionary, pattern).to_numpy(zero_copy_only=False).astype(bool)
    answers: NDArray[np.bool_] = met[coded.indices.to_numpy(zero_copy_only=False)]
    return answers


def mended(text: str) -> str:
    """Propose what a text was before it was read in a wrong encoding.

    Parameters
    ----------
    text
        As it is.

    Returns
    -------
    str
        As it may have been; empty when nothing can be proposed.
    """
    for encoding in ("cp1252", "latin-1"):
        try:
            better = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if better != text and not _CLEAN.search(better):
            return better
    return ""
