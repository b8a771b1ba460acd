"""One line and one count for each request and each session, outermost, so that refusals are seen too."""

import logging
import re
import time
import uuid
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.hosting.routes import pattern_of, shown_path
from dashboard.logs import ACCESS, request_named
from dashboard.measures import measures

__all__ = ["AccessLog"]

_log = logging.getLogger(ACCESS)
# Asked for by machines every few seconds, or by each page in dozens: written at the level debug.
_FREQUENT: Final = frozenset(("/livez", "/readyz", "/_stcore/health", "/static/{file}", "/atlas/{file}"))
_REQUEST_ID: Final = re.compile(rb"[0-9a-f]{16,64}")
_SWITCHING: Final = 101
_FORBIDDEN: Final = 403
_FAILED: Final = 500


class AccessLog:
    """ASGI middleware that writes who asked for what, what came of it, and how long it took.

    Parameters
    ----------
    app
        The application behind it. What decides about the person leaves it in ``scope["state"]["person"]``.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and write what came of it.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        seen = _Seen(scope)
        with request_named(seen.request):
            try:
                await self.app(scope, receive, seen.watching(send))
            except BaseException:
                if seen.status is None:
                    seen.answered(_FAILED)
                raise
            finally:
                seen.ended()


class _Seen:
    """What is known about one request while it is being answered."""

    def __init__(self, scope: Scope) -> None:
        state: dict[str, Any] = scope.setdefault("state", {})
        self.state = state
        self.socket = scope["type"] == "websocket"
        self.path = str(scope["path"])
        self.method = "WEBSOCKET" if self.socket else _method(str(scope["method"]))
        self.client = (scope.get("client") or ("",))[0]
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        # The proxy's own id, so that both logs can be read together; anything else could forge lines.
        self.request = given.decode() if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        state["request_id"] = self.request
        self.status: int | None = None
        self.open = False
        self._begun = time.perf_counter()

    def watching(self, send: Send) -> Send:
        """Give a ``send`` that notices the answer."""

        async def watch(message: Message) -> None:
            kind = message["type"]
            if kind in ("http.response.start", "websocket.http.response.start"):
                self.answered(int(message["status"]))
            elif kind == "websocket.accept":
                self.open = True
                measures().level("sessions", 1)
                self.answered(_SWITCHING)
            elif kind == "websocket.close" and self.status is None:
                self.answered(_FORBIDDEN)  # closed before it was accepted: uvicorn answers with 403
            await send(message)

        return watch

    def answered(self, status: int) -> None:
        """Take note of the answer's status."""
        self.status = status
        route = pattern_of(self.path)
        measures().count("requests", route=route, method=self.method, status=str(status))
        measures().observe("answers", time.perf_counter() - self._begun, route=route)
        if self.socket and status != _SWITCHING:
            measures().count("refused_sessions", status=str(status))
        if self.socket and status == _SWITCHING:
            self._write(route)

    def ended(self) -> None:
        """Write the line, or that a session is over."""
        if self.open:
            self.open = False
            measures().level("sessions", -1)
            self._write(pattern_of(self.path), over=True)
        elif not self.socket or self.status != _SWITCHING:
            self._write(pattern_of(self.path))

    def _write(self, route: str, *, over: bool = False) -> None:
        person = self.state.get("person")
        level = logging.DEBUG if route in _FREQUENT and (self.status or 0) < _FAILED else logging.INFO
        if not _log.isEnabledFor(level):
            return
        seconds = time.perf_counter() - self._begun
        event = {
            "method": self.method,
            "path": shown_path(self.path),
            "status": self.status or 0,  # 0: the visitor went away before there was an answer
            "ms": round(seconds * 1000),
            "person": getattr(person, "id", "") or "anonymous",
            "client": self.client,
        }
        _log.log(
            level, "session over" if over else "session" if self.socket else "request", extra={"event": event}
        )


def _method(name: str) -> str:
    return name if name in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH") else "OTHER"
