"""Learn which towns have which sites, and how far those are, from annotated articles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize

from dashboard.articles.assembling.sites import find_sites
from dashboard.articles.assembling.story import stories_of
from dashboard.articles.language import language_of
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.learned.sites import SiteModels, site_in
from dashboard.articles.learned.sites_choice import SiteCandidate, site_candidates
from dashboard.articles.learned.sites_features import KINDS, Features, page_features
from dashboard.articles.learned.sites_statuses import STATUSES, status_features
from dashboard.articles.learned.sites_units import Unit, read_grounds
from dashboard.articles.places import NamedPlace
from dashboard.articles.reading.article import Article
from dashboard.articles.reading.clean import blocks_of
from dashboard.bench.article_scores import SITE_KM, is_near, same_site
from lessons.fitting import Floats, Vocabulary, fit_classes, fit_one, model_text

__all__ = [
    "MarkedSites", "SiteLesson", "learn_site_choice", "learn_sites", "marked_sites", "read_site_lesson",
    "right_statuses", "site_record",
]  # fmt: skip

_LEAST: Final = 3
"""Articles that a feature must be in."""
_KIND_PENALTY: Final = 6.0
_SHARED_PENALTY: Final = 2.0
_RELATION_PENALTY: Final = 0.5
_STATUS_PENALTY: Final = 6.0
_NOT_AT_WORK: Final = 2.0
"""How much more a site counts that is not at work: few are, and to miss one is the worse mistake."""
_CHOICE_PENALTY: Final = 15.0
_CHOICE_LEAST: Final = 4
_OPTIONAL: Final = 0.3
_STEPS: Final = 60
_COARSE: Final = frozenset({"country", "region"})


@dataclass(slots=True)
class SiteLesson:
    """An annotated article with the towns of its sentences and what is right for each.

    Parameters
    ----------
    gold
        The annotated article.
    units
        Towns in sentences with their features.
    right
        For each unit the sets of kinds that are right, one for each site told there; 0 is none.
    statuses
        For each unit that tells a site: its kind and the statuses that are right.
    """

    gold: Mapping[str, Any]
    units: list[tuple[Unit, Features]]
    right: list[list[frozenset[int]]]
    statuses: list[tuple[int, str, frozenset[str]]]


def read_site_lesson(gold: Mapping[str, Any], article: Article, places: Sequence[NamedPlace]) -> SiteLesson:
    """Read an annotated article with the rules, and mark what each of its units tells."""
    language = language_of(article.language)
    blocks = blocks_of(article.text, language)
    junk = [(block.start, block.end) for block in blocks if block.role == "junk"]
    clean = [place for place in places if not any(a <= place.start < b for a, b in junk)]
    stories = stories_of(article.text, blocks, language, clean)
    grounds = read_grounds(stories, [site for story in stories for site in find_sites(story)])
    lesson = SiteLesson(gold, page_features(grounds, language.code), [], [])
    told: list[list[frozenset[int]]] = [[] for _ in lesson.units]
    may: dict[int, set[int]] = {id(ground): set() for ground in grounds}
    for record in gold["sites"]:
        kinds = frozenset(KINDS.index(kind) + 1 for kind in _kinds(record) if kind in KINDS)
        near = {id(ground) for ground in grounds if is_near(record, _point(ground.place), SITE_KM)}
        for number in near:
            may[number] |= kinds
        if kinds and near and not record.get("optional"):
            for number in _tellers(lesson, record, near):
                told[number].append(kinds)
                right = frozenset({record["status"], *(record.get("status_alt") or ())})
                lesson.statuses.append((number, record["type"], right))
    lesson.right = [
        sets or [frozenset({0, *may[id(unit.ground)]})]
        for sets, (unit, _) in zip(told, lesson.units, strict=True)
    ]
    return lesson


def _kinds(record: Mapping[str, Any]) -> list[str]:
    return [record["type"], *(record.get("type_alt") or ())]


def _point(place: NamedPlace) -> dict[str, Any]:
    return {"lat": place.lat, "lon": place.lon, "country": place.country}


def _tellers(lesson: SiteLesson, record: Mapping[str, Any], near: set[int]) -> list[int]:
    """Give the units that tell a site: its town in the evidence, else in a sentence of it, else nearest."""
    start = lesson.gold["text"].find(record["evidence"])
    end = start + len(record["evidence"])
    inside: list[int] = []
    named: list[int] = []
    spoken: list[int] = []
    away: list[tuple[int, int]] = []
    for number, (unit, _) in enumerate(lesson.units):
        if id(unit.ground) not in near:
            continue
        sentence = unit.sentence
        if unit.names:
            away.append((abs(sentence.start - start), number))
        if sentence.start < end and start < sentence.end:
            spoken.append(number)
            if unit.names:
                named.append(number)
            if any(start <= sentence.tokens[name.first].start < end for name in unit.names):
                inside.append(number)
    best = inside or named or spoken or [number for _, number in sorted(away)[:1]]
    return best[:1] if record["precision"] in _COARSE else best


@dataclass(slots=True)
class _Rows:
    unit: list[dict[str, float]]
    kinds: list[dict[str, float]]
    wanted: Floats
    weights: Floats


def _rows_of(lessons: Sequence[SiteLesson]) -> _Rows:
    unit, kinds, wanted, weights = [], [], [], []
    for lesson in lessons:
        for (_, features), sets in zip(lesson.units, lesson.right, strict=True):
            for right in sets:
                unit.append(dict.fromkeys(sorted(features.unit), 1.0))
                kinds.extend(dict.fromkeys(sorted(features.kinds[kind]), 1.0) for kind in KINDS)
                wanted.append([float(n in right) for n in range(len(KINDS) + 1)])
                weights.append(1 / len(sets))
    return _Rows(unit, kinds, np.array(wanted), np.array(weights))


def _vocabulary(articles: Iterator[set[str]]) -> Vocabulary:
    return Vocabulary.of([dict.fromkeys(found, 1.0) for found in articles], _LEAST)


def learn_sites(lessons: Sequence[SiteLesson]) -> tuple[SiteModels, dict[str, str]]:
    """Learn the models of sites; give them as the package would read them, and their texts by name."""
    rows = _rows_of(lessons)
    unit = _vocabulary(set().union(*(f.unit for _, f in lesson.units)) for lesson in lessons)
    kind = _vocabulary(
        set().union(*(names for _, f in lesson.units for names in f.kinds.values())) for lesson in lessons
    )
    weights, start, relation = _fit(rows, unit, kind)
    texts = {
        "kinds": model_text(unit, weights, start, KINDS),
        "relation": model_text(kind, relation, None, ("kind",)),
        "status": _learn_status(lessons),
    }
    return SiteModels(*(LinearModel.parse(text) for text in texts.values())), texts


def _fit(rows: _Rows, unit: Vocabulary, kind: Vocabulary) -> tuple[Floats, Floats, Floats]:
    """Fit a softmax over no site and each kind.

    A feature of the unit has a weight for each kind and one that all kinds share; one of a kind has one.
    """
    matrix, relations = unit.matrix(rows.unit), kind.matrix(rows.kinds)
    columns, relation_columns = matrix.T.tocsr(), relations.T.tocsr()
    count, width = matrix.shape[1], len(KINDS)
    ends = np.cumsum([count * width, count, width, 1, relations.shape[1]])
    penalties = np.repeat(
        [_KIND_PENALTY, _SHARED_PENALTY, _KIND_PENALTY, _SHARED_PENALTY, _RELATION_PENALTY],
        np.diff([0, *ends]),
    )
    right = np.where(rows.wanted > 0, 0.0, -np.inf)

    def loss(flat: Floats) -> tuple[float, Floats]:
        own, shared, start, all_start, relation = (flat[a:b] for a, b in pairwise([0, *ends]))
        sums = matrix @ own.reshape(count, width) + (matrix @ shared)[:, None] + start + all_start
        sums += (relations @ relation).reshape(-1, width)
        sums = np.hstack([np.zeros((len(sums), 1)), sums])
        whole = np.logaddexp.reduce(sums, axis=1)
        told = np.logaddexp.reduce(sums + right, axis=1)
        total = (rows.weights * (whole - told)).sum() + 0.5 * (penalties * flat**2).sum()
        slope = np.exp(sums - whole[:, None]) - np.exp(sums + right - told[:, None])
        slope = (slope * rows.weights[:, None])[:, 1:]
        parts = [
            (columns @ slope).ravel(),
            columns @ slope.sum(1),
            slope.sum(0),
            [slope.sum()],
            relation_columns @ slope.ravel(),
        ]
        return float(total), np.concatenate(parts) + penalties * flat

    best = minimize(loss, np.zeros(ends[-1]), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    own, shared, start, all_start, relation = (best[a:b] for a, b in pairwise([0, *ends]))
    return own.reshape(count, width) + shared[:, None], start + all_start, relation


def _learn_status(lessons: Sequence[SiteLesson]) -> str:
    examples, wanted = [], []
    for lesson in lessons:
        for number, kind, right in lesson.statuses:
            examples.append(_status_features(lesson, number, kind))
            wanted.append([float(status in right) for status in STATUSES])
    table = np.array(wanted)
    told = table.sum(1) > 0
    vocabulary = Vocabulary.of(examples, _LEAST)
    rows = vocabulary.matrix([one for one, true in zip(examples, told, strict=True) if true])
    at_work = table[told][:, STATUSES.index("operating")] > 0
    weights, start = fit_classes(rows, table[told], np.where(at_work, 1.0, _NOT_AT_WORK), _STATUS_PENALTY)
    return model_text(vocabulary, weights, start, STATUSES)


def _status_features(lesson: SiteLesson, number: int, kind: str) -> dict[str, float]:
    unit, features = lesson.units[number]
    published = lesson.gold["published"]
    year = date.fromisoformat(published).year if published else None
    return status_features(unit, site_in(unit, features, kind), lesson.gold["language"], year)


@dataclass(slots=True)
class MarkedSites:
    """What an article may tell, the likeliest first, and what of it is right."""

    gold: Mapping[str, Any]
    candidates: list[SiteCandidate]
    right: list[float]
    weights: list[float]


def marked_sites(lesson: SiteLesson, weighed: Sequence[Mapping[str, float]]) -> MarkedSites:
    """Gather the candidates of an article and mark the first that tells each annotated site."""
    units = [(unit, likely) for (unit, _), likely in zip(lesson.units, weighed, strict=True)]
    marked = MarkedSites(lesson.gold, site_candidates(units), [], [])
    records = lesson.gold["sites"]
    taken: set[int] = set()
    for candidate in marked.candidates:
        record = site_record(candidate)
        fits = [n for n, gold in enumerate(records) if n not in taken and same_site(gold, record)]
        fits.sort(key=lambda n: bool(records[n].get("optional")))
        taken.update(fits[:1])
        optional = bool(fits) and bool(records[fits[0]].get("optional"))
        marked.right.append(float(bool(fits)))
        marked.weights.append(_OPTIONAL if optional else 1.0)
    return marked


def site_record(candidate: SiteCandidate) -> dict[str, Any]:
    """Write a candidate as the scores read it."""
    return {"type": candidate.told.kind, **_point(candidate.told.ground.place)}


def learn_site_choice(marked: Sequence[MarkedSites], bias: float = 0.0) -> str:
    """Learn which candidates are right; ``bias`` is taken from what each starts from."""
    examples = [candidate.features for one in marked for candidate in one.candidates]
    vocabulary = Vocabulary.of(examples, _CHOICE_LEAST)
    inner, start = fit_one(
        vocabulary.matrix(examples),
        np.array([right for one in marked for right in one.right]),
        np.array([weight for one in marked for weight in one.weights]),
        _CHOICE_PENALTY,
    )
    return model_text(vocabulary, inner, start - bias, ("right",))


def right_statuses(lesson: SiteLesson, models: SiteModels) -> tuple[int, int]:
    """Count the annotated sites whose status the model says rightly, and all."""
    right = 0
    for number, kind, wanted in lesson.statuses:
        scores = models.status.scores(_status_features(lesson, number, kind))
        right += max(STATUSES, key=scores.__getitem__) in wanted
    return right, len(lesson.statuses)
