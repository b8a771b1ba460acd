"""Writing down the end of the audit trail outside the database, once an hour while a server runs."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dashboard.errors import StoreError
from dashboard.store.trail.anchor import anchor_head
from dashboard.store.trail.chain import Head

__all__ = ["Anchoring"]

EVERY_SECONDS: Final = 3_600.0

_log = logging.getLogger(__name__)


class Anchoring:
    """A thread that anchors the trail at its start and then once an hour.

    Parameters
    ----------
    file
        The anchor file of the settings; None to keep none.
    head
        Reads the head of the trail.
    """

    def __init__(self, file: Path | None, head: Callable[[], Head]) -> None:
        self._file = file
        self._head = head
        self._stop = threading.Event()

    def start(self) -> None:
        """Start the thread, if there is a file to write to."""
        if self._file is not None:
            threading.Thread(target=self._run, args=(self._file,), name="atlas-anchor", daemon=True).start()

    def stop(self) -> None:
        """Have the thread end at its next step."""
        self._stop.set()

    def _run(self, file: Path) -> None:
        while not self._stop.is_set():
            try:
                anchor_head(file, self._head)
            except StoreError as error:
                # A trail that was cut or rewritten is an alarm for the operator, no reason to stop serving.
                _log.error("the audit trail was not anchored: %s", error)
            self._stop.wait(EVERY_SECONDS)
