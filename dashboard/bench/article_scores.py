"""How many of the facts of annotated articles an extraction tells: kind, place and date of each must agree.

An event is told if its kind is the same, its dates overlap and its place lies within 50 km, or in the same
country where the annotation gives no better; a site likewise within 25 km, without a date. Each fact is
matched once; a record marked optional is neither demanded nor punished.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from dashboard.domain.dates import UncertainDate
from dashboard.geocoding.candidates import distance_m

__all__ = ["EVENT_KM", "SITE_KM", "Tally", "is_near", "same_event", "same_site", "same_time", "tally"]

EVENT_KM: Final = 50.0
SITE_KM: Final = 25.0
_REGION_KM: Final = 150.0

Record: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many facts were told, wrongly proposed and missed.

    Parameters
    ----------
    right
        Demanded facts that were told.
    wrong
        Proposals that match nothing.
    missed
        Demanded facts that were not.
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Add the counts of two."""
        return Tally(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0


def is_near(wanted: Record, found: Record, limit_km: float) -> bool:
    """Tell whether a place is the annotated one, or one of those that the annotation also takes.

    Parameters
    ----------
    wanted
        The annotated record.
    found
        ``country``, ``lat`` and ``lon`` of a proposal.
    limit_km
        How far apart they may be.

    Returns
    -------
    bool
        Whether it is.
    """
    return any(_is_at(place, found, limit_km) for place in (wanted, *(wanted.get("alt_locations") or ())))


def _is_at(wanted: Record, found: Record, limit_km: float) -> bool:
    precision = wanted.get("precision", "city")
    if precision == "country":
        return bool(wanted["country"]) and wanted["country"] == found["country"]
    if None in (wanted["lat"], wanted["lon"], found["lat"], found["lon"]):
        return False
    limit = max(limit_km, _REGION_KM) if precision == "region" else limit_km
    away = distance_m((wanted["lat"], wanted["lon"]), (found["lat"], found["lon"]))
    return away <= limit * 1_000


def same_time(wanted: str | None, found: str | None) -> bool:
    """Tell whether two EDTF dates overlap.

    Parameters
    ----------
    wanted
        The annotated one; anything goes where the annotation has none.
    found
        That of a proposal.

    Returns
    -------
    bool
        Whether they share a day.
    """
    if wanted is None or not found:
        return wanted is None
    one, other = UncertainDate.parse(wanted).bounds, UncertainDate.parse(found).bounds
    return one.first <= other.last and other.first <= one.last


def _same_kind(wanted: Record, found: Record) -> bool:
    return found["type"] in {wanted["type"], *(wanted.get("type_alt") or ())}


def same_event(wanted: Record, found: Record) -> bool:
    """Tell whether a proposal is an annotated event.

    Parameters
    ----------
    wanted
        The annotated event.
    found
        The proposal.

    Returns
    -------
    bool
        Whether kind, date and place agree.
    """
    kind = _same_kind(wanted, found)
    return kind and same_time(wanted.get("date"), found["date"]) and is_near(wanted, found, EVENT_KM)


def same_site(wanted: Record, found: Record) -> bool:
    """Tell whether a proposal is an annotated site.

    Parameters
    ----------
    wanted
        The annotated site.
    found
        The proposal.

    Returns
    -------
    bool
        Whether kind and place agree.
    """
    return _same_kind(wanted, found) and is_near(wanted, found, SITE_KM)


def tally(wanted: Sequence[Record], found: Sequence[Record], *, sites: bool = False) -> Tally:
    """Count what an extraction told of an article.

    Parameters
    ----------
    wanted
        The annotated records.
    found
        The proposals.
    sites
        Whether they are sites rather than events.

    Returns
    -------
    Tally
        The counts.
    """
    same = same_site if sites else same_event
    fits = [[n for n, one in enumerate(found) if same(record, one)] for record in wanted]
    owner: dict[int, int] = {}
    order = sorted(range(len(wanted)), key=lambda n: bool(wanted[n].get("optional")))
    for number in order:
        _claim(number, fits, owner, set())
    demanded = {n for n in order if not wanted[n].get("optional")}
    right = sum(number in demanded for number in owner.values())
    return Tally(right, len(found) - len(owner), len(demanded) - right)


def _claim(number: int, fits: Sequence[Sequence[int]], owner: dict[int, int], tried: set[int]) -> bool:
    """Match a record, moving others to a proposal that fits them too where that is needed."""
    for one in fits[number]:
        if one in tried:
            continue
        tried.add(one)
        if one not in owner or _claim(owner[one], fits, owner, tried):
            owner[one] = number
            return True
    return False
