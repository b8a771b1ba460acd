"""One step of an import in the background: watched by its page, stopped by it, gone with the session.

Reading a table, looking at it and storing it may each take minutes. A page that did it itself would be deaf
to everything else, and a click would end it half way.
"""

import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from dashboard.errors import AtlasError

__all__ = ["Progress", "StoppedWorkError", "Work"]

T = TypeVar("T")

_LOOK_SECONDS: Final = 0.25
_AT_ONCE: Final = 2  # of one process: a table keeps a core busy and hundreds of megabytes
_log = logging.getLogger(__name__)
_turns: Final = threading.BoundedSemaphore(_AT_ONCE)


class StoppedWorkError(Exception):
    """A person does not want it any more."""


class Progress:
    """How far a step is, told by its thread and looked at by its page."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.words = ""
        self._stop = threading.Event()
        self._has_turn = False
        self._when_stopped: Callable[[], None] | None = None

    def report(self, done: int, total: int) -> None:
        """Tell how much is done.

        Parameters
        ----------
        done, total
            Rows.

        Raises
        ------
        StoppedWorkError
            If it shall end.
        """
        self.done, self.total = done, total
        self.check()

    @property
    def is_stopped(self) -> bool:
        """Whether it shall end."""
        return self._stop.is_set()

    def check(self) -> None:
        """End the step if nobody wants it any more.

        Raises
        ------
        StoppedWorkError
            If it shall end.
        """
        if self._stop.is_set():
            raise StoppedWorkError

    def take_turn(self) -> bool:
        """Wait until others have done; called by the step itself.

        Returns
        -------
        bool
            False when it was stopped meanwhile: it has no turn then.
        """
        while not _turns.acquire(timeout=_LOOK_SECONDS):
            if self.is_stopped:
                return False
        self._has_turn = True
        return True

    def give_turn_back(self) -> None:
        """Let others do something; called by the step itself."""
        if self._has_turn:
            self._has_turn = False
            _turns.release()

    def wait(self, seconds: float, words: str) -> None:
        """Wait, and say what for; called by the step itself.

        Parameters
        ----------
        seconds
            How long.
        words
            What the page says meanwhile.

        Raises
        ------
        StoppedWorkError
            If it shall end.
        """
        self.words = words
        self.give_turn_back()  # others need not wait for it too
        if self._stop.wait(seconds) or not self.take_turn():
            raise StoppedWorkError
        self.words = ""
        self.check()

    @contextmanager
    def stopping(self, end: Callable[[], None]) -> Iterator[None]:
        """Say how to end what looks at nothing while it works.

        Parameters
        ----------
        end
            Called by whoever stops the step.

        Yields
        ------
        None
            As long as it is under way.
        """
        self._when_stopped = end
        try:
            self.check()  # it may have been stopped before anybody knew how
            yield
        finally:
            self._when_stopped = None

    def stop(self) -> None:
        """End the step, from another thread."""
        self._stop.set()
        if self._when_stopped is not None:
            self._when_stopped()


class Work(Generic[T]):
    """One step.

    Parameters
    ----------
    title
        What is done, for people.
    act
        Does it in a thread of its own.
    """

    def __init__(self, title: str, act: Callable[[Progress], T]) -> None:
        self.title = title
        self.progress = Progress()
        self._future: Future[T] = Future()
        # Whoever leaves the page leaves no work behind.
        self._finalizer = weakref.finalize(self, self.progress.stop)
        self._finalizer.atexit = False
        # A thread that nobody waits for: a process that ends does not wait for tables either.
        threading.Thread(
            target=_take_turn, args=(self._future, act, self.progress), name="import", daemon=True
        ).start()

    @property
    def is_running(self) -> bool:
        """Whether it is under way, or waits for its turn."""
        return not self._future.done()

    @property
    def waits(self) -> bool:
        """Whether it waits for the tables of others."""
        return self.is_running and not self._future.running()

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        seen = self.progress
        return min(seen.done / seen.total, 1.0) if seen.total else 0.0

    def wait(self, seconds: float) -> bool:
        """Wait a moment for it: most tables are short.

        Parameters
        ----------
        seconds
            How long at most.

        Returns
        -------
        bool
            Whether it has ended.
        """
        try:
            self._future.exception(seconds)
        except NotYetError:
            return False
        return True

    def stop(self) -> None:
        """Stop it; nothing of it is kept."""
        self.progress.stop()

    @property
    def is_stopped(self) -> bool:
        """Whether it ended because a person stopped it."""
        return not self.is_running and isinstance(self._future.exception(), StoppedWorkError)

    @property
    def error(self) -> str:
        """Why nothing came of it, for people; empty while it runs, when it was stopped or is well."""
        found = None if self.is_running else self._future.exception()
        if found is None or isinstance(found, StoppedWorkError):
            return ""
        return str(found) if isinstance(found, AtlasError) else "It failed; the operator's log says why."

    @property
    def result(self) -> T | None:
        """What came of it; None while nothing has."""
        ended = not self.is_running and self._future.exception() is None
        return self._future.result() if ended else None


def _take_turn(future: "Future[T]", act: Callable[[Progress], T], progress: Progress) -> None:
    # Whoever is stopped while waiting goes at once: what it would have read may be long.
    if not progress.take_turn():
        future.set_exception(StoppedWorkError())
        return
    try:
        future.set_running_or_notify_cancel()
        progress.check()
        found = act(progress)
    except BaseException as error:  # noqa: BLE001  # whoever looks at the future is told
        _tell(future, progress, error)
    else:
        future.set_result(found)
    finally:
        progress.give_turn_back()


def _tell(future: "Future[T]", progress: Progress, error: BaseException) -> None:
    try:
        progress.check()
    except StoppedWorkError as stopped:
        future.set_exception(stopped)  # what it failed of is that it was stopped
        return
    if not isinstance(error, AtlasError):
        _log.error("a step of an import failed", exc_info=error)
    future.set_exception(error)
