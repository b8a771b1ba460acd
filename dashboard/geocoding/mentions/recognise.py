"""Find the places that a text names: the one entry to recognition.

Deterministic and offline: a dictionary (the gazetteer), cues (word lists per language), weights set by hand,
and in six languages a small linear model that has the last word. The same text always gives the same answer.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.mentions.borders import other_borders
from dashboard.geocoding.mentions.clues import Surroundings
from dashboard.geocoding.mentions.cues import LANGUAGES, UNCASED, adjectives
from dashboard.geocoding.mentions.evidence import THRESHOLD, weigh
from dashboard.geocoding.mentions.government import sense_of
from dashboard.geocoding.mentions.known import KnownNames, known_names
from dashboard.geocoding.mentions.language import guess_language
from dashboard.geocoding.mentions.matching import Span
from dashboard.geocoding.mentions.mention import PlaceMention, Sense
from dashboard.geocoding.mentions.page import Page
from dashboard.geocoding.mentions.runs import runs_of
from dashboard.geocoding.mentions.settling import settle
from dashboard.geocoding.mentions.spans import cased_spans
from dashboard.geocoding.mentions.tokens import Tokens
from dashboard.geocoding.mentions.uncased import continues_list, uncased_spans, weigh_uncased
from dashboard.geocoding.mentions.unlisted import repeated
from dashboard.geocoding.mentions.weighing import NameModel, chosen

__all__ = ["Proposed", "find_mentions", "page_of", "propose", "read_mentions"]

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
    page = page_of(text, language)
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
    page = page_of(text, language)
    names = known_names(gazetteer)
    spans, places = _spans_of(page, names)
    return _mentions(places, page), _hints(spans, places, page, names)


def page_of(text: str, language: str | None) -> Page:
    """Make a text ready to be read.

    Parameters
    ----------
    text
        The text.
    language
        ISO 639-1 code; guessed when None or not one of the known languages.

    Returns
    -------
    Page
        Its words and lines.
    """
    tokens = Tokens(text)
    return Page(tokens, language if language in LANGUAGES else guess_language(text, tokens))


@dataclass(frozen=True, slots=True)
class Proposed:
    """The spans of a text that may be places, before the model has seen them.

    Parameters
    ----------
    spans
        The names of the gazetteer and those the rules know without it, weighed.
    places
        Those of them that are places by the rules alone.
    others
        Other borders of these, and runs of words that no gazetteer has.
    person
        1 for each word that is part of a person's name.
    """

    spans: list[Span]
    places: list[Span]
    others: list[Span]
    person: bytearray

    def surroundings(self, page: Page) -> Surroundings:
        """Make what gives the clues of these spans.

        Parameters
        ----------
        page
            Their text.

        Returns
        -------
        Surroundings
            Where each may be asked for.
        """
        return Surroundings(page, self.spans, self.person)


def propose(page: Page, names: KnownNames, *, others: bool = True) -> Proposed:
    """Find all spans of a text that may be places.

    Parameters
    ----------
    page
        The text.
    names
        The names of the gazetteer.
    others
        Whether to look for what only a model can weigh.

    Returns
    -------
    Proposed
        The spans, as far as the rules go.
    """
    if page.language in UNCASED:
        spans, person = uncased_spans(page, names), bytearray(len(page.tokens))
        places = _settle_uncased(spans, page)
    else:
        spans, person = cased_spans(page, names), page.note_persons()
        for span in spans:
            weigh(span, page, person)
        places = settle(spans, page)
    return Proposed(spans, places, _others(page, names, spans) if others else [], person)


def _others(page: Page, names: KnownNames, spans: list[Span]) -> list[Span]:
    taken = {(span.start, span.end) for span in spans}
    found = []
    for span in (*other_borders(page, names, spans), *runs_of(page, spans)):
        if (span.start, span.end) not in taken:
            taken.add((span.start, span.end))
            found.append(span)
    return found


def _spans_of(page: Page, names: KnownNames) -> tuple[list[Span], list[Span]]:
    """Give all spans that the rules know, and the places of the text."""
    model = NameModel.shipped()
    taught = page.language in model.languages
    proposed = propose(page, names, others=taught)
    if taught:
        places = _weighed(page, proposed, model)
    else:
        places = proposed.places
        for span in places:
            span.sense = sense_of(span, page)
    if page.language not in UNCASED:
        again = repeated(places, page)
        places = sorted([*places, *again], key=lambda span: span.first)
    return proposed.spans, places


def _weighed(page: Page, proposed: Proposed, model: NameModel) -> list[Span]:
    """Let the model choose; a capital that it does not take for a place stands for its government."""
    places = chosen((*proposed.spans, *proposed.others), proposed.surroundings(page), model)
    taken = {position for span in places for position in range(span.first, span.last + 1)}
    for span in places:
        country = span.facts is not None and span.facts.kind == "country"
        span.sense = "actor" if country and sense_of(span, page) == "actor" else "place"
    governments = [
        span
        for span in proposed.places
        if span.facts is not None
        and taken.isdisjoint(range(span.first, span.last + 1))
        and (span.facts.kind == "capital" or span.reading.casefold() in page.cues.seats)
    ]
    for span in governments:
        span.sense = "government"
    return sorted([*places, *governments], key=lambda span: span.first)


def _mentions(places: list[Span], page: Page) -> list[PlaceMention]:
    return [_mention(span, page, span.sense) for span in places]


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
