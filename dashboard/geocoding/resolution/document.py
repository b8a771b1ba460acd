"""Decide which places the names of one document mean, all together.

The beliefs about the names are worked out in turns: first each name alone, then with the countries and
divisions of the others, then with everything. A name that stands alone gets what `resolve` says of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dashboard.geocoding.candidates import Candidate, Resolution, Status
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.resolution.evidence import FEATURES, Document
from dashboard.geocoding.resolution.ranker import STAGES, LinearRanker
from dashboard.geocoding.resolution.reading import Reader, Reading
from dashboard.geocoding.resolution.reasons import Reasons
from dashboard.geocoding.resolution.resolve import GUESSED, decide, same_place
from dashboard.geocoding.resolution.units import Unit, adjacency_of, units_of
from dashboard.geocoding.resolution.views import Floats, Integers, NameView, Remembered, view_of

__all__ = ["LEAST_LEAD", "Beliefs", "beliefs_of", "resolve_all"]

LEAST_LEAD: Final = 0.4
"""The belief in a place must be ahead of that in any other by this much, or the name is ambiguous."""

_KEPT: Final = 12
_PAIRED: Final = 400
_FEWEST_KEPT: Final = 5
_ROUNDS: Final = 2
_COMPARED: Final = 5
_VOUCHED: Final = 0.5
_BLOCK: Final = 64
"""So many names are decided together; a longer list is cut, since a register of towns is no text."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is believed about each candidate of a document, and what from.

    Parameters
    ----------
    document
        The candidates.
    belief
        A probability for each.
    features
        The numbers the last beliefs came from.
    """

    document: Document
    belief: Floats
    features: Floats

    def orders(self) -> list[Integers]:
        """Give for each unit the rows of its candidates.

        Returns
        -------
        list of numpy.ndarray
            The most believed first; equals in the order of the lookup.
        """
        ends = [*self.document.starts[1:], len(self.document.unit)]
        return [
            start + np.argsort(-self.belief[start:end], kind="stable")
            for start, end in zip(self.document.starts, ends, strict=True)
        ]

    def candidate(self, row: int) -> Candidate:
        """Give a candidate with what is believed of it as its score.

        Parameters
        ----------
        row
            Its row in the document.

        Returns
        -------
        Candidate
            The candidate of the lookup, rescored.
        """
        found = self.document.candidate(row)
        return Candidate(found.entry, found.tier, round(float(self.belief[row]), 4), found.reason)


def resolve_all(  # noqa: PLR0913 - the parameters of resolve, and where the names stand
    names: Sequence[str],
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    country: str | Sequence[str | None] | None = None,
    limit: int = 10,
    starts: Sequence[int] | None = None,
    ranker: LinearRanker | None = None,
) -> list[Resolution]:
    """Decide which places the toponyms of one document mean, each in the light of the others.

    Parameters
    ----------
    names
        The mentions as written.
    gazetteer
        Where to look.
    hand_decided
        Places that win over the gazetteer, besides those built into it.
    country
        The country that all lie in, or one for each (ISO 3166-1 code or name; None when not stated); places
        elsewhere are then no answer.
    limit
        Keep at most this many candidates of each.
    starts
        Character offset of each mention in the text, in ascending order. With them "X, Y" is understood and
        neighbours in the text count for more; without them the order of the names does not matter.
    ranker
        How the evidence is weighed; the learned weights when None.

    Returns
    -------
    list of Resolution
        One for each mention, in order. Scores are probabilities within the document.

    Raises
    ------
    ValueError
        There are not as many starts or countries as names.
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    stated = [country] * len(names) if country is None or isinstance(country, str) else list(country)
    for what, given in (("starts", starts), ("countries", stated)):
        if given is not None and len(given) != len(names):
            raise ValueError(f"{len(given)} {what} were given for {len(names)} names: give one for each")
    readers = {each: Reader(gazetteer, hand_decided, each) for each in dict.fromkeys([None, *stated])}
    remembered = Remembered.of(gazetteer, hand_decided)
    views = [_view(name, readers[each], remembered) for name, each in zip(names, stated, strict=True)]
    decided: list[Resolution | None] = [
        None if view.candidates else replace(view.reading.refused(limit), name=name)
        for name, view in zip(names, views, strict=True)
    ]
    units = units_of(names, views, starts)
    decider = _Decider(names, starts, readers[None], ranker or LinearRanker.named(), limit)
    for first in range(0, len(units), _BLOCK):
        block = units[first : first + _BLOCK]
        for unit, resolution in zip(block, decider.decide(block), strict=True):
            for position in unit.mentions:
                decided[position] = replace(resolution, name=names[position])
    return [resolution for resolution in decided if resolution is not None]


