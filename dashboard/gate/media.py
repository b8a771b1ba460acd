"""Files that Streamlit made for one person are that person's alone.

An export lies under ``/media/`` by the hash of its content, and Streamlit gives it to whoever asks. What a
socket was told to fetch is what its owner may fetch, until the owner's role becomes a lesser one. Only the
fields of a message that lead to files count: a page repeats what is in its address, and people's texts.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # ships no types
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.domain.access import Person, Role
from dashboard.gate.pages import Refusal, answer
from dashboard.gate.wire import SOCKET, identity_of, person_of
from dashboard.workflows.access.identity import LOCAL_TEXT

__all__ = ["Media"]

_FOLDER: Final = b"/media/"
_FILE: Final = re.compile(r"/media/([0-9A-Za-z_-]{8,128})")
_REMEMBERED: Final = 50_000
_ROLES: Final = tuple(Role)


class Media:
    """ASGI middleware that remembers whom a file was made for.

    Parameters
    ----------
    app
        The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._made: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._ranks: OrderedDict[str, int] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse somebody else's file.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        identity = identity_of(scope)
        if identity is None or identity.text == LOCAL_TEXT:
            await self.app(scope, receive, send)
            return
        if not scope["path"].startswith("/static/"):  # nobody is looked up there
            self._see(identity.text, person_of(scope))
        if scope["type"] == "websocket" and scope["path"] == SOCKET:
            await self.app(scope, receive, self._reading(identity.text, send))
        elif scope["path"].startswith("/media/") and not self._is_theirs(identity.text, scope["path"]):
            refusal = Refusal(
                403, "Refused", "This file was made for somebody else, or for an earlier visit."
            )
            await answer(refusal, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _see(self, owner: str, person: Person | None) -> None:
        """Forget what was made for somebody when the role was a greater one."""
        rank = -1 if person is None or person.role is None else _ROLES.index(person.role)
        if rank < self._ranks.get(owner, rank):
            for key in [key for key in self._made if key[0] == owner]:
                del self._made[key]
        self._ranks[owner] = rank
        self._ranks.move_to_end(owner)
        while len(self._ranks) > _REMEMBERED:
            self._ranks.popitem(last=False)

    def _reading(self, owner: str, send: Send) -> Send:
        async def read(message: Message) -> None:
            data = message.get("bytes")
            if data and _FOLDER in data:
                for found in filter(None, map(_FILE.match, _files_in(data))):
                    self._remember(owner, found[1])
            await send(message)

        return read

    def _remember(self, owner: str, file: str) -> None:
        self._made[owner, file] = None
        self._made.move_to_end((owner, file))
        while len(self._made) > _REMEMBERED:
            self._made.popitem(last=False)

    def _is_theirs(self, owner: str, path: str) -> bool:
        return (owner, path.removeprefix("/media/").partition(".")[0]) in self._made


def _files_in(data: bytes) -> Iterator[str]:
    """Addresses that a message has the page fetch, as far as pages of ours have files."""
    message = ForwardMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return
    element = message.delta.new_element
    yield element.download_button.url
    yield message.backend_operation_response.deferred_file.url
    yield from (message.logo.image, message.logo.icon_image, element.favicon.url)
    yield from (picture.url for picture in element.imgs.imgs)
