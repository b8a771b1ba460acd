"""What reaches a process through the site in deploy/, whatever a visitor sends (S07)."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytestmark = pytest.mark.nginx


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that came."""

    def do_GET(self) -> None:  # the name http.server calls
        body = json.dumps([[name.lower(), value] for name, value in self.headers.items()]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Strict-Transport-Security", "max-age=31536000")
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.send_header("Set-Cookie", "_streamlit_user=x; HttpOnly; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep silent."""


class Running:
    """An echo on a port of its own."""

    def __init__(self, port: int) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Echo)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def site(start_site: Callable[..., Any]) -> Iterator[Any]:
    site = start_site(None)
    running = {str(process.port): Running(process.port) for process in site.processes}

    @contextmanager
    def away(port: str) -> Iterator[None]:
        running[port].stop()
        yield
        running[port] = Running(int(port))

    site.away = away
    yield site
    for one in running.values():
        one.stop()


def arrived(site: Any, **sent: str) -> dict[str, list[str]]:
    status, _, body = site.ask("/", **sent)
    assert status == 200
    found: dict[str, list[str]] = {}
    for name, value in json.loads(body):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize(
    "name", ["X-Atlas-Identity", "X-Forwarded-User", "X-Forwarded-Preferred-Username", "Forwarded"]
)
def test_an_identity_that_a_visitor_sends_is_dropped(site, name):
    assert name.lower() not in arrived(site, **{name: "boss"})
    assert "boss" not in str(arrived(site, **{name.upper(): "boss"}))


def test_the_same_with_underscores(site):
    connection_headers = {"X_Atlas_Identity": "boss", "x_forwarded_user": "boss"}
    status, _, body = raw(site, connection_headers)
    assert status == 200
    assert b"boss" not in body


def raw(site: Any, headers: dict[str, str]) -> tuple[int, Any, bytes]:
    """Ask with header names as they stand, underscores included."""
    from http.client import HTTPSConnection
    from ssl import CERT_NONE, create_default_context

    context = create_default_context()
    context.check_hostname = False
    context.verify_mode = CERT_NONE
    connection = HTTPSConnection("127.0.0.1", site.port, context=context, timeout=30)
    connection.request("GET", "/", headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def test_where_a_visitor_comes_from_is_what_the_proxy_saw(site):
    sent = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Real-IP": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Request-ID": "mine",
    }
    found = arrived(site, **sent)
    assert found["x-forwarded-for"] == ["127.0.0.1"]
    assert found["x-real-ip"] == ["127.0.0.1"]
    assert found["x-forwarded-proto"] == ["https"]
    assert found["x-forwarded-host"] == found["host"] == [f"127.0.0.1:{site.port}"]
    assert len(found["x-request-id"][0]) == 32


def test_a_cookie_of_the_atlas_becomes_secure(site):
    _, headers, _ = site.ask("/")
    line = next(line for line in headers["set-cookie"] if line.startswith("_streamlit_user="))
    assert "secure" in line.lower()
    assert "httponly" in line.lower()


def test_the_atlass_own_headers_pass_and_none_comes_twice(site):
    _, headers, _ = site.ask("/")
    assert headers["content-security-policy"] == ["default-src 'self'"]
    assert headers["strict-transport-security"] == ["max-age=31536000"]
    assert headers["server"] == ["nginx"]  # no version


def test_the_cookie_moves_with_the_session_alone(site):
    """One answer from elsewhere, because of a passing fault, must not part a session from its uploads."""
    ours, other = (str(process.port) for process in site.processes)
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": site.address}
    gone = {"Cookie": f"atlas_process={ours}"}

    def cookie(path: str, **headers: str) -> list[str]:
        _, found, _ = site.ask(path, **headers)
        return [line.split(";")[0] for line in found["set-cookie"] if line.startswith("atlas_process=")]

    assert len(cookie("/")) == 1
    assert cookie("/", **gone) == cookie("/_stcore/stream", **gone, **upgrade) == []
    with site.away(ours):
        assert cookie("/", **gone) == []
        assert cookie("/_stcore/stream", **gone, **upgrade) == [f"atlas_process={other}"]
