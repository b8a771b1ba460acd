"""The way in and out: our pages around Streamlit's routes for OpenID Connect.

Streamlit leads to the identity provider and back, with PKCE, state and nonce, and signs the cookie. Added
here: pages that say what is the matter, a way back to the address somebody came for, cookies that live no
longer than a sign-in and never travel unencrypted, and signing out that ends copies of a cookie as well.
"""

import re
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, quote, unquote

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import encode_provider_token

from dashboard.gate.claims import USER_COOKIE
from dashboard.gate.pages import Action, Refusal, answer, draw, page_response
from dashboard.gate.refusals import provider_down, too_fast
from dashboard.gate.wire import cookies_of, headers_of, identity_of, person_of, set_cookie, visitor_address
from dashboard.runtime import Runtime, runtime
from dashboard.settings import Settings
from dashboard.store.trail.operations import Operation
from dashboard.workflows.geocoding.rates import Rate

__all__ = ["SignIn", "sign_in_routes"]

_LOGIN: Final = "/auth/login"
_LOGOUT: Final = "/auth/logout"
_CALLBACK: Final = "/oauth2callback"
_LIMITED: Final = frozenset({_LOGIN, _CALLBACK, "/sign-in/start", "/sign-out"})
_NEXT: Final = "atlas_next"
_NEXT_SECONDS: Final = 600
_LONGEST_NEXT: Final = 2_000
_LONGEST_FORM: Final = 1_000
_MAX_AGE: Final = re.compile(r"max-age=\d+", re.IGNORECASE)
_WORDS: Final = {
    "out": ("Signed out", "You are signed out in this browser."),
    "everywhere": ("Signed out", "You are signed out in every browser and tab."),
    "failed": (
        "Sign-in did not work",
        "The identity provider did not confirm who you are, or the sign-in took too long. Try again.",
    ),
}
_GREETING: Final = ("Sign in", "This atlas is for people who are signed in.")


