"""The words of a sentence as the grammar of dates sees them: months, weekdays, numbers and units."""

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from dashboard.articles.finding.tokens import Token
from dashboard.articles.language import Language

__all__ = ["RANGE_SIGN", "DateReader"]

RANGE_SIGN: Final = re.compile(r"\s?[\u2013\u2014\-/]\s?")
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|re|o|a|º|ª)?")
_CAPITALISED: Final = frozenset({"en", "de"})
"""Languages that write months with a capital: "may" and "march" are no dates."""
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
_LONGEST: Final = 6
_ALLOWED_BETWEEN: Final = re.compile(r"[\s.,'\u2019/\-\u060c]{0,3}")

_Classes: TypeAlias = list[list[tuple[str, str, int]]]


class DateReader:
    """The words of one sentence with their classes, read from left to right.

    Parameters
    ----------
    text
        The whole text.
    tokens
        Words of the sentence.
    language
        Tables of its language.
    """

    def __init__(self, text: str, tokens: Sequence[Token], language: Language) -> None:
        self.text = text
        self.tokens = tokens
        self.language = language
        self.classes: _Classes = [[] for _ in tokens]
        for hit in language.dates.hits(tokens):
            group, _, value = hit.label.partition(":")
            if group == "months" and language.code in _CAPITALISED and not tokens[hit.first].capital:
                continue
            self.classes[hit.first].append((group, value, hit.last + 1))

    def take(self, at: int, group: str) -> tuple[str, int] | None:
        """Give the value of a class of words at a token.

        Parameters
        ----------
        at
            Index of the token.
        group
            Name of the class.

        Returns
        -------
        tuple of (str, int) or None
            The value and the index behind the words; of several the longest.
        """
        if at >= len(self.tokens) or not self._near(at):
            return None
        best: tuple[str, int] | None = None
        for found, value, end in self.classes[at]:
            if found == group and (best is None or end > best[1]):
                best = value, end
        return best

    def word(self, at: int, *names: str) -> tuple[str, int] | None:
        """Give the longest of some date words at a token.

        Parameters
        ----------
        at
            Index of the token.
        *names
            Names of the words.

        Returns
        -------
        tuple of (str, int) or None
            The name and the index behind the words.
        """
        if at >= len(self.tokens) or not self._near(at):
            return None
        best: tuple[str, int] | None = None
        for found, value, end in self.classes[at]:
            if found == "word" and value in names and (best is None or end > best[1]):
                best = value, end
        return best

    def _near(self, at: int) -> bool:
        return at == 0 or len(self.text[self.tokens[at - 1].end : self.tokens[at].start]) <= _LONGEST

    def joined(self, at: int) -> bool:
        """Tell whether only a space, a comma or a dot stands before a token.

        Parameters
        ----------
        at
            Index of the token.

        Returns
        -------
        bool
            Whether it does.
        """
        between = self._before(at)
        return between is not None and _ALLOWED_BETWEEN.fullmatch(between) is not None

    def runs_on(self, at: int) -> bool:
        """Tell whether a word follows without a comma or the end of the sentence between.

        Parameters
        ----------
        at
            Index of the token.

        Returns
        -------
        bool
            Whether it does.
        """
        between = self._before(at)
        return between is not None and not between.strip()

    def dashed(self, at: int) -> bool:
        """Tell whether a dash, and nothing else, stands before a token.

        Parameters
        ----------
        at
            Index of the token.

        Returns
        -------
        bool
            Whether it does.
        """
        between = self._before(at)
        return between is not None and RANGE_SIGN.fullmatch(between) is not None

    def _before(self, at: int) -> str | None:
        """Give what stands between a token and the one before it; None where there are not two."""
        if not 0 < at < len(self.tokens):
            return None
        return self.text[self.tokens[at - 1].end : self.tokens[at].start]

    def day(self, at: int) -> int:
        """Give the day of the month at a token.

        Parameters
        ----------
        at
            Index of the token.

        Returns
        -------
        int
            The day, or 0.
        """
        match = _ORDINAL.fullmatch(self.tokens[at].folded) if at < len(self.tokens) else None
        number = int(match.group(1)) if match else 0
        return number if number <= 31 else 0  # noqa: PLR2004 - days of a month

    def year(self, at: int) -> int:
        """Give the year at a token.

        Parameters
        ----------
        at
            Index of the token.

        Returns
        -------
        int
            The year, or 0.
        """
        word = self.tokens[at].folded if at < len(self.tokens) else ""
        for form in self.tokens[at].forms if word else ():
            if len(form) == 4 and form.isdecimal() and form.isascii():  # noqa: PLR2004 - digits of a year
                number = int(form)
                return number if _FIRST_YEAR <= number <= _LAST_YEAR else 0
        return 0

    def number(self, at: int) -> tuple[int, int] | None:
        """Give a small number at a token, in digits or words.

        Parameters
        ----------
        at
            Index of the token.

        Returns
        -------
        tuple of (int, int) or None
            The number and the index behind it.
        """
        if at < len(self.tokens) and self.tokens[at].folded.isdecimal() and len(self.tokens[at].folded) <= 2:  # noqa: PLR2004
            return int(self.tokens[at].folded), at + 1
        found = self.take(at, "numbers")
        return (int(found[0]), found[1]) if found else None

    def skip(self, at: int) -> int:
        """Step over "of", "de" or an article between the parts of a date.

        Parameters
        ----------
        at
            Index of the token.

        Returns
        -------
        int
            The index behind it.
        """
        found = self.word(at, "of")
        return found[1] if found else at
