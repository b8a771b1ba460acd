"""Tell a capital that is a place from one that stands for its government.

"Rabat and Tel Aviv agreed", "Washington's sanctions", "ties between Rabat and Jerusalem": nothing happened
*in* these places. A country that acts is on the map all the same and is only marked.
"""

from typing import Final

from dashboard.geocoding.mentions.cues import UNCASED
from dashboard.geocoding.mentions.matching import Span
from dashboard.geocoding.mentions.mention import Sense
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap

__all__ = ["sense_of"]

_LOOK_BACK: Final = 7
_LOOK_AHEAD: Final = 6
_TRAVEL_BACK: Final = 6
_PARTNER: Final = 3
_BE: Final = frozenset({"was", "were", "is", "are"})


def sense_of(span: Span, page: Page) -> Sense:
    """Tell in what sense a place is named.

    Parameters
    ----------
    span
        A span that is a place.
    page
        The text.

    Returns
    -------
    str
        ``place``, ``actor`` for a country, ``government`` for a capital.
    """
    facts = span.facts
    if facts is None or page.dateline[span.first]:
        return "place"
    country = facts.kind == "country"
    if not country and facts.kind != "capital" and span.reading.casefold() not in page.cues.seats:
        return "place"
    if _between_governments(span, page) or _heard_from(span, page) or _addressed(span, page):
        return "actor" if country else "government"
    if span.located or _on_the_way(span, page):
        return "place"
    if _acts(span, page) or _owns(span, page) or _is_partner(span, page):
        return "actor" if country else "government"
    return "place"


def _between_governments(span: Span, page: Page) -> bool:
    """Tell whether it is one of "ties between Rabat and Jerusalem"."""
    lower, gaps, cues = page.lower, page.tokens.gaps, page.cues
    for position in range(span.first - 1, max(-1, span.first - _LOOK_BACK), -1):
        if gaps[position + 1] >= Gap.QUOTE:
            return False
        if lower[position] in cues.between:
            around = lower[max(0, position - 4) : position] + lower[span.last + 1 : span.last + _LOOK_AHEAD]
            return any(word in cues.relations for word in around)
        joins = lower[position] in cues.conjunctions or lower[position] in cues.skipped
        if page.language not in UNCASED and not page.capital[position] and not joins:
            return False
    return False


def _heard_from(span: Span, page: Page) -> bool:
    """Tell whether it is "aus Berlin hieß es": news from a government."""
    after = span.last + 1
    return page.tokens.gap(after) is Gap.SPACE and page.lower[after] in page.cues.reported


def _addressed(span: Span, page: Page) -> bool:
    """Tell whether it is "according to Baghdad", "Moscow-backed" or, verb first, "قالت باريس"."""
    first, after, cues = span.first, span.last + 1, page.cues
    if page.phrase_before(first, cues.with_government) > 1:
        return not _travels(first, page)
    if page.tokens.gap(after) is Gap.HYPHEN and page.lower[after] in cues.sided:
        return True
    if page.language != "ar" or first < 1 or page.tokens.gaps[first] is not Gap.SPACE or span.located:
        return False
    verb = page.lower[first - 1]
    return verb in cues.saying or verb[1:] in cues.saying


def _travels(first: int, page: Page) -> bool:
    return any(word in page.cues.leaving for word in page.lower[max(0, first - _TRAVEL_BACK) : first - 1])


def _on_the_way(span: Span, page: Page) -> bool:
    """Tell whether it is "flights to San Juan were cancelled", "left Geneva for Kigali"."""
    cues, first = page.cues, span.first
    if not first or page.tokens.gaps[first] is not Gap.SPACE:
        return False
    before = page.lower[first - 1]
    if before in cues.with_government:
        return _travels(first, page)
    return before in cues.weak and before not in cues.of and before not in cues.between


def _acts(span: Span, page: Page) -> bool:
    """Tell whether a verb of saying or deciding follows, perhaps behind "and Tel Aviv"."""
    cues, after = page.cues, span.last + 1
    gap = page.tokens.gap(after)
    if gap is Gap.COMMA:
        return page.lower[after] in cues.relative
    if gap is not Gap.SPACE:
        return False
    word = page.lower[after]
    if word in cues.conjunctions:
        return _verb_behind_partner(page, after + 1)
    if word in _BE and page.tokens.gap(after + 1) is Gap.SPACE and page.lower[after + 1] in cues.suffered:
        return False
    if page.language in UNCASED:
        return word in cues.saying
    return not page.capital[after] and (_is_verb(word, page) or _must_be_verb(span, word, page))


def _is_verb(word: str, page: Page) -> bool:
    cues = page.cues
    if word in cues.saying or word in cues.state_subject:
        return True
    return word not in cues.stop_words and word.endswith(tuple(cues.verb_endings))


def _must_be_verb(span: Span, word: str, page: Page) -> bool:
    """Tell whether a word behind a bare name at the head of a clause can only be a verb: "Rabat dément"."""
    if page.language not in {"fr", "es"}:
        return False
    if page.tokens.gaps[span.first] is not Gap.COMMA and not page.starts_sentence(span.first):
        return False
    cues = page.cues
    known = any(word in words for words in (cues.stop_words, cues.locative, cues.weak, cues.place_after))
    return word.isalpha() and not known


def _verb_behind_partner(page: Page, index: int) -> bool:
    for position in range(index, min(index + _PARTNER, len(page.tokens))):
        if page.tokens.gaps[position] is not Gap.SPACE:
            return False
        if not page.capital[position]:
            return position > index and _is_verb(page.lower[position], page)
    return False


def _owns(span: Span, page: Page) -> bool:
    """Tell whether it is "Washington's sanctions", not "Casablanca's port"."""
    tokens, cues, after = page.tokens, page.cues, span.last + 1
    if tokens.gap(after) is not Gap.APOSTROPHE or page.lower[after] != "s":
        return False
    owned = after + 1
    while tokens.gap(owned) is Gap.SPACE and page.lower[owned] in cues.skipped:
        owned += 1
    return not page.phrase_after(owned, cues.place_after)


def _is_partner(span: Span, page: Page) -> bool:
    """Tell whether it is "with Ankara", "for Seoul", "the needs of Kyiv", "Manila and Beijing trade"."""
    cues, first, lower = page.cues, span.first, page.lower
    if page.phrase_before(first, cues.with_government):
        return True
    if first > 1 and lower[first - 1] in cues.of:
        return any(word in cues.relations for word in lower[max(0, first - 3) : first - 1])
    return False
