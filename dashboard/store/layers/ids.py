"""Where in a large layer a record lies: for each file of rows the hashes of its ids, with their groups.

Eight bytes a row, never read whole: finding an id touches a few pages of each file. Two ids may share a hash,
so whoever reads the groups looks at the ids themselves.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

__all__ = ["IDS_ENDING", "groups_holding", "hash_of", "hashes_of", "save_ids"]

IDS_ENDING: Final = ".ids.npy"
"""Behind the name of a file of rows: where its ids lie."""

_GROUP_BITS: Final = np.uint64(16)

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
    held = np.load(path, mmap_mode="r", allow_pickle=False)
    low = np.uint64(hashed) >> _GROUP_BITS << _GROUP_BITS
    most = low | np.uint64((1 << int(_GROUP_BITS)) - 1)
    begin, end = np.searchsorted(held, low, "left"), np.searchsorted(held, most, "right")
    return sorted({int(one) for one in held[begin:end] - low})
