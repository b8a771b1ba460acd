"""Lists of actors and products for proposals, each with the article's own words."""

from collections.abc import Sequence
from typing import Final

from dashboard.articles.finding.names import ActorTable, FoundName, find_actors, find_products
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.language import Language
from dashboard.articles.proposals import Cited, Quote

__all__ = ["Names"]

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
