"""Reading dossiers, revisions and what refers to what, inside a transaction."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select

from dashboard.domain.cells import sort_records
from dashboard.domain.dossier import FACTS, Dossier
from dashboard.domain.records import Citation, Location, Site, SiteStatus, Source
from dashboard.domain.validation import ID_PREFIXES
from dashboard.store.database.texts import is_storable
from dashboard.store.records.rows import load, record_of
from dashboard.store.records.tables import CHILDREN, MAIN
from dashboard.store.trail.ledger import DELETED, REVISIONS

__all__ = [
    "DeletedRecord",
    "Revision",
    "citing",
    "deleted_record",
    "existing",
    "last_revision",
    "load_by_ids",
    "load_dossier",
    "owners_of",
    "referrers",
    "revisions_of",
]

_IDS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Revision:
    """One state that a record had.

    Parameters
    ----------
    record_id
        Id of the site, event or actor.
    number
        Number of the revision; the first is 1.
    who, at, why
        Who made it, when (ISO 8601, UTC) and why.
    sequence
        Number of the entry of the audit trail that has the changes.
    deleted
        Whether the record was taken away with it.
    """

    record_id: str
    number: int
    who: str
    at: str
    why: str
    sequence: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class DeletedRecord:
    """A record that was taken away and can be brought back.

    Parameters
    ----------
    record_id
        Id of the site, event or actor.
    table
        Table it was in.
    dossier
        All that was taken away.
    who, at, why
        Who did it, when (ISO 8601, UTC) and why.
    revision
        Revision number of the deletion.
    """

    record_id: str
    table: str
    dossier: Dossier
    who: str
    at: str
    why: str
    revision: int

    @classmethod
    def of(cls, row: RowMapping) -> "DeletedRecord":
        """Make it of a row.

        Parameters
        ----------
        row
            Row of the table ``deleted``.

        Returns
        -------
        DeletedRecord
            The record.
        """
        return cls(**{**row, "dossier": Dossier.from_json(row["dossier"])})


def load_dossier(connection: Connection, record_id: str) -> Dossier | None:
    """Read a record with everything that belongs to it.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    record_id
        Id of a site, an event or an actor.

    Returns
    -------
    Dossier or None
        None when there is no such record.
    """
    if not is_storable(record_id):
        return None
    likely = [name for name in FACTS if record_id.startswith(f"{ID_PREFIXES[name]}-")]
    for name in likely or FACTS:
        found = load(connection, name, MAIN[name].table.c.id == record_id)
        if found:
            break
    else:
        return None
    locations = load_by_ids(connection, Location.table, "record_id", [record_id])
    statuses = load_by_ids(connection, SiteStatus.table, "site_id", [record_id] if name == Site.table else ())
    own = [record_id, *(row.id for row in locations), *(row.id for row in statuses)]
    citations, sources = _load_evidence(connection, own)
    return Dossier(found[0], locations, statuses, citations, sources)


def _load_evidence(
    connection: Connection, record_ids: Collection[str]
) -> tuple[tuple[Citation, ...], tuple[Source, ...]]:
    """Read what cites some records, and the sources of it, in one journey to the database."""
    cited, source = MAIN[Citation.table].table, MAIN[Source.table].table
    columns = [*(c.label(f"c_{c.name}") for c in cited.c), *(c.label(f"s_{c.name}") for c in source.c)]
    rows = select(*columns).join_from(cited, source).where(cited.c.record_id.in_(sorted(record_ids)))
    found = connection.execute(rows).mappings().all()
    citations = (record_of(Citation.table, {c.name: row[f"c_{c.name}"] for c in cited.c}) for row in found)
    by_id = {row["s_id"]: {c.name: row[f"s_{c.name}"] for c in source.c} for row in found}
    sources = (record_of(Source.table, row) for row in by_id.values())
    return sort_records(Citation, citations), sort_records(Source, sources)


def load_by_ids(connection: Connection, name: str, column: str, ids: Collection[str]) -> tuple[Any, ...]:
    """Read the rows of a table that have one of some ids in a column.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    name
        Name of the table.
    column
        Column to look in.
    ids
        Ids.

    Returns
    -------
    tuple
        Records in file order.
    """
    if not ids:
        return ()
    return load(connection, name, MAIN[name].table.c[column].in_(sorted(ids)))


def existing(connection: Connection, name: str, ids: Iterable[str]) -> set[str]:
    """Say which of some ids a table has.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    name
        Name of the table.
    ids
        Ids to look for.

    Returns
    -------
    set of str
        Those that are there.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return set()
    column = MAIN[name].table.c.id
    return set(connection.scalars(select(column).where(column.in_(wanted))))


