"""What is searched of the rows of a large layer, by whom; and the files that answer without reading them.

Who sees places on a grid searches what they are shown: names without the points that were written into them,
no words of a place that was known better, and no id that may tell a point. The name that such an id is shown
under is no word either: it means nothing, and would be found by any two letters of it.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.errors import BulkError
from dashboard.store.layers.beside import (
    ROWS_OF_WORDS,
    WHERE_ENDING,
    WHERE_FOLDER,
    WHERE_SCHEMA,
    WORDS_ENDING,
    Beside,
    save_words,
    words_folder,
    words_of,
)
from dashboard.store.layers.choice import Words
from dashboard.store.layers.large import ROWS_FOLDER, LargeLayer
from dashboard.workflows.access.audience import Audience
from dashboard.workflows.large_layers.dealing import Workers, delivered
from dashboard.workflows.layers.coarsening import coarse_rows
from dashboard.workflows.layers.frames import search_texts

__all__ = ["finds_words", "keep_beside", "texts_seen", "words_for"]

_SEARCHED: Final = ("external_id", "name", "actors", "place")
_DECIDING: Final = ("lat", "lon", "precision", "precision_m")
_NO_KEY: Final = b"names of ids are no words"

_Plan = tuple[str, tuple[float, ...]]


def texts_seen(rows: pa.Table, cell: float) -> pa.Array:
    """Give what is searched of rows.

    Parameters
    ----------
    rows
        Rows as they are stored, with what is searched and what decides who may know it.
    cell
        Degrees of the grid that whoever searches sees; 0 for none.

    Returns
    -------
    pyarrow.Array
        One text for each: folded words with single spaces between.
    """
    if cell <= 0:
        return search_texts(rows)
    seen = coarse_rows(rows, cell, _NO_KEY)
    ids = rows.column("external_id")
    known = pc.if_else(pc.equal(ids, seen.column("external_id")), ids, "")
    return search_texts(seen.set_column(seen.schema.get_field_index("external_id"), "external_id", known))


def words_for(words: tuple[str, ...], audience: Audience) -> Words | None:
    """Say what words ask of rows.

    Parameters
    ----------
    words
        The words, folded.
    audience
        Who asks.

    Returns
    -------
    Words or None
        None for no words.
    """
    cell = max(0.0, audience.cell)

    def said(rows: pa.Table) -> pa.Array:
        return texts_seen(rows, cell)

    return Words(words, cell, (*_SEARCHED, *_DECIDING) if cell else _SEARCHED, said) if words else None


def finds_words(layer: LargeLayer, audience: Audience) -> bool:
    """Say whether the words of a layer are looked up for an audience, and not read row by row.

    Parameters
    ----------
    layer
        The layer.
    audience
        Who searches.

    Returns
    -------
    bool
        Not for a layer that was added before words were kept, nor on a grid that came to the settings later.
    """
    return Beside(layer).knows(words_for(("any",), audience))


def keep_beside(folder: Path, cells: frozenset[float], workers: Workers) -> None:
    """Write beside the rows of a layer where they are and which words they have.

    Parameters
    ----------
    folder
        Folder of a version that has its rows in files, seen by all workers under this name. Files that are
        there stay as they are.
    cells
        Degrees of the grids that somebody sees it on, besides those who see it exactly.
    workers
        Who works.

    Raises
    ------
    BulkError
        A file of rows cannot be read, or workers cannot be reached or are lost.
    """
    kept = tuple(sorted({0.0, *(one for one in cells if one > 0)}))
    for name in (WHERE_FOLDER, *map(words_folder, kept)):
        (folder / name).mkdir(exist_ok=True)
    names = sorted(path.name for path in (folder / ROWS_FOLDER).glob("*.parquet"))
    plan: _Plan = (str(folder.resolve()), kept)
    for _ in delivered(_keep, plan, names, workers):
        pass


def _keep(plan: _Plan, name: str) -> int:
    folder = Path(plan[0])
    where = folder / WHERE_FOLDER / f"{name}{WHERE_ENDING}"
    words = {cell: folder / words_folder(cell) / f"{name}{WORDS_ENDING}" for cell in plan[1]}
    missing = {cell: path for cell, path in words.items() if not path.exists()}
    if where.exists() and not missing:
        return 0
    try:
        with pq.ParquetFile(folder / ROWS_FOLDER / name, pre_buffer=False) as file:
            _write(file, where, missing)
    except (pa.ArrowException, KeyError, OSError) as error:
        raise BulkError(f"the words of {name} could not be kept: {error}") from error
    return 1


def _write(file: pq.ParquetFile, where: Path, words: dict[float, Path]) -> None:
    columns = tuple(dict.fromkeys((*WHERE_SCHEMA.names, *_SEARCHED, *_DECIDING)))
    lying: list[pa.Table] = []
    found: dict[float, list[pa.RecordBatch]] = {cell: [] for cell in words}
    rows: list[int] = []
    for batch in file.iter_batches(ROWS_OF_WORDS, columns=columns):
        some = pa.Table.from_batches([batch])
        rows.append(some.num_rows)
        lying.append(_where_of(some))
        for cell, held in found.items():
            held.append(words_of(texts_seen(some, cell)))
    _whole(where, partial(_save_where, lying=lying))
    for cell, path in words.items():
        _whole(path, partial(save_words, words=found[cell], rows=rows))


def _where_of(rows: pa.Table) -> pa.Table:
    taken = {}
    for field in WHERE_SCHEMA:
        column = rows.column(field.name)
        if pa.types.is_floating(field.type):
            # Without nulls a mapped column is an array of numbers as it stands.
            column = pa.array(column.to_numpy(zero_copy_only=False).astype(float), from_pandas=False)
        taken[field.name] = column.cast(field.type)
    return pa.table(taken, schema=WHERE_SCHEMA)


def _save_where(path: Path, lying: list[pa.Table]) -> None:
    whole = pa.concat_tables([WHERE_SCHEMA.empty_table(), *lying]).unify_dictionaries().combine_chunks()
    with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, WHERE_SCHEMA) as writer:
        for batch in whole.to_batches():
            writer.write_batch(batch)


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(half)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
