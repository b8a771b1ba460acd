"""Decide which place a written name means, or say that it cannot be decided.

First form of the decision: hand-decided places, then what the name itself says ("Camden, Arkansas"), a stated
country, and population. A decision is taken only when the best candidate is clearly ahead; nothing is ever
placed for want of an alternative.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from dashboard.geocoding.candidates import (
    Candidate,
    GazetteerEntry,
    Resolution,
    Status,
    Tier,
    distance_m,
)
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.names import MAX_NAME_LENGTH, fold

__all__ = ["LEAST_MARGIN", "resolve"]

LEAST_MARGIN: Final = 0.03
"""A candidate must be ahead by this much: with equal names, by twice the population."""

_NEAR_M: Final = 75_000.0
"""How far "Kamra" may lie from "Attock" in "Kamra, Attock"."""

_DIVISION_SEARCH_M: Final = 50_000.0
_SEPARATORS: Final = re.compile("[,;()\u060c\u061b\u3001\uff0c\uff08\uff09]")  # also Arabic and CJK
_SHOWN: Final = 3
_SEAT_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known about a name besides the name."""

    gazetteer: Gazetteer
    hand_decided: HandDecidedPlaces
    country: str | None
    limit: int

    def lookup(self, name: str) -> list[Candidate]:
        by_hand = self.hand_decided.lookup(name)
        found = [
            found for found in self.gazetteer.lookup(name) if found.entry.place_id not in self.hand_decided
        ]
        return sorted([*by_hand, *found], key=lambda c: (-c.score, c.entry.place_id))

    def admin1(self, entry: GazetteerEntry) -> str:
        """Give the division of an entry; that of a hand-decided place is its nearest neighbour's."""
        if entry.admin1 or not entry.point:
            return entry.admin1
        around = self.gazetteer.near(*entry.point, radius_m=_DIVISION_SEARCH_M)
        return next((near.admin1 for _, near in around if near.country == entry.country and near.admin1), "")


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
    code = None
    if country is not None and country.strip():
        code = gazetteer.country_code(country.strip())
        if code is None:
            return _unknown(
                name, f"the stated country {country[:40]!r} is not known: give its ISO code, such as MA"
            )
    context = _Context(gazetteer, hand_decided or HandDecidedPlaces(), code, limit)
    if len(name.strip()) > MAX_NAME_LENGTH:
        return _unknown(name, f"longer than {MAX_NAME_LENGTH} characters, so not a place name")
    if not fold(name):
        return _unknown(name, "the name holds no letters" if name.strip() else "the name is empty")
    head, *containers = [part.strip() for part in _SEPARATORS.split(name) if fold(part)] or [name]
    whole = context.lookup(name)
    if whole or not containers:
        return _decide(name, whole, context, note="")
    return _decide_within(name, head, containers, context)


def _decide_within(name: str, head: str, containers: list[str], context: _Context) -> Resolution:
    """Decide "X, Y": keep the candidates for X that lie in Y, as far as Y is known."""
    found = context.lookup(head)
    if not found:
        known = [part for part in containers if context.gazetteer.regions(part) or context.lookup(part)]
        hint = f", though {known[0]!r} is" if known else ""
        return _unknown(name, f"{head!r} is not in the gazetteer{hint}")
    understood, ignored = [], []
    for container in containers:
        fits = _container(container, context)
        inside = [candidate for candidate in found if fits(candidate.entry)] if fits else []
        if inside:
            found = inside
            understood.append(container)
        elif context.gazetteer.regions(container):
            places = _shown(found, context)
            return replace(
                _unknown(name, f"{head!r} is known only elsewhere than in {container!r}: {places}"),
                candidates=tuple(found[: context.limit]),
            )
        else:
            ignored.append(container)
    note = f"in {', '.join(understood)}" if understood else ""
    resolution = _decide(name, found, context, note=note)
    if ignored and len(found) > 1 and resolution.status == "resolved" and not understood:
        why = f"{ignored[0]!r} is not known, so it cannot tell these apart: {_shown(found, context)}"
        return replace(resolution, status="ambiguous", chosen=None, reason=why)
    if ignored:
        ignored_words = ", ".join(repr(part) for part in ignored)
        return replace(resolution, reason=f"{resolution.reason}; {ignored_words} not known and not used")
    return resolution


