"""Say in words why a candidate was chosen: what spoke for it rather than for its best rival."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from dashboard.geocoding.candidates import Candidate
from dashboard.geocoding.resolution.evidence import Document
from dashboard.geocoding.resolution.ranker import LinearRanker
from dashboard.geocoding.resolution.views import Floats, Integers

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Reasons"]

_LEAST_PART: Final = 0.25
_MOST_REASONS: Final = 2
_LARGE: Final = 15_000
_CLOSE: Final = float(np.exp(-1.0))
_SETTLEMENTS: Final = frozenset({"city", "capital"})
_FAMILIES: Final = {
    "country": ("country_share", "country_sum"),
    "division": ("division_share", "division_sum"),
    "district": ("district_share",),
    "near": ("near_share", "near_sum", "near_best", "wide_share"),
    "beside": ("beside_near",),
    "comma": ("inside_next",),
    "inside": ("inside_country", "inside_division", "inside_beside"),
    "holds": ("holds_share", "holds_sum", "holds_before", "holds_beside"),
}


class Reasons:
    """The reasons for all decisions of one document.

    Parameters
    ----------
    document
        The candidates with their relations.
    features
        The numbers they were judged by.
    chosen
        For each unit the row of its best candidate.
    ranker
        How the numbers were weighed.
    """

    def __init__(self, document: Document, features: Floats, chosen: Integers, ranker: LinearRanker) -> None:
        self._document = document
        self._features = features
        self._chosen = chosen
        self._ranker = ranker
        self._words: dict[str, Callable[[int], str]] = {
            "country": lambda unit: self._sharing(unit, 0, "same country as"),
            "division": lambda unit: self._sharing(unit, 1, "same state or province as"),
            "district": lambda unit: self._sharing(unit, 2, "same district as"),
            "near": self._near,
            "beside": lambda _unit: "close to the place named beside it",
            "comma": self._behind_comma,
            "inside": self._inside,
            "holds": self._holding,
        }

    def why(self, unit: int, best: Candidate, rivals: Sequence[tuple[int, Candidate]]) -> str:
        """Say why the best candidate of a unit is the best.

        Parameters
        ----------
        unit
            Number of the unit.
        best
            Its best candidate.
        rivals
            Row and candidate of each rival, best first.

        Returns
        -------
        str
            A few words, such as "same country as 3 other places".
        """
        if not rivals:
            return f"the only place of that name; {best.reason}"
        row = self._features[self._chosen[unit]]
        others = self._features[[number for number, _ in rivals]].mean(axis=0)
        parts = dict(self._ranker.contributions(row, others))
        weights = {family: sum(parts[name] for name in names) for family, names in _FAMILIES.items()}
        telling = sorted(weights, key=lambda family: -weights[family])
        said = [self._words[family](unit) for family in telling if weights[family] >= _LEAST_PART]
        words = [word for word in said if word][:_MOST_REASONS]
        return "; ".join(words) or _own_reason(best, [rival for _, rival in rivals])

    def _others(self, unit: int) -> Integers:
        others: Integers = np.delete(self._chosen, unit)
        return others

    def _sharing(self, unit: int, column: int, words: str) -> str:
        groups = self._document.groups[:, column]
        return _counted(words, int((groups[self._others(unit)] == groups[self._chosen[unit]]).sum()))

    def _near(self, unit: int) -> str:
        near = self._document.near_each_other()[self._chosen[unit], self._others(unit)]
        return _counted("within 150 km of", int((near >= _CLOSE).sum()))

    def _holding(self, unit: int) -> str:
        inside = self._document.inside_one_another()[self._others(unit), self._chosen[unit]]
        return _counted("it holds", int(inside.sum()))

    def _inside(self, unit: int) -> str:
        holders = self._holders(unit)
        told = not len(holders) or bool(self._behind_comma(unit))
        return "" if told else f"in {self._name(holders[0])}, which is named too"

    def _behind_comma(self, unit: int) -> str:
        adjacency = self._document.adjacency
        behind = [] if adjacency is None else np.flatnonzero(adjacency.comma[unit]).tolist()
        holders = [row for row in self._holders(unit) if int(self._document.unit[row]) in behind]
        return f"'X, Y' containment: in {self._name(holders[0])}" if holders else ""

    def _holders(self, unit: int) -> Integers:
        """Give the rows of the chosen places that hold the one chosen for a unit, the smallest first."""
        others = self._others(unit)
        holders = others[self._document.inside_one_another()[self._chosen[unit], others] > 0]
        ordered: Integers = holders[np.argsort(self._document.levels[holders], kind="stable")]
        return ordered

    def _name(self, row: int) -> str:
        return self._document.candidate(int(row)).entry.name


def _counted(words: str, count: int) -> str:
    return f"{words} {count} other place{'s' if count > 1 else ''}" if count else ""


def _own_reason(best: Candidate, rivals: list[Candidate]) -> str:
    large = [rival for rival in rivals if rival.entry.population >= _LARGE]
    if best.entry.kind in _SETTLEMENTS and best.entry.population >= _LARGE and not large:
        return f"only city of that name above {_LARGE:,}"
    return best.reason
