"""Find names that no gazetteer has, where the words around leave no doubt that they are places.

They are few, and they come out unresolved or placed by what is named beside them; but a village that the
trade press names once is what an analyst looks for.
"""

from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import Final

from dashboard.geocoding.mentions.cues import adjectives, cues_of
from dashboard.geocoding.mentions.matching import INSIDE, Span, ends_of, may_stand_alone, written_name
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap

__all__ = [
    "repeated",
    "unknown_before_area",
    "unknown_before_generic",
    "unknown_feature",
    "unknown_settlement",
]

_MOST_UNKNOWN: Final = 4
_OF: Final = frozenset({"de", "del", "da", "do", "la", "le", "les", "el", "al", "of"})
"""Prepositions that names hold."""
_NUMBERED: Final = 2
"""Digits that may number a place: "Rabanales 21"; a year has more."""
_FEATURES: Final = frozenset(
    {"lake", "mount", "river", "fort", "camp", "cape", "strait of", "gulf of", "bay of", "isle of", "sea of"}
)


def unknown_settlement(page: Page, index: int) -> Span | None:
    """Find "the village of X", though no gazetteer has an X.

    Parameters
    ----------
    page
        The text.
    index
        Position of the first word.

    Returns
    -------
    Span or None
        The span, or None.
    """
    if not page.phrase_before(index, page.cues.settlement_of):
        return None
    tokens, last = page.tokens, _end_of_name(page, index)
    if not any(may_stand_alone(page, position) for position in range(index, last + 1)):
        return None
    written = written_name(page, index, last)
    return Span(index, last, tokens.starts[index], tokens.ends[last], written, None, generic=True)


def _end_of_name(page: Page, index: int) -> int:
    """Give the last word of a name without the date or the second place behind it: "Gdynia in January"."""
    last, cues = index, page.cues
    for end in ends_of(page, index)[1:]:
        words = page.lower[last + 1 : end + 1]
        if any(
            (word.isdigit() and len(word) > _NUMBERED)
            or (word in cues.weak and word not in _OF)
            or word in cues.calendar
            or word in cues.locative
            or word in cues.conjunctions
            for word in words
        ):
            break
        last = end
    return last


def unknown_before_area(page: Page, index: int) -> Span | None:
    """Find "at Jiupeng, Pingtung County" though no gazetteer has it; only the area may vouch for it.

    Parameters
    ----------
    page
        The text.
    index
        Position of the first word.

    Returns
    -------
    Span or None
        The span, or None.
    """
    tokens = page.tokens
    if not page.phrase_before(index, page.cues.locative) or not may_stand_alone(page, index):
        return None
    last = index
    if tokens.gap(index + 1) is Gap.SPACE and page.capital[index + 1]:
        last += 1
    if tokens.gap(last + 1) is not Gap.COMMA or not page.capital[last + 1]:
        return None
    written = written_name(page, index, last)
    return Span(index, last, tokens.starts[index], tokens.ends[last], written, None)


@cache
def _generic_words(language: str) -> frozenset[str]:
    return frozenset(phrase.split(" ")[0] for phrase in cues_of(language).generic_after)


def unknown_before_generic(page: Page, index: int) -> Span | None:
    """Find "Pingtung County" or "Clark Air Base" though the gazetteer knows neither.

    Parameters
    ----------
    page
        The text.
    index
        Position of the first word.

    Returns
    -------
    Span or None
        The span, or None.
    """
    tokens, cues = page.tokens, page.cues
    if _generic_words(page.language).isdisjoint(page.lower[index + 1 : index + _MOST_UNKNOWN + 1]):
        return None
    for last in range(index, min(index + _MOST_UNKNOWN, len(tokens))):
        lower = page.lower[last]
        if last > index and (tokens.gaps[last] is not Gap.SPACE or not page.capital[last]):
            return None
        if lower in cues.never or lower in cues.calendar or lower in cues.stop_words or lower in adjectives():
            return None
        length = page.phrase_after(last + 1, cues.generic_after)
        if length and tokens.gap(last + 1) is Gap.SPACE:
            base = page.lower[last + 1].startswith("air") or length > 1
            if not page.capital[last + 1] and not (base and last > index):
                return None
            end = last + length
            written = written_name(page, index, end)
            return Span(index, end, tokens.starts[index], tokens.ends[end], written, None, generic=True)
    return None


def unknown_feature(page: Page, index: int, name: int, phrase: str) -> Span | None:
    """Find "Lake Victoria" where only Victoria is known, which is elsewhere.

    Parameters
    ----------
    page
        The text.
    index
        Position of the first word.
    name
        Position of the name behind the generic words.
    phrase
        These words, case-folded.

    Returns
    -------
    Span or None
        The span, or None.
    """
    if phrase not in _FEATURES or not page.capital[index]:
        return None
    tokens, last = page.tokens, name
    written = written_name(page, index, last)
    return Span(index, last, tokens.starts[index], tokens.ends[last], written, None, generic=True)


def repeated(places: list[Span], page: Page) -> list[Span]:
    """Find the unlisted names again, wherever else they stand in the text.

    Parameters
    ----------
    places
        The places found so far.
    page
        The text.

    Returns
    -------
    list of Span
        The further ones, without overlaps with those found.
    """
    names: dict[str, dict[tuple[str, ...], Span]] = defaultdict(dict)
    for span in places:
        if span.facts is None:
            names[page.lower[span.first]][tuple(page.lower[span.first : span.last + 1])] = span
    if not names:
        return []
    taken = {position for span in places for position in range(span.first, span.last + 1)}
    found = []
    for index in [at for at, word in enumerate(page.lower) if word in names]:
        word = page.lower[index]
        if index in taken or not page.capital[index] or page.junk[index]:
            continue
        for length in sorted({len(words) for words in names[word]}, reverse=True):
            last = index + length - 1
            again = names[word].get(tuple(page.lower[index : last + 1]))
            if (
                again is not None
                and not taken.intersection(range(index, last + 1))
                and _stands_apart(page, index, last)
            ):
                start, end = page.tokens.starts[index], page.tokens.ends[last]
                found.append(replace(again, first=index, last=last, start=start, end=end, located=False))
                taken.update(range(index, last + 1))
                break
    return found


def _stands_apart(page: Page, first: int, last: int) -> bool:
    """Tell whether no other capitalised word is joined to a name."""
    gaps, capital = page.tokens.gaps, page.capital
    inside = all(gaps[position] in INSIDE for position in range(first + 1, last + 1))
    joined_before = first > 0 and gaps[first] is Gap.SPACE and capital[first - 1]
    joined_after = page.tokens.gap(last + 1) is Gap.SPACE and capital[last + 1]
    plain_before = not joined_before or page.starts_sentence(first - 1)
    return inside and plain_before and not joined_after
