"""What a lookup finds and what a decision leaves behind: frozen values to show, keep and argue with.

A decision is only worth something with the candidates it was made from, so `Resolution` carries them all.
"""

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Literal

from dashboard.errors import AmbiguousPlaceError, UnknownPlaceError

__all__ = [
    "GEONAMES_LICENCE",
    "Candidate",
    "GazetteerEntry",
    "Resolution",
    "Status",
    "Tier",
    "candidate_of",
    "distance_m",
]

GEONAMES_LICENCE: Final = "GeoNames (geonames.org), CC BY 4.0"

Status = Literal["resolved", "ambiguous", "unknown"]
Kind = Literal["city", "capital", "division", "country", "hand"]

_EARTH_RADIUS_M: Final = 6_371_008.8
_LOCALITY_RADII_M: Final = ((1_000_000, 15_000.0), (100_000, 10_000.0), (0, 5_000.0))


class Tier(IntEnum):
    """How a written name met a name in the gazetteer; a lower value is a better match."""

    NAME = 0
    ALTERNATE = 1
    JOINED = 2
    ARTICLE = 3
    SIMILAR = 4


# Scores count decades of population (0.1 each): ten times as many people outweigh a penalty of 0.1.
_TIER_PENALTIES: Final = {
    Tier.NAME: 0.0,
    Tier.ALTERNATE: 0.1,
    Tier.JOINED: 0.15,
    Tier.ARTICLE: 0.2,
    Tier.SIMILAR: 0.3,
}
_TIER_WORDS: Final = {
    Tier.NAME: "the name itself",
    Tier.ALTERNATE: "another name of it",
    Tier.JOINED: "the same letters, spaced differently",
    Tier.ARTICLE: "the same name but for the article",
    Tier.SIMILAR: "only a similar spelling",
}
_CAPITAL_BONUS: Final = 0.05
_DIVISION_PENALTY: Final = 0.1  # its population is that of all its towns


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """One place as the gazetteer knows it. Coordinates are degrees in EPSG:4326.

    Parameters
    ----------
    place_id
        ``geonames:<id>``, ``admin1:<country>.<code>`` or the id of a hand-decided place (``pl-…``).
    name
        The name it goes by in the gazetteer.
    country
        ISO 3166-1 alpha-2 code, or empty for an area of several countries.
    admin1
        GeoNames code of the first-level division, or empty.
    lat
        Latitude in degrees, or None when the source gives no point.
    lon
        Longitude in degrees, or None when the source gives no point.
    population
        Inhabitants; 0 when unknown. For a division, those of its cities.
    kind
        ``city``, ``capital``, ``division``, ``country`` or ``hand`` (decided by a person).
    precision
        Word of the precision vocabulary.
    precision_m
        Radius in metres around the point, or None when there is no point.
    reason
        Why a person placed it there; empty for GeoNames.
    source
        Where the entry comes from, with its licence.
    """

    place_id: str
    name: str
    country: str
    admin1: str
    lat: float | None
    lon: float | None
    population: int
    kind: str
    precision: str
    precision_m: float | None
    reason: str
    source: str

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, or None."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)

    def holds(self, other: "GazetteerEntry") -> bool:
        """Tell whether this is the country or division that another entry lies in.

        Parameters
        ----------
        other
            The entry that may lie inside.

        Returns
        -------
        bool
            Whether it does; an entry does not hold itself.
        """
        if other.place_id == self.place_id or other.country != self.country:
            return False
        if self.kind == "country":
            return True
        return self.kind == "division" and other.kind != "country" and other.admin1 == self.admin1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a written name may mean.

    Parameters
    ----------
    entry
        The place.
    tier
        How the name met it.
    score
        Between 0 and 1, comparable within one lookup only; 1 is a hand-decided place.
    reason
        Why it is a candidate, in words.
    """

    entry: GazetteerEntry
    tier: Tier
    score: float
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """Give the candidate as plain values for JSON.

        Returns
        -------
        dict
            Id, name, country, coordinates (degrees, EPSG:4326), precision, score and reason.
        """
        entry = self.entry
        return {
            "place_id": entry.place_id,
            "name": entry.name,
            "country": entry.country,
            "admin1": entry.admin1,
            "lat": entry.lat,
            "lon": entry.lon,
            "population": entry.population,
            "kind": entry.kind,
            "precision": entry.precision,
            "precision_m": entry.precision_m,
            "tier": self.tier.name.lower(),
            "score": self.score,
            "reason": self.reason,
            "source": entry.source,
        }


@dataclass(frozen=True, slots=True)
class Resolution:
    """The decision about one written name, with everything it was made from.

    Parameters
    ----------
    name
        The toponym as written.
    status
        ``resolved``, ``ambiguous`` or ``unknown``.
    chosen
        The place decided on; None unless resolved.
    candidates
        The best candidates, best first.
    margin
        Score of the best candidate less that of its best rival (less 0 without a rival); 0 when unknown.
    reason
        The decision in words.
    """

    name: str
    status: Status
    chosen: Candidate | None
    candidates: tuple[Candidate, ...]
    margin: float
    reason: str

    def require(self) -> Candidate:
        """Give the place decided on, or say why there is none.

        Returns
        -------
        Candidate
            The chosen candidate.

        Raises
        ------
        AmbiguousPlaceError
            Several places answer to the name and none stands out.
        UnknownPlaceError
            No place answers to the name.
        """
        if self.chosen is not None:
            return self.chosen
        if self.status == "ambiguous":
            raise AmbiguousPlaceError(self.name, self.candidates)
        raise UnknownPlaceError(self.name)


def candidate_of(entry: GazetteerEntry, tier: Tier, *, similarity: float = 1.0) -> Candidate:
    """Score an entry by how its name was met, its population and its kind.

    Parameters
    ----------
    entry
        The place.
    tier
        How the name met it.
    similarity
        Between 0 and 1, for a similar spelling.

    Returns
    -------
    Candidate
        The entry with its score and reason.
    """
    how = _TIER_WORDS[tier]
    if entry.kind == "hand":
        penalty = _TIER_PENALTIES[tier] if tier >= Tier.ARTICLE else 0.0
        reason = f"decided by hand ({entry.reason})" if entry.reason else "decided by hand"
        return Candidate(entry, tier, round((1.0 - penalty) * similarity, 4), f"{reason}; {how}")
    score = math.log10(entry.population + 10) / 10 - _TIER_PENALTIES[tier]
    if entry.kind == "capital" and tier == Tier.NAME:
        score += _CAPITAL_BONUS
    elif entry.kind == "division":
        score -= _DIVISION_PENALTY
    score *= similarity
    people = f"population {entry.population:,}" if entry.population else "population unknown"
    return Candidate(entry, tier, round(max(score, 0.0), 4), f"{entry.kind}; {how}; {people}")


def locality_radius_m(population: int) -> float:
    """Give the radius within which a town of this size lies around its point.

    Parameters
    ----------
    population
        Inhabitants; 0 when unknown.

    Returns
    -------
    float
        Metres: 5 km, above 100,000 inhabitants 10 km, above a million 15 km.
    """
    return next(radius for above, radius in _LOCALITY_RADII_M if population > above or above == 0)


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Measure the great-circle distance between two points on a sphere.

    Parameters
    ----------
    a
        Latitude and longitude in degrees.
    b
        Latitude and longitude in degrees.

    Returns
    -------
    float
        Metres, within 0.6 % of the ellipsoid's.
    """
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    chord = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))
