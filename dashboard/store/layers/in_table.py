"""Rows of a large layer in a table of PostgreSQL, read by window.

Rows come in the order in which they shall lie, so that what is near on Earth shares pages; one index finds
points in a box, another the days. It belongs to no migration: it is made with its layer and goes with it.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection, Engine, inspect, text

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.errors import LayerError
from dashboard.store.database.engine import reading, writing
from dashboard.store.layers.beside import Beside
from dashboard.store.layers.choice import Asked
from dashboard.store.layers.ids import hashes_of
from dashboard.store.layers.large import COUNTED_COLUMNS, Found, LargeLayer
from dashboard.store.layers.listed import Numbers
from dashboard.store.layers.reach import Window
from dashboard.store.layers.rows import ROW_TYPES, csv_of, driver_cursor, storable

__all__ = ["RowsInTable", "drop_table", "fill_table", "half_of", "is_half", "is_table", "table_of"]

_PIECE: Final = 2_000_000  # bytes
_ROWS_AT_ONCE: Final = 10_000
_PLACED: Final = "dated AND lat IS NOT NULL"
_HASH: Final = "id_hash"
_HALF: Final = re.compile(r"large_[a-z0-9_]+_[0-9a-f]{12}_half")
_SQL_TYPES: Final = {
    pa.int32(): "integer",
    pa.float64(): "double precision",
    pa.bool_(): "boolean",
    pa.string(): "text",
}
_READ_TYPES: Final = {**ROW_TYPES, "key": pa.int64()}


def table_of(layer_id: str, version: str, mark: str) -> str:
    """Name the table of a large layer.

    Parameters
    ----------
    layer_id
        Short name of the layer.
    version
        Name of its rows.
    mark
        Letters and digits that no other atlas has: another one may keep the same rows in the same database.

    Returns
    -------
    str
        Letters, digits and underscores only.
    """
    return f"large_{layer_id.replace('-', '_')[:20]}_{mark[:12]}_{version[:12]}"


def half_of(table: str) -> str:
    """Name the table of a large layer while it is filled.

    Parameters
    ----------
    table
        What `table_of` gave.

    Returns
    -------
    str
        Its name until it is whole.
    """
    return f"{table}_half"


def is_half(table: str) -> bool:
    """Say whether a name is that of the table of a large layer while it is filled.

    Parameters
    ----------
    table
        Any name of a table.

    Returns
    -------
    bool
        Whether `half_of` gives such names.
    """
    return _HALF.fullmatch(table) is not None


def is_table(engine: Engine, table: str) -> bool:
    """Say whether a database has the table of a large layer, whole.

    Parameters
    ----------
    engine
        Engine of the database.
    table
        What `table_of` gave.

    Returns
    -------
    bool
        Whether there is one of that name.
    """
    with reading(engine) as connection:
        return inspect(connection).has_table(table)


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
    if is_table(engine, table):
        return
    columns = ", ".join(f'"{name}" {_SQL_TYPES[kind]}' for name, kind in ROW_TYPES.items())
    half, rows = half_of(table), 0
    try:
        _do(engine, f'DROP TABLE IF EXISTS "{half}"')
        _do(engine, f'CREATE TABLE "{half}" (key bigint, {_HASH} bigint, {columns})')
        for batch in batches:
            with writing(engine, thorough=True) as connection:
                _copy(connection, half, batch, rows)
            rows += batch.num_rows
        _do(engine, f'CREATE INDEX ON "{half}" USING gist (point(lon, lat)) WHERE {_PLACED}')
        _do(engine, f'CREATE INDEX ON "{half}" USING brin (first, last)', f'CREATE INDEX ON "{half}" (key)')
        _do(engine, f'CREATE INDEX ON "{half}" ({_HASH})')
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
        self.beside = Beside(layer)
        """What lies beside the server."""

    def window(self, asked: Asked, columns: Sequence[str], most: int) -> Found:
        """Read what a window holds.

        Parameters
        ----------
        asked
            What is asked for.
        columns
            Which columns.
        most
            Most rows to give; all are counted.

        Returns
        -------
        Found
            The rows, in no order.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        if _wants_a_look(asked) and self.beside.answers(asked):
            matched = self.beside.matched(asked, most, 0)
            return Found(self.at(matched.numbers, columns), matched.total)
        with reading(self._engine, thorough=True) as connection:
            if _wants_a_look(asked):
                keys, total = self._seen(connection, asked, most)
                return Found(self._rows(connection, columns, "key = ANY(:keys)", {"keys": keys}), total)
            where, values = _where(asked)
            # Both at once: one row more than wanted says that it must be counted.
            limited = values | {"most": most + 1}
            rows = self._rows(connection, columns, f"{where} LIMIT :most", limited)
            if rows.num_rows <= most:
                return Found(rows, rows.num_rows)
            counted = text(f'SELECT count(*) FROM "{self._table}" WHERE {where}')  # noqa: S608  # our own names
            return Found(rows.slice(0, most), int(connection.scalar(counted, values) or 0))

    def stream(self, asked: Asked, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Read all that a window holds, a piece at a time.

        Parameters
        ----------
        asked
            What is asked for.
        columns
            Which columns.

        Yields
        ------
        pyarrow.Table
            Some of the rows, in no order.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        if asked.words is not None and self.beside.answers(asked):
            for numbers in self.beside.numbers(asked):
                for begin in range(0, len(numbers), _ROWS_AT_ONCE):
                    yield self.at(numbers[begin : begin + _ROWS_AT_ONCE], columns)
            return
        read = tuple(dict.fromkeys((*columns, *asked.columns)))
        with reading(self._engine, thorough=True) as connection:
            for piece in self._streamed(connection, read, *_where(asked)):
                rows = piece.take(pa.array(asked.held(piece))) if _wants_a_look(asked) else piece
                if rows.num_rows:
                    yield rows.select(list(columns))

    def at(self, numbers: Numbers, columns: Sequence[str]) -> pa.Table:
        """Read rows by their numbers.

        Parameters
        ----------
        numbers
            Their numbers among all rows, which are their keys here.
        columns
            Which columns.

        Returns
        -------
        pyarrow.Table
            The rows, in no order.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        with reading(self._engine, thorough=True) as connection:
            return self._rows(connection, columns, "key = ANY(:keys)", {"keys": numbers.tolist()})

    def record(self, hashed: int, columns: Sequence[str], most: int) -> pa.Table:
        """Read the rows whose id has a hash, with or without a point.

        Parameters
        ----------
        hashed
            As `dashboard.store.layers.ids.hash_of` gives it.
        columns
            Which columns.
        most
            Most rows to give.

        Returns
        -------
        pyarrow.Table
            The rows, in the order in which they lie.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        values = {"hash": _signed(np.array([hashed], dtype="uint64")).tolist()[0], "most": most}
        with reading(self._engine) as connection:
            return self._rows(connection, columns, f"{_HASH} = :hash ORDER BY key LIMIT :most", values)

    def between(self, begin: int, end: int, columns: Sequence[str]) -> pa.Table:
        """Read rows that lie one after the other, with or without a point.

        Parameters
        ----------
        begin, end
            Number of the first among all rows, and of the first that is not wanted.
        columns
            Which columns.

        Returns
        -------
        pyarrow.Table
            The rows in their order.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        with reading(self._engine, thorough=True) as connection:
            values = {"begin": begin, "end": end}
            return self._rows(connection, columns, "key >= :begin AND key < :end ORDER BY key", values)

    def count(self) -> int:
        """Count the rows.

        Returns
        -------
        int
            How many the table has; 0 where it is gone.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        if not is_table(self._engine, self._table):
            return 0
        with reading(self._engine, thorough=True) as connection:
            asked = text(f'SELECT count(*) FROM "{self._table}"')  # noqa: S608  # as above
            return int(connection.execute(asked).scalar_one())

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

    def _seen(self, connection: Connection, asked: Asked, most: int) -> tuple[list[int], int]:
        total = 0
        keys: list[int] = []
        for piece in self._streamed(connection, ("key", *asked.columns), *_where(asked)):
            held = asked.held(piece)
            total += len(held)
            keys += piece.column("key").to_numpy()[held][: most - len(keys)].tolist()
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
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types={name: _READ_TYPES[name] for name in columns},
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
        ),
    )


