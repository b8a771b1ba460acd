"""A large layer: rows that no process holds at once, in files or in a table, and what is known of them.

Its folder holds ``layer.json`` and a folder named by the version of the rows: what the groups of rows reach
over, and the counts that a map begins with, a few megabytes for any number of rows. Whoever still reads a
version that was replaced finds it gone and never the files of another. Rows are read by window, never whole.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.errors import LayerError
from dashboard.store.layers.beside import Beside
from dashboard.store.layers.choice import Asked
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.listed import Numbers

__all__ = [
    "COUNTED_COLUMNS",
    "Found",
    "LargeLayer",
    "StoredCounts",
    "WindowedRows",
    "list_large_layers",
    "read_large_layer",
    "readable_large_layers",
    "table_named",
]

COUNTED_COLUMNS: Final = ("lon", "lat", "first", "last", "kind", "country")
"""What is counted of a row."""

ABOUT: Final = "layer.json"
COUNTS_FILE: Final = "counts.parquet"
NEAR_FILE: Final = "near.parquet"
REACH_FILE: Final = "reach.parquet"
ROWS_FOLDER: Final = "rows"
IDS_FOLDER: Final = "ids"
FORMAT: Final = 3


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """What lies where and when in a large layer, as ``dashboard.workflows.large_layers.counted.COUNTS``.

    Parameters
    ----------
    layer
        Short name of the layer.
    folder
        Where the counts lie.
    cell
        Degrees of a cell in which they are counted for the whole world.
    near_cell
        Degrees of a cell in which they are counted for a view of a part of it.
    """

    layer: str
    folder: Path
    cell: float
    near_cell: float

    def far(self) -> pa.Table:
        """Read the counts of the whole world.

        Returns
        -------
        pyarrow.Table
            Counts.

        Raises
        ------
        LayerError
            If the file is missing or damaged.
        """
        return _table(self.layer, self.folder / COUNTS_FILE)

    def near(self, west: float, east: float, south: float, north: float) -> pa.Table:
        """Read the counts of a part of the world, in smaller cells.

        Parameters
        ----------
        west, east, south, north
            Numbers of columns and lines of these cells, all of them inside.

        Returns
        -------
        pyarrow.Table
            Counts.

        Raises
        ------
        LayerError
            If the file is missing or damaged.
        """
        sides = (("column", ">=", west), ("column", "<=", east), ("line", ">=", south), ("line", "<=", north))
        return _table(self.layer, self.folder / NEAR_FILE, list(sides))


@dataclass(frozen=True, slots=True)
class LargeLayer:
    """What is known of a large layer.

    Parameters
    ----------
    about
        Name, title, colour, licence, citation.
    folder
        Where it lies.
    version
        Name of its rows.
    rows
        How many there are.
    placed
        How many have a point.
    shown
        How many have a point and a date, and so a place on the map under the clock.
    cell
        Degrees of a cell in which they are counted for the whole world.
    months
        Months of a stretch of time in which they are counted.
    near_cell
        Degrees of a cell in which they are counted for a view of a part of it.
    table
        Table of the database that holds the rows; empty when they lie in GeoParquet files.
    """

    about: LayerAbout
    folder: Path
    version: str
    rows: int
    placed: int
    shown: int
    cell: float
    months: int
    near_cell: float
    table: str = ""

    @property
    def id(self) -> str:
        """Short name of the layer."""
        return self.about.id

    @property
    def files(self) -> Path:
        """Where the files of this version lie, and of no other."""
        return self.folder / self.version

    @property
    def counts(self) -> StoredCounts:
        """What lies where and when, for those who see points exactly."""
        return StoredCounts(self.id, self.files, self.cell, self.near_cell)

    def reach(self) -> pa.Table:
        """Read what the groups of rows reach over.

        Returns
        -------
        pyarrow.Table
            As `dashboard.store.layers.reach.REACH`.

        Raises
        ------
        LayerError
            If the file is missing or damaged.
        """
        return _table(self.id, self.files / REACH_FILE)

    def save(self) -> None:
        """Write what is known into the folder: with this the layer is there.

        Raises
        ------
        LayerError
            If it cannot be written.
        """
        values = {name: value for name, value in asdict(self).items() if name not in {"about", "folder"}}
        text = json.dumps({"format": FORMAT, **asdict(self.about), **values}, indent=1, ensure_ascii=False)
        half = self.folder / f".{ABOUT}"
        try:
            half.write_text(text + "\n", encoding="utf-8")
            half.replace(self.folder / ABOUT)
        except OSError as error:
            raise LayerError(self.id, f"{self.folder} cannot be written ({error.strerror})") from error


def _table(layer: str, path: Path, inside: list[tuple[str, str, float]] | None = None) -> pa.Table:
    try:
        return pq.read_table(path, filters=inside)
    except (pa.ArrowException, OSError) as error:
        raise LayerError(layer, f"{path.name} in its folder cannot be read: add the layer again") from error


@dataclass(frozen=True, slots=True)
class Found:
    """What a window holds.

    Parameters
    ----------
    rows
        Rows, at most as many as were asked for.
    total
        How many there are.
    """

    rows: pa.Table
    total: int

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than were given."""
        return self.total > len(self.rows)


