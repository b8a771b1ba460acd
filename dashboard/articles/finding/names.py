"""Who and what a sentence names: actors of the atlas, then actors and products by their form.

The dictionary wins: a name the atlas knows is linked to its record. Beyond it, names are told by the words
beside them (an office before a person, "Ministry of", "Systems", "Navy") and products by a designation or by
a product word beside a capitalised name. Scripts without capitals only yield what such words give away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.articles.finding.phrases import Hit, PhraseTable
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.tokens import Token
from dashboard.articles.finding.triggers import designations
from dashboard.articles.language import Language

__all__ = ["ActorTable", "FoundName", "KnownActor", "find_actors", "find_products"]

_MOST_WORDS: Final = 6
_LEAST_LETTERS: Final = 3
_PERSON_WORDS: Final = 3
_KINDS: Final = {
    "offices": "person", "ministries": "government_body", "ministry_after": "government_body",
    "forces": "armed_force", "companies": "company", "research": "research",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownActor:
    """An actor of the atlas.

    Parameters
    ----------
    record
        Its id.
    names
        Its name and other spellings.
    kind
        Code of the actor vocabulary.
    """

    record: str
    names: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name in a sentence.

    Parameters
    ----------
    first
        Index of its first token.
    last
        Index of its last token.
    kind
        Code of the actor vocabulary; empty for a product.
    record
        Id of the atlas's record; empty when it has none.
    """

    first: int
    last: int
    kind: str
    record: str = ""


class ActorTable:
    """The actors of the atlas by all their names.

    Parameters
    ----------
    actors
        The actors.
    """

    __slots__ = ("_actors", "_table")

    def __init__(self, actors: Iterable[KnownActor] = ()) -> None:
        self._actors = {actor.record: actor for actor in actors}
        self._table = PhraseTable()
        for record, actor in self._actors.items():
            names = [
                name for name in actor.names if len(name) >= _LEAST_LETTERS and any(map(str.isalnum, name))
            ]
            self._table.add([name.replace("*", " ").replace("...", " ") for name in names], record)

    def find(self, sentence: Sentence) -> list[FoundName]:
        """Find actors of the atlas in a sentence.

        Parameters
        ----------
        sentence
            A sentence.

        Returns
        -------
        list of FoundName
            The longest names, in order.
        """
        hits = [hit for hit in self._table.hits(sentence.tokens) if _is_name(sentence.tokens, hit)]
        return [
            FoundName(hit.first, hit.last, self._actors[hit.label].kind, hit.label) for hit in _apart(hits)
        ]


def _is_name(tokens: Sequence[Token], hit: Hit) -> bool:
    """Whether a hit is written as a name: "Shield" is one, "shield" none; scripts without capitals pass."""
    word = tokens[hit.first].text
    return not word[0].islower()


def _apart(hits: list[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda one: (one.first - one.last, one.first)):
        if all(hit.last < other.first or other.last < hit.first for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda one: one.first)


def find_actors(sentence: Sentence, language: Language, known: ActorTable) -> list[FoundName]:
    """Find who a sentence names.

    Parameters
    ----------
    sentence
        A sentence.
    language
        Tables of its language.
    known
        Actors of the atlas.

    Returns
    -------
    list of FoundName
        In order, without overlaps.
    """
    found = known.find(sentence)
    taken = {n for name in found for n in range(name.first, name.last + 1)}
    marks = language.names.hits(sentence.tokens)
    for run in _runs(sentence, language, taken):
        name = _by_marks(run, marks)
        if name is not None:
            found.append(name)
            taken.update(range(name.first, name.last + 1))
    return sorted(found, key=lambda name: name.first)


def _runs(sentence: Sentence, language: Language, taken: set[int]) -> list[tuple[int, int]]:
    """Give runs of capitalised words, small words inside them included."""
    runs: list[tuple[int, int]] = []
    tokens = sentence.tokens
    articles = {cue.first for cue in sentence.cues if cue.label in ("definite", "indefinite")}
    start = 0
    while start < len(tokens):
        if start in taken or start in articles or not tokens[start].capital:
            start += 1
            continue
        end = start
        for n in range(start + 1, min(len(tokens), start + _MOST_WORDS)):
            if n in taken or sentence.costs[n] - sentence.costs[n - 1] >= 1.0:
                break
            if tokens[n].capital:
                end = n
            elif tokens[n].folded not in language.inner:
                break
        runs.append((start, end))
        start = end + 1
    return runs


def _by_marks(run: tuple[int, int], marks: list[Hit]) -> FoundName | None:
    first, last = run
    if any(mark.label == "offices" and mark.first <= first and last <= mark.last for mark in marks):
        return None
    for mark in marks:
        kind = _KINDS[mark.label]
        if kind == "person":
            if first <= mark.first and mark.last < last:
                first = mark.last + 1
            if mark.last + 1 == first and last > first:
                return FoundName(first, min(last, first + _PERSON_WORDS), kind)
        elif first <= mark.first and mark.last <= last and last > first:
            return FoundName(first, last, kind)
        elif mark.label == "ministries" and mark.last + 1 == first:
            return FoundName(mark.first, last, kind)
    return None


def find_products(sentence: Sentence, actors: Sequence[FoundName]) -> list[FoundName]:
    """Find the products that a sentence names.

    Parameters
    ----------
    sentence
        A sentence.
    actors
        The actors found in it, which are no products.

    Returns
    -------
    list of FoundName
        Designations, and capitalised names beside a word for a product.
    """
    taken = {n for actor in actors for n in range(actor.first, actor.last + 1)}
    taken |= {n for name in sentence.places for n in range(name.first, name.last + 1)}
    tokens = sentence.tokens
    found: list[FoundName] = []
    for first, last in designations(tokens):
        if first not in taken:
            begin = first - 1 if first and tokens[first - 1].capital and first - 1 not in taken else first
            found.append(FoundName(begin, last, ""))
            taken.update(range(begin, last + 1))
    for hit in sentence.objects:
        before = hit.first - 1
        if hit.label == "product" and before > 0 and tokens[before].capital and before not in taken:
            first = (
                before - 1
                if tokens[before - 1].capital and before > 1 and before - 1 not in taken
                else before
            )
            found.append(FoundName(first, before, ""))
            taken.update(range(first, before + 1))
    return sorted(found, key=lambda name: name.first)
