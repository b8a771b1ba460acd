"""What the store last said about itself, asked once a second by a thread rather than by every page.

A page that asked would wait as long as the database does. With the thread running pages read its last answer;
without it, as in tests and commands, whoever looks asks.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dashboard.errors import AwayError, StoreError
from dashboard.store.database.control import State

__all__ = ["Staleness", "Watch"]

EVERY_SECONDS: Final = 1.0
"""How often the store is asked."""

_SILENT_SECONDS: Final = 3.0  # a question that is still open: the answer is late, whatever comes of it
_MINUTE: Final = 60
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Staleness:
    """That the store does not answer, and since when.

    Parameters
    ----------
    seconds
        Seconds since its last answer.
    """

    seconds: float

    @property
    def sentence(self) -> str:
        """What to tell people."""
        minutes = int(self.seconds) // _MINUTE
        age = f"{minutes} min" if minutes else f"{int(self.seconds)} s"
        return (
            f"The database has not answered for {age}. You see the atlas as it was then; "
            "nothing can be saved until it is back."
        )


class Watch:
    """Knows the state of the store as it last was.

    Parameters
    ----------
    ask
        Asks the store, in one query.
    changed
        Called by the thread when an answer differs from the one before, and again until it succeeds.
    """

    def __init__(self, ask: Callable[[], State], changed: Callable[[State], None]) -> None:
        self._ask = ask
        self._changed = changed
        self._lock = threading.Lock()
        self._state: State | None = None
        self._answered = time.monotonic()
        self._away = False
        self._preparing = False
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether the thread asks, so that nobody else need."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    @property
    def stale(self) -> Staleness | None:
        """How long the store has been silent; None while it answers."""
        silent = time.monotonic() - self._answered
        is_asked = self.is_running and not self._preparing
        if self._away or (is_asked and silent > _SILENT_SECONDS):
            return Staleness(silent)
        return None

    def ask(self) -> State:
        """Ask the store now.

        Returns
        -------
        State
            Its answer, which everybody sees from here on.

        Raises
        ------
        StoreError
            If it does not answer.
        """
        try:
            state = self._ask_twice()
        except StoreError:
            self._away = True
            raise
        with self._lock:
            self._state, self._answered, self._away = state, time.monotonic(), False
        return state

    def _ask_twice(self) -> State:
        try:
            return self._ask()
        except AwayError:
            # A connection may break while the store is well; where it is away this is refused at once.
            return self._ask()

    def look(self) -> State:
        """Give the state without waiting for the store while the thread runs.

        Returns
        -------
        State
            The last answer; asked for when the thread does not run.

        Raises
        ------
        StoreError
            If the store does not answer and never did.
        """
        if self.is_running and self._state is not None:
            return self._state
        try:
            return self.ask()
        except StoreError:
            if self._state is None:
                raise
            return self._state

    def start(self) -> None:
        """Start the thread; starting twice does no harm."""
        with self._lock:
            if self.is_running:
                return
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="atlas-watch", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop the thread; it may be at its last question still."""
        self._stop.set()
        self._wake.set()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=EVERY_SECONDS)

    def wake(self) -> None:
        """Have the thread ask at once."""
        self._wake.set()

    def _run(self) -> None:
        told: State | None = None
        while not self._stop.is_set():
            told = self._once(told)
            self._wake.wait(EVERY_SECONDS)
            self._wake.clear()

    def _prepare(self, state: State) -> None:
        self._preparing = True
        try:
            self._changed(state)
        finally:
            # What took long was the work, not the store.
            self._answered, self._preparing = time.monotonic(), False

    def _once(self, told: State | None) -> State | None:
        was_away = self._away
        try:
            state = self.ask()
            if was_away:
                _log.warning("the database answers again")
            if state != told:
                self._prepare(state)
        except StoreError as error:
            if not was_away:
                _log.warning("the database does not answer: %s", error)
            return told
        except Exception:  # noqa: BLE001  # a thread that ends leaves every page with old data and no word of it
            _log.exception("the new data could not be prepared")
            return told
        return state
