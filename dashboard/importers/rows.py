"""What an imported table becomes: rows of one shape, in columns, and the problems of single rows.

Rows are Arrow tables and never Python objects, because a dataset has a million of them. One row is a record
at one place; nothing is null but a point that the dataset does not give.
"""

from dataclasses import dataclass
from typing import Final, Literal

import pyarrow as pa

__all__ = ["LAYER_ROWS", "RowProblem", "Severity"]

Severity = Literal["refused", "warning"]

LAYER_ROWS: Final[pa.Schema] = pa.schema(
    [
        pa.field("row", pa.int32(), nullable=False),  # line of the file (the header is 1), or feature from 1
        pa.field("external_id", pa.string(), nullable=False),
        pa.field("record_type", pa.string(), nullable=False),  # site | event
        pa.field("kind", pa.string(), nullable=False),
        pa.field("original_kind", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("original_status", pa.string(), nullable=False),
        pa.field("date", pa.string(), nullable=False),  # EDTF, empty when undated
        pa.field("date_as_written", pa.string(), nullable=False),
        pa.field("first", pa.int32(), nullable=False),
        pa.field("last", pa.int32(), nullable=False),
        pa.field("dated", pa.bool_(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("lat", pa.float64()),
        pa.field("lon", pa.float64()),
        pa.field("precision", pa.string(), nullable=False),
        pa.field("precision_m", pa.int32(), nullable=False),
        pa.field("original_precision", pa.string(), nullable=False),
        pa.field("actors", pa.string(), nullable=False),  # names, "; " between
        pa.field("products", pa.string(), nullable=False),  # category codes between bars
        pa.field("source", pa.string(), nullable=False),
        pa.field("source_url", pa.string(), nullable=False),
        pa.field("notes", pa.string(), nullable=False),
        pa.field("extra", pa.string(), nullable=False),  # JSON object of the columns without a field of ours
        pa.field("flags", pa.string(), nullable=False),  # codes of checks between bars
    ]
)
"""Columns of an imported layer; no nulls but ``lat`` and ``lon``, which are null together."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one cell or one row of somebody's table.

    Parameters
    ----------
    row
        Line of the file (the header is 1), or number of the feature from 1; 0 for the whole file.
    column
        Column as the file names it; empty when it is the row.
    value
        The cell as written, cut to a readable length.
    reason
        Why it is a problem, in words.
    fix
        What to do about it; empty when nothing can be proposed.
    severity
        ``refused`` when the row is left out, ``warning`` when it is kept.
    """

    row: int
    column: str
    value: str
    reason: str
    fix: str = ""
    severity: Severity = "warning"
