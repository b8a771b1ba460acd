"""Weigh what speaks for a span being a place, in scripts that have capitals.

Each cue adds or takes away a little; a span is a place from `THRESHOLD` on. A country needs no cue, a town of
a hundred thousand a weak one, a village a strong one. What speaks against is in
`dashboard.geocoding.mentions.objections`. All weights were set by hand.
"""

import math
from typing import Final

from dashboard.geocoding.mentions.known import NameFacts
from dashboard.geocoding.mentions.matching import Span
from dashboard.geocoding.mentions.objections import objections
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap

__all__ = ["THRESHOLD", "WEAK", "located", "prior", "weigh"]

THRESHOLD: Final = 1.5

_KINDS: Final = {
    "country": 2.2,
    "region": 2.0,
    "capital": 2.0,
    "division": 1.8,
    "hand": 2.0,
    "facility": 1.2,
    "district": 0.7,
}
_VILLAGE: Final = -0.1
_A_DECADE: Final = 0.7
_FEWEST_PEOPLE: Final = 3_000
_MOST_BY_SIZE: Final = 2.0
_CURATED: Final = 2.0
_UNKNOWN: Final = -1.0
_UNKNOWN_GENERIC: Final = 0.4
_SURE_GENERIC: Final = 1.6
_FEATURE: Final = 1.0
_SURE_GENERICS: Final = (
    *("county", "province", "governorate", "oblast", "prefecture", "peninsula", "islands"),
    *("air base", "air force base"),
)
_FEATURES: Final = (
    *(" sea", " bay", " river", " lake", " island", " strait", " gulf", " canal", " valley", " desert"),
    *(" mountains", " heights", " base", " airport"),
)
_SEVERAL_WORDS: Final = 0.9
_OTHER_NAME: Final = -0.4
_LARGE: Final = 300_000

_LOCATIVE: Final = 1.6
_LOOSE_LOCATIVE: Final = 1.4
_PLACE_NOUN: Final = 1.6
WEAK: Final = 0.8
"""What is said of places and of others: "from", "of"."""
_DATELINE: Final = 5.0
_ISOLATED: Final = 0.4
_PLANT_IN: Final = 0.4
_MOST_SKIPPED: Final = 4
_JOINS: Final = frozenset({Gap.SPACE, Gap.APOSTROPHE, Gap.HYPHEN})


def prior(facts: NameFacts) -> float:
    """Give how readily a name is a place before any cue is seen.

    Parameters
    ----------
    facts
        What the gazetteer says of it.

    Returns
    -------
    float
        From -0.1 for a village to 2.2 for a country.
    """
    found = _KINDS.get(facts.kind, _VILLAGE)
    if facts.population:
        by_size = _A_DECADE * math.log10(facts.population / _FEWEST_PEOPLE)
        found = max(found, min(_MOST_BY_SIZE, by_size))
    return max(found, _CURATED) if facts.curated else found


def weigh(span: Span, page: Page, person: bytearray) -> None:
    """Add up the evidence for and against a span into its score.

    Parameters
    ----------
    span
        The span; its `score`, `located`, `somewhere`, `against` and `doubted` are set.
    page
        The text it stands in.
    person
        1 for each word that is part of a person's name.
    """
    somewhere = located(span, page)
    span.located = somewhere > WEAK
    span.somewhere = somewhere
    span.against = objections(span, page, person)
    span.score = _name(span, page) + somewhere + span.against
    if span.facts is not None and span.facts.primary and _isolated(span, page):
        span.score += _ISOLATED
    if somewhere >= _LOOSE_LOCATIVE and _plant_before(span, page):
        span.score += _PLANT_IN
    if page.dateline[span.first] and span.facts is not None:
        span.score += _DATELINE
        span.located = True


def _name(span: Span, page: Page) -> float:
    """Weigh the name by itself."""
    facts = span.facts
    if facts is None:
        return _unknown_name(span)
    found = prior(facts)
    if span.words > 1:
        return found + _SEVERAL_WORDS if facts.exact or facts.curated else found
    minor = not facts.primary and not facts.curated and facts.population < _LARGE
    return found + _OTHER_NAME if minor and page.language == "en" else found


def _unknown_name(span: Span) -> float:
    if not span.generic:
        return _UNKNOWN
    if span.reading.casefold().endswith(_SURE_GENERICS):
        return _SURE_GENERIC
    feature = " of " in span.reading or span.reading.casefold().endswith(_FEATURES)
    return _FEATURE if feature else _UNKNOWN_GENERIC


def located(span: Span, page: Page) -> float:
    """Weigh the words around that say "somewhere"; the strongest counts.

    Parameters
    ----------
    span
        The span.
    page
        The text it stands in.

    Returns
    -------
    float
        Zero when nothing does; above `WEAK` when something surely does.
    """
    return max(_located_before(span, page), _located_after(span, page))


def _located_before(span: Span, page: Page) -> float:
    cues, first = page.cues, span.first
    found = 0.0
    for index in range(first, _skipped(page, first) - 1, -1):
        if length := page.phrase_before(index, cues.locative):
            loose = index == first and length == 1 and page.lower[first - 1] in cues.loose
            return _LOOSE_LOCATIVE if loose else _LOCATIVE
        if page.phrase_before(index, cues.place_before) or page.phrase_before(index, cues.settlement_of):
            return _PLACE_NOUN
        if page.phrase_before(index, cues.weak):
            found = WEAK
    if page.tokens.gaps[first] is Gap.OPEN and page.tokens.text[span.end : span.end + 1] == ")":
        return WEAK  # FFG (Flensburg)
    return found


def _located_after(span: Span, page: Page) -> float:
    cues, tokens, after = page.cues, page.tokens, span.last + 1
    gap = tokens.gap(after)
    if gap is not Gap.APOSTROPHE:
        named = page.phrase_after(after, cues.place_after)
        # Turkish writes "the port of X" with two capitals.
        return _PLACE_NOUN if named and (page.language == "tr" or not page.capital[after]) else 0.0
    suffix = page.lower[after]
    if suffix in cues.suffix_in:
        return _LOCATIVE
    if suffix in cues.suffix_other:
        return WEAK
    return _PLACE_NOUN if suffix == "s" and page.phrase_after(after + 1, cues.place_after) else 0.0


def _isolated(span: Span, page: Page) -> bool:
    """Tell whether a capital can only come from its being a name: lower case before it and after it."""
    first, after, tokens = span.first, span.last + 1, page.tokens
    if first < 1 or page.starts_sentence(first) or page.titled[first] or page.language == "de":
        return False
    before = page.capital[first - 1] and tokens.gaps[first] in {Gap.SPACE, Gap.HYPHEN, Gap.DOT}
    behind = tokens.gap(after) in {Gap.SPACE, Gap.HYPHEN} and page.capital[after]
    return not before and not behind


def _plant_before(span: Span, page: Page) -> bool:
    """Tell whether it is "plant in X", "site at X"."""
    return any(word in page.cues.place_after for word in page.lower[max(0, span.first - 3) : span.first])


def _skipped(page: Page, index: int) -> int:
    """Go back over the words that may stand between a preposition and a name."""
    for _ in range(_MOST_SKIPPED):
        if (
            index < 1
            or page.tokens.gaps[index] not in _JOINS
            or page.lower[index - 1] not in page.cues.skipped
        ):
            break
        index -= 1
    return index
