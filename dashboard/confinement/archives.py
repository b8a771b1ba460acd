"""Look at a zip archive before opening it: .docx, .xlsx and .kmz are such, and may unpack to gigabytes.

What an archive says of its own sizes may be a lie, so `read_member` counts again while it inflates.
"""

import stat
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from dashboard.errors import ArchiveError

__all__ = ["ArchiveLimits", "check_archive", "read_member"]

_ENCRYPTED: Final = 0x1
_END: Final = b"PK\x05\x06"
_END_LENGTH: Final = 22
_LONGEST_COMMENT: Final = 65_535
_PIECE: Final = 1 << 16
_BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much an archive may hold.

    Parameters
    ----------
    entries
        Files in it.
    total_bytes
        Length of all files together, inflated.
    ratio
        How much smaller it may be packed than inflated, for files above `ratio_from`.
    ratio_from
        Inflated length below which the ratio does not matter.
    """

    entries: int = 2_000
    total_bytes: int = 100_000_000
    ratio: int = 120
    ratio_from: int = 1_000_000


_USUAL: Final = ArchiveLimits()


def check_archive(raw: bytes, limits: ArchiveLimits = _USUAL) -> zipfile.ZipFile:
    """Open an archive whose table of contents is honest as far as it can be seen.

    Parameters
    ----------
    raw
        The archive.
    limits
        What it may hold.

    Returns
    -------
    ZipFile
        The archive; read its files with `read_member`.

    Raises
    ------
    ArchiveError
        It is no zip archive, or one that is locked, too large, or names files outside itself.
    """
    _check_count(raw, limits)
    try:
        archive = zipfile.ZipFile(BytesIO(raw))
    except _BROKEN as error:
        raise ArchiveError("is broken or no such document: save it anew") from error
    members = archive.infolist()
    if len(members) > limits.entries:
        raise ArchiveError(f"holds more than {limits.entries:,} files: an honest document has a few dozen")
    if sum(member.file_size for member in members) > limits.total_bytes:
        raise ArchiveError(f"unpacks to more than {limits.total_bytes // 1_000_000} MB")
    for member in members:
        _check_member(member, limits)
    return archive


def _check_count(raw: bytes, limits: ArchiveLimits) -> None:
    """Count the files by the last record alone, before anything reads a table of 100,000 of them."""
    at = raw.rfind(_END, max(0, len(raw) - _END_LENGTH - _LONGEST_COMMENT))
    if at < 0 or len(raw) < at + _END_LENGTH:
        raise ArchiveError("is broken or no such document: save it anew")
    if int.from_bytes(raw[at + 10 : at + 12], "little") > limits.entries:
        raise ArchiveError(f"holds more than {limits.entries:,} files: an honest document has a few dozen")


def _check_member(member: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0]:
        raise ArchiveError("names files outside itself, which only an attack does")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise ArchiveError("holds a link to another file, which only an attack does")
    if member.flag_bits & _ENCRYPTED:
        raise ArchiveError("is locked with a password: save it without one")
    large = member.file_size > limits.ratio_from
    if large and member.file_size > limits.ratio * max(1, member.compress_size):
        raise ArchiveError(f"unpacks to more than {limits.ratio} times its size, which only an attack does")


def read_member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Inflate one file of an archive, counting.

    Parameters
    ----------
    archive
        From `check_archive`.
    name
        Name of the file.
    most
        How long it may be.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    ArchiveError
        It is missing, broken or longer.
    """
    found = bytearray()
    try:
        with archive.open(name) as file:
            while piece := file.read(_PIECE):
                found += piece
                if len(found) > most:
                    break
    except KeyError as error:
        raise ArchiveError(f"has no {name}, which every such document has") from error
    except _BROKEN as error:
        raise ArchiveError("is broken or no such document: save it anew") from error
    if len(found) > most:
        raise ArchiveError(f"unpacks to more than {most // 1_000_000} MB")
    return bytes(found)
