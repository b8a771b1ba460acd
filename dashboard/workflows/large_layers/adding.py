"""Large layers: put together from partitions, replaced and removed.

A partition at a time is all that is held. A layer is there when its folder says so, which is written after
everything else and before the one that it replaces is taken away.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine

from dashboard.errors import BulkError, LayerError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.layers.ids import IDS_ENDING
from dashboard.store.layers.in_files import RowsInFiles
from dashboard.store.layers.in_table import RowsInTable, drop_table, fill_table, is_table, table_of
from dashboard.store.layers.large import (
    FORMAT,
    IDS_FOLDER,
    REACH_FILE,
    ROWS_FOLDER,
    LargeLayer,
    WindowedRows,
    read_large_layer,
    table_named,
)
from dashboard.workflows.large_layers.dealing import Workers, deal_by_time
from dashboard.workflows.large_layers.kept_counts import LayerCounting
from dashboard.workflows.large_layers.leftovers import (
    drop_leftovers,
    mark_of,
    note_table,
    remove_unfinished,
)
from dashboard.workflows.large_layers.lists import keep_lists
from dashboard.workflows.large_layers.partitions import COUNTS_ENDING, REACH_ENDING, convert_partitions
from dashboard.workflows.views.datasets import LAYER

if TYPE_CHECKING:
    from dashboard.store.layers.layer import LayerAbout

__all__ = ["large_layer_before", "map_layer", "put_large_layer", "remove_large_layer", "rows_of_large"]

_NAME_DATABASE: Final = "a database holds its rows: name it by --db"
_NO_SERVER: Final = "only PostgreSQL takes the rows of a large layer: leave them in files"
_PARTS: Final = "parts"
_DEALT: Final = "dealt"


def put_large_layer(  # noqa: PLR0913  # what, of what, where to, by whom, for whom
    about: "LayerAbout",
    source: Path,
    layers: Path,
    *,
    workers: Workers | None = None,
    engine: Engine | None = None,
    into_table: bool = False,
    cells: frozenset[float] = frozenset(),
) -> LargeLayer:
    """Make a large layer of partitions among others, in place of the one of its name if there is any.

    Parameters
    ----------
    about
        What is known of it.
    source
        Folder with ``*.parquet`` with the columns of ``LAYER_ROWS``.
    layers
        Folder of all large layers. What an interrupted run has made there is gone on with.
    workers
        Who converts the partitions.
    engine
        Engine of the database that shall hold the rows, or holds those of the layer before; None for none.
        Tables that interrupted runs for this layer left there go.
    into_table
        Whether the rows go into this database, which is PostgreSQL then, and not into files.
    cells
        Degrees of the grids that somebody sees places on, who then finds words as quickly as others.

    Returns
    -------
    LargeLayer
        The layer, which a map finds from now on. The one before is shown until it stands.

    Raises
    ------
    BulkError
        If the partitions cannot be read, or hold sites or nothing that a map could show.
    LayerError
        If the folder or the database cannot be written.
    StoreError
        If the database refuses.
    """
    half, whole = layers / f".{about.id}", layers / about.id
    table_before = table_named(whole)
    if engine is None and (into_table or table_before):
        raise LayerError(about.id, _NAME_DATABASE)
    if into_table and engine is not None and engine.dialect.name != "postgresql":
        raise LayerError(about.id, _NO_SERVER)
    _go_on_or_begin(half, source)
    made = replace(_converted(about, source, half, workers or Workers()), folder=whole)
    keep_lists(half, cells, workers or Workers())
    if engine is not None and into_table:
        made = replace(made, table=table_of(about.id, made.version, mark_of(layers)))
        if not is_table(engine, made.table):
            note_table(layers, about.id, made.table, engine)
            fill_table(engine, made.table, _in_order(half / ROWS_FOLDER))
    if engine is not None and table_before not in {"", made.table}:
        note_table(layers, about.id, table_before, engine)  # nobody names it any more, if this is stopped
    _stand(half, made)
    made.save()
    if engine is not None:
        drop_leftovers(layers, about.id, engine)
    others = (one for one in whole.iterdir() if one.is_dir() and one != made.files)
    needless = (_PARTS, _DEALT, *([ROWS_FOLDER, IDS_FOLDER] if made.table else []))
    for gone in (*others, *(made.files / name for name in needless)):
        shutil.rmtree(gone, ignore_errors=True)
    return made


def large_layer_before(layers: Path, layer_id: str) -> LargeLayer | None:
    """Give the layer that a new one of its name would replace.

    Parameters
    ----------
    layers
        Folder of all large layers.
    layer_id
        Short name of the layer.

    Returns
    -------
    LargeLayer or None
        None also for one that cannot be read: adding it again mends it.
    """
    try:
        return read_large_layer(layers / layer_id)
    except LayerError:
        return None


def _converted(about: "LayerAbout", source: Path, folder: Path, workers: Workers) -> LargeLayer:
    rows, parts, dealt = folder / ROWS_FOLDER, folder / _PARTS, folder / _DEALT
    deal_by_time(source, dealt, workers)
    done = convert_partitions(dealt, rows, beside=parts, workers=workers)
    reach, digest = _joined_reach(rows, parts)
    shown = int(np.sum(reach.column("shown").to_numpy()))
    if not shown:
        raise BulkError(f"{source} holds no event with a point and a date: there is nothing to show")
    # What sorting took is given back before counting takes as much.
    pa.default_memory_pool().release_unused()
    counting = LayerCounting()
    for path in _beside(rows, parts, COUNTS_ENDING):
        counting.add(pq.read_table(path))
    cell, months, near_cell = counting.write(folder)
    pq.write_table(reach, folder / REACH_FILE)
    _keep_ids(rows, parts, folder / IDS_FOLDER)
    version = sha256(f"{FORMAT}\0{about.id}\0{digest}".encode()).hexdigest()[:16]
    return LargeLayer(about, folder, version, done.rows, done.placed, shown, cell, months, near_cell)


def _keep_ids(rows: Path, parts: Path, kept: Path) -> None:
    kept.mkdir(exist_ok=True)
    for path in sorted(rows.glob("*.parquet")):
        name = f"{path.name}{IDS_ENDING}"
        if not (kept / name).exists():
            if not (parts / name).exists():
                raise _begin_anew(rows, name)
            (parts / name).replace(kept / name)


def _stand(half: Path, made: LargeLayer) -> None:
    """Have the files of a version where its readers look for them."""
    aside = made.folder / f".{made.version}"
    made.folder.mkdir(exist_ok=True)
    shutil.rmtree(aside, ignore_errors=True)
    if made.files.exists():
        made.files.replace(aside)
    half.replace(made.files)


def _go_on_or_begin(half: Path, source: Path) -> None:
    """Take away what an interrupted run made of other partitions."""
    files = sorted(source.glob("*.parquet"))
    stamp = "\n".join(f"{one.name} {one.stat().st_size} {one.stat().st_mtime_ns}" for one in files)
    note = half / "made-of"
    if half.exists() and not (note.exists() and note.read_text(encoding="utf-8") == stamp):
        shutil.rmtree(half)
    half.mkdir(parents=True, exist_ok=True)
    note.write_text(stamp, encoding="utf-8")


def remove_large_layer(layer: LargeLayer, engine: Engine) -> None:
    """Take a large layer away, with its rows and for good.

    Parameters
    ----------
    layer
        The layer.
    engine
        Engine of the database, which holds the rows of some.
    """
    if layer.table:
        drop_table(engine, layer.table)
    shutil.rmtree(layer.folder)
    remove_unfinished(layer.folder.parent, layer.id, engine)


def rows_of_large(layer: LargeLayer, engine: Engine | None = None) -> WindowedRows:
    """Give the rows of a large layer, wherever they lie.

    Parameters
    ----------
    layer
        The layer.
    engine
        Engine of the database, which holds the rows of some; None where there is none.

    Returns
    -------
    WindowedRows
        Nothing is read yet.

    Raises
    ------
    LayerError
        If a database holds them and there is none.
    """
    if not layer.table:
        return RowsInFiles(layer)
    if engine is None:
        raise LayerError(layer.id, _NAME_DATABASE)
    return RowsInTable(layer, engine)


def map_layer(layer: LargeLayer) -> str:
    """Name a large layer on the map.

    Parameters
    ----------
    layer
        The layer.

    Returns
    -------
    str
        As `dashboard.workflows.views.datasets.Dataset` names one.
    """
    return LAYER + layer.id


def _joined_reach(rows: Path, parts: Path) -> tuple[pa.Table, str]:
    tables = [pq.read_table(path) for path in _beside(rows, parts, REACH_ENDING)]
    names = [(table.schema.metadata or {}).get(b"digest", b"") for table in tables]
    joined = pa.concat_tables([table.replace_schema_metadata(None) for table in tables])
    return joined, sha256(b"\0".join(names)).hexdigest()


def _beside(rows: Path, parts: Path, ending: str) -> list[Path]:
    found = [parts / f"{path.name}{ending}" for path in sorted(rows.glob("*.parquet"))]
    missing = next((path for path in found if not path.exists()), None)
    if missing is not None:
        raise _begin_anew(rows, missing.name)
    return found


def _begin_anew(rows: Path, missing: str) -> BulkError:
    return BulkError(f"{rows} was written without {missing}: remove {rows.parent} and begin anew")


def _in_order(rows: Path) -> Iterator[pa.RecordBatch]:
    for path in sorted(rows.glob("*.parquet")):
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                yield from file.read_row_group(group, columns=LAYER_ROWS.names).to_batches()
