"""Propose words that may be names though no gazetteer has them: "at Faslane", "im Innviertel".

A hamlet or a range that only its trade knows shows by its capital and by what stands beside it. Nothing is
decided here: the model weighs what is proposed (`dashboard.geocoding.mentions.weighing`).
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from dashboard.geocoding.mentions.cues import UNCASED, adjectives, cues_of
from dashboard.geocoding.mentions.evidence import WEAK, located
from dashboard.geocoding.mentions.matching import Span, may_stand_alone, written_name
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap, key_of
from dashboard.geocoding.mentions.uncased import CUE_OF_PREFIX, located_uncased, prefixes

__all__ = ["runs_of"]

_MOST: Final = 3
_MOST_UNCASED: Final = 2
_MOST_BEHIND_NOUN: Final = 5
"""A base in Arabic is called "the base of King Faisal of the navy"."""
_NUMBERED: Final = 2
_SHORTEST: Final = 2
_CUE: Final = 1.5
_INSIDE: Final = frozenset({Gap.SPACE, Gap.HYPHEN, Gap.APOSTROPHE})


def runs_of(page: Page, known: list[Span]) -> Iterator[Span]:
    """Find runs of words that the known spans do not cover, or not wholly.

    Parameters
    ----------
    page
        The text.
    known
        The spans as found.

    Yields
    ------
    Span
        Spans without facts; they may overlap.
    """
    covered = {position for span in known for position in range(span.first, span.last + 1)}
    uncased = page.language in UNCASED
    for span in _uncased(page, covered) if uncased else _cased(page, covered):
        span.somewhere = located_uncased(span, page) if uncased else located(span, page)
        span.located = span.somewhere > WEAK
        if uncased or span.somewhere or page.dateline[span.first]:
            yield span


@cache
def _leads(language: str) -> frozenset[str]:
    """Words with a capital that may stand before a name without being part of it."""
    cues = cues_of(language)
    return adjectives().union(
        *(cues.skipped, cues.place_before, cues.locative, cues.weak),
        *(cues.never, cues.calendar, cues.stop_words, cues.sites),
    )


@cache
def _cue_words(language: str) -> frozenset[str]:
    """Words that names stand behind."""
    cues = cues_of(language)
    if language in UNCASED:
        return cues.locative.union(cues.place_before, cues.place_after, cues.sites)
    return cues.locative.union(
        *(cues.weak, cues.place_before, cues.skipped, cues.place_after, cues.sites, cues.inner)
    )


def _cased(page: Page, covered: set[int]) -> Iterator[Span]:
    index, size, capital, junk = 0, len(page.tokens), page.capital, page.junk
    while index < size:
        if not capital[index] or junk[index]:
            index += 1
            continue
        last = _end_of_run(page, index)
        if last > index or index not in covered:
            yield from _parts(page, index, last, covered)
        index = last + 1


def _end_of_run(page: Page, index: int) -> int:
    lower, capital, gaps = page.lower, page.capital, page.tokens.gaps
    last, size = index, len(lower)
    while last + 1 < size and gaps[last + 1] in _INSIDE:
        word = lower[last + 1]
        if capital[last + 1] or (word.isdigit() and len(word) <= _NUMBERED):
            last += 1
        elif word in page.cues.inner and last + 2 < size and gaps[last + 2] in _INSIDE and capital[last + 2]:
            last += 2
        else:
            break
    return last


def _parts(page: Page, index: int, last: int, covered: set[int]) -> Iterator[Span]:
    """Give a run, its first word, and both without the words that only lead to a name."""
    leads, begin = _leads(page.language), index
    while begin < last and page.lower[begin] in leads:
        begin += 1
    for first in dict.fromkeys((index, begin)):
        if page.lower[first] in page.cues.stop_words and (first == last or page.starts_sentence(first)):
            continue
        if not _has_cue(page, first, last):
            continue
        if first < last < first + _MOST:
            yield _span(page, first, last)
        alone = first == last or page.tokens.gaps[first + 1] is not Gap.SPACE or not page.capital[first + 1]
        if alone and first not in covered and may_stand_alone(page, first):
            yield _span(page, first, first)


def _span(page: Page, first: int, last: int) -> Span:
    tokens = page.tokens
    return Span(first, last, tokens.starts[first], tokens.ends[last], written_name(page, first, last), None)


def _has_cue(page: Page, first: int, last: int) -> bool:
    if page.dateline[first]:
        return True
    if page.tokens.gaps[first] < Gap.DOT and page.lower[first - 1] in _cue_words(page.language):
        return True
    return page.phrase_after(last + 1, page.cues.place_after) > 0


def _uncased(page: Page, covered: set[int]) -> Iterator[Span]:
    tokens, cues, lower = page.tokens, page.cues, page.lower
    for index, word in enumerate(tokens.words):
        if page.junk[index] or lower[index] in cues.stop_words or word[0].isdigit():
            continue
        for cut, prefix, most in _cuts(page, index):
            if not _may_begin(page, word[len(cut) :]):
                continue
            start = tokens.starts[index] + len(cut)
            for last in _ends(page, index, most):
                if last > index or index not in covered:
                    reading = " ".join(tokens.text[start : tokens.ends[last]].split())
                    yield Span(index, last, start, tokens.ends[last], reading, None, prefix=prefix)


def _ends(page: Page, index: int, most: int) -> Iterator[int]:
    yield index
    cues, lower = page.cues, page.lower
    for last in range(index + 1, min(index + most, len(lower))):
        if (
            page.tokens.gaps[last] not in _INSIDE
            or lower[last] in cues.stop_words
            or lower[last] in cues.locative
        ):
            return
        yield last


def _may_begin(page: Page, word: str) -> bool:
    cues, stem = page.cues, key_of(word)
    common = stem in cues.stop_words or stem in cues.never or stem in cues.calendar
    return len(stem) >= _SHORTEST and not common


def _cuts(page: Page, index: int) -> Iterator[tuple[str, str, int]]:
    """Give what may be cut off the front of a word, the letter that is a cue, and the longest name."""
    word, cuts = page.tokens.words[index], prefixes(page, index)
    for cut, prefix in cuts:
        if key_of(word[len(cut) :]) in page.cues.sites:
            yield cut, prefix, _MOST_BEHIND_NOUN
            return
    if page.dateline[index] or _behind_cue(page, index):
        yield "", "", _MOST_UNCASED
    for cut, prefix in cuts:
        if cut and len(word) > len(cut) + _SHORTEST and CUE_OF_PREFIX.get(prefix, 0.0) >= _CUE:
            yield cut, prefix, _MOST_UNCASED


def _behind_cue(page: Page, index: int) -> bool:
    if not index or page.tokens.gaps[index] is not Gap.SPACE:
        return False
    before, words = page.lower[index - 1], _cue_words(page.language)
    return any(before[len(cut) :] in words for cut, _ in prefixes(page, index - 1))
