"""The access log: who asked for what, what came of it, and nothing that others could use."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.domain.access import Person, Role
from dashboard.hosting.access_log import AccessLog
from dashboard.hosting.routes import OTHER, pattern_of, shown_path
from dashboard.logs import ACCESS, Masked, reference
from dashboard.measures import measures


def answer(request: Request) -> Response:
    request.state.person = Person("p-7", "Ada", Role.READER)
    return PlainTextResponse(reference())


def fail(_request: Request) -> Response:
    raise RuntimeError("no")


async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    assert measures().levels()["sessions"] == 1
    await websocket.close()


async def refuse(websocket: WebSocket) -> None:
    await websocket.close(code=1008)


@pytest.fixture
def client() -> TestClient:
    app = Starlette(
        routes=[
            Route("/fail", fail),
            Route("/{path:path}", answer, methods=["GET", "PUT"]),
            WebSocketRoute("/_stcore/stream", talk),
            WebSocketRoute("/refused", refuse),
        ]
    )
    return TestClient(AccessLog(app), raise_server_exceptions=False)


@pytest.fixture
def entries(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    caplog.set_level(logging.DEBUG, logger=ACCESS)
    write = Masked("json")

    def read() -> list[dict[str, Any]]:
        return [json.loads(write.format(one)) for one in caplog.records if one.name == ACCESS]

    return read


def test_a_line_says_who_what_and_how_it_ended(client, entries):
    told = client.get("/api/records/ev-1?from=2020").text
    (entry,) = entries()
    assert entry["method"] == "GET"
    assert entry["path"] == "/api/records/ev-1"
    assert entry["status"] == 200
    assert entry["person"] == "p-7"
    assert entry["ms"] >= 0
    assert len(told) == 32


def test_a_failure_is_a_line_too(client, entries):
    client.get("/fail")
    assert [entry["status"] for entry in entries()] == [500]


def test_the_proxys_request_id_is_taken_over_and_no_other(client):
    assert client.get("/x", headers={"X-Request-ID": "a" * 32}).text == "a" * 32
    assert client.get("/x", headers={"X-Request-ID": "forged\tline"}).text != "forged\tline"


def test_a_session_is_counted_while_it_lasts(client, entries):
    with client.websocket_connect("/_stcore/stream"):
        pass
    assert measures().levels()["sessions"] == 0
    assert [entry["message"] for entry in entries()] == ["session", "session over"]


def test_a_refused_session_is_counted(client):
    def refused() -> int:
        return measures().counts().get(("refused_sessions", ("403",)), 0)

    before = refused()
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/refused"):
        pass
    assert refused() == before + 1
    assert measures().levels()["sessions"] == 0


def test_probes_and_assets_are_written_for_those_who_look_for_them_only(client, caplog):
    caplog.set_level(logging.INFO, logger=ACCESS)
    client.get("/livez")
    client.get("/static/js/index.js")
    assert [one for one in caplog.records if one.name == ACCESS] == []


def test_sessions_and_hashes_are_not_shown():
    assert shown_path("/_stcore/upload_file/5b2c/77aa") == "/_stcore/upload_file/***"
    assert shown_path("/media/0a1b2c3d4e5f.csv") == "/media/***.csv"
    assert shown_path("/api/records/st-kirya") == "/api/records/st-kirya"


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=6))
def test_patterns_stay_few_whatever_is_asked_for(parts):
    found = pattern_of("/" + "/".join(parts))
    assert found in (OTHER, "/", "/{page}", "/api/{…}") or "{" in found or found.count("/") <= 2
    assert len({pattern_of(f"/api/{n}/x") for n in parts}) <= 2
    assert len({pattern_of(f"/{n}/x") for n in (*parts, "a", "b")}) <= 3


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/", "/"),
        ("/events", "/{page}"),
        ("/livez", "/livez"),
        ("/api/records/st-1", "/api/records/{…}"),
        ("/api/layers/abc/marks", "/api/layers/{…}"),
        ("/api/evil-1", "/api/{…}"),
        ("/atlas/map", "/atlas/map"),
        ("/atlas/assets/leaflet.js", "/atlas/{file}"),
        ("/_stcore/stream", "/_stcore/stream"),
        ("/_stcore/upload_file/a/b", "/_stcore/upload_file/{file}"),
        ("/wp-login.php", OTHER),
    ],
)
def test_patterns(path, pattern):
    assert pattern_of(path) == pattern


@pytest.fixture(autouse=True)
def _level_zero() -> Iterator[None]:
    yield
    measures().level("sessions", -measures().levels()["sessions"])
