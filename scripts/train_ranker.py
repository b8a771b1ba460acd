"""Learn the weights of the ranker from documents whose places are known, and write them into the package.

    python scripts/train_ranker.py --gazetteer gazetteer.sqlite lgl-mentions.jsonl geovirus-mentions.jsonl

Only documents with an even line number (counted from 0) are learned from; odd ones are for judging the
result. The lists (format in `dashboard.geocoding.resolution.corpus`, each mention with ``lat`` and ``lon``)
are not part of the project: of them only the weights are kept. The same input gives the same weights.
"""

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from dashboard.geocoding import Gazetteer
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.resolution import ranker as ranker_module
from dashboard.geocoding.resolution.corpus import read_documents
from dashboard.geocoding.resolution.evidence import FEATURES, Document
from dashboard.geocoding.resolution.ranker import STAGES, LinearRanker
from dashboard.geocoding.resolution.reading import Reader
from dashboard.geocoding.resolution.units import adjacency_of, units_of
from dashboard.geocoding.resolution.views import Floats, view_of

WEIGHTS: Final = Path(ranker_module.__file__).with_name("weights.json")
RIGHT_KM: Final = 161.0
CLOSE_KM: Final = 25.0
CLOSE_WORTH: Final = 1.0
RIGHT_WORTH: Final = 0.7
PENALTY: Final = 2e-3
STEPS: Final = 1500
KEPT: Final = 12
SEED: Final = 7
SHARES: Final = (1.0, 0.5)
"""Each document is learned from whole and with so much of its mentions, for texts that name few places."""

FIXED: Final = {
    "hand": 14.0,
    "inside_next": 4.0,
    "inside_country": 2.0,
    "seat": 2.0,
    "has_seat": -2.0,
    "lonely_population": 0.6,
}
"""Weights that are not learned. What a person decided wins; "X, Y" says that X lies in Y; a city comes before
the province called after it; where few places are named, size counts for more (local news teaches less)."""


@dataclass
class Lesson:
    """A document with the worth of each of its candidates and the weight of each of its units."""

    document: Document
    worth: Floats
    weights: Floats


