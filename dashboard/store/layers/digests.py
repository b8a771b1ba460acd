"""Digests of the files beside the rows of a large layer: so a damaged one is noticed before it answers.

They stand in the folder of a version and are written after the files. A file is read whole and compared when
it is opened first, and again when it, or what is written down about it, has changed.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dashboard.store.layers.listed import is_readable

__all__ = ["DIGESTS_FILE", "Wholeness", "digest_of", "read_digests", "save_digests"]

DIGESTS_FILE: Final = "digests.json"
"""In the folder of a version."""

_Mark = tuple[int, int, int] | None


def digest_of(path: Path) -> str:
    """Digest a file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        SHA-256, as hexadecimal digits.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def save_digests(folder: Path, digests: Mapping[str, str]) -> None:
    """Write down what files are, in place of what was written down before.

    Parameters
    ----------
    folder
        Folder of a version.
    digests
        Digest of each file, by its name in the folder.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    half = folder / f".{DIGESTS_FILE}.{os.getpid()}"
    try:
        half.write_text(json.dumps(dict(sorted(digests.items())), indent=1) + "\n", encoding="utf-8")
        half.replace(folder / DIGESTS_FILE)
    finally:
        half.unlink(missing_ok=True)


def read_digests(folder: Path) -> dict[str, str]:
    """Read what was written down.

    Parameters
    ----------
    folder
        Folder of a version.

    Returns
    -------
    dict
        Digest of each file; nothing for a layer that was made before digests were kept.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is damaged.
    """
    try:
        found = json.loads((folder / DIGESTS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{DIGESTS_FILE} holds no digests")  # noqa: TRY004  # as JSON that is none
    return {str(name): str(digest) for name, digest in found.items()}


@dataclass(frozen=True, slots=True)
class _Noted:
    """What is written down, None where that cannot be read, and what was found by comparing with it."""

    mark: _Mark
    digests: Mapping[str, str] | None
    seen: dict[str, tuple[_Mark, bool]] = field(default_factory=dict)


class Wholeness:
    """Says whether files are as they were written, and remembers it as long as they do not change.

    Parameters
    ----------
    folder
        Folder of a version.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: _Noted | None = None

    def is_whole(self, name: str) -> bool:
        """Say whether a file is as it was written.

        Parameters
        ----------
        name
            Its name in the folder.

        Returns
        -------
        bool
            Of one that was written before digests were kept, whether it is there and can be read.
        """
        noted, mark = self._noted(), _mark(self._folder / name)
        seen = noted.seen.get(name)
        if seen is None or seen[0] != mark:
            is_whole = mark is not None and noted.digests is not None and self._compared(name, noted.digests)
            # With what it was compared with: another may have been written down meanwhile.
            seen = noted.seen[name] = (mark, is_whole)
        return seen[1]

    def is_noted(self, name: str) -> bool:
        """Say whether a digest of a file was written down.

        Parameters
        ----------
        name
            Its name in the folder.

        Returns
        -------
        bool
            Whether it could be compared with what was written.
        """
        return name in (self._noted().digests or {})

    def damaged(self, folder: str) -> tuple[str, ...]:
        """List files of a folder in which damage was found and is still there.

        Parameters
        ----------
        folder
            Name of a folder in the folder of the version.

        Returns
        -------
        tuple of str
            Their names; of files that nobody has opened yet nothing is known.
        """
        known = [name for name, (_, whole) in list(self._noted().seen.items()) if not whole]
        return tuple(name for name in known if name.startswith(f"{folder}/") and not self.is_whole(name))

    def _compared(self, name: str, digests: Mapping[str, str]) -> bool:
        path = self._folder / name
        try:
            if name in digests:
                return digest_of(path) == digests[name]
            return path.suffix != ".arrow" or is_readable(path)
        except OSError:
            return False

    def _noted(self) -> _Noted:
        mark = _mark(self._folder / DIGESTS_FILE)
        noted = self._last
        if noted is None or noted.mark != mark:
            try:
                noted = _Noted(mark, read_digests(self._folder))
            except (OSError, ValueError):
                noted = _Noted(mark, None)
            self._last = noted
        return noted


def _mark(path: Path) -> _Mark:
    """Tell a file from what it was before and from what replaced it; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
