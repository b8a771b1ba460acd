"""Whether a database is what it says it is: the file whole, records and audit trail unedited from outside."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text

from dashboard.domain.points import broken_points
from dashboard.domain.records import Location, Place
from dashboard.store.database.engine import reading
from dashboard.store.database.sqlite import damage
from dashboard.store.records.rows import load
from dashboard.store.store import Store
from dashboard.store.trail.anchor import anchored_heads

__all__ = ["verify"]

_MOST: Final = 20


def verify(store: Store, anchor: Path | None) -> list[str]:
    """Look for damage and for tampering.

    Parameters
    ----------
    store
        The store.
    anchor
        File that the head of the audit trail was written to; None when there is none.

    Returns
    -------
    list of str
        What is wrong, one sentence each; empty when all is well.

    Raises
    ------
    StoreError
        If the database fails, or the anchor file cannot be read.
    """
    return [*_damage(store.engine), *_points(store.engine), *_trail(store, anchor)]


def _damage(engine: Engine) -> Iterator[str]:
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL checks its pages itself when it was made with checksums
    with reading(engine, thorough=True) as connection:
        for found in damage(connection, "integrity_check", _MOST):
            yield f"the file is damaged: {found}"
        for row in connection.execute(text("PRAGMA foreign_key_check")).fetchmany(_MOST):
            yield f"row {row[1]} of {row[0]} names something in {row[2]} that is not there"


def _points(engine: Engine) -> Iterator[str]:
    with reading(engine, thorough=True) as connection:
        tables = {name: load(connection, name) for name in (Location.table, Place.table)}
    for one in broken_points(tables):
        yield f"{one.sentence}. It is not drawn: correct it on the Edit page or in an export"


def _trail(store: Store, anchor: Path | None) -> Iterator[str]:
    heads = anchored_heads(anchor) if anchor is not None else ()
    yield from store.trail.verify(heads[-1] if heads else None)
    for head in heads[:-1]:
        entries = store.trail.list(limit=1, before=head.sequence + 1)
        if not entries or (entries[0].sequence, entries[0].hash) != (head.sequence, head.hash):
            yield f"entry {head.sequence} is not the one that was written down outside at {head.at}"
