"""A slow line: the marks that have come are shown before the last have arrived."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from dashboard.bench.synthetic import synthetic_frames
from dashboard.maps.payload import encode_payload

MARKS = 20_000


@contextmanager
def dripping(
    body: bytes, pieces: int, apart: float, *, cut: bool = False, held: threading.Event | None = None
) -> Iterator[str]:
    """Serve a body in pieces with pauses between them.

    A ``cut`` one breaks off before its last piece; one ``held`` back comes byte by byte after two thirds,
    until its event.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            size = -(-len(body) // pieces)
            at, end = 0, size * (pieces - cut)
            while at < end:
                # Parts are shown when more of them comes, and a frame may be ready late.
                slowly = held is not None and at >= size * (2 * pieces // 3) and not held.is_set()
                step = 1 if slowly else size
                self.wfile.write(body[at : min(at + step, end)])
                self.wfile.flush()
                at += step
                time.sleep(apart)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def body(monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr("dashboard.maps.payload._BLOCK", MARKS // 8)
    return encode_payload(synthetic_frames(MARKS), names=False)  # names would come after all marks


def opened(new_atlas: Callable[..., Any], address: str) -> Any:
    atlas = new_atlas(alone=True)
    atlas.page.route("**/api/layers/*/marks", lambda route: route.continue_(url=address))
    atlas.page.goto(atlas.server + "/")
    return atlas


def test_marks_are_shown_before_the_last_have_come(new_atlas, body):
    rest = threading.Event()
    with dripping(body, 24, 0.15, held=rest) as address:
        atlas = opened(new_atlas, address)
        atlas.wait_in_map(f"map.state === 'partial' && 0 < map.visible.marks && map.visible.marks < {MARKS}")
        expect(atlas.page.get_by_text("Loading")).to_contain_text(" of ")
        rest.set()
        atlas.wait_for_map()
        assert atlas.inspect()["visible"]["marks"] == MARKS
        expect(atlas.page.get_by_text("Loading")).to_be_hidden()


def test_a_line_that_breaks_is_said_so(new_atlas, body):
    with dripping(body, 12, 0.25, cut=True) as address:
        atlas = opened(new_atlas, address)
        atlas.wait_in_map("map.state === 'failed'")
        expect(atlas.page.get_by_text("The map's records could not be loaded")).to_be_visible()
        expect(atlas.page.get_by_role("button", name="Try again")).to_be_visible()
