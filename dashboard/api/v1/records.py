"""Records as the API gives them: the shapes of `dashboard.api.v1.schemas`, filled for one audience."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import (
    Actor,
    Citation,
    Event,
    Location,
    Product,
    Site,
    SiteStatus,
    Source,
)
from dashboard.workflows.versions.change_log import LoggedChange
from dashboard.workflows.views.evidence import Evidence, Library

__all__ = ["Json", "Writer", "date_json", "geometry_of"]

Json = dict[str, Any]
"""Values as JSON has them."""


@dataclass(frozen=True)
class Writer:
    """Writes the records of one library.

    Parameters
    ----------
    library
        Records as the audience sees them.
    base
        Address of the atlas, without a slash at the end.
    """

    library: Library
    base: str

    def page(self, record_id: str) -> str:
        """Give the address of the page that shows a record.

        Parameters
        ----------
        record_id
            Its id.

        Returns
        -------
        str
            An address that opens it, with the clock where it is seen.
        """
        return f"{self.base}/?record={quote(record_id, safe='')}"

    def record(self, record_id: str, status: str | None = None, fit: str | None = None) -> Json:
        """Write a site, an event or an actor.

        Parameters
        ----------
        record_id
            Its id.
        status
            Its status in the window; the last one known when None.
        fit
            How it lies to the window, None without one.

        Returns
        -------
        dict
            JSON values.

        Raises
        ------
        RecordNotFoundError
            If there is none of that id.
        """
        found = self.library.get(record_id)
        if isinstance(found.record, Site):
            return self._site(found, found.record, status, fit)
        if isinstance(found.record, Event):
            return self._event(found, found.record, fit)
        return self._actor(found, found.record)

    def _site(self, found: Evidence, site: Site, status: str | None, fit: str | None) -> Json:
        return {
            "id": site.id,
            "type": "site",
            "url": self.page(site.id),
            "kind": site.kind,
            "name": site.name,
            "names": list(site.names),
            "status": status or "unknown",
            "fit": fit,
            "statuses": [_status(one) for one in found.statuses],
            "operators": self.named(site.operators),
            "products": _products(site.products),
            "notes": site.notes,
        } | self._evidence(found)

    def _event(self, found: Evidence, event: Event, fit: str | None) -> Json:
        return {
            "id": event.id,
            "type": "event",
            "url": self.page(event.id),
            "kind": event.kind,
            "name": event.title,
            "summary": event.summary,
            "date": date_json(event.date),
            "status": event.status,
            "fit": fit,
            "actors": [
                {"id": one.actor_id, "name": self.library.name(one.actor_id), "role": one.role}
                for one in event.actors
            ],
            "products": _products(event.products),
            "sites": self.named(event.sites),
            "related": self.named(event.related),
        } | self._evidence(found)

    def _actor(self, found: Evidence, actor: Actor) -> Json:
        return {
            "id": actor.id,
            "url": f"{self.base}/actors?record={quote(actor.id, safe='')}",
            "kind": actor.kind,
            "name": actor.name,
            "names": list(actor.names),
            "country": actor.country,
            "parent": self.named(actor.parent),
            "founded": date_json(actor.founded),
            "notes": actor.notes,
            "citations": [self.citation(one) for one in self.citations(found)],
            "linked": self.named(found.linked),
        }

    def _evidence(self, found: Evidence) -> Json:
        return {
            "places": [_place(one) for one in found.locations],
            "citations": [self.citation(one) for one in self.citations(found)],
            "sources": len({one.source_id for one in found.supporting}),
            "contradicted": bool(found.contradicting),
            "linked": self.named(found.linked),
        }

    def citations(self, found: Evidence) -> Iterator[Citation]:
        """List what sources say of a record, of its places and of its statuses.

        Parameters
        ----------
        found
            The record with what belongs to it.

        Yields
        ------
        Citation
            Those of the record first, supporting ones before others.
        """
        yield from found.citations
        for part in (*(one.id for one in found.locations), *(one.id for one in found.statuses)):
            yield from self.library.of_parts.get(part, ())

    def named(self, ids: Iterable[str]) -> list[Json]:
        """Name records.

        Parameters
        ----------
        ids
            Their ids.

        Returns
        -------
        list of dict
            Ids and names.
        """
        return [{"id": one, "name": self.library.name(one)} for one in ids]

    def citation(self, citation: Citation) -> Json:
        """Write a citation with its source in short.

        Parameters
        ----------
        citation
            The citation.

        Returns
        -------
        dict
            JSON values.
        """
        source = self.library.sources[citation.source_id]
        return {
            "id": citation.id,
            "record_id": citation.record_id,
            "field": citation.field,
            "value_as_stated": citation.value_as_stated,
            "quote": citation.quote,
            "locator": citation.locator,
            "retrieved": date_json(citation.retrieved),
            "stance": citation.stance,
            "confidence": citation.confidence,
            "source_id": citation.source_id,
            "source": {"publisher": source.publisher, "title": source.title, "url": source.url},
        }

    def source(self, source: Source) -> Json:
        """Write a source.

        Parameters
        ----------
        source
            The source.

        Returns
        -------
        dict
            JSON values.
        """
        return {
            "id": source.id,
            "publisher": source.publisher,
            "title": source.title,
            "url": source.url,
            "published": date_json(source.published),
            "language": source.language,
            "kind": source.kind,
            "archived_at": source.archived_at,
            "records": list(self._cited().get(source.id, ())),
        }

    def _cited(self) -> Mapping[str, tuple[str, ...]]:
        def build() -> dict[str, tuple[str, ...]]:
            found: dict[str, dict[str, None]] = defaultdict(dict)
            for record_id, evidence in self.library.evidence.items():
                for citation in self.citations(evidence):
                    found[citation.source_id][record_id] = None
            return {source_id: tuple(ids) for source_id, ids in found.items()}

        return self.library.memo.get(("records by source",), build)

    @staticmethod
    def change(change_id: str, change: LoggedChange) -> Json:
        """Write a change.

        Parameters
        ----------
        change_id
            Its id.
        change
            The change.

        Returns
        -------
        dict
            JSON values, without the name of the person who made it.
        """
        return {
            "id": change_id,
            "at": change.at,
            "when": change.when,
            "kind": change.kind,
            "record_id": change.record_id,
            "name": change.name,
            "into": change.into,
            "version": change.version,
            "why": change.why,
            "fields": [asdict(one) for one in change.fields],
        }


def date_json(date: UncertainDate) -> Json:
    """Write an uncertain date.

    Parameters
    ----------
    date
        The date.

    Returns
    -------
    dict
        As written, with the days that it allows.
    """
    earliest, latest = date.earliest, date.latest
    return {
        "edtf": date.text,
        "earliest": earliest.isoformat() if earliest else None,
        "latest": latest.isoformat() if latest else None,
    }


def _status(status: SiteStatus) -> Json:
    return {
        "id": status.id,
        "status": status.status,
        "date": date_json(status.date),
        "citation_id": status.citation_id,
        "note": status.note,
    }


def _products(products: Iterable[Product]) -> list[Json]:
    return [{"category": one.category, "designation": one.designation} for one in products]


def _place(location: Location) -> Json:
    return {
        "id": location.id,
        "role": location.role,
        "place_as_written": location.place_as_written,
        "country": location.country,
        "lat": location.lat,
        "lon": location.lon,
        "precision": location.precision,
        "precision_m": location.precision_m,
        "method": location.method,
    }


def geometry_of(record: Json) -> Json | None:
    """Give the geometry of a site or event: all its points as one, so that a layer has one type.

    Parameters
    ----------
    record
        What `Writer.record` wrote.

    Returns
    -------
    dict or None
        A GeoJSON MultiPoint; None where no place has a point.
    """
    points = [[one["lon"], one["lat"]] for one in record["places"] if one["lat"] is not None]
    return {"type": "MultiPoint", "coordinates": points} if points else None
