"""How we know: each record with its places, its citations, and what it is linked to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.domain.records import Actor, Citation, Event, Location, Place, Site, SiteStatus, Source
from dashboard.errors import RecordNotFoundError
from dashboard.frames import Memo
from dashboard.workflows.views.frames import Tables

__all__ = ["Evidence", "Library", "build_library"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record with everything that belongs to it.

    Parameters
    ----------
    record
        The site, event or actor.
    locations
        Its places.
    citations
        What sources say of it, supporting ones first.
    statuses
        A site's dated statuses.
    linked
        Ids of records it is linked to: an event's sites and related events, a site's events, an actor's sites
        and events.
    """

    record: Site | Event | Actor
    locations: tuple[Location, ...]
    citations: tuple[Citation, ...]
    statuses: tuple[SiteStatus, ...]
    linked: tuple[str, ...]

    @property
    def supporting(self) -> tuple[Citation, ...]:
        """Citations that support the record or one of its fields."""
        return tuple(c for c in self.citations if c.stance == "supports")

    @property
    def contradicting(self) -> tuple[Citation, ...]:
        """Citations that say otherwise."""
        return tuple(c for c in self.citations if c.stance == "contradicts")


@dataclass(frozen=True)
class Library:
    """All records by id, at one data version.

    Parameters
    ----------
    version
        Data version.
    evidence
        Sites, events and actors with what belongs to them.
    sources
        Sources by id.
    places
        Hand-decided places by id.
    of_parts
        Citations that speak of a place, a status or a hand-decided place, by the id of what they speak of.
    descriptor
        Text of the ``datapackage.json`` that the records came with, empty when it is not known.
    """

    version: str
    evidence: Mapping[str, Evidence]
    sources: Mapping[str, Source]
    places: Mapping[str, Place]
    of_parts: Mapping[str, tuple[Citation, ...]] = field(default_factory=dict)
    descriptor: str = field(default="", repr=False)
    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)
    """What was worked out from them, as long as they are in use."""

    def get(self, record_id: str) -> Evidence:
        """Find a record.

        Parameters
        ----------
        record_id
            Id of a site, event or actor.

        Returns
        -------
        Evidence
            The record with what belongs to it.

        Raises
        ------
        RecordNotFoundError
            If there is none.
        """
        try:
            return self.evidence[record_id]
        except KeyError:
            raise RecordNotFoundError(record_id) from None

    def name(self, record_id: str) -> str:
        """Give the name to show for a record.

        Parameters
        ----------
        record_id
            Any id; an unknown one is shown as it is.

        Returns
        -------
        str
            Name or title.
        """
        found = self.evidence.get(record_id)
        if found is None:
            return record_id
        return found.record.title if isinstance(found.record, Event) else found.record.name

    def of_type(self, record_type: type[Site | Event | Actor]) -> tuple[Evidence, ...]:
        """List the records of one type.

        Parameters
        ----------
        record_type
            ``Site``, ``Event`` or ``Actor``.

        Returns
        -------
        tuple of Evidence
            In id order.
        """
        return tuple(e for e in self.evidence.values() if isinstance(e.record, record_type))


def build_library(tables: Tables, version: str, descriptor: str = "") -> Library:
    """Put every record together with what belongs to it.

    Parameters
    ----------
    tables
        All records.
    version
        Data version of exactly these records.
    descriptor
        Text of the ``datapackage.json`` that they came with.

    Returns
    -------
    Library
        Records by id.
    """
    locations = _grouped(tables["locations"], "record_id")
    citations = _grouped(tables["citations"], "record_id")
    statuses = _grouped(tables["site_status"], "site_id")
    linked = _links(tables)
    evidence = {
        record.id: Evidence(
            record=record,
            locations=tuple(locations[record.id]),
            citations=tuple(sorted(citations[record.id], key=lambda c: c.stance != "supports")),
            statuses=tuple(statuses[record.id]),
            linked=tuple(linked[record.id]),
        )
        for name in ("sites", "events", "actors")
        for record in tables[name]
    }
    return Library(
        version=version,
        evidence=evidence,
        sources={source.id: source for source in tables["sources"]},
        places={place.id: place for place in tables["places"]},
        of_parts={one: tuple(rows) for one, rows in citations.items() if one not in evidence},
        descriptor=descriptor,
    )


def _grouped(rows: Iterable[Any], attribute: str) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, attribute)].append(row)
    return groups


def _links(tables: Tables) -> dict[str, dict[str, None]]:
    # Dictionaries as ordered sets: a link may be stated from both sides.
    links: dict[str, dict[str, None]] = defaultdict(dict)
    for site in tables["sites"]:
        for actor in site.operators:
            links[actor][site.id] = None
    for event in tables["events"]:
        for other in (*event.sites, *event.related):
            links[event.id][other] = None
            links[other][event.id] = None
        for role in event.actors:
            links[role.actor_id][event.id] = None
    for actor in tables["actors"]:
        for parent in actor.parent:
            links[parent][actor.id] = None
    return links
