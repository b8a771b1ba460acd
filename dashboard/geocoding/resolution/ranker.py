"""Weigh the evidence for each candidate: a weighted sum, the same for the rule and the learned ranker.

The weights are data (``weights.json``). Those of the *rule* were set by hand; those *learned* come from
``scripts/train_ranker.py``. There are three stages: what a candidate brings along, what the countries and
divisions of the document add, and everything including what needs each pair of candidates.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from dashboard.geocoding.resolution.evidence import FEATURES
from dashboard.geocoding.resolution.views import Floats

__all__ = ["STAGES", "LinearRanker"]

STAGES: Final = ("alone", "regions", "all")
"""Names of the stages in the order in which they are taken; the last may be taken several times."""

_WEIGHTS: Final = "weights.json"


class LinearRanker:
    """Scores candidates by a weighted sum, so that each contribution can be shown.

    Parameters
    ----------
    weights
        For each stage the weight of each feature; a feature left out weighs nothing.
    """

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        self._columns = {
            stage: np.array([float(weights[stage].get(feature, 0.0)) for feature in FEATURES])
            for stage in STAGES
        }

    @classmethod
    @cache
    def named(cls, name: str = "learned") -> "LinearRanker":
        """Give a ranker that comes with the package.

        Parameters
        ----------
        name
            ``rule`` or ``learned``.

        Returns
        -------
        LinearRanker
            The ranker; the same object each time.
        """
        text = resources.files(__package__ or "").joinpath(_WEIGHTS).read_text(encoding="utf-8")
        return cls(json.loads(text)[name])

    def score(self, stage: str, features: Floats) -> Floats:
        """Score candidates.

        Parameters
        ----------
        stage
            One of `STAGES`.
        features
            A row for each candidate with the columns `FEATURES`.

        Returns
        -------
        numpy.ndarray
            One score a candidate, in nats; only differences mean anything.
        """
        scores: Floats = features @ self._columns[stage]
        return scores

    def contributions(self, row: Floats, baseline: Floats) -> Sequence[tuple[str, float]]:
        """Tell what speaks for one candidate rather than for another, in the last stage.

        Parameters
        ----------
        row
            The numbers of the candidate.
        baseline
            Those of the other.

        Returns
        -------
        sequence of (str, float)
            Features with their part in the difference, the largest first.
        """
        parts = (row - baseline) * self._columns[STAGES[-1]]
        return [(FEATURES[n], float(parts[n])) for n in np.argsort(-parts, kind="stable")]
