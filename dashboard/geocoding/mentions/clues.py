"""What the model of names is shown of a span: one clue for each of `QUESTIONS`.

A clue is a short text, such as the word before the span or the kind of place the gazetteer has; an empty one
says nothing. Clues are made for every span of a text, so this module counts microseconds.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from dashboard.geocoding.mentions.cues import UNCASED, adjectives, cues_of, first_names
from dashboard.geocoding.mentions.evidence import THRESHOLD
from dashboard.geocoding.mentions.government import sense_of
from dashboard.geocoding.mentions.matching import Span
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap, key_of

__all__ = ["POOLED", "QUESTIONS", "Clues", "Surroundings"]

Clues = tuple[str, ...]

QUESTIONS: Final = (
    *("kind", "size", "score", "against", "sense", "sense somewhere"),
    *("word before", "words before", "class before", "article before"),
    *("word behind", "words behind", "class behind", "gaps", "shape", "doubts", "list"),
    *("name", "ending", "border", "border word"),
    *("second before", "third before", "fourth before", "second behind", "third behind"),
)
"""What is asked, in order of the clues."""

POOLED: Final[Mapping[str, str]] = {
    "third before": "second before",
    "fourth before": "second before",
    "third behind": "second behind",
}
"""Questions whose clues weigh what they weigh for another."""

_BEFORE: Final = (
    *(("locative", "L"), ("settlement_of", "S"), ("place_before", "P"), ("person", "T"), ("org_before", "O")),
    *(("with_government", "G"), ("weak", "w"), ("relations", "r"), ("saying", "v"), ("place_after", "p")),
    *(("conjunctions", "c"), ("calendar", "C"), ("skipped", "s"), ("inner", "i"), ("stop_words", "x")),
)
_BEHIND: Final = (
    *(("place_after", "P"), ("generic_after", "Q"), ("org_after", "O"), ("saying", "v")),
    *(("state_subject", "a"), ("office_after", "F"), ("conjunctions", "c"), ("locative", "L"), ("weak", "w")),
    *(("calendar", "C"), ("skipped", "s"), ("inner", "i"), ("stop_words", "x")),
)
"""Lists of cues with a letter each; a word of several belongs to the first."""

_KINDS: Final = {
    "country": "A",
    "capital": "B",
    "region": "R",
    "division": "D",
    "district": "d",
    "facility": "F",
    "hand": "H",
    "city": "c",
}
_UNLISTED: Final = "U"
_GENERIC: Final = "G"
_WIDE: Final = {"A": "A", "B": "B", "D": "D", "R": "D", _UNLISTED: "U", _GENERIC: "U"}
"""Kinds that are weighed together; all others are towns."""

_APART: Final = frozenset({Gap.COMMA, Gap.OPEN, Gap.DASH})
_NONE: Final = "|"
_SIGNS: Final = tuple(f"|{n}" for n in range(max(Gap) + 1))
_LAST_JOINED: Final = int(Gap.APOSTROPHE)
_AT_THE_END: Final = (Gap.PARAGRAPH,) * 4
_NO_WORDS: Final = ("",) * 4
_LEAST_SCORE: Final = -8
_MOST_SCORE: Final = 12


@cache
def _classes(language: str, lists: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found = dict.fromkeys(adjectives(), "J")
    for name, letter in reversed(lists):
        found.update(dict.fromkeys(getattr(cues_of(language), name), letter))
    return found


class Surroundings:
    """A text and its spans, ready to be asked for clues.

    Parameters
    ----------
    page
        The text.
    spans
        Its spans, weighed by the rules.
    person
        1 for each word that is part of a person's name.
    """

    def __init__(self, page: Page, spans: Sequence[Span], person: bytearray) -> None:
        self.page, self.person = page, person
        self.cased = page.language not in UNCASED
        self._by_first = {span.first: span for span in spans}
        self._by_last = {span.last: span for span in spans}
        self._before = _classes(page.language, _BEFORE)
        self._behind = _classes(page.language, _BEHIND)
        # Filled up, so that nothing need be asked about the ends; the last also stands before the first.
        gaps = [*page.tokens.gaps, *_AT_THE_END]
        self._lower = [*page.lower, *_NO_WORDS]
        self._joined = [gap <= _LAST_JOINED for gap in gaps]
        self._signs = [_SIGNS[gap] for gap in gaps]

    def clues(self, span: Span) -> Clues:
        """Give the clues of a span.

        Parameters
        ----------
        span
            The span.

        Returns
        -------
        tuple of str
            One clue for each of `QUESTIONS`.
        """
        page, language = self.page, self.page.language
        kind = self._kind(span)
        wide = _WIDE.get(kind, "c")
        first, second, third, before = self._words_before(span)
        behind, after, farther, class_behind = self._words_behind(span)
        lower = self._lower
        fourth = lower[max(span.first - 4, -1)]
        name = " ".join(lower[span.first : span.last + 1]) if self.cased else key_of(span.reading)
        small = "" if kind in "ABRD" else wide
        somewhere = f"{wide}{span.somewhere:.1f}"
        sense = sense_of(span, page) if kind in "AB" else "place"
        return (
            language + kind,
            kind + _about(span),
            f"{wide}{max(_LEAST_SCORE, min(_MOST_SCORE, round(span.score * 2)))}",
            f"{wide}{round(span.against * 2)}",
            wide + sense,
            sense + somewhere,
            first,
            f"{second} {first}",
            f"{language}{kind}{before}",
            f"{wide}{second}{before}",
            behind,
            f"{behind} {after}",
            f"{language}{kind}{class_behind}",
            f"{wide}{self._signs[span.first]}{self._signs[span.last + 1]}",
            wide + self._shape(span),
            wide + self._doubts(span),
            wide + self._listed(span),
            name,
            f"{small}{lower[span.last][-3:]}" if small else "",
            f"{language}{span.border[:1]}{wide}{class_behind}" if span.border else "",
            span.border,
            second,
            third,
            fourth,
            after,
            farther,
        )

    def may_govern(self, span: Span) -> bool:
        """Tell whether a name may stand for a government.

        Parameters
        ----------
        span
            The span.

        Returns
        -------
        bool
            Whether it is a capital or another seat.
        """
        return self._kind(span) == "B"

    def _kind(self, span: Span) -> str:
        if span.facts is None:
            return _GENERIC if span.generic else _UNLISTED
        kind = _KINDS.get(span.facts.kind, "c")
        return "B" if kind == "c" and span.reading.casefold() in self.page.cues.seats else kind

    def _words_before(self, span: Span) -> tuple[str, str, str, str]:
        """Give three words and the class of the nearest."""
        lower, joined, at = self._lower, self._joined, span.first
        if span.prefix:
            second = lower[at - 1] if joined[at] else _NONE
            third = lower[at - 2] if joined[at] and joined[at - 1] else _NONE
            return f"{span.prefix}+", second, third, f"+{span.prefix}"
        sign = self._signs[at]
        if not joined[at]:
            return sign, lower[at - 1] if self.page.tokens.gaps[at] < Gap.SENTENCE else _NONE, _NONE, sign
        first, further = lower[at - 1], joined[at - 1]
        second = lower[at - 2] if further else self._signs[at - 1]
        third = lower[at - 3] if further and joined[at - 2] else _NONE
        return first, second, third, self._before.get(first) or self._class(at - 1)

    def _words_behind(self, span: Span) -> tuple[str, str, str, str]:
        lower, joined, at = self._lower, self._joined, span.last + 1
        if not joined[at]:
            sign = self._signs[at]
            return sign, lower[at] if self.page.tokens.gap(at) < Gap.SENTENCE else _NONE, _NONE, sign
        further = joined[at + 1]
        second = lower[at + 1] if further else self._signs[at + 1]
        third = lower[at + 2] if further and joined[at + 2] else _NONE
        return lower[at], second, third, self._behind.get(lower[at]) or self._class(at)

    def _class(self, index: int) -> str:
        if self.page.lower[index].isdigit():
            return "#"
        return "K" if self.page.capital[index] else "z"

    def _shape(self, span: Span) -> str:
        page, at = self.page, span.first
        begins = page.starts_sentence(at) if self.cased else page.tokens.gaps[at] >= Gap.SENTENCE
        word = page.tokens.words[at]
        marks = 2 * begins + 4 * page.titled[at] + 8 * page.capitals[at] + 16 * page.dateline[at]
        return f"{span.words}{marks + (word.isupper() and len(word) > 1)}"

    def _doubts(self, span: Span) -> str:
        page, name = self.page, self.page.lower[span.last]
        known = 2 * (name in page.cues.common) + 4 * (name in first_names()) + 8 * (name in page.surnames)
        return f"{known + (1 in self.person[span.first : span.last + 1]) + 16 * (span.words > 1)}"

    def _listed(self, span: Span) -> str:
        """Tell what stands beside a span in a list."""
        page, first, after = self.page, span.first, span.last + 1
        size, joiners = len(page.lower), page.cues.joiners
        left = right = ""
        if page.tokens.gaps[first] in _APART:
            left = "l" + self._beside(self._by_last.get(first - 1))
        elif first and page.lower[first - 1] in joiners:
            left = "j" + self._beside(self._by_last.get(first - 2))
        if page.tokens.gap(after) in _APART:
            right = "l" + self._beside(self._by_first.get(after))
        elif after < size and page.lower[after] in joiners:
            right = "j" + self._beside(self._by_first.get(after + 1))
        return f"{left}/{right}"

    @staticmethod
    def _beside(other: Span | None) -> str:
        if other is None:
            return ""
        kind = "u" if other.facts is None else "A" if other.facts.is_area else "c"
        return ("+" if other.score >= THRESHOLD else "-") + kind


def _about(span: Span) -> str:
    facts = span.facts
    if facts is None:
        return ""
    people = int(2 * math.log10(facts.population)) if facts.population > 0 else 0
    marks = facts.primary + 2 * facts.exact + 4 * facts.curated + 8 * span.abbreviation + 16 * span.generic
    return f"{people}.{marks}"
