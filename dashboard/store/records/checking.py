"""The last guard before a dossier is saved: what it refers to is there, and nothing in it is somebody else's.

Pages and imports check dossiers themselves and say it in their own words; but whatever comes in, what the
database holds must pass `arsenal-atlas check` when it is exported.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, select

from dashboard.domain.cells import write_cells
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Actor, Citation, Event, Location, Place, Site, SiteStatus, Source
from dashboard.domain.validation import validate
from dashboard.errors import DossierError
from dashboard.store.records.loading import existing, load_by_ids, owners_of
from dashboard.store.records.tables import CHILDREN

__all__ = ["check_dossier"]

_OWNED: Final = (Location, SiteStatus, Citation)


def check_dossier(connection: Connection, dossier: Dossier, before: Dossier | None = None) -> None:
    """Refuse a dossier that the database should not hold.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    dossier
        The dossier.
    before
        The one that is there: what it has and names is its own and there, and is not looked up again.

    Raises
    ------
    DossierError
        If rows of it belong to another record, name what is not there, or break a rule of the domain.
    RowError
        If a value cannot be written as a cell.
    """
    for rows in dossier.tables().values():
        for row in rows:
            write_cells(row)  # first of all: what no database keeps must not reach it
    problems = [
        *dossier.faults(),
        *_taken(connection, dossier, before),
        *_broken_rules(connection, dossier, before),
        *_own_parent(connection, dossier),
    ]
    if problems:
        raise DossierError(problems)


def _taken(connection: Connection, dossier: Dossier, before: Dossier | None) -> Iterator[str]:
    own = {dossier.id, *(row.id for row in dossier.locations), *(row.id for row in dossier.statuses)}
    stored: list[Any] = []
    for record_type in _OWNED:
        ids, known = (_ids(one, record_type.table) for one in (dossier, before))
        stored += load_by_ids(connection, record_type.table, "id", ids - known)
    if not stored:
        return
    named = {row.id: row.site_id if isinstance(row, SiteStatus) else row.record_id for row in stored}
    owners = owners_of(connection, {*named.values()})
    for row_id, record_id in sorted(named.items()):
        owner = owners.get(record_id, record_id)
        if owner != dossier.id and record_id not in own:
            yield f"{row_id} belongs to {owner}: give it another id"


def _broken_rules(connection: Connection, dossier: Dossier, before: Dossier | None) -> Iterator[str]:
    known = _names(before) if before is not None else {}
    elsewhere: dict[str, set[str]] = {}
    for name, ids in _names(dossier).items():
        there = ids & (known.get(name, set()) | _ids(dossier, name))
        elsewhere[name] = there | existing(connection, name, ids - there)
    old = set(before.locations) if before is not None else set()
    placed = [row for row in dossier.locations if row.place_id]
    elsewhere[Place.table] = {row.place_id for row in placed if row in old}
    looked_up = {row.place_id for row in placed if row not in old}
    tables = dossier.tables() | {Place.table: load_by_ids(connection, Place.table, "id", looked_up)}
    for finding in validate(tables, elsewhere):
        if finding.table != Place.table:
            yield " ".join(filter(None, (finding.record_id, finding.field, finding.message)))


def _ids(dossier: Dossier | None, table: str) -> set[str]:
    return {row.id for row in dossier.tables()[table]} if dossier is not None else set()


def _names(dossier: Dossier) -> dict[str, set[str]]:
    """List what the dossier names of the records of others, by table."""
    names: dict[str, set[str]] = defaultdict(set)
    record = dossier.record
    if isinstance(record, Site):
        names[Actor.table].update(record.operators)
    elif isinstance(record, Event):
        names[Actor.table].update(item.actor_id for item in record.actors)
        names[Site.table].update(record.sites)
        names[Event.table].update(record.related)
    else:
        names[Actor.table].update(record.parent)
    names[Source.table].update(row.source_id for row in dossier.citations)
    return names


def _own_parent(connection: Connection, dossier: Dossier) -> Iterator[str]:
    if not isinstance(dossier.record, Actor):
        return
    table = next(child.table for child in CHILDREN[Actor.table] if child.column == "parent")
    todo, seen = list(dossier.record.parent), set[str]()
    while todo and dossier.id not in seen:
        seen.update(todo)
        parents = set(connection.scalars(select(table.c.target_id).where(table.c.owner_id.in_(todo))))
        todo = sorted(parents - seen)
    if dossier.id in seen - {*dossier.record.parent}:
        yield f"{dossier.id} would be its own parent, through others"
