r"""Learn which names in a text are places from annotated articles, and write the weights into the package.

    python scripts/train_names.py --gazetteer gazetteer.sqlite \
        --sentences tests/geocoding/mentions/taught.txt tests/articles/gold/train1 …

Needs scipy beside the atlas: `pip install scipy`. The same articles give the same weights. The figures that
are printed are for articles left out, a fifth at a time.
"""

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from lessons.names import (
    NameLesson,
    Tally,
    learn_names,
    read_marked_sentences,
    read_name_lesson,
    tally_names,
)

from dashboard.geocoding import Gazetteer
from dashboard.geocoding.mentions import weighing
from dashboard.geocoding.mentions.known import known_names
from dashboard.geocoding.mentions.weighing import NameModel

WEIGHTS: Final = Path(weighing.__file__).with_name("names.json")
FOLDS: Final = 5


def main() -> None:
    """Train on the given folders and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders of annotated articles")
    parser.add_argument("--gazetteer", required=True, type=Path)
    parser.add_argument("--sentences", type=Path, help="sentences with their places in double brackets")
    parser.add_argument("--unseen", nargs="*", default=[], type=Path, help="folders to report on only")
    parser.add_argument("--output", default=WEIGHTS, type=Path)
    parser.add_argument("--quick", action="store_true", help="only learn, leave nothing out")
    arguments = parser.parse_args()
    lessons = read_lessons(arguments.folders, arguments.gazetteer)
    every = [lesson for taught in lessons.values() for lesson in taught]
    bank = read_sentences(arguments.sentences, arguments.gazetteer) if arguments.sentences else []
    if not arguments.quick:
        report(lessons, bank)
    text = learn_names([*every, *bank])
    for folder, unseen in read_lessons(arguments.unseen, arguments.gazetteer).items():
        _print(f"{folder}, unseen", unseen, dict.fromkeys(range(FOLDS), NameModel.parse(text)))
    arguments.output.write_text(text + "\n", encoding="utf-8")


def read_lessons(folders: Sequence[Path], gazetteer_file: Path) -> dict[str, list[NameLesson]]:
    """Read the annotated articles of some folders with the rules."""
    lessons: dict[str, list[NameLesson]] = {}
    with Gazetteer.open(gazetteer_file) as gazetteer:
        names = known_names(gazetteer)
        for folder in folders:
            lessons[str(folder)] = [
                read_name_lesson(json.loads(path.read_text(encoding="utf-8")), names)
                for path in sorted(folder.glob("*.json"))
            ]
    return lessons


def read_sentences(path: Path, gazetteer_file: Path) -> list[NameLesson]:
    """Read single sentences, which are left out nowhere."""
    with Gazetteer.open(gazetteer_file) as gazetteer:
        return read_marked_sentences(path, known_names(gazetteer))


def fold_of(lesson: NameLesson) -> int:
    """Give the fold of an article, by its text: the order of the files changes nothing."""
    return hashlib.sha256(lesson.text.encode()).digest()[0] % FOLDS


def report(lessons: Mapping[str, Sequence[NameLesson]], bank: Sequence[NameLesson]) -> None:
    """Print what models find in articles that they did not see."""
    every = [lesson for taught in lessons.values() for lesson in taught]
    models = {
        fold: NameModel.parse(learn_names([*bank, *(one for one in every if fold_of(one) != fold)]))
        for fold in range(FOLDS)
    }
    for folder, taught in {**lessons, "all": every}.items():
        _print(f"{folder}, left out", taught, models)
    for language in sorted({lesson.language for lesson in every}):
        _print(f"{language}, left out", [one for one in every if one.language == language], models)


def _print(title: str, lessons: Sequence[NameLesson], models: Mapping[int, NameModel]) -> None:
    total = sum((tally_names(lesson, models[fold_of(lesson)]) for lesson in lessons), Tally())
    print(f"{title}: {total.f1:.3f} {total}")


if __name__ == "__main__":
    main()
