"""How every file is written: whole or not at all, telling how far it is, stopping when it is asked to."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import pandas as pd

from dashboard.errors import AtlasError, ExportError, ExportStoppedError

__all__ = ["CHUNK", "Cancelled", "Pace", "Progress", "Written", "whole_file"]

Frame = TypeVar("Frame", bound=pd.DataFrame)

CHUNK: Final = 2_000
"""Rows that are written between two looks at whether to go on."""

Progress = Callable[[int, int], None]
"""Called with (done, total) as rows are written."""

Cancelled = Callable[[], bool]
"""Asked often; True stops the export."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Parameters
    ----------
    path
        The file.
    rows
        Records in it.
    notes
        What the format could not carry and what is not among the rows, in sentences.
    """

    path: Path
    rows: int
    notes: tuple[str, ...] = ()


class Pace:
    """How far an export is, and whether it is to go on.

    Parameters
    ----------
    total
        Rows to be written, of all tables together.
    progress
        Told how far it is.
    cancelled
        Asked whether to stop.
    """

    def __init__(
        self, total: int, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> None:
        self.total = total
        self.done = 0
        self._progress = progress
        self._cancelled = cancelled
        self.check()

    def check(self) -> None:
        """Stop if somebody asked for it.

        Raises
        ------
        ExportStoppedError
            If so.
        """
        if self._cancelled is not None and self._cancelled():
            raise ExportStoppedError(self.done)

    def advance(self, rows: int) -> None:
        """Say that rows were written.

        Parameters
        ----------
        rows
            How many more.

        Raises
        ------
        ExportStoppedError
            If somebody asked to stop.
        """
        self.done += rows
        if self._progress is not None:
            self._progress(self.done, self.total)
        self.check()

    def chunks(self, frame: Frame, size: int = CHUNK) -> Iterator[Frame]:
        """Hand out a frame in pieces, looking up after each.

        Parameters
        ----------
        frame
            The frame.
        size
            Rows in a piece.

        Yields
        ------
        pandas.DataFrame
            The next rows.
        """
        for start in range(0, len(frame), size):
            part = frame.iloc[start : start + size]
            yield part
            self.advance(len(part))


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a place to write to, which becomes the file only when all went well.

    Parameters
    ----------
    path
        The file; one that is there is replaced.

    Yields
    ------
    Path
        A file of the same name in a folder beside it: writers may put what else they need there.

    Raises
    ------
    ExportError
        If the disk refuses; the file that was there is still there then.
    """
    work: Path | None = None
    try:
        # Beside it, because a rename is atomic only within one file system.
        work = Path(tempfile.mkdtemp(prefix=".writing-", dir=path.parent))
        part = work / path.name
        yield part
        _sync(part)
        part.replace(path)
        with suppress(OSError):  # some file systems cannot sync a folder: the file is whole all the same
            _sync(path.parent)
    except AtlasError:
        raise  # some are errors of the system as well, and none of this file's
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportError(
            f"{path} cannot be written ({reason}): choose another folder or make room"
        ) from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
