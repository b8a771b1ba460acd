"""Give names other borders: "Laupheim" in "Fliegerhorst Laupheim", "Sumy region" for "Sumy".

Whether a generic word belongs to a name differs by language and by word, so both are offered to the model
(`dashboard.geocoding.mentions.weighing`), which chooses.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dashboard.geocoding.mentions.cues import UNCASED
from dashboard.geocoding.mentions.known import KnownNames
from dashboard.geocoding.mentions.matching import Span, written_name
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.tokens import Gap, key_of
from dashboard.geocoding.mentions.uncased import prefixes

__all__ = ["other_borders"]

_MOST: Final = 3
_OWN_PLACES: Final = frozenset({"hand", "facility"})
"""Kinds known by their whole name only."""


def other_borders(page: Page, names: KnownNames, spans: list[Span]) -> Iterator[Span]:
    """Find narrower and wider spans for those that hold or touch a generic word.

    Parameters
    ----------
    page
        The text.
    names
        The names of the gazetteer.
    spans
        The spans as found; their `border` is set.

    Yields
    ------
    Span
        The others.
    """
    for span in spans:
        if span.abbreviation:
            continue
        # "Fort Worth", "Camp Lemonnier": in English the noun in front belongs to the name.
        if page.language != "en" and (narrow := _without_first(page, names, span)):
            yield narrow
        if narrow := _without_last(page, names, span):
            yield narrow
        if wide := _with_next(page, span) or _with_previous(page, span):
            yield wide


def _without_first(page: Page, names: KnownNames, span: Span) -> Span | None:
    tokens, cues = page.tokens, page.cues
    lower = page.lower[span.first : span.last + 1]
    if span.prefix:
        lower[0] = key_of(tokens.text[span.start : tokens.ends[span.first]])
    for length in range(min(_MOST, span.words - 1), 0, -1):
        phrase = " ".join(lower[:length])
        generic = phrase in cues.generic_before or phrase in cues.facilities
        if phrase in cues.sites or (generic and not cues.sites.isdisjoint(lower[:length])):
            span.border = f"has {phrase}"
            return _part(span, page, names, (span.first + length, span.last), f"less {phrase}")
    return None


def _without_last(page: Page, names: KnownNames, span: Span) -> Span | None:
    for length in range(min(_MOST, span.words - 1), 0, -1):
        last = span.last - length
        words = page.lower[last + 1 : span.last + 1]
        phrase = " ".join(words)
        generic = phrase in page.cues.generic_after or phrase in page.cues.place_after
        if generic and not page.cues.sites.isdisjoint(words):
            span.border = f"has -{phrase}"
            return _part(span, page, names, (span.first, last), f"less -{phrase}")
    return None


def _part(span: Span, page: Page, names: KnownNames, ends: tuple[int, int], border: str) -> Span:
    """Give a part of a span; a base is still looked up by its whole name."""
    tokens, (first, last) = page.tokens, ends
    same = first == span.first
    start = span.start if same else tokens.starts[first]
    prefix = span.prefix if same else ""
    part = replace(
        span, first=first, last=last, start=start, end=tokens.ends[last], border=border, prefix=prefix
    )
    if span.facts is not None and span.facts.kind in _OWN_PLACES:
        return part
    reading = tokens.text[start : part.end] if prefix else written_name(page, first, last)
    part.facts = names.facts(reading)
    if part.facts is not None:
        part.reading = reading
    return part


def _with_next(page: Page, span: Span) -> Span | None:
    length = page.phrase_after(span.last + 1, page.cues.generic_after)
    if not length:
        return None
    last = span.last + length
    phrase = " ".join(page.lower[span.last + 1 : last + 1])
    span.border = f"beside {phrase}"
    return replace(span, last=last, end=page.tokens.ends[last], generic=True, border=f"with {phrase}")


def _with_previous(page: Page, span: Span) -> Span | None:
    before, tokens = span.first - 1, page.tokens
    if page.language not in UNCASED or before < 0 or tokens.gaps[span.first] is not Gap.SPACE or span.prefix:
        return None
    for cut, prefix in prefixes(page, before):
        noun = page.lower[before][len(cut) :]
        if noun in page.cues.sites:
            start = tokens.starts[before] + len(cut)
            return replace(
                span, first=before, start=start, generic=True, prefix=prefix, border=f"with {noun}"
            )
    return None
