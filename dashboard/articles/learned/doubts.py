"""Which sentences of a story tell what must not become a record: rumours, corrections, forecasts.

A sentence that reads like one has to be surer of its facts than others. It is no matter of single words: near
"rumour" stand facts as well. So a model weighs all the words of a sentence, what they speak of and where it
stands.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Final

from dashboard.articles.learned.candidates import Telling
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.learned.page_concepts import page_concepts

__all__ = ["caution", "doubt_features", "note_doubts"]

_DOUBTED: Final = -2.0
"""Doubt from which a fact must be surer than others."""
_REFUSED: Final = -0.5
"""Doubt from which no fact is told."""
_MOST_WORDS: Final = 60


def note_doubts(pages: Sequence[Sequence[Telling]], language: str, model: LinearModel | None = None) -> None:
    """Note with each sentence of a page how much it reads like what must not become a record.

    Parameters
    ----------
    pages
        The sentences of its stories.
    language
        ISO 639-1 code of the text.
    model
        The model; that of the package when None.
    """
    weights = model or _shipped()
    told = [telling for page in pages for telling in page if not telling.sentence.headline]
    for number, telling in enumerate(told):
        features = doubt_features(telling, len(told) - 1 - number, language)
        telling.sentence.doubt = weights.sums(features)[0]


def caution(doubt: float) -> float:
    """Say by how much a fact must be surer because of the sentence that tells it.

    Parameters
    ----------
    doubt
        How much the sentence reads like what must not become a record.

    Returns
    -------
    float
        What its score is lowered by; infinite when nothing may be told.
    """
    return math.inf if doubt >= _REFUSED else max(0.0, doubt - _DOUBTED)


@cache
def _shipped() -> LinearModel:
    return LinearModel.load("page-doubts")


def doubt_features(telling: Telling, behind: int, language: str) -> dict[str, float]:
    """Say what the model sees of a sentence.

    Parameters
    ----------
    telling
        The sentence as the rules read it.
    behind
        How many sentences of the page follow it.
    language
        ISO 639-1 code of the text.

    Returns
    -------
    dict of str to float
        Names of features with their values.
    """
    sentence, finds = telling.sentence, telling.finds
    names = list(finds.whole)
    for bag in finds.bags:
        names.extend(name for name in bag if name[:2] == "b:")
    for token in sentence.tokens[:_MOST_WORDS]:
        names.extend(f"p:{concept}" for concept in page_concepts(token, language))
    names.append(f"at:{min(sentence.position, 6)}")
    names.append(f"behind:{min(behind, 6)}")
    names.append(f"long:{min(len(sentence.tokens) // 4, 10)}")
    names.append(f"dates:{min(len(sentence.dates), 2)}")
    names.append(f"places:{min(len(sentence.places), 3)}")
    names.append(f"sites:{min(len(sentence.sites), 2)}")
    names.append(f"rules:{min(len(finds.mentions), 3)}")
    return dict.fromkeys(names, 1.0)
