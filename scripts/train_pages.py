"""Learn which sentences of a page are no story, or tell no facts, and write the weights into the package.

    python scripts/train_pages.py --gazetteer gazetteer.sqlite FOLDER...

Needs scipy beside the atlas: `pip install scipy`. The same articles give the same weights. The figures that
are printed are for articles left out, a fifth at a time.
"""

import argparse
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from lessons.events import Lesson
from lessons.pages import Said, doubted_sentences, learn_doubts, learn_lines, page_parts
from train_articles import read_lessons

from dashboard.articles.learned import linear
from dashboard.articles.learned.linear import LinearModel

WEIGHTS: Final = Path(linear.__file__).with_name("weights")
FOLDS: Final = 5
BARS: Final = (1.0, 0.0, -0.5, -1.0, -1.5, -2.0)


def main() -> None:
    """Train on the given folders and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders of annotated articles")
    parser.add_argument("--gazetteer", required=True, type=Path)
    parser.add_argument("--output", default=WEIGHTS, type=Path)
    arguments = parser.parse_args()
    lessons = read_lessons(arguments.folders, arguments.gazetteer)
    folds = [fold_of(lesson) for lesson in lessons]
    parts = [part for n, lesson in enumerate(lessons) for part in page_parts(n, lesson.gold)]
    sentences = [said for n, lesson in enumerate(lessons) for said in doubted_sentences(n, lesson)]
    for name, said, learn in (("lines", parts, learn_lines), ("doubts", sentences, learn_doubts)):
        report(name, said, folds, learn)
        (arguments.output / f"page-{name}.json").write_text(learn(said) + "\n", encoding="utf-8")


def fold_of(lesson: Lesson) -> int:
    """Give the fold of an article, by its text: the order of the files changes nothing."""
    return hashlib.sha256(lesson.gold["text"].encode()).digest()[0] % FOLDS


def report(
    name: str, said: Sequence[Said], folds: Sequence[int], learn: Callable[[Sequence[Said]], str]
) -> None:
    """Print how many sentences models find that did not see them, and how many facts they would cost."""
    scores: list[tuple[float, Said]] = []
    for fold in range(FOLDS):
        model = LinearModel.parse(learn([one for one in said if folds[one.article] != fold]))
        left = (one for one in said if folds[one.article] == fold)
        scores.extend((model.sums(one.features)[0], one) for one in left)
    wrong, told = sum(one.wrong for one in said), sum(one.told for one in said)
    for bar in BARS:
        over = [one for score, one in scores if score >= bar]
        found, lost = sum(one.wrong for one in over), sum(one.told for one in over)
        print(f"{name}, left out, from {bar}: {found} of {wrong} found, {lost} of {told} with facts lost")


if __name__ == "__main__":
    main()
