"""What reading a table gives, what one may ask for, and how much it may hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from dashboard.confinement import Limits
from dashboard.importers.rows import RowProblem

__all__ = ["BATCH_ROWS", "GEOMETRY", "LAT", "LON", "READING", "ROW", "RawTable", "ReadOptions", "TableLimits"]

BATCH_ROWS: Final = 50_000
"""Most rows of one batch."""

ROW: Final = "__row__"
"""Column with the line of the file (the header is 1), or the number of the feature from 1."""
LON: Final = "__lon__"
"""Column with the longitude of a geographic file, null where there is none."""
LAT: Final = "__lat__"
"""Column with the latitude."""
GEOMETRY: Final = "__geometry__"
"""Column with the type of the geometry, such as ``Polygon``; empty where there is none."""

READING: Final = Limits(
    memory_bytes=2_500_000_000, cpu_s=60, wall_s=180.0, output_bytes=32_000_000, stream_bytes=4_000_000_000
)
"""What the confined process may use for one table; its memory is address space, libraries included."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person decided about reading a file; what is empty is found out, and said in the notes.

    Parameters
    ----------
    encoding
        Of a text file, such as ``cp1251``.
    delimiter
        Of a text file: ``,``, ``;``, tab or ``|``.
    sheet
        Sheet of a workbook, layer of a geographic file, or list of a JSON document.
    header
        Line of the header from 1; 0 finds it.
    crs
        Reference system of a geographic file that declares none, such as ``EPSG:3857``.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: int = 0
    crs: str = ""


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How much a table may hold; messages name the limit that was met.

    Parameters
    ----------
    text_bytes
        Length of a CSV file, which is read in pieces.
    whole_bytes
        Length of any other file, which is read as a whole.
    rows
        Rows.
    columns
        Columns.
    cell_characters
        Characters of a cell; longer ones are cut with notice.
    record_bytes
        Length of one row of a text file.
    vertices
        Corners of all geometries of a file.
    feature_vertices
        Corners of one geometry.
    problems
        Problems told one by one; further ones are counted.
    """

    text_bytes: int = 2_000_000_000
    whole_bytes: int = 200_000_000
    rows: int = 1_048_576
    columns: int = 1_000
    cell_characters: int = 32_767
    record_bytes: int = 4_000_000
    vertices: int = 1_500_000
    feature_vertices: int = 100_000
    problems: int = 10_000


@dataclass(frozen=True)
class RawTable:
    """A table as its file has it.

    Parameters
    ----------
    name
        Name of the file, a label that names no path.
    format
        What it was read as: ``csv``, ``xlsx``, ``xls``, ``ods``, ``json``, ``jsonl``, ``geojson``, ``kml``,
        ``kmz``, ``gpx``, ``gpkg``, ``shapefile``, ``flatgeobuf``, ``parquet`` or ``geoparquet``.
    columns
        Names as written, made unique.
    rows
        Rows that were read.
    batches
        Gives them anew at each call: `columns` as text as written, `ROW`, and for geographic files `LON`,
        `LAT` and `GEOMETRY`.
    sheets
        Sheets, layers or lists that could be chosen, by name; the one that was read comes first.
    notes
        Sentences about what was decided: encoding, delimiter, header, hidden sheets, reference system.
    problems
        Rows that could not be read, and cells that were changed.
    sha256
        Hash of the file.
    guesses
        Those of the notes that a person should confirm before anything is saved.
    """

    name: str
    format: str
    columns: tuple[str, ...]
    rows: int
    batches: Callable[[], Iterator[pa.RecordBatch]]
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    sha256: str = ""
    guesses: tuple[str, ...] = ()
