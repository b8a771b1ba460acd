"""Look at the container of an old workbook before it is read: a file system of its own, chains of sectors.

A chain that leads back into itself is followed without end by readers that trust it, and a flipped bit is
enough to make one. [MS-CFB] says how the chains are written, [MS-XLS] which record tells of a password.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["CompoundFaultError", "check_compound"]

_Sectors = NDArray[np.uint32]

_HEADER: Final = 512
_IN_HEADER: Final = 109
_END: Final = 0xFFFFFFFA
"""From here on a number is no sector but says why there is none."""
_SHIFTS: Final = (9, 12)
_ENTRY: Final = 128
_STREAM, _ROOT = 2, 5
_FILEPASS: Final = 0x002F
_FIRST_RECORDS: Final = 200


class CompoundFaultError(ValueError):
    """What is wrong with a container: the rest of a sentence that begins with the file's name."""


@dataclass(frozen=True, slots=True)
class _Container:
    """What the header says, and the table of chains."""

    raw: bytes
    sector: int
    chains: _Sectors
    first_entry: int
    first_small: int
    least: int


def check_compound(raw: bytes) -> None:
    """Follow every chain of a container once.

    Parameters
    ----------
    raw
        The file; it begins with the mark of such containers.

    Raises
    ------
    CompoundFaultError
        A chain does not end, the container is cut off, or the workbook in it is locked.
    """
    try:
        container = _opened(raw)
        entries = b"".join(_sectors(container, container.first_entry))
        small = b"".join(_sectors(container, container.first_small))
    except struct.error as error:
        raise CompoundFaultError("is a broken workbook, or none: save it anew as .xlsx or CSV") from error
    smalls = np.frombuffer(small[: len(small) // 4 * 4], "<u4")
    for name, kind, start, size in _entries(entries):
        if kind not in (_STREAM, _ROOT):
            continue
        table = smalls if kind == _STREAM and size < container.least else container.chains
        for _ in _chain(table, start):
            pass
        if kind == _STREAM and name in ("Workbook", "Book") and size >= container.least:
            _check_open(container, start)


def _opened(raw: bytes) -> _Container:
    shift, fat_count = struct.unpack_from("<H", raw, 30)[0], struct.unpack_from("<I", raw, 44)[0]
    if shift not in _SHIFTS:
        raise CompoundFaultError("is a broken workbook, or none: save it anew as .xlsx or CSV")
    sector = 1 << shift
    first_entry, _, least, first_small = struct.unpack_from("<IIII", raw, 48)
    numbers = list(struct.unpack_from(f"<{_IN_HEADER}I", raw, 76))
    more, seen = struct.unpack_from("<I", raw, 68)[0], 0
    while more < _END:
        seen += 1
        if seen > len(raw) // sector:
            raise _endless()
        *found, more = struct.unpack_from(f"<{sector // 4}I", raw, (more + 1) * sector)
        numbers += found
    table = b"".join(
        raw[(number + 1) * sector : (number + 2) * sector]
        for number in numbers[: max(fat_count, 1)]
        if number < _END
    )
    chains = np.frombuffer(table[: len(table) // 4 * 4], "<u4")
    return _Container(raw, sector, chains, first_entry, first_small, least)


def _endless() -> CompoundFaultError:
    return CompoundFaultError("is a broken workbook: its parts lead back into one another; save it anew")


def _chain(table: _Sectors, start: int) -> Iterator[int]:
    """Follow a chain as far as the table knows it; whoever reads it may be more particular."""
    number, steps = start, 0
    while number < len(table):
        yield number
        steps += 1
        if steps > len(table):
            raise _endless()
        number = int(table[number])


def _sectors(container: _Container, start: int) -> Iterator[bytes]:
    for number in _chain(container.chains, start):
        yield container.raw[(number + 1) * container.sector : (number + 2) * container.sector]


def _entries(raw: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Give name, kind, first sector and length of each part."""
    for at in range(0, len(raw) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", raw, at + 64)
        start, size = struct.unpack_from("<II", raw, at + 116)
        name = raw[at : at + min(length, 64)].decode("utf-16-le", "replace").rstrip("\0")
        yield name, kind, start, size


def _check_open(container: _Container, start: int) -> None:
    """Look for the record that tells of a password among the first ones of the workbook."""
    raw = b""
    for piece in _sectors(container, start):
        raw += piece
        if len(raw) >= _HEADER * 16:
            break
    at = 0
    for _ in range(_FIRST_RECORDS):
        if at + 4 > len(raw):
            return
        kind, length = struct.unpack_from("<HH", raw, at)
        if kind == _FILEPASS:
            raise CompoundFaultError("is locked with a password: save it without one")
        at += 4 + length
