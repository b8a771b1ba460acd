"""Learn the weights of the article models from annotated articles, and write them into the package.

    python scripts/train_articles.py --gazetteer gazetteer.sqlite FOLDER...

Needs scipy beside the atlas: `pip install scipy`. The same articles give the same weights. What the models of
kinds, places, dates and statuses say of an article is learned from the other articles only, when the choice
among candidates is learned from it; the figures that are printed are for articles left out in the same way.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from lessons.events import Lesson, Marked, as_record, learn, learn_choice, marked_candidates, read_lesson

from dashboard.articles.learned import linear
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.reading import Article
from dashboard.bench.article_scores import Tally, tally
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.settings import load_settings
from dashboard.workflows.articles.extract import named_places

WEIGHTS: Final = Path(linear.__file__).with_name("weights")
FOLDS: Final = 5
WRITTEN: Final = "2025-06-18"
"""Day on which the single sentences were published."""
BIASES: Final = tuple(n / 10 for n in range(-16, 6))
"""Scores from which a candidate may be proposed; the one that tells most of left-out articles is taken."""


def main() -> None:
    """Train on the given folders and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders of annotated articles")
    parser.add_argument("--gazetteer", required=True, type=Path)
    parser.add_argument("--sentences", type=Path, help="single sentences with a fact each, tab-separated")
    parser.add_argument("--output", default=WEIGHTS, type=Path)
    arguments = parser.parse_args()
    lessons = read_lessons(arguments.folders, arguments.gazetteer)
    bank = read_sentences(arguments.sentences, arguments.gazetteer) if arguments.sentences else []
    print(f"{len(lessons)} articles, {sum(len(one.told) for one in lessons)} events")
    marked = left_out(lessons, bank)
    bias, scores = best_bias(lessons, marked)
    print(f"left out: {scores.f1:.3f} {scores}, from {bias}")
    _, texts = learn([*lessons, *bank])
    texts["choice"] = learn_choice(marked, bias)
    arguments.output.mkdir(exist_ok=True)
    for name, text in texts.items():
        (arguments.output / f"event-{name}.json").write_text(text + "\n", encoding="utf-8")


def read_lessons(folders: Sequence[Path], gazetteer_file: Path) -> list[Lesson]:
    """Read the annotated articles of some folders with the rules."""
    paths = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    return _lessons([json.loads(path.read_text(encoding="utf-8")) for path in paths], gazetteer_file)


def read_sentences(path: Path, gazetteer_file: Path) -> list[Lesson]:
    """Read single sentences: they teach kinds, dates and statuses, but no places."""
    golds = []
    for line in path.read_text(encoding="utf-8").splitlines():
        language, kind, status, said, text = line.split("\t")
        nowhere = {"country": "", "lat": None, "lon": None, "precision": "city"}
        told = {"type": kind, "status": status, "date": said, "evidence": text, **nowhere}
        events = [told] if kind != "none" else []
        golds.append({"text": text, "language": language, "published": WRITTEN, "events": events})
    return _lessons(golds, gazetteer_file)


def _lessons(golds: Sequence[dict[str, Any]], gazetteer_file: Path) -> list[Lesson]:
    decided = HandDecidedPlaces.from_csv(load_settings().package / "places.csv")
    lessons = []
    with Gazetteer.open(gazetteer_file) as gazetteer:
        for gold in golds:
            published = date.fromisoformat(gold["published"]) if gold["published"] else None
            article = Article(gold["text"], gold["language"], published)
            places = named_places(article.text, article.language, gazetteer=gazetteer, hand_decided=decided)
            lessons.append(read_lesson(gold, article, places))
    return lessons


def fold_of(lesson: Lesson) -> int:
    """Give the fold of an article, by its text: the order of the files changes nothing."""
    digest = hashlib.sha256(lesson.gold["text"].encode()).digest()
    return digest[0] % FOLDS


def left_out(lessons: Sequence[Lesson], bank: Sequence[Lesson]) -> list[Marked]:
    """Mark the candidates of each article by models that did not see it; single sentences are always seen."""
    marked: dict[int, Marked] = {}
    for fold in range(FOLDS):
        models, _ = learn([*(lesson for lesson in lessons if fold_of(lesson) != fold), *bank])
        for number, lesson in enumerate(lessons):
            if fold_of(lesson) == fold:
                marked[number] = marked_candidates(lesson, models)
    return [marked[number] for number in range(len(lessons))]


def best_bias(lessons: Sequence[Lesson], marked: Sequence[Marked]) -> tuple[float, Tally]:
    """Find the score from which a candidate is best proposed, and what that tells of left-out articles."""
    totals = dict.fromkeys(BIASES, Tally())
    for fold in range(FOLDS):
        others = [one for one, lesson in zip(marked, lessons, strict=True) if fold_of(lesson) != fold]
        model = LinearModel.parse(learn_choice(others))
        for one, lesson in zip(marked, lessons, strict=True):
            if fold_of(lesson) == fold:
                for bias in BIASES:
                    totals[bias] += _told(one, model, bias)
    best = max(BIASES, key=lambda bias: totals[bias].f1)
    return best, totals[best]


def _told(marked: Marked, model: LinearModel, bias: float) -> Tally:
    pairs = zip(marked.candidates, marked.examples, strict=True)
    found = [as_record(candidate) for candidate, example in pairs if model.sums(example)[0] >= bias]
    return tally(marked.gold["events"], found)


if __name__ == "__main__":
    main()
