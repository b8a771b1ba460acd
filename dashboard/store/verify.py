"""Whether a database is what it says it is: the file whole, records and audit trail unedited from outside."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text

from dashboard.store.anchor import anchored_heads
from dashboard.store.engine import reading
from dashboard.store.store import Store

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
    return [*_damage(store.engine), *_trail(store, anchor)]


def _damage(engine: Engine) -> Iterator[str]:
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL checks its pages itself when it was made with checksums
    with reading(engine, thorough=True) as connection:
        for answer in connection.execute(text(f"PRAGMA integrity_check({_MOST})")).scalars():
            if answer != "ok":
                yield f"the file is damaged: {answer}"
        for row in connection.execute(text("PRAGMA foreign_key_check")).fetchmany(_MOST):
            yield f"row {row[1]} of {row[0]} names something in {row[2]} that is not there"


def _trail(store: Store, anchor: Path | None) -> Iterator[str]:
    heads = anchored_heads(anchor) if anchor is not None else ()
    yield from store.trail.verify(heads[-1] if heads else None)
    for head in heads[:-1]:
        entries = store.trail.list(limit=1, before=head.sequence + 1)
        if not entries or (entries[0].sequence, entries[0].hash) != (head.sequence, head.hash):
            yield f"entry {head.sequence} is not the one that was written down outside at {head.at}"
