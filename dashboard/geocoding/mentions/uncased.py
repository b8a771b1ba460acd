# ruff: noqa: RUF001 - Arabic and Hebrew letters
"""Recognition in Arabic and Hebrew, which have no capitals and glue small words to the front of names.

Any word may be a name here, so the gazetteer alone decides little: a name needs a cue, or must be well known.
"""

import math
from functools import lru_cache
from typing import Final

from dashboard.geocoding.keys import LOOSE_COUNTRIES
from dashboard.geocoding.mentions.cues import first_names
from dashboard.geocoding.mentions.evidence import THRESHOLD
from dashboard.geocoding.mentions.known import KnownNames, NameFacts
from dashboard.geocoding.mentions.matching import Span
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap, key_of

__all__ = ["CUE_OF_PREFIX", "continues_list", "located_uncased", "prefixes", "uncased_spans", "weigh_uncased"]

_MOST_WORDS: Final = 4
_INSIDE: Final = frozenset({Gap.SPACE, Gap.HYPHEN, Gap.APOSTROPHE})
_SHORTEST: Final = 2

_GLUED: Final = {"ar": ("وف", "بكل"), "he": ("וש", "בלמכהש")}
"""What may be glued first (and, so, that) and second (in, like, to, from, the)."""

_LONG_GLUED: Final = {"he": ("מה", "שב", "של", "שמ", "שה", "כש", "לכש", "וב", "ול", "ומ", "וה", "וש", "ושב")}

CUE_OF_PREFIX: Final = dict(
    zip("بلكوفבלמכהשו", (1.5, 0.9, 0.2, 0.0, 0.0, 1.5, 1.0, 1.1, 0.1, 0.0, 0.1, 0.0), strict=True)
)
_ALEF: Final = "ا"
_LAM: Final = "ل"

_KINDS: Final = {
    "country": 1.8,
    "region": 1.7,
    "capital": 1.6,
    "division": 0.7,
    "hand": 1.5,
    "facility": 0.9,
}
_VILLAGE: Final = -0.3
_A_DECADE: Final = 0.6
_FEWEST_PEOPLE: Final = 10_000
_MOST_BY_SIZE: Final = 1.5
_CURATED: Final = 1.4
_SEVERAL_WORDS: Final = 0.6
_LOCATIVE: Final = 1.5
_WEAK: Final = 0.7
_PLACE_NOUN: Final = 1.6
_PERSON: Final = -2.0
_ORGANISATION: Final = -4.0
_COMMON: Final = -0.8
_DATELINE: Final = 4.0
_FOREIGN: Final = -0.8
_LARGE: Final = 150_000
_SMALL: Final = frozenset({"city", "district"})
_ARAB: Final = LOOSE_COUNTRIES | {"DJ", "KM", "SO", "TD"} - {"IR"}
"""Arabic script also writes Persian and Urdu, whose small towns are Arabic words by chance."""


def uncased_spans(page: Page, names: KnownNames) -> list[Span]:
    """Find the names in an Arabic or Hebrew text.

    Parameters
    ----------
    page
        The text.
    names
        The names of the gazetteer.

    Returns
    -------
    list of Span
        Without overlaps, in order of the text.
    """
    spans, index, size = [], 0, len(page.tokens)
    while index < size:
        span = None if page.junk[index] else _at(page, names, index)
        if span is None:
            index += 1
        else:
            spans.append(_with_generic(page, span))
            index = span.last + 1
    return spans


def _with_generic(page: Page, span: Span) -> Span:
    """Take in the generic word of "قاعدة الظفرة", when the place is known for it."""
    before, tokens = span.first - 1, page.tokens
    if span.prefix or before < 0 or tokens.gaps[span.first] is not Gap.SPACE or span.facts is None:
        return span
    for cut, prefix in prefixes(page, before):
        stem = tokens.words[before][len(cut) :]
        if key_of(stem) in page.cues.facilities and span.facts.kind in {"hand", "facility"}:
            start = tokens.starts[before] + len(cut)
            return Span(
                before, span.last, start, span.end, span.reading, span.facts, generic=True, prefix=prefix
            )
    return span


def _at(page: Page, names: KnownNames, index: int) -> Span | None:
    lower = page.lower[index]
    if not lower or lower in page.cues.stop_words or lower in page.cues.place_before or lower[0].isdigit():
        return None
    tokens = page.tokens
    ends = [index]
    for last in range(index + 1, min(index + _MOST_WORDS, len(tokens))):
        if tokens.gaps[last] not in _INSIDE or page.lower[last] in page.cues.stop_words:
            break
        ends.append(last)
    best: Span | None = None
    for cut, prefix in prefixes(page, index):
        for last in reversed(ends):
            if best is not None and last <= best.last:
                break
            found = _match(page, names, index, last, cut)
            if found is not None:
                start = tokens.starts[index] + len(cut)
                best = Span(index, last, start, tokens.ends[last], *found, prefix=prefix)
                break
    return best


def prefixes(page: Page, index: int) -> list[tuple[str, str]]:
    """Give what may be cut off the front of a word, shortest first, with the letter that counts as a cue.

    Parameters
    ----------
    page
        The text.
    index
        Position of the word.

    Returns
    -------
    list of (str, str)
        What is cut and the letter; the first cuts nothing.
    """
    return _prefixes(page.tokens.words[index], page.language)


@lru_cache(maxsize=65_536)
def _prefixes(word: str, language: str) -> list[tuple[str, str]]:
    first, second = _GLUED[language]
    found = [("", "")]
    if word[0] in first:
        found.append((word[0], word[0]))
        if len(word) > 2 and word[1] in second:  # noqa: PLR2004
            found.append((word[:2], word[1]))
    if word[0] in second and (word[0], word[0]) not in found:
        found.append((word[0], word[0]))
    for long in _LONG_GLUED.get(language, ()):
        if word.startswith(long) and (long, long[-1]) not in found:
            found.append((long, long[-1]))
    return found