def _wants_a_look(asked: Asked) -> bool:
    """Whether SQL finds too many: where points are seen decides, an area that is no box, or words."""
    inside = asked.choice is not None and asked.choice.inside is not None
    return asked.sight is not None or asked.words is not None or inside


def _where(asked: Asked) -> tuple[str, dict[str, Any]]:
    where, values = [_PLACED], dict[str, Any]()
    for number, window in enumerate(asked.windows):
        _within(window, f"_{number}", where, values)
    for name in asked.choice.columns if asked.choice else ():
        where.append(f'"{name}" = ANY(:{name})')
        values[name] = list(asked.choice.kinds if name == "kind" else asked.choice.countries)  # type: ignore[union-attr]  # it names columns
    return " AND ".join(where), values


def _within(window: Window, mark: str, where: list[str], values: dict[str, Any]) -> None:
    boxes: list[str] = []
    south, north = f":south{mark}", f":north{mark}"
    values |= {f"south{mark}": window.south, f"north{mark}": window.north}
    for number, (west, east) in enumerate(window.stretches):
        sides = (f"west{number}{mark}", f"east{number}{mark}")
        values |= dict(zip(sides, (west, east), strict=True))
        box = f"box(point(:{sides[0]}, {south}), point(:{sides[1]}, {north}))"
        # The index asks with a hair's tolerance; the comparison decides.
        boxes.append(
            f"(point(lon, lat) <@ {box} AND lon BETWEEN :{sides[0]} AND :{sides[1]}"
            f" AND lat BETWEEN {south} AND {north})"
        )
    where.append(f"({' OR '.join(boxes)})")
    if window.last != DAY_FUTURE:
        where.append(f"first <= :until{mark}")
        values[f"until{mark}"] = window.last
    if window.first != DAY_PAST:
        where.append(f"last >= :since{mark}")
        values[f"since{mark}"] = window.first


def _signed(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    return hashes.view("int64")


def _copy(connection: Connection, table: str, batch: pa.RecordBatch, start: int) -> None:
    keys = pa.array(np.arange(start, start + batch.num_rows, dtype="int64"))
    hashes = pa.array(_signed(hashes_of(batch.column("external_id"))))
    columns = [storable(batch.column(name).cast(kind)) for name, kind in ROW_TYPES.items()]
    written = ("key", _HASH, *ROW_TYPES)
    names = ", ".join(f'"{name}"' for name in written)
    piece = pa.RecordBatch.from_arrays([keys, hashes, *columns], list(written))
    statement = f'COPY "{table}" ({names}) FROM STDIN (FORMAT csv)'
    with driver_cursor(connection) as cursor, cursor.copy(statement) as copy:
        copy.write(csv_of(piece))
