"""Let the sure places of a text speak for the unsure: "X, Y", "X and Y", the same name again."""

from itertools import pairwise
from typing import Final

from dashboard.geocoding.mentions.evidence import THRESHOLD
from dashboard.geocoding.mentions.matching import Span
from dashboard.geocoding.mentions.objections import word_before
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap

__all__ = ["settle"]

_INSIDE_AREA: Final = 1.7
_HOLDS_A_PLACE: Final = 0.5
_IN_A_LIST: Final = 1.0
_NAMED_ELSEWHERE: Final = 1.2
_OWNED: Final = 0.6
_SURE: Final = 0.5
_HOPELESS: Final = -3.0
_FAR_BELOW: Final = 2.0
_MOST_BETWEEN: Final = 2


def settle(spans: list[Span], page: Page) -> list[Span]:
    """Choose the places among all spans.

    Parameters
    ----------
    spans
        All spans, weighed, in order.
    page
        The text.

    Returns
    -------
    list of Span
        Those that are places.
    """
    for head, area in pairwise(spans):
        _contain(head, area, page)
    for span in spans:
        if span.abbreviation and not span.located:
            span.score = _lone_abbreviation(span, page)
    pairs = list(pairwise(spans))
    for left, right in (*pairs, *reversed(pairs)):
        _continue_list(left, right, page)
    for owner, span in pairs:
        _own(owner, span, page)
    _repeat(spans, page)
    return [span for span in spans if span.score >= THRESHOLD]


def _contain(head: Span, area: Span, page: Page) -> None:
    """Weigh "Warren, Michigan" and "Bergerac (Dordogne)": both parts vouch for each other."""
    if area.first != head.last + 1 or page.tokens.gaps[area.first] not in {Gap.COMMA, Gap.OPEN}:
        return
    if head.score <= _HOPELESS or not (area.generic or (area.facts is not None and area.facts.is_area)):
        return
    if area.abbreviation:
        area.score = max(area.score, THRESHOLD)
    if area.score > 0:
        head.score += _INSIDE_AREA
        area.score += _INSIDE_AREA if area.generic else _HOLDS_A_PLACE
        head.located = area.located = True


def _lone_abbreviation(span: Span, page: Page) -> float:
    """Weigh "U.S." and "UK" by themselves: before "Army" they are part of a name."""
    if span.facts is None or span.facts.kind != "country" or page.titled[span.first]:
        return 0.0
    after, tokens = span.last + 1, page.tokens
    gap = tokens.gap(after)
    joined = gap is Gap.SPACE or (gap is Gap.DOT and tokens.text[span.end - 1] == ".")
    if joined and page.capital[after]:
        return THRESHOLD if page.phrase_after(after, page.cues.office_after) else 0.0
    money = tokens.text[span.end : span.end + 1] == "$"
    inside_name = word_before(span, page) < 0  # Austal USA
    return 0.0 if money or inside_name else THRESHOLD


def _continue_list(left: Span, right: Span, page: Page) -> None:
    if not _side_by_side(left, right, page):
        return
    sure, other = (left, right) if left.score >= THRESHOLD else (right, left)
    if sure.score >= THRESHOLD > other.score > THRESHOLD - _FAR_BELOW:
        other.score += _IN_A_LIST
    if left.located and right.score > 0:
        right.located = True


def _side_by_side(left: Span, right: Span, page: Page) -> bool:
    """Tell whether two spans are "X and Y" or "X, Y"."""
    words = page.lower[left.last + 1 : right.first]
    if not words:
        return page.tokens.gaps[right.first] in {Gap.COMMA, Gap.DASH}
    joiners = page.cues.joiners
    if len(words) > _MOST_BETWEEN or not any(word in joiners for word in words):
        return False
    return all(word in joiners or word in page.cues.stop_words for word in words)


def _own(owner: Span, span: Span, page: Page) -> None:
    """Weigh "Russia's Tatarstan"."""
    gaps, after = page.tokens.gaps, owner.last + 1
    if span.first != after + 1 or page.lower[after] != "s" or gaps[after] is not Gap.APOSTROPHE:
        return
    holds = owner.facts is not None and owner.facts.kind in {"country", "division"}
    if holds and gaps[span.first] is Gap.SPACE:
        span.score += _OWNED


def _repeat(spans: list[Span], page: Page) -> None:
    """Weigh a name the more when it surely is a place elsewhere in the text."""
    sure = {
        page.lower[span.last]
        for span in spans
        if span.score >= THRESHOLD and (span.located or span.score > THRESHOLD + _SURE)
    }
    for span in spans:
        unsure = THRESHOLD - _FAR_BELOW < span.score < THRESHOLD
        if unsure and not span.doubted and page.lower[span.last] in sure:
            span.score += _NAMED_ELSEWHERE
