"""One file on its way: made in the background when it was asked for, and gone with the session."""

import logging
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final

from dashboard.errors import AtlasError
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Progress
from dashboard.workflows.sharing.take_away import Format, Written, write_take_away

__all__ = ["FileJob"]

_AT_ONCE: Final = 2  # of one process: writing keeps a core busy
_log = logging.getLogger(__name__)
_turns: Final = threading.BoundedSemaphore(_AT_ONCE)


class FileJob:
    """One file being made.

    Parameters
    ----------
    key
        Of what it is made: other rows, another file.
    chosen
        Its format.
    name
        Name of the file, without a folder.
    view
        Puts together what is written; called in the background.
    """

    def __init__(self, key: object, chosen: Format, name: str, view: Callable[[], ExportView]) -> None:
        self.key = key
        self.chosen = chosen
        self.name = name
        self.done = 0
        self.total = 0
        self._stop = threading.Event()
        self._folder = Path(tempfile.mkdtemp(prefix="arsenal-atlas-"))
        # Whoever leaves the page leaves no file behind.
        self._finalizer = weakref.finalize(self, _clear, self._folder, self._stop)
        self._future: Future[Written] = Future()
        advance = weakref.WeakMethod(self._advance)

        folder, stop = self._folder, self._stop

        def work() -> Written:
            return _write(view, chosen.id, folder / name, advance, stop)

        # A thread that nobody waits for: a process that ends does not wait for files either.
        threading.Thread(target=_take_turn, args=(self._future, work), name="take-away", daemon=True).start()

    def _advance(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    @property
    def is_running(self) -> bool:
        """Whether it is still being made, or waits for its turn."""
        return not self._future.done()

    @property
    def waits(self) -> bool:
        """Whether it waits for others' files."""
        return self.is_running and not self._future.running()

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

    @property
    def error(self) -> str:
        """Why there is no file, for people; empty when there is or will be one."""
        if self.is_running:
            return ""
        if self._future.cancelled():
            return "Stopped before it began."
        found = self._future.exception()
        if found is None or isinstance(found, AtlasError):
            return str(found or "")
        return "The file could not be made; the operator's log says why."

    @property
    def written(self) -> Written | None:
        """What was written, None while there is no whole file."""
        return None if self.is_running or self.error else self._future.result()

    def read(self) -> bytes:
        """Give the file's bytes.

        Returns
        -------
        bytes
            The whole file.
        """
        return (self._folder / self.name).read_bytes()

    def stop(self) -> None:
        """Stop it; nothing of it is kept."""
        self._stop.set()
        self._future.cancel()

    def discard(self) -> None:
        """Stop it and take away what there is of it."""
        self.stop()
        self._finalizer()


def _take_turn(future: "Future[Written]", work: Callable[[], Written]) -> None:
    with _turns:
        if not future.set_running_or_notify_cancel():
            return
        try:
            found = work()
        except BaseException as error:  # noqa: BLE001  # whoever looks at the future is told
            future.set_exception(error)
        else:
            future.set_result(found)


def _write(
    view: Callable[[], ExportView],
    format_id: str,
    path: Path,
    advance: Callable[[], Progress | None],
    stop: threading.Event,
) -> Written:
    def progress(done: int, total: int) -> None:
        if (told := advance()) is not None:
            told(done, total)

    try:
        return write_take_away(view(), format_id, path, progress=progress, cancelled=stop.is_set)
    except AtlasError:
        raise
    except Exception:
        _log.exception("a %s file could not be made", format_id)
        raise
    finally:
        if stop.is_set():
            _clear(path.parent, stop)


def _clear(folder: Path, stop: threading.Event) -> None:
    stop.set()
    shutil.rmtree(folder, ignore_errors=True)
