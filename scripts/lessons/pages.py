"""What annotated articles teach of pages: which sentences are no story, and which tell what must not be told.

Weather, links and advertisements are no story; rumours, forecasts and generalities are, and yet no facts.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from dashboard.articles.language import language_of
from dashboard.articles.learned.doubts import doubt_features
from dashboard.articles.learned.lines import parts_of_page
from dashboard.articles.reading.clean import blocks_of
from lessons.events import Lesson
from lessons.fitting import Vocabulary, fit_one, model_text

__all__ = ["Said", "doubted_sentences", "learn_doubts", "learn_lines", "page_parts"]

Spans: TypeAlias = list[tuple[int, int]]

_OF_THE_STORY: Final = re.compile(
    "|".join(
        (
            "specul|spécul|espec|general|général|allgemeines|forecast|previsi|prévis|budget|haushalt|presupuesto",
            "rumo|rumeur|gerücht|hearsay|claim|unconfirm|unverif|uncorrob|proven|single source",
            "denied|denial|démenti|desmentid|contradict|waved|hoax|correct|accusation|charge dropped|opinion",
            "respaldo|supuesta|goal|plan |discussed|open question|vote result|end of the same",
            "غير مؤكد|خبر بلا|بلا دليل|טענה",
        )
    ),
    re.IGNORECASE,
)
"""Reasons why a fact of the story itself must not be told; the others speak of the page around it."""
_LEAST: Final = 2
_PENALTY: Final = {"lines": 2.0, "doubts": 6.0}
_STEPS: Final = 60
_LITTLE: Final = 0.03
_DOUBTED_COUNTS: Final = 5.0
_IDLE_COUNTS: Final = 0.1
"""How much a sentence counts that tells nothing: it does no harm to doubt it."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an annotated article.

    Parameters
    ----------
    article
        Number of the article.
    features
        What the model sees of it.
    wrong
        Whether it is no story, or tells what must not be told.
    told
        Whether an annotated fact rests on it.
    counts
        How much it counts in learning.
    """

    article: int
    features: Mapping[str, float]
    wrong: bool
    told: bool
    counts: float


def page_parts(article: int, gold: Mapping[str, Any]) -> Iterator[Said]:
    """Give the sentences of a page, and which are no story."""
    text, language = gold["text"], language_of(gold["language"])
    junk = _quotes(text, gold.get("must_not") or (), lambda row: not _OF_THE_STORY.search(row["why"]))
    places = gold.get("not_place_spans") or ()
    junk += [(row["start"], row["end"]) for row in places if row["reason"].startswith("junk")]
    told = _quotes(text, _demanded(gold))
    named = [(row["start"], row["end"]) for row in gold.get("toponyms") or ()]
    for part in parts_of_page(text, blocks_of(text, language), language):
        wrong, fact = _meets(part.start, part.end, junk), _meets(part.start, part.end, told)
        kept = fact or _meets(part.start, part.end, named)
        yield Said(article, part.features, wrong, fact, 0.0 if wrong and kept else 1.0)


def doubted_sentences(article: int, lesson: Lesson) -> Iterator[Said]:
    """Give the sentences of a story, and which tell what must not be told; optional facts teach nothing."""
    gold = lesson.gold
    text, language = gold["text"], gold["language"]
    banned = _quotes(text, gold.get("must_not") or ())
    told = _quotes(text, _demanded(gold))
    optional = _quotes(text, [*gold["events"], *gold.get("sites", ())], lambda row: bool(row.get("optional")))
    tellings = [one for story in lesson.stories for one in story if not one.sentence.headline]
    for number, telling in enumerate(tellings):
        start, end = telling.sentence.start, telling.sentence.end
        wrong, fact = _meets(start, end, banned), _meets(start, end, told)
        counts = _DOUBTED_COUNTS if wrong else 1.0 if fact else _IDLE_COUNTS
        if (wrong and fact) or (not wrong and _meets(start, end, optional)):
            counts = 0.0
        yield Said(
            article, doubt_features(telling, len(tellings) - 1 - number, language), wrong, fact, counts
        )


def _demanded(gold: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [row for row in (*gold["events"], *gold.get("sites", ())) if not row.get("optional")]


def _quotes(
    text: str,
    rows: Sequence[Mapping[str, Any]],
    wanted: Callable[[Mapping[str, Any]], bool] = lambda _: True,
) -> Spans:
    """Find everywhere in a text what some rows quote."""
    return [
        match.span() for row in rows if wanted(row) for match in re.finditer(re.escape(row["evidence"]), text)
    ]


def _meets(start: int, end: int, spans: Spans) -> bool:
    return any(start < last and first < end for first, last in spans)


def learn_lines(said: Sequence[Said]) -> str:
    """Learn which sentences are no story."""
    return _learn(said, "lines")


def learn_doubts(said: Sequence[Said]) -> str:
    """Learn which sentences tell what must not be told."""
    return _learn(said, "doubts")


def _learn(said: Sequence[Said], name: str) -> str:
    shown = [one for one in said if one.counts]
    examples = [one.features for one in shown]
    vocabulary = Vocabulary.of(examples, _LEAST)
    weights, start = fit_one(
        vocabulary.matrix(examples),
        np.array([float(one.wrong) for one in shown]),
        np.array([one.counts for one in shown]),
        _PENALTY[name],
        _STEPS,
    )
    return model_text(vocabulary, weights, start, ("wrong",), _LITTLE)
