"""Cut a text into words with offsets, and say what stands between them.

Place names cross spaces, hyphens, apostrophes and some full stops (Ben Slimane, Saint-Nazaire, L'Aquila,
St. Louis) but no commas and no sentences. Words are cut as small as possible, so that "Tel Aviv-listed" still
holds "Tel Aviv"; the gaps say what may be joined again.
"""

import re
from enum import IntEnum
from functools import lru_cache
from typing import Final

from dashboard.geocoding.names import fold

__all__ = ["Gap", "Tokens", "key_of"]

_MARKS: Final = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
)
_WORD: Final = re.compile(rf"[^\W_][^\W_{_MARKS}]*(?:[{_MARKS}]+[^\W_]*)*")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONGEST_GAP: Final = 80


class Gap(IntEnum):
    """What stands before a word; the higher, the more it separates."""

    SPACE = 1
    HYPHEN = 2
    APOSTROPHE = 3
    POINT = 4
    DOT = 5
    DASH = 6
    COMMA = 7
    OTHER = 8
    QUOTE = 9
    OPEN = 10
    SENTENCE = 11
    LINE = 12
    PARAGRAPH = 13

    __hash__ = int.__hash__  # that of an enumeration is slow, and these are looked up for every word


_SIGNS: Final = {
    "-": Gap.HYPHEN,
    "\u2010": Gap.HYPHEN,
    "\u2011": Gap.HYPHEN,
    "\u05be": Gap.HYPHEN,
    "'": Gap.APOSTROPHE,
    "\u2019": Gap.APOSTROPHE,
    "\u2018": Gap.APOSTROPHE,
    "\u02bc": Gap.APOSTROPHE,
    "\u05f3": Gap.APOSTROPHE,
    "\u05f4": Gap.APOSTROPHE,
    "`": Gap.APOSTROPHE,
    '"': Gap.APOSTROPHE,  # Hebrew abbreviations
    ".": Gap.POINT,
    "\u2013": Gap.DASH,
    "\u2014": Gap.DASH,
    "/": Gap.DASH,
    ",": Gap.COMMA,
    "\u060c": Gap.COMMA,
    "(": Gap.OPEN,
    "[": Gap.OPEN,
}
_QUOTES: Final = frozenset('"\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a')
_SENTENCE_END: Final = re.compile("[!?\u061f\u2026:;\u061b\u2022\u00b7|*]")
_LINE_BREAK: Final = re.compile("\r\n|[\n\r\u2029]")
_SPACED: Final = {
    ".": Gap.DOT,
    ",": Gap.COMMA,
    "\u060c": Gap.COMMA,
    "-": Gap.DASH,
    "--": Gap.DASH,
    "\u2013": Gap.DASH,
    "\u2014": Gap.DASH,
    "/": Gap.DASH,
}
"""The same signs with space around them."""


@lru_cache(maxsize=4096)
def _gap(between: str) -> Gap:
    between = _INVISIBLE.sub("", between)
    signs = between.strip()
    lines = _LINE_BREAK.findall(between)
    if lines:
        return Gap.LINE if len(lines) == 1 else Gap.PARAGRAPH
    if not signs:
        return Gap.SPACE
    return _SIGNS.get(between) or _SPACED.get(signs) or _last_sign(signs)


def _last_sign(signs: str) -> Gap:
    if _SENTENCE_END.search(signs):
        return Gap.SENTENCE
    if signs[-1] in _QUOTES and signs[0] not in ".,":
        return Gap.QUOTE
    if "." in signs:
        return Gap.SENTENCE
    return Gap.OPEN if signs[-1] in "([" else Gap.OTHER


def _far_gap(between: str) -> Gap:
    return _gap(between) if len(between) <= _LONGEST_GAP else Gap.PARAGRAPH


_COMMON: Final = {sign: _gap(sign) for sign in (" ", ", ", "-", "\u2019", "'", ". ", ".\n\n", ": ")}


@lru_cache(maxsize=131_072)
def key_of(word: str) -> str:
    """Fold one word to its part of a joined key.

    Parameters
    ----------
    word
        A word as cut from the text.

    Returns
    -------
    str
        Its folded letters, without spaces.
    """
    return fold(word).replace(" ", "")


class Tokens:
    """The words of a text, as parallel lists.

    Parameters
    ----------
    text
        Any text.
    """

    __slots__ = ("ends", "gaps", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        spans = [match.span() for match in _WORD.finditer(text)]
        self.words = [text[start:end] for start, end in spans]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        between = zip([0, *self.ends], self.starts, strict=False)
        self.gaps = [_COMMON.get(text[end:start]) or _far_gap(text[end:start]) for end, start in between]
        if self.gaps:
            self.gaps[0] = Gap.PARAGRAPH

    def __len__(self) -> int:
        return len(self.words)

    def word(self, index: int) -> str:
        """Give a word, or an empty one beyond either end.

        Parameters
        ----------
        index
            Position; may be out of range.

        Returns
        -------
        str
            The word as written.
        """
        return self.words[index] if 0 <= index < len(self.words) else ""

    def gap(self, index: int) -> Gap:
        """Give what stands before a word, or the end of a paragraph beyond either end.

        Parameters
        ----------
        index
            Position; may be out of range.

        Returns
        -------
        Gap
            The gap before it.
        """
        return self.gaps[index] if 0 <= index < len(self.gaps) else Gap.PARAGRAPH
