"""Files that grow piece by piece, survive an interruption, and appear only when they are whole.

Beside each file lies ``<name>.part`` while it grows, and beside the first ``<name>.state.json``, which says
how far they are good and what for. A piece counts as done when the state says so: what was
written after it, by a run that was cut off, is cut off too.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from dashboard.errors import TableError

if sys.platform != "win32":
    import fcntl

__all__ = ["ResumableFiles"]

_AGAIN: Final = "then run the same command again: it goes on where it stopped"


class ResumableFiles:
    """Several files written together. Use as a context manager; `finish` puts them in place.

    Parameters
    ----------
    paths
        Where the files shall be.
    made_from
        All that decides about their content, as JSON values: a run that was interrupted is taken up only when
        this is the same.
    """

    def __init__(self, paths: Sequence[Path], made_from: Mapping[str, Any]) -> None:
        self._paths = tuple(paths)
        self._parts = tuple(path.with_name(f"{path.name}.part") for path in paths)
        self._state = paths[0].with_name(f"{paths[0].name}.state.json")
        self._made_from = json.loads(json.dumps(made_from))
        self._files: list[BinaryIO] = []
        self.progress: dict[str, Any] = {}
        """What was kept with the last piece; empty at the beginning."""

    def __enter__(self) -> Self:
        try:
            for path in self._paths:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._files = [part.open("ab") for part in self._parts]
            self._lock()
            kept = self._kept()
            self.progress = kept["progress"] if kept else {}
            for file, size in zip(
                self._files, kept["sizes"] if kept else [0] * len(self._files), strict=True
            ):
                file.truncate(size)
        except TableError:
            self._close()
            raise
        except OSError as error:
            self._close()
            raise self._failed(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def append(self, pieces: Sequence[bytes], progress: Mapping[str, Any]) -> None:
        """Add a piece to each file and keep how far the work has come.

        Parameters
        ----------
        pieces
            The bytes for each file.
        progress
            JSON values to find again in `progress` after an interruption.

        Raises
        ------
        TableError
            They cannot be written, for want of space for example.
        """
        try:
            for file, piece in zip(self._files, pieces, strict=True):
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            sizes = [file.tell() for file in self._files]
            state = {"made_from": self._made_from, "sizes": sizes, "progress": dict(progress)}
            temporary = self._state.with_name(f"{self._state.name}.tmp")
            temporary.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
            temporary.replace(self._state)
        except OSError as error:
            raise self._failed(error) from error
        self.progress = state["progress"]

    def finish(self) -> None:
        """Put the files in place of what was there before.

        Raises
        ------
        TableError
            They cannot be put there.
        """
        try:
            self._close()
            # The first last: once it stands, all stand.
            for part, path in reversed(list(zip(self._parts, self._paths, strict=True))):
                part.replace(path)
            self._state.unlink(missing_ok=True)
        except OSError as error:
            raise self._failed(error) from error

    def _lock(self) -> None:
        if sys.platform == "win32":  # two runs at once are the user's own care there
            return
        try:
            fcntl.flock(self._files[0], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TableError(f"Another run is writing {self._paths[0]}: wait for it or stop it") from error

    def _kept(self) -> dict[str, Any] | None:
        try:
            kept: dict[str, Any] = json.loads(self._state.read_text("utf-8"))
            good = kept["made_from"] == self._made_from and all(
                part.stat().st_size >= size for part, size in zip(self._parts, kept["sizes"], strict=True)
            )
        except (OSError, ValueError, LookupError, TypeError):  # none, or not ours
            return None
        return kept if good else None

    def _close(self) -> None:
        for file in self._files:
            with suppress(OSError):
                file.close()

    def _failed(self, error: OSError) -> TableError:
        return TableError(
            f"{self._paths[0]} cannot be written ({error.strerror or error}): mend that, {_AGAIN}"
        )
