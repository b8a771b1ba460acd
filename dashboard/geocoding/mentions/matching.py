"""Match the words of a page against the gazetteer.

The longest match wins, unless it is only a chance meeting of letters across a space.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from dashboard.geocoding.mentions.cues import adjectives, cues_of
from dashboard.geocoding.mentions.inflection import nominatives
from dashboard.geocoding.mentions.known import KnownNames, NameFacts
from dashboard.geocoding.mentions.mention import Sense
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap, key_of

__all__ = [
    "CYRILLIC",
    "INSIDE",
    "Span",
    "ends_of",
    "longest_match",
    "match",
    "may_stand_alone",
    "written_name",
]

INSIDE: Final = frozenset({Gap.SPACE, Gap.HYPHEN, Gap.APOSTROPHE})
"""What may stand inside a name."""

CYRILLIC: Final = frozenset({"ru", "uk"})
"""Languages whose names have case endings."""

_MOST_WORDS: Final = 6
_ACRONYM: Final = 4
_SHORTENED: Final = frozenset({"st", "ste", "mt", "ft"})
_FEWEST_PEOPLE: Final = 5_000


@dataclass(slots=True)
class Span:
    """Words that may name a place.

    Parameters
    ----------
    first
        Position of the first word.
    last
        Position of the last word.
    start
        Offset of the first character.
    end
        Offset after the last character.
    reading
        The words to look up.
    facts
        What the gazetteer says of the name; None for "Pingtung County" when it knows no such thing.
    generic
        Whether a generic word (County, Landkreis) is part of the span.
    abbreviation
        Whether it is an abbreviation such as Pa. or U.S.
    prefix
        What is glued to its front in Arabic or Hebrew.
    score
        The evidence for it.
    located
        Whether the words around it say that it is somewhere: "in", "near", a dateline.
    doubted
        Whether an article says that something else bears the name: "the Port Said".
    somewhere
        How strongly the words around it say that it is somewhere.
    against
        How strongly they speak against a place.
    border
        With which generic word it was made wider or narrower, if it was.
    sense
        In what sense the place is named.
    """

    first: int
    last: int
    start: int
    end: int
    reading: str
    facts: NameFacts | None
    generic: bool = False
    abbreviation: bool = False
    prefix: str = ""
    score: float = 0.0
    located: bool = False
    doubted: bool = False
    somewhere: float = 0.0
    against: float = 0.0
    border: str = ""
    sense: Sense = "place"

    @property
    def words(self) -> int:
        """How many words it has."""
        return self.last - self.first + 1


def ends_of(page: Page, index: int) -> list[int]:
    """Give the positions where a name that begins at a word may end.

    Parameters
    ----------
    page
        The text.
    index
        Position of the first word.

    Returns
    -------
    list of int
        The nearest first.
    """
    tokens, inner = page.tokens, page.cues.inner
    ends, following = [index], index + 1
    if following >= len(tokens) or (tokens.gaps[following] is Gap.SPACE and not page.capital[following]):
        word = page.lower[following] if following < len(tokens) else ""
        if word not in inner and not word.isdigit():
            return ends
    for last in range(index + 1, min(index + _MOST_WORDS, len(tokens))):
        gap = tokens.gaps[last]
        before = tokens.words[last - 1]
        shortened = gap is Gap.DOT and page.lower[last - 1] in _SHORTENED
        initials = gap is Gap.POINT and len(before) <= 2  # noqa: PLR2004
        if gap not in INSIDE and not shortened and not initials:
            break
        if page.capitals[last] and page.lower[last] in page.cues.stop_words:
            continue
        if page.capital[last] or tokens.words[last].isdigit():
            ends.append(last)
        elif page.lower[last] not in inner and gap not in {Gap.APOSTROPHE, Gap.HYPHEN}:
            break
    return ends


def longest_match(page: Page, names: KnownNames, index: int) -> Span | None:
    """Find the longest name that begins at a word.

    Parameters
    ----------
    page
        The text.
    names
        The names of the gazetteer.
    index
        Position of the first word.

    Returns
    -------
    Span or None
        The span, or None.
    """
    tokens = page.tokens
    for last in reversed(ends_of(page, index)):
        if last == index and not may_stand_alone(page, index):
            continue
        found = match(page, names, index, last)
        if found is None:
            continue
        reading, facts = found
        if last > index and not facts.exact and not facts.curated and not _joined_may_be(page, index, facts):
            continue
        return Span(index, last, tokens.starts[index], tokens.ends[last], reading, facts)
    return None


def _joined_may_be(page: Page, index: int, facts: NameFacts) -> bool:
    """Tell whether words that meet a name only without their space may be it: Ben Slimane, but not Mar A."""
    lower = page.lower[index]
    if lower in page.cues.stop_words or lower in page.cues.never or lower in adjectives():
        return False
    return facts.population >= _FEWEST_PEOPLE or facts.kind not in {"city", "district"}


@cache
def _never_alone(language: str) -> frozenset[str]:
    cues = cues_of(language)
    return cues.never | cues.calendar | cues.stop_words | adjectives()


def may_stand_alone(page: Page, index: int) -> bool:
    """Tell whether a word may be a name by itself.

    Parameters
    ----------
    page
        The text.
    index
        Its position.

    Returns
    -------
    bool
        False for months, acronyms, demonyms and the commonest words.
    """
    word = page.tokens.words[index]
    if page.lower[index] in _never_alone(page.language):
        return False
    if len(word) < 2 or word[0].isdigit():  # noqa: PLR2004
        return False
    if len(word) <= _ACRONYM and word.isupper() and not page.dateline[index]:
        return bool(page.capitals[index]) and len(word) == _ACRONYM
    return True


def match(page: Page, names: KnownNames, first: int, last: int) -> tuple[str, NameFacts] | None:
    """Look a run of words up, with case endings undone.

    Parameters
    ----------
    page
        The text.
    names
        The names of the gazetteer.
    first
        Position of the first word.
    last
        Position of the last word.

    Returns
    -------
    tuple of str and NameFacts, or None
        What to look up, and what is known of it.
    """
    tokens = page.tokens
    knows = names.knows
    if page.language not in CYRILLIC:
        words = tokens.words
        key = key_of(words[first]) if first == last else "".join(map(key_of, words[first : last + 1]))
        if not knows(key):
            return None
        reading = written_name(page, first, last)
        facts = names.facts(reading)
        return (reading, facts) if facts else None
    best: tuple[str, NameFacts] | None = None
    for forms in nominatives(tuple(tokens.words[first : last + 1]), page.language):
        if knows("".join(map(key_of, forms))):
            reading = written_name(page, first, last, forms)
            facts = names.facts(reading)
            if facts and (best is None or _weight(facts) > _weight(best[1])):
                best = (reading, facts)
    return best


def _weight(facts: NameFacts) -> tuple[bool, bool, int]:
    return facts.curated, facts.kind in {"country", "region"}, facts.population


def written_name(page: Page, first: int, last: int, words: tuple[str, ...] | None = None) -> str:
    """Give a name as written, or with other words between the same signs, on one line.

    Parameters
    ----------
    page
        The text.
    first
        Position of the first word.
    last
        Position of the last word.
    words
        The other words.

    Returns
    -------
    str
        The name.
    """
    tokens = page.tokens
    if words is None:
        words = tuple(tokens.words[first : last + 1])
    parts = [words[0]]
    for position, word in enumerate(words[1:], start=first + 1):
        parts += [tokens.text[tokens.ends[position - 1] : tokens.starts[position]], word]
    return " ".join("".join(parts).split())
