# ruff: noqa: RUF001 - Cyrillic letters
"""Undo the case endings of Russian and Ukrainian place names: "в Харькове" is said of Харьков.

The gazetteer has the nominative only. Each ending gives a few possible nominatives; which of them is a name
is for the gazetteer to say.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final

__all__ = ["nominatives"]


def _table(lines: str) -> dict[str, tuple[str, ...]]:
    """Read lines of an ending and the endings of its possible nominatives; - is none."""
    rows = (line.split() for line in lines.splitlines() if line.strip())
    return {ending: tuple(other.strip("-") for other in others) for ending, *others in rows}


_RU: Final = _table(
    """
    ского ский
    скому ский
    ском ский ское ск
    ской ская
    скую ская
    цкой цкая
    цкую цкая
    цком цкий цк
    ого ый ой ое
    его ий ее
    ому ый ой
    ему ий
    ым ый ое
    им ий
    ом - о ый ой ое
    ем ь й ий е
    ём ь
    ой ая а ый
    ую ая
    юю яя
    ей я ь яя
    ью ь
    ии ия ий
    ию ия
    ией ия
    ия ий
    ях и я
    ах ы и а
    ами ы и
    ам ы
    ов ы
    е - а я о ь й
    у - а о
    ю я ь й
    и ь я а й
    ы а -
    а - о
    я ь й е
    """
)
_UK: Final = _table(
    """
    ського ський
    ському ський ськ
    ській ська
    ської ська
    ську ська
    ською ська
    ького ький
    ькому ький
    ькій ька
    ької ька
    ого ий
    ому ий
    ові ів -
    єві їв
    еві ів
    ова ів
    єва їв
    ева ів
    ову ів
    єву їв
    овом ів
    євом їв
    ом - о
    ою а
    ею я а
    єю я
    ях і
    ах и а
    ів и
    ії ія ій
    ію ія
    ією ія
    зі га
    ці ка ць ця
    сі ха са с
    і - а я о ь ль
    у - а о
    ю я ь й
    и а ь
    ї я
    а - о
    я ь є й
    ні нь на
    """
)
_ENDINGS: Final = {"ru": _RU, "uk": _UK}
_SHORTEST: Final = 4
_LONGEST_ENDING: Final = 5
_MOST: Final = 24


@lru_cache(maxsize=16_384)
def _word(word: str, language: str) -> tuple[str, ...]:
    lower = word.lower()
    found = [word]
    if len(word) >= _SHORTEST:
        for length in range(min(_LONGEST_ENDING, len(word) - 2), 0, -1):
            stem = word[:-length]
            found += [stem + ending for ending in _ENDINGS[language].get(lower[-length:], ())]
    return tuple(dict.fromkeys(found))


def nominatives(words: tuple[str, ...], language: str) -> Iterator[tuple[str, ...]]:
    """Give the forms in which a name may be listed.

    Parameters
    ----------
    words
        The words of the name as written.
    language
        ``ru`` or ``uk``; in other languages names have one form.

    Yields
    ------
    tuple of str
        The words themselves first, then with case endings undone.
    """
    if language not in _ENDINGS:
        yield words
        return
    for count, forms in enumerate(product(*(_word(word, language) for word in words))):
        if count >= _MOST:
            return
        yield forms
