"""Reading the stored records: whole tables for the frames, single records for the cards.

Records come out as the values of `dashboard.domain.records`; nothing above this floor sees SQL.
"""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, select

from dashboard.domain.dossier import Dossier
from dashboard.domain.records import (
    Actor,
    Change,
    Citation,
    Event,
    Location,
    Site,
    SiteStatus,
    Source,
)
from dashboard.errors import RecordNotFoundError
from dashboard.store.database.engine import location_of, reading
from dashboard.store.database.meta import DATA_VERSION, DESCRIPTOR, SEED_DATA_VERSION, SEED_VERSION, read_meta
from dashboard.store.database.texts import is_storable
from dashboard.store.records.loading import DeletedRecord, Revision, last_revision, load_dossier, revisions_of
from dashboard.store.records.replacing import Seed, seed_of
from dashboard.store.records.rows import load, read_tables
from dashboard.store.records.tables import CHILDREN, MAIN
from dashboard.store.trail.ledger import DELETED

__all__ = ["Reader"]

_R = TypeVar("_R")


class Reader:
    """The stored atlas, to read; safe to share between threads, as its engine is.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """Engine that the repository works with."""
        return self._engine

    @property
    def location(self) -> str:
        """Address of the database, without credentials."""
        return location_of(self._engine)

    def data_version(self) -> str:
        """Name the content of the database; it changes whenever a record does.

        Returns
        -------
        str
            What `dashboard.domain.cells.content_version` gives for the stored tables; empty when nothing was
            ever stored.
        """
        with reading(self._engine, single=True) as connection:
            return read_meta(connection, DATA_VERSION).get(DATA_VERSION, "")

    def seed(self) -> Seed:
        """Say which package the database was filled from.

        Returns
        -------
        Seed
            The package's version and descriptor; an empty `Seed` when there was none.
        """
        with reading(self._engine, single=True) as connection:
            return seed_of(read_meta(connection, SEED_VERSION, SEED_DATA_VERSION, DESCRIPTOR))

    def read_tables(self) -> dict[str, tuple[Any, ...]]:
        """Read everything, in one state.

        Returns
        -------
        dict of str to tuple
            Records by table name, in file order; every table is present.
        """
        with reading(self._engine, thorough=True) as connection:
            return read_tables(connection)

    def read_table(self, record_type: type[_R]) -> tuple[_R, ...]:
        """Read the records of one type.

        Parameters
        ----------
        record_type
            One of the types in `dashboard.domain.records.TABLES`.

        Returns
        -------
        tuple
            Records in file order.
        """
        with reading(self._engine, thorough=True) as connection:
            return load(connection, _name(record_type))

    def get_site(self, record_id: str) -> Site:
        """Read one site.

        Parameters
        ----------
        record_id
            Id of the site.

        Returns
        -------
        Site
            The site.

        Raises
        ------
        RecordNotFoundError
            If there is no such site.
        """
        return self._get(Site, record_id)

    def get_event(self, record_id: str) -> Event:
        """Read one event.

        Parameters
        ----------
        record_id
            Id of the event.

        Returns
        -------
        Event
            The event.

        Raises
        ------
        RecordNotFoundError
            If there is no such event.
        """
        return self._get(Event, record_id)

    def get_actor(self, record_id: str) -> Actor:
        """Read one actor.

        Parameters
        ----------
        record_id
            Id of the actor.

        Returns
        -------
        Actor
            The actor.

        Raises
        ------
        RecordNotFoundError
            If there is no such actor.
        """
        return self._get(Actor, record_id)

    def get_source(self, record_id: str) -> Source:
        """Read one source.

        Parameters
        ----------
        record_id
            Id of the source.

        Returns
        -------
        Source
            The source.

        Raises
        ------
        RecordNotFoundError
            If there is no such source.
        """
        return self._get(Source, record_id)

    def citations_of(self, record_id: str) -> tuple[Citation, ...]:
        """List what sources say about a record.

        Parameters
        ----------
        record_id
            Id of the record.

        Returns
        -------
        tuple of Citation
            Supporting and contradicting, in file order; empty when there is none.
        """
        return self._where(Citation, "record_id", record_id)

    def locations_of(self, record_id: str) -> tuple[Location, ...]:
        """List the places of a record.

        Parameters
        ----------
        record_id
            Id of the record.

        Returns
        -------
        tuple of Location
            Places, in file order; empty when there is none.
        """
        return self._where(Location, "record_id", record_id)

    def statuses_of(self, site_id: str) -> tuple[SiteStatus, ...]:
        """List the dated statuses of a site.

        Parameters
        ----------
        site_id
            Id of the site.

        Returns
        -------
        tuple of SiteStatus
            Statuses, in file order; empty when there is none.
        """
        return self._where(SiteStatus, "site_id", site_id)

    def events_of_site(self, site_id: str) -> tuple[Event, ...]:
        """List the events that concern a site.

        Parameters
        ----------
        site_id
            Id of the site.

        Returns
        -------
        tuple of Event
            Events, in file order; empty when there is none.
        """
        sites = next(child for child in CHILDREN["events"] if child.column == "sites").table
        if not is_storable(site_id):
            return ()
        owners = select(sites.c.owner_id).where(sites.c.target_id == site_id)
        with reading(self._engine) as connection:
            return load(connection, Event.table, MAIN[Event.table].table.c.id.in_(owners))

    def changes(self, record_id: str) -> tuple[Change, ...]:
        """List what was changed in a record.

        Parameters
        ----------
        record_id
            Id of the record; it may be one that was deleted.

        Returns
        -------
        tuple of Change
            Changes, oldest first; empty when there is none.
        """
        return self._where(Change, "record_id", record_id)

    def dossier(self, record_id: str) -> tuple[Dossier, int]:
        """Read a record with everything that belongs to it.

        Parameters
        ----------
        record_id
            Id of a site, an event or an actor.

        Returns
        -------
        tuple of (Dossier, int)
            The dossier and its revision number, to be given back when it is saved.

        Raises
        ------
        RecordNotFoundError
            If there is no such record.
        """
        with reading(self._engine) as connection:
            found, last = load_dossier(connection, record_id), last_revision(connection, record_id)
        if found is None or last is None:
            raise RecordNotFoundError(record_id)
        return found, last.number

    def revision(self, record_id: str) -> Revision:
        """Say which state a record is in.

        Parameters
        ----------
        record_id
            Id of a site, an event or an actor; it may be one that was deleted.

        Returns
        -------
        Revision
            The last one.

        Raises
        ------
        RecordNotFoundError
            If there never was such a record.
        """
        with reading(self._engine, single=True) as connection:
            found = last_revision(connection, record_id)
        if found is None:
            raise RecordNotFoundError(record_id)
        return found

    def revisions(self, record_id: str) -> tuple[Revision, ...]:
        """List the states that a record had.

        Parameters
        ----------
        record_id
            Id of a site, an event or an actor; it may be one that was deleted.

        Returns
        -------
        tuple of Revision
            Oldest first; empty when there never was such a record.
        """
        if not is_storable(record_id):
            return ()
        with reading(self._engine, single=True) as connection:
            return revisions_of(connection, record_id)

    def deleted(self) -> tuple[DeletedRecord, ...]:
        """List the records that were taken away and can be brought back.

        Returns
        -------
        tuple of DeletedRecord
            Last deleted first.
        """
        with reading(self._engine) as connection:
            rows = select(DELETED).order_by(DELETED.c.at.desc(), DELETED.c.record_id)
            return tuple(DeletedRecord.of(row) for row in connection.execute(rows).mappings())

    def _get(self, record_type: type[_R], record_id: str) -> _R:
        found = self._where(record_type, "id", record_id)
        if not found:
            raise RecordNotFoundError(record_id)
        return found[0]

    def _where(self, record_type: type[_R], column: str, value: str) -> tuple[_R, ...]:
        if not is_storable(value):
            return ()  # a database that cannot be asked for it does not hold it
        with reading(self._engine) as connection:
            return load(connection, _name(record_type), _column(record_type, column) == value)


def _name(record_type: type[Any]) -> str:
    return str(record_type.table)


def _column(record_type: type[Any], column: str) -> ColumnElement[Any]:
    return MAIN[_name(record_type)].table.c[column]