def main() -> None:
    """Train on the given lists and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lists", nargs="+", type=Path)
    parser.add_argument("--gazetteer", required=True, type=Path)
    parser.add_argument("--output", default=WEIGHTS, type=Path)
    arguments = parser.parse_args()
    with Gazetteer.open(arguments.gazetteer) as gazetteer:
        lessons = [lesson for path in arguments.lists for lesson in read_lessons(path, Reader(gazetteer))]
    learned = learn(lessons)
    kept = json.loads(arguments.output.read_text(encoding="utf-8")) if arguments.output.exists() else {}
    kept["learned"] = learned
    arguments.output.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def read_lessons(path: Path, reader: Reader) -> list[Lesson]:
    """Read the documents to learn from; all lists weigh the same."""
    random = np.random.default_rng(SEED)
    with path.open(encoding="utf-8") as lines:
        documents = [document for n, document in enumerate(read_documents(lines)) if n % 2 == 0]
    lessons = []
    for document in documents:
        for share in SHARES:
            mentions = [m for m in document["mentions"] if random.random() < share]
            lessons += _lesson(mentions, reader)
    total = sum(float(lesson.weights.sum()) for lesson in lessons)
    for lesson in lessons:
        lesson.weights /= total
    return lessons


def _lesson(mentions: list[dict[str, Any]], reader: Reader) -> Iterator[Lesson]:
    names = [mention["surface"] for mention in mentions]
    starts = [mention["start"] for mention in mentions]
    units = units_of(names, [view_of(reader.read(name)) for name in names], starts)
    if not units:
        return
    worth, weights = [], []
    for unit in units:
        golds = [(mentions[n]["lat"], mentions[n]["lon"]) for n in unit.mentions]
        each = [np.mean([_worth(c.entry.point, gold) for gold in golds]) for c in unit.view.candidates]
        worth += each
        weights.append(math.sqrt(len(golds)) if max(each) > 0 else 0.0)
    document = Document([unit.view for unit in units], adjacency_of(units, names, starts))
    yield Lesson(document, np.array(worth), np.array(weights))


def _worth(point: tuple[float, float] | None, gold: tuple[float, float]) -> float:
    away = distance_m(point, gold) / 1000 if point else math.inf
    return CLOSE_WORTH if away <= CLOSE_KM else RIGHT_WORTH if away <= RIGHT_KM else 0.0


def learn(lessons: Sequence[Lesson]) -> dict[str, dict[str, float]]:
    """Learn stage after stage, each from the beliefs of the one before."""
    learned: dict[str, dict[str, float]] = {stage: {} for stage in STAGES}
    alone, regions, everything = STAGES
    learned[alone] = fit([(lesson, lesson.document.own_features()) for lesson in lessons])
    ranker = LinearRanker(learned)
    beliefs = [
        lesson.document.believe(ranker.score(alone, lesson.document.own_features())) for lesson in lessons
    ]
    together = [(lesson, belief) for lesson, belief in zip(lessons, beliefs, strict=True)
                if lesson.document.units > 1]  # fmt: skip
    examples = [(lesson, lesson.document.features(belief, pairwise=False)) for lesson, belief in together]
    learned[regions] = fit(examples)
    ranker = LinearRanker(learned)
    small = []
    for lesson, features in examples:
        belief = lesson.document.believe(ranker.score(regions, features))
        small.append(_smaller(lesson, belief))
    first = [(lesson, lesson.document.features(belief)) for lesson, belief in small]
    learned[everything] = fit(first)
    ranker = LinearRanker(learned)
    second = [
        (lesson, lesson.document.features(lesson.document.believe(ranker.score(everything, features))))
        for lesson, features in first
    ]
    learned[everything] = fit([*first, *second])
    return learned


def _smaller(lesson: Lesson, belief: Floats) -> tuple[Lesson, Floats]:
    document, left = lesson.document.keeping(belief, KEPT)
    kept = np.concatenate(
        [start + rows for start, rows in zip(lesson.document.starts, document.rows, strict=True)]
    )
    worth = lesson.worth[kept]
    reachable = np.maximum.reduceat(worth, document.starts) > 0
    return Lesson(document, worth, lesson.weights * reachable), left


def fit(examples: Sequence[tuple[Lesson, Floats]]) -> dict[str, float]:
    """Find the weights under which the worthy candidates are the most probable (Adam, from zero)."""
    features = np.concatenate([features for _, features in examples])
    worth = np.concatenate([lesson.worth for lesson, _ in examples])
    weights = np.concatenate([lesson.weights for lesson, _ in examples])
    weights /= weights.sum()
    sizes = np.concatenate([np.bincount(lesson.document.unit) for lesson, _ in examples])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    unit = np.repeat(np.arange(len(sizes)), sizes)
    scale = features.std(axis=0)
    scale[scale == 0] = np.inf  # what never varies teaches nothing
    scaled = features / scale
    free = np.array([feature not in FIXED for feature in FEATURES])
    offset = features @ np.array([FIXED.get(feature, 0.0) for feature in FEATURES])
    value, mean, square = np.zeros(len(FEATURES)), np.zeros(len(FEATURES)), np.zeros(len(FEATURES))
    for step in range(1, STEPS + 1):
        scores = scaled @ (value * free) + offset
        raw = np.exp(scores - np.maximum.reduceat(scores, starts)[unit])
        belief = raw / np.add.reduceat(raw, starts)[unit]
        good = belief * worth
        total = np.maximum(np.add.reduceat(good, starts), 1e-12)
        gradient = scaled.T @ ((belief - good / total[unit]) * weights[unit]) + PENALTY * value
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        rate = 0.05 * (1 - step / STEPS)
        value -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-9)
    found = {name: round(float(x), 4) for name, x in zip(FEATURES, value * free / scale, strict=True)}
    return {name: x for name, x in (found | FIXED).items() if x}


if __name__ == "__main__":
    main()
