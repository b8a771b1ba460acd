"""The database tables, made from the record types so that the two cannot drift apart.

One table mirrors one CSV file. A list becomes a table of its own with the position of each item, so that
references are foreign keys and the order survives. A date is its EDTF text, which is the truth, and two day
numbers for the database to filter by. No column is NULL but an absent number, an absent day, and an absent
reference, which reads back as the empty text.
"""

from dataclasses import dataclass
from typing import Any, Final, get_type_hints

from sqlalchemy import (
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import TABLES, ActorRole, Change, Product, column_names

__all__ = ["CHILDREN", "MAIN", "META", "METADATA", "ChildTable", "MainTable"]

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

_TARGETS: Final = {
    ("sites", "operators"): "actors",
    ("site_status", "site_id"): "sites",
    ("site_status", "citation_id"): "citations",
    ("events", "actors"): "actors",
    ("events", "sites"): "sites",
    ("events", "related"): "events",
    ("actors", "parent"): "actors",
    ("citations", "source_id"): "sources",
    ("places", "source_id"): "sources",
}
_INDEXED: Final = {("locations", "record_id"), ("citations", "record_id"), ("changes", "record_id")}
_LIMITS: Final = {"lat": 90, "lon": 180}


@dataclass(frozen=True, slots=True)
class MainTable:
    """The table of one record type.

    Parameters
    ----------
    record_type
        One of `dashboard.domain.records.TABLES`.
    table
        Its table.
    dates
        Columns that hold EDTF text and have ``…_earliest`` and ``…_latest`` beside them.
    optional
        References that may be absent: NULL here, the empty text in the record.
    """

    record_type: type[Any]
    table: Table
    dates: tuple[str, ...]
    optional: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChildTable:
    """The table of one list column.

    Parameters
    ----------
    owner
        Name of the table whose records have the list.
    column
        Name of the list in the record.
    item_type
        Type of the items: `str`, `Product` or `ActorRole`.
    values
        Columns that make an item, in the order of its fields.
    table
        Its table.
    """

    owner: str
    column: str
    item_type: type[Any]
    values: tuple[str, ...]
    table: Table


def _reference(owner: str, column: str, name: str, *, nullable: bool = False) -> Column[Any]:
    target = _TARGETS[owner, column]
    return Column(name, String, ForeignKey(f"{target}.id"), nullable=nullable, index=True)


def _main_columns(name: str, record_type: type[Any]) -> list[Column[Any]]:
    hints = get_type_hints(record_type)
    columns: list[Column[Any]] = []
    if record_type is Change:
        columns.append(Column("sequence", Integer, primary_key=True, autoincrement=True))
    for field in column_names(record_type):
        hint = hints[field]
        if field == "id":
            columns.append(Column("id", String, primary_key=True))
        elif (name, field) in _TARGETS and hint is str:
            columns.append(_reference(name, field, field, nullable=_is_optional(record_type, field)))
        elif hint is str:
            columns.append(Column(field, Text, nullable=False, index=(name, field) in _INDEXED or None))
        elif hint is UncertainDate:
            columns.append(Column(field, Text, nullable=False))
            columns += [Column(f"{field}_{end}", Integer, nullable=False) for end in ("earliest", "latest")]
        elif hint == float | None:
            columns.append(Column(field, Double, nullable=True))
        elif hint == int | None:
            columns.append(Column(field, Integer, nullable=True))
    return columns


def _is_optional(record_type: type[Any], field: str) -> bool:
    return bool(record_type.__dataclass_fields__[field].default == "")


def _main(name: str, record_type: type[Any]) -> MainTable:
    columns = _main_columns(name, record_type)
    names = {column.name for column in columns}
    # The last guard against a point that empties the map; NaN fails it in PostgreSQL and is NULL in SQLite.
    checks = [
        CheckConstraint(f"{field} BETWEEN -{limit} AND {limit}", name=field)
        for field, limit in _LIMITS.items()
        if field in names
    ]
    hints = get_type_hints(record_type)
    return MainTable(
        record_type,
        Table(name, METADATA, *columns, *checks),
        tuple(f for f in column_names(record_type) if hints[f] is UncertainDate),
        tuple(c.name for c in columns if c.foreign_keys and c.nullable),
    )


_ITEMS: Final[dict[Any, type[Any]]] = {
    tuple[str, ...]: str,
    tuple[Product, ...]: Product,
    tuple[ActorRole, ...]: ActorRole,
}


def _children(owner: str, record_type: type[Any]) -> list[ChildTable]:
    hints = get_type_hints(record_type)
    return [
        _child(owner, column, _ITEMS[hints[column]])
        for column in column_names(record_type)
        if hints[column] in _ITEMS
    ]


def _child(owner: str, column: str, item_type: type[Any]) -> ChildTable:
    if item_type is Product:
        values = [
            Column("category", Text, nullable=False),
            Column("designation", Text, nullable=False),
        ]
    elif item_type is ActorRole:
        values = [_reference(owner, column, "actor_id"), Column("role", Text, nullable=False)]
    elif (owner, column) in _TARGETS:
        values = [_reference(owner, column, "target_id")]
    else:
        values = [Column("item", Text, nullable=False)]
    table = Table(
        f"{owner}_{column}",
        METADATA,
        Column("owner_id", String, ForeignKey(f"{owner}.id", ondelete="CASCADE"), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        *values,
    )
    return ChildTable(owner, column, item_type, tuple(v.name for v in values), table)


MAIN: Final = {name: _main(name, record_type) for name, record_type in TABLES.items()}
"""Main tables by name."""

CHILDREN: Final = {name: tuple(_children(name, record_type)) for name, record_type in TABLES.items()}
"""Tables of lists by the name of the table they belong to."""

META: Final = Table(
    "meta",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the database knows of itself: its data version and the package it was seeded from."""
