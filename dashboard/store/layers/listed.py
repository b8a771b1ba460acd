"""Files beside the rows of a large layer: where and when rows are, and which rows have which words.

They are read and never mapped: a file that becomes shorter, or that its disk no longer gives, is then an
error that can be told, where a mapped one would end the process. Both are written in stretches of rows, of
which those are read that are asked for, and of these the columns.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.store.layers.choice import Bools

__all__ = [
    "ROWS_OF_WORDS",
    "UNREADABLE",
    "WHERE_ENDING",
    "WHERE_FOLDER",
    "WHERE_SCHEMA",
    "WORDS_ENDING",
    "Numbers",
    "is_readable",
    "nowhere",
    "rows_having",
    "rows_where",
    "save_where",
    "save_words",
    "words_folder",
    "words_of",
]

WHERE_FOLDER: Final = "where"
WHERE_ENDING: Final = ".where.arrow"
"""Behind the name of a file of rows: where and when they are."""

WORDS_ENDING: Final = ".words.arrow"
"""Behind the name of a file of rows: their words."""

ROWS_OF_WORDS: Final = 65_536
"""Rows that stand together: as many as two bytes number."""

WHERE_SCHEMA: Final[pa.Schema] = pa.schema(
    [
        pa.field("lon", pa.float64()),
        pa.field("lat", pa.float64()),
        pa.field("first", pa.int32()),
        pa.field("last", pa.int32()),
        pa.field("kind", pa.dictionary(pa.int16(), pa.string())),
        pa.field("country", pa.dictionary(pa.int16(), pa.string())),
    ]
)
"""Where and when rows are; points that are not there are no numbers."""

UNREADABLE: Final = (pa.ArrowException, OSError, ValueError, KeyError, IndexError)
"""What reading a file raises that is missing or damaged."""

_WORDS_SCHEMA: Final[pa.Schema] = pa.schema(
    [pa.field("word", pa.string()), pa.field("rows", pa.list_(pa.uint16()))]
)
_ROWS: Final = b"rows"
_FEW: Final = 64  # words whose rows are put together one by one

Numbers = npt.NDArray[np.int64]


def words_folder(cell: float) -> str:
    """Name the folder of words.

    Parameters
    ----------
    cell
        Degrees of the grid that they may be known on; 0 for none.

    Returns
    -------
    str
        Its name in the folder of a version.
    """
    return f"words-{cell!r}" if cell > 0 else "words"


def words_of(texts: pa.Array) -> pa.RecordBatch:
    """Find out which rows have which words.

    Parameters
    ----------
    texts
        What is searched of at most `ROWS_OF_WORDS` rows: words with spaces between.

    Returns
    -------
    pyarrow.RecordBatch
        Each word once, with the numbers of its rows in order.
    """
    split = pc.split_pattern(texts, " ")
    words = split.flatten().dictionary_encode()
    parents = pc.list_parent_indices(split).to_numpy().astype("int64")
    pairs = np.sort(words.indices.to_numpy().astype("int64") * ROWS_OF_WORDS + parents)
    pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])[: len(pairs)]]
    counts = np.bincount(pairs // ROWS_OF_WORDS, minlength=len(words.dictionary))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype("int32")
    rows = pa.ListArray.from_arrays(pa.array(offsets), pa.array((pairs % ROWS_OF_WORDS).astype("uint16")))
    return pa.RecordBatch.from_arrays([words.dictionary, rows], schema=_WORDS_SCHEMA)


def save_words(path: Path, words: Sequence[pa.RecordBatch], rows: Sequence[int]) -> None:
    """Write the words of a file of rows.

    Parameters
    ----------
    path
        File to write; its name ends in `WORDS_ENDING`.
    words
        What `words_of` gave, for one stretch of rows after the other.
    rows
        How many rows each of these has.
    """
    _save(path, _WORDS_SCHEMA, words, rows)


def save_where(path: Path, lying: Sequence[pa.Table]) -> None:
    """Write where the rows of a file are.

    Parameters
    ----------
    path
        File to write; its name ends in `WHERE_ENDING`.
    lying
        Tables of `WHERE_SCHEMA`, for one stretch of rows after the other.
    """
    whole = pa.concat_tables([WHERE_SCHEMA.empty_table(), *lying]).unify_dictionaries().combine_chunks()
    batches = whole.to_batches(ROWS_OF_WORDS)
    _save(path, WHERE_SCHEMA, batches, [one.num_rows for one in batches])


def _save(path: Path, schema: pa.Schema, batches: Sequence[pa.RecordBatch], rows: Sequence[int]) -> None:
    schema = schema.with_metadata({_ROWS: json.dumps(list(rows))})
    with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def is_readable(path: Path) -> bool:
    """Say whether a file is one of these and its columns hold together, by reading all of it.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    bool
        Also of one whose values are others than were written.
    """
    try:
        with _opened(path) as file:
            for number in range(file.num_record_batches):
                file.get_batch(number).validate(full=True)
    except UNREADABLE:
        return False
    return True


def rows_where(path: Path, places: Numbers, columns: Sequence[str]) -> pa.Table:
    """Say where rows of a file are.

    Parameters
    ----------
    path
        What `save_where` wrote.
    places
        Places of the rows in the file, in order.
    columns
        Which columns of `WHERE_SCHEMA`.

    Returns
    -------
    pyarrow.Table
        The rows; texts as texts.
    """
    wanted = [name for name in WHERE_SCHEMA.names if name in set(columns)]
    taken: list[pa.Table] = []
    with _opened(path, wanted) as file:
        for number, here in _stretches(file, places):
            batch = file.get_batch(number)
            taken.append(pa.table({name: _taken(batch.column(name), here) for name in wanted}))
    return pa.concat_tables([nowhere(wanted), *taken])


def nowhere(columns: Sequence[str] = tuple(WHERE_SCHEMA.names)) -> pa.Table:
    """Give a table of no rows.

    Parameters
    ----------
    columns
        Which columns of `WHERE_SCHEMA`.

    Returns
    -------
    pyarrow.Table
        As `rows_where` gives rows.
    """
    fields = [WHERE_SCHEMA.field(name) for name in columns]
    return pa.schema(
        [(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in fields]
    ).empty_table()


def _taken(column: pa.Array, places: Numbers) -> pa.Array:
    is_run = len(places) and places[-1] - places[0] + 1 == len(places)
    part = column.slice(places[0], len(places)) if is_run else column.take(pa.array(places, pa.int64()))
    part.validate(full=True)  # a damaged one would end the process
    return part.cast(pa.string()) if pa.types.is_dictionary(part.type) else part


def _stretches(file: Any, places: Numbers) -> Iterator[tuple[int, Numbers]]:  # noqa: ANN401  # pyarrow has no types
    """Give those that hold any of the places, with the places in them."""
    noted = (file.schema.metadata or {}).get(_ROWS)
    # Files of before stretches were noted have one.
    rows = json.loads(noted) if noted else [int(places[-1]) + 1 if len(places) else 0]
    starts = np.concatenate([[0], np.cumsum(rows)]).astype("int64")
    edges = np.searchsorted(places, starts)
    if edges[-1] < len(places):
        raise ValueError("it has fewer rows than are asked for")
    for number in np.flatnonzero(np.diff(edges)).tolist():
        yield number, places[edges[number] : edges[number + 1]] - starts[number]


def rows_having(path: Path, rows: int, words: Sequence[str]) -> Bools:
    """Say which rows of a file have words, each of them as a part of one of its own.

    Parameters
    ----------
    path
        What `save_words` wrote.
    rows
        How many rows there are.
    words
        The words, folded.

    Returns
    -------
    numpy.ndarray
        One answer for each row.
    """
    found = np.zeros(rows, dtype=bool)
    begin = 0
    with _opened(path, ["word"]) as texts, _opened(path, ["rows"]) as lists:
        for number, count in enumerate(json.loads(texts.schema.metadata[_ROWS])):
            known = texts.get_batch(number).column("word")
            known.validate(full=True)  # as above
            hits = [pc.match_substring(known, one).to_numpy(zero_copy_only=False) for one in words]
            if all(one.any() for one in hits):
                its_rows = lists.get_batch(number).column("rows")
                its_rows.validate()
                found[begin : begin + count] = _having(its_rows, count, hits)
            begin += count
    return found


def _having(lists: pa.ListArray, rows: int, hits: Sequence[Bools]) -> Bools:
    held = np.ones(rows, dtype=bool)
    offsets, values = lists.offsets.to_numpy(), lists.values.to_numpy()
    for is_hit in hits:
        having = np.zeros(rows, dtype=bool)
        found = np.flatnonzero(is_hit)
        if len(found) > _FEW:
            having[values[np.repeat(is_hit, np.diff(offsets))]] = True
        else:
            for one in found.tolist():
                having[values[offsets[one] : offsets[one + 1]]] = True
        held &= having
        if not held.any():
            break
    return held


@contextmanager
def _opened(path: Path, columns: Sequence[str] = ()) -> Iterator[Any]:
    """Open a file so that only some of its columns are read; all when none are named."""
    with pa.OSFile(str(path)) as file:
        names = pa.ipc.open_file(file).schema.names if columns else []
        chosen = [names.index(name) for name in columns]
        # Whoever reads one of another kind finds a fault in it, and not another column.
        with pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(included_fields=chosen)) as opened:
            yield opened
