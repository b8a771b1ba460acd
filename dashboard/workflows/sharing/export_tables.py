"""The records behind a view, with all that they refer to, so that the atlas opens them again as a package.

An event refers to sites and other events, and these to others still: what is not shown but referred to comes
along, and the package's descriptor says which records these are. What an audience may not see is not there to
refer to; references to it are left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from dashboard.domain.records import (
    TABLES,
    Actor,
    Citation,
    Event,
    Location,
    Place,
    Site,
    SiteStatus,
    Source,
)
from dashboard.workflows.access.coarsening import WITHHELD
from dashboard.workflows.views.evidence import Evidence, Library

__all__ = ["ClosedTables"]

_HAND_DECIDED: Final = "pl-"
_UNCITED: Final = "The reason is withheld with the place."


class ClosedTables(Mapping[str, tuple[Any, ...]]):
    """Records by table name, put together when somebody first asks: most files need none of them.

    Parameters
    ----------
    library
        All records that the audience sees.
    shown
        Ids of the sites and events to begin with.
    """

    def __init__(self, library: Library, shown: Iterable[str]) -> None:
        self._library = library
        self._shown = tuple(shown)
        self._tables: dict[str, tuple[Any, ...]] | None = None

    def __getitem__(self, table: str) -> tuple[Any, ...]:
        """Give the records of a table."""
        if self._tables is None:
            self._tables = _close(self._library, self._shown)
        return self._tables[table]

    def __iter__(self) -> Iterator[str]:
        """List the tables."""
        return iter(TABLES)

    def __len__(self) -> int:
        """Count the tables."""
        return len(TABLES)


def _close(library: Library, shown: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, dict[str, Any]] = {table: {} for table in TABLES}
    todo, seen = list(shown), set[str]()
    while todo:
        record_id = todo.pop()
        evidence = library.evidence.get(record_id)
        if evidence is None or record_id in seen:
            continue
        seen.add(record_id)
        record = _mended(evidence.record, library)
        found[record.table][record.id] = record
        todo += _references(record)
        _add_parts(evidence, library, found)
    cited = (row.source_id for name in ("citations", "places") for row in found[name].values())
    for source_id in dict.fromkeys(cited):
        if source := library.sources.get(source_id):
            found["sources"][source_id] = source
    return {table: tuple(rows.values()) for table, rows in found.items()}


def _references(record: Site | Event | Actor) -> Iterator[str]:
    if isinstance(record, Event):
        yield from (*record.sites, *record.related, *(one.actor_id for one in record.actors))
    elif isinstance(record, Site):
        yield from record.operators
    else:
        yield from record.parent


def _mended(record: Site | Event | Actor, library: Library) -> Site | Event | Actor:
    """Leave out references to what is not there."""
    if all(one in library.evidence for one in _references(record)):
        return record

    def there(record_ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one for one in record_ids if one in library.evidence)

    if isinstance(record, Event):
        actors = tuple(one for one in record.actors if one.actor_id in library.evidence)
        return replace(record, sites=there(record.sites), related=there(record.related), actors=actors)
    if isinstance(record, Site):
        return replace(record, operators=there(record.operators))
    return replace(record, parent=there(record.parent))


def _add_parts(evidence: Evidence, library: Library, found: dict[str, dict[str, Any]]) -> None:
    places: list[Place] = []
    for location in evidence.locations:
        row = _mended_location(location, library)
        found["locations"][row.id] = row
        if place := library.places.get(row.place_id):
            places.append(_mended_place(place, library))
    found["places"].update({place.id: place for place in places})
    rows: tuple[Any, ...] = (*evidence.locations, *evidence.statuses, *places)
    citations = [*evidence.citations, *(c for row in rows for c in library.of_parts.get(row.id, ()))]
    found["citations"].update({one.id: one for one in _sourced(citations, library)})
    statuses: Iterable[SiteStatus] = evidence.statuses
    found["site_status"].update({one.id: one for one in statuses if one.citation_id in found["citations"]})


def _sourced(citations: Iterable[Citation], library: Library) -> Iterator[Citation]:
    return (one for one in citations if isinstance(library.sources.get(one.source_id), Source))


def _mended_location(row: Location, library: Library) -> Location:
    """Make a coarsened place hold by the rules of a package, which know of no withheld ones."""
    if not row.place_as_written:
        row = replace(row, place_as_written=WITHHELD)
    if row.lat is None and row.method != "none":
        row = replace(row, method="none", place_id="", precision="none", precision_m=None)
    if not row.place_id.startswith(_HAND_DECIDED):
        return row
    place = library.places.get(row.place_id)
    if place is None:
        return replace(row, place_id="", method="hand", reason=row.reason or _UNCITED)
    moved = (place.lat, place.lon) != (row.lat, row.lon)
    return replace(row, reason=_UNCITED) if moved and not row.reason else row


def _mended_place(place: Place, library: Library) -> Place:
    if place.source_id and place.source_id not in library.sources:
        return replace(place, source_id="")
    return place
