"""Where in a large layer a record lies: for each file of rows the hashes of its ids, with their groups.

Eight bytes a row, never read whole: finding an id reads some twenty numbers of each file. They are read and
not mapped, so that a file that becomes shorter is an error and not the end of the process. Two ids may share
a hash, so whoever reads the groups looks at the ids themselves.
"""

import os
import tokenize
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

__all__ = ["IDS_ENDING", "groups_holding", "hash_of", "hashes_of", "save_ids"]

IDS_ENDING: Final = ".ids.npy"
"""Behind the name of a file of rows: where its ids lie."""

_GROUP_BITS: Final = np.uint64(16)
_NUMBER: Final = np.dtype("<u8")

Hashes = npt.NDArray[np.uint64]


def hashes_of(ids: pa.Array | pa.ChunkedArray) -> Hashes:
    """Hash ids.

    Parameters
    ----------
    ids
        Ids as the dataset has them.

    Returns
    -------
    numpy.ndarray
        One number for each, the same on every machine.
    """
    found: Hashes = pd.util.hash_array(ids.to_numpy(zero_copy_only=False).astype(object), categorize=False)
    return found


def hash_of(record_id: str) -> int:
    """Hash one id.

    Parameters
    ----------
    record_id
        The id.

    Returns
    -------
    int
        As `hashes_of` gives it.
    """
    return int(hashes_of(pa.array([record_id], pa.string()))[0])


def save_ids(path: Path, hashes: Hashes, groups: npt.NDArray[np.int64]) -> None:
    """Write where the ids of a file lie.

    Parameters
    ----------
    path
        File to write; its name ends in `IDS_ENDING`.
    hashes
        What `hashes_of` gave for its rows.
    groups
        The group of each row.
    """
    np.save(path, np.sort((hashes >> _GROUP_BITS << _GROUP_BITS) | groups.astype("uint64")))


def groups_holding(path: Path, hashed: int) -> list[int]:
    """Say which groups of rows may hold an id.

    Parameters
    ----------
    path
        What `save_ids` wrote.
    hashed
        Hash of the id.

    Returns
    -------
    list of int
        Their numbers.

    Raises
    ------
    OSError
        If the file is missing.
    ValueError
        If it is damaged.
    """
    low = hashed >> int(_GROUP_BITS) << int(_GROUP_BITS)
    with path.open("rb", buffering=0) as file:
        held = _Numbers(file.fileno(), *_layout(file))
        groups = []
        for at in range(bisect_left(held, low), len(held)):
            group = held[at] - low
            if group >> int(_GROUP_BITS):
                break
            groups.append(group)
    return sorted(set(groups))


class _Numbers(Sequence[int]):
    """Numbers of a file, each read when it is asked for."""

    def __init__(self, file: int, begin: int, count: int) -> None:
        self._file, self._begin, self._count = file, begin, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401  # a place, as bisect asks
        read = os.pread(self._file, _NUMBER.itemsize, self._begin + at * _NUMBER.itemsize)
        if len(read) < _NUMBER.itemsize:
            raise ValueError("the file ends before its numbers do")
        return int.from_bytes(read, "little")


def _layout(file: IO[bytes]) -> tuple[int, int]:
    """Say where in a file of NumPy its numbers begin and how many there are."""
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError("the file is of another kind")
    try:
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
    except tokenize.TokenError as error:  # NumPy reads it once more as Python 2 wrote it
        raise ValueError("the file says of itself what cannot be read") from error
    if kind != _NUMBER or len(shape) != 1:
        raise ValueError("the file holds other numbers")
    return file.tell(), shape[0]
