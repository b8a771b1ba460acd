"""Large layers in a backup: that they are there is written down, their rows are not within.

Files of ten million rows are made again from their partitions, and a table of as many would make every backup
of the records slow. What a restore then lacks is told by name.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from dashboard.errors import LayerError
from dashboard.store.database.engine import open_engine, reading
from dashboard.store.layers.in_table import is_half
from dashboard.store.layers.large import LargeLayer, read_large_layer

__all__ = ["LayerOutside", "missing_layers", "outside_of", "tables_outside"]


@dataclass(frozen=True, slots=True)
class LayerOutside:
    """A large layer whose rows a backup does not hold.

    Parameters
    ----------
    id, title, colour, licence, citation
        As it is registered.
    version
        Name of its rows.
    rows
        How many there are.
    table
        Table of the database that holds them; empty when they lie in files.
    """

    id: str
    title: str
    colour: str
    licence: str
    citation: str
    version: str
    rows: int
    table: str = ""

    @property
    def words(self) -> str:
        """What it is, for people."""
        where = f"in the table {self.table}" if self.table else "in files"
        return f"{self.id} ({self.rows:,} rows {where})"

    def to_dict(self) -> dict[str, Any]:
        """Give it as a manifest has it.

        Returns
        -------
        dict of str to Any
            Texts and numbers.
        """
        return asdict(self)


def outside_of(layers: Iterable[LargeLayer]) -> tuple[LayerOutside, ...]:
    """Say what of large layers a backup writes down.

    Parameters
    ----------
    layers
        The layers.

    Returns
    -------
    tuple of LayerOutside
        One for each.
    """
    return tuple(
        LayerOutside(
            one.id,
            one.about.title,
            one.about.colour,
            one.about.licence,
            one.about.citation,
            one.version,
            one.rows,
            one.table,
        )
        for one in layers
    )


def tables_outside(layers: Iterable[LayerOutside], there: Iterable[str]) -> frozenset[str]:
    """Name the tables that a backup leaves out.

    Parameters
    ----------
    layers
        What is written down.
    there
        Tables of the database.

    Returns
    -------
    frozenset of str
        Tables of these layers and those of any that are being filled: a backup that reads one would keep it
        from getting its name. No others.
    """
    named = {one.table for one in layers}
    return frozenset(one for one in there if one in named or is_half(one))


def missing_layers(layers: Iterable[LayerOutside], folder: Path, url: str) -> tuple[LayerOutside, ...]:
    """Say which layers of a backup are not there after a restore.

    Parameters
    ----------
    layers
        What the backup wrote down.
    folder
        Folder of all large layers.
    url
        Address of the restored database.

    Returns
    -------
    tuple of LayerOutside
        Those without their files, or without their table, in these rows.

    Raises
    ------
    StoreError
        If the database does not answer.
    """
    engine = open_engine(url)
    try:
        with reading(engine) as connection:
            tables = set(inspect(connection).get_table_names())
    finally:
        engine.dispose()
    return tuple(one for one in layers if not _is_there(one, folder, tables))


def _is_there(layer: LayerOutside, folder: Path, tables: set[str]) -> bool:
    try:
        found = read_large_layer(folder / layer.id)
    except LayerError:
        return False
    is_whole = found.table in tables if found.table else found.files.is_dir()
    return found.version == layer.version and is_whole
