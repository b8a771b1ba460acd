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

_EARTH_RADIUS_M: Final = 6_371_008.8
_LOCALITY_RADII_M: Final = ((1_000_000, 15_000.0), (100_000, 10_000.0), (0, 5_000.0))


class Tier(IntEnum):
    """How a written name met a name in the gazetteer; a lower value is a better match."""

    NAME = 0
    ALTERNATE = 1
    ABBREVIATION = 2
    DEMONYM = 3
    JOINED = 4
    ARTICLE = 5
    GENERIC = 6
    PREFIX = 7
    LOOSE = 8
    SKELETON = 9
    SIMILAR = 10


# Scores count decades of population (0.1 each): ten times as many people outweigh a penalty of 0.1.
_TIER_PENALTIES: Final = {
    Tier.NAME: 0.0,
    Tier.ALTERNATE: 0.1,
    Tier.ABBREVIATION: 0.1,
    Tier.DEMONYM: 0.15,
    Tier.JOINED: 0.15,
    Tier.ARTICLE: 0.2,
    Tier.GENERIC: 0.2,
    Tier.PREFIX: 0.2,
    Tier.LOOSE: 0.25,
    Tier.SKELETON: 0.3,
    Tier.SIMILAR: 0.35,
}
_TIER_WORDS: Final = {
    Tier.NAME: "the name itself",
    Tier.ALTERNATE: "another name of it",
    Tier.ABBREVIATION: "a usual abbreviation",
    Tier.DEMONYM: "the word for its people",
    Tier.JOINED: "the same letters, spaced differently",
    Tier.ARTICLE: "the same name but for the article",
    Tier.GENERIC: "the same name without the word for its kind",
    Tier.PREFIX: "the same name behind a glued prefix",
    Tier.LOOSE: "the same name romanised in another way",
    Tier.SKELETON: "the same consonants in another script",
    Tier.SIMILAR: "only a similar spelling",
}
_CAPITAL_BONUS: Final = 0.05
_CURATED_BONUS: Final = 0.25
# The population of an area is that of all its towns.
_KIND_PENALTIES: Final = {"division": 0.1, "district": 0.15}
# What has no population counts as a place of so many people: a region as ten million, an air base of our own
# table as one million, an airport as a village, so that none outranks a town of its name.
_BASES: Final = {"region": 0.7, "facility": 0.3}
_CURATED_FACILITY: Final = 0.6


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """One place as the gazetteer knows it. Coordinates are degrees in EPSG:4326.

    Parameters
    ----------
    place_id
        ``geonames:<id>``, ``admin1:<country>.<code>``, ``admin2:<country>.<code>.<name>``, ``region:<id>``,
        ``airport:<code>``, the id of a row of the overlay (``aa-…``) or of a hand-decided place (``pl-…``).
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
        Inhabitants; 0 when unknown. For a division or district, those of its towns.
    kind
        ``city``, ``capital``, ``division`` (admin 1), ``district`` (admin 2), ``country``, ``region`` (part
        of the earth, sea, strait, disputed territory), ``facility`` (airport, base, plant, range) or
        ``hand`` (decided by a person).
    precision
        Word of the precision vocabulary.
    precision_m
        Radius in metres around the point, or None when there is no point.
    reason
        Why a person placed it there; empty for GeoNames.
    source
        Where the entry comes from, with its licence.
    admin2
        Name of the second-level division, or empty when it is not known.
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
    admin2: str = ""

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, or None."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)

    def holds(self, other: "GazetteerEntry") -> bool:
        """Tell whether this is the country, division or district that another entry lies in.

        Parameters
        ----------
        other
            The entry that may lie inside.

        Returns
        -------
        bool
            Whether it does; an entry does not hold itself. A place whose district is not known lies in a
            district of its division when it lies within the radius around the point.
        """
        if other.place_id == self.place_id or other.country != self.country or other.kind == "country":
            return False
        if self.kind == "country":
            return True
        if self.kind == "division":
            return other.kind != "division" and other.admin1 == self.admin1
        if self.kind != "district" or other.kind == "division" or other.admin1 != self.admin1:
            return False
        return other.admin2 == self.name if other.admin2 else self._reaches(other)

    def _reaches(self, other: "GazetteerEntry") -> bool:
        if self.point is None or other.point is None or self.precision_m is None:
            return False
        return distance_m(self.point, other.point) <= self.precision_m


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


def candidate_of(
    entry: GazetteerEntry, tier: Tier, *, similarity: float = 1.0, curated: bool = False
) -> Candidate:
    """Score an entry by how its name was met, its population and its kind.

    Parameters
    ----------
    entry
        The place.
    tier
        How the name met it.
    similarity
        Between 0 and 1, for a similar spelling.
    curated
        Whether the atlas's own table says that the name means this place in the world of arms.

    Returns
    -------
    Candidate
        The entry with its score and reason.
    """
    how = _TIER_WORDS[tier]
    kind, population = entry.kind, entry.population
    if kind == "hand":
        penalty = _TIER_PENALTIES[tier] if tier >= Tier.ARTICLE else 0.0
        reason = f"decided by hand ({entry.reason})" if entry.reason else "decided by hand"
        return Candidate(entry, tier, round((1.0 - penalty) * similarity, 4), f"{reason}; {how}")
    if kind in _BASES:
        base = _CURATED_FACILITY if curated and kind == "facility" else _BASES[kind]
        size = ""
    else:
        base = math.log10(population + 10) / 10 - _KIND_PENALTIES.get(kind, 0.0)
        size = f"; population {population:,}" if population else "; population unknown"
        if kind == "capital" and tier == Tier.NAME:
            base += _CAPITAL_BONUS
    if curated:
        base += _CURATED_BONUS
        how = f"{how} in the atlas's own table"
    score = max(base - _TIER_PENALTIES[tier], 0.0) * similarity
    return Candidate(entry, tier, round(score, 4), f"{kind}; {how}{size}")


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
