"""Cut paragraphs into sentences without stopping at "Sept. 24", "R. Hari Kumar" or "am 3. September"."""

import re
from collections.abc import Iterator
from typing import Final

from dashboard.articles.finding.tokens import fold
from dashboard.articles.language import Language

__all__ = ["sentences_of"]

_STOP: Final = re.compile("[.!?\u2026\u061f\u06d4][.!?\u2026]{0,3}['\"\u201d\u00bb\u2019)\\]]{0,3}(?=\\s)")
_WORD_BEFORE: Final = 30
_ORDINAL_DIGITS: Final = 2
_UNITS: Final = frozenset({"m", "mm", "cm", "km", "kg", "g", "t"})
"""Units, which end a sentence behind a number: "155 mm. Le ministre"."""
_DIGITS: Final = tuple("0123456789")


def sentences_of(text: str, start: int, end: int, language: Language) -> Iterator[tuple[int, int]]:
    """Cut a part of a text into sentences.

    Parameters
    ----------
    text
        The whole text.
    start
        Offset where the part begins.
    end
        Offset after it.
    language
        Tables of its language.

    Yields
    ------
    tuple of (int, int)
        Offsets of each sentence, without space around it.
    """
    first = start
    for match in _STOP.finditer(text, start, end):
        after = text[match.end() : match.end() + 3].lstrip()[:1]
        if after.islower() or (match.group()[0] == "." and _abbreviates(text, match.start(), language)):
            continue
        yield from _trimmed(text, first, match.end())
        first = match.end()
    yield from _trimmed(text, first, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _abbreviates(text: str, dot: int, language: Language) -> bool:
    head = text[max(0, dot - _WORD_BEFORE) : dot]
    size = len(head)
    while size and (head[size - 1].isalnum()):
        size -= 1
    word = head[size:]
    if len(word) == 1 and word.isalpha() and not (word in _UNITS and head[: size - 1].endswith(_DIGITS)):
        return True
    if word.isdecimal():
        return language.ordinal_dot and len(word) <= _ORDINAL_DIGITS
    if word in _UNITS and head[: size - 1].endswith(_DIGITS):
        return False
    return fold(word) in language.abbreviations
