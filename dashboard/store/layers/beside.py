"""What lies beside the rows of a large layer so that few of them are read: where and when each is, and words.

For each file of rows one has points, days, kinds and countries, in the order of the rows, and another has its
words, each with the rows that have it. Neither is ever held whole; a word is looked for among the words of
some ten thousand rows at a time. Who sees points on a grid is shown fewer words, and has files of their own
for these: what hides behind the grid is in none of them. A file that is damaged is noticed before it answers:
then rows are read as in a layer that has none.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dashboard.errors import LayerError
from dashboard.store.layers.choice import WHERE_COLUMNS, Asked, Bools, Words
from dashboard.store.layers.digests import Wholeness
from dashboard.store.layers.listed import (
    UNREADABLE,
    WHERE_ENDING,
    WHERE_FOLDER,
    WHERE_SCHEMA,
    WORDS_ENDING,
    Numbers,
    nowhere,
    rows_having,
    rows_where,
    words_folder,
)
from dashboard.store.layers.reach import meets

if TYPE_CHECKING:
    from dashboard.store.layers.large import LargeLayer

__all__ = ["Beside", "Lists", "Matched", "mending"]

_COUNTED: Final = tuple(WHERE_SCHEMA.names)
_LOG: Final = logging.getLogger(__name__)


class Lists(StrEnum):
    """How it stands with what lies beside the rows, for somebody who asks."""

    WHOLE = "whole"
    """All files are there, and none of those that were opened is damaged."""

    NONE = "none"
    """There are none: the layer is older than they are, or the grid came to the settings later."""

    DAMAGED = "damaged"
    """One that was opened is not what was written."""


def mending(layer_id: str) -> str:
    """Name the command that builds what lies beside the rows of a layer.

    Parameters
    ----------
    layer_id
        Short name of the layer.

    Returns
    -------
    str
        As it is typed, without quotes.
    """
    return f"arsenal-atlas layers lists {layer_id}"


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
        self._wholeness = Wholeness(layer.files)
        self._told: set[str] = set()
        self.noticed = 0
        """How often a question was not answered because a file was found to be damaged."""

    def lists(self, words: Words | None) -> Lists:
        """Say how it stands with what a question needs: asked anew, as building them brings them.

        Parameters
        ----------
        words
            The words that are asked for; None for none.

        Returns
        -------
        Lists
            Without opening any: whether one is damaged is known when it was opened.
        """
        folders = self._folders(words)
        if not all((self._layer.files / one).is_dir() for one in folders):
            return Lists.NONE
        is_damaged = any(self._wholeness.damaged(one) for one in folders)
        return Lists.DAMAGED if is_damaged else Lists.WHOLE

    def answers(self, asked: Asked) -> bool:
        """Say whether what is asked can be answered, after opening the files that it takes.

        Parameters
        ----------
        asked
            What is asked for.

        Returns
        -------
        bool
            Whether `matched` and `numbers` answer; damage is written to the log when it is noticed.
        """
        if self.lists(asked.words) is not Lists.WHOLE:
            return False
        # Of a grid those of all files: which are met depends on where in their cells points are.
        met = self._met(asked) if asked.sight is None else np.ones(self._layout.reach.num_rows, dtype=bool)
        if all(map(self.is_whole, self._names(asked.words, np.array(self._layout.files)[met].tolist()))):
            return True
        self.noticed += 1
        return False

    def is_whole(self, name: str) -> bool:
        """Say whether a file beside the rows is as it was written; where it is not, the log says so.

        Parameters
        ----------
        name
            Its name in the folder of the version.

        Returns
        -------
        bool
            Of one that was written before digests were kept, whether it is there and can be read.
        """
        if self._wholeness.is_whole(name):
            self._told.discard(name)
            return True
        if name not in self._told:  # each record that is opened asks
            self._told.add(name)
            _LOG.warning(
                "%s of the layer %s is damaged or gone: rows are read without it; build it by `%s`",
                name, self._layer.id, mending(self._layer.id),
            )  # fmt: skip
        return False

    def faults(
        self, words: Words | None, others: Sequence[str] = (), *, noted: bool = False
    ) -> tuple[str, ...]:
        """List files that are damaged or gone, after opening all of them.

        Parameters
        ----------
        words
            As of whom; None for where and when rows are only.
        others
            Names of other files in the folder of the version.
        noted
            Whether one whose digest was never written down is a fault.

        Returns
        -------
        tuple of str
            Their names in the folder of the version; all names where there is no such folder.
        """
        return tuple(
            name
            for name in (*self._names(words, self._layout.files), *others)
            if not (self._wholeness.is_whole(name) and (self._wholeness.is_noted(name) or not noted))
        )

    def files(self) -> Iterator[tuple[str, int, int]]:
        """List the files of rows.

        Yields
        ------
        tuple of (str, int, int)
            Name, number of its first row among all, and how many it has.
        """
        names = np.array(self._layout.files)
        for name in dict.fromkeys(self._layout.files):
            yield (
                name,
                int(self._layout.starts[names == name][0]),
                int(self._layout.rows[names == name].sum()),
            )

    @staticmethod
    def _folders(words: Words | None) -> tuple[str, ...]:
        return (WHERE_FOLDER, *((words_folder(words.cell),) if words else ()))

    def _names(self, words: Words | None, files: Sequence[str]) -> Iterator[str]:
        for file in dict.fromkeys(files):
            yield f"{WHERE_FOLDER}/{file}{WHERE_ENDING}"
            if words is not None:
                yield f"{words_folder(words.cell)}/{file}{WORDS_ENDING}"

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
        where: list[pa.Table] = [nowhere()]
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
        with self._reading(path.name):
            return rows_where(path, places, columns)

    def _worded(self, file: str, rows: int, words: Words) -> Bools:
        """Say which rows of a file have all the words."""
        path = self._layer.files / words_folder(words.cell) / f"{file}{WORDS_ENDING}"
        with self._reading(path.name):
            return rows_having(path, rows, words.words)

    def _reading(self, name: str) -> "_Reading":
        return _Reading(self._layer.id, name)


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
        if isinstance(error, UNREADABLE):
            raise LayerError(
                self._layer, f"{self._name} in its folder cannot be read: run `{mending(self._layer)}`"
            ) from error


def _ranges(begin: Numbers, many: Numbers) -> Numbers:
    """Give the numbers of stretches, one after the other."""
    ends = np.cumsum(many)
    found: Numbers = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(begin - (ends - many), many)
    return found
