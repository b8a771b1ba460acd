"""What the other places of a document say for each candidate, computed over all candidates at once.

The names of a document are its *units* (each name once: one sense per document). A unit's belief is spread
over its candidates; each kind of evidence asks every other unit how much of its belief lies where the
candidate lies: in the same country, division or district, close by, inside it or around it. What an ambiguous
name says therefore counts for little, and beliefs and evidence are computed in turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.geocoding.candidates import Candidate
from dashboard.geocoding.resolution.views import (
    COUNTRY,
    DISTRICT,
    DIVISION,
    OWN_FEATURES,
    SETTLEMENT_KINDS,
    WORLDLY_KINDS,
    Floats,
    Integers,
    NameView,
)

__all__ = ["CONTEXT_FEATURES", "FEATURES", "Adjacency", "Document"]

CONTEXT_FEATURES: Final = (
    "lonely_population",
    "lonely_area",
    "country_share",
    "division_share",
    "district_share",
    "near_share",
    "wide_share",
    "holds_share",
    "country_sum",
    "division_sum",
    "near_sum",
    "holds_sum",
    "near_best",
    "beside_near",
    "inside_country",
    "inside_division",
    "inside_next",
    "inside_beside",
    "holds_before",
    "holds_beside",
    "kind_share",
    "world_share",
    "division_soft",
    "district_soft",
    "near_soft",
    "opens",
    "dateline",
)
"""Names of the numbers that the rest of the document gives a candidate."""

FEATURES: Final = (*OWN_FEATURES, *CONTEXT_FEATURES)
"""All numbers a candidate is judged by, in the order of the columns."""

_EARTH_KM: Final = 6_371.0
_NEAR_KM: Final = 150.0
_WIDE_KM: Final = 1_000.0
_SOFTENED: Final = 0.25
"""Rare coincidences tell more than the small beliefs they rest on: as hints count their fourth roots."""

_COLUMN: Final = {name: number for number, name in enumerate(FEATURES)}
_SUMMED: Final = [_COLUMN[f"{name}_share"] for name in ("country", "division", "near", "holds")]
_SUMS: Final = [_COLUMN[f"{name}_sum"] for name in ("country", "division", "near", "holds")]
_AGREEING: Final = [_COLUMN[f"{name}_share"] for name in ("country", "division", "district", "kind", "world")]
_SOFT: Final = [_COLUMN[f"{name}_soft"] for name in ("division", "district", "near")]
_SHARES: Final = [number for name, number in _COLUMN.items() if name.endswith("_share")]


@dataclass(frozen=True, slots=True)
class Adjacency:
    """How closely units follow one another in the text, between 0 and 1; rows are units, columns others.

    Parameters
    ----------
    comma
        The column's unit follows the row's at once, as "Texas" follows "Paris" in "Paris, Texas".
    beside
        A mention of one stands within a few words of one of the other.
    opens
        1 for the unit named first in the text.
    dateline
        1 for a unit named first and in capitals, as "WASHINGTON" in front of a report.
    """

    comma: Floats
    beside: Floats
    opens: Floats
    dateline: Floats


class Document:
    """The candidates of all units of a document, with the relations between them.

    Parameters
    ----------
    views
        The candidates of each unit; each must have at least one.
    adjacency
        Which units stand side by side; nothing is known about that when None.
    keep
        For each unit the rows to keep of its view; all when None.
    """

    def __init__(
        self,
        views: Sequence[NameView],
        adjacency: Adjacency | None = None,
        keep: Sequence[Integers] | None = None,
    ) -> None:
        rows = [np.arange(len(view.candidates)) for view in views] if keep is None else list(keep)
        pairs = list(zip(views, rows, strict=True))
        self.views = views
        self.rows = rows
        self.adjacency = adjacency
        sizes = np.array([len(kept) for kept in rows])
        self.units = len(views)
        self.unit: Integers = np.repeat(np.arange(self.units), sizes)
        self.starts: Integers = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        self.own: Floats = np.concatenate([view.own[kept] for view, kept in pairs])
        self.points: Floats = np.concatenate([view.points[kept] for view, kept in pairs])
        self.groups: Integers = np.concatenate([view.groups[kept] for view, kept in pairs])
        self.levels: Integers = np.concatenate([view.levels[kept] for view, kept in pairs])
        self.small: Floats = np.concatenate([view.small[kept] for view, kept in pairs])
        self.kinds: Integers = np.concatenate([view.kinds[kept] for view, kept in pairs])
        self.settled: Floats = np.isin(self.kinds, SETTLEMENT_KINDS).astype(np.float64)
        worldly: Integers = np.isin(self.kinds, WORLDLY_KINDS).astype(np.int64)
        memberships = np.vstack([self.groups.T, self.kinds, worldly])
        self._member = memberships > 0
        apart = np.arange(len(memberships))[:, None] << 40  # so that no number of one row is in another
        _, labels = np.unique(memberships + apart, return_inverse=True)
        self._labels: Integers = labels.reshape(memberships.shape)
        self.trust: Floats = np.array([view.trust for view in views])
        self._near: Floats | None = None
        self._wide: Floats | None = None
        self._inside: Floats | None = None

    def candidate(self, row: int) -> Candidate:
        """Give the candidate that a row is about.

        Parameters
        ----------
        row
            Number of the row.

        Returns
        -------
        Candidate
            As the lookup gave it.
        """
        unit = int(self.unit[row])
        return self.views[unit].candidates[int(self.rows[unit][row - self.starts[unit]])]

    def believe(self, scores: Floats) -> Floats:
        """Spread each unit's belief over its candidates by their scores.

        Parameters
        ----------
        scores
            One score a candidate, in nats.

        Returns
        -------
        numpy.ndarray
            Probabilities that sum to 1 within each unit.
        """
        highest = np.maximum.reduceat(scores, self.starts)
        weights = np.exp(scores - highest[self.unit])
        total = np.add.reduceat(weights, self.starts)
        return weights / total[self.unit]

    def keeping(self, belief: Floats, most: int) -> tuple["Document", Floats]:
        """Keep only the most believed candidates of each unit.

        Parameters
        ----------
        belief
            What is believed so far.
        most
            Keep so many of each unit.

        Returns
        -------
        tuple of (Document, numpy.ndarray)
            The smaller document with its beliefs; this one when nothing is to be dropped.
        """
        ends = [*self.starts[1:], len(self.unit)]
        if max(end - start for start, end in zip(self.starts, ends, strict=True)) <= most:
            return self, belief
        picked = [
            np.sort(np.argsort(-belief[start:end], kind="stable")[:most])
            for start, end in zip(self.starts, ends, strict=True)
        ]
        kept = np.concatenate([start + rows for start, rows in zip(self.starts, picked, strict=True)])
        rows = [before[rows] for before, rows in zip(self.rows, picked, strict=True)]
        smaller = Document(self.views, self.adjacency, rows)
        left = belief[kept]
        return smaller, left / np.add.reduceat(left, smaller.starts)[smaller.unit]

    def features(self, belief: Floats, *, pairwise: bool = True) -> Floats:
        """Compute all numbers by which the candidates are judged.

        Parameters
        ----------
        belief
            What is believed about all units so far.
        pairwise
            Whether to compute what needs every pair of candidates, too; those columns are 0 otherwise.

        Returns
        -------
        numpy.ndarray
            A row for each candidate with the columns `FEATURES`.
        """
        out = self.own_features()
        if self.units == 1:
            return out
        belief = belief * self.trust[self.unit]
        self._agreements(out, belief)
        if pairwise:
            self._pairwise(out, belief)
        out[:, _SUMS] = np.log1p(out[:, _SUMMED])
        out[:, _SHARES] /= self.units
        out[:, _SOFT] /= self.units
        return out

    def own_features(self) -> Floats:
        """Give the numbers that do not depend on what is believed about the other names.

        Returns
        -------
        numpy.ndarray
            A row for each candidate with the columns `FEATURES`.
        """
        out = np.zeros((len(self.unit), len(FEATURES)))
        out[:, : len(OWN_FEATURES)] = self.own
        out[:, _COLUMN["lonely_population"]] = self.own[:, _COLUMN["population"]] / self.units
        out[:, _COLUMN["lonely_area"]] = self.own[:, _COLUMN["area_population"]] / self.units
        if self.adjacency is not None:
            out[:, _COLUMN["opens"]] = self.settled * self.adjacency.opens[self.unit]
            out[:, _COLUMN["dateline"]] = self.settled * self.adjacency.dateline[self.unit]
        return out

    def near_each_other(self) -> Floats:
        """Give how near each two candidates are: 1 at one point, 1/e at 150 km, 0 when either is an area.

        Returns
        -------
        numpy.ndarray
            A symmetric matrix.
        """
        if self._near is None:
            chord = np.sqrt(np.maximum(2.0 - 2.0 * (self.points @ self.points.T), 0.0)) * _EARTH_KM
            self._near = np.exp(chord / -_NEAR_KM) * np.outer(self.small, self.small)
            known = np.asarray(self.points.any(axis=1), dtype=np.float64)
            self._wide = np.exp(chord / -_WIDE_KM) * np.outer(known, known)
        return self._near

    def inside_one_another(self) -> Floats:
        """Give for each two candidates whether the second, a country or division, holds the first.

        Returns
        -------
        numpy.ndarray
            A matrix of 0 and 1.
        """
        if self._inside is None:
            levels = self.levels
            holds = np.zeros((len(levels), len(levels)), dtype=bool)
            for column, level in enumerate((COUNTRY, DIVISION, DISTRICT)):
                group = self.groups[:, column]
                holds |= (group[:, None] == group) & (group > 0) & (levels == level)
            below = levels[:, None] < levels
            self._inside = (holds & below).astype(np.float64)
        return self._inside

    def _agreements(self, out: Floats, belief: Floats) -> None:
        """Add up, over the other units, the most belief each puts on a member of a candidate's groups."""
        mass = np.zeros((self.units, int(self._labels.max()) + 1))
        rows = np.broadcast_to(self.unit, self._labels.shape)
        np.maximum.at(mass, (rows, self._labels), np.broadcast_to(belief, self._labels.shape))
        out[:, _AGREEING] = self._elsewhere(mass).T
        out[:, _SOFT[:2]] = self._elsewhere(mass**_SOFTENED)[1:3].T

    def _elsewhere(self, mass: Floats) -> Floats:
        elsewhere = mass.sum(axis=0)[self._labels] - mass[self.unit, self._labels]
        return np.where(self._member, elsewhere, 0.0)

    def _by_unit(self, relation: Floats, belief: Floats) -> Floats:
        """Give for each candidate and other unit the most belief that stands in a relation to it."""
        found: Floats = np.maximum.reduceat(relation * belief, self.starts, axis=1)
        found[np.arange(len(self.unit)), self.unit] = 0.0
        return found

    def _pairwise(self, out: Floats, belief: Floats) -> None:
        near = self._by_unit(self.near_each_other(), belief)
        countries = (self.levels == COUNTRY).astype(np.float64)
        in_country = self._by_unit(self.inside_one_another() * countries, belief)
        in_division = self._by_unit(self.inside_one_another() * (1.0 - countries), belief)
        inside = np.maximum(in_country, in_division)
        out[:, _COLUMN["inside_country"]] = in_country.max(axis=1)
        out[:, _COLUMN["inside_division"]] = in_division.max(axis=1)
        holds = self._by_unit(self.inside_one_another().T, belief)
        out[:, _COLUMN["near_share"]] = near.sum(axis=1)
        hints = self._by_unit(self.near_each_other(), belief**_SOFTENED)
        out[:, _COLUMN["near_soft"]] = hints.sum(axis=1)
        out[:, _COLUMN["near_best"]] = near.max(axis=1)
        if self._wide is not None:
            out[:, _COLUMN["wide_share"]] = self._by_unit(self._wide, belief).sum(axis=1)
        out[:, _COLUMN["holds_share"]] = holds.sum(axis=1)
        if self.adjacency is None:
            return
        comma, beside = self.adjacency.comma, self.adjacency.beside
        out[:, _COLUMN["beside_near"]] = (near * beside[self.unit]).max(axis=1)
        out[:, _COLUMN["inside_next"]] = (inside * comma[self.unit]).max(axis=1)
        out[:, _COLUMN["inside_beside"]] = (inside * beside[self.unit]).max(axis=1)
        out[:, _COLUMN["holds_before"]] = (holds * comma.T[self.unit]).max(axis=1)
        out[:, _COLUMN["holds_beside"]] = (holds * beside[self.unit]).max(axis=1)
