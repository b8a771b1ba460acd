import asyncio
from itertools import count

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from dashboard.gate.sign_in import sign_in_routes
from dashboard.settings import Settings

MEGABYTE = 1_048_576


def posted(kind: bytes, *parts: bytes, endless: bytes = b"") -> tuple[str, int]:
    """What the page says to a form, and how many parts of the form were read."""
    app = Starlette(routes=sign_in_routes(Settings(sign_in="header")))
    read, said = count(), []

    async def receive() -> Message:
        number = next(read)
        assert number < 100, "it reads without end"
        if number < len(parts):
            return {"type": "http.request", "body": parts[number], "more_body": True}
        return {"type": "http.request", "body": endless, "more_body": bool(endless)}

    async def send(message: Message) -> None:
        said.append(message.get("body", b""))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/sign-out",
        "query_string": b"",
        "headers": [(b"content-type", kind)],
    }
    asyncio.run(app(scope, receive, send))
    return b"".join(said).decode(), next(read)


def test_what_was_chosen_is_read():
    form = b"application/x-www-form-urlencoded"
    assert "in every browser and tab" in posted(form, b"where=every", b"where")[0]
    assert "in this browser" in posted(form, b"where=here")[0]
    assert "in this browser" in posted(form)[0]


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        (b"application/x-www-form-urlencoded", b"where="),
        (
            b"multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n',
        ),
    ],
    ids=["urlencoded", "multipart"],
)
def test_a_form_without_end_fills_neither_memory_nor_disk(kind, begin):
    page, read = posted(kind, begin, endless=b"x" * MEGABYTE)
    assert "You are signed out" in page
    assert read < 5