def _container(name: str, context: _Context) -> Callable[[GazetteerEntry], bool] | None:
    """Give the test whether an entry lies in, or near a town, that a name stands for; None when unknown."""
    regions = context.gazetteer.regions(name)
    if regions:

        def within(entry: GazetteerEntry) -> bool:
            countries = {country for country, admin1 in regions if not admin1}
            return entry.country in countries or (
                entry.country in {country for country, _ in regions}
                and (entry.country, context.admin1(entry)) in regions
            )

        return within
    towns = [found.entry.point for found in context.lookup(name) if found.entry.point]
    if not towns:
        return None
    return lambda entry: (
        entry.point is not None and any(distance_m(entry.point, town) <= _NEAR_M for town in towns)
    )


def _decide(name: str, found: list[Candidate], context: _Context, *, note: str) -> Resolution:
    if not found:
        return _not_found(name, context)
    if context.country:
        inside = [candidate for candidate in found if candidate.entry.country == context.country]
        if not inside:
            country = context.gazetteer.country_name(context.country)
            return replace(
                _unknown(name, f"not known in {country}, only in {_shown(found, context)}"),
                candidates=tuple(found[: context.limit]),
            )
        found = inside
        note = note or f"in {context.gazetteer.country_name(context.country)} as stated"
    found = _city_first(found)
    best = found[0]
    rivals = [other for other in found[1:] if not _same_place(best.entry, other.entry)]
    margin = round(best.score - (rivals[0].score if rivals else 0.0), 4)
    status: Status = "resolved"
    if rivals and (margin < LEAST_MARGIN or _namesake_regions(best.entry, rivals)):
        status = "ambiguous"
        reason = (
            f"{len(rivals) + 1} places answer to it and none stands out: {_shown([best, *rivals], context)}"
        )
    elif rivals:
        reason = f"{best.reason}; ahead of {_shown(rivals, context)}"
    else:
        reason = f"{best.reason}; the only place of that name"
    if status == "resolved" and best.entry.point is None:
        reason += "; without a point, since the gazetteer gives none: decide one by hand in data/places.csv"
    reason = f"{note}: {reason}" if note else reason
    chosen = best if status == "resolved" else None
    return Resolution(name, status, chosen, tuple(found[: context.limit]), margin, reason)


def _not_found(name: str, context: _Context) -> Resolution:
    similar = context.gazetteer.similar(name, context.country, limit=context.limit) if context.country else []
    if not similar:
        return _unknown(name, "no place of that name is in the gazetteer")
    reason = f"no place of that name is known; similar spellings: {_shown(similar, context)}"
    return Resolution(name, "ambiguous", None, tuple(similar), 0.0, reason)


def _city_first(found: list[Candidate]) -> list[Candidate]:
    """Put a city before its province of the same name: that is what writers mean more often."""
    best = found[0]
    if best.entry.kind != "division":
        return found
    seat = next((other for other in found if _is_seat(other, best.entry)), None)
    return [seat, *(other for other in found if other is not seat)] if seat else found


def _is_seat(city: Candidate, division: GazetteerEntry) -> bool:
    if not division.holds(city.entry):
        return False
    large = city.entry.population >= _SEAT_SHARE * division.population  # New York City is also "New York"
    return city.tier == Tier.NAME or (city.tier == Tier.ALTERNATE and large)


def _same_place(best: GazetteerEntry, other: GazetteerEntry) -> bool:
    """Tell whether choosing the one is no error when the other was meant."""
    if best.holds(other) or other.holds(best):
        return True
    if best.point is None or other.point is None or best.precision_m is None:
        return False
    return best.kind != "hand" and distance_m(best.point, other.point) <= best.precision_m


def _namesake_regions(best: GazetteerEntry, rivals: list[Candidate]) -> bool:
    """Tell whether regions of two countries share the name, as Georgia does: size cannot tell them apart."""
    regions = {"country", "division"}
    return best.kind in regions and any(
        rival.entry.kind in regions and rival.entry.country != best.country for rival in rivals
    )


def _shown(candidates: list[Candidate], context: _Context) -> str:
    names = []
    for candidate in candidates[:_SHOWN]:
        entry = candidate.entry
        division = f" {entry.admin1}" if entry.admin1 else ""
        names.append(f"{entry.name} ({context.gazetteer.country_name(entry.country)}{division})")
    more = len(candidates) - _SHOWN
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _unknown(name: str, reason: str) -> Resolution:
    return Resolution(name, "unknown", None, (), 0.0, reason)
