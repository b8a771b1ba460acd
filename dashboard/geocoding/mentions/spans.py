"""Find the runs of words that may be names of places at all, in scripts that have capitals.

Nothing is decided here; that is the work of `dashboard.geocoding.mentions.evidence`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from dashboard.geocoding.mentions.cues import cues_of
from dashboard.geocoding.mentions.known import KnownNames, NameFacts
from dashboard.geocoding.mentions.matching import (
    CYRILLIC,
    INSIDE,
    Span,
    ends_of,
    longest_match,
    match,
    written_name,
)
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap
from dashboard.geocoding.mentions.unlisted import (
    unknown_before_area,
    unknown_before_generic,
    unknown_feature,
    unknown_settlement,
)

__all__ = ["cased_spans"]

_ACRONYM: Final = 4
_DIRECTIONS: Final = frozenset(
    point + ending
    for point in ("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest")
    for ending in ("", "ern")
) | {"central", "upper", "lower"}
_A_NAME_AND_COUNTY: Final = 2
_LARGE: Final = 300_000
_BASE_CITY: Final = 50_000


def cased_spans(page: Page, names: KnownNames) -> list[Span]:
    """Find the names in a text whose script has capitals.

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
    spans = []
    index, size = 0, len(page.tokens)
    openers = _first_words(page.language)
    stops = page.cues.stop_words
    while index < size:
        span = None
        if page.junk[index]:
            index += 1
            continue
        lower = page.lower[index]
        if lower in stops and lower not in openers and not _leads(page, index):
            index += 1
            continue
        if lower in openers and (span := _behind_generic(page, names, index)):
            span = _before_generic(page, names, span)
        if span is None and page.capital[index]:
            span = _at(page, names, index)
        if span is None:
            index += 1
        else:
            spans.append(span)
            index = span.last + 1
    return spans


def _leads(page: Page, index: int) -> bool:
    """Tell whether a stop word may begin a name: The Hague, US."""
    following = index + 1
    return (following < len(page.capital) and page.capital[following]) or page.tokens.words[index].isupper()


@cache
def _first_words(language: str) -> frozenset[str]:
    return frozenset(phrase.split(" ")[0] for phrase in cues_of(language).generic_before)


def _at(page: Page, names: KnownNames, index: int) -> Span | None:
    span = _abbreviation(page, names, index) or longest_match(page, names, index)
    if span is not None and span.words == 1 and (wide := _wider(page, index, span)):
        return wide
    if span is None:
        return (
            _behind_direction(page, names, index)
            or unknown_before_generic(page, index)
            or unknown_settlement(page, index)
            or unknown_before_area(page, index)
        )
    return span if span.abbreviation else _before_generic(page, names, span)


def _wider(page: Page, index: int, span: Span) -> Span | None:
    """Find "Andreas Papandreou air base" though there is an Andreas, "range of Ben Ghilouf" though a Ben."""
    if not page.phrase_after(span.last + 1, page.cues.generic_after):
        wide = unknown_before_generic(page, index)
        if wide is not None and wide.words > _A_NAME_AND_COUNTY:
            return wide
    facts = span.facts
    sure = facts is not None and (facts.is_area or facts.curated)
    wide = None if sure else unknown_settlement(page, index)
    return wide if wide is not None and wide.last > span.last else None


def _before_generic(page: Page, names: KnownNames, span: Span) -> Span:
    length = _capital_generic(page, span.last + 1)
    return _extended(page, names, span, span.last + length) if length else span


def _behind_direction(page: Page, names: KnownNames, index: int) -> Span | None:
    """Find "South Wales" where only Wales is known; "southern Wales" is Wales."""
    tokens = page.tokens
    if page.lower[index] not in _DIRECTIONS or page.language != "en" or page.starts_sentence(index):
        return None
    if tokens.gap(index + 1) is not Gap.SPACE or not page.capital[index + 1] or page.capitals[index]:
        return None
    inner = longest_match(page, names, index + 1)
    if inner is None or inner.facts is None or not (inner.facts.is_area or inner.facts.population > _LARGE):
        return None
    return Span(index, inner.last, tokens.starts[index], inner.end, inner.reading, inner.facts)


