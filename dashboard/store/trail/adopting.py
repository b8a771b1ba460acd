"""Taking over a database that was written before there was a chain: its old changes get one entry.

It runs in the transaction of the migration, after all its steps, so that it always meets the tables of today.
"""

from typing import Final

from sqlalchemy import Connection, select

from dashboard.domain.cells import content_sum, version_of
from dashboard.domain.dossier import FACTS
from dashboard.domain.records import Change
from dashboard.store.database.meta import (
    CONTENT_SUM,
    DATA_VERSION,
    SEED_DATA_VERSION,
    SEED_VERSION,
    read_meta,
    set_meta,
)
from dashboard.store.records.rows import read_tables
from dashboard.store.records.tables import MAIN
from dashboard.store.trail.chain import digest_of
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import CHANGE_COLUMNS, begin

__all__ = ["adopt"]

_CHANGES: Final = MAIN[Change.table].table


def adopt(connection: Connection) -> None:
    """Give a database from before the chain its sum of content, its revisions and its first entry.

    Parameters
    ----------
    connection
        Connection inside the writing transaction of the migration; nothing is done when the database is empty
        or has all that.
    """
    meta = read_meta(connection)
    if CONTENT_SUM in meta or DATA_VERSION not in meta:
        return
    tables = read_tables(connection)
    content = content_sum(tables)
    version = version_of(content)
    marks = {CONTENT_SUM: f"{content:064x}", DATA_VERSION: version}
    if meta.get(SEED_DATA_VERSION) == meta[DATA_VERSION]:
        marks[SEED_DATA_VERSION] = version
        if meta.get(SEED_VERSION) == meta[DATA_VERSION]:
            marks[SEED_VERSION] = version
    set_meta(connection, marks)
    why = "the changes from before the audit trail was a chain"
    operation = Operation.new("arsenal-atlas", "migrated", "", why)
    step = begin(connection, operation)
    step.revise(record.id for name in FACTS for record in tables[name])
    columns = [_CHANGES.c[column] for column in CHANGE_COLUMNS]
    rows = connection.execute(select(*columns).order_by(_CHANGES.c.sequence)).all()
    step.close({}, digest_of(map(tuple, rows)))
