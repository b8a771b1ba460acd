"""Weigh what speaks against a span being a place, in scripts that have capitals.

Places give their names to persons, companies, clubs, ships, newspapers and agreements; most of these show in
the words beside the name. One objection of the strong kind outweighs any cue for a place.
"""

from typing import Final

from dashboard.geocoding.mentions.cues import adjectives, first_names
from dashboard.geocoding.mentions.known import NameFacts
from dashboard.geocoding.mentions.matching import Span
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap

__all__ = ["objections", "word_before"]

_PERSON: Final = -6.0
_ORGANISATION: Final = -5.0
_ERA: Final = -4.0
_NEIGHBOUR: Final = -2.4
_NEIGHBOUR_OF_PLANT: Final = -1.7
_NEIGHBOUR_IN_TITLE: Final = -0.7
_QUOTED_NAME: Final = -2.5
_DEFINITE: Final = -1.8
_INDEFINITE: Final = -0.8
_OWNER: Final = -1.5
_ACRONYM: Final = -1.5
_COMMON: Final = -1.7
_COMMON_SOMEWHERE: Final = -1.1
_SPEAKS: Final = -1.2
_SENTENCE_START: Final = -0.3

_HUGE: Final = 1_500_000
_LARGE: Final = 300_000
_RUN: Final = 5
_LONGEST_TITLE: Final = 4
_SHORTEST_NOUN: Final = 3
_BESIDE: Final = frozenset({Gap.SPACE, Gap.HYPHEN})
_TITLES_IN_LOWER_CASE: Final = frozenset({"president", "general"})
_CITY_AREAS: Final = frozenset({"country", "region"})
_RULED: Final = frozenset({"country", "division", "region"})
_RULED_IN_ENGLISH: Final = frozenset({"country"})
"""What a title may be followed by: президент Литвы, глава Татарстана; General Virginia is a person."""

_SMALL_KINDS: Final = frozenset({"city", "district", "facility"})


def objections(span: Span, page: Page, person: bytearray) -> float:
    """Add up what speaks against a span.

    Parameters
    ----------
    span
        The span; its `doubted` is set.
    page
        The text it stands in.
    person
        1 for each word that is part of a person's name.

    Returns
    -------
    float
        Zero or less.
    """
    if _is_person(span, person) or _titled_person(span, page):
        return _PERSON
    score = _one_word(span, page) + _quoted(span, page) + _article(span, page)
    if page.phrase_before(span.first, page.cues.org_before, quoted=True) or _org_behind_article(span, page):
        score += _ORGANISATION
    before = word_before(span, page)
    if before == _NEIGHBOUR and page.phrase_after(span.last + 1, page.cues.place_after):
        before = _NEIGHBOUR_OF_PLANT
    return score + before + _word_after(span, page)


def _known_well(facts: NameFacts | None) -> bool:
    return facts is not None and (facts.kind in {"country", "capital"} or facts.population >= _HUGE)


def _is_person(span: Span, person: bytearray) -> bool:
    """Tell whether it is part of a person's name; São José dos Campos holds a first name and is none."""
    if span.generic or not any(person[span.first : span.last + 1]):
        return False
    before = span.first > 0 and person[span.first - 1]
    after = span.last + 1 < len(person) and person[span.last + 1]
    return span.words == 1 or bool(before or after)


def _titled_person(span: Span, page: Page) -> bool:
    """Tell whether a title or an initial stands before: Gen. Lancaster, J. Paris."""
    first, tokens = span.first, page.tokens
    gap, before = tokens.gaps[first], page.lower[first - 1] if first else ""
    if gap is Gap.SPACE and (length := page.phrase_before(first, page.cues.person)):
        written = page.language != "en" or page.capital[first - length] or before in _TITLES_IN_LOWER_CASE
        ruled = span.facts is not None and span.facts.kind in (
            _RULED if page.language != "en" else _RULED_IN_ENGLISH
        )
        return written and not ruled
    if gap is Gap.DOT and first:
        initial = len(before) == 1 and page.capital[first - 1] and tokens.gaps[first - 1] is not Gap.POINT
        return initial or (
            before in page.cues.person and len(before) <= _LONGEST_TITLE and page.capital[first - 1]
        )
    return False


def _one_word(span: Span, page: Page) -> float:
    """Weigh what makes a single word a poor witness."""
    facts, first = span.facts, span.first
    if span.words > 1:
        return 0.0
    score, lower = 0.0, page.lower[first]
    if page.tokens.words[first].isupper() and not page.capitals[first]:
        score += _ACRONYM
    if _known_well(facts):
        return score
    if lower in page.surnames:
        score += _PERSON
    if lower in page.cues.common or lower in first_names():
        score += _COMMON_SOMEWHERE if page.phrase_before(first, page.cues.locative) else _COMMON
    if page.starts_sentence(first) and (facts is None or facts.population < _LARGE):
        score += _SENTENCE_START
    after = span.last + 1
    speaks = page.tokens.gap(after) is Gap.SPACE and page.lower[after] in page.cues.saying
    if speaks and not page.phrase_before(first, page.cues.locative):
        score += _SPEAKS
    return score


def _quoted(span: Span, page: Page) -> float:
    """Weigh "Werk Niedersachsen" in quotation marks: a name of something else."""
    tokens = page.tokens
    if tokens.gap(span.last + 1) is not Gap.QUOTE:
        return 0.0
    for position in range(span.first - 1, max(0, span.first - 4), -1):
        if not page.capital[position]:
            return 0.0
        if tokens.gaps[position] is Gap.QUOTE:
            return _QUOTED_NAME
    return 0.0


