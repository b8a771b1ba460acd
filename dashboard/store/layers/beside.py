"""What lies beside the rows of a large layer so that few of them are read: where and when each is, and words.

For each file of rows one has points, days, kinds and countries, in the order of the rows, and another has its
words, each with the rows that have it. Both are mapped and never read whole; a word is looked for among the
words of some ten thousand rows at a time. Who sees points on a grid is shown fewer words, and has files of
their own for these: what hides behind the grid is in none of them.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.errors import LayerError
from dashboard.store.layers.choice import WHERE_COLUMNS, Asked, Bools, Words
from dashboard.store.layers.reach import meets

if TYPE_CHECKING:
    from dashboard.store.layers.large import LargeLayer

__all__ = [
    "ROWS_OF_WORDS",
    "WHERE_ENDING",
    "WHERE_FOLDER",
    "WHERE_SCHEMA",
    "WORDS_ENDING",
    "Beside",
    "Matched",
    "Numbers",
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
"""Rows whose words stand together: as many as two bytes number."""

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

_WORDS_SCHEMA: Final[pa.Schema] = pa.schema(
    [pa.field("word", pa.string()), pa.field("rows", pa.list_(pa.uint16()))]
)
_COUNTED: Final = tuple(WHERE_SCHEMA.names)
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
    schema = _WORDS_SCHEMA.with_metadata({"rows": json.dumps(list(rows))})
    with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, schema) as writer:
        for batch in words:
            writer.write_batch(batch)


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found beside the rows.

    Parameters
    ----------
    total
        How many rows there are.
    numbers
        Their numbers among all rows, in order, at most as many as were asked for.
    where
        Where and when they are, as `dashboard.store.layers.large.COUNTED_COLUMNS`; None for more than were
        asked for.
    groups
        In how many groups of rows those lie that have numbers here. For who sees points on a grid, in how
        many they may lie by their cells: which group a row lies in tells where in its cell it is.
    """

    total: int
    numbers: Numbers
    where: pa.Table | None
    groups: int


