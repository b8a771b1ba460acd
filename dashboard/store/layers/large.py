"""A large layer: rows that no process holds at once, in files or in a table, and what is known of them.

Its folder holds ``layer.json`` and a folder named by the version of the rows: what the groups of rows reach
over, and the counts that a map begins with, a few megabytes for any number of rows. Whoever still reads a
version that was replaced finds it gone and never the files of another. Rows are read by window, never whole.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.errors import LayerError
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.reach import Window

__all__ = [
    "COUNTED_COLUMNS",
    "Found",
    "LargeLayer",
    "Sight",
    "StoredCounts",
    "WindowedRows",
    "list_large_layers",
    "read_large_layer",
]

COUNTED_COLUMNS: Final = ("lon", "lat", "first", "last", "kind")
"""What is counted of a row."""


ABOUT: Final = "layer.json"
COUNTS_FILE: Final = "counts.parquet"
NEAR_FILE: Final = "near.parquet"
REACH_FILE: Final = "reach.parquet"
ROWS_FOLDER: Final = "rows"
FORMAT: Final = 2

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sight:
    """How somebody sees points who may not see them exactly.

    Parameters
    ----------
    cell
        Degrees of the grid that points are put on.
    place
        Gives longitudes and latitudes as they are seen.
    """

    cell: float
    place: Callable[[Points, Points], tuple[Points, Points]]


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
            How whoever asks sees points: where they are seen, not where they are, decides what lies in the
            window. None for those who see them exactly.

        Returns
        -------
        Found
            The rows as they are stored.
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
    return tuple(read_large_layer(one.parent) for one in sorted(folder.glob(f"[!.]*/{ABOUT}")))


_ABOUT_NAMES: Final = (
    "id", "title", "colour", "licence", "citation", "preset", "mapping", "file_name", "sha256",
)  # fmt: skip
