"""The tables of imported layers: what a layer is, each import into it, and its rows.

Rows are as `dashboard.importers.rows.LAYER_ROWS` has them, which a test holds. The key of a row is the number
of its import and its place in it: rows of one import lie together in the order of the file, and an import
that nobody shows is known by its number alone.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, String, Table, Text

from dashboard.store.records.tables import METADATA

__all__ = ["GONE", "LAYERS", "LAYER_IMPORTS", "LAYER_ROWS", "ROW_COLUMNS", "keys_of"]

GONE: Final = -1
"""Number of the import before, once that was gone back to: there is no other before it."""

_KEY: Final = BigInteger().with_variant(
    Integer, "sqlite"
)  # SQLite takes no other type for its own row number
_WITHIN: Final = 2**32
_TYPES: Final = {
    "row": Integer,
    "first": Integer,
    "last": Integer,
    "precision_m": Integer,
    "dated": Boolean,
    "lat": Double,
    "lon": Double,
}

ROW_COLUMNS: Final = (
    "row", "external_id", "record_type", "kind", "original_kind", "name", "status", "original_status", "date",
    "date_as_written", "first", "last", "dated", "place", "country", "lat", "lon", "precision", "precision_m",
    "original_precision", "actors", "products", "source", "source_url", "notes", "extra", "flags",
)  # fmt: skip
"""Columns of a row, in order."""

LAYERS: Final = Table(
    "layers",
    METADATA,
    Column("id", String, primary_key=True),
    Column("state", Text, nullable=False),
    Column("person_id", String, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("current", Integer, nullable=False),
    Column("previous", Integer, nullable=False),
)
"""Layers, with the number of the import that is shown and of the one before: 0 for none, `GONE`."""

LAYER_IMPORTS: Final = Table(
    "layer_imports",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("layer_id", String, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("colour", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("citation", Text, nullable=False),
    Column("preset", Text, nullable=False),
    Column("mapping", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""Imports; one without a version is still being written, or was given up."""


def _column(name: str) -> Column[object]:
    return Column(name, _TYPES.get(name, Text), nullable=name in {"lat", "lon"})


LAYER_ROWS: Final = Table(
    "layer_rows",
    METADATA,
    Column("key", _KEY, primary_key=True, autoincrement=False),
    *(_column(name) for name in ROW_COLUMNS),
    Column("digest", BigInteger, nullable=False),
    Index("ix_layer_rows_external_id", "external_id", "key"),
)
"""Rows of all imports, with a digest of what each says."""


def keys_of(number: int) -> range:
    """Say which keys the rows of an import have.

    Parameters
    ----------
    number
        Number of the import.

    Returns
    -------
    range
        The keys.
    """
    return range(number * _WITHIN, (number + 1) * _WITHIN)
