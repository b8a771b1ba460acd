"""One key for the many spellings of a word: for names of columns, countries, months and values."""

import unicodedata
from typing import Final

__all__ = ["fold"]

# What Unicode does not decompose, and the variants of one Arabic letter.
_LETTERS: Final = str.maketrans(
    {
        "\u0131": "i", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th",
        "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647", "\u0640": "",
        "\u0621": "", "\u0671": "\u0627",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Fold a word to its key.

    Parameters
    ----------
    text
        As written.

    Returns
    -------
    str
        Its letters and digits alone, without case and marks: ``s.year`` is ``syear``, Türkiye ``turkiye``.
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(letter for letter in plain if letter.isalnum())
