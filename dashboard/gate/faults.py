"""Whatever fails ends in a reference: the browser gets no more, the log has the rest under it."""

import logging
import secrets
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.errors import StoreError
from dashboard.gate.pages import Action, Refusal, answer

__all__ = ["Faults", "note_fault"]

_log = logging.getLogger(__name__)


def note_fault(what: str, error: BaseException) -> str:
    """Keep an error for the operator.

    Parameters
    ----------
    what
        What failed, for the log.
    error
        The error; its traceback goes to the log.

    Returns
    -------
    str
        The reference under which the log has it.
    """
    reference = secrets.token_hex(4)
    _log.error("%s, reference %s", what, reference, exc_info=error)
    return reference


class Faults:
    """ASGI middleware that turns exceptions into a page or a sentence with a reference.

    Parameters
    ----------
    app
        The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer when what is behind does not.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] in {"http.response.start", "websocket.accept"}
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except StoreError as error:
            reference = note_fault("the store did not answer a request", error)
            await self._say(_away(reference), scope, receive, send, started=started)
        except Exception as error:  # noqa: BLE001  # the last place where anything can be caught
            reference = note_fault(f"{scope['type']} {scope['path']} failed", error)
            await self._say(_failed(reference), scope, receive, send, started=started)

    @staticmethod
    async def _say(refusal: Refusal, scope: Scope, receive: Receive, send: Send, *, started: bool) -> None:
        if scope["type"] == "websocket":
            with suppress(RuntimeError):  # it may be closed already
                await send({"type": "websocket.close", "code": 1011 if started else 1008})
        elif not started:
            await answer(refusal, scope, receive, send)
        # An answer that has begun cannot be taken back: the server cuts it off.


def _failed(reference: str) -> Refusal:
    return Refusal(
        500,
        "Something failed",
        "The atlas could not answer this. It is not your doing: try again, and tell the operator the "
        "reference if it happens again.",
        (Action("Try again", "/"),),
        reference=reference,
    )


def _away(reference: str) -> Refusal:
    return Refusal(
        503,
        "The store does not answer",
        "The atlas cannot reach its database now. Nothing is lost: try again in a moment.",
        (Action("Try again", "/"),),
        retry_after=10,
        reference=reference,
    )
