"""What the checks found in the rows of a layer: how often, and where."""

from collections import Counter

from sqlalchemy import ColumnElement, Engine, func, select

from dashboard.store.database.engine import reading
from dashboard.store.layers.tables import LAYER_ROWS, keys_of

__all__ = ["FlaggedRow", "flag_counts", "flagged_rows"]

FlaggedRow = tuple[int, int, str, str]
"""Key, line of the file, id and name of a row."""


def flag_counts(engine: Engine, number: int) -> dict[str, int]:
    """Count the rows of an import by flag.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    number
        Number of the import.

    Returns
    -------
    dict of str to int
        Rows by code, most frequent first; a row with two flags counts for both.
    """
    flags = LAYER_ROWS.c.flags
    counted = select(flags, func.count()).where(_of(number), flags != "").group_by(flags)
    with reading(engine, thorough=True) as connection:
        found = connection.execute(counted).all()
    total: Counter[str] = Counter()
    for text, count in found:
        for code in filter(None, text.split("|")):
            total[code] += count
    return dict(sorted(total.items(), key=lambda one: (-one[1], one[0])))


def flagged_rows(
    engine: Engine, number: int, code: str, *, limit: int, after: int = -1
) -> tuple[FlaggedRow, ...]:
    """List rows with a flag, a page at a time.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    number
        Number of the import.
    code
        The flag.
    limit
        Most rows.
    after
        Key of the last row of the page before; -1 for the first page.

    Returns
    -------
    tuple of FlaggedRow
        In the order of the file.
    """
    columns = LAYER_ROWS.c
    rows = (
        select(columns.key, columns.row, columns.external_id, columns.name)
        .where(_of(number), columns.key > after, columns.flags.contains(f"|{code}|", autoescape=True))
        .order_by(columns.key)
        .limit(limit)
    )
    with reading(engine, thorough=True) as connection:
        return tuple((row.key, row.row, row.external_id, row.name) for row in connection.execute(rows))


def _of(number: int) -> ColumnElement[bool]:
    keys = keys_of(number)
    return (LAYER_ROWS.c.key >= keys.start) & (LAYER_ROWS.c.key < keys.stop)
