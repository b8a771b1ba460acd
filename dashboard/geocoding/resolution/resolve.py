"""Decide which place a single written name means, or say that it cannot be decided.

Without other names to go by, what counts is hand-decided places, what the name itself says ("Camden,
Arkansas"), a stated country, and population. A decision is taken only when the best candidate is clearly
ahead; nothing is ever placed for want of an alternative.
"""

from typing import Final

from dashboard.geocoding.candidates import Candidate, GazetteerEntry, Resolution, Status, Tier, distance_m
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.resolution.reading import Reader, Reading

__all__ = ["GUESSED", "LEAST_MARGIN", "decide", "is_seat", "namesake_regions", "resolve", "same_place"]

LEAST_MARGIN: Final = 0.03
"""A candidate must be ahead by this much: with equal names, by twice the population."""

GUESSED: Final = frozenset({Tier.LOOSE, Tier.SKELETON, Tier.SIMILAR})
"""A name met only like this decides nothing unless something else points to the same country."""

_SEAT_SHARE: Final = 0.1
_REGIONS: Final = frozenset({"country", "division"})


def resolve(
    name: str,
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    country: str | None = None,
    limit: int = 10,
) -> Resolution:
    """Decide which place a toponym means.

    Parameters
    ----------
    name
        The toponym as written, optionally followed by what contains it: ``Fort Worth, Texas``.
    gazetteer
        Where to look.
    hand_decided
        Places that win over the gazetteer, besides those built into it.
    country
        The country it lies in, as ISO 3166-1 code or name; places elsewhere are then no answer.
    limit
        Keep at most this many candidates.

    Returns
    -------
    Resolution
        The decision with its candidates, margin and reason. Never raises for an odd name.

    Raises
    ------
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    reader = Reader(gazetteer, hand_decided, country)
    reading = reader.read(name)
    return decide(reading, reader, limit) if reading.found else reading.refused(limit)


def decide(reading: Reading, reader: Reader, limit: int) -> Resolution:
    """Decide by population what a name means that nothing else speaks for.

    Parameters
    ----------
    reading
        The name with at least one candidate.
    reader
        What it was read with.
    limit
        Keep at most this many candidates.

    Returns
    -------
    Resolution
        Resolved, or ambiguous when no candidate stands out.
    """
    found = _city_first(list(reading.found))
    best = found[0]
    rivals = [other for other in found[1:] if not same_place(best.entry, other.entry)]
    margin = round(best.score - (rivals[0].score if rivals else 0.0), 4)
    status: Status = "resolved"
    if rivals and reading.undecided:
        status = "ambiguous"
        reason = f"{reading.ignored[0]!r} is not known, so it cannot tell these apart: {reader.shown(found)}"
        return Resolution(reading.name, status, None, tuple(found[:limit]), margin, reason)
    if best.tier in GUESSED and not reading.narrowed:
        status = "ambiguous"
        reason = f"{best.reason}; nothing else says that it lies there: {reader.shown(found)}"
    elif not reading.firm:
        status = "ambiguous"
        reason = f"its candidates are {reader.shown(found)}"
    elif rivals and (margin < LEAST_MARGIN or namesake_regions(best.entry, rivals)):
        status = "ambiguous"
        reason = f"{len(rivals) + 1} places answer to it and none stands out: {reader.shown([best, *rivals])}"
    elif rivals:
        reason = f"{best.reason}; ahead of {reader.shown(rivals)}"
    else:
        reason = f"{best.reason}; the only place of that name"
    if status == "resolved" and best.entry.point is None:
        reason += "; without a point, since the gazetteer gives none: decide one by hand in data/places.csv"
    chosen = best if status == "resolved" else None
    return Resolution(
        reading.name, status, chosen, tuple(found[:limit]), margin, reading.with_remarks(reason)
    )


def _city_first(found: list[Candidate]) -> list[Candidate]:
    """Put a city before its province of the same name: that is what writers mean more often."""
    best = found[0]
    if best.entry.kind != "division":
        return found
    seat = next((other for other in found if is_seat(other, best.entry)), None)
    return [seat, *(other for other in found if other is not seat)] if seat else found


def is_seat(city: Candidate, division: GazetteerEntry) -> bool:
    """Tell whether a candidate is the city that a division or district of the same name is called after.

    Parameters
    ----------
    city
        A candidate for the name.
    division
        Another candidate's entry, the division or district.

    Returns
    -------
    bool
        Whether it lies inside and is met by its own name, or is large enough to be meant by another.
    """
    if not division.holds(city.entry):
        return False
    large = city.entry.population >= _SEAT_SHARE * division.population  # New York City is also "New York"
    return city.tier == Tier.NAME or (city.tier == Tier.ALTERNATE and large)


def same_place(best: GazetteerEntry, other: GazetteerEntry) -> bool:
    """Tell whether choosing the one is no error when the other was meant.

    Parameters
    ----------
    best
        The entry about to be chosen.
    other
        Its rival.

    Returns
    -------
    bool
        Whether one holds the other, or the other lies within the radius of the best.
    """
    if best.holds(other) or other.holds(best):
        return True
    if best.point is None or other.point is None or best.precision_m is None:
        return False
    return best.kind != "hand" and distance_m(best.point, other.point) <= best.precision_m


def namesake_regions(best: GazetteerEntry, rivals: list[Candidate]) -> bool:
    """Tell whether regions of two countries share the name, as Georgia does: size cannot tell them apart.

    Parameters
    ----------
    best
        The entry about to be chosen.
    rivals
        The other candidates.

    Returns
    -------
    bool
        Whether the best and a rival are countries or divisions of different countries.
    """
    return best.kind in _REGIONS and any(
        rival.entry.kind in _REGIONS and rival.entry.country != best.country for rival in rivals
    )
