"""Records to rows and back: one record is a row of its table and a few rows for each of its lists."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)

from dashboard.domain.cells import sort_records
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import TABLES, column_names
from dashboard.store.records.tables import CHILDREN, MAIN, METADATA, ChildTable, MainTable
from dashboard.store.trail.audit import RowChange

__all__ = ["load", "read_tables", "record_of", "write_rows"]


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
    lists = _load_lists(connection, name, condition)
    columns = column_names(main.record_type)
    records = [_record(main, columns, row, lists) for row in connection.execute(rows).mappings().all()]
    # Sorted here and not by the database, whose collation may not be that of the files.
    return sort_records(main.record_type, records)


def record_of(name: str, row: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any record
    """Make a record of its row, without lists.

    Parameters
    ----------
    name
        Name of a table whose records have no lists.
    row
        Values by column.

    Returns
    -------
    record
        The record.
    """
    main = MAIN[name]
    return _record(main, column_names(main.record_type), row, {})


def write_rows(connection: Connection, changes: Sequence[RowChange]) -> None:
    """Write rows of records, whatever their order and whatever they refer to among themselves.

    Parameters
    ----------
    connection
        Connection inside a writing transaction.
    changes
        Rows before and after; the changes of the audit trail are not among them.
    """
    by_table: dict[str, list[RowChange]] = defaultdict(list)
    for change in changes:
        by_table[change.table].append(change)
    # Lists refer to rows of other tables: they are the first to go and the last to come.
    for name, rows in by_table.items():
        _delete_lists(connection, name, [row for row in rows if row.old is not None])
    order = [table.name for table in METADATA.sorted_tables if table.name in by_table]
    for name in order:
        _insert_rows(connection, name, [row.new for row in by_table[name] if row.old is None])
        _update_rows(connection, name, [row for row in by_table[name] if row.old and row.new])
    for name in order:
        _insert_lists(connection, name, [row for row in by_table[name] if row.new is not None])
    for name in reversed(order):
        _delete_rows(connection, name, [row.id for row in by_table[name] if row.new is None])


def _delete_lists(connection: Connection, name: str, changes: Sequence[RowChange]) -> None:
    for child in CHILDREN[name]:
        ids = [change.id for change in changes if _list_changed(child, change)]
        if ids:
            one = delete(child.table).where(child.table.c.owner_id == bindparam("row_id"))
            connection.execute(one, [{"row_id": row_id} for row_id in ids])


def _list_changed(child: ChildTable, change: RowChange) -> bool:
    old, new = (getattr(record, child.column, ()) for record in (change.old, change.new))
    return bool(old != new)


def _insert_rows(connection: Connection, name: str, records: Sequence[Any]) -> None:
    if records:
        connection.execute(insert(MAIN[name].table), [_main_row(name, record) for record in records])


def _update_rows(connection: Connection, name: str, changes: Sequence[RowChange]) -> None:
    table = MAIN[name].table
    for change in changes:
        row = _main_row(name, change.new)
        if row != _main_row(name, change.old):
            connection.execute(update(table).where(table.c.id == row.pop("id")).values(row))


def _insert_lists(connection: Connection, name: str, changes: Sequence[RowChange]) -> None:
    for child in CHILDREN[name]:
        changed = [change.new for change in changes if _list_changed(child, change)]
        rows = [row for record in changed for row in _child_rows(child, record)]
        if rows:
            connection.execute(insert(child.table), rows)


def _delete_rows(connection: Connection, name: str, ids: Sequence[str]) -> None:
    if ids:
        table = MAIN[name].table
        one = delete(table).where(table.c.id == bindparam("row_id"))
        connection.execute(one, [{"row_id": row_id} for row_id in ids])


def _load_lists(
    connection: Connection, name: str, condition: ColumnElement[bool] | None
) -> dict[str, Mapping[str, list[Any]]]:
    """Read the lists of some records, by column and owner: all of them in one journey to the database."""
    children = CHILDREN[name]
    lists: dict[str, Mapping[str, list[Any]]] = {child.column: defaultdict(list) for child in children}
    # Of whole tables one at a time: there narrow rows weigh more than journeys.
    together = [list(children)] if children else []
    for some in [[child] for child in children] if condition is None else together:
        width = max(len(child.values) for child in some)
        parts = [_items_of(child, width, condition) for child in some]
        rows = union_all(*parts) if len(parts) > 1 else parts[0]
        items = {child.column: child for child in some}
        for column, owner_id, *values in connection.execute(rows.order_by("owner_id", "position")):
            child = items[column]
            lists[column][owner_id].append(child.item_type(*values[1 : 1 + len(child.values)]))
    return lists


def _items_of(child: ChildTable, width: int, condition: ColumnElement[bool] | None) -> Select[Any]:
    table = child.table
    values = [table.c[value].label(f"value_{number}") for number, value in enumerate(child.values)]
    missing = range(len(values), width)
    padding = [cast(null(), Text).label(f"value_{number}") for number in missing]
    kind = literal(child.column, Text).label("kind")
    rows = select(kind, table.c.owner_id, table.c.position, *values, *padding)
    if condition is None:
        return rows
    owner = MAIN[child.owner].table
    return rows.where(table.c.owner_id.in_(select(owner.c.id).where(condition)))


def _record(
    main: MainTable,
    columns: Sequence[str],
    row: Mapping[str, Any] | RowMapping,
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
