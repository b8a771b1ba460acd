"""The end of a process: what people have begun to save is saved before it goes (F21).

A page's script runs in a daemon thread, which dies with the process wherever it stands. The database
writes whole or not at all, so nothing is torn by that; but somebody who pressed *Save* a moment ago should
not have to press again.
"""

import asyncio
import logging
import threading
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["PATIENCE_SECONDS", "Draining"]

_log = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 5.0
"""How long scripts may go on when the process has been told to stop."""

_SCRIPT_THREAD: Final = "ScriptRunner.scriptThread"  # Streamlit's name for it
_LOOK_SECONDS: Final = 0.05


class Draining:
    """ASGI middleware that lets running scripts come to their end before the application shuts down.

    Parameters
    ----------
    app
        The application behind it.
    patience
        Seconds after which scripts that still run are given up.
    """

    def __init__(self, app: ASGIApp, patience: float = PATIENCE_SECONDS) -> None:
        self.app = app
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, the end a little later.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return

        async def receive_later() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self._drain()
            return message

        await self.app(scope, receive_later, send)

    async def _drain(self) -> None:
        # The connections are closed by now, so each script stops at its next call of Streamlit; one in the
        # middle of a write has none there.
        ends = time.monotonic() + self._patience
        while (running := _scripts()) and time.monotonic() < ends:
            await asyncio.sleep(_LOOK_SECONDS)
        if running:
            _log.warning("%d scripts still ran after %g seconds and were given up", running, self._patience)


def _scripts() -> int:
    return sum(thread.name == _SCRIPT_THREAD for thread in threading.enumerate())
