"""The candidates of a name as arrays, computed once per name and kept for a while.

What does not depend on the document (population, kind, how the name was met) is a fixed row of numbers for
each candidate; what does (which other places are named) is computed over all candidates in `evidence`.
"""

import math
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.geocoding.candidates import Candidate, GazetteerEntry, Tier
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.names import MAX_NAME_LENGTH, fold
from dashboard.geocoding.resolution.reading import Reading
from dashboard.geocoding.resolution.resolve import GUESSED, is_seat

__all__ = [
    "COUNTRY",
    "DISTRICT",
    "DIVISION",
    "MOST_CANDIDATES",
    "OWN_FEATURES",
    "SETTLEMENT_KINDS",
    "WORLDLY_KINDS",
    "Floats",
    "Integers",
    "NameView",
    "Remembered",
    "narrowed",
    "view_of",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MOST_CANDIDATES: Final = 48
"""So many candidates of one name are looked at, the best by name and population."""

COUNTRY: Final = 3
DIVISION: Final = 2
DISTRICT: Final = 1

_KINDS: Final = ("capital", "division", "district", "country", "region", "facility", "hand")

OWN_FEATURES: Final = (
    "lookup",
    "population",
    "area_population",
    *_KINDS,
    "alternate",
    "respelled",
    "guessed",
    "abbreviation",
    "demonym",
    "has_seat",
    "seat",
    "daughter",
)
"""Names of the numbers that a candidate brings along whatever the document."""

_RESPELLED: Final = frozenset({Tier.JOINED, Tier.ARTICLE, Tier.GENERIC, Tier.PREFIX})
_AREAS: Final = frozenset({"division", "district", "country", "region"})
_WITH_SEATS: Final = frozenset({"division", "district"})
_HOLDERS: Final = {"country": COUNTRY, "division": DIVISION, "district": DISTRICT}
_TRUST_IN_PART: Final = 0.3
_POINTLIKE_M: Final = 150_000.0
_REMEMBERED: Final = 2_048


@dataclass(frozen=True, slots=True)
class NameView:
    """What a name may mean, as arrays with a row for each candidate.

    Parameters
    ----------
    reading
        What the name says by itself.
    candidates
        The candidates kept, best first.
    own
        The numbers of `OWN_FEATURES`.
    points
        Unit vectors from the centre of the Earth; zero without a point.
    groups
        Numbers of country, division and district; 0 when it has none.
    levels
        `COUNTRY`, `DIVISION`, `DISTRICT`, or 0 for what lies in them.
    small
        1 for what a point describes well, 0 for what is hundreds of kilometres across or has no point.
    kinds
        Number of the kind.
    trust
        How much it may say about other names; less when only a part of the name is known.
    """

    reading: Reading
    candidates: tuple[Candidate, ...]
    own: Floats
    points: Floats
    groups: Integers
    levels: Integers
    small: Floats
    kinds: Integers
    trust: float


class Remembered:
    """A bounded memory of views, so that a corpus does not look the same names up again and again.

    Parameters
    ----------
    most
        Keep at most this many.
    """

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._views: dict[tuple[str, str], NameView] = {}
        self._most = most
        self._lock = threading.Lock()

    def get(self, name: str, country: str) -> NameView | None:
        """Give the view of a name if it is remembered.

        Parameters
        ----------
        name
            The toponym as written.
        country
            The stated country, or empty.

        Returns
        -------
        NameView or None
            The view, or None.
        """
        return self._views.get((name, country))

    def put(self, name: str, country: str, view: NameView) -> None:
        """Remember a view, forgetting the oldest ones when there are too many; a text is not remembered.

        Parameters
        ----------
        name
            The toponym as written.
        country
            The stated country, or empty.
        view
            What to remember.
        """
        if len(name) > MAX_NAME_LENGTH:
            return
        with self._lock:
            if len(self._views) >= self._most:
                for key in list(islice(self._views, self._most // 8)):
                    del self._views[key]
            self._views[name, country] = view

    @classmethod
    def of(cls, gazetteer: Gazetteer, hand_decided: HandDecidedPlaces | None) -> "Remembered":
        """Give the memory that belongs to an open gazetteer; it goes when the gazetteer goes.

        Parameters
        ----------
        gazetteer
            The gazetteer whose names are remembered.
        hand_decided
            The places that win over it; with others than last time everything is forgotten.

        Returns
        -------
        Remembered
            The same object for the same gazetteer and places.
        """
        kept = _MEMORIES.get(gazetteer)
        if kept is not None and kept[0]() is hand_decided:
            return kept[1]
        memory = cls()
        _MEMORIES[gazetteer] = (_nothing if hand_decided is None else weakref.ref(hand_decided), memory)
        return memory


def _nothing() -> None:
    """Stand for a reference to no places."""


_Memory = tuple[Callable[[], HandDecidedPlaces | None], Remembered]
_MEMORIES: "weakref.WeakKeyDictionary[Gazetteer, _Memory]" = weakref.WeakKeyDictionary()
_NUMBERS: dict[str, int] = {"": 0}
_NUMBERING: Final = threading.Lock()


def _number(text: str) -> int:
    # Countries, divisions and districts are few, so the numbers may stay for good.
    number = _NUMBERS.get(text)
    if number is None:
        with _NUMBERING:
            number = _NUMBERS.setdefault(text, len(_NUMBERS))
    return number


SETTLEMENT_KINDS: Final = [_number(f"kind {kind}") for kind in ("city", "capital")]
WORLDLY_KINDS: Final = [_number(f"kind {kind}") for kind in ("country", "capital")]


def view_of(reading: Reading) -> NameView:
    """Turn the candidates of a name into arrays.

    Parameters
    ----------
    reading
        What the name says by itself.

    Returns
    -------
    NameView
        The view; without rows when the reading has no candidates.
    """
    candidates = reading.found[:MOST_CANDIDATES]
    entries = [candidate.entry for candidate in candidates]
    named_alike = _seats(candidates)
    own = [_own(found, *(row in rows for rows in named_alike)) for row, found in enumerate(candidates)]
    return NameView(
        reading=reading,
        candidates=candidates,
        own=np.array(own, dtype=np.float64).reshape(len(candidates), len(OWN_FEATURES)),
        points=np.array([_unit_vector(entry) for entry in entries], dtype=np.float64).reshape(-1, 3),
        groups=np.array([_groups(entry) for entry in entries], dtype=np.int64).reshape(-1, 3),
        levels=np.array([_HOLDERS.get(entry.kind, 0) for entry in entries], dtype=np.int64),
        small=np.array([_is_small(entry) for entry in entries], dtype=np.float64),
        kinds=np.array([_number(f"kind {entry.kind}") for entry in entries], dtype=np.int64),
        trust=1.0
        if reading.firm and min((c.tier for c in candidates), default=0) not in GUESSED
        else _TRUST_IN_PART,
    )


def narrowed(view: NameView, rows: Integers) -> NameView:
    """Keep some of the candidates of a name.

    Parameters
    ----------
    view
        All its candidates.
    rows
        The rows to keep.

    Returns
    -------
    NameView
        The view of those.
    """
    return NameView(
        reading=view.reading,
        candidates=tuple(view.candidates[row] for row in rows),
        own=view.own[rows],
        points=view.points[rows],
        groups=view.groups[rows],
        levels=view.levels[rows],
        small=view.small[rows],
        kinds=view.kinds[rows],
        trust=view.trust,
    )


def _own(candidate: Candidate, *named_alike: bool) -> list[float]:
    entry, tier = candidate.entry, candidate.tier
    people = math.log10(entry.population + 10) - 1
    area = entry.kind in _AREAS
    # Exonyms of capitals and seats are names like any other: Kiev, Odessa.
    excused = tier == Tier.ALTERNATE and (entry.kind == "capital" or named_alike[1])
    return [
        10.0 * candidate.score + excused,
        0.0 if area else people,
        people if area else 0.0,
        *(float(entry.kind == kind) for kind in _KINDS),
        float(tier == Tier.ALTERNATE and not excused),
        float(tier in _RESPELLED),
        float(tier in GUESSED),
        float(tier == Tier.ABBREVIATION),
        float(tier == Tier.DEMONYM),
        *map(float, named_alike),
    ]


def _seats(candidates: Sequence[Candidate]) -> tuple[set[int], set[int], set[int]]:
    """Give the rows of areas with a like-named city, of those cities, and of cities named for their area."""
    seated, seats, daughters = set(), set(), set()
    for row, area in enumerate(candidates):
        if area.entry.kind not in _WITH_SEATS:
            continue
        inside = [n for n, city in enumerate(candidates) if is_seat(city, area.entry)]
        if inside and _is_longer(candidates[inside[0]].entry.name, area.entry.name):
            daughters.add(inside[0])
        elif inside:
            seats.add(inside[0])
            seated.add(row)
    return seated, seats, daughters


def _is_longer(name: str, than: str) -> bool:
    """Tell whether a name is another with words behind it: New York City."""
    return fold(name).startswith(f"{fold(than)} ")


def _unit_vector(entry: GazetteerEntry) -> tuple[float, float, float]:
    if entry.lat is None or entry.lon is None:
        return 0.0, 0.0, 0.0
    lat, lon = math.radians(entry.lat), math.radians(entry.lon)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def _groups(entry: GazetteerEntry) -> tuple[int, int, int]:
    country = entry.country
    division = f"{country}.{entry.admin1}" if country and entry.admin1 else ""
    second = entry.name if entry.kind == "district" else entry.admin2
    return _number(country), _number(division), _number(f"{division}.{second}" if second else "")


def _is_small(entry: GazetteerEntry) -> float:
    if entry.point is None or entry.kind in {"country", "region"}:
        return 0.0
    return float((entry.precision_m or 0.0) <= _POINTLIKE_M)
