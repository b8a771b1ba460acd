"""How many may be in at once: a full atlas says so, instead of becoming slow for everybody.

Measured with Streamlit 1.67: beyond what one process can draw, reruns only queue, and with too few file
descriptors sockets die while the health check says that all is well. So the limit is counted here, before a
socket is accepted, and kept below what the operating system allows. Whoever is not signed in costs nothing to
invent: guests are counted by address besides, and never take the last places of those who are signed in.
"""

import asyncio
import logging
import sys
from collections import Counter
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.gate.pages import answer
from dashboard.gate.refusals import atlas_full, too_many_guests, too_many_tabs
from dashboard.gate.wire import (
    SOCKET,
    close_socket,
    headers_of,
    identity_of,
    person_of,
    visitor_address,
    wants_page,
)
from dashboard.maps.addresses import EMBED
from dashboard.settings import Settings
from dashboard.workflows.access.identity import Identity

__all__ = ["Admission", "Places", "sessions_allowed"]

_log = logging.getLogger(__name__)
_ALONE: Final = ("/sign-", "/r/", "/oembed", "/changes.", EMBED)  # pages without a session
_FILES_EACH: Final = 6  # measured: open files of one session after a rerun
_FILES_OURS: Final = 128
_SHARE: Final = 5  # a fifth is kept for people who are signed in, and a fifth is the most of one address
_PATIENCE: Final = 3.0  # seconds for the old socket of a page that is loaded again to close


class Places:
    """The places of one process.

    Parameters
    ----------
    in_all
        How many there are.
    for_each
        How many one person or browser may have; 0 for as many as there are.
    """

    def __init__(self, in_all: int, for_each: int) -> None:
        self.in_all = in_all
        self.for_each = for_each or in_all
        self.for_guests = max(1, in_all - max(1, in_all // _SHARE))
        self.for_address = max(self.for_each, in_all // _SHARE)
        self.taken: Counter[str] = Counter()
        self.guests: Counter[str] = Counter()
        self._freed = asyncio.Condition()

    def is_full(self, guest: str | None = None) -> bool:
        """Say whether there is no place left.

        Parameters
        ----------
        guest
            Address of somebody who is not signed in; None for somebody who is.

        Returns
        -------
        bool
            True when there is none.
        """
        if guest is not None and self.guests.total() >= self.for_guests:
            return True
        return self.taken.total() >= self.in_all

    def is_crowded(self, guest: str | None) -> bool:
        """Say whether as many guests as are allowed came from one address.

        Parameters
        ----------
        guest
            Address of somebody who is not signed in, empty when it is not known; None for somebody who is.

        Returns
        -------
        bool
            True when there may be no more.
        """
        return bool(guest) and self.guests[guest or ""] >= self.for_address

    def has_enough(self, owner: str) -> bool:
        """Say whether somebody has as many places as are allowed.

        Parameters
        ----------
        owner
            Who.

        Returns
        -------
        bool
            True when there may be no more.
        """
        return self.taken[owner] >= self.for_each

    async def take(self, owner: str, guest: str | None = None) -> bool:
        """Take a place; who has one already may have to wait a moment for it.

        Parameters
        ----------
        owner
            Who.
        guest
            Address of somebody who is not signed in; None for somebody who is.

        Returns
        -------
        bool
            False when there is none.
        """

        def is_free() -> bool:
            return not (self.is_full(guest) or self.is_crowded(guest) or self.has_enough(owner))

        if not is_free() and self.taken[owner]:
            # Perhaps a page that is loaded again: its old socket is about to close.
            async with self._freed:
                try:
                    await asyncio.wait_for(self._freed.wait_for(is_free), _PATIENCE)
                except TimeoutError:
                    return False
        if not is_free():
            return False
        self.taken[owner] += 1
        if guest is not None:
            self.guests[guest] += 1
        return True

    async def leave(self, owner: str, guest: str | None = None) -> None:
        """Give a place back.

        Parameters
        ----------
        owner
            Who had it.
        guest
            The address that it was taken with.
        """
        self.taken[owner] -= 1
        self.taken = +self.taken
        if guest is not None:
            self.guests[guest] -= 1
            self.guests = +self.guests
        async with self._freed:
            self._freed.notify_all()


class Admission:
    """ASGI middleware that keeps the number of sessions within what can be served well.

    Parameters
    ----------
    app
        The application behind it.
    settings
        How many there may be.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        # The one person of a local session may have as many tabs as they like.
        each = 0 if settings.sign_in == "none" else settings.max_sessions_per_person
        self.places = Places(sessions_allowed(settings.max_sessions), each)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that there is no place.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        identity = identity_of(scope)
        if scope["type"] == "websocket" and scope["path"] == SOCKET and identity is not None:
            await self._socket(identity, scope, receive, send)
        elif identity is not None and _opens_a_session(scope):
            await self._page(identity, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _socket(self, identity: Identity, scope: Scope, receive: Receive, send: Send) -> None:
        owner, guest = identity.owner, self._guest(identity, scope)
        if not await self.places.take(owner, guest):
            _log.warning(
                "no place for another session: %s of %s", self.places.taken.total(), self.places.in_all
            )
            await close_socket(receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            await self.places.leave(owner, guest)

    async def _page(self, identity: Identity, scope: Scope, receive: Receive, send: Send) -> None:
        owner, guest, places = identity.owner, self._guest(identity, scope), self.places
        # Streamlit would only show that it cannot connect, over and over.
        if places.is_full(guest) and not places.taken[owner]:
            full = atlas_full(places.in_all if guest is None else places.for_guests, guests=guest is not None)
            await answer(full, scope, receive, send)
        elif places.is_crowded(guest) and not places.taken[owner]:
            await answer(too_many_guests(places.for_address), scope, receive, send)
        elif places.has_enough(owner) and not _is_again(scope):
            refusal = too_many_tabs(places.for_each) if places.for_each < places.in_all else None
            await answer(refusal or atlas_full(places.in_all), scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _guest(self, identity: Identity, scope: Scope) -> str | None:
        if not identity.is_anonymous:
            return None
        return visitor_address(scope, self.settings.trusted_proxies)


def _opens_a_session(scope: Scope) -> bool:
    return wants_page(scope) and not scope["path"].startswith(_ALONE) and person_of(scope) is not None


def _is_again(scope: Scope) -> bool:
    """Whether a browser loads a page again that it shows: its socket is still open then."""
    return headers_of(scope).get("cache-control", "") in {"max-age=0", "no-cache"}


def sessions_allowed(wanted: int) -> int:
    """Say how many sessions the operating system lets one process have.

    Parameters
    ----------
    wanted
        How many are wanted.

    Returns
    -------
    int
        As many, or fewer; the log says why.
    """
    if sys.platform == "win32":
        return wanted
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted * _FILES_EACH + _FILES_OURS
    if soft != resource.RLIM_INFINITY and soft < needed:
        more = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        if more > soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft = more
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    allowed = max(1, (soft - _FILES_OURS) // _FILES_EACH)
    _log.warning(
        "only %s of %s sessions: a process may open %s files here (raise LimitNOFILE or ulimit -n)",
        allowed,
        wanted,
        soft,
    )
    return allowed
