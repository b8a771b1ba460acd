"""Who is there: decided once for each request and each socket, before anything behind it sees them.

A client's own identity header is thrown away; ours is put in its place. Streamlit keeps it with a session
and hands nobody a session that began under another one, so that a session's id alone opens nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.domain.access import ANONYMOUS, LOCAL, Mode, Person, Role
from dashboard.errors import PermissionDeniedError, SignInError, StoreError
from dashboard.gate.claims import USER_COOKIE, VISITOR_COOKIE, Visitor, bearer_token, claim_of
from dashboard.gate.hosts import PROBES
from dashboard.gate.pages import Refusal, answer
from dashboard.gate.refusals import disabled, not_signed_in, token_refused, too_fast, under_maintenance
from dashboard.gate.wire import (
    SOCKET,
    cookies_of,
    is_api,
    set_cookie,
    set_header,
    state_of,
    visitor_address,
    wants_page,
)
from dashboard.maps.addresses import ASSETS, EMBED
from dashboard.runtime import Runtime, runtime
from dashboard.settings import Settings
from dashboard.workflows.access.identity import ADDRESS_HEADER, ANONYMOUS_PREFIX, HEADER, LOCAL_TEXT, Identity
from dashboard.workflows.geocoding.rates import Rate

__all__ = ["OPEN_PATHS", "Identify"]

T = TypeVar("T")

OPEN_PATHS: Final = PROBES | {"/auth/login", "/auth/logout", "/oauth2callback", "/sign-in", "/sign-in/start"}
"""Where nobody need be known: probes and the way in."""

# Built scripts of ours, the same for everybody; the map's frame, whose origin is opaque, sends no cookie.
_OPEN_FOLDER: Final = f"{ASSETS}/"
# Streamlit's own files, the same for everybody: a sign-in that holds is enough, nobody is looked up.
_SHELL: Final = "/static/"
_log = logging.getLogger(__name__)
# A store that does not answer may keep so many threads, and no more, from other work.
_LOOKING_UP: Final = 8


@dataclass(frozen=True, slots=True)
class _Found:
    person: Person
    identity: Identity
    mode: Mode


class Identify:
    """ASGI middleware that finds out who asks and refuses whom the settings do not let in.

    Parameters
    ----------
    app
        The application behind it.
    settings
        How people sign in.
    atlas
        Gives the process's runtime; asked only when somebody is looked up.
    """

    def __init__(self, app: ASGIApp, settings: Settings, *, atlas: Callable[[], Runtime] = runtime) -> None:
        self.app = app
        self.settings = settings
        self.atlas = atlas
        self.bad_tokens = Rate(settings.sign_ins_per_minute)

    @cached_property
    def _limiter(self) -> CapacityLimiter:
        return CapacityLimiter(_LOOKING_UP)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with who sent it, or refuse it.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        set_header(scope, HEADER, None, without=(ADDRESS_HEADER,))
        if scope["path"] in OPEN_PATHS or scope["path"].startswith(_OPEN_FOLDER):
            await self.app(scope, receive, send)
            return
        visitor = Visitor.of(scope, self.settings.sign_in_hours)
        found = await self._find(scope, visitor)
        if isinstance(found, Refusal):
            await answer(found, scope, receive, send)
            return
        state_of(scope).update(person=found.person, identity=found.identity, mode=found.mode)
        set_header(scope, HEADER, found.identity.text)
        if found.identity.is_anonymous:
            set_header(scope, ADDRESS_HEADER, visitor_address(scope, self.settings.trusted_proxies))
        if scope["path"] == SOCKET:
            _hide_cookies(scope)
        await self.app(scope, receive, _with_visitor(scope, send, visitor) if visitor.is_new else send)

    async def _find(self, scope: Scope, visitor: Visitor) -> _Found | Refusal:
        if is_api(scope) and (text := bearer_token(scope)):
            return await self._by_token(scope, text)
        if self.settings.sign_in == "none":
            return _Found(LOCAL, Identity(LOCAL_TEXT), Mode.NORMAL)
        try:
            found = await self._signed_in(scope, visitor)
        except PermissionDeniedError as error:
            return disabled(error.reason)
        except SignInError as error:
            if self.settings.sign_in == "header" and not visitor.is_new:
                # The proxy vouches for the person still: what ended is this browser's session here.
                visitor.renew()
                return await self._find(scope, visitor)
            return await self._otherwise(scope, visitor, str(error))
        return found or await self._otherwise(scope, visitor)

    async def _otherwise(self, scope: Scope, visitor: Visitor, why: str = "") -> _Found | Refusal:
        if self.settings.anonymous_reading or _is_frame(scope):
            return await self._in_thread(lambda: self._anonymous(visitor))
        return not_signed_in(scope, self.settings, why)

    async def _signed_in(self, scope: Scope, visitor: Visitor) -> _Found | Refusal | None:
        claim = claim_of(scope, self.settings, visitor)
        if claim is None:
            return None
        if scope["path"].startswith(_SHELL):
            return _Found(ANONYMOUS, Identity(f"{ANONYMOUS_PREFIX}{visitor.id}"), Mode.NORMAL)

        def look_up() -> _Found | Refusal:
            atlas = self.atlas()
            person = atlas.people.recognise(claim)
            identity = Identity.signed_in(person.id, claim.signed_in_at)
            return self._let_in(_Found(person, identity, atlas.mode))

        return await self._in_thread(look_up)

    async def _by_token(self, scope: Scope, text: str) -> _Found | Refusal:
        def look_up() -> _Found | Refusal:
            atlas = self.atlas()
            person = atlas.people.by_token(text)
            if person is None:
                wait = self.bad_tokens.take(visitor_address(scope, self.settings.trusted_proxies))
                return too_fast(wait) if wait else token_refused()
            return self._let_in(_Found(person, Identity.signed_in(person.id, 0), atlas.mode))

        return await self._in_thread(look_up)

    def _anonymous(self, visitor: Visitor) -> _Found | Refusal:
        identity = Identity(f"{ANONYMOUS_PREFIX}{visitor.id}")
        return self._let_in(_Found(ANONYMOUS, identity, self._mode()))

    def _mode(self) -> Mode:
        try:
            return self.atlas().mode
        except StoreError:
            return Mode.NORMAL  # the page itself says that the store is away

    def _let_in(self, found: _Found) -> _Found | Refusal:
        if found.mode is Mode.MAINTENANCE and found.person.role is not Role.ADMIN:
            return under_maintenance(self.settings)
        return found

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await to_thread.run_sync(work, limiter=self._limiter)


def _is_frame(scope: Scope) -> bool:
    # The route refuses whom the settings do not let in: a page of the gate's would not be shown in a frame.
    return scope["type"] == "http" and scope["path"] == EMBED and scope["method"] in {"GET", "HEAD"}


def _hide_cookies(scope: Scope) -> None:
    # Streamlit would keep what the provider said, and more, with the session; scripts are told by our header.
    kept = [f"{name}={value}" for name, value in cookies_of(scope).items() if not _is_secret(name)]
    set_header(scope, "cookie", "; ".join(kept) or None)


def _is_secret(name: str) -> bool:
    return name.startswith(USER_COOKIE) or name == VISITOR_COOKIE


def _with_visitor(scope: Scope, send: Send, visitor: Visitor) -> Send:
    if not wants_page(scope):
        return send

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            set_cookie(message, visitor.cookie)
        await send(message)

    return add
