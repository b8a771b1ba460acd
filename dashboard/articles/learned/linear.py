"""Linear models with weights in the package: no library, no clock and no chance in them.

A model is a JSON file: labels, and for each feature that matters a whole number per label, to be multiplied
by ``step``. A feature that the file does not know counts nothing, so that old weights work with new features.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import add
from typing import Final

__all__ = ["ALWAYS", "LinearModel"]

ALWAYS: Final = "always"
"""The feature that every example has: its weights are where a label starts from."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Scores of labels, each the sum of the weights of an example's features.

    Parameters
    ----------
    labels
        What is told apart.
    weights
        For each feature one number per label.
    """

    labels: tuple[str, ...]
    weights: Mapping[str, tuple[float, ...]]

    @staticmethod
    @cache
    def load(name: str) -> "LinearModel":
        """Read a model of the package.

        Parameters
        ----------
        name
            Name of its file in ``learned/weights``, without the ending.

        Returns
        -------
        LinearModel
            The model; read once.
        """
        source = files("dashboard.articles.learned").joinpath("weights", f"{name}.json")
        return LinearModel.parse(source.read_text(encoding="utf-8"))

    @staticmethod
    def parse(text: str) -> "LinearModel":
        """Read a model from JSON text.

        Parameters
        ----------
        text
            An object with ``labels``, ``step`` and ``weights``.

        Returns
        -------
        LinearModel
            The model.

        Raises
        ------
        ValueError
            A feature has another number of weights than there are labels.
        """
        kept = json.loads(text)
        labels, step = tuple(kept["labels"]), float(kept["step"])
        weights = {name: tuple(step * n for n in row) for name, row in kept["weights"].items()}
        wrong = next((name for name, row in weights.items() if len(row) != len(labels)), None)
        if wrong is not None:
            raise ValueError(f"the feature {wrong!r} needs {len(labels)} weights: train the model again")
        return LinearModel(labels, weights)

    def sums(self, features: Mapping[str, float]) -> list[float]:
        """Give the score of each label, in order of the labels.

        Parameters
        ----------
        features
            Features of an example with their values; `ALWAYS` is added.

        Returns
        -------
        list of float
            Sums of weights, no probabilities.
        """
        known = self.weights
        rows = [(known[name], value) for name, value in features.items() if name in known]
        rows.append((known.get(ALWAYS, (0.0,) * len(self.labels)), 1.0))
        if len(self.labels) == 1:
            return [sum(row[0] * value for row, value in rows)]
        totals = [0.0] * len(self.labels)
        for row, value in rows:
            if value == 1.0:
                totals = list(map(add, totals, row))
            else:
                totals = [total + value * weight for total, weight in zip(totals, row, strict=True)]
        return totals

    def scores(self, features: Mapping[str, float]) -> dict[str, float]:
        """Give the score of each label.

        Parameters
        ----------
        features
            Features of an example with their values; `ALWAYS` is added.

        Returns
        -------
        dict of str to float
            By label: sums of weights, no probabilities.
        """
        return dict(zip(self.labels, self.sums(features), strict=True))
