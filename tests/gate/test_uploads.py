"""The budget of uploads, with several on their way at once and an application that reads what comes."""

import asyncio

import pytest

from dashboard.domain.access import LOCAL
from dashboard.gate.uploads import Uploads
from dashboard.settings import Settings
from dashboard.workflows.access.identity import LOCAL_TEXT, Identity

MEGABYTE = 1_048_576


class Upload:
    """One request whose parts are sent one by one; ``status`` is what was answered."""

    def __init__(self, gate: Uploads, *headers: tuple[bytes, bytes]) -> None:
        self.parts: asyncio.Queue = asyncio.Queue()
        self.status = 0
        self.scope = {
            "type": "http",
            "method": "PUT",
            "path": "/_stcore/upload_file/session/file",
            "headers": list(headers),
            "state": {"person": LOCAL, "identity": Identity(LOCAL_TEXT)},
        }
        self.done = asyncio.create_task(gate(self.scope, self.parts.get, self.answered))

    async def answered(self, message) -> None:
        self.status = message.get("status", self.status)

    async def send(self, size: int, *, more: bool = True) -> None:
        self.parts.put_nowait({"type": "http.request", "body": b"x" * size, "more_body": more})
        while not self.parts.empty() and not self.done.done():
            await asyncio.sleep(0)


async def reads_all(_scope, receive, send) -> None:
    while (await receive())["more_body"]:
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Uploads:
    monkeypatch.setenv("ARSENAL_ATLAS_UPLOAD_MB", "5")
    return Uploads(reads_all, Settings())


def test_uploads_at_once_that_announce_no_size_share_one_budget(gate):
    async def scenario() -> None:
        first, second = Upload(gate), Upload(gate)
        await first.send(3 * MEGABYTE)
        await second.send(1 * MEGABYTE)
        await second.send(2 * MEGABYTE)
        await asyncio.wait_for(second.done, 10)
        assert second.status == 413
        await first.send(1 * MEGABYTE, more=False)
        await asyncio.wait_for(first.done, 10)
        assert first.status == 204
        assert dict(gate.coming) == {}

    asyncio.run(scenario())


def test_what_one_announces_is_not_left_for_another_that_does_not(gate):
    async def scenario() -> None:
        first = Upload(gate, (b"content-length", str(4 * MEGABYTE).encode()))
        await first.send(0)
        second = Upload(gate)
        await second.send(2 * MEGABYTE)
        await asyncio.wait_for(second.done, 10)
        assert second.status == 413
        await first.send(4 * MEGABYTE, more=False)
        await asyncio.wait_for(first.done, 10)
        assert first.status == 204
        assert dict(gate.coming) == {}

    asyncio.run(scenario())
