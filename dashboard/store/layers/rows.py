"""Rows of imported layers, written and read in whole columns: no object is made of a row.

A piece of an import is written in a transaction of its own, under a number that nobody reads yet, so that
other writers get their turn between two pieces.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sqlalchemy import Connection, Engine, delete, func, select
from sqlalchemy.exc import OperationalError

from dashboard.store.database.engine import reading, writing
from dashboard.store.layers.tables import LAYER_ROWS, ROW_COLUMNS, keys_of

__all__ = [
    "ROW_TYPES",
    "Stage",
    "csv_of",
    "delete_rows",
    "digests_of",
    "driver_cursor",
    "read_rows",
    "rows_of",
    "storable",
]

PIECE: Final = 25_000
"""Rows that are written or read at once: a fraction of a second, and some tens of megabytes."""

_DELETED_AT_ONCE: Final = 25_000
_CACHE_KIB: Final = 131_072
_USUAL_CACHE_KIB: Final = 2_000
_SEPARATOR: Final = "\x1f"
_INTEGERS: Final = frozenset({"row", "first", "last", "precision_m"})
_NUMBERS: Final = frozenset({"lat", "lon"})

ROW_TYPES: Final[dict[str, pa.DataType]] = {
    name: pa.int32()
    if name in _INTEGERS
    else pa.float64()
    if name in _NUMBERS
    else pa.bool_()
    if name == "dated"
    else pa.string()
    for name in ROW_COLUMNS
}
"""Arrow type of each column."""

_STORED_TYPES: Final = {"key": pa.int64(), "digest": pa.int64(), **ROW_TYPES}


class Stage:
    """One import while its rows are put in.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    number
        Number of the import, which nobody reads yet.
    """

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine = engine
        self._next = keys_of(number).start
        self._hash = hashlib.sha256()
        self._said: list[pa.RecordBatch] = []
        self.rows = 0
        """Rows put in so far."""

    @property
    def version(self) -> str:
        """Name of exactly these rows in this order, wherever in the file they stood."""
        return self._hash.hexdigest()[:16]

    def digests(self) -> pa.Table:
        """Give what the records put in say, without reading them again.

        Returns
        -------
        pyarrow.Table
            As of `digests_of`.
        """
        return _summed(self._said)

    def add(self, batch: pa.RecordBatch) -> Iterator[int]:
        """Put rows in, piece by piece.

        Parameters
        ----------
        batch
            Rows with all of `ROW_COLUMNS`.

        Yields
        ------
        int
            Rows put in so far, after each piece.
        """
        for start in range(0, batch.num_rows, PIECE):
            piece = _prepared(batch.slice(start, PIECE), self._next)
            self._hash.update(piece.column("digest").to_numpy().tobytes())
            self._said.append(piece.select(["external_id", "digest"]))
            with writing(self._engine, thorough=True) as connection:
                _insert(connection, piece)
            self._next += piece.num_rows
            self.rows += piece.num_rows
            yield self.rows


def _prepared(rows: pa.RecordBatch, first_key: int) -> pa.RecordBatch:
    columns = [storable(rows.column(name).cast(ROW_TYPES[name])) for name in ROW_COLUMNS]
    keys = pa.array(np.arange(first_key, first_key + rows.num_rows, dtype="int64"))
    digests = pa.array(_digests(columns))
    return pa.RecordBatch.from_arrays([keys, digests, *columns], list(_STORED_TYPES))


def storable(column: pa.Array) -> pa.Array:
    """Take NUL out of texts, which PostgreSQL keeps in none.

    Parameters
    ----------
    column
        A column of a piece of rows.

    Returns
    -------
    pyarrow.Array
        The very same one when there is none; texts without nulls.
    """
    if column.type != pa.string():
        return column
    if column.null_count:
        column = column.fill_null("")
    data = column.buffers()[2]
    if data is None or b"\0" not in memoryview(data).tobytes():
        return column
    return pc.replace_substring(column, "\0", "")


def _digests(columns: Sequence[pa.Array]) -> npt.NDArray[np.int64]:
    # Not of the line number: a line put in above would change every row below.
    texts = [column.cast(pa.string()).fill_null("") for column in columns[1:]]
    joined = pc.binary_join_element_wise(*texts, _SEPARATOR)
    hashed = (hashlib.blake2b(text, digest_size=8).digest() for text in joined.cast(pa.binary()).to_pylist())
    return np.frombuffer(b"".join(hashed), dtype="<i8").astype("int64")


def _insert(connection: Connection, piece: pa.RecordBatch) -> None:
    names = ", ".join(f'"{name}"' for name in piece.schema.names)
    if connection.dialect.name == "postgresql":
        statement = f"COPY layer_rows ({names}) FROM STDIN (FORMAT csv)"
        with driver_cursor(connection) as cursor, cursor.copy(statement) as copy:
            copy.write(csv_of(piece))
        return
    # Ids come in no order: the index is made without reading its pages again and again.
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")
    places = ", ".join("?" * piece.num_columns)
    values = [column.to_numpy(zero_copy_only=False).tolist() for column in piece.columns]
    for name in _NUMBERS:
        place = piece.schema.get_field_index(name)
        values[place] = piece.column(place).to_pylist()  # None and not NaN
    connection.exec_driver_sql(
        f"INSERT INTO layer_rows ({names}) VALUES ({places})",  # noqa: S608  # names of our columns
        list(zip(*values, strict=True)),
    )
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_USUAL_CACHE_KIB}")


def csv_of(piece: pa.RecordBatch) -> bytes:
    """Write rows as PostgreSQL's ``COPY`` takes them.

    Parameters
    ----------
    piece
        The rows.

    Returns
    -------
    bytes
        CSV without a header.
    """
    # Every value in quotes: an empty text is one, and nothing at all is NULL.
    written = io.BytesIO()
    csv.write_csv(piece, written, csv.WriteOptions(include_header=False, quoting_style="all_valid"))
    return written.getvalue()


def read_rows(
    engine: Engine, number: int, columns: Sequence[str] = ROW_COLUMNS, *, piece: int = PIECE
) -> Iterator[pa.RecordBatch]:
    """Read the rows of an import, in the order of its file.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    number
        Number of the import.
    columns
        Which columns.
    piece
        Rows at once.

    Yields
    ------
    pyarrow.RecordBatch
        Rows; no transaction is open between two of them.
    """
    keys = keys_of(number)
    with reading(engine, single=True) as connection:
        last = connection.scalar(
            select(func.max(LAYER_ROWS.c.key)).where(
                LAYER_ROWS.c.key >= keys.start, LAYER_ROWS.c.key < keys.stop
            )
        )
    for start in range(keys.start, (last if last is not None else keys.start - 1) + 1, piece):
        with reading(engine, thorough=True) as connection:
            yield _fetched(connection, columns, f"key >= {start} AND key < {start + piece} ORDER BY key")


def rows_of(engine: Engine, number: int, external_ids: Sequence[str]) -> pa.RecordBatch:
    """Read the rows of single records.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    number
        Number of the import.
    external_ids
        Ids of the records.

    Returns
    -------
    pyarrow.RecordBatch
        Their rows, in the order of the file.
    """
    keys = keys_of(number)
    chosen = [LAYER_ROWS.c[name] for name in ROW_COLUMNS]
    rows = (
        select(*chosen)
        .where(
            LAYER_ROWS.c.external_id.in_(external_ids),
            LAYER_ROWS.c.key >= keys.start,
            LAYER_ROWS.c.key < keys.stop,
        )
        .order_by(LAYER_ROWS.c.key)
    )
    with reading(engine) as connection:
        found = connection.execute(rows).all()
    return _batch(ROW_COLUMNS, [tuple(row) for row in found])


def digests_of(engine: Engine, number: int) -> pa.Table:
    """Read what the records of an import say, as one number each.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    number
        Number of the import; 0 for none.

    Returns
    -------
    pyarrow.Table
        ``external_id`` and ``digest``, a sum over the rows of the record, modulo 2**64.
    """
    return _summed(list(read_rows(engine, number, ("external_id", "digest"))) if number else [])


def _summed(batches: Sequence[pa.RecordBatch]) -> pa.Table:
    schema = pa.schema([("external_id", pa.string()), ("digest", pa.int64())])
    table = pa.Table.from_batches(batches, schema)
    grouped = table.group_by("external_id").aggregate([("digest", "sum")])
    return grouped.rename_columns({"digest_sum": "digest"})


def delete_rows(engine: Engine, number: int) -> None:
    """Delete the rows of an import, piece by piece.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    number
        Number of an import that nobody shows.
    """
    keys = keys_of(number)
    start = keys.start
    while True:
        with writing(engine, thorough=True) as connection:
            following = select(LAYER_ROWS.c.key).where(
                LAYER_ROWS.c.key >= start, LAYER_ROWS.c.key < keys.stop
            )
            end = connection.scalar(following.order_by(LAYER_ROWS.c.key).offset(_DELETED_AT_ONCE).limit(1))
            stop = keys.stop if end is None else end
            connection.execute(delete(LAYER_ROWS).where(LAYER_ROWS.c.key >= start, LAYER_ROWS.c.key < stop))
        if end is None:
            return
        start = end


def _fetched(connection: Connection, columns: Sequence[str], which: str) -> pa.RecordBatch:
    names = ", ".join(f'"{name}"' for name in columns)
    query = f"SELECT {names} FROM layer_rows WHERE {which}"  # noqa: S608  # names of our columns and numbers
    with driver_cursor(connection) as cursor:
        return _batch(columns, cursor.execute(query).fetchall())


@contextmanager
def driver_cursor(connection: Connection) -> Iterator[Any]:
    """Give the driver's own cursor: a million rows are no place for a wrapper around each.

    Parameters
    ----------
    connection
        A connection with an open transaction.

    Yields
    ------
    Any
        The cursor.
    """
    driver: Any = connection.connection.dbapi_connection
    is_server = connection.dialect.name == "postgresql"
    cursor = driver.cursor(binary=True) if is_server else driver.cursor()
    try:
        yield cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raise OperationalError("rows of a layer", None, error) from error
    finally:
        cursor.close()


def _batch(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    schema = pa.schema([(name, _STORED_TYPES[name]) for name in columns])
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [
        _flags(column) if name == "dated" else pa.array(column, _STORED_TYPES[name])
        for name, column in zip(columns, values, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _flags(column: Sequence[bool | int]) -> pa.Array:
    # SQLite gives numbers, PostgreSQL what they mean.
    is_number = bool(column) and not isinstance(column[0], bool)
    return pa.array(column, pa.int8()).cast(pa.bool_()) if is_number else pa.array(column, pa.bool_())
