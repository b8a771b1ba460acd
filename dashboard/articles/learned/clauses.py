"""Clauses of a sentence and what the models see of each: words, what the rules found, what is beside.

A clause ends where a sign or a conjunction parts words. What the rules find (triggers, objects, sites, cues,
dates, places) has one name in all languages, so that what is learned from one serves the others too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.triggers import Mention, designations
from dashboard.articles.language import Language
from dashboard.articles.learned.events_concepts import event_concepts

__all__ = ["Clause", "SentenceFinds", "clause_features", "clauses_of", "read_finds"]

_PARTING: Final = 0.5
"""What a step between words must cost to part clauses, as `Sentence.apart` counts: that of an "and"."""
_STEM: Final = 5
_MOST_WORDS: Final = 40
_MOST_CLAUSES: Final = 40


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence.

    Parameters
    ----------
    first
        Index of its first token.
    last
        Index of its last.
    """

    first: int
    last: int

    def meets(self, first: int, last: int) -> bool:
        """Tell whether some words are partly in it.

        Parameters
        ----------
        first
            Index of the first word.
        last
            Index of the last.

        Returns
        -------
        bool
            Whether they are.
        """
        return first <= self.last and self.first <= last


@dataclass(slots=True)
class SentenceFinds:
    """A sentence with what was learned of it once, for all its clauses.

    Parameters
    ----------
    sentence
        The sentence.
    mentions
        The events that the rules find in it.
    clauses
        Its clauses.
    bags
        What each clause has of its own, by name.
    whole
        What the sentence has as a whole.
    """

    sentence: Sentence
    mentions: list[Mention]
    clauses: list[Clause] = field(default_factory=list)
    bags: list[list[str]] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)


def clauses_of(sentence: Sentence) -> list[Clause]:
    """Cut a sentence into clauses.

    Parameters
    ----------
    sentence
        A sentence.

    Returns
    -------
    list of Clause
        In order, without gaps; places and dates are never cut.
    """
    costs = sentence.costs
    glued = {n for name in sentence.places for n in range(name.first + 1, name.last + 1)}
    glued |= {n for date in sentence.dates for n in range(date.first + 1, date.last + 1)}
    starts = [0]
    starts += [
        n for n in range(1, len(sentence.tokens)) if costs[n] - costs[n - 1] >= _PARTING and n not in glued
    ]
    ends = [*(start - 1 for start in starts[1:]), len(sentence.tokens) - 1]
    return [Clause(first, last) for first, last in zip(starts, ends, strict=True)][:_MOST_CLAUSES]


def read_finds(sentence: Sentence, mentions: list[Mention], language: Language) -> SentenceFinds:
    """Gather what the models see of a sentence.

    Parameters
    ----------
    sentence
        A sentence.
    mentions
        The events that the rules find in it.
    language
        Tables of its language.

    Returns
    -------
    SentenceFinds
        With a bag of names for each clause.
    """
    finds = SentenceFinds(sentence, mentions, clauses_of(sentence))
    marks = list(_marks(sentence, mentions, language))
    for clause in finds.clauses:
        bag = [name for first, last, name in marks if clause.meets(first, last)]
        bag += _words(sentence, clause)
        bag += _concepts(sentence, clause, language.code)
        finds.bags.append(bag)
    finds.whole = sorted({f"s:{name}" for bag in finds.bags for name in bag if name[:2] != "b:"})
    return finds


def _marks(
    sentence: Sentence, mentions: Sequence[Mention], language: Language
) -> Iterator[tuple[int, int, str]]:
    """Give what the rules found, as spans with a name."""
    for mention in mentions:
        guessed = "guess" if mention.guessed else "rule"
        for hit in mention.hits:
            yield hit.first, hit.last, f"{guessed}:{mention.kind}"
    yield from _triggers(sentence, language)
    groups = (
        ("object", sentence.objects),
        ("site", sentence.sites),
        ("status", sentence.status),
        ("cue", sentence.cues),
    )
    for group, hits in groups:
        for hit in hits:
            yield hit.first, hit.last, f"{group}:{hit.label}"
    for hit in sentence.sites:
        yield hit.first, hit.last, "site"
    yield from _names(sentence)
    for first, last in designations(sentence.tokens):
        yield first, last, "designation"


