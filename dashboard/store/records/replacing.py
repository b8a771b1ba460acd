"""Replacing all records at once, as a seeding or an import does, inside a step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.domain.cells import sort_records
from dashboard.domain.dossier import Dossier, dossiers
from dashboard.domain.records import TABLES, Change
from dashboard.errors import StoreError
from dashboard.store.database.engine import location_of
from dashboard.store.database.meta import (
    DATA_VERSION,
    DESCRIPTOR,
    SEED_DATA_VERSION,
    SEED_VERSION,
    read_meta,
    set_meta,
)
from dashboard.store.records.records import forget_deleted, keep_deleted
from dashboard.store.records.rows import read_tables
from dashboard.store.trail.audit import not_yet, row_changes
from dashboard.store.trail.recording import Step

__all__ = ["Seed", "replace_all", "seed_of"]


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


def seed_of(meta: Mapping[str, str]) -> Seed:
    """Read from what the database knows of itself which package it was filled from.

    Parameters
    ----------
    meta
        What `dashboard.store.database.meta.read_meta` gave.

    Returns
    -------
    Seed
        An empty one when there was none.
    """
    return Seed(meta.get(SEED_VERSION, ""), meta.get(SEED_DATA_VERSION, ""), meta.get(DESCRIPTOR, ""))


def replace_all(step: Step, tables: Mapping[str, Iterable[Any]], seed: Seed | None) -> dict[str, Any]:
    """Replace all records and keep what was changed.

    Parameters
    ----------
    step
        The operation.
    tables
        Records by table name, already validated; a missing table counts as empty.
    seed
        The package that the records come from, when this is a seeding.

    Returns
    -------
    dict of str to int
        How many of the changes of the step are those that this made.

    Raises
    ------
    StoreError
        If the database changed since the caller looked.
    """
    meta = read_meta(step.connection, DATA_VERSION)
    is_first = DATA_VERSION not in meta
    if seed is not None and seed.data_version != meta.get(DATA_VERSION, ""):
        message = "Somebody changed the database meanwhile. Nothing was replaced; look and try again"
        raise StoreError(message, location_of(step.connection.engine))
    before = read_tables(step.connection)
    after = {name: sort_records(cls, tables.get(name, ())) for name, cls in TABLES.items()}
    step.keep(not_yet(before[Change.table], after[Change.table]))
    rows = row_changes(before, after)
    made = step.change(rows, silent=is_first)
    if rows:
        _revise(step, dossiers(before), dossiers(after))
    step.details |= {"rows": len(rows)}
    if seed is not None:
        mark = {
            SEED_VERSION: seed.version,
            SEED_DATA_VERSION: step.data_version(),
            DESCRIPTOR: seed.descriptor,
        }
        set_meta(step.connection, mark)
    return {"made": len(made)}


def _revise(step: Step, before: Mapping[str, Dossier], after: Mapping[str, Dossier]) -> None:
    step.revise(record_id for record_id, dossier in after.items() if before.get(record_id) != dossier)
    gone = step.revise((record_id for record_id in before if record_id not in after), deleted=True)
    forget_deleted(step, [record_id for record_id in after if record_id not in before])
    for record_id, number in gone.items():
        keep_deleted(step, before[record_id], number)
