"""Hold what somebody said of an article against it: where words stand, and what we read there ourselves.

Offsets, days and places never come from outside. Words are found in the text as they are written; dates are
read by our own reader, places are those that our own geocoder found at the quoted words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from dashboard.articles.assembling.events import extent_of
from dashboard.articles.assembling.memory import Memory
from dashboard.articles.assembling.story import Story, stories_of
from dashboard.articles.finding.names import ActorTable
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.language import language_of
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import PlaceBasis, Quote
from dashboard.articles.reading.article import Article
from dashboard.articles.reading.clean import blocks_of
from dashboard.domain.dates import UncertainDate

__all__ = ["Ground", "Span", "Told"]

Span: TypeAlias = tuple[int, int]
"""Offsets of the first character and after the last."""

_MOST_SPOTS: Final = 200
_MOST_SENTENCES: Final = 3
_FAR: Final = 2_000
_COUNTRY: Final = "country"
_BY_COUNTRY: Final = frozenset({"contract", "delivery", "policy", "agreement", "corporate"})
"""Kinds of events that may belong to a country which only acts."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where a fact is told.

    Parameters
    ----------
    start
        Where the words begin.
    end
        Where they end.
    sentences
        The sentences that they stand in.
    """

    start: int
    end: int
    sentences: tuple[Sentence, ...]

    @property
    def span(self) -> Span:
        """The words and all of their sentences."""
        return min(self.start, self.sentences[0].start), max(self.end, self.sentences[-1].end)


class Ground:
    """An article, read by our own means, to hold claims against.

    Parameters
    ----------
    article
        The article.
    places
        The places that our geocoder found in it.
    actors
        Actors of the atlas.
    """

    def __init__(self, article: Article, places: Sequence[NamedPlace], actors: ActorTable) -> None:
        self.text = article.text
        self.published = article.published
        self.language = language_of(article.language)
        self.blocks = blocks_of(self.text, self.language)
        junk = [(block.start, block.end) for block in self.blocks if block.role == "junk"]
        self.places = tuple(p for p in places if not any(a <= p.start < b for a, b in junk))
        self._stories = stories_of(self.text, self.blocks, self.language, self.places)
        self._sentences = [sentence for story in self._stories for sentence in story.sentences]
        self._memories = dict(_memories(self._stories, article, self.language.status_reach))
        self._actors = actors

    def parts(self, size: int) -> Iterator[str]:
        """Give the story in parts, without the page around it.

        Parameters
        ----------
        size
            Most characters of a part.

        Yields
        ------
        str
            Whole paragraphs; only one that is longer by itself is cut.
        """
        held: list[str] = []
        length = 0
        for block in self.blocks:
            if block.role == "junk":
                continue
            for start in range(block.start, block.end, size):
                piece = self.text[start : min(start + size, block.end)]
                if held and length + len(piece) > size:
                    yield "\n\n".join(held)
                    held, length = [], 0
                held.append(piece)
                length += len(piece)
        if held:
            yield "\n\n".join(held)

    def spots(self, words: str, within: Span) -> list[Span]:
        """Find where words stand as they are written.

        Parameters
        ----------
        words
            Words.
        within
            Part of the text to look in.

        Returns
        -------
        list of (int, int)
            Where; whole words only.
        """
        found: list[Span] = []
        at = within[0]
        while words and len(found) < _MOST_SPOTS:
            start = self.text.find(words, at, within[1])
            if start < 0:
                break
            if self._is_whole(start, start + len(words)):
                found.append((start, start + len(words)))
            at = start + 1
        return found

    def _is_whole(self, start: int, end: int) -> bool:
        text = self.text
        # Arabic and Hebrew write "in" and "the" as part of the word.
        opens = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
        closes = end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum())
        return (opens or bool(self.language.particles)) and closes

    def fact(self, quote: str, others: Sequence[str]) -> Told | None:
        """Find where a fact is told.

        Parameters
        ----------
        quote
            The words that are said to tell it.
        others
            Further words of it; where the quote stands several times, the place nearest to them is meant.

        Returns
        -------
        Told or None
            None when the quote does not stand in the story, or over more than three sentences or over
            several paragraphs.
        """
        best: tuple[tuple[bool, int], Told] | None = None
        for start, end in self.spots(quote, (0, len(self.text))):
            inside = tuple(one for one in self._sentences if one.start < end and start < one.end)
            if not 0 < len(inside) <= _MOST_SENTENCES:
                continue
            told = Told(start, end, inside)
            block = self.blocks[inside[0].paragraph]
            if not block.start <= start < end <= block.end:
                continue
            score = inside[0].headline, sum(self._distance(words, told.span) for words in others)
            if best is None or score < best[0]:
                best = score, told
        return best[1] if best else None

    def _distance(self, words: str, span: Span) -> int:
        around = max(span[0] - _FAR, 0), span[1] + _FAR
        return min((_gap(spot, span) for spot in self.spots(words, around)), default=_FAR)

    def inside(self, words: str, told: Told, near: Span) -> Span | None:
        """Find words in the sentences of a fact.

        Parameters
        ----------
        words
            Words.
        told
            Where the fact is told.
        near
            Words that they belong to: the nearest are meant.

        Returns
        -------
        tuple of (int, int) or None
            Where they stand; None when they do not.
        """
        return min(self.spots(words, told.span), key=lambda spot: _gap(spot, near), default=None)

    def quote(self, span: Span) -> Quote:
        """Quote a part of the text.

        Parameters
        ----------
        span
            Where it stands.

        Returns
        -------
        Quote
            The words there.
        """
        return Quote.of(self.text, *span)

    def date(self, spot: Span, told: Told, *, future: bool) -> tuple[UncertainDate, Quote] | None:
        """Read the date that words give.

        Parameters
        ----------
        spot
            Where the words stand.
        told
            Where the fact is told.
        future
            Whether it is to come.

        Returns
        -------
        tuple of (UncertainDate, Quote) or None
            The date and all of its words; None when the words are no date by themselves, or several.
        """
        met = [
            (sentence, found)
            for sentence in told.sentences
            for found in sentence.dates
            if _gap(sentence.offsets(found.first, found.last), spot) == 0
        ]
        if len(met) != 1:
            return None
        sentence, found = met[0]
        extent = extent_of(found, sentence, self._memories[sentence.start], future=future)
        if extent is None:
            return None
        return UncertainDate.parse(extent.edtf), self.quote(sentence.offsets(found.first, found.last))

    def is_ahead(self, date: UncertainDate) -> bool:
        """Tell whether a date lies behind the day of publication.

        Parameters
        ----------
        date
            A date.

        Returns
        -------
        bool
            Whether all of it does.
        """
        return self.published is not None and date.earliest is not None and date.earliest > self.published

    def place(self, words: str, told: Told, near: Span, kind: str) -> tuple[NamedPlace, PlaceBasis] | None:
        """Find the place that our geocoder found at some words.

        Parameters
        ----------
        words
            Words that name a place.
        told
            Where the fact is told.
        near
            The trigger words.
        kind
            Code of the event or site vocabulary.

        Returns
        -------
        tuple of (NamedPlace, PlaceBasis) or None
            The place, with its words in the fact's own sentences if they stand there, else the nearest of
            the story; None when there is none that can be that of such a fact.
        """
        here = self.spots(words, told.span)
        spots = here or self.spots(words, self._story_span(told))
        best: tuple[tuple[int, int], NamedPlace, PlaceBasis] | None = None
        for spot in spots:
            for place in self.places:
                basis = _basis(place, kind, is_here=bool(here))
                if basis is None or not _holds(spot, (place.start, place.end)):
                    continue
                score = _gap(spot, near), place.rank
                if best is None or score < best[0]:
                    best = score, place, basis
        return best[1:] if best else None

    def _story_span(self, told: Told) -> Span:
        sentences = self._stories[told.sentences[0].story].sentences
        return self.blocks[sentences[0].paragraph].start, sentences[-1].end

    def record(self, spot: Span, told: Told) -> tuple[str, str]:
        """Find the atlas's record of an actor.

        Parameters
        ----------
        spot
            Where its name stands.
        told
            Where the fact is told.

        Returns
        -------
        tuple of (str, str)
            Id and kind; empty when the atlas has none of that name.
        """
        for sentence in told.sentences:
            for name in self._actors.find(sentence):
                start, end = sentence.offsets(name.first, name.last)
                if start <= spot[0] and spot[1] <= end:
                    return name.record, name.kind
        return "", ""


def _memories(stories: Sequence[Story], article: Article, reach: int) -> Iterator[tuple[int, Memory]]:
    """Give what a story had spoken of before each of its sentences."""
    for story in stories:
        memory = Memory(article.published, [], status_reach=reach)
        for sentence in story.sentences:
            yield sentence.start, replace(memory)
            if not sentence.headline:
                memory.note(sentence)


def _gap(first: Span, second: Span) -> int:
    """Count the characters between two parts of the text; 0 when they overlap."""
    if first[0] < second[1] and second[0] < first[1]:
        return 0
    return max(first[0] - second[1], second[0] - first[1]) + 1


def _holds(first: Span, second: Span) -> bool:
    """Whether one of two parts of the text lies in the other."""
    return (first[0] <= second[0] and second[1] <= first[1]) or (
        second[0] <= first[0] and first[1] <= second[1]
    )


def _basis(place: NamedPlace, kind: str, *, is_here: bool) -> PlaceBasis | None:
    """Say how a named place can be that of a fact, if at all."""
    if place.kind == "region" or (place.lat is None and not place.country):
        return None
    if place.sense == "place":
        return "stated" if is_here else "context"
    # A capital that stands for its government is no place; a country is one of what it buys or signs.
    if kind in _BY_COUNTRY and place.kind == _COUNTRY:
        return "recipient"
    return None
