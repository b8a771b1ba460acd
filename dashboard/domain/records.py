"""The records of the atlas as plain, frozen values: what the CSV files, the database and the pages agree on.

Field order is column order in ``data/*.csv``; docs/data-model.md says what each means. Values are checked by
`dashboard.domain.validation`, not by the types, so that a bad row can be named with all its faults at once.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from dashboard.domain.dates import UNDATED, UncertainDate

__all__ = [
    "TABLES",
    "Actor",
    "ActorRole",
    "Change",
    "Citation",
    "Event",
    "Location",
    "Place",
    "Product",
    "Record",
    "Site",
    "SiteStatus",
    "Source",
    "column_names",
]


@dataclass(frozen=True, slots=True)
class Product:
    """A product category with the designation as written.

    Parameters
    ----------
    category
        Code of ``product_categories``.
    designation
        Name as written, such as SpyX; empty when only the category is known.
    """

    category: str
    designation: str = ""

    def __str__(self) -> str:
        """Write it as a cell does."""
        return f"{self.category}:{self.designation}" if self.designation else self.category


@dataclass(frozen=True, slots=True)
class ActorRole:
    """An actor and the part it plays in an event.

    Parameters
    ----------
    actor_id
        Id of the actor.
    role
        Code of ``actor_roles``.
    """

    actor_id: str
    role: str

    def __str__(self) -> str:
        """Write it as a cell does."""
        return f"{self.actor_id}:{self.role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all records share: the file they live in."""

    table: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Record):
    """A place where arms are made, kept, tried or decided on."""

    table: ClassVar[str] = "sites"
    id: str
    name: str
    names: tuple[str, ...] = ()
    kind: str
    products: tuple[Product, ...] = ()
    operators: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStatus(Record):
    """A dated, cited claim about the life of a site."""

    table: ClassVar[str] = "site_status"
    id: str
    site_id: str
    status: str
    date: UncertainDate
    citation_id: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Record):
    """Something that happened or is to happen between actors."""

    table: ClassVar[str] = "events"
    id: str
    kind: str
    title: str
    summary: str = ""
    date: UncertainDate
    status: str
    actors: tuple[ActorRole, ...] = ()
    products: tuple[Product, ...] = ()
    sites: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Record):
    """Where a record is or happened: the words as written, the point chosen, by whom and why."""

    table: ClassVar[str] = "locations"
    id: str
    record_id: str
    role: str
    place_as_written: str
    place_id: str = ""
    country: str = ""
    lat: float | None = None
    lon: float | None = None
    precision: str
    precision_m: int | None = None
    method: str
    chosen_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Record):
    """A state, body, force, company or person that acts."""

    table: ClassVar[str] = "actors"
    id: str
    name: str
    names: tuple[str, ...] = ()
    kind: str
    country: str = ""
    parent: tuple[str, ...] = ()
    founded: UncertainDate = UNDATED
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Record):
    """A publication that a citation points to."""

    table: ClassVar[str] = "sources"
    id: str
    publisher: str
    title: str = ""
    url: str = ""
    published: UncertainDate = UNDATED
    language: str = ""
    kind: str
    archived_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation(Record):
    """One source saying, or denying, one thing about one record."""

    table: ClassVar[str] = "citations"
    id: str
    record_id: str
    field: str = ""
    value_as_stated: str = ""
    source_id: str
    quote: str = ""
    locator: str = ""
    retrieved: UncertainDate = UNDATED
    stance: str
    confidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Record):
    """A place decided by a person, which wins over any geocoder."""

    table: ClassVar[str] = "places"
    id: str
    name: str
    names: tuple[str, ...] = ()
    country: str = ""
    lat: float | None = None
    lon: float | None = None
    precision: str
    precision_m: int | None = None
    reason: str
    source_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Record):
    """One change of one field, kept for ever."""

    table: ClassVar[str] = "changes"
    record_id: str
    field: str
    before: str = ""
    after: str = ""
    who: str
    when: str
    why: str = ""


TABLES: dict[str, type[Any]] = {
    cls.table: cls for cls in (Site, SiteStatus, Event, Location, Actor, Source, Citation, Place, Change)
}
"""Record types by the name of their file, parents before children where it matters for reading."""


_COLUMNS: dict[type[Any], tuple[str, ...]] = {}


def column_names(record_type: type[Any]) -> tuple[str, ...]:
    """List the columns of a table in file order.

    Parameters
    ----------
    record_type
        One of `TABLES`.

    Returns
    -------
    tuple of str
        Column names.
    """
    # Asked for every row that is read or written: looked up once.
    if record_type not in _COLUMNS:
        _COLUMNS[record_type] = tuple(f.name for f in fields(record_type))
    return _COLUMNS[record_type]
