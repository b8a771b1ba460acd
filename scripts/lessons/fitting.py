"""Fit linear models to examples with named features, and write them as the package reads them.

Needs scipy, which the atlas itself does not: `pip install scipy`. The same examples give the same weights.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from dashboard.articles.learned.linear import ALWAYS

__all__ = ["Vocabulary", "fit_classes", "fit_labels", "fit_one", "fit_ranker", "model_text"]

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Features: TypeAlias = Mapping[str, float]
_STEP: Final = 0.02
_COARSE_STEP: Final = 0.04
_CLIP: Final = 30.0


@dataclass(frozen=True)
class Vocabulary:
    """The features that are common enough to be learned from.

    Parameters
    ----------
    numbers
        Number of each feature.
    """

    numbers: dict[str, int]

    @staticmethod
    def of(examples: Sequence[Features], least: int) -> "Vocabulary":
        """Gather the features that at least so many examples have."""
        counts = Counter(name for example in examples for name in example)
        common = sorted(name for name, count in counts.items() if count >= least)
        return Vocabulary({name: n for n, name in enumerate(common)})

    def matrix(self, examples: Sequence[Features]) -> csr_matrix:
        """Write examples as rows of a matrix."""
        ends, columns, values = [0], [], []
        for example in examples:
            for name, value in example.items():
                number = self.numbers.get(name)
                if number is not None:
                    columns.append(number)
                    values.append(value)
            ends.append(len(columns))
        return csr_matrix(
            (np.array(values, dtype=float), np.array(columns, dtype=np.int32), np.array(ends)),
            shape=(len(examples), len(self.numbers)),
        )


def _least(fun: Callable[[Floats], tuple[float, Floats]], start: Floats, steps: int) -> Floats:
    found = minimize(fun, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxfun": 2 * steps})
    return np.asarray(found.x)


def fit_labels(  # noqa: PLR0917  # what is fitted, how hard, and from where
    rows: csr_matrix,
    wanted: Floats,
    weights: Floats,
    penalty: float,
    steps: int = 60,
    known: tuple[Floats, Floats] | None = None,
) -> tuple[Floats, Floats]:
    """Fit a logistic regression for each label: weights by feature and label, and where each starts from.

    ``known`` is what was fitted to nearly the same examples: from there it is not far.
    """
    count, width = rows.shape[1], wanted.shape[1]
    columns = rows.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        inner, start = flat[: count * width].reshape(count, width), flat[count * width :]
        sums = rows @ inner + start
        chance = 1 / (1 + np.exp(-np.clip(sums, -_CLIP, _CLIP)))
        total = (weights * (np.logaddexp(0, sums) - wanted * sums)).sum() + 0.5 * penalty * (inner**2).sum()
        slope = weights * (chance - wanted)
        return float(total), np.concatenate([(columns @ slope + penalty * inner).ravel(), slope.sum(0)])

    first = np.zeros(count * width + width)
    share = (weights * wanted).sum(0) / np.maximum(weights.sum(0), 1)
    first[count * width :] = np.log(np.clip(share, 1e-3, 0.999) / (1 - np.clip(share, 1e-3, 0.999)))
    if known is not None:
        first = np.concatenate([known[0].ravel(), known[1]])
    best = _least(loss, first, steps)
    return best[: count * width].reshape(count, width), best[count * width :]


def fit_one(
    rows: csr_matrix, wanted: Floats, weights: Floats, penalty: float, steps: int = 100
) -> tuple[Floats, Floats]:
    """Fit one logistic regression."""
    return fit_labels(rows, wanted[:, None], weights[:, None], penalty, steps)


def fit_classes(
    rows: csr_matrix, wanted: Floats, weights: Floats, penalty: float, steps: int = 80
) -> tuple[Floats, Floats]:
    """Fit a softmax over labels; a row of ``wanted`` holds 1 for each label that is right."""
    count, width = rows.shape[1], wanted.shape[1]
    columns = rows.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        inner, start = flat[: count * width].reshape(count, width), flat[count * width :]
        sums = rows @ inner + start
        powers = np.exp(sums - sums.max(1, keepdims=True))
        chance = powers / powers.sum(1, keepdims=True)
        right = np.maximum((chance * wanted).sum(1, keepdims=True), 1e-12)
        total = -(weights * np.log(right[:, 0])).sum() + 0.5 * penalty * (inner**2).sum()
        slope = weights[:, None] * (chance - chance * wanted / right)
        return float(total), np.concatenate([(columns @ slope + penalty * inner).ravel(), slope.sum(0)])

    best = _least(loss, np.zeros(count * width + width), steps)
    return best[: count * width].reshape(count, width), best[count * width :]


def fit_ranker(
    rows: csr_matrix, groups: Sequence[int], worth: Floats, penalty: float, steps: int = 100
) -> Floats:
    """Fit a softmax over the options of each group, of which several may be right.

    ``groups`` are the numbers of options, ``worth`` how right each is; a group without a right one teaches
    nothing.
    """
    ends = np.cumsum(groups)
    starts = ends - np.array(groups)
    teaches = np.repeat(np.maximum.reduceat(worth, starts) > 0, groups)
    columns = rows.T.tocsr()

    def spread(per_group: Floats) -> Floats:
        return np.repeat(per_group, groups)

    def loss(weights: Floats) -> tuple[float, Floats]:
        sums = rows @ weights
        powers = np.exp(sums - spread(np.maximum.reduceat(sums, starts)))
        chance = powers / spread(np.add.reduceat(powers, starts))
        right = np.maximum(np.add.reduceat(chance * worth, starts), 1e-12)
        used = np.maximum.reduceat(worth, starts) > 0
        total = -np.log(right[used]).sum() + 0.5 * penalty * (weights**2).sum()
        slope = np.where(teaches, chance - chance * worth / spread(right), 0.0)
        return float(total), columns @ slope + penalty * weights

    return _least(loss, np.zeros(rows.shape[1]), steps)


def model_text(
    vocabulary: Vocabulary, weights: Floats, start: Floats | None, labels: Sequence[str], least: float = 0.0
) -> str:
    """Write a model; features that say next to nothing, all weights under ``least``, are left out."""
    step = _COARSE_STEP if least else _STEP
    table = weights.reshape(len(vocabulary.numbers), len(labels))
    rounded = np.rint(table / step).astype(int)
    says = (np.abs(table).max(1) >= least) & rounded.any(1)
    kept = {name: rounded[n].tolist() for name, n in vocabulary.numbers.items() if says[n]}
    if start is not None:
        kept[ALWAYS] = np.rint(start / step).astype(int).tolist()
    return json.dumps(
        {"labels": list(labels), "step": step, "weights": kept}, ensure_ascii=False, separators=(",", ":")
    )
