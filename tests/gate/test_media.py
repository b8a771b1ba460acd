import asyncio

import pytest
from starlette.types import Message
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.gate.media import Media
from dashboard.gate.wire import SOCKET
from dashboard.workflows.access.identity import Identity

FILE = "/media/0123456789abcdef0123456789abcdef.csv"


def button() -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.download_button.url = FILE
    return message


def made_on_the_click() -> ForwardMsg:
    message = ForwardMsg()
    message.backend_operation_response.deferred_file.url = FILE
    return message


def typed_into_the_address() -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.text_area.default = FILE
    return message


def written_into_a_record() -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.markdown.body = f"See {FILE} and [this]({FILE})."
    return message


def named_like_a_file() -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.download_button.label = FILE
    return message


def is_given(told: bytes) -> bool:
    """Whether somebody gets the file once their socket was told this."""
    answered: list[Message] = []

    async def app(scope, _receive, send):
        if scope["type"] == "websocket":
            await send({"type": "websocket.send", "bytes": told})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        answered.append(message)

    async def ask() -> None:
        gate = Media(app)
        state = {"identity": Identity.signed_in("pe-1", 1)}
        await gate({"type": "websocket", "path": SOCKET, "headers": [], "state": state}, receive, send)
        page = {"type": "http", "method": "GET", "path": FILE, "headers": [], "state": state}
        await gate(page, receive, send)

    asyncio.run(ask())
    assert answered[0]["bytes"] == told
    return answered[1]["status"] == 200


@pytest.mark.parametrize("told", [button, made_on_the_click])
def test_a_file_that_was_made_for_somebody_is_given_to_them(told):
    assert is_given(told().SerializeToString())


@pytest.mark.parametrize("told", [typed_into_the_address, written_into_a_record, named_like_a_file])
def test_an_address_that_a_page_only_repeats_opens_no_file(told):
    assert not is_given(told().SerializeToString())


def test_what_is_no_message_opens_none():
    assert not is_given(b"\xff" + FILE.encode())
