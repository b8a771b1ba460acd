"""What a browser may say on Streamlit's socket, and how often.

Streamlit lets any client clear everybody's caches, and install things on the server. Here only what a page
needs gets through. Reruns that come faster than any hand are read more slowly: nothing is lost, and a storm
of them stays its sender's own.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # ships no types
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.gate.wire import SOCKET, identity_of
from dashboard.runtime import Runtime, runtime
from dashboard.workflows.access.identity import LOCAL_TEXT, Identity
from dashboard.workflows.geocoding.rates import Rate

__all__ = ["Messages", "is_allowed"]

_log = logging.getLogger(__name__)
_ALLOWED: Final = frozenset({"rerun_script", "stop_script", "file_urls_request", "app_heartbeat"})
_OPERATIONS: Final = frozenset({"deferred_file", "dataframe_chunk"})
# A slider that is dragged stays below both.
_A_MINUTE: Final = 600
_AT_ONCE: Final = 60


def is_allowed(message: BackMsg) -> bool:
    """Say whether a page needs to say something like this.

    Parameters
    ----------
    message
        What the browser says.

    Returns
    -------
    bool
        True when it may be passed on.
    """
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in _OPERATIONS
    return kind in _ALLOWED


class Messages:
    """ASGI middleware that reads along on Streamlit's socket.

    Parameters
    ----------
    app
        The application behind it.
    atlas
        Gives the process's runtime.
    """

    def __init__(self, app: ASGIApp, *, atlas: Callable[[], Runtime] = runtime) -> None:
        self.app = app
        self.atlas = atlas

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a socket on without what does not belong there.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] != "websocket" or scope["path"] != SOCKET:
            await self.app(scope, receive, send)
            return
        rate, who = Rate(_A_MINUTE, at_once=_AT_ONCE), identity_of(scope)

        async def read() -> Message:
            while True:
                message = await receive()
                data = message.get("bytes")
                if message["type"] != "websocket.receive" or data is None:
                    return message
                while wait := rate.take(""):
                    await asyncio.sleep(wait)
                # The script says so itself when it runs again; until then nothing more is handed out.
                if _passes(data, over=self._is_over(who)):
                    return message
                _log.warning("a message that no page sends was dropped (%s)", who.owner if who else "unknown")

        await self.app(scope, read, send)

    def _is_over(self, who: Identity | None) -> bool:
        # Where nobody signs in, no sign-in ends, and no store is asked for.
        signed_in = who is not None and who.text != LOCAL_TEXT and not who.is_anonymous
        return signed_in and who in self.atlas().signed_out


def _passes(data: bytes, *, over: bool) -> bool:
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return True  # Streamlit closes the socket
    if over and message.WhichOneof("type") == "backend_operation_request":
        return False
    return is_allowed(message)
