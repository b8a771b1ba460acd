"""Let a small linear model say which spans are places said as places, and with which borders.

The rules find spans and weigh them; the model sees their score among other clues (the words around, the kind
of place, the shape of the line) and decides between overlapping spans. It was learned from annotated articles
by ``scripts/train_names.py``; each clue has one weight, so that every decision can be taken apart.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from dashboard.geocoding.mentions.clues import POOLED, QUESTIONS, Clues, Surroundings
from dashboard.geocoding.mentions.evidence import THRESHOLD
from dashboard.geocoding.mentions.matching import Span

__all__ = ["NameModel", "chosen", "lead_of", "ruled", "without_overlaps"]

_WEIGHTS: Final = "names.json"
_ZEROS: Final = (0.0,) * len(QUESTIONS)
_FARTHEST: Final = 6.0
_REFUSED: Final = -4.0
"""Persons, organisations and eras."""
_HOPELESS: Final = -2.0
_SURE: Final = 4.0


@dataclass(frozen=True, slots=True)
class NameModel:
    """Weights of clues.

    Parameters
    ----------
    tables
        For each of `QUESTIONS` the weight of each clue; a clue without one counts nothing.
    start
        What is added to every sum.
    slopes
        What each point of the rules' score is worth, below and above their threshold.
    languages
        The languages it was learned in.
    """

    tables: tuple[dict[str, float], ...]
    start: float
    slopes: tuple[float, float]
    languages: frozenset[str]

    @staticmethod
    @cache
    def shipped() -> "NameModel":
        """Read the model of the package.

        Returns
        -------
        NameModel
            The model; read once.
        """
        return NameModel.parse((files(__package__ or "") / _WEIGHTS).read_text(encoding="utf-8"))

    @staticmethod
    def parse(text: str) -> "NameModel":
        """Read a model from JSON text.

        Parameters
        ----------
        text
            An object with ``step``, ``start``, ``slopes``, ``languages`` and ``weights``: whole numbers by
            question and clue.

        Returns
        -------
        NameModel
            The model.

        Raises
        ------
        ValueError
            A question is unknown or lacks weights.
        """
        kept = json.loads(text)
        step, weights = float(kept["step"]), kept["weights"]
        if set(weights) != set(QUESTIONS) - set(POOLED):
            raise ValueError("the model of names answers other questions: run scripts/train_names.py again")
        read = {name: {clue: step * n for clue, n in row.items()} for name, row in weights.items()}
        tables = tuple(read[POOLED.get(name, name)] for name in QUESTIONS)
        below, above = kept["slopes"]
        return NameModel(tables, float(kept["start"]), (below, above), frozenset(kept["languages"]))

    def weigh(self, clues: Clues, lead: float) -> float:
        """Add up the weights of clues.

        Parameters
        ----------
        clues
            One for each of `QUESTIONS`.
        lead
            By how much the rules' score is above their threshold, or below it.

        Returns
        -------
        float
            Above zero for a place.
        """
        found = sum(map(dict.get, self.tables, clues, _ZEROS))
        return self.start + found + lead * self.slopes[lead > 0]


def lead_of(span: Span) -> float:
    """Tell by how much the rules take a span for a place, or do not.

    Parameters
    ----------
    span
        The span, weighed by the rules.

    Returns
    -------
    float
        Its score less their threshold, within bounds; zero for words that the rules do not know.
    """
    if span.facts is None and not span.generic:
        return 0.0
    return max(-_FARTHEST, min(_FARTHEST, span.score - THRESHOLD))


def ruled(span: Span, surroundings: Surroundings) -> bool | None:
    """Decide by the rules alone where they are hardly ever wrong.

    Parameters
    ----------
    span
        The span, weighed by the rules.
    surroundings
        What stands around it.

    Returns
    -------
    bool or None
        Whether it is a place; None when the model is to say.
    """
    if span.against <= _REFUSED:
        return False
    if span.border or span.facts is None or not surroundings.cased:
        return None
    if span.facts.kind == "country":
        return span.score >= THRESHOLD
    if span.score < _HOPELESS:
        return False
    return True if span.score >= _SURE and not surroundings.may_govern(span) else None


def chosen(spans: Iterable[Span], surroundings: Surroundings, model: NameModel) -> list[Span]:
    """Choose the places among spans that may overlap: the likeliest first.

    Parameters
    ----------
    spans
        The spans.
    surroundings
        What stands around them.
    model
        The weights.

    Returns
    -------
    list of Span
        Those that are places, in order of the text, without overlaps.
    """
    weighed = []
    for span in spans:
        verdict = ruled(span, surroundings)
        if verdict is None:
            weight = model.weigh(surroundings.clues(span), lead_of(span))
        else:
            weight = span.score if verdict else 0.0
        if weight > 0:
            weighed.append((weight, span))
    return without_overlaps(weighed)


def without_overlaps(weighed: Iterable[tuple[float, Span]]) -> list[Span]:
    """Take the weightiest spans that do not overlap.

    Parameters
    ----------
    weighed
        Spans with their weights.

    Returns
    -------
    list of Span
        In order of the text.
    """
    taken: set[int] = set()
    found: list[Span] = []
    for _, span in sorted(weighed, key=lambda one: (-one[0], one[1].start, one[1].end)):
        places = range(span.first, span.last + 1)
        if taken.isdisjoint(places):
            taken.update(places)
            found.append(span)
    return sorted(found, key=lambda span: span.start)