def _capital_generic(page: Page, index: int) -> int:
    """Count the words of a generic word that belongs to the name before it."""
    length = page.phrase_after(index, page.cues.generic_after)
    if not length or page.tokens.gap(index) is not Gap.SPACE:
        return 0
    # In Cyrillic "область" belongs to the name though it has no capital.
    return length if page.capital[index] or page.language in CYRILLIC else 0


def _extended(page: Page, names: KnownNames, span: Span, last: int) -> Span:
    whole = match(page, names, span.first, last)
    end = page.tokens.ends[last]
    if whole:
        return Span(span.first, last, span.start, end, whole[0], whole[1], generic=True)
    facts = span.facts
    if facts is not None and (facts.kind == "country" or page.lower[last] == "city"):
        return span  # Manchester City plays football
    base = page.lower[last] in {"base", "airbase", "station", "range"}
    if base and facts is not None and not facts.curated and facts.population < _BASE_CITY:
        return Span(
            span.first, last, span.start, end, written_name(page, span.first, last), None, generic=True
        )
    return Span(span.first, last, span.start, end, span.reading, facts, generic=True)


def _behind_generic(page: Page, names: KnownNames, index: int) -> Span | None:
    """Find "bande de Gaza", "Landkreis Celle" or "Mount Hermon"."""
    tokens = page.tokens
    if tokens.gaps[index] is Gap.HYPHEN:
        return None
    for length in (3, 2, 1):
        name = index + length
        phrase = " ".join(page.lower[index:name])
        if name >= len(tokens) or phrase not in page.cues.generic_before or not page.capital[name]:
            continue
        if any(tokens.gaps[position] not in INSIDE for position in range(index + 1, name + 1)):
            continue
        for last in reversed(ends_of(page, name)):
            if found := match(page, names, index, last):
                return Span(index, last, tokens.starts[index], tokens.ends[last], *found)
        if page.language == "en" and (length == 1 or page.lower[name - 1] == "of"):
            return unknown_feature(page, index, name, phrase)
        if inner := longest_match(page, names, name):
            return Span(
                index, inner.last, tokens.starts[index], inner.end, inner.reading, inner.facts, generic=True
            )
        last = ends_of(page, name)[-1]
        return Span(
            index,
            last,
            tokens.starts[index],
            tokens.ends[last],
            written_name(page, name, last),
            None,
            generic=True,
        )
    return None


def _abbreviation(page: Page, names: KnownNames, index: int) -> Span | None:
    """Find "Pa.", "U.S." and "UK" as abbreviations of areas."""
    tokens, text = page.tokens, page.tokens.text
    word = tokens.words[index]
    if len(word) > 5 or page.capitals[index]:  # noqa: PLR2004
        return None
    if len(word) > 1 and not word.isupper() and text[tokens.ends[index] : tokens.ends[index] + 1] != ".":
        return None
    last = index
    while (
        last + 1 < len(tokens)
        and tokens.gaps[last + 1] is Gap.POINT
        and len(tokens.words[last]) <= 2  # noqa: PLR2004
        and page.capital[last + 1]
    ):
        last += 1
    end = tokens.ends[last]
    dotted = text[end : end + 1] == "."
    if last == index and not dotted and not tokens.words[index].isupper():
        return None
    for surface, stop in _with_and_without_dot(text[tokens.starts[index] : end], end, dotted=dotted):
        facts = names.facts(surface)
        if facts is not None and _is_abbreviation(surface, facts):
            return Span(index, last, tokens.starts[index], stop, surface, facts, abbreviation=True)
    return None


def _is_abbreviation(surface: str, facts: NameFacts) -> bool:
    if facts.kind == "country" and len(surface) > 2 and surface.isupper():  # noqa: PLR2004
        return len(surface) <= _ACRONYM or "." in surface
    return facts.abbreviated and facts.kind in {"country", "division"}


def _with_and_without_dot(surface: str, end: int, *, dotted: bool) -> Iterator[tuple[str, int]]:
    if dotted and ("." in surface or not surface.isupper() or len(surface) == 1):
        yield f"{surface}.", end + 1
    if not dotted or surface.isupper():
        yield surface, end