def _triggers(sentence: Sentence, language: Language) -> Iterator[tuple[int, int, str]]:
    """Give the words for events, whether the rules take them for one or not."""
    for hit in sentence.triggers:
        kind = language.rules[int(hit.label)].kind if hit.label != "noise" else "noise"
        yield hit.first, hit.last, f"hit:{kind}"
        yield hit.first, hit.last, f"b:{language.code}{hit.label}"
    for hit in language.weak.hits(sentence.tokens):
        yield hit.first, hit.last, f"weak:{hit.label}"


def _names(sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """Give dates and places by what they are."""
    for date in sentence.dates:
        yield date.first, date.last, f"date:{date.when.kind}"
        yield date.first, date.last, "date"
        if date.when.deadline or date.until is not None:
            yield date.first, date.last, "date:until"
    for name in sentence.places:
        yield name.first, name.last, f"place:{name.place.sense}"
        yield name.first, name.last, f"place:{name.place.kind}"


def _words(sentence: Sentence, clause: Clause) -> list[str]:
    """Give the words of a clause, by stem and in pairs, names of places and dates left out."""
    named = {n for name in sentence.places for n in range(name.first, name.last + 1)}
    dated = {n for date in sentence.dates for n in range(date.first, date.last + 1)}
    names: list[str] = []
    before = "<"
    for n in range(clause.first, min(clause.last, clause.first + _MOST_WORDS) + 1):
        token = sentence.tokens[n]
        if n in named or n in dated:
            word = "@" if n in named else "#"
        elif token.text[0].isdigit():
            word = "0"
        else:
            word = token.forms[-1] if len(token.forms) > 1 and not token.folded.isascii() else token.folded
            names.append(f"w:{word}")
            if len(word) > _STEM:
                names.append(f"t:{word[:_STEM]}")
            if token.future:
                names.append("future")
        if word != before or word not in "@#0":
            names.append(f"b:{before}_{word}")
        before = word
    names.append(f"b:{before}_>")
    return names


def _concepts(sentence: Sentence, clause: Clause, language: str) -> list[str]:
    """Give what the words of a clause speak of, names of places left out."""
    named = {n for name in sentence.places for n in range(name.first, name.last + 1)}
    found: set[str] = set()
    for number in range(clause.first, min(clause.last, clause.first + _MOST_WORDS) + 1):
        if number not in named:
            found |= event_concepts(sentence.tokens[number], language)
    return [f"c:{name}" for name in sorted(found)]


def clause_features(finds: SentenceFinds, number: int, lead: Sequence[str]) -> dict[str, float]:
    """Say what the models see of a clause.

    Parameters
    ----------
    finds
        Its sentence.
    number
        Its number there.
    lead
        Kinds of event that the rules find in the headline and the first sentence of the story.

    Returns
    -------
    dict of str to float
        Names of features with their values.
    """
    sentence = finds.sentence
    features = dict.fromkeys(finds.bags[number], 1.0)
    for side, other in (("l", number - 1), ("r", number + 1)):
        if 0 <= other < len(finds.clauses):
            features.update((f"{side}:{name}", 1.0) for name in finds.bags[other] if name[:2] != "b:")
        else:
            features[f"{side}:none"] = 1.0
    features.update(dict.fromkeys(finds.whole, 0.5))
    features.update((f"lead:{kind}", 1.0) for kind in lead)
    features[f"at:{min(sentence.position, 4)}"] = 1.0
    features[f"long:{min(finds.clauses[number].last - finds.clauses[number].first, 12) // 3}"] = 1.0
    features[f"clauses:{min(len(finds.clauses), 6)}"] = 1.0
    return features
