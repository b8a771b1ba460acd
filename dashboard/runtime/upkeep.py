"""Sweeping away what imports left behind that nobody finished, once an hour while a server runs.

A process that ends in the middle of an import leaves rows that no layer shows. Whoever imports next sweeps
them away; where nobody does, this thread will.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from dashboard.errors import StoreError

__all__ = ["Upkeep"]

EVERY_SECONDS: Final = 3_600.0
_FIRST_SECONDS: Final = 60.0  # after a start there is better to do

_log = logging.getLogger(__name__)


class Upkeep:
    """A thread that sweeps some time after its start and then once an hour.

    Parameters
    ----------
    sweep
        Sweeps, and says how many imports it found.
    may_write
        Whether the atlas takes writes now.
    first_seconds
        How long it waits before the first time.
    """

    def __init__(
        self, sweep: Callable[[], int], may_write: Callable[[], bool], first_seconds: float = _FIRST_SECONDS
    ) -> None:
        self._sweep = sweep
        self._may_write = may_write
        self._first_seconds = first_seconds
        self._stop = threading.Event()

    def start(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, name="atlas-upkeep", daemon=True).start()

    def stop(self) -> None:
        """Have the thread end at its next step."""
        self._stop.set()

    def _run(self) -> None:
        wait = self._first_seconds
        while not self._stop.wait(wait):
            wait = EVERY_SECONDS
            try:
                swept = self._sweep() if self._may_write() else 0
            except StoreError as error:
                _log.warning("unfinished imports were not swept away: %s", error)
                continue
            except Exception:  # noqa: BLE001  # a thread that ends sweeps never again, and nobody hears of it
                _log.exception("unfinished imports were not swept away")
                continue
            if swept:
                _log.info("%s unfinished imports were swept away", swept)
