"""Learn which clauses tell of events, and their places, dates and statuses, from annotated articles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from dashboard.articles.assembling.memory import Memory
from dashboard.articles.assembling.sites import find_sites
from dashboard.articles.assembling.story import stories_of
from dashboard.articles.language import Language, language_of
from dashboard.articles.learned.arguments import give_arguments
from dashboard.articles.learned.candidates import Candidate, Telling, candidates_of
from dashboard.articles.learned.choosing import choice_features, in_order
from dashboard.articles.learned.clauses import clause_features
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.learned.reading import EventModels, candidates_of_story
from dashboard.articles.learned.statuses import STATUSES, status_features
from dashboard.articles.learned.tellings import read_tellings
from dashboard.articles.learned.whens import date_features, date_options
from dashboard.articles.learned.wheres import PlaceTable, place_features, place_options
from dashboard.articles.places import NamedPlace
from dashboard.articles.reading.article import Article
from dashboard.articles.reading.clean import blocks_of
from dashboard.bench.article_scores import EVENT_KM, is_near, same_event, same_time
from lessons.fitting import (
    Floats,
    Vocabulary,
    fit_classes,
    fit_labels,
    fit_one,
    fit_ranker,
    model_text,
)

__all__ = ["KINDS", "Lesson", "learn", "learn_choice", "marked_candidates", "read_lesson"]

KINDS: Final = (
    "meeting", "visit", "agreement", "contract", "delivery", "opening", "closure", "exercise", "test",
    "corporate", "incident", "policy",
)  # fmt: skip
_LEAST: Final = {"kinds": 2, "places": 3, "dates": 3, "statuses": 2, "choice": 4}
_PENALTY: Final = {"kinds": 5.0, "places": 12.0, "dates": 3.0, "statuses": 1.0, "choice": 15.0}
_ROUNDS: Final = 2
_LITTLE: Final = 0.08
"""What a word must weigh at least to be kept: the models stay small."""
_OPTIONAL: Final = 0.5
_INSIDE: Final = 0.5
_COARSER: Final = 0.4
"""How right a town is where the annotation only says a country."""


@dataclass(slots=True)
class Told:
    """An annotated event and the clauses that its evidence covers."""

    record: Mapping[str, Any]
    places: list[tuple[int, int, int]]


@dataclass(slots=True)
class Lesson:
    """An annotated article as the rules read it."""

    gold: Mapping[str, Any]
    language: Language
    stories: list[list[Telling]]
    told: list[Told] = field(default_factory=list)
    tables: list[PlaceTable] = field(default_factory=list)


def read_lesson(gold: Mapping[str, Any], article: Article, places: Sequence[NamedPlace]) -> Lesson:
    """Read an annotated article with the rules, and find the clauses of its events."""
    language = language_of(article.language)
    blocks = blocks_of(article.text, language)
    junk = [(block.start, block.end) for block in blocks if block.role == "junk"]
    clean = [place for place in places if not any(a <= place.start < b for a, b in junk)]
    stories = []
    for story in stories_of(article.text, blocks, language, clean):
        named = find_sites(story)
        here = [site for site in named if site.status != "cancelled"]
        memory = Memory(article.published, here, status_reach=language.status_reach)
        stories.append(read_tellings(story, memory, named, language))
    lesson = Lesson(gold, language, stories, tables=[PlaceTable.of(tellings) for tellings in stories])
    for record in gold["events"]:
        start = article.text.find(record["evidence"])
        clauses = _covered(lesson, start, start + len(record["evidence"])) if start >= 0 else []
        if clauses:
            lesson.told.append(Told(record, clauses))
    return lesson


def _spans(lesson: Lesson) -> Iterator[tuple[tuple[int, int, int], int, int]]:
    for s, tellings in enumerate(lesson.stories):
        for t, telling in enumerate(tellings):
            if telling.sentence.headline:
                continue
            for c, clause in enumerate(telling.finds.clauses):
                yield (s, t, c), *telling.sentence.offsets(clause.first, clause.last)


def _covered(lesson: Lesson, start: int, end: int) -> list[tuple[int, int, int]]:
    common = [(key, min(b, end) - max(a, start), b - a) for key, a, b in _spans(lesson)]
    inside = [key for key, both, own in common if both >= _INSIDE * min(own, end - start)]
    return inside or [key for key, both, _ in common if both > 0]


def _alternatives(record: Mapping[str, Any]) -> list[str]:
    return [record["type"], *(record.get("type_alt") or ())]


def learn(lessons: Sequence[Lesson], choice: LinearModel | None = None) -> tuple[EventModels, dict[str, str]]:
    """Learn all models but the choice; give them, and their files."""
    texts = {"kinds": _learn_kinds(lessons)}
    kinds = LinearModel.parse(texts["kinds"])
    positives = list(_positives(lessons, kinds))
    texts["places"] = _learn_places(positives)
    texts["dates"] = _learn_dates(positives)
    places, dates = LinearModel.parse(texts["places"]), LinearModel.parse(texts["dates"])
    texts["statuses"] = _learn_statuses(positives, places, dates)
    empty = LinearModel(("right",), {})
    return EventModels(kinds, places, dates, LinearModel.parse(texts["statuses"]), choice or empty), texts


def _learn_kinds(lessons: Sequence[Lesson]) -> str:
    keys, examples = [], []
    for n, lesson in enumerate(lessons):
        for key, _, _ in _spans(lesson):
            telling = lesson.stories[key[0]][key[1]]
            keys.append((n, *key))
            examples.append(clause_features(telling.finds, key[2], telling.lead))
    number = {key: n for n, key in enumerate(keys)}
    vocabulary = Vocabulary.of(examples, _LEAST["kinds"])
    rows = vocabulary.matrix(examples)
    wanted, weights = _kind_targets(lessons, number, None)
    inner, start = fit_labels(rows, wanted, weights, 3 * _PENALTY["kinds"], 25)
    for _ in range(_ROUNDS):
        wanted, weights = _kind_targets(lessons, number, rows @ inner + start)
        inner, start = fit_labels(rows, wanted, weights, _PENALTY["kinds"], 35, (inner, start))
    return model_text(vocabulary, inner, start, KINDS, _LITTLE)


def _kind_targets(
    lessons: Sequence[Lesson], number: Mapping[tuple[int, ...], int], scores: Floats | None
) -> tuple[Floats, Floats]:
    """Mark in each evidence the clause that reads most like the event; all of them at first."""
    wanted, weights = np.zeros((len(number), len(KINDS))), np.ones((len(number), len(KINDS)))
    for n, lesson in enumerate(lessons):
        taken: set[tuple[int, int]] = set()
        for told in sorted(lesson.told, key=lambda one: len(one.places)):
            inside = [number[n, *key] for key in told.places]
            labels = [KINDS.index(kind) for kind in _alternatives(told.record)]
            for row in inside:
                for label in labels:
                    if not wanted[row, label]:
                        weights[row, label] = 0
            main = labels[0]
            free = [row for row in inside if (row, main) not in taken] or inside
            if scores is not None:
                free = [max(free, key=lambda row: scores[row, main])]
            for row in free:
                taken.add((row, main))
                wanted[row, main] = 1
                weights[row, main] = _OPTIONAL if told.record.get("optional") else 1
    return wanted, weights


@dataclass(slots=True)
class Positive:
    """An annotated event as the candidate that should become it."""

    record: Mapping[str, Any]
    candidate: Candidate
    table: PlaceTable


def _positives(lessons: Sequence[Lesson], kinds: LinearModel) -> Iterator[Positive]:
    for lesson in lessons:
        for told in lesson.told:
            kind = told.record["type"]
            best, scores = None, {}
            for s, t, c in told.places:
                telling = lesson.stories[s][t]
                own = kinds.scores(clause_features(telling.finds, c, telling.lead))
                if best is None or own[kind] > scores[kind]:
                    best, scores = (s, t, c), own
            if best is None:
                continue
            s, t, c = best
            telling = lesson.stories[s][t]
            low = dict.fromkeys(scores, -9.0)
            each = [dict(low) for _ in telling.finds.clauses]
            each[c] = {**low, kind: 9.0}
            found = [one for one in candidates_of(telling, each) if one.kind == kind]
            near = min(found, key=lambda one: (abs(one.clause - c), one.repeat), default=None)
            if near is not None:
                yield Positive(told.record, near, lesson.tables[s])


def _where(place: NamedPlace) -> dict[str, Any]:
    return {"lat": place.lat, "lon": place.lon, "country": place.country or None}


def _learn_places(positives: Sequence[Positive]) -> str:
    examples, groups, worth = [], [], []
    for one in positives:
        options = place_options(one.candidate, one.table)
        if not options or one.candidate.repeat:
            continue
        groups.append(len(options))
        for option in options:
            examples.append(place_features(one.candidate, option, one.table))
            right = is_near(one.record, _where(option.place), EVENT_KM)
            coarse = one.record["precision"] == "country" and option.place.kind != "country"
            worth.append((_COARSER if coarse else 1.0) if right else 0.0)
    vocabulary = Vocabulary.of(examples, _LEAST["places"])
    weights = fit_ranker(vocabulary.matrix(examples), groups, np.array(worth), _PENALTY["places"])
    return model_text(vocabulary, weights, None, ("right",))


def _learn_dates(positives: Sequence[Positive]) -> str:
    examples, groups, worth = [], [], []
    for one in positives:
        if one.candidate.repeat:
            continue
        options = date_options(one.candidate)
        groups.append(len(options))
        for option in options:
            examples.append(date_features(one.candidate, option, options))
            said = one.record.get("date")
            if said is None:
                worth.append(float(option.extent is None))
            else:
                worth.append(float(option.extent is not None and same_time(said, option.extent.edtf)))
    vocabulary = Vocabulary.of(examples, _LEAST["dates"])
    weights = fit_ranker(vocabulary.matrix(examples), groups, np.array(worth), _PENALTY["dates"])
    return model_text(vocabulary, weights, None, ("right",))


def _learn_statuses(positives: Sequence[Positive], places: LinearModel, dates: LinearModel) -> str:
    examples, wanted = [], []
    idle = LinearModel(STATUSES, {})
    for one in positives:
        candidate = replace(one.candidate, repeat=False, sure={})
        if candidate.event.status not in STATUSES:
            continue
        kept = candidate.event.status, candidate.event.status_hit
        give_arguments(candidate, one.table, places, dates, idle)
        candidate.event = replace(candidate.event, status=kept[0], status_hit=kept[1])
        right = {one.record["status"], *(one.record.get("status_alt") or ())}
        examples.append(status_features(candidate))
        wanted.append([float(status in right) for status in STATUSES])
    vocabulary = Vocabulary.of(examples, _LEAST["statuses"])
    inner, start = fit_classes(
        vocabulary.matrix(examples), np.array(wanted), np.ones(len(wanted)), _PENALTY["statuses"]
    )
    return model_text(vocabulary, inner, start, STATUSES, _LITTLE)


@dataclass(slots=True)
class Marked:
    """The candidates of an article in order, and which of them are right."""

    gold: Mapping[str, Any]
    candidates: list[Candidate]
    examples: list[dict[str, float]]
    right: list[float]
    weights: list[float]


def as_record(candidate: Candidate) -> dict[str, Any]:
    """Write a candidate as the scores read it."""
    event = candidate.event
    where = _where(event.place) if event.place else {"lat": None, "lon": None, "country": None}
    return {
        "type": event.kind,
        "status": event.status,
        "date": event.when.edtf if event.when else None,
        **where,
        "evidence": "",
    }


def marked_candidates(lesson: Lesson, models: EventModels) -> Marked:
    """Gather the candidates of an article and mark the first that tells each annotated event."""
    found = [one for tellings in lesson.stories for one in candidates_of_story(tellings, models)]
    ordered = in_order([one for one in found if one.event.status != "unconfirmed"])
    marked = Marked(lesson.gold, ordered, [], [], [])
    records = lesson.gold["events"]
    taken: set[int] = set()
    for n, candidate in enumerate(ordered):
        record = as_record(candidate)
        fits = [k for k, gold in enumerate(records) if k not in taken and same_event(gold, record)]
        fits.sort(key=lambda k: bool(records[k].get("optional")))
        taken.update(fits[:1])
        optional = bool(fits) and bool(records[fits[0]].get("optional"))
        marked.examples.append(choice_features(candidate, ordered[:n]))
        marked.right.append(float(bool(fits)))
        marked.weights.append(0.3 if optional else 1.0)
    return marked


def learn_choice(marked: Sequence[Marked], bias: float = 0.0) -> str:
    """Learn which candidates are right; ``bias`` is taken from what each starts from."""
    examples = [example for one in marked for example in one.examples]
    vocabulary = Vocabulary.of(examples, _LEAST["choice"])
    inner, start = fit_one(
        vocabulary.matrix(examples),
        np.array([right for one in marked for right in one.right]),
        np.array([weight for one in marked for weight in one.weights]),
        _PENALTY["choice"],
    )
    return model_text(vocabulary, inner, start - bias, ("right",))
