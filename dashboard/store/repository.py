"""The one way to the stored records: whole tables for the frames, single records for the cards.

Records go in and come out as the values of `dashboard.domain.records`; nothing above this floor sees SQL.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, insert, select, update

from dashboard.domain.cells import content_version, sort_records
from dashboard.domain.records import (
    TABLES,
    Actor,
    Change,
    Citation,
    Event,
    Location,
    Place,
    Site,
    SiteStatus,
    Source,
)
from dashboard.errors import PlaceDecisionError, RecordNotFoundError, StoreError
from dashboard.store.audit import differences, not_yet
from dashboard.store.engine import location_of, open_engine, reading, writing
from dashboard.store.migrate import migrate
from dashboard.store.rows import add_changes, load, read_tables, write_table, write_tables
from dashboard.store.tables import CHILDREN, MAIN, META

__all__ = ["Repository", "Seed", "open_repository"]

_R = TypeVar("_R")
_DATA_VERSION: Final = "data_version"
_SEED_VERSION: Final = "seed_version"
_SEED_DATA_VERSION: Final = "seed_data_version"
_DESCRIPTOR: Final = "descriptor"


@dataclass(frozen=True, slots=True)
class Seed:
    """Which package the database was filled from.

    Parameters
    ----------
    version
        Version of the package; empty when the database was never seeded.
    data_version
        Data version right after seeding: as long as it is the data version, nobody has edited since.
    descriptor
        Text of the package's ``datapackage.json``.
    """

    version: str = ""
    data_version: str = ""
    descriptor: str = ""


class Repository:
    """The stored atlas; safe to share between threads, as its engine is.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.engine.open_engine`, migrated.
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
        with reading(self._engine) as connection:
            return _meta(connection).get(_DATA_VERSION, "")

    def seed(self) -> Seed:
        """Say which package the database was filled from.

        Returns
        -------
        Seed
            The package's version and descriptor; an empty `Seed` when there was none.
        """
        with reading(self._engine) as connection:
            return _seed(_meta(connection))

    def read_tables(self) -> dict[str, tuple[Any, ...]]:
        """Read everything, in one state.

        Returns
        -------
        dict of str to tuple
            Records by table name, in file order; every table is present.
        """
        with reading(self._engine) as connection:
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
        with reading(self._engine) as connection:
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
        return self._where(Citation, _column(Citation, "record_id") == record_id)

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
        return self._where(Location, _column(Location, "record_id") == record_id)

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
        return self._where(SiteStatus, _column(SiteStatus, "site_id") == site_id)

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
        owners = select(sites.c.owner_id).where(sites.c.target_id == site_id)
        return self._where(Event, _column(Event, "id").in_(owners))

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
        return self._where(Change, _column(Change, "record_id") == record_id)

    def replace_all(
        self, tables: Mapping[str, Iterable[Any]], who: str, why: str, *, seed: Seed | None = None
    ) -> tuple[Change, ...]:
        """Replace all records in one transaction and keep what was changed.

        Parameters
        ----------
        tables
            Records by table name, already validated; a missing table counts as empty. Its ``changes`` are
            added to the audit trail, which only grows.
        who
            Who does it, for the audit trail.
        why
            Why, for the audit trail.
        seed
            The package that the records come from, when this is a seeding. Its ``data_version`` is the one
            the caller has seen: if the database has another by now, nothing is replaced.

        Returns
        -------
        tuple of Change
            Every field that changed; empty for the first records of an empty database.

        Raises
        ------
        StoreError
            If the database fails, or changed since the caller looked; nothing is replaced then.
        """
        with writing(self._engine) as connection:
            meta = _meta(connection)
            if seed is not None and seed.data_version != meta.get(_DATA_VERSION, ""):
                message = "Somebody changed the database meanwhile. Nothing was replaced; look and try again"
                raise StoreError(message, self.location)
            before = read_tables(connection)
            after = {name: sort_records(cls, tables.get(name, ())) for name, cls in TABLES.items()}
            made = differences(before, after, who, why) if meta.get(_DATA_VERSION) else ()
            trail = (*before["changes"], *not_yet(before["changes"], after["changes"]), *made)
            after["changes"] = sort_records(Change, trail)
            write_tables(connection, after, trail[len(before["changes"]) :])
            version = content_version(after)
            _set_meta(connection, _DATA_VERSION, version)
            if seed is not None:
                _set_meta(connection, _SEED_VERSION, seed.version)
                _set_meta(connection, _SEED_DATA_VERSION, version)
                _set_meta(connection, _DESCRIPTOR, seed.descriptor)
        return made

    def save_place(self, place: Place, who: str, why: str) -> tuple[Change, ...]:
        """Save a hand-decided place, new or in place of the one that has its id.

        Parameters
        ----------
        place
            The place, validated.
        who
            Who decided it, for the audit trail.
        why
            Why, for the audit trail.

        Returns
        -------
        tuple of Change
            What was changed; empty when the same place was there already.

        Raises
        ------
        PlaceDecisionError
            If records stand on the place and it would move under them; nothing is saved then.
        StoreError
            If the database fails; nothing is saved then.
        """

        def saved(places: dict[str, Place], used: int) -> None:
            old = places.get(place.id)
            if used and old is not None and (old.lat, old.lon) != (place.lat, place.lon):
                raise PlaceDecisionError([_in_use(old, used, "moved")])
            places[place.id] = place

        return self._edit_places(place.id, saved, who, why)

    def remove_place(self, place_id: str, who: str, why: str) -> tuple[Change, ...]:
        """Take a hand-decided place back; the audit trail keeps every field of it.

        Parameters
        ----------
        place_id
            Id of the place.
        who
            Who takes it back, for the audit trail.
        why
            Why, for the audit trail.

        Returns
        -------
        tuple of Change
            What was changed.

        Raises
        ------
        RecordNotFoundError
            If there is no such place.
        PlaceDecisionError
            If records stand on it; nothing is removed then.
        StoreError
            If the database fails; nothing is removed then.
        """

        def removed(places: dict[str, Place], used: int) -> None:
            if place_id not in places:
                raise RecordNotFoundError(place_id)
            if used:
                raise PlaceDecisionError([_in_use(places[place_id], used, "taken back")])
            del places[place_id]

        return self._edit_places(place_id, removed, who, why)

    def _edit_places(
        self, place_id: str, edit: Callable[[dict[str, Place], int], None], who: str, why: str
    ) -> tuple[Change, ...]:
        with writing(self._engine) as connection:
            before = read_tables(connection)
            places = {place.id: place for place in before["places"]}
            edit(places, sum(row.place_id == place_id for row in before["locations"]))
            after = {**before, "places": sort_records(Place, places.values())}
            made = differences(before, after, who, why)
            if made:
                write_table(connection, Place.table, after["places"])
                add_changes(connection, made)
                after["changes"] = sort_records(Change, (*before["changes"], *made))
                _set_meta(connection, _DATA_VERSION, content_version(after))
        return made

    def _get(self, record_type: type[_R], record_id: str) -> _R:
        found = self._where(record_type, _column(record_type, "id") == record_id)
        if not found:
            raise RecordNotFoundError(record_id)
        return found[0]

    def _where(self, record_type: type[_R], condition: ColumnElement[bool]) -> tuple[_R, ...]:
        with reading(self._engine) as connection:
            return load(connection, _name(record_type), condition)


def open_repository(url: str) -> Repository:
    """Open a database and bring its tables up to date.

    Parameters
    ----------
    url
        SQLAlchemy address, as in `dashboard.settings.Settings.database_url`.

    Returns
    -------
    Repository
        The stored atlas.

    Raises
    ------
    StoreError
        If the database cannot be opened, or was written by a newer atlas.
    """
    engine = open_engine(url)
    try:
        migrate(engine)
    except StoreError:
        engine.dispose()
        raise
    return Repository(engine)


def _in_use(place: Place, count: int, verb: str) -> str:
    records = "1 location stands" if count == 1 else f"{count} locations stand"
    return (
        f"{records} on {place.name} ({place.id}), so it cannot be {verb} alone: "
        "correct them together in the data package"
    )


def _name(record_type: type[Any]) -> str:
    return str(record_type.table)


def _column(record_type: type[Any], column: str) -> ColumnElement[Any]:
    return MAIN[_name(record_type)].table.c[column]


def _meta(connection: Connection) -> dict[str, str]:
    return {row.key: row.value for row in connection.execute(select(META))}


def _seed(meta: Mapping[str, str]) -> Seed:
    return Seed(meta.get(_SEED_VERSION, ""), meta.get(_SEED_DATA_VERSION, ""), meta.get(_DESCRIPTOR, ""))


def _set_meta(connection: Connection, key: str, value: str) -> None:
    changed = connection.execute(update(META).where(META.c.key == key).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(META).values(key=key, value=value))