def _article(span: Span, page: Page) -> float:
    """Weigh "the Port Said", which is a ship: towns have no article."""
    facts, cues, tokens, after = span.facts, page.cues, page.tokens, span.last + 1
    if facts is None or span.generic or facts.kind in _CITY_AREAS or tokens.gaps[span.first] is not Gap.SPACE:
        return 0.0
    is_town = facts.population > 0 or facts.kind == "district"
    if not is_town or tokens.gap(after) is Gap.HYPHEN or page.phrase_after(after, cues.place_after):
        return 0.0
    article = page.lower[span.first - 1]
    if page.lower[span.first] in cues.with_article:
        return 0.0
    span.doubted = article in cues.definite or article in cues.indefinite
    return _DEFINITE if article in cues.definite else _INDEFINITE if span.doubted else 0.0


def _org_behind_article(span: Span, page: Page) -> bool:
    """Tell whether it is "the University of the Punjab"."""
    before = span.first - 1
    skipped = before > 0 and page.lower[before] in page.cues.skipped
    return skipped and page.phrase_before(before, page.cues.org_before) > 1


def word_before(span: Span, page: Page) -> float:
    """Weigh a capitalised word just before: "Hyundai Changwon", "Kosiniak-Kamysz".

    Parameters
    ----------
    span
        The span.
    page
        The text it stands in.

    Returns
    -------
    float
        Zero or less.
    """
    first, cues = span.first, page.cues
    if first < 1:
        return 0.0
    gap, lower = page.tokens.gaps[first], page.lower[first - 1]
    if not page.capital[first - 1]:
        glued = gap is Gap.HYPHEN and lower in cues.inner  # al-Attiyah
        foreign = gap is Gap.SPACE and lower in cues.foreign_inner and first > 1 and page.capital[first - 2]
        return _NEIGHBOUR if glued or foreign else 0.0
    if gap is Gap.HYPHEN:
        return 0.0 if lower in adjectives() else _NEIGHBOUR
    if gap is Gap.APOSTROPHE:
        return _NEIGHBOUR if len(lower) > 1 and page.language == "en" else 0.0
    if gap is not Gap.SPACE or _is_plain_before(first - 1, page):
        return 0.0
    return _NEIGHBOUR_IN_TITLE if page.titled[first] else _NEIGHBOUR


def _is_plain_before(index: int, page: Page) -> bool:
    """Tell whether a capitalised word is no part of a name behind it."""
    lower, cues = page.lower[index], page.cues
    if page.language == "de" and len(lower) >= _SHORTEST_NOUN:
        return True
    if page.starts_sentence(index) and lower.endswith(("ly", "ing", "ed")):
        return True
    lists = (
        *(cues.skipped, cues.calendar, cues.place_before, cues.locative, cues.weak, cues.stop_words),
        *(cues.inner, adjectives()),
    )
    return any(lower in words for words in lists)


def _word_after(span: Span, page: Page) -> float:
    """Weigh the words just after: "Kazakhstan Engineering", "Paris Hilton", "Vietnam vintage"."""
    cues, tokens, index = page.cues, page.tokens, span.last + 1
    gap = tokens.gap(index)
    if gap is Gap.APOSTROPHE:
        return _owner(span, page)
    if gap not in _BESIDE:
        return 0.0
    if not page.capital[index]:
        return _ERA if page.lower[index] in cues.eras else 0.0
    return _capital_after(span, index, page)


def _capital_after(span: Span, index: int, page: Page) -> float:
    cues = page.cues
    if page.capitals[span.first]:
        return _ORGANISATION if page.phrase_after(index, cues.org_after) else 0.0
    office = page.phrase_after(index, cues.office_after)
    if office and not page.phrase_after(index + office, cues.org_after):
        return 0.0
    if _leads_to_organisation(index, page):
        return _ORGANISATION
    if page.titled[span.first]:
        return _NEIGHBOUR_IN_TITLE
    return 0.0 if _is_plain_after(span, index, page) else _NEIGHBOUR


def _owner(span: Span, page: Page) -> float:
    """Weigh "Macy's Thanksgiving Day Parade": a village owns no Parade."""
    after = span.last + 1
    if page.lower[after] != "s" or page.tokens.gap(after + 1) is not Gap.SPACE or page.titled[span.first]:
        return 0.0
    small = span.facts is None or span.facts.kind in _SMALL_KINDS
    return _OWNER if small and page.capital[after + 1] else 0.0


def _leads_to_organisation(index: int, page: Page) -> bool:
    """Tell whether a run of capitalised words that begins here names an organisation."""
    gaps, cues = page.tokens.gaps, page.cues
    if page.lower[index] == "city":  # a football club; Kansas City and its like are names of their own
        return True
    for position in range(index, min(index + _RUN, len(gaps))):
        if gaps[position] not in _BESIDE:
            return False
        if page.capital[position]:
            if page.phrase_after(position, cues.org_after):
                return True
        elif page.lower[position] not in cues.inner:
            return False
    return False


def _is_plain_after(span: Span, index: int, page: Page) -> bool:
    """Tell whether a capitalised word is no part of a name before it."""
    lower, cues = page.lower[index], page.cues
    if any(lower in words for words in (adjectives(), cues.calendar, cues.place_after, cues.generic_after)):
        return True
    if page.language == "de" and page.tokens.gaps[index] is Gap.SPACE:
        return True
    country = span.facts is not None and span.facts.kind == "country"
    return country and page.phrase_before(span.first, cues.person) > 0  # президент Литвы Гитанас Науседа
