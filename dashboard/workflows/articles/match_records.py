"""What a proposal is to the atlas: a new record, one more source for a record it has, or a contradiction.

Cautious on purpose: a match needs the same kind, a near place and shared actors or a shared day, and it is
only a suggestion beside the proposal. A person decides.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import Cited, EventProposal, SiteProposal
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import Event, Location, Site
from dashboard.geocoding.candidates import distance_m

__all__ = ["Match", "RecordMatcher"]

Relation = Literal["adds a source to", "contradicts"]

_EVENT_M: Final = 50_000.0
_SITE_M: Final = 25_000.0
_WIDEST_DAYS: Final = 400
"""A date wider than this says too little to match by."""
_UNDONE: Final = frozenset({"cancelled", "denied", "postponed"})


@dataclass(frozen=True, slots=True)
class Match:
    """How a proposal stands to a record of the atlas.

    Parameters
    ----------
    relation
        ``adds a source to`` or ``contradicts``.
    record
        Id of the record.
    field
        Field that is contradicted: ``status``, ``date``; empty for the whole record.
    reason
        Why it is thought so, in words.
    """

    relation: Relation
    record: str
    field: str
    reason: str

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.relation} {self.record}" + (f" ({self.field})" if self.field else "")


class RecordMatcher:
    """The events and sites of the atlas, ready to be compared with proposals.

    Parameters
    ----------
    events
        Events of the atlas.
    sites
        Sites of the atlas.
    locations
        Where they are.
    """

    __slots__ = ("_events", "_places", "_sites")

    def __init__(self, events: Iterable[Event], sites: Iterable[Site], locations: Iterable[Location]) -> None:
        self._events: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            self._events[event.kind].append(event)
        self._sites: dict[str, list[Site]] = defaultdict(list)
        for site in sites:
            self._sites[site.kind].append(site)
        self._places: dict[str, list[Location]] = defaultdict(list)
        for location in locations:
            self._places[location.record_id].append(location)

    def event(self, proposal: EventProposal) -> Match | None:
        """Find the event that a proposal tells again.

        Parameters
        ----------
        proposal
            A proposed event.

        Returns
        -------
        Match or None
            The best match; None when it is new.
        """
        best: tuple[int, Match] | None = None
        actors = _records(proposal.actors)
        for event in self._events[proposal.kind]:
            if not self._near(proposal.place, event.id, _EVENT_M):
                continue
            shared = actors & {role.actor_id for role in event.actors}
            overlap = _overlap(proposal.date, event.date)
            if overlap and (shared or _is_day(event.date, proposal.date)):
                match = _told_again(proposal, event, len(shared))
                score = 10 + len(shared) + (5 if _is_day(event.date, proposal.date) else 0)
                if best is None or score > best[0]:
                    best = score, match
        return best[1] if best else None

    def site(self, proposal: SiteProposal) -> Match | None:
        """Find the site that a proposal tells again.

        Parameters
        ----------
        proposal
            A proposed site.

        Returns
        -------
        Match or None
            The best match; None when it is new.
        """
        operators = _records(proposal.operators)
        near = [site for site in self._sites[proposal.kind] if self._near(proposal.place, site.id, _SITE_M)]
        shared = [site for site in near if operators & set(site.operators)]
        chosen = shared[0] if shared else near[0] if len(near) == 1 else None
        if chosen is None:
            return None
        why = "the same operator" if shared else "the only site of its kind there"
        return Match("adds a source to", chosen.id, "", f"{proposal.kind} at {proposal.place.surface}: {why}")

    def _near(self, place: NamedPlace | None, record: str, limit: float) -> bool:
        if place is None:
            return False
        for location in self._places[record]:
            if place.is_local and location.lat is not None and location.lon is not None:
                if distance_m((place.lat or 0.0, place.lon or 0.0), (location.lat, location.lon)) <= limit:
                    return True
            elif place.country and place.country == location.country:
                return True
        return False


def _records(names: Iterable[Cited]) -> set[str]:
    return {name.record for name in names if name.record}


def _told_again(proposal: EventProposal, event: Event, shared: int) -> Match:
    reason = f"{proposal.kind} of {event.date.text} with {shared} of its actors"
    if (proposal.status in _UNDONE) != (event.status in _UNDONE):
        return Match("contradicts", event.id, "status", f"{reason}, but here it is {proposal.status}")
    return Match("adds a source to", event.id, "", reason)


def _overlap(first: UncertainDate, second: UncertainDate) -> bool:
    if first.is_undated or second.is_undated:
        return False
    one, other = first.bounds, second.bounds
    if one.last - one.first > _WIDEST_DAYS or other.last - other.first > _WIDEST_DAYS:
        return False
    return one.first <= other.last and other.first <= one.last


def _is_day(first: UncertainDate, second: UncertainDate) -> bool:
    return first.bounds == second.bounds and first.bounds.first == first.bounds.last
