"""One record with everything that belongs to it: what is edited, reviewed, saved and deleted as a whole.

A location, a status and a citation belong to exactly one site, event or actor. A source is shared: it comes
along because a citation is nothing without it, and stays when the record goes.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.cells import read_cells, sort_records, write_cells
from dashboard.domain.records import (
    TABLES,
    Actor,
    Citation,
    Event,
    Location,
    Site,
    SiteStatus,
    Source,
)
from dashboard.errors import DossierError

__all__ = ["FACTS", "Dossier", "dossiers"]

FACTS: Final[dict[str, type[Site] | type[Event] | type[Actor]]] = {
    cls.table: cls for cls in (Site, Event, Actor)
}
"""Record types that have a dossier, by table name."""

_PARTS: Final = {"locations": Location, "statuses": SiteStatus, "citations": Citation, "sources": Source}


@dataclass(frozen=True, slots=True)
class Dossier:
    """A site, an event or an actor with its places, statuses and citations.

    Parameters
    ----------
    record
        The record itself.
    locations
        Its places.
    statuses
        Its dated statuses; only a site has any.
    citations
        What sources say about it, its places and its statuses.
    sources
        The sources that the citations name.
    """

    record: Site | Event | Actor
    locations: tuple[Location, ...] = ()
    statuses: tuple[SiteStatus, ...] = ()
    citations: tuple[Citation, ...] = ()
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        # In file order whatever order they come in, so that two dossiers that say the same are equal.
        for part, record_type in _PARTS.items():
            object.__setattr__(self, part, sort_records(record_type, getattr(self, part)))

    @property
    def id(self) -> str:
        """Id of the record."""
        return self.record.id

    @property
    def table(self) -> str:
        """Table of the record."""
        return self.record.table

    @property
    def name(self) -> str:
        """Name or title of the record."""
        return self.record.title if isinstance(self.record, Event) else self.record.name

    def tables(self) -> dict[str, tuple[Any, ...]]:
        """Give the rows as a package would hold them.

        Returns
        -------
        dict of str to tuple
            Records by table name; every table of the package is present, most are empty.
        """
        own: dict[str, tuple[Any, ...]] = {
            self.table: (self.record,),
            Location.table: self.locations,
            SiteStatus.table: self.statuses,
            Citation.table: self.citations,
            Source.table: self.sources,
        }
        return {name: own.get(name, ()) for name in TABLES}

    def faults(self) -> tuple[str, ...]:
        """Say what keeps the rows from being one dossier.

        Returns
        -------
        tuple of str
            One sentence without a full stop for each row that belongs elsewhere, stands twice or lacks its
            source; empty when all holds together. Codes and references are left to
            `dashboard.domain.validation`.
        """
        return tuple(self._faults())

    def _faults(self) -> Iterator[str]:
        own = {self.id, *(row.id for row in self.locations), *(row.id for row in self.statuses)}
        for name, rows in self.tables().items():
            seen: set[str] = set()
            for row in rows:
                if row.id in seen:
                    yield f"{row.id} stands twice in {name}"
                seen.add(row.id)
        yield from (
            f"{row.id} is a place of {row.record_id}, not of {self.id}"
            for row in self.locations
            if row.record_id != self.id
        )
        yield from (
            f"{row.id} is a status of {row.site_id}, not of {self.id}"
            for row in self.statuses
            if row.site_id != self.id
        )
        yield from (
            f"{row.id} speaks of {row.record_id}, not of {self.id}"
            for row in self.citations
            if row.record_id not in own
        )
        named = {row.source_id for row in self.citations}
        yield from (f"{row.id} is named by no citation" for row in self.sources if row.id not in named)

    def to_json(self) -> str:
        """Write the dossier as text.

        Returns
        -------
        str
            A JSON object of tables, each a list of rows of cells as the CSV files have them; the same dossier
            gives the same text.

        Raises
        ------
        RowError
            If a value cannot be written so that it reads back the same.
        """
        rows = {
            name: [write_cells(record) for record in records]
            for name, records in self.tables().items()
            if records
        }
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Dossier":
        """Read what `to_json` wrote.

        Parameters
        ----------
        text
            The text.

        Returns
        -------
        Dossier
            The dossier.

        Raises
        ------
        DossierError
            If the text is no dossier.
        RowError
            If a row cannot be read.
        """
        try:
            found = json.loads(text)
            rows = {
                name: tuple(read_cells(TABLES[name], row) for row in cells) for name, cells in found.items()
            }
            (record,) = (row for name in FACTS for row in rows.get(name, ()))
        except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as error:
            raise DossierError(["The text is no dossier"]) from error
        except ValueError as error:
            if type(error) is not ValueError:
                raise
            raise DossierError(["A dossier holds one site, event or actor"]) from error
        return cls(
            record,
            *(rows.get(t.table, ()) for t in (Location, SiteStatus, Citation, Source)),
        )


def dossiers(tables: Mapping[str, Iterable[Any]]) -> dict[str, Dossier]:
    """Put every record together with what belongs to it.

    Parameters
    ----------
    tables
        Records by table name; a missing table counts as empty.

    Returns
    -------
    dict of str to Dossier
        Dossiers by id of site, event or actor. What belongs to none of them, such as a citation of a
        hand-decided place, is in none.
    """
    locations = _grouped(tables.get(Location.table, ()), lambda row: row.record_id)
    statuses = _grouped(tables.get(SiteStatus.table, ()), lambda row: row.site_id)
    citations = _grouped(tables.get(Citation.table, ()), lambda row: row.record_id)
    sources = {row.id: row for row in tables.get(Source.table, ())}
    found = {}
    for record in (row for name in FACTS for row in tables.get(name, ())):
        own = (record.id, *(r.id for r in locations[record.id]), *(r.id for r in statuses[record.id]))
        cited = [citation for record_id in own for citation in citations[record_id]]
        named = {row.source_id: sources[row.source_id] for row in cited if row.source_id in sources}
        found[record.id] = Dossier(
            record,
            tuple(locations[record.id]),
            tuple(statuses[record.id]),
            tuple(cited),
            tuple(named.values()),
        )
    return found


class _Groups(dict[str, list[Any]]):
    """Lists by id; an unknown id has an empty one and is not kept."""

    def __missing__(self, key: str) -> list[Any]:
        return []


def _grouped(rows: Iterable[Any], owner: Callable[[Any], str]) -> _Groups:
    groups = _Groups()
    for row in rows:
        groups.setdefault(owner(row), []).append(row)
    return groups
