"""A sentence with everything that was found in it, and a measure of how far two of its words are apart.

The measure counts what parts clauses (commas, conjunctions, colons) far more than words: an argument belongs
to the verb of its own clause first.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import Final

from dashboard.articles.finding.dates import DateMention, find_dates
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.tokens import Token, tokenise
from dashboard.articles.language import Language
from dashboard.articles.places import NamedPlace

__all__ = ["UNDOUBTED", "LocatedName", "Sentence", "read_sentence"]

_WORD_COST: Final = 0.04
_CLAUSE_COST: Final = 1.5
_AND_COST: Final = 0.5
_FREE_COST: Final = 0.2
_TOWN: Final = 1
_SHORT_BRACKET: Final = 3
_MOST_DATES: Final = 12
_MOST: Final = 40
"""Finds of a sentence that are weighed against each other; no sentence that a person wrote has more."""
_SIGNS: Final = {
    ";": 3.0,
    "\u061b": 3.0,
    ":": 2.0,
    "\u2014": 2.0,
    "\u2013": 1.5,
    ",": 1.0,
    "\u060c": 1.0,
    "(": 1.0,
    ")": 1.0,
}
_RELATIVE_WORDS: Final = 2
UNDOUBTED: Final = -9.0
"""Doubt of a sentence that nobody weighed."""
_LONGEST_SENTENCE: Final = 2_000
"""Characters of a sentence that are read; what is behind them is no sentence."""


@dataclass(frozen=True, slots=True)
class LocatedName:
    """A place of a sentence.

    Parameters
    ----------
    first
        Index of its first token.
    last
        Index of its last token.
    place
        The place.
    """

    first: int
    last: int
    place: NamedPlace


@dataclass(slots=True)
class Sentence:
    """One sentence and what was found in it.

    Parameters
    ----------
    start
        Offset of its first character.
    end
        Offset after its last character.
    paragraph
        Number of its paragraph.
    story
        Number of its story: a page may hold several, each with its dateline.
    position
        Its number inside the story; 0 is the first sentence.
    headline
        Whether it is a headline.
    tokens
        Its words.
    dates
        Dates.
    places
        Places.
    triggers
        Words for events.
    objects
        Words of classes that events need.
    sites
        Words for sites.
    status
        Cues of status.
    cues
        Small words.
    clauses
        Words that begin a clause or join two.
    costs
        What it costs to get to each word from the first.
    occasion
        Whether it names a fair, a forum or the like as the setting of what it tells.
    after_site
        Whether the sentence before it speaks of a site, so that "it" may be the site.
    doubt
        How much it reads like what must not become a record: a rumour, a correction; below zero mostly.
    """

    start: int
    end: int
    paragraph: int
    story: int
    position: int
    headline: bool
    tokens: list[Token]
    dates: list[DateMention] = field(default_factory=list)
    places: list[LocatedName] = field(default_factory=list)
    triggers: list[Hit] = field(default_factory=list)
    objects: list[Hit] = field(default_factory=list)
    sites: list[Hit] = field(default_factory=list)
    status: list[Hit] = field(default_factory=list)
    cues: list[Hit] = field(default_factory=list)
    clauses: list[Hit] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    occasion: bool = False
    after_site: bool = False
    doubt: float = UNDOUBTED

    def apart(self, first: int, second: int) -> float:
        """Measure how far two words are apart.

        Parameters
        ----------
        first
            Index of a token.
        second
            Index of another.

        Returns
        -------
        float
            0 for neighbours; 1 and more when a comma or a clause is between them.
        """
        low, high = min(first, second), max(first, second)
        return self.costs[high] - self.costs[low] + _WORD_COST * (high - low)

    def antecedent_apart(self, first: int, last: int, name_first: int, name_last: int, cue: str) -> float:
        """Measure how far words are from a place or date that a relative clause may speak of.

        Parameters
        ----------
        first
            Index of the first word.
        last
            Index of the last word.
        name_first
            Index of the first word of the place or date.
        name_last
            Index of its last.
        cue
            Name of the words that begin such a clause: where, when.

        Returns
        -------
        float
            As `apart`; what follows "X, where" is as near to X as if it stood beside it.
        """
        best = min(self.apart(last, name_first), self.apart(first, name_last))
        if first <= name_last:
            return best
        for hit in self.cues:
            if hit.label == cue and 0 < hit.first - name_last <= _RELATIVE_WORDS and hit.last < first:
                best = min(best, 0.3 * self.apart(hit.last, first))
        return best

    def is_cut(self, first: int, last: int) -> bool:
        """Tell whether a semicolon stands between two words.

        Parameters
        ----------
        first
            Index of the first word.
        last
            Index of the last.

        Returns
        -------
        bool
            Whether one of the steps between them costs as much as a semicolon.
        """
        return any(self.costs[n + 1] - self.costs[n] >= _SIGNS[";"] for n in range(first, last))

    def date_apart(self, first: int, last: int, date: DateMention) -> float:
        """Measure how far words are from a date.

        Parameters
        ----------
        first
            Index of the first word.
        last
            Index of the last word.
        date
            The date.

        Returns
        -------
        float
            As `antecedent_apart`.
        """
        return self.antecedent_apart(first, last, date.first, date.last, "when")

    def cue_before(self, index: int, *names: str) -> Hit | None:
        """Find a cue that ends right before a word.

        Parameters
        ----------
        index
            Index of the word.
        *names
            Names of the cues.

        Returns
        -------
        Hit or None
            The longest.
        """
        found = [hit for hit in self.cues if hit.last == index - 1 and hit.label in names]
        return min(found, key=lambda hit: hit.first, default=None)

    def offsets(self, first: int, last: int) -> tuple[int, int]:
        """Give the offsets of some of its words.

        Parameters
        ----------
        first
            Index of the first.
        last
            Index of the last.

        Returns
        -------
        tuple of (int, int)
            Start and end in the text.
        """
        return self.tokens[first].start, self.tokens[last].end


def read_sentence(
    text: str,
    span: tuple[int, int],
    language: Language,
    places: Sequence[NamedPlace],
    where: tuple[int, int, int],
) -> Sentence:
    """Find everything in a sentence.

    Parameters
    ----------
    text
        The whole text.
    span
        Offsets of the sentence.
    language
        Tables of its language.
    places
        Places of the whole text, in order.
    where
        Numbers of paragraph, story and position in the story.

    Returns
    -------
    Sentence
        With its finds.
    """
    start, end = span
    last = min(end, start + _LONGEST_SENTENCE)
    tokens = tokenise(text, start, last, language.particles, suffixes=language.suffixes, heads=language.heads)
    paragraph, story, position = where
    tokens = [replace(token, future=True) if language.is_future(token.text) else token for token in tokens]
    sentence = Sentence(start, end, paragraph, story, position, headline=False, tokens=tokens)
    if not tokens:
        return sentence
    sentence.dates = find_dates(text, tokens, language)[:_MOST_DATES]
    sentence.places = _located(tokens, places, start, end)[:_MOST]
    sentence.sites = _longest(language.sites.hits(tokens))[:_MOST]
    sentence.triggers = language.triggers.hits(tokens)[: 2 * _MOST]
    sentence.objects = language.objects.hits(tokens)[: 4 * _MOST]
    sentence.status = language.status.hits(tokens)[:_MOST]
    sentence.cues = language.cues.hits(tokens)[: 8 * _MOST]
    sentence.clauses = language.clauses.hits(tokens)
    free = _free_signs(text, tokens, sentence)
    sentence.costs = _costs(text, tokens, sentence.clauses, free)
    return sentence


def _located(tokens: list[Token], places: Sequence[NamedPlace], start: int, end: int) -> list[LocatedName]:
    found = []
    for n in range(bisect_left(places, start, key=_start), len(places)):
        place = places[n]
        if place.start >= end:
            break
        inside = [n for n, token in enumerate(tokens) if token.start < place.end and place.start < token.end]
        if inside and place.end <= end:
            found.append(LocatedName(inside[0], inside[-1], place))
    return found


def _start(place: NamedPlace) -> int:
    return place.start


def _longest(hits: list[Hit]) -> list[Hit]:
    """Keep of overlapping hits the longest, noise among them, then drop the noise."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda one: (one.first - one.last, one.first, one.label != "noise")):
        if all(hit.last < other.first or other.last < hit.first for other in kept):
            kept.append(hit)
    return sorted((hit for hit in kept if hit.label != "noise"), key=lambda one: one.first)


