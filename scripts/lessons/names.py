"""What annotated articles teach of names: which of the proposed spans are places said as places.

A span is right if the annotation has just its borders. What the annotation leaves open (states that act,
advertisements) teaches nothing, and neither does a span with other borders than the annotated place, unless
the right ones were proposed too.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from dashboard.geocoding.mentions.clues import POOLED, QUESTIONS, Clues
from dashboard.geocoding.mentions.known import KnownNames
from dashboard.geocoding.mentions.matching import Span
from dashboard.geocoding.mentions.recognise import page_of, propose
from dashboard.geocoding.mentions.weighing import NameModel, lead_of, ruled, without_overlaps
from lessons.fitting import Vocabulary, fit_one

__all__ = ["NameLesson", "Tally", "learn_names", "read_marked_sentences", "read_name_lesson", "tally_names"]

_MARK: Final = re.compile(r"\[\[|\]\]")
_SENTENCE_COUNTS: Final = 3.0
"""A sentence stands for many of its kind that articles on arms do not have."""
_LEAST: Final = 2
_PENALTY: Final = 1.0
_STEPS: Final = 120
_STEP: Final = 0.05
_SAYS_NOTHING: Final = 0.04
_FREELY: Final = 3.0
"""The score of the rules is so much less held back than a clue."""
_LEAN: Final = 0.2
"""By how much a doubtful name is rather taken: left-out articles keep their F1, and more places are found."""
_TRAP_COUNTS: Final = 5.0
"""How much more a word counts that looks like a place and is none: to map one is the worse mistake."""
_CAPITAL: Final = "B"
_DOUBT_OF_CAPITALS: Final = 0.5
"""By how much a seat of government is rather refused: left out, it loses one place in 250 and spares
one in ten of the traps that were left; with more, "visited Rabat" is lost."""
_BELOW: Final = "below"
_ABOVE: Final = "above"

Ends: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A span that may be a place.

    Parameters
    ----------
    span
        The span.
    clues
        What the model is shown of it.
    ruled
        What the rules decide; None where the model is asked.
    right
        Whether it is a place; None where the annotation leaves it open.
    counted
        Whether it is wrong where it is not right.
    trap
        Whether it looks like a place and is annotated as none.
    """

    span: Span
    clues: Clues
    ruled: bool | None
    right: bool | None
    counted: bool
    trap: bool