class WindowedRows(Protocol):
    """Rows that are read by window, from wherever they lie."""

    beside: Beside

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
            The rows as they are stored.
        """

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
            Some of the rows as they are stored, in no order.
        """

    def at(self, numbers: Numbers, columns: Sequence[str]) -> pa.Table:
        """Read rows by their numbers.

        Parameters
        ----------
        numbers
            Their numbers among all rows, as `beside` gives them.
        columns
            Which columns.

        Returns
        -------
        pyarrow.Table
            The rows as they are stored.
        """

    def record(self, hashed: int, columns: Sequence[str], most: int) -> pa.Table:
        """Read the rows whose id has a hash, with or without a point.

        Parameters
        ----------
        hashed
            As `dashboard.store.layers.ids.hash_of` gives it; two ids may share one.
        columns
            Which columns, the id among them.
        most
            Most rows to give.

        Returns
        -------
        pyarrow.Table
            The rows as they are stored.
        """

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
        """

    def shown(self) -> Iterator[pa.Table]:
        """Read `COUNTED_COLUMNS` of all rows that have a point and a date.

        Yields
        ------
        pyarrow.Table
            Some of them, in no order.
        """


def read_large_layer(folder: Path) -> LargeLayer:
    """Read what is known of a large layer.

    Parameters
    ----------
    folder
        Its folder.

    Returns
    -------
    LargeLayer
        The layer; its rows were not touched.

    Raises
    ------
    LayerError
        If that is no large layer, or one of another release.
    """
    try:
        values: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if values.pop("format") != FORMAT:
            raise LayerError(folder.name, "it was made by another release: add the layer again")
        about = LayerAbout(**{name: values.pop(name) for name in _ABOUT_NAMES})
        return LargeLayer(about, folder, **values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LayerError(folder.name, f"{folder / ABOUT} cannot be read: add the layer again") from error


def table_named(folder: Path) -> str:
    """Give the table that a large layer names, whatever release made the layer.

    Parameters
    ----------
    folder
        Its folder, which need not be there.

    Returns
    -------
    str
        Name of the table; empty when it names none or cannot be read.
    """
    try:
        found = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(found.get("table") or "") if isinstance(found, dict) else ""


def list_large_layers(folder: Path) -> tuple[LargeLayer, ...]:
    """List the large layers in a folder of them.

    Parameters
    ----------
    folder
        Folder of folders; one that is missing holds none.

    Returns
    -------
    tuple of LargeLayer
        By folder; one that is only half there is passed over.

    Raises
    ------
    LayerError
        If one cannot be read.
    """
    return tuple(map(read_large_layer, _folders(folder)))


def readable_large_layers(folder: Path) -> tuple[LargeLayer, ...]:
    """List the large layers in a folder of them that can be read: for whoever goes on without the others.

    Parameters
    ----------
    folder
        Folder of folders; one that is missing holds none.

    Returns
    -------
    tuple of LargeLayer
        By folder; `list_large_layers` says what is wrong with the others.
    """
    found = []
    for one in _folders(folder):
        with suppress(LayerError):
            found.append(read_large_layer(one))
    return tuple(found)


def _folders(folder: Path) -> list[Path]:
    return [one.parent for one in sorted(folder.glob(f"[!.]*/{ABOUT}"))]


_ABOUT_NAMES: Final = (
    "id", "title", "colour", "licence", "citation", "preset", "mapping", "file_name", "sha256",
)  # fmt: skip
