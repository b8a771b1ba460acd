"""Titles, names and lists of actors for proposals, all made of the article's own words."""

from collections.abc import Sequence
from typing import Final

from dashboard.articles.assembling.events import FoundEvent
from dashboard.articles.assembling.sites import FoundSite
from dashboard.articles.finding.names import ActorTable, FoundName, find_actors, find_products
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.language import Language
from dashboard.articles.proposals import Cited, Quote

__all__ = ["Names", "event_title", "site_name"]

_TITLE_WORDS: Final = 14
_NAME_WORDS: Final = 5
_CLAUSE: Final = 1.0
_ACTOR_REACH: Final = 6.0
_MOST: Final = 8


class Names:
    """Actors and products of sentences, found once each.

    Parameters
    ----------
    text
        The whole text.
    language
        Tables of its language.
    known
        Actors of the atlas.
    """

    __slots__ = ("_actors", "_known", "_language", "_products", "_text")

    def __init__(self, text: str, language: Language, known: ActorTable) -> None:
        self._text = text
        self._language = language
        self._known = known
        self._actors: dict[int, list[FoundName]] = {}
        self._products: dict[int, list[FoundName]] = {}

    def actors(self, sentence: Sentence, index: int) -> tuple[Cited, ...]:
        """Give the actors near a word.

        Parameters
        ----------
        sentence
            A sentence.
        index
            Index of the word.

        Returns
        -------
        tuple of Cited
            The nearest first, each once.
        """
        self._read(sentence)
        return self._near(sentence, index, self._actors[sentence.start])

    def products(self, sentence: Sentence, index: int) -> tuple[Cited, ...]:
        """Give the products near a word.

        Parameters
        ----------
        sentence
            A sentence.
        index
            Index of the word.

        Returns
        -------
        tuple of Cited
            The nearest first, each once.
        """
        self._read(sentence)
        return self._near(sentence, index, self._products[sentence.start])

    def _read(self, sentence: Sentence) -> None:
        if sentence.start not in self._actors:
            actors = find_actors(sentence, self._language, self._known)
            self._actors[sentence.start] = actors
            self._products[sentence.start] = find_products(sentence, actors)

    def _near(self, sentence: Sentence, index: int, names: Sequence[FoundName]) -> tuple[Cited, ...]:
        found: dict[str, Cited] = {}
        for name in sorted(names, key=lambda one: sentence.apart(one.first, index)):
            if sentence.apart(name.first, index) > _ACTOR_REACH:
                break
            quote = Quote.of(self._text, *sentence.offsets(name.first, name.last))
            found.setdefault(name.record or quote.text, Cited(quote.text, quote, name.kind, name.record))
        return tuple(found.values())[:_MOST]


def event_title(text: str, event: FoundEvent) -> str:
    """Make a title: the clause around the trigger words.

    Parameters
    ----------
    text
        The whole text.
    event
        The event.

    Returns
    -------
    str
        A few words of the article.
    """
    sentence, first, last = event.sentence, event.mention.first, event.mention.last
    while first > 0 and sentence.costs[first] - sentence.costs[first - 1] < _CLAUSE:
        first -= 1
    end = last
    while end + 1 < len(sentence.tokens) and sentence.costs[end + 1] - sentence.costs[end] < _CLAUSE:
        end += 1
    if end - first >= _TITLE_WORDS:
        first = max(first, min(event.mention.first, end - _TITLE_WORDS))
        end = min(end, first + _TITLE_WORDS)
    return text[slice(*sentence.offsets(first, max(end, last)))]


def site_name(text: str, site: FoundSite) -> str:
    """Make a name: the words before the site word that belong to it, and where it stands.

    Parameters
    ----------
    text
        The whole text.
    site
        The site.

    Returns
    -------
    str
        Such as "gunpowder factory, Kirikkale".
    """
    sentence, first = site.sentence, site.first
    stops = {
        cue.last for cue in sentence.cues if cue.label in ("definite", "indefinite", "at_place", "locative")
    }
    while first > 0 and site.first - first < _NAME_WORDS and first - 1 not in stops:
        if sentence.costs[first] - sentence.costs[first - 1] > 0:
            break
        first -= 1
    words = text[slice(*sentence.offsets(first, site.last))]
    return words if site.place.surface in words else f"{words}, {site.place.surface}"
