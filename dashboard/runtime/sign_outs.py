"""Sign-ins that have ended, held by every process so that asking costs nothing.

The store keeps them; its state, which is asked for every second, says when there are more. Whoever signed out
is out at once in the process that heard it, and within about a second in the others.
"""

import logging
import threading
import time
from contextlib import suppress
from typing import Final

from dashboard.domain.access import Person
from dashboard.errors import StoreError
from dashboard.runtime.sign_out_journal import PendingSignOut, SignOutJournal
from dashboard.store.people.sign_outs import SignOuts
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.identity import Identity

__all__ = ["EndedSignIns"]

_HOUR: Final = 3_600
_KEPT: Final = 30 * 24 * _HOUR  # a host may lengthen sign-ins later: ended ones must not come back then
_log = logging.getLogger(__name__)


class EndedSignIns:
    """Sign-ins that were ended by signing out, each of them in one browser.

    Parameters
    ----------
    store
        Where they are kept.
    hours
        How long a sign-in counts.
    journal
        Keeps what the store could not be told of, so that it outlives this process.
    """

    def __init__(self, store: SignOuts, hours: float, journal: SignOutJournal) -> None:
        self._store = store
        self._seconds = hours * _HOUR
        self._journal = journal
        self._lock = threading.Lock()
        self._version: int | None = None
        self._unwritten = {one.identity: one for one in journal.pending()}
        self._ended: frozenset[str] = frozenset()

    def __contains__(self, identity: object) -> bool:
        return isinstance(identity, Identity) and identity.text in self._ended

    def add(self, identity: Identity, person: Person) -> None:
        """End a sign-in, in this process at once.

        Parameters
        ----------
        identity
            The sign-in.
        person
            Whose it is. While the store does not answer it is told later.
        """
        pending = PendingSignOut(identity.text, time.time(), Operation.by(person, "sign out", person.id))
        with self._lock:
            self._ended |= {identity.text}
            self._unwritten[identity.text] = pending
            try:
                self._write()
            except StoreError as error:
                self._journal.add(pending)
                _log.warning("a sign-out could not be written down yet: %s", error)

    def follow(self, version: int) -> None:
        """Read them again when the store has others.

        Parameters
        ----------
        version
            `dashboard.store.database.control.State.sign_outs_version` as the store just said.

        Raises
        ------
        StoreError
            If the store does not answer.
        """
        with self._lock:
            # A store that is only read for now is told at a later look.
            with suppress(StoreError):
                self._write()
            if version != self._version:
                read = self._store.ended(time.time() - self._seconds)
                self._ended, self._version = read | self._unwritten.keys(), version

    def _write(self) -> None:
        told: list[str] = []
        try:
            for identity, one in tuple(self._unwritten.items()):
                forget = one.at - max(self._seconds, _KEPT)
                self._store.end(identity, one.at, one.operation, forget_before=forget)
                del self._unwritten[identity]
                told.append(identity)
        finally:
            if told and self._journal.pending():
                self._journal.forget(told)