def beliefs_of(
    units: Sequence[Unit],
    names: Sequence[str],
    starts: Sequence[int] | None,
    ranker: LinearRanker,
) -> Beliefs:
    """Work out what is believed about the candidates of some units.

    Parameters
    ----------
    units
        The units to decide together; at least one.
    names
        All mentions of the document.
    starts
        Their character offsets, or None.
    ranker
        How the evidence is weighed.

    Returns
    -------
    Beliefs
        The last beliefs with the numbers they came from.
    """
    alone, regions, everything = STAGES
    adjacency = None if starts is None else adjacency_of(units, names, starts)
    document = Document([unit.view for unit in units], adjacency)
    belief = document.believe(ranker.score(alone, document.own_features()))
    if len(units) == 1:
        return Beliefs(document, belief, document.own_features())
    belief = document.believe(ranker.score(regions, document.features(belief, pairwise=False)))
    document, belief = document.keeping(belief, max(_FEWEST_KEPT, min(_KEPT, _PAIRED // len(units))))
    for _ in range(_ROUNDS):
        features = document.features(belief)
        belief = document.believe(ranker.score(everything, features))
    return Beliefs(document, belief, features)


def _view(name: str, reader: Reader, remembered: Remembered) -> NameView:
    view = remembered.get(name, reader.stated)
    if view is None:
        view = view_of(reader.read(name))
        remembered.put(name, reader.stated, view)
    return view


@dataclass(frozen=True, slots=True)
class _Decider:
    """Decides the units of a document and says why."""

    names: Sequence[str]
    starts: Sequence[int] | None
    reader: Reader
    ranker: LinearRanker
    limit: int

    def decide(self, block: Sequence[Unit]) -> list[Resolution]:
        if len(block) == 1:
            return [decide(block[0].view.reading, self.reader, self.limit)]
        beliefs = beliefs_of(block, self.names, self.starts, self.ranker)
        orders = beliefs.orders()
        chosen = np.array([order[0] for order in orders])
        reasons = Reasons(beliefs.document, beliefs.features, chosen, self.ranker)
        return [self._decide_unit(number, order, beliefs, reasons) for number, order in enumerate(orders)]

    def _decide_unit(self, unit: int, order: Integers, beliefs: Beliefs, reasons: Reasons) -> Resolution:
        reading = beliefs.document.views[unit].reading
        order = order[: max(self.limit, _COMPARED)]
        found = [beliefs.candidate(int(row)) for row in order]
        best = found[0]
        rivals = [
            (int(row), other)
            for row, other in zip(order[1:], found[1:], strict=True)
            if not same_place(best.entry, other.entry)
        ]
        margin = round(best.score - (rivals[0][1].score if rivals else 0.0), 4)
        others = [other for _, other in rivals]
        reason = reasons.why(unit, best, rivals)
        status: Status = "resolved"
        if not reading.firm or (best.tier in GUESSED and not self._vouched(reading, order[0], beliefs)):
            status = "ambiguous"
            reason = f"{reason}; no more than a guess"
        elif rivals and margin < LEAST_LEAD:
            status = "ambiguous"
            reason = f"{reason}, but hardly ahead of {self.reader.shown(others)}"
        elif rivals:
            reason = f"{reason}; ahead of {self.reader.shown(others)}"
        chosen = best if status == "resolved" else None
        kept = tuple(found[: self.limit])
        return Resolution(reading.name, status, chosen, kept, margin, reading.with_remarks(reason))

    @staticmethod
    def _vouched(reading: Reading, row: int, beliefs: Beliefs) -> bool:
        """Tell whether a container, a stated country or another place points to a candidate's country."""
        share = float(beliefs.features[row, FEATURES.index("country_share")])
        return reading.narrowed or share * beliefs.document.units >= _VOUCHED
