import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from dashboard.api.v1 import export
from dashboard.api.v1.export import TakeAway
from dashboard.errors import ExportError, ExportStoppedError, TooManyRowsError
from dashboard.exports.registry import FORMATS

SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/",
    "headers": [(b"range", b"bytes=2-3")],
    "asgi": {"spec_version": "2.4"},
}


@pytest.fixture(autouse=True)
def _own_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))


def left_over(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "temp").iterdir())


def ask(
    write: Callable[[Path, Callable[[], bool]], object], *, leaves: bool = False, breaks: bool = False
) -> tuple[int, dict[str, str], bytes]:
    """Have a file sent by the protocol that servers speak; gives status, headers and body."""
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        async def receive() -> dict[str, Any]:
            if leaves:
                return {"type": "http.disconnect"}
            await anyio.sleep_forever()
            raise AssertionError

        async def send(message: Any) -> None:
            sent.append(message)
            if breaks and message["type"] == "http.response.body":
                raise OSError("the client went away")

        answer = TakeAway(write, FORMATS["geojson"], "atlas", {"ETag": 'W/"1"'})
        await answer(dict(SCOPE), receive, send)

    anyio.run(run)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(one.get("body", b"") for one in sent[1:])


def test_a_file_is_sent_whole_with_its_length_and_removed(tmp_path):
    text = b"0123456789" * 50_000
    status, headers, body = ask(lambda path, _stop: path.write_bytes(text))
    assert (status, body) == (200, text)
    assert headers["content-length"] == str(len(text))
    assert headers["content-disposition"] == 'attachment; filename="atlas.geojson"'
    assert headers["content-type"] == "application/geo+json"
    # No part of it is given for a part of another one.
    assert headers["accept-ranges"] == "none"
    assert left_over(tmp_path) == []


def test_a_file_that_cannot_be_written_is_a_problem_and_no_file(tmp_path):
    def half(path: Path, _stop: Callable[[], bool]) -> None:
        path.write_bytes(b'{"type": "Feature')
        raise ExportError("The disk is full")

    status, headers, body = ask(half)
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert b"The disk is full" in body
    assert left_over(tmp_path) == []

    def too_many(_path: Path, _stop: Callable[[], bool]) -> None:
        raise TooManyRowsError("Excel", 5_000_000, 1_048_575)

    status, _, body = ask(too_many)
    assert (status, b"1,048,575" in body) == (400, True)


def test_whoever_goes_away_stops_the_writing(tmp_path):
    asked = threading.Event()

    def write(_path: Path, stop: Callable[[], bool]) -> None:
        while not stop():
            asked.set()
        raise ExportStoppedError(3)

    ask(write, leaves=True)
    assert left_over(tmp_path) == []


def test_a_connection_that_breaks_leaves_no_file(tmp_path):
    with pytest.raises(OSError, match="went away"):
        ask(lambda path, _stop: path.write_bytes(b"1" * 200_000), breaks=True)
    assert left_over(tmp_path) == []
    assert export._places.acquire(blocking=False)
    export._places.release()


def test_more_than_a_process_writes_at_once_are_asked_to_wait(tmp_path):
    taken = 0
    while export._places.acquire(blocking=False):
        taken += 1
    try:
        status, headers, _ = ask(lambda path, _stop: path.write_bytes(b"1"))
    finally:
        for _ in range(taken):
            export._places.release()
    assert (status, headers["retry-after"], taken) == (503, "10", 3)


def test_a_file_is_offered_by_the_api_and_not_made_again_for_its_name(api, tmp_path):
    found = api.get("/api/v1/export?format=geojson&country=MA")
    assert int(found.headers["content-length"]) == len(found.content)
    again = api.get(
        "/api/v1/export?format=geojson&country=MA", headers={"If-None-Match": found.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    head = api.head("/api/v1/export?format=geojson&country=MA")
    assert (head.status_code, head.content) == (200, b"")
    assert left_over(tmp_path) == []
