import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.gate.hosts import Hosts, allowed_hosts
from dashboard.settings import Settings

LOCAL = "http://localhost:8501"
PUBLIC = "https://atlas.example.org"


def client_for(settings: Settings, address: str) -> TestClient:
    async def hello(_request):
        return PlainTextResponse("hello")

    async def socket(websocket: WebSocket):
        await websocket.accept()
        await websocket.close()

    routes = [
        Route("/", hello, methods=["GET", "POST"]),
        Route("/livez", hello),
        WebSocketRoute("/_stcore/stream", socket),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Hosts, settings)])
    return TestClient(app, base_url=address)


@pytest.fixture
def local() -> TestClient:
    return client_for(Settings(), LOCAL)


@pytest.fixture
def public() -> TestClient:
    return client_for(Settings(public_url=PUBLIC), PUBLIC)


def connects(client: TestClient, path: str = "/_stcore/stream", **headers: str) -> bool:
    headers.setdefault("host", client.base_url.netloc.decode())
    try:
        with client.websocket_connect(path, headers=headers):
            return True
    except (WebSocketDisconnect, WebSocketDenialResponse):
        return False


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:99", "[::1]:8501"])
def test_a_local_session_answers_by_this_machines_names(local, host):
    assert local.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:8501", "", "a@localhost", "localhost/x", "[::1"],
)
def test_a_foreign_name_is_refused_on_every_route_and_the_socket(local, host):
    assert local.get("/", headers={"Host": host}).status_code == 421
    assert not connects(local, host=host)


def test_a_probe_may_use_any_name(local):
    assert local.get("/livez", headers={"Host": "10.0.0.7"}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "http://localhost:9999", "http://localhost", "x"],
)
def test_a_foreign_page_and_another_local_port_may_neither_write_nor_connect(local, origin):
    assert local.post("/", headers={"Origin": origin}).status_code == 403
    assert not connects(local, origin=origin)


@pytest.mark.parametrize("end", ["%0A", "%0D", "%00", "%E2%80%A8"])
def test_a_line_break_behind_a_path_leads_nowhere(local, end):
    # The route of the socket would take it, and no part of the gate knows it by that name.
    assert connects(local)
    assert not connects(local, f"/_stcore/stream{end}")
    assert local.get(f"/livez{end}").status_code == 400
    assert local.get("/livez").status_code == 200


def test_a_foreign_page_may_link_here(local):
    assert local.get("/", headers={"Origin": "http://evil.example"}).status_code == 200


def test_our_own_page_and_a_program_without_origin_get_through(local):
    assert local.post("/", headers={"Origin": LOCAL}).status_code == 200
    assert local.post("/").status_code == 200
    assert connects(local, origin=LOCAL)
    assert connects(local)


def test_a_hosted_atlas_answers_by_its_public_name_alone(public):
    assert allowed_hosts(Settings(public_url=PUBLIC)) == ["atlas.example.org"]
    assert public.get("/").status_code == 200
    assert public.get("/", headers={"Host": "localhost"}).status_code == 421


@pytest.mark.parametrize("origin", ["http://atlas.example.org", "https://atlas.example.org:8443", "null"])
def test_the_scheme_and_port_of_a_page_count_behind_a_proxy(public, origin):
    assert not connects(public, origin=origin)
    assert connects(public, origin=PUBLIC)
    assert connects(public, origin=f"{PUBLIC}:443")
