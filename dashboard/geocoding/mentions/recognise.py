"""Find the places that a text names: the one entry to recognition.

Deterministic and offline: a dictionary (the gazetteer), cues (word lists per language), and weights. No
model, so that every find can be explained and the same text always gives the same answer.
"""

from itertools import pairwise
from typing import Final

from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.mentions.cues import LANGUAGES, UNCASED, adjectives
from dashboard.geocoding.mentions.evidence import THRESHOLD, weigh
from dashboard.geocoding.mentions.government import sense_of
from dashboard.geocoding.mentions.known import KnownNames, known_names
from dashboard.geocoding.mentions.language import guess_language
from dashboard.geocoding.mentions.matching import Span
from dashboard.geocoding.mentions.mention import PlaceMention, Sense
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.settling import settle
from dashboard.geocoding.mentions.spans import cased_spans
from dashboard.geocoding.mentions.tokens import Tokens
from dashboard.geocoding.mentions.uncased import continues_list, uncased_spans, weigh_uncased
from dashboard.geocoding.mentions.unlisted import repeated

__all__ = ["find_mentions", "read_mentions"]

_IN_A_LIST: Final = 1.0
_AREAS: Final = frozenset({"country", "division"})
_MOST_HINTS: Final = 20


def find_mentions(
    text: str, *, gazetteer: Gazetteer, language: str | None = None, governments: bool = False
) -> list[PlaceMention]:
    """Find the places that a text names.

    Parameters
    ----------
    text
        The text, of any length.
    gazetteer
        The names that are known.
    language
        ISO 639-1 code; guessed when None or not one of the known languages.
    governments
        Whether to give also the capitals that stand for their governments.

    Returns
    -------
    list of PlaceMention
        In order of the text, without overlaps. Never raises for an odd text.

    Raises
    ------
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    page = _page_of(text, language)
    _, places = _spans_of(page, known_names(gazetteer))
    mentions = _mentions(places, page)
    return mentions if governments else [mention for mention in mentions if mention.literal]


def read_mentions(
    text: str, *, gazetteer: Gazetteer, language: str | None = None
) -> tuple[list[PlaceMention], list[PlaceMention]]:
    """Find the places and governments that a text names, and what else tells where it is set.

    Parameters
    ----------
    text
        The text, of any length.
    gazetteer
        The names that are known.
    language
        ISO 639-1 code; guessed when None or not one of the known languages.

    Returns
    -------
    list of PlaceMention, list of PlaceMention
        The mentions; and hints, each once: demonyms ("Moroccan") and areas in names of organisations
        ("Junta de Andalucía"), which are no mentions of places.

    Raises
    ------
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    page = _page_of(text, language)
    names = known_names(gazetteer)
    spans, places = _spans_of(page, names)
    return _mentions(places, page), _hints(spans, places, page, names)


def _page_of(text: str, language: str | None) -> Page:
    tokens = Tokens(text)
    return Page(tokens, language if language in LANGUAGES else guess_language(text, tokens))


def _spans_of(page: Page, names: KnownNames) -> tuple[list[Span], list[Span]]:
    """Give all spans that may be places, and those that are."""
    if page.language in UNCASED:
        spans = uncased_spans(page, names)
        return spans, _settle_uncased(spans, page)
    spans = cased_spans(page, names)
    person = page.note_persons()
    for span in spans:
        weigh(span, page, person)
    places = settle(spans, page)
    return spans, sorted([*places, *repeated(places, page)], key=lambda span: span.first)


def _mentions(places: list[Span], page: Page) -> list[PlaceMention]:
    return [_mention(span, page, sense_of(span, page)) for span in places]


def _mention(span: Span, page: Page, sense: Sense) -> PlaceMention:
    surface = page.tokens.text[span.start : span.end]
    return PlaceMention(surface, span.start, span.end, span.reading, page.language, sense)


def _hints(spans: list[Span], places: list[Span], page: Page, names: KnownNames) -> list[PlaceMention]:
    tokens = page.tokens
    taken = {position for span in places for position in range(span.first, span.last + 1)}
    found: dict[str, PlaceMention] = {}
    for span in spans:
        if span.first not in taken and span.facts is not None and span.facts.kind in _AREAS:
            found.setdefault(span.reading.casefold(), _mention(span, page, "actor"))
    for index in page.words_in(adjectives()):
        word = tokens.words[index]
        if page.lower[index] not in found and index not in taken and names.is_demonym(word):
            start, end = tokens.starts[index], tokens.ends[index]
            found[page.lower[index]] = PlaceMention(word, start, end, word, page.language, "actor")
    return sorted(found.values(), key=lambda hint: hint.start)[:_MOST_HINTS]


def _settle_uncased(spans: list[Span], page: Page) -> list[Span]:
    for span in spans:
        weigh_uncased(span, page)
    for before, span in pairwise(spans):
        if span.score < THRESHOLD and continues_list(span, before, page):
            span.score += _IN_A_LIST
            span.located = before.located
    return [span for span in spans if span.score >= THRESHOLD]