def revisions_of(connection: Connection, record_id: str) -> tuple[Revision, ...]:
    """List the states that a record had.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    record_id
        Id of a site, an event or an actor.

    Returns
    -------
    tuple of Revision
        Oldest first; empty when there never was such a record.
    """
    rows = select(REVISIONS).where(REVISIONS.c.record_id == record_id).order_by(REVISIONS.c.number)
    return tuple(Revision(**row) for row in connection.execute(rows).mappings())


def last_revision(connection: Connection, record_id: str) -> Revision | None:
    """Give the state that a record is in.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    record_id
        Id of a site, an event or an actor.

    Returns
    -------
    Revision or None
        The last one; None when there never was such a record.
    """
    if not is_storable(record_id):
        return None
    rows = select(REVISIONS).where(REVISIONS.c.record_id == record_id)
    row = connection.execute(rows.order_by(REVISIONS.c.number.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else Revision(**row)


def deleted_record(connection: Connection, record_id: str) -> DeletedRecord | None:
    """Find a record among those that were taken away.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    record_id
        Its id.

    Returns
    -------
    DeletedRecord or None
        None when it is not among them.
    """
    if not is_storable(record_id):
        return None
    rows = select(DELETED).where(DELETED.c.record_id == record_id)
    row = connection.execute(rows).mappings().one_or_none()
    return None if row is None else DeletedRecord.of(row)


def referrers(connection: Connection, table: str, record_id: str) -> tuple[str, ...]:
    """List the records that name a record.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    table
        Table of the record.
    record_id
        Id of the record.

    Returns
    -------
    tuple of str
        Ids of the others, in order.
    """
    found: set[str] = set()
    for child in (child for children in CHILDREN.values() for child in children):
        for column in (child.table.c[name] for name in child.values):
            if any(key.column.table.name == table for key in column.foreign_keys):
                owners = select(child.table.c.owner_id).where(column == record_id)
                found.update(connection.scalars(owners))
    return tuple(sorted(found - {record_id}))


def citing(connection: Connection, source_ids: Collection[str]) -> set[str]:
    """List the sites, events and actors whose dossiers hold some sources.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    source_ids
        Ids of sources.

    Returns
    -------
    set of str
        Ids of the records.
    """
    citations = load_by_ids(connection, Citation.table, "source_id", source_ids)
    return set(owners_of(connection, {row.record_id for row in citations}).values())


def owners_of(connection: Connection, ids: Collection[str]) -> Mapping[str, str]:
    """Say which site, event or actor some ids belong to.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    ids
        Ids of records, places or statuses.

    Returns
    -------
    Mapping of str to str
        Id of the record by each id; those that belong to none, such as hand-decided places, are absent.
    """
    owners: dict[str, str] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        some = wanted[start : start + _IDS_AT_ONCE]
        for name in FACTS:
            owners |= {record_id: record_id for record_id in existing(connection, name, some)}
        for name, column in ((Location.table, "record_id"), (SiteStatus.table, "site_id")):
            rows = load_by_ids(connection, name, "id", some)
            owners |= {row.id: getattr(row, column) for row in rows}
    return owners
