"""A local server that plays Nominatim and Photon in good and bad moods, and a time that nobody waits for."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.settings import Settings

USER_AGENT = "kenitra-desk-atlas/1.0 (maps@kenitra-desk.press)"
RABAT = {
    "place_id": 7,
    "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
    "osm_type": "relation",
    "osm_id": 2799204,
    "lat": "34.0218450",
    "lon": "-6.8408929",
    "class": "boundary",
    "importance": 0.61,
    "display_name": "Rabat الرباط, Morocco",
}
SALE = {**RABAT, "place_id": 8, "lat": "34.0449", "lon": "-6.8141", "display_name": "Salé, Morocco"}


def feature(name: str, lat: float, lon: float) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"name": name, "country": "Morocco", "osm_id": 5},
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }


@dataclass(frozen=True)
class Reply:
    """One thing the server may do.

    ``announced`` is the length it claims; less than it announces means that it breaks off. A ``silent`` one
    never says anything until the test ends; ``pause`` is called between two halves of the body.
    """

    status: int = 200
    body: bytes = b"[]"
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    silent: bool = False
    pause: Callable[[], None] | None = None


def good(*places: dict[str, Any]) -> Reply:
    return Reply(body=json.dumps(list(places)).encode(), headers={"Content-Type": "application/json"})


def photon(*features: dict[str, Any]) -> Reply:
    return Reply(body=json.dumps({"type": "FeatureCollection", "features": list(features)}).encode())


HALF = json.dumps([RABAT]).encode()[:40]
HTML = b"<!DOCTYPE html><html><body><h1>Bandwidth limit exceeded</h1></body></html>"
MOODS = {
    "rabat": good(RABAT),
    "rabat and sale": good(RABAT, SALE),
    "rabat here": Reply(body=json.dumps(RABAT).encode()),
    "nothing": good(),
    "photon rabat": photon(feature("Rabat", 34.02, -6.84)),
    "photon null island": photon(feature("Null Island", 0, 0)),
    "photon nothing": photon(),
    "photon nowhere": photon({**feature("Rabat", 0, 0), "geometry": {"coordinates": [None, None]}}),
    "429": Reply(429, b"", {"Retry-After": "7"}),
    "429 for a day": Reply(429, b"", {"Retry-After": "86400"}),
    "429 by date": Reply(429, b"", {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}),
    "429 by no date": Reply(429, b"", {"Retry-After": "Fri, 99 Dec 99999 99:99:99 GMT"}),
    "429 without end": Reply(429, b"", {"Retry-After": "9" * 4000}),
    "429 without a word": Reply(429, b""),
    "400": Reply(400, b"{}"),
    "403": Reply(403, HTML),
    "404": Reply(404, HTML),
    "500": Reply(500, HTML),
    "502": Reply(502, HTML),
    "503": Reply(503, HTML, {"Retry-After": "20"}),
    "redirect": Reply(302, b"", {"Location": "/elsewhere"}),
    "html": Reply(body=HTML, headers={"Content-Type": "text/html"}),
    "half": Reply(body=HALF),
    "broken off": Reply(body=HALF, announced=4000),
    "silent": Reply(silent=True),
    "empty": Reply(body=b""),
    "null": Reply(body=b"null"),
    "empty object": Reply(body=b"{}"),
    "a number": Reply(body=b"7"),
    "words": Reply(body=b'"Rabat"'),
    "list of words": Reply(body=b'["Rabat"]'),
    "no latin": Reply(body=b'[{"display_name": "\xff\xfe"}]'),
    "no point": good({**RABAT, "lat": None}),
    "beyond the pole": good({**RABAT, "lat": "134.0"}),
    "no name": good({**RABAT, "display_name": None}),
    "NaN": Reply(body=b'[{"display_name": "Rabat", "lat": NaN, "lon": NaN}]'),
    "error": Reply(body=b'{"error": "Bandwidth limit exceeded"}'),
    "a deep hole": Reply(body=b"[" * 200_000),
    "too much": Reply(body=b" " * (4 * 1024 * 1024 + 1)),
    "half a letter": Reply(body=json.dumps([{**RABAT, "note": "\ud800"}]).encode()),
}


class FaultServer:
    """Plays its script reply by reply, then says "no such place"; keeps what it was asked."""

    def __init__(self) -> None:
        self.script: list[Reply] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.headers: list[dict[str, str]] = []
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def names(self) -> list[str]:
        return [query["q"] for _, query in self.asked]

    def wait_for(self, count: int) -> None:
        """Wait until so many questions have come; who gave up may be sooner than the server that reads."""
        end = time.monotonic() + 30
        while len(self.asked) < count:
            assert time.monotonic() < end, f"only {len(self.asked)} came"
            time.sleep(0.01)

    def will(self, *moods: str) -> None:
        """Answer the next questions like this."""
        self.script += [MOODS[mood] for mood in moods]

    def will_pause(self, pause: Callable[[], None]) -> None:
        """Say Rabat in two halves, with something happening in between."""
        self.script.append(replace(MOODS["rabat"], pause=pause))

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        played = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                played.asked.append((parts.path, query))
                played.headers.append(dict(self.headers.items()))
                self.close_connection = True
                played.play(
                    self, played.script.pop(0) if played.script else played.nothing(parts.path, query)
                )

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    @staticmethod
    def nothing(path: str, query: dict[str, str]) -> Reply:
        if "format" not in query:
            return photon()
        return Reply(body=b'{"error": "Unable to geocode"}') if path.endswith("/reverse") else good()

    def play(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.silent:
            self.over.wait(30)
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        length = len(reply.body) if reply.announced is None else reply.announced
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        half = len(reply.body) // 2 if reply.pause else len(reply.body)
        try:
            handler.wfile.write(reply.body[:half])
            if reply.pause:
                reply.pause()
                handler.wfile.write(reply.body[half:])
        except OSError:  # the client may have had enough
            pass


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pass_by(self, **units: float) -> None:
        self.now += timedelta(**units).total_seconds()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    played = FaultServer()
    yield played
    played.close()


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def settings(server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return Settings(
        cache_folder=tmp_path / "cache",
        geocoder_user_agent=USER_AGENT,
        nominatim_url=server.url,
        photon_url=server.url,
    )