def _free_signs(text: str, tokens: list[Token], sentence: Sentence) -> set[int]:
    """Give the words before which a comma or bracket parts nothing: "Gary, Indiana,", "Saab (SAAB)"."""
    free: set[int] = set()
    dated = {before for date in sentence.dates for before in (date.first - 1, date.first)}
    for first, second in pairwise(sentence.places):
        if second.first == first.last + 1 and second.place.rank > max(first.place.rank, _TOWN):
            free.add(second.first)
            free.update({second.last + 1} & dated)
    for n in range(1, len(tokens)):
        if "(" in text[tokens[n - 1].end : tokens[n].start]:
            behind = range(n + 1, min(len(tokens), n + 1 + _SHORT_BRACKET))
            closing = (m for m in behind if ")" in text[tokens[m - 1].end : tokens[m].start])
            last = next(closing, None)
            free.update((n, last) if last is not None else ())
    return free


def _costs(text: str, tokens: list[Token], clauses: list[Hit], free: set[int]) -> list[float]:
    opens = {hit.first: _AND_COST if hit.label == "and" else _CLAUSE_COST for hit in clauses}
    steps = [0.0]
    for n in range(1, len(tokens)):
        gap = text[tokens[n - 1].end : tokens[n].start]
        sign = max((_SIGNS.get(character, 0.0) for character in gap[:8]), default=0.0)
        if n in free:
            sign = min(sign, _FREE_COST)
        steps.append(sign + opens.get(n, 0.0))
    return list(accumulate(steps))
