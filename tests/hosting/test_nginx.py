"""nginx with the site of deploy/ in front of two processes: what reaches them, and whom."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

pytestmark = [pytest.mark.nginx, pytest.mark.postgres]

COOKIE = re.compile(r"atlas_process=(\d+)")


@pytest.fixture(scope="module")
def site(start_site: Callable[..., Any], database: str, request: pytest.FixtureRequest) -> Any:
    return start_site({"db": database})


@pytest.fixture(scope="module")
def dead_site(start_site: Callable[..., Any]) -> Any:
    return start_site(None)


def process_of(headers: dict[str, list[str]]) -> str:
    """The process that a set-cookie header names, empty for none."""
    found = [COOKIE.search(line) for line in headers.get("set-cookie", [])]
    return next((match[1] for match in found if match), "")


class Visitor:
    """A browser as far as cookies go, speaking Streamlit's own handshake."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, kind: str = "", **headers: str
    ) -> Any:
        if kind:
            headers["Content_Type"] = kind
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        status, found, content = self.site.ask(path, method, body, **headers)
        for line in found.get("set-cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return status, found, content

    def open(self, trusting: Any, **headers: str) -> ClientConnection:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return connect(
            f"wss://127.0.0.1:{self.site.port}/_stcore/stream",
            ssl=trusting,
            origin=self.site.address,
            subprotocols=["streamlit"],
            additional_headers={"Cookie": cookie} | headers,
            proxy=None,
            open_timeout=60,
            # A client that stops reading at some messages does not hear that the socket was closed, either.
            max_queue=None,
        )


def first_session(socket: ClientConnection) -> str:
    """Ask for a first run of the page, and give the session's id."""
    socket.send(BackMsg(rerun_script=ClientState(page_name="about")).SerializeToString())
    while True:
        message = ForwardMsg.FromString(socket.recv(timeout=60))
        if message.WhichOneof("type") == "new_session":
            return str(message.new_session.initialize.session_id)


def multipart(content: bytes) -> tuple[bytes, str]:
    """A file as a browser sends it."""
    edge = uuid.uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    return head.encode() + content + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


@pytest.fixture
def trusting() -> Iterator[Any]:
    import ssl

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # The client of websockets reads in one thread while it writes in another, and OpenSSL is not made for
    # that: in TLS 1.3 a ticket comes just when the request goes out, which was seen to be lost.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


@pytest.fixture
def visitor(site: Any) -> Visitor:
    found = Visitor(site)
    assert found.ask("/")[0] == 200
    return found


def test_a_visitor_stays_with_one_process(site, visitor):
    first = visitor.cookies["atlas_process"]
    for _ in range(20):
        _, headers, _ = visitor.ask("/livez")
        assert process_of(headers) == ""  # nothing to correct
    assert visitor.cookies["atlas_process"] == first


def test_both_processes_are_used(site):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: site.ask("/"), range(40)))
    assert {process_of(headers) for _, headers, _ in answers} == {str(one.port) for one in site.processes}


def test_the_cookie_that_says_so_is_safe(site):
    _, headers, _ = site.ask("/")
    line = next(line for line in headers["set-cookie"] if line.startswith("atlas_process="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))


def test_a_cookie_that_names_no_process_is_corrected(site):
    for value in ("9999", "x", "127.0.0.1:22", ""):
        status, headers, _ = site.ask("/livez", Cookie=f"atlas_process={value}")
        assert status == 200
        assert process_of(headers) in {str(one.port) for one in site.processes}


def test_every_cookie_is_marked_secure(site):
    _, headers, _ = site.ask("/_stcore/health")
    assert {"_streamlit_xsrf", "atlas_process"} <= {line.split("=")[0] for line in headers["set-cookie"]}
    assert all("secure" in line.lower() for line in headers["set-cookie"])


def test_a_session_opens_and_its_uploads_reach_it(site, visitor, trusting):
    # With turns taken instead of a cookie, a third of them were refused.
    visitors = [Visitor(site) for _ in range(8)]
    for each in visitors:
        each.ask("/")
    assert len({each.cookies["atlas_process"] for each in visitors}) == 2
    for each in visitors:
        assert each.ask("/_stcore/health")[0] == 200
        with each.open(trusting) as socket:
            session = first_session(socket)
            token = each.cookies["_streamlit_xsrf"]
            status, _, answer = each.ask(
                f"/_stcore/upload_file/{session}/{uuid.uuid4()}", "PUT", *multipart(b"a,b"), X_Xsrftoken=token
            )
            assert status == 204, answer


def test_a_socket_needs_the_page_it_comes_from(site, visitor, trusting):
    for origin in (None, "https://evil.example", "null", f"http://127.0.0.1:{site.port}"):
        with pytest.raises(InvalidStatus, match="403"):
            connect(
                f"wss://127.0.0.1:{site.port}/_stcore/stream",
                ssl=trusting,
                origin=origin,
                subprotocols=["streamlit"],
                proxy=None,
                open_timeout=60,
            )


def test_measures_are_not_for_visitors(site):
    assert site.ask("/_stcore/metrics")[0] == 403
    assert site.ask("/metrics")[0] == 403


def test_plain_http_leads_to_https(site):
    import http.client

    port = re.search(r"listen 127\.0\.0\.1:(\d+);", (site.folder / "site.conf").read_text())[1]
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    connection.request("GET", "/events?from=2020", headers={"Host": "127.0.0.1"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("location")) == (308, "https://127.0.0.1/events?from=2020")
    connection.close()


def logged(site: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (site.folder / "arsenal-atlas.log").read_text().splitlines()]


def test_the_logs_name_no_session_and_nothing_people_look_at(site, visitor, wait):
    session, mark, last = uuid.uuid4().hex, uuid.uuid4().hex, f"/{uuid.uuid4().hex}"
    visitor.ask(f"/_stcore/upload_file/{session}/{mark}", "PUT", b"x")
    visitor.ask(f"/events?q={mark}")
    visitor.ask(last)
    # A line is written after its answer.
    wait(lambda: last in {entry["path"] for entry in logged(site)}, "nginx logs the last request")
    wait(lambda: any(last in one.log.read_text() for one in site.processes), "and so does its process")
    logs = {site.folder / "arsenal-atlas.log", *(one.log for one in site.processes)}
    text = "".join(path.read_text() for path in logs)
    assert session not in text
    assert mark not in text
    assert "/_stcore/upload_file/***" in {entry["path"] for entry in logged(site)}


def test_both_logs_name_a_request_alike(site, visitor, wait):
    path = f"/{uuid.uuid4().hex}"
    visitor.ask(path)
    found = wait(lambda: [one for one in logged(site) if one["path"] == path], "nginx logs the request")
    request = found[0]["request"]
    wait(lambda: any(request in one.log.read_text() for one in site.processes), "its process names it alike")


def test_a_body_above_the_limit_is_refused_at_the_door(site, visitor):
    status, _, _ = visitor.ask("/_stcore/upload_file/a/b", "PUT", b"", Content_Length=str(51 * 2**20))
    assert status == 413


def test_nobody_answers_and_the_visitor_is_told(dead_site):
    status, headers, body = dead_site.ask("/")
    assert status == 502
    assert b"not answering just now" in body
    assert headers["retry-after"] == ["5"]
    assert headers["cache-control"] == ["no-store"]
