"""Rows of a large layer in a table of PostgreSQL, read by window.

Rows come in the order in which they shall lie, so that what is near on Earth shares pages; one index finds
points in a box, another the days. It belongs to no migration: it is made with its layer and goes with it.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection, Engine, inspect, text

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.errors import LayerError
from dashboard.store.database.engine import reading, writing
from dashboard.store.layers.large import COUNTED_COLUMNS, Found, LargeLayer, Sight
from dashboard.store.layers.reach import Window
from dashboard.store.layers.rows import ROW_TYPES, csv_of, driver_cursor, storable

__all__ = ["RowsInTable", "drop_table", "fill_table", "table_of"]

_PIECE: Final = 2_000_000  # bytes
_PLACED: Final = "dated AND lat IS NOT NULL"
_SQL_TYPES: Final = {
    pa.int32(): "integer",
    pa.float64(): "double precision",
    pa.bool_(): "boolean",
    pa.string(): "text",
}
_READ_TYPES: Final = {**ROW_TYPES, "key": pa.int64()}


def table_of(layer_id: str, version: str) -> str:
    """Name the table of a large layer.

    Parameters
    ----------
    layer_id
        Short name of the layer.
    version
        Name of its rows.

    Returns
    -------
    str
        Letters, digits and underscores only.
    """
    return f"large_{layer_id.replace('-', '_')[:30]}_{version[:12]}"


def fill_table(engine: Engine, table: str, batches: Iterable[pa.RecordBatch]) -> None:
    """Make the table of a large layer, which is there under its name when it is whole and not before.

    Parameters
    ----------
    engine
        Engine of a PostgreSQL database.
    table
        Name of the table, as `table_of` gave it, and so of its rows; one that is there stays as it is.
    batches
        Rows in the order in which they shall lie.

    Raises
    ------
    LayerError
        If that is no PostgreSQL.
    StoreError
        If the database refuses; nothing is left of what was filled.
    """
    if engine.dialect.name != "postgresql":
        raise LayerError(table, "only PostgreSQL takes the rows of a large layer: leave them in files")
    with reading(engine) as connection:
        if inspect(connection).has_table(table):
            return
    columns = ", ".join(f'"{name}" {_SQL_TYPES[kind]}' for name, kind in ROW_TYPES.items())
    half, rows = f"{table}_half", 0
    try:
        _do(engine, f'DROP TABLE IF EXISTS "{half}"', f'CREATE TABLE "{half}" (key bigint, {columns})')
        for batch in batches:
            with writing(engine, thorough=True) as connection:
                _copy(connection, half, batch, rows)
            rows += batch.num_rows
        _do(engine, f'CREATE INDEX ON "{half}" USING gist (point(lon, lat)) WHERE {_PLACED}')
        _do(engine, f'CREATE INDEX ON "{half}" USING brin (first, last)', f'CREATE INDEX ON "{half}" (key)')
        _do(engine, f'ANALYZE "{half}"', f'ALTER TABLE "{half}" RENAME TO "{table}"')
    except BaseException:
        drop_table(engine, half)
        raise


def drop_table(engine: Engine, table: str) -> None:
    """Take the table of a large layer away.

    Parameters
    ----------
    engine
        Engine of the database.
    table
        Its name; one that is not there is no fault.
    """
    _do(engine, f'DROP TABLE IF EXISTS "{table}"')


def _do(engine: Engine, *statements: str) -> None:
    with writing(engine, thorough=True) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


class RowsInTable:
    """Rows in a table.

    Parameters
    ----------
    layer
        A large layer with a table.
    engine
        Engine of its database.
    """

    def __init__(self, layer: LargeLayer, engine: Engine) -> None:
        self._table = layer.table
        self._engine = engine

    def window(self, window: Window, columns: Sequence[str], most: int, sight: Sight | None = None) -> Found:
        """Read what a window holds.

        Parameters
        ----------
        window
            The window.
        columns
            Which columns.
        most
            Most rows to give; all are counted.
        sight
            How whoever asks sees points, as `dashboard.store.layers.large.WindowedRows` says.

        Returns
        -------
        Found
            The rows, in no order.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        with reading(self._engine, thorough=True) as connection:
            if sight is not None:
                keys, total = self._seen(connection, window, most, sight)
                return Found(self._rows(connection, columns, "key = ANY(:keys)", {"keys": keys}), total)
            where, values = _where(window)
            # Both at once: one row more than wanted says that it must be counted.
            limited = values | {"most": most + 1}
            rows = self._rows(connection, columns, f"{where} LIMIT :most", limited)
            if rows.num_rows <= most:
                return Found(rows, rows.num_rows)
            counted = text(f'SELECT count(*) FROM "{self._table}" WHERE {where}')  # noqa: S608  # our own names
            return Found(rows.slice(0, most), int(connection.scalar(counted, values) or 0))

    def shown(self) -> Iterator[pa.Table]:
        """Read what is counted of all rows that have a point and a date.

        Yields
        ------
        pyarrow.Table
            Some of them.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        with reading(self._engine, thorough=True) as connection:
            yield from self._streamed(connection, COUNTED_COLUMNS, _PLACED, {})

    def _seen(self, connection: Connection, window: Window, most: int, sight: Sight) -> tuple[list[int], int]:
        total = 0
        keys: list[int] = []
        columns = ("key", "lon", "lat", "first", "last")
        for piece in self._streamed(connection, columns, *_where(window.widened(sight.cell))):
            key, lon, lat, first, last = (piece.column(name).to_numpy() for name in columns)
            held = window.holds(*sight.place(lon, lat), first, last)
            total += int(held.sum())
            keys += key[held][: most - len(keys)].tolist()
        return keys, total

    def _streamed(
        self, connection: Connection, columns: Sequence[str], where: str, values: dict[str, Any]
    ) -> Iterator[pa.Table]:
        """Read rows without an object for each: a few million points are no place for them."""
        names = ", ".join(f'"{name}"' for name in columns)
        query = text(f'SELECT {names} FROM "{self._table}" WHERE {where}')  # noqa: S608  # as above
        asked = query.bindparams(**values).compile(connection.engine)
        held = bytearray()
        statement = f"COPY ({asked}) TO STDOUT (FORMAT csv)"
        with driver_cursor(connection) as cursor, cursor.copy(statement, asked.params) as copy:
            for line in copy:
                held += line
                if len(held) > _PIECE:
                    yield _parsed(bytes(held), columns)
                    held.clear()
        if held:
            yield _parsed(bytes(held), columns)

    def _rows(
        self,
        connection: Connection,
        columns: Sequence[str],
        where: str,
        values: dict[str, Any],
    ) -> pa.Table:
        names = ", ".join(f'"{name}"' for name in columns)
        query = text(f'SELECT {names} FROM "{self._table}" WHERE {where}')  # noqa: S608  # as above
        rows = connection.execute(query, values).all()
        found = list(zip(*rows, strict=True)) or [()] * len(columns)
        arrays = [pa.array(column, ROW_TYPES[name]) for name, column in zip(columns, found, strict=True)]
        return pa.table(dict(zip(columns, arrays, strict=True)))


def _parsed(lines: bytes, columns: Sequence[str]) -> pa.Table:
    return csv.read_csv(
        io.BytesIO(lines),
        csv.ReadOptions(use_threads=False, block_size=len(lines), column_names=list(columns)),
        convert_options=csv.ConvertOptions(column_types={name: _READ_TYPES[name] for name in columns}),
    )


def _where(window: Window) -> tuple[str, dict[str, Any]]:
    boxes: list[str] = []
    values: dict[str, Any] = {"south": window.south, "north": window.north}
    for number, (west, east) in enumerate(window.stretches):
        values |= {f"west{number}": west, f"east{number}": east}
        box = f"box(point(:west{number}, :south), point(:east{number}, :north))"
        # The index asks with a hair's tolerance; the comparison decides.
        boxes.append(
            f"(point(lon, lat) <@ {box} AND lon BETWEEN :west{number} AND :east{number}"
            " AND lat BETWEEN :south AND :north)"
        )
    where = [_PLACED, f"({' OR '.join(boxes)})"]
    if window.last != DAY_FUTURE:
        where.append("first <= :until")
        values["until"] = window.last
    if window.first != DAY_PAST:
        where.append("last >= :since")
        values["since"] = window.first
    return " AND ".join(where), values


def _copy(connection: Connection, table: str, batch: pa.RecordBatch, start: int) -> None:
    keys = pa.array(np.arange(start, start + batch.num_rows, dtype="int64"))
    columns = [storable(batch.column(name).cast(kind)) for name, kind in ROW_TYPES.items()]
    names = ", ".join(f'"{name}"' for name in ("key", *ROW_TYPES))
    piece = pa.RecordBatch.from_arrays([keys, *columns], ["key", *ROW_TYPES])
    statement = f'COPY "{table}" ({names}) FROM STDIN (FORMAT csv)'
    with driver_cursor(connection) as cursor, cursor.copy(statement) as copy:
        copy.write(csv_of(piece))