def _match(page: Page, names: KnownNames, first: int, last: int, cut: str) -> tuple[str, NameFacts] | None:
    tokens = page.tokens
    stem = tokens.words[first][len(cut) :]
    alone = first == last
    if not stem[:1].isalpha() or not (
        _may_be_name(page, first, stem, cut) if alone else _may_begin(page, first, stem)
    ):
        return None
    article = _ALEF if cut.endswith(_LAM) and stem.startswith(_LAM) else ""  # للرباط is to-the-Rabat
    if not names.knows("".join((article, key_of(stem), *page.lower[first + 1 : last + 1]))):
        return None
    reading = article + " ".join(tokens.text[tokens.starts[first] + len(cut) : tokens.ends[last]].split())
    facts = names.facts(reading)
    if facts is None or not (alone or facts.exact or facts.curated):
        return None
    return reading, facts


def _may_begin(page: Page, index: int, stem: str) -> bool:
    return len(stem) >= _SHORTEST or page.tokens.gap(index + 1) is Gap.APOSTROPHE


def _may_be_name(page: Page, index: int, stem: str, cut: str) -> bool:
    """Tell whether a word may be a name by itself."""
    if page.language == "he" and page.tokens.gap(index + 1) is Gap.APOSTROPHE:
        return False  # an abbreviation or half a name
    cues, lower = page.cues, key_of(stem)
    word = lower in cues.never or lower in cues.calendar or lower in cues.stop_words
    return not word and len(stem) >= _SHORTEST + bool(cut)


def weigh_uncased(span: Span, page: Page) -> None:
    """Add up the evidence for a span into its score.

    Parameters
    ----------
    span
        The span; its `score`, `located`, `somewhere` and `against` are set.
    page
        The text it stands in.
    """
    if span.facts is None:
        return
    somewhere = located_uncased(span, page)
    span.located = somewhere > _WEAK
    span.somewhere = somewhere
    if somewhere < _LOCATIVE and _is_bare(span) and _is_person(span, page):
        span.against += _PERSON
    if page.phrase_before(span.first, page.cues.org_before, quoted=True):
        span.against += _ORGANISATION
    if page.phrase_after(span.last + 1, page.cues.org_after):
        span.against += _ORGANISATION
    span.score = _name(span, span.facts, page) + somewhere + span.against
    if page.dateline[span.first]:
        span.score += _DATELINE
        span.located = True


def _name(span: Span, facts: NameFacts, page: Page) -> float:
    """Weigh the name by itself."""
    score = _KINDS.get(facts.kind, _VILLAGE)
    if facts.population:
        by_size = _A_DECADE * math.log10(facts.population / _FEWEST_PEOPLE)
        score = max(score, min(_MOST_BY_SIZE, by_size))
    if facts.curated:
        score = max(score, _CURATED)
    elif page.language == "ar" and facts.kind in _SMALL and facts.population < _LARGE:
        score += 0.0 if facts.country in _ARAB else _FOREIGN
    if span.words > 1:
        return score + _SEVERAL_WORDS
    word = key_of(span.reading)
    if word in page.cues.common:
        score += _COMMON
    if word in first_names() and facts.kind not in {"country", "capital"}:
        score += _COMMON
    return score


def _is_bare(span: Span) -> bool:
    """Tell whether nothing that means in, to or from is glued to it."""
    return CUE_OF_PREFIX.get(span.prefix, 0.0) == 0.0


def located_uncased(span: Span, page: Page) -> float:
    """Weigh what says "somewhere": a letter glued to the name, or the words before.

    Parameters
    ----------
    span
        The span.
    page
        The text it stands in.

    Returns
    -------
    float
        Zero when nothing does.
    """
    cues, first = page.cues, span.first
    found = CUE_OF_PREFIX.get(span.prefix, 0.0)
    if page.tokens.gaps[first] is Gap.HYPHEN:
        found = max(found, CUE_OF_PREFIX.get(page.lower[first - 1], 0.0))
    if not _is_bare(span):
        return found
    if page.phrase_before(first, cues.locative):
        return max(found, _LOCATIVE)
    if page.phrase_before(first, cues.place_before):
        return max(found, _PLACE_NOUN)
    if page.phrase_before(first, cues.weak):
        return max(found, _WEAK)
    visited = any(word in cues.visiting for word in page.lower[max(0, first - 3) : first])
    return max(found, _LOCATIVE) if visited else found


def _is_person(span: Span, page: Page) -> bool:
    first, after = span.first, span.last + 1
    if page.tokens.gaps[first] is not Gap.SPACE or (span.facts is not None and span.facts.kind == "country"):
        return False
    if page.lower[first - 1] in first_names() or page.phrase_before(first, page.cues.person):
        return True
    return page.tokens.gap(after) is Gap.SPACE and key_of(span.reading) in first_names()


def continues_list(span: Span, before: Span, page: Page) -> bool:
    """Tell whether a name continues a list: with "and" glued to it, or behind "then".

    Parameters
    ----------
    span
        The later span.
    before
        The span before it.
    page
        The text.

    Returns
    -------
    bool
        Whether the earlier is a place and the later follows at once.
    """
    if before.score < THRESHOLD:
        return False
    if span.first == before.last + 1:
        return span.prefix in {"و", "ו"} or page.tokens.gaps[span.first] is Gap.COMMA
    return span.first == before.last + 2 and page.lower[span.first - 1] in page.cues.joiners
