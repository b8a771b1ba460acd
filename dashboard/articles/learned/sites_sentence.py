"""A sentence as the models of sites see it: concepts of its words, words for sites, and whose each word is.

Where a sentence names several towns, a word belongs to the town it is nearest to, clauses counted.
"""

from dataclasses import dataclass
from typing import Final

from dashboard.articles.assembling.sites import is_listed, kind_of_cue
from dashboard.articles.finding.sentence import LocatedName, Sentence
from dashboard.articles.finding.tokens import Token
from dashboard.articles.learned.sites_concepts import concepts_of

__all__ = ["BUCKETS", "SentenceView", "SiteWord", "buckets", "stem"]

BUCKETS: Final = (0.1, 0.5, 1.0, 1.6, 2.4, 3.4)
"""Distances that are told apart; what is near is also within all that are farther."""
_STEM: Final = 6
_YEAR: Final = 4
_RELATIVE_WORDS: Final = 2
_RELATIVE: Final = 0.3
_LIST_WORDS: Final = 2
_SHARED: Final = 0.25
"""A word so much nearer to another town still belongs to both."""


def buckets(distance: float) -> list[str]:
    """Give the names of the distances that a distance is within.

    Parameters
    ----------
    distance
        As `Sentence.apart` measures.

    Returns
    -------
    list of str
        None for what is far.
    """
    return [str(bound) for bound in BUCKETS if distance <= bound]


def stem(token: Token) -> str:
    """Give the beginning of a word, without glued particles; a number by its length.

    Parameters
    ----------
    token
        A word.

    Returns
    -------
    str
        At most six letters.
    """
    form = token.forms[-1]
    return "0" * min(len(form), _YEAR) if form.isdigit() else form[:_STEM]


@dataclass(frozen=True, slots=True)
class SiteWord:
    """Words for a site.

    Parameters
    ----------
    kind
        Code of the site vocabulary.
    first
        Index of their first token.
    last
        Index of their last.
    said
        ``w`` for a noun, ``c`` for what is done there: "made in".
    """

    kind: str
    first: int
    last: int
    said: str


class SentenceView:
    """A sentence with what its features are made of, read once for all its towns.

    Parameters
    ----------
    sentence
        The sentence.
    language
        ISO 639-1 code of the text.
    """

    __slots__ = ("_lists", "concepts", "language", "place_words", "sentence", "stems", "towns", "words")

    def __init__(self, sentence: Sentence, language: str) -> None:
        self.sentence = sentence
        self.language = language
        self.concepts = [concepts_of(token, language) for token in sentence.tokens]
        self.stems = [stem(token) for token in sentence.tokens]
        self.place_words = {n for name in sentence.places for n in range(name.first, name.last + 1)}
        self.towns = [name for name in sentence.places if name.place.is_local]
        self.words = [SiteWord(hit.label, hit.first, hit.last, "w") for hit in sentence.sites]
        for cue in sentence.cues:
            kind = kind_of_cue(sentence, cue)
            if kind is not None:
                self.words.append(SiteWord(kind, cue.first, cue.last, "c"))
        self._lists = self._read_lists()

    def word(self, index: int) -> str:
        """Give the stem of a word, ``TOWN`` for one of a place's name and ``$`` outside of the sentence.

        Parameters
        ----------
        index
            Index of a token, or past either end.

        Returns
        -------
        str
            The stem.
        """
        if not 0 <= index < len(self.stems):
            return "$"
        return "TOWN" if index in self.place_words else self.stems[index]

    def phrase(self, word: SiteWord) -> str:
        """Give the stems of words for a site.

        Parameters
        ----------
        word
            The words.

        Returns
        -------
        str
            Joined by ``_``.
        """
        return "_".join(self.stems[word.first : word.last + 1])

    def distances(self, name: LocatedName) -> list[float]:
        """Measure how far each word is from a place.

        Parameters
        ----------
        name
            The place.

        Returns
        -------
        list of float
            As `Sentence.antecedent_apart`: what follows "X, where" is near to X.
        """
        sentence, first, last = self.sentence, name.first, name.last
        found = [
            sentence.apart(n, first) if n < first else sentence.apart(last, n) if n > last else 0.0
            for n in range(len(sentence.tokens))
        ]
        for cue in sentence.cues:
            if cue.label == "where" and 0 < cue.first - last <= _RELATIVE_WORDS:
                for n in range(cue.last + 1, len(found)):
                    found[n] = min(found[n], _RELATIVE * sentence.apart(cue.last, n))
        return found

    def listed(self, name: LocatedName) -> list[LocatedName]:
        """Give the towns that stand in one list with a place: "in A, B in region and C".

        Parameters
        ----------
        name
            The place.

        Returns
        -------
        list of LocatedName
            The place among them.
        """
        return next((group for group in self._lists if name in group), [name])

    def _read_lists(self) -> list[list[LocatedName]]:
        groups: list[list[LocatedName]] = []
        for name in self.towns:
            before = groups[-1][-1] if groups else None
            if before is not None and self._goes_on(before, name):
                groups[-1].append(name)
            else:
                groups.append([name])
        return groups

    def _goes_on(self, before: LocatedName, name: LocatedName) -> bool:
        between = range(before.last + 1, name.first)
        foreign = [n for n in between if n not in self.place_words]
        if len(foreign) > _LIST_WORDS or any(before.last < word.first < name.first for word in self.words):
            return False
        return is_listed(self.sentence, before, name)

    def shares(self, mine: list[LocatedName]) -> tuple[list[float], list[bool]]:
        """Say for each word how far it is from a town and whether it belongs to it.

        Parameters
        ----------
        mine
            The names of the town.

        Returns
        -------
        tuple of (list of float, list of bool)
            Distance to the nearest of its names, or of the towns listed with it, and whether no other town is
            clearly nearer.
        """
        alike = [other for name in mine for other in self.listed(name)]
        near = [min(row) for row in zip(*(self.distances(name) for name in alike), strict=True)]
        others = [self.distances(name) for name in self.towns if name not in alike]
        if not others:
            return near, [True] * len(near)
        other = [min(row) for row in zip(*others, strict=True)]
        return near, [a <= b + _SHARED for a, b in zip(near, other, strict=True)]