class SignIn:
    """ASGI middleware around Streamlit's sign-in routes.

    Parameters
    ----------
    app
        The application behind it.
    settings
        How people sign in.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.rate = Rate(settings.sign_ins_per_minute)
        self.https = settings.public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and complete the answer.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path in _LIMITED:
            wait = self.rate.take(visitor_address(scope, self.settings.trusted_proxies))
            if wait:
                await answer(too_fast(wait), scope, receive, send)
                return
        if path == _LOGOUT and headers_of(scope).get("sec-fetch-site") == "cross-site":
            refusal = Refusal(403, "Refused", "Another site may not sign you out.", (Action("Back", "/"),))
            await answer(refusal, scope, receive, send)
        elif path == _LOGIN:
            await self._to_provider(scope, receive, send)
        else:
            await self.app(scope, receive, self._completing(scope, send))

    async def _to_provider(self, scope: Scope, receive: Receive, send: Send) -> None:
        failed = False

        async def watch(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                failed = message["status"] >= 400  # noqa: PLR2004  # what HTTP calls an error
                self._guard_cookies(message)
            if not failed:
                await send(message)

        await self.app(scope, receive, watch)
        if failed:
            await answer(provider_down(), scope, receive, send)

    def _completing(self, scope: Scope, send: Send) -> Send:
        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._guard_cookies(message)
                if scope["path"] == _CALLBACK:
                    _lead_on(scope, message)
            await send(message)

        return complete

    def _guard_cookies(self, message: Message) -> None:
        seconds = int(self.settings.sign_in_hours * 3_600)
        headers: list[tuple[bytes, bytes]] = []
        for name, value in message.get("headers", []):
            if name.lower() != b"set-cookie":
                headers.append((name, value))
                continue
            line = value.decode("latin-1")
            if line.startswith(USER_COOKIE) and "max-age=0" not in line.lower():
                line = _MAX_AGE.sub(f"Max-Age={seconds}", line)
            if self.https and "; secure" not in line.lower():
                line += "; Secure"
            headers.append((name, line.encode("latin-1")))
        message["headers"] = headers


def _lead_on(scope: Scope, message: Message) -> None:
    """Send somebody who comes back from the provider to where they wanted to go."""
    headers = MutableHeaders(scope=message)
    if "location" not in headers:
        return
    signed_in = any(
        line.startswith(f"{USER_COOKIE}=") and not line.startswith(f'{USER_COOKIE}=""')
        for line in headers.getlist("set-cookie")
    )
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    if signed_in:
        headers["location"] = _own_path(unquote(cookies_of(scope).get(_NEXT, "")))
    else:
        # Without a state somebody comes back from signing out there.
        headers["location"] = f"/sign-in?why={'failed' if 'state' in asked or 'error' in asked else 'out'}"
    set_cookie(message, f"{_NEXT}=; HttpOnly; Max-Age=0; Path={_CALLBACK}; SameSite=Lax")


def _own_path(text: str) -> str:
    """Give an address to go on to: the one asked for if it is ours, else the start page."""
    is_path = text.startswith("/") and not text.startswith("//") and len(text) <= _LONGEST_NEXT
    return text if is_path and text.isascii() and text.isprintable() and "\\" not in text else "/"


def sign_in_routes(settings: Settings, *, atlas: Callable[[], Runtime] = runtime) -> list[BaseRoute]:
    """List the routes of signing in and out.

    Parameters
    ----------
    settings
        How people sign in.
    atlas
        Gives the process's runtime.

    Returns
    -------
    list of BaseRoute
        None in a local session.
    """
    if settings.sign_in == "none":
        return []

    def sign_in(request: Request) -> Response:
        title, message = _WORDS.get(request.query_params.get("why", ""), _GREETING)
        target = "/sign-in/start" if settings.sign_in == "oidc" else "/"
        return page_response(draw(title, message, (Action("Sign in", target),)))

    def start(request: Request) -> Response:
        onward = _own_path(request.query_params.get("next", ""))
        # Made when it is followed: the token counts for two minutes only.
        response = RedirectResponse(f"{_LOGIN}?provider={encode_provider_token('default')}", status_code=302)
        response.set_cookie(
            _NEXT, quote(onward), max_age=_NEXT_SECONDS, path=_CALLBACK, httponly=True, samesite="lax"
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    def ask(request: Request) -> Response:
        person = person_of(request.scope)
        if person is None or person.role is None:
            return RedirectResponse("/sign-in", status_code=303)
        actions = (
            Action("Sign out here", "/sign-out", {"where": "here"}),
            Action("Sign out everywhere", "/sign-out", {"where": "everywhere"}, main=False),
            Action("Back to the atlas", "/", main=False),
        )
        message = f"You are signed in as {person}. Signing out everywhere ends all your tabs and browsers."
        return page_response(draw("Sign out?", message, actions))

    async def sign_out(request: Request) -> Response:
        person, identity = person_of(request.scope), identity_of(request.scope)
        everywhere = await _chosen(request) == "everywhere"
        if person is not None and person.role is not None and identity is not None:
            await to_thread.run_sync(lambda: atlas().signed_out.add(identity, person))
            if everywhere:
                await to_thread.run_sync(_end_everywhere, atlas, person.id)
        if settings.sign_in == "header":
            title, message = _WORDS["everywhere" if everywhere else "out"]
            return page_response(draw(title, message, (Action("Sign in again", "/"),)))
        # Not a redirect: the policy for forms would hold for the provider's address, too.
        return page_response(draw("Signing out", "One moment.", (Action("Go on", _LOGOUT),), go=_LOGOUT))

    return [
        Route("/sign-in", sign_in),
        Route("/sign-in/start", start),
        Route("/sign-out", ask, methods=["GET"]),
        Route("/sign-out", sign_out, methods=["POST"]),
    ]


async def _chosen(request: Request) -> str:
    """Give what was chosen on our form; no form of ours is longer than what is read of it."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return ""
    return parse_qs(body.decode("latin-1")).get("where", [""])[0]


def _end_everywhere(atlas: Callable[[], Runtime], person_id: str) -> None:
    running = atlas()
    person = running.store.people.get(person_id)
    operation = Operation.new(person.name, "sign out everywhere", person_id, person_id=person_id)
    running.store.people.sign_out(person_id, time.time(), operation)
