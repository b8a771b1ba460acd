"""Only our own name, and only pages of our own: no rebinding, no foreign page that speaks for its visitor.

A browser sends ``Origin`` with every socket and every request that writes, so a foreign one and ``null`` are
refused. One that is missing comes from no browser; docs/hosting.md has the proxy refuse it besides.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.gate.pages import Refusal, answer
from dashboard.gate.wire import headers_of
from dashboard.settings import Settings

__all__ = ["PROBES", "Hosts", "allowed_hosts"]

PROBES: Final = frozenset({"/livez", "/readyz", "/_stcore/health"})
"""What whoever watches the process asks, by any name and without signing in."""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS: Final = {"http": 80, "https": 443}


def allowed_hosts(settings: Settings) -> list[str]:
    """List the names under which the atlas answers.

    Parameters
    ----------
    settings
        The settings.

    Returns
    -------
    list of str
        Host names without port: that of `public_url`, else this machine's own.
    """
    named = urlsplit(settings.public_url).hostname
    return [named] if named else ["localhost", "127.0.0.1", "::1"]


class Hosts:
    """ASGI middleware that refuses foreign names and foreign pages.

    Parameters
    ----------
    app
        The application behind it.
    settings
        The settings.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.names = frozenset(allowed_hosts(settings))
        self.origin = _origin(settings.public_url) if settings.public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on or refuse it.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
        elif not scope["path"].isprintable():
            # Routes are regular expressions, whose end is before a last line break, too: such a path would
            # reach the socket past every part of the gate that knows it by its name.
            refusal = Refusal(400, "No such address", "The address holds characters that no page has.")
            await answer(refusal, scope, receive, send)
        elif scope["path"] in PROBES:
            await self.app(scope, receive, send)
        elif not self._is_our_name(scope):
            refusal = Refusal(421, "Not the address of this atlas", "The atlas does not answer by this name.")
            await answer(refusal, scope, receive, send)
        elif not self._is_our_page(scope):
            refusal = Refusal(403, "Refused", "Another site may not act for its visitors here.")
            await answer(refusal, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_our_name(self, scope: Scope) -> bool:
        hosts = headers_of(scope).getlist("host")
        return len(hosts) == 1 and (_host(hosts[0]) or ("", 0))[0] in self.names

    def _is_our_page(self, scope: Scope) -> bool:
        if scope["type"] == "http" and scope["method"] in _SAFE:
            return True  # nobody foreign can read the answer: no header lets them
        origins = headers_of(scope).getlist("origin")
        if not origins:
            return True
        theirs = _origin(origins[0])
        if len(origins) > 1 or theirs is None:
            return False
        if self.origin is not None:
            return theirs == self.origin
        host = _host(headers_of(scope).get("host", ""))
        return host is not None and theirs[1:] == (host[0], host[1] or _PORTS[theirs[0]])


def _host(text: str) -> tuple[str, int | None] | None:
    """Name and port of a Host header, None for what is none."""
    try:
        parts = urlsplit(f"//{text}")
        port = parts.port
    except ValueError:
        return None
    if parts.netloc != text or "@" in text or not parts.hostname or parts.path or parts.query:
        return None
    return parts.hostname.rstrip("."), port


def _origin(text: str) -> tuple[str, str, int] | None:
    """Scheme, name and port of an origin, None for what is none, such as ``null``."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.rstrip("."), port or _PORTS[parts.scheme]
