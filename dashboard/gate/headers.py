"""Security headers on every answer, error pages among them, in one place.

The page runs under ``script-src 'self'`` (measured with Streamlit 1.67, Altair included). Only the map
document sets its own policy, and its frame is sandboxed besides.
"""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["SecurityHeaders"]

_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Streamlit's emotion writes style elements
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
# The map's frame has an opaque origin: what it loads must not be bound to ours.
_OURS_ALONE: Final = ("/media/", "/api/", "/_stcore/")
_YEAR: Final = 31_536_000


class SecurityHeaders:
    """ASGI middleware that adds the headers an answer does not set itself.

    Parameters
    ----------
    app
        The application behind it.
    https
        Whether people reach the atlas over HTTPS: browsers then never ask for it without.
    """

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and complete the answer's headers.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = str(scope["path"])

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), path)
            await send(message)

        await self.app(scope, receive, complete)

    def _complete(self, headers: MutableHeaders, path: str) -> None:
        headers.setdefault("Content-Security-Policy", _POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if path.startswith(_OURS_ALONE):
            headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if path.startswith("/media/"):
            headers["Cache-Control"] = "no-store"  # files made for one person
        if self.https:
            headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