@dataclass(frozen=True, slots=True)
class NameLesson:
    """An annotated article.

    Parameters
    ----------
    text
        Its text.
    language
        Its language.
    wanted
        Borders of the annotated places.
    proposals
        Spans that may be places.
    counts
        How much it counts in learning.
    """

    text: str
    language: str
    wanted: frozenset[Ends]
    proposals: tuple[Proposal, ...]
    counts: float = 1.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many places were found, wrongly found and missed, and how many traps tripped.

    Parameters
    ----------
    right
        Places found with their borders.
    wrong
        Others that were found.
    missed
        Places that were not.
    traps
        What looks like a place and is annotated as none, and was found.
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0
    traps: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Add the counts of two."""
        return Tally(
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.traps + other.traps,
        )

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0


def _ends(row: Mapping[str, Any]) -> Ends:
    return int(row["start"]), int(row["end"])


def _overlap(one: Ends, other: Ends) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def read_name_lesson(gold: Mapping[str, Any], names: KnownNames) -> NameLesson:
    """Find the spans of an annotated article that may be places, and say which are.

    Parameters
    ----------
    gold
        The article: ``text``, ``language``, ``toponyms``, ``toponyms_optional``, ``not_place_spans``.
    names
        The names of the gazetteer.

    Returns
    -------
    NameLesson
        What it teaches.
    """
    page = page_of(gold["text"], gold["language"])
    proposed = propose(page, names)
    surroundings = proposed.surroundings(page)
    spans = [*proposed.spans, *proposed.others]
    wanted = frozenset(map(_ends, gold["toponyms"]))
    open_ones = [_ends(row) for row in gold.get("toponyms_optional") or ()]
    traps = [(_ends(row), str(row.get("reason"))) for row in gold.get("not_place_spans") or ()]
    junk = [ends for ends, reason in traps if reason.startswith("junk")]
    reached = wanted & {(span.start, span.end) for span in spans}
    proposals = []
    for span in spans:
        ends = (span.start, span.end)
        met = [place for place in wanted if _overlap(ends, place)]
        left_open = not met and any(_overlap(ends, other) for other in open_ones)
        ignored = left_open or any(_overlap(ends, other) for other in junk)
        right: bool | None = ends in wanted
        if not right and (ignored or (met and reached.isdisjoint(met))):
            right = None
        trap = not met and not ignored and any(_overlap(ends, other) for other, _ in traps)
        verdict = ruled(span, surroundings)
        clues = surroundings.clues(span)
        proposals.append(Proposal(span, clues, verdict, right, not ignored or ends in wanted, trap))
    return NameLesson(gold["text"], gold["language"], wanted, tuple(proposals))


def read_marked_sentences(path: Path, names: KnownNames) -> list[NameLesson]:
    """Read sentences whose places stand in double brackets, so that the model forgets no common news.

    Parameters
    ----------
    path
        A file with a language and a sentence on each line, separated by a tab.
    names
        The names of the gazetteer.

    Returns
    -------
    list of NameLesson
        One for each sentence.
    """
    lessons = []
    for line in path.read_text(encoding="utf-8").splitlines():
        language, marked = line.split("\t")
        parts, text, places = _MARK.split(marked), "", []
        for n, part in enumerate(parts):
            if n % 2:
                places.append({"start": len(text), "end": len(text) + len(part)})
            text += part
        lesson = read_name_lesson({"text": text, "language": language, "toponyms": places}, names)
        lessons.append(replace(lesson, counts=_SENTENCE_COUNTS))
    return lessons


def _features(one: Proposal) -> dict[str, float]:
    pairs = zip(QUESTIONS, one.clues, strict=True)
    found = {f"{POOLED.get(question, question)}={clue}": 1.0 for question, clue in pairs if clue}
    lead = lead_of(one.span)
    return {**found, _BELOW: _FREELY * min(lead, 0.0), _ABOVE: _FREELY * max(lead, 0.0)}


def learn_names(lessons: Sequence[NameLesson]) -> str:
    """Learn which spans are places.

    Parameters
    ----------
    lessons
        Annotated articles.

    Returns
    -------
    str
        The model, as the package reads it.
    """
    shown = [
        (one, lesson.counts * (_TRAP_COUNTS if one.trap else 1.0))
        for lesson in lessons
        for one in lesson.proposals
        if one.right is not None and one.ruled is None
    ]
    examples = [_features(one) for one, _ in shown]
    vocabulary = Vocabulary.of(examples, _LEAST)
    right = np.array([float(bool(one.right)) for one, _ in shown])
    counts = np.array([count for _, count in shown])
    found, start = fit_one(vocabulary.matrix(examples), right, counts, _PENALTY, _STEPS)
    weights: dict[str, dict[str, int]] = {name: {} for name in QUESTIONS if name not in POOLED}
    slopes = [_FREELY * float(found[vocabulary.numbers.pop(name), 0]) for name in (_BELOW, _ABOVE)]
    for name, number in vocabulary.numbers.items():
        weight = float(found[number, 0])
        if abs(weight) >= _SAYS_NOTHING and (steps := round(weight / _STEP)):
            question, clue = name.split("=", 1)
            weights[question][clue] = steps
    languages = sorted({lesson.language for lesson in lessons})
    for language in languages:
        seat, kinds = language + _CAPITAL, weights["kind"]
        kinds[seat] = kinds.get(seat, 0) - round(_DOUBT_OF_CAPITALS / _STEP)
    model = {
        "languages": languages,
        "step": _STEP,
        "start": round(float(start[0]) + _LEAN, 2),
        "slopes": [round(slope, 3) for slope in slopes],
        "weights": weights,
    }
    return json.dumps(model, ensure_ascii=False, separators=(",", ":"))


def _weight(one: Proposal, model: NameModel) -> float:
    if one.ruled is None:
        return model.weigh(one.clues, lead_of(one.span))
    return one.span.score if one.ruled else 0.0


def tally_names(lesson: NameLesson, model: NameModel) -> Tally:
    """Count what a model finds in an annotated article.

    Parameters
    ----------
    lesson
        The article.
    model
        The model.

    Returns
    -------
    Tally
        The counts.
    """
    by_span = {id(one.span): one for one in lesson.proposals}
    weighed = [(_weight(one, model), one.span) for one in lesson.proposals]
    places = without_overlaps((weight, span) for weight, span in weighed if weight > 0)
    found = [by_span[id(span)] for span in places]
    right = sum((one.span.start, one.span.end) in lesson.wanted for one in found)
    wrong = sum(one.counted and (one.span.start, one.span.end) not in lesson.wanted for one in found)
    return Tally(right, wrong, len(lesson.wanted) - right, sum(one.trap for one in found))
