"""Records to rows and back: one record is a row of its table and a few rows for each of its lists."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select

from dashboard.domain.cells import sort_records
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import TABLES, Change, column_names
from dashboard.store.tables import CHILDREN, MAIN, META, METADATA, ChildTable, MainTable

__all__ = ["add_changes", "load", "read_tables", "write_table", "write_tables"]


def read_tables(connection: Connection) -> dict[str, tuple[Any, ...]]:
    """Read everything.

    Parameters
    ----------
    connection
        Connection inside a transaction.

    Returns
    -------
    dict of str to tuple
        Records by table name, in file order; every table is present.
    """
    return {name: load(connection, name) for name in TABLES}


def load(connection: Connection, name: str, condition: ColumnElement[bool] | None = None) -> tuple[Any, ...]:
    """Read the records of one table.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    name
        Name of the table.
    condition
        Condition on the columns of that table; None for all rows.

    Returns
    -------
    tuple
        Records in file order.
    """
    main = MAIN[name]
    rows = select(main.table)
    if condition is not None:
        rows = rows.where(condition)
    if name == "changes":
        rows = rows.order_by(main.table.c.sequence)
    lists = {child.column: _load_lists(connection, child, condition) for child in CHILDREN[name]}
    columns = column_names(main.record_type)
    records = [_record(main, columns, row, lists) for row in connection.execute(rows).mappings().all()]
    # Sorted here and not by the database, whose collation may not be that of the files.
    return sort_records(main.record_type, records)


def write_tables(
    connection: Connection, tables: Mapping[str, Sequence[Any]], new_changes: Sequence[Change]
) -> None:
    """Replace all records but the changes, which only grow.

    Parameters
    ----------
    connection
        Connection inside a writing transaction.
    tables
        Records by table name; every table is present.
    new_changes
        Changes to add.
    """
    kept = {META.name, "changes"}
    for table in reversed(METADATA.sorted_tables):
        if table.name not in kept:
            connection.execute(delete(table))
    _insert(connection, {**tables, "changes": new_changes})


def write_table(connection: Connection, name: str, records: Sequence[Any]) -> None:
    """Replace the records of one table that no other table refers to by key.

    Parameters
    ----------
    connection
        Connection inside a writing transaction.
    name
        Name of the table.
    records
        All its records.
    """
    for child in CHILDREN[name]:
        connection.execute(delete(child.table))
    connection.execute(delete(MAIN[name].table))
    _insert(connection, {name: records})


def add_changes(connection: Connection, changes: Sequence[Change]) -> None:
    """Add to the audit trail.

    Parameters
    ----------
    connection
        Connection inside a writing transaction.
    changes
        What was changed.
    """
    _insert(connection, {"changes": changes})


def _insert(connection: Connection, tables: Mapping[str, Sequence[Any]]) -> None:
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, records in tables.items():
        rows[name] = [_main_row(name, record) for record in records]
        for child in CHILDREN[name]:
            rows[child.table.name] = [row for record in records for row in _child_rows(child, record)]
    for table in METADATA.sorted_tables:
        if rows.get(table.name):
            connection.execute(insert(table), rows[table.name])


def _load_lists(
    connection: Connection, child: ChildTable, condition: ColumnElement[bool] | None
) -> dict[str, list[Any]]:
    table = child.table
    rows = select(table.c.owner_id, *(table.c[value] for value in child.values))
    if condition is not None:
        owner = MAIN[child.owner].table
        rows = rows.where(table.c.owner_id.in_(select(owner.c.id).where(condition)))
    lists: dict[str, list[Any]] = defaultdict(list)
    for owner_id, *values in connection.execute(rows.order_by(table.c.owner_id, table.c.position)).all():
        lists[owner_id].append(child.item_type(*values))
    return lists


def _record(
    main: MainTable,
    columns: Sequence[str],
    row: RowMapping,
    lists: Mapping[str, Mapping[str, list[Any]]],
) -> Any:  # noqa: ANN401  # any record
    values: dict[str, Any] = {}
    for column in columns:
        if column in lists:
            values[column] = tuple(lists[column].get(row["id"], ()))
        elif column in main.dates:
            values[column] = UncertainDate.parse(row[column])
        elif column in main.optional:
            values[column] = row[column] or ""
        else:
            values[column] = row[column]
    return main.record_type(**values)


def _main_row(name: str, record: Any) -> dict[str, Any]:  # noqa: ANN401  # any record
    main = MAIN[name]
    lists = {child.column for child in CHILDREN[name]}
    row: dict[str, Any] = {}
    for column in column_names(main.record_type):
        value = getattr(record, column)
        if column in main.dates:
            row[column] = value.text
            row[f"{column}_earliest"] = value.bounds.first
            row[f"{column}_latest"] = value.bounds.last
        elif column in main.optional:
            row[column] = value or None
        elif column not in lists:
            row[column] = value
    return row


def _child_rows(child: ChildTable, record: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # any record
    for position, item in enumerate(getattr(record, child.column)):
        values = (
            (item,) if child.item_type is str else (getattr(item, n) for n in column_names(child.item_type))
        )
        yield {"owner_id": record.id, "position": position} | dict(zip(child.values, values, strict=True))
