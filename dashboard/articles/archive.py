"""Sources kept as they came, under the hash of their bytes, so that every quote can be looked up years later.

No name from outside becomes a path: a file is called by its SHA-256, and where and when it was read stands
in a JSON file beside it. Reading the same bytes again adds a line there and changes nothing else.
"""

import hashlib
import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from dashboard.errors import ArticleError

__all__ = ["Retrieval", "SourceArchive"]

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Retrieval:
    """One reading of a source.

    Parameters
    ----------
    retrieved
        When, ISO 8601 in UTC.
    url
        Where, for what was fetched.
    name
        Label of the file, for what was not; never a path.
    content_type
        Its media type or form.
    """

    retrieved: str
    url: str = ""
    name: str = ""
    content_type: str = ""


class SourceArchive:
    """A folder of sources.

    Parameters
    ----------
    folder
        The folder; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, raw: bytes, retrieval: Retrieval) -> str:
        """Keep a source.

        Parameters
        ----------
        raw
            Its bytes.
        retrieval
            Where and when they were read.

        Returns
        -------
        str
            Their SHA-256.

        Raises
        ------
        ArticleError
            The folder cannot be written.
        """
        sha256 = hashlib.sha256(raw).hexdigest()
        path = self._path(sha256)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.stat().st_size != len(raw):
                _replace(path, raw)
            known = self.retrievals(sha256)
            if retrieval not in known:
                told = [asdict(one) for one in (*known, retrieval)[-_MOST:]]
                data = {"sha256": sha256, "bytes": len(raw), "retrievals": told}
                _replace(self._facts(sha256), json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n")
        except OSError as error:
            raise ArticleError(
                f"The source cannot be kept in {self.folder} ({error.strerror}): check rights and space"
            ) from error
        return sha256

    def read(self, sha256: str) -> bytes:
        """Give a source back as it came.

        Parameters
        ----------
        sha256
            Its hash.

        Returns
        -------
        bytes
            Its bytes.

        Raises
        ------
        ArticleError
            It is not kept, or not as it was.
        """
        try:
            raw = self._path(sha256).read_bytes()
        except OSError as error:
            raise ArticleError(f"No source {sha256[:12]}… is kept in {self.folder}") from error
        if hashlib.sha256(raw).hexdigest() != sha256:
            raise ArticleError(f"The source {sha256[:12]}… was changed on the disk: restore it from a backup")
        return raw

    def retrievals(self, sha256: str) -> tuple[Retrieval, ...]:
        """Say where and when a source was read.

        Parameters
        ----------
        sha256
            Its hash.

        Returns
        -------
        tuple of Retrieval
            In order; empty when nothing is known.

        Raises
        ------
        ArticleError
            That is no hash.
        """
        try:
            data = json.loads(self._facts(sha256).read_text(encoding="utf-8"))
            return tuple(Retrieval(**one) for one in data["retrievals"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            if isinstance(error, ArticleError):
                raise
            return ()

    def _path(self, sha256: str) -> Path:
        if not _HASH.fullmatch(sha256):
            raise ArticleError(f"{sha256[:80]!r} is no SHA-256: sources are called by nothing else")
        return self.folder / sha256[:2] / sha256

    def _facts(self, sha256: str) -> Path:
        return self._path(sha256).with_suffix(".json")


def _replace(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all, also when the power goes."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
        try:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