class Beside:
    """What lies beside the rows of a layer.

    Parameters
    ----------
    layer
        A large layer; one that was made before there were such files has none.
    """

    def __init__(self, layer: "LargeLayer") -> None:
        self._layer = layer

    @property
    def is_there(self) -> bool:
        """Whether there are points, days, kinds and countries: asked anew, as adding again brings them."""
        return (self._layer.files / WHERE_FOLDER).is_dir()

    def knows(self, words: Words | None) -> bool:
        """Say whether what is asked of words can be answered.

        Parameters
        ----------
        words
            The words; None for none.

        Returns
        -------
        bool
            Whether `matched` answers.
        """
        return self.is_there and (words is None or (self._layer.files / words_folder(words.cell)).is_dir())

    def looked_at(self, asked: Asked) -> int:
        """Say how many rows have to be looked at for an answer.

        Parameters
        ----------
        asked
            What is asked for.

        Returns
        -------
        int
            Those of all groups that its windows meet.
        """
        return int(self._layout.shown[self._met(asked)].sum())

    def matched(self, asked: Asked, most: int, most_where: int) -> Matched:
        """Find rows.

        Parameters
        ----------
        asked
            What is asked for.
        most
            Most numbers to give.
        most_where
            Most rows of which to say where they are.

        Returns
        -------
        Matched
            What was found; all are counted.

        Raises
        ------
        LayerError
            If a file is missing or damaged.
        """
        total, held, groups = 0, 0, 0
        numbers: list[Numbers] = []
        where: list[pa.Table] = [_EMPTY]
        for file, start, places in self._pieces(asked):
            total += len(places)
            chosen = places[: most - held]
            held += len(chosen)
            groups += self._apart(file, start, chosen, asked) if len(chosen) else 0
            numbers.append(chosen + start)
            where = [*where, self._where(file, places, _COUNTED)] if total <= most_where else []
        found = np.concatenate([np.zeros(0, dtype="int64"), *numbers])
        return Matched(total, found, pa.concat_tables(where) if where else None, groups)

    def numbers(self, asked: Asked) -> Iterator[Numbers]:
        """Find all rows, a file at a time.

        Parameters
        ----------
        asked
            What is asked for.

        Yields
        ------
        numpy.ndarray
            Their numbers among all rows, in order.

        Raises
        ------
        LayerError
            If a file is missing or damaged.
        """
        for _, start, places in self._pieces(asked):
            if len(places):
                yield places + start

    def groups_of(self, numbers: Numbers) -> Iterator[tuple[str, int, Numbers]]:
        """Say in which groups of rows rows lie.

        Parameters
        ----------
        numbers
            Their numbers among all rows, in order.

        Yields
        ------
        tuple of (str, int, numpy.ndarray)
            File, number of the group in it, and places in the group.
        """
        layout = self._layout
        group = np.searchsorted(layout.starts, numbers, "right") - 1
        for one in np.unique(group).tolist():
            yield layout.files[one], int(layout.groups[one]), numbers[group == one] - layout.starts[one]

    @cached_property
    def _layout(self) -> "_Layout":
        reach = self._layer.reach()
        rows = reach.column("rows").to_numpy().astype("int64")
        return _Layout(
            reach,
            reach.column("file").to_pylist(),
            reach.column("group").to_numpy(),
            np.concatenate([[0], np.cumsum(rows)[:-1]]).astype("int64"),
            rows,
            reach.column("shown").to_numpy().astype("int64"),
        )

    def _met(self, asked: Asked) -> Bools:
        met = np.ones(self._layout.reach.num_rows, dtype=bool)
        for window in asked.windows:
            met &= meets(self._layout.reach, window)[0]
        return met

    def _apart(self, file: str, start: int, places: Numbers, asked: Asked) -> int:
        if asked.sight is None:
            return len(np.unique(np.searchsorted(self._layout.starts, places + start, "right")))
        # Days alone decide the file of a row, and rows how many groups a file has.
        where = self._where(file, places, WHERE_COLUMNS[:2])
        lon, lat = asked.sight.place(*(where.column(name).to_numpy() for name in WHERE_COLUMNS[:2]))
        return min(len(np.unique(lon + 1j * lat)), self._layout.files.count(file))

    def _pieces(self, asked: Asked) -> Iterator[tuple[str, int, Numbers]]:
        """Give files with the number of their first row and the places of rows in them."""
        layout, met = self._layout, self._met(asked)
        rest = replace(asked, words=None)
        files = np.array(layout.files)
        for file in dict.fromkeys(files[met].tolist()):
            of_file = files == file
            start, rows = int(layout.starts[of_file][0]), int(layout.rows[of_file].sum())
            groups = of_file & met
            begin, shown = layout.starts[groups] - start, layout.shown[groups]
            places = _ranges(begin, shown)
            if asked.words is not None:
                places = places[self._worded(file, rows, asked.words)[places]]
            if len(places):
                yield file, start, places[rest.held(self._where(file, places, rest.columns))]

    def _where(self, file: str, places: Numbers, columns: Sequence[str]) -> pa.Table:
        """Give where rows are; texts as texts."""
        path = self._layer.files / WHERE_FOLDER / f"{file}{WHERE_ENDING}"
        whole = len(places) and places[-1] - places[0] + 1 == len(places)
        with self._reading(path), pa.memory_map(str(path)) as mapped:
            batch = pa.ipc.open_file(mapped).get_batch(0)
            taken = {}
            for name in dict.fromkeys(columns):
                column = batch.column(name)
                part = (
                    column.slice(places[0], len(places))
                    if whole
                    else column.take(pa.array(places, pa.int64()))
                )
                part.validate(full=True)  # a damaged file would end the process
                taken[name] = part.cast(pa.string()) if pa.types.is_dictionary(part.type) else part
            return pa.table(taken)

    def _worded(self, file: str, rows: int, words: Words) -> Bools:
        """Say which rows of a file have all the words."""
        path = self._layer.files / words_folder(words.cell) / f"{file}{WORDS_ENDING}"
        found = np.zeros(rows, dtype=bool)
        with self._reading(path), pa.memory_map(str(path)) as mapped, pa.ipc.open_file(mapped) as known:
            begin = 0
            for number, count in enumerate(json.loads(known.schema.metadata[b"rows"])):
                batch = known.get_batch(number)
                batch.validate()
                batch.column("word").validate(full=True)  # as above
                found[begin : begin + count] = _having(batch, count, words.words)
                begin += count
        return found

    def _reading(self, path: Path) -> "_Reading":
        return _Reading(self._layer.id, path.name)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the groups of rows begin among all rows."""

    reach: pa.Table
    files: list[str]
    groups: npt.NDArray[np.int32]
    starts: Numbers
    rows: Numbers
    shown: Numbers


class _Reading:
    """Has what is wrong with a file said as what is wrong with the layer."""

    def __init__(self, layer: str, name: str) -> None:
        self._layer, self._name = layer, name

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, (pa.ArrowException, OSError, ValueError, KeyError, IndexError)):
            raise LayerError(
                self._layer, f"{self._name} in its folder cannot be read: add the layer again"
            ) from error


_EMPTY: Final = pa.schema(
    [(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in WHERE_SCHEMA]
).empty_table()


def _ranges(begin: Numbers, many: Numbers) -> Numbers:
    """Give the numbers of stretches, one after the other."""
    ends = np.cumsum(many)
    found: Numbers = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(begin - (ends - many), many)
    return found


def _having(known: pa.RecordBatch, rows: int, words: Sequence[str]) -> Bools:
    held = np.ones(rows, dtype=bool)
    lists = known.column("rows")
    offsets, values = lists.offsets.to_numpy(), lists.values.to_numpy()
    for word in words:
        having = np.zeros(rows, dtype=bool)
        is_hit = pc.match_substring(known.column("word"), word).to_numpy(zero_copy_only=False)
        hits = np.flatnonzero(is_hit)
        if len(hits) > _FEW:
            having[values[np.repeat(is_hit, np.diff(offsets))]] = True
        else:
            for one in hits.tolist():
                having[values[offsets[one] : offsets[one + 1]]] = True
        held &= having
        if not held.any():
            break
    return held
