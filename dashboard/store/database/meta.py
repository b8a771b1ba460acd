"""What the database knows of itself: small texts by name, read and written inside a transaction."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.store.records.tables import META

__all__ = [
    "AUDIT_HEAD",
    "CONTENT_SUM",
    "DATA_VERSION",
    "DESCRIPTOR",
    "LAYERS_VERSION",
    "MODE",
    "PEOPLE_VERSION",
    "PROTECTIONS_VERSION",
    "SEED_DATA_VERSION",
    "SEED_VERSION",
    "SIGN_OUTS_VERSION",
    "count_up",
    "read_meta",
    "set_meta",
]

DATA_VERSION: Final = "data_version"
CONTENT_SUM: Final = "content_sum"
SEED_VERSION: Final = "seed_version"
SEED_DATA_VERSION: Final = "seed_data_version"
DESCRIPTOR: Final = "descriptor"
AUDIT_HEAD: Final = "audit_head"
MODE: Final = "mode"
PEOPLE_VERSION: Final = "people_version"
PROTECTIONS_VERSION: Final = "protections_version"
SIGN_OUTS_VERSION: Final = "sign_outs_version"
LAYERS_VERSION: Final = "layers_version"


def read_meta(connection: Connection, *keys: str) -> dict[str, str]:
    """Read what the database knows of itself.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    *keys
        What to read; nothing for everything.

    Returns
    -------
    dict of str to str
        Texts by name; those never set are absent.
    """
    rows = select(META.c.key, META.c.value)
    if keys:
        rows = rows.where(META.c.key.in_(keys))
    return {row.key: row.value for row in connection.execute(rows)}


def set_meta(connection: Connection, values: Mapping[str, str]) -> None:
    """Keep what the database knows of itself.

    Parameters
    ----------
    connection
        Connection inside a writing transaction.
    values
        Texts by name.
    """
    if not values:
        return
    rows = [{"key": key, "value": value} for key, value in values.items()]
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(META).values(rows)
    connection.execute(new.on_conflict_do_update(index_elements=["key"], set_={"value": new.excluded.value}))


def count_up(connection: Connection, key: str) -> int:
    """Raise a counter that others watch.

    Parameters
    ----------
    connection
        Connection inside a writing transaction.
    key
        Name of the counter.

    Returns
    -------
    int
        The new count.
    """
    number = int(read_meta(connection, key).get(key, "0")) + 1
    set_meta(connection, {key: str(number)})
    return number
