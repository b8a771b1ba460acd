"""Who somebody is to the atlas: what a sign-in claims, made a person with the role that the store says.

The store is asked every time, so that a role taken away is gone at the next step. While it does not answer,
its last answer of a minute ago at most counts, for reading only.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from dashboard.domain.access import ANONYMOUS, LOCAL, Person, Role
from dashboard.errors import PermissionDeniedError, RecordNotFoundError, SignInError, StoreError
from dashboard.settings import Settings
from dashboard.store.people.people import Meeting, StoredPerson
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.identity import ANONYMOUS_PREFIX, LOCAL_TEXT, Identity

__all__ = ["Claim", "Identities"]

_REMEMBER_SECONDS: Final = 60.0
_MOST_REMEMBERED: Final = 10_000
_GREETED_SECONDS: Final = 300.0
_HOUR: Final = 3_600
_READING: Final = frozenset({"read"})
_SIGN_IN: Final = "sign in"


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody vouches for: an identity provider or a trusted proxy.

    Parameters
    ----------
    issuer, subject
        Who vouches, and the person's name there: the key of a person.
    name
        Name to show.
    email
        Address to show to admins; never a key.
    signed_in_at
        When the person signed in, in seconds since 1970.
    method
        ``oidc`` or ``header``.
    """

    issuer: str
    subject: str
    name: str
    email: str
    signed_in_at: float
    method: str


class Identities:
    """Makes persons of claims, identities and tokens.

    Parameters
    ----------
    store
        Where people and their roles are.
    settings
        Admins, the first role, and how long a sign-in counts.
    away
        Whether the store is known not to answer: then nobody waits for it.
    ended
        Sign-ins that were ended in their browser.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        away: Callable[[], bool] = lambda: False,
        ended: Container[Identity] = frozenset(),
    ) -> None:
        self._store = store
        self._settings = settings
        self._away = away
        self._ended = ended
        self._lock = threading.Lock()
        self._last: OrderedDict[str, tuple[float, StoredPerson]] = OrderedDict()
        self._greeted: OrderedDict[tuple[str, str], float] = OrderedDict()

    def recognise(self, claim: Claim) -> Person:
        """Give the person behind a claim, kept in the store on first sight.

        Parameters
        ----------
        claim
            What a sign-in says.

        Returns
        -------
        Person
            With the role that the store says now.

        Raises
        ------
        SignInError
            If the sign-in no longer counts.
        PermissionDeniedError
            If the person was locked out.
        StoreError
            If the store does not answer and nothing is remembered.
        """
        key = (claim.issuer, claim.subject)
        stored, fresh = self._answer("\0".join(key), lambda: self._meet(claim, key))
        return self._person(stored, claim.signed_in_at, fresh=fresh)

    def by_id(self, text: str) -> Person:
        """Give the person of an identity that the gate wrote.

        Parameters
        ----------
        text
            Value of the internal header: ``<person id>@<signed in at>``, ``anonymous:<random>`` or ``local``.

        Returns
        -------
        Person
            With the role that the store says now.

        Raises
        ------
        SignInError
            If there is no such person, or the sign-in no longer counts.
        PermissionDeniedError
            If the person was locked out.
        StoreError
            If the store does not answer and nothing is remembered.
        """
        if text == LOCAL_TEXT and self._settings.sign_in == "none":
            return LOCAL
        if text.startswith(ANONYMOUS_PREFIX):
            return ANONYMOUS
        person_id, _, at = text.rpartition("@")
        try:
            signed_in_at = _moment(at)
            stored, fresh = self._answer(person_id, lambda: self._store.people.get(person_id))
        except (ValueError, RecordNotFoundError):
            raise SignInError("Nobody knows this sign-in") from None
        return self._person(stored, signed_in_at, fresh=fresh)

    def by_token(self, text: str) -> Person | None:
        """Give the person that an API token acts for.

        Parameters
        ----------
        text
            The token.

        Returns
        -------
        Person or None
            With the scopes of the token; None when it is none, or counts no longer.

        Raises
        ------
        StoreError
            If the store does not answer.
        """
        token = self._store.tokens.find(text)
        if token is None:
            return None
        try:
            owner = self._store.people.get(token.owner_id)
        except RecordNotFoundError:
            return None
        if owner.disabled:
            return None
        with suppress(
            StoreError
        ):  # when it was used last is good to know, and no reason to turn somebody away
            self._store.tokens.touch(token.id)
        return replace(self._as_person(owner), scopes=frozenset(token.scopes))

    def _meet(self, claim: Claim, key: tuple[str, str]) -> StoredPerson:
        found = self._store.people.find(*key)
        if found is not None and self._is_greeted(key):
            return found
        who = claim.name or claim.subject
        operation = Operation.new(who, _SIGN_IN, found.id if found else claim.subject)
        meeting = Meeting(claim.issuer, claim.subject, claim.name, claim.email)
        try:
            met = self._store.people.meet(meeting, Role(self._settings.default_role), operation)
        except StoreError:
            if found is None:
                raise
            return found  # known, but nothing can be written now
        self._greet(key)
        return met

    def _is_greeted(self, key: tuple[str, str]) -> bool:
        with self._lock:
            return time.monotonic() - self._greeted.get(key, -_GREETED_SECONDS) < _GREETED_SECONDS

    def _greet(self, key: tuple[str, str]) -> None:
        with self._lock:
            self._greeted[key] = time.monotonic()
            self._greeted.move_to_end(key)
            while len(self._greeted) > _MOST_REMEMBERED:
                self._greeted.popitem(last=False)

    def _answer(self, key: str, ask: Callable[[], StoredPerson]) -> tuple[StoredPerson, bool]:
        """Ask the store, or remember its last answer while it is silent; and say which it was."""
        remembered = self._remembered(key)
        if remembered is not None and self._away():
            return remembered, False
        try:
            stored = ask()
        except StoreError:
            if remembered is None:
                raise
            return remembered, False
        with self._lock:
            for name in (key, stored.id):
                self._last[name] = (time.monotonic(), stored)
                self._last.move_to_end(name)
            while len(self._last) > _MOST_REMEMBERED:
                self._last.popitem(last=False)
        return stored, True

    def _remembered(self, key: str) -> StoredPerson | None:
        with self._lock:
            at, stored = self._last.get(key, (0.0, None))
        return stored if time.monotonic() - at <= _REMEMBER_SECONDS else None

    def _person(self, stored: StoredPerson, signed_in_at: float, *, fresh: bool) -> Person:
        if stored.disabled:
            raise PermissionDeniedError("come in", "an admin has locked your account: ask one why")
        if Identity.signed_in(stored.id, signed_in_at) in self._ended:
            raise SignInError("You signed out in this browser")
        if stored.sessions_valid_after > signed_in_at:
            raise SignInError("You were signed out everywhere")
        if time.time() - signed_in_at > self._settings.sign_in_hours * _HOUR:
            raise SignInError(
                f"A sign-in counts for {self._settings.sign_in_hours:g} hours, and yours is older"
            )
        person = self._as_person(stored)
        return person if fresh else replace(person, scopes=_READING, remembered=True)

    def _as_person(self, stored: StoredPerson) -> Person:
        named = f"{stored.issuer}|{stored.subject}" in self._settings.admins
        role = Role.ADMIN if named else stored.role
        return Person(stored.id, stored.name or stored.subject, role, stored.issuer, stored.subject)


def _moment(text: str) -> float:
    moment = float(text)
    if not math.isfinite(moment):
        raise ValueError(text)  # it would compare as neither early nor late
    return moment
