"""Learn the weights of the models of sites from annotated articles, and write them into the package.

    python scripts/train_sites.py --gazetteer gazetteer.sqlite --sentences sites.tsv FOLDER...

Needs scipy beside the atlas: `pip install scipy`. The same articles give the same weights. What the models of
kinds say of an article is learned from the other articles only, when the choice is learned from it; the
figures that are printed are for articles left out in the same way, of each folder by itself.
"""

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from lessons.sites import (
    MarkedSites,
    SiteLesson,
    learn_site_choice,
    learn_sites,
    marked_sites,
    read_site_lesson,
    right_statuses,
    site_record,
)

from dashboard.articles.learned import linear
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.places import NamedPlace
from dashboard.articles.reading import Article
from dashboard.bench.article_scores import Tally, tally
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.settings import load_settings
from dashboard.workflows.articles.extract import named_places

WEIGHTS: Final = Path(linear.__file__).with_name("weights")
FOLDS: Final = 5
WRITTEN: Final = "2025-06-18"
"""Day on which the single sentences were published."""
BIASES: Final = tuple(n / 10 for n in range(-14, 5))
"""Scores from which a site may be proposed; the one that tells most of left-out articles is taken."""


def main() -> None:
    """Train on the given folders and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders of annotated articles")
    parser.add_argument("--gazetteer", required=True, type=Path)
    parser.add_argument("--sentences", type=Path, help="single sentences with their sites, tab-separated")
    parser.add_argument("--output", default=WEIGHTS, type=Path)
    arguments = parser.parse_args()
    lessons = read_lessons(arguments.folders, arguments.gazetteer)
    bank = read_sentences(arguments.sentences, arguments.gazetteer) if arguments.sentences else []
    marked = left_out([lesson for taught in lessons.values() for lesson in taught], bank)
    bias = best_bias(marked)
    report(lessons, marked, bias)
    _, texts = learn_sites([*(lesson for taught in lessons.values() for lesson in taught), *bank])
    texts["choice"] = learn_site_choice(marked, bias)
    for name, text in texts.items():
        (arguments.output / f"site-{name}.json").write_text(text + "\n", encoding="utf-8")


def read_lessons(folders: Sequence[Path], gazetteer_file: Path) -> dict[str, list[SiteLesson]]:
    """Read the annotated articles of some folders with the rules."""
    with Gazetteer.open(gazetteer_file) as gazetteer:
        return {
            str(folder): [
                _lesson(json.loads(path.read_text(encoding="utf-8")), gazetteer)
                for path in sorted(folder.glob("*.json"))
            ]
            for folder in folders
        }


def read_sentences(path: Path, gazetteer_file: Path) -> list[SiteLesson]:
    """Read single sentences with the kinds of sites that they tell, and the town of each."""
    lessons = []
    with Gazetteer.open(gazetteer_file) as gazetteer:
        for line in path.read_text(encoding="utf-8").splitlines():
            language, told, text = line.split("\t")
            gold = {"text": text, "language": language, "published": WRITTEN, "sites": []}
            towns = {place.surface: place for place in _places(gold, gazetteer)}
            wanted = [part.split("@") for part in told.split("; ") if part != "none"]
            if any(town not in towns for _, town in wanted):
                print(f"a town was not found: {text}")
                continue
            gold["sites"] = [_told_at(kind, towns[town], text) for kind, town in wanted]
            lessons.append(_lesson(gold, gazetteer))
    return lessons


def _told_at(kind: str, place: NamedPlace, text: str) -> dict[str, Any]:
    """Write a site as annotated articles have it; how far it is, a sentence does not teach."""
    where = {"lat": place.lat, "lon": place.lon, "country": place.country, "precision": "city"}
    return {"type": kind, "status": "", "evidence": text, **where}


def _places(gold: Mapping[str, Any], gazetteer: Gazetteer) -> list[NamedPlace]:
    return list(
        named_places(gold["text"], gold["language"], gazetteer=gazetteer, hand_decided=_hand_decided())
    )


@cache
def _hand_decided() -> HandDecidedPlaces:
    return HandDecidedPlaces.from_csv(load_settings().package / "places.csv")


def _lesson(gold: Mapping[str, Any], gazetteer: Gazetteer) -> SiteLesson:
    published = date.fromisoformat(gold["published"]) if gold["published"] else None
    article = Article(gold["text"], gold["language"], published)
    return read_site_lesson(gold, article, _places(gold, gazetteer))


def fold_of(gold: Mapping[str, Any]) -> int:
    """Give the fold of an article, by its text: the order of the files changes nothing."""
    return hashlib.sha256(gold["text"].encode()).digest()[0] % FOLDS


def left_out(lessons: Sequence[SiteLesson], bank: Sequence[SiteLesson]) -> list[MarkedSites]:
    """Mark what each article may tell by models that did not see it; single sentences are always seen."""
    marked: dict[int, MarkedSites] = {}
    statuses = (0, 0)
    for fold in range(FOLDS):
        models, _ = learn_sites([*(one for one in lessons if fold_of(one.gold) != fold), *bank])
        for number, lesson in enumerate(lessons):
            if fold_of(lesson.gold) == fold:
                likely = [models.likely(features) for _, features in lesson.units]
                marked[number] = marked_sites(lesson, likely)
                right, told = right_statuses(lesson, models)
                statuses = statuses[0] + right, statuses[1] + told
    print(f"statuses {statuses[0]} of {statuses[1]}")
    return [marked[number] for number in range(len(lessons))]


def choices(marked: Sequence[MarkedSites]) -> list[LinearModel]:
    """Learn the choice for each fold from the others."""
    return [
        LinearModel.parse(learn_site_choice([one for one in marked if fold_of(one.gold) != fold]))
        for fold in range(FOLDS)
    ]


def best_bias(marked: Sequence[MarkedSites]) -> float:
    """Find the score from which a site is best proposed."""
    models = choices(marked)
    return max(BIASES, key=lambda bias: _told(marked, models, bias).f1)


def report(lessons: Mapping[str, Sequence[SiteLesson]], marked: Sequence[MarkedSites], bias: float) -> None:
    """Print what models tell of articles that they did not see."""
    models = choices(marked)
    at = 0
    for folder, taught in lessons.items():
        scores = _told(marked[at : at + len(taught)], models, bias)
        at += len(taught)
        print(f"{folder}: left out {scores.f1:.3f} {scores}")
    scores = _told(marked, models, bias)
    print(f"all: left out {scores.f1:.3f} {scores}, from {bias}")


def _told(marked: Sequence[MarkedSites], models: Sequence[LinearModel], bias: float) -> Tally:
    total = Tally()
    for one in marked:
        model = models[fold_of(one.gold)]
        found = [site_record(each) for each in one.candidates if model.sums(each.features)[0] >= bias]
        total += tally(one.gold["sites"], found, sites=True)
    return total


if __name__ == "__main__":
    main()
