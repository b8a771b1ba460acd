"""Learn the weights of the models of sites from annotated articles, and write them into the package.

    python scripts/train_sites.py --gazetteer gazetteer.sqlite tests/articles/gold/train1 …

Needs scipy beside the atlas: `pip install scipy`. The same articles give the same weights. The figures that
are printed are for articles left out, of each folder by itself; the bounds that tell most of them stand in
`dashboard.articles.learned.sites`.
"""

import argparse
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from lessons.sites import SiteLesson, learn_sites, read_site_lesson, right_statuses, told_records

from dashboard.articles.learned import linear
from dashboard.articles.reading import Article
from dashboard.bench.article_scores import Tally, tally
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.settings import load_settings
from dashboard.workflows.articles.extract import named_places

WEIGHTS: Final = Path(linear.__file__).with_name("weights")
FOLDS: Final = 5
BOUNDS: Final = tuple(itertools.product((0.4, 0.45, 0.5, 0.55), (0.3, 0.35, 0.4), (0.35, 0.4, 0.5, 0.6)))
"""How likely a first site, a second kind in a sentence and a further sentence must be."""

Likely: TypeAlias = Sequence[Mapping[str, float]]


def main() -> None:
    """Train on the given folders and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders of annotated articles")
    parser.add_argument("--gazetteer", required=True, type=Path)
    parser.add_argument("--output", default=WEIGHTS, type=Path)
    parser.add_argument("--quick", action="store_true", help="only learn, leave nothing out")
    arguments = parser.parse_args()
    lessons = read_lessons(arguments.folders, arguments.gazetteer)
    if not arguments.quick:
        report(lessons)
    _, texts = learn_sites([lesson for taught in lessons.values() for lesson in taught])
    for name, text in texts.items():
        (arguments.output / f"site-{name}.json").write_text(text + "\n", encoding="utf-8")


def read_lessons(folders: Sequence[Path], gazetteer_file: Path) -> dict[str, list[SiteLesson]]:
    """Read the annotated articles of some folders with the rules."""
    decided = HandDecidedPlaces.from_csv(load_settings().package / "places.csv")
    lessons: dict[str, list[SiteLesson]] = {}
    with Gazetteer.open(gazetteer_file) as gazetteer:
        for folder in folders:
            taught = lessons.setdefault(str(folder), [])
            for path in sorted(folder.glob("*.json")):
                gold = json.loads(path.read_text(encoding="utf-8"))
                published = date.fromisoformat(gold["published"]) if gold["published"] else None
                article = Article(gold["text"], gold["language"], published)
                places = named_places(
                    article.text, article.language, gazetteer=gazetteer, hand_decided=decided
                )
                taught.append(read_site_lesson(gold, article, places))
    return lessons


def fold_of(lesson: SiteLesson) -> int:
    """Give the fold of an article, by its text: the order of the files changes nothing."""
    return hashlib.sha256(lesson.gold["text"].encode()).digest()[0] % FOLDS


def report(lessons: Mapping[str, Sequence[SiteLesson]]) -> None:
    """Print what models tell of articles that they did not see."""
    every = [lesson for taught in lessons.values() for lesson in taught]
    likely: dict[int, Likely] = {}
    statuses = (0, 0)
    for fold in range(FOLDS):
        models, _ = learn_sites([lesson for lesson in every if fold_of(lesson) != fold])
        for lesson in every:
            if fold_of(lesson) == fold:
                likely[id(lesson)] = [models.likely(features) for _, features in lesson.units]
                right, told = right_statuses(lesson, models)
                statuses = statuses[0] + right, statuses[1] + told
    best = max(BOUNDS, key=lambda bounds: _told(every, likely, bounds).f1)
    print(f"bounds {best}, statuses {statuses[0]} of {statuses[1]}")
    for folder, taught in {**lessons, "all": every}.items():
        scores = _told(taught, likely, best)
        print(f"{folder}: left out {scores.f1:.3f} {scores}")


def _told(
    lessons: Sequence[SiteLesson], likely: Mapping[int, Likely], bounds: tuple[float, float, float]
) -> Tally:
    total = Tally()
    for lesson in lessons:
        found = told_records(lesson, likely[id(lesson)], bounds)
        total += tally(lesson.gold["sites"], found, sites=True)
    return total


if __name__ == "__main__":
    main()
