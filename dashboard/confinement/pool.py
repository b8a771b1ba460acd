"""A warm confined process, used by one caller at a time, replaced when it has died or served long enough."""

import json
import logging
import os
import secrets
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from dashboard.confinement import frames
from dashboard.confinement.limits import Limits
from dashboard.confinement.process import ConfinedProcess, EndedError, Stream
from dashboard.errors import ConfinementError

__all__ = ["Confinement"]

_log: Final = logging.getLogger(__name__)
_SAYS: Final = {
    "memory": "needs more memory than is allowed: it may be built to do harm, or is simply too large",
    "time": "takes longer than is allowed: it may be built to do harm, or is simply too large",
    "output": "holds more than is allowed: split it",
    "stray": "made its reader crash: save it anew with another program",
    "crash": "made its reader crash: save it anew with another program",
    "fault": "cannot be read: save it anew with another program",
    "stopped": "was not read to its end: it was stopped",
}


class Confinement:
    """Run functions on bytes from outside where they can do no harm; close it, or use it in a ``with``.

    A process is started at the first use and kept warm, since starting one costs as much as several articles.
    Callers of several threads wait for each other.

    Parameters
    ----------
    limits
        What each piece of work may use.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._process: ConfinedProcess | None = None
        self._owner = os.getpid()
        self._turn = threading.Lock()
        self._stopped = False

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def run(self, function: str, raw: bytes, *, called: str = "The file", **options: Any) -> Any:  # noqa: ANN401 - what JSON can carry
        """Call ``function(raw, **options)`` in the confined process.

        Parameters
        ----------
        function
            An importable function as ``module:name``; its own AtlasErrors are refusals.
        raw
            The bytes.
        called
            What messages call them.
        **options
            Keyword arguments, as JSON can carry them.

        Returns
        -------
        Any
            What it returned: bytes, or what JSON can carry.

        Raises
        ------
        ConfinementError
            The work refused, failed, crashed or met a limit; its ``reason`` says which.
        """
        return self._served(function, raw, options, called, None)

    def stream(
        self,
        function: str,
        file: int,
        take: Callable[[bytes], None],
        *,
        called: str = "The file",
        **options: Any,  # noqa: ANN401 - what JSON can carry
    ) -> Any:  # noqa: ANN401 - same
        """Call ``function(file, send, **options)`` in the confined process, for files of any length.

        The process is handed the open file and nothing else; what it sends comes here in pieces.

        Parameters
        ----------
        function
            An importable function as ``module:name``; its own AtlasErrors are refusals.
        file
            Number of a file that is open for reading only.
        take
            Called with each piece of what it sends, in order.
        called
            What messages call the file.
        **options
            Keyword arguments, as JSON can carry them.

        Returns
        -------
        Any
            What it returned, as JSON can carry it.

        Raises
        ------
        ConfinementError
            The work refused, failed, crashed or met a limit; its ``reason`` says which.
        """
        return self._served(function, b"", options, called, Stream(file, take))

    def _served(
        self, function: str, raw: bytes, options: dict[str, Any], called: str, stream: Stream | None
    ) -> Any:  # noqa: ANN401
        with self._turn:
            self._stopped = False
            try:
                tag, body = self._asked(function, raw, options, stream)
            except EndedError as end:
                self._drop()
                raise _failed(function, "stopped" if self._stopped else end.how, called) from None
            except BaseException:  # such as Ctrl-C: a task may be under way that nobody waits for
                self._drop()
                raise
            worn = tag == frames.NO_MEMORY or (self._process and self._process.tasks >= self.limits.lives)
            try:
                return _read(function, tag, body, called)
            except ConfinementError as error:
                worn = worn or error.reason == "fault"
                raise
            finally:
                if worn:
                    self._drop()

    @property
    def network(self) -> str:
        """How the network is kept out: ``none``, there is none left, or ``refused``, by Python alone."""
        with self._turn:
            try:
                return self._ready().network
            except EndedError as end:
                raise _failed("start", end.how, "The reader") from None

    def stop(self) -> None:
        """End what another thread has under way: it gets a `ConfinementError` of the reason ``stopped``."""
        if self._owner != os.getpid():
            return
        self._stopped = True  # also where its process is only starting
        process = self._process
        if process is not None:
            process.interrupt()

    def close(self) -> None:
        """End the process; a later `run` starts another."""
        with self._turn:
            self._drop()

    def _asked(
        self, function: str, raw: bytes, options: dict[str, Any], stream: Stream | None
    ) -> tuple[bytes, bytes]:
        try:
            return self._begun().run(function, raw, options, stream)
        except EndedError as end:
            # In pieces, nothing tells how many of them were taken.
            if end.how != "stray" or stream is not None or self._stopped:
                raise
        self._drop()  # the last task left something behind: this one has not been looked at
        return self._ready().run(function, raw, options)

    def _begun(self) -> ConfinedProcess:
        process = self._ready()
        if self._stopped:  # while it was starting
            raise EndedError("crash")
        return process

    def _ready(self) -> ConfinedProcess:
        if self._process is not None and self._owner != os.getpid():
            self._process = None  # forked: the process and its pipes are our parent's
        if self._process is not None and self._process.has_spoken():
            self._drop()  # an answer to nothing would be taken for the next one's
        if os.name != "posix":
            raise ConfinementError(
                "Reading foreign files needs Linux, macOS or WSL: there are no limits here", "fault"
            )
        if self._process is None:
            self._owner = os.getpid()
            self._process = ConfinedProcess(self.limits)
        return self._process

    def _drop(self) -> None:
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
        self._process = None


def _read(function: str, tag: bytes, body: bytes, called: str) -> Any:  # noqa: ANN401
    if tag == frames.PLAIN:
        return body
    if tag == frames.RESULT:
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise _failed(function, "fault", called, "no JSON") from None
    if tag == frames.REFUSED:
        raise ConfinementError(body.decode("utf-8", "replace"), "refused")
    reasons = {frames.NO_MEMORY: "memory", frames.TOO_LONG: "output"}
    raise _failed(function, reasons.get(tag, "fault"), called, body.decode("utf-8", "replace"))


def _failed(function: str, reason: str, called: str, trace: str = "") -> ConfinementError:
    reference = secrets.token_hex(4)
    _log.warning("%s ended by %s, reference %s %s", function, reason, reference, trace)
    return ConfinementError(f"{called} {_SAYS[reason]} (reference {reference})", reason, reference)
