# ruff: noqa: RUF001 - Arabic letters
"""Words of a text with their offsets, folded so that one spelling in a table meets all in the text.

Folding drops accents, vowel signs and case. Arabic and Hebrew glue particles to a word, so that each token
carries the forms it may have without them; which particles those are is said by the tables of the language.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = ["Token", "fold", "forms_of", "tokenise"]

_WORD: Final = re.compile(r"[\w\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670]+|[$€£¥₹₪%]")
_LONGEST_WORD: Final = 60
_LEAST_STEM: Final = 3
_KEPT: Final = 2
"""Words so short keep their accents: "à" and "a" are two words."""
_ARABIC: Final = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None})


@dataclass(frozen=True, slots=True)
class Token:
    """One word.

    Parameters
    ----------
    start
        Offset of its first character.
    end
        Offset after its last character.
    text
        The word as written.
    folded
        The word as tables are searched for it.
    forms
        The folded word and what remains of it without glued particles.
    future
        Whether its form is that of a verb in the future.
    """

    start: int
    end: int
    text: str
    folded: str
    forms: tuple[str, ...]
    future: bool = False

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Fold a word for comparison.

    Parameters
    ----------
    word
        Any word.

    Returns
    -------
    str
        Without accents, vowel signs and case; Arabic letters in their plain form.
    """
    if word.isascii() or len(word) <= _KEPT:
        return word.lower()
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if unicodedata.category(c) != "Mn")
    return plain.translate(_ARABIC).casefold()


@lru_cache(maxsize=65_536)
def forms_of(
    folded: str, particles: tuple[str, ...], suffixes: tuple[str, ...] = (), heads: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Give a folded word with and without the particles glued to it, and the last part of a compound.

    Parameters
    ----------
    folded
        A folded word.
    particles
        Folded particles of the language that stand in front, such as the Arabic article.
    suffixes
        Folded endings, such as that of the Arabic accusative.
    heads
        Folded words that end compounds: "werk" in "Munitionswerk".

    Returns
    -------
    tuple of str
        The word itself first.
    """
    bare = [folded.removeprefix(particle) for particle in particles if folded.startswith(particle)]
    found = [folded, *(form for form in bare if len(form) >= _LEAST_STEM)]
    cut = [form.removesuffix(end) for end in suffixes for form in found if form.endswith(end)]
    head = next(
        (head for head in heads if folded.endswith(head) and len(folded) >= len(head) + _LEAST_STEM), ""
    )
    return (*found, *(form for form in cut if len(form) >= _LEAST_STEM), *((head,) if head else ()))


def tokenise(
    text: str,
    start: int,
    end: int,
    particles: tuple[str, ...] = (),
    suffixes: tuple[str, ...] = (),
    *,
    heads: tuple[str, ...] = (),
) -> list[Token]:
    """Cut a part of a text into words.

    Parameters
    ----------
    text
        The whole text.
    start
        Offset where the part begins.
    end
        Offset after it.
    particles
        Folded particles that the language glues to words.
    suffixes
        Folded endings that it glues to them.
    heads
        Folded words that end its compounds, the longest first.

    Returns
    -------
    list of Token
        In order; hyphens and apostrophes part words.
    """
    tokens = []
    for match in _WORD.finditer(text, start, end):
        word = match.group()[:_LONGEST_WORD]
        folded = fold(word)
        tokens.append(
            Token(
                match.start(),
                match.end(),
                match.group(),
                folded,
                forms_of(folded, particles, suffixes, heads),
            )
        )
    return tokens
