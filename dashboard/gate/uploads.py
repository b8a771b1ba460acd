"""Who may upload, where to, and how much: asked before the first byte is read.

Without it a stranger can fill the memory through Streamlit's upload route, to any session whose id is known
and on a page that offers no upload at all (measured).
"""

import re
from collections import Counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import exists, get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from dashboard.domain.access import ANONYMOUS, Mode, Right, require
from dashboard.errors import PermissionDeniedError
from dashboard.gate.pages import Refusal, answer
from dashboard.gate.wire import headers_of, identity_of, person_of, state_of
from dashboard.settings import Settings
from dashboard.workflows.access.identity import HEADER, LOCAL_TEXT, Identity

__all__ = ["Uploads"]

_ROUTE: Final = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
_MEGABYTE: Final = 1_048_576


class _TooMuchError(Exception):
    """More came than was announced or allowed."""


class Uploads:
    """ASGI middleware in front of Streamlit's upload route.

    Parameters
    ----------
    app
        The application behind it.
    settings
        How much one visitor may have uploaded.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.budget = settings.upload_mb * _MEGABYTE
        self.owners: dict[str, str] = {}
        self.coming: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an upload on within its budget, or refuse it.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        found = _ROUTE.fullmatch(scope.get("path", "")) if scope["type"] == "http" else None
        identity = identity_of(scope)
        if found is None or identity is None or scope["method"] not in {"PUT", "DELETE"}:
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope, identity, found[1])
        if refusal is not None:
            await answer(refusal, scope, receive, send)
        elif scope["method"] == "DELETE":
            await self.app(scope, receive, send)
        else:
            await self._upload(identity.owner, scope, receive, send)

    def _refusal(self, scope: Scope, identity: Identity, session_id: str) -> Refusal | None:
        person, mode = person_of(scope), state_of(scope).get("mode", Mode.NORMAL)
        try:
            require(person or ANONYMOUS, Right.UPLOAD, Mode(str(mode)))
        except PermissionDeniedError as error:
            return Refusal(403, "Refused", f"{error}.")
        if identity.text != LOCAL_TEXT and _owner_of(session_id) != identity.text:
            return Refusal(400, "Refused", "There is no such session of yours: load the page again.")
        self.owners[session_id] = identity.owner
        return None

    async def _upload(self, owner: str, scope: Scope, receive: Receive, send: Send) -> None:
        announced = headers_of(scope).get("content-length", "0")
        size = int(announced) if announced.isdecimal() else 0
        if size > self._left(owner):
            await answer(self._too_much(), scope, receive, send)
            return
        came, reserved, started = 0, size, False
        self.coming[owner] += reserved

        async def count() -> Message:
            nonlocal came, reserved
            message = await receive()
            came += len(message.get("body", b""))
            # Without an announced length nothing was reserved: others may come at the same time.
            more = max(0, came - reserved)
            if more > self._left(owner):
                raise _TooMuchError
            self.coming[owner] += more
            reserved += more
            return message

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, count, watch)
        except _TooMuchError:
            if not started:
                await answer(self._too_much(), scope, receive, send)
        finally:
            self.coming[owner] -= reserved
            self.coming = +self.coming

    def _left(self, owner: str) -> int:
        return max(0, self.budget - self._held(owner) - self.coming[owner])

    def _held(self, owner: str) -> int:
        """Bytes of what somebody uploaded and Streamlit still holds, for sessions that wait included."""
        files = get_instance().uploaded_file_mgr if exists() else None
        if not isinstance(files, MemoryUploadedFileManager):
            return 0
        self.owners = {one: who for one, who in self.owners.items() if one in files.file_storage}
        sizes = (
            len(file.data)
            for one, who in self.owners.items()
            if who == owner
            for file in tuple(files.file_storage.get(one, {}).values())
        )
        return sum(sizes)

    def _too_much(self) -> Refusal:
        return Refusal(
            413,
            "Too much at once",
            f"One visitor may have {self.budget // _MEGABYTE} MB uploaded at once: remove a file first.",
        )


def _owner_of(session_id: str) -> str | None:
    """Identity of the browser that a session is connected to, None for no such session."""
    client = get_instance().get_client(session_id) if exists() else None
    if client is None or client.client_context is None:
        return None
    return next(
        (value for name, value in client.client_context.headers if name.lower() == HEADER.lower()), None
    )
