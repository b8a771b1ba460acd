"""A trap server that writes down who came, and fetchers that may or may not go there."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import pytest

from dashboard.articles.fetching import Fetcher, FetchPolicy
from dashboard.articles.fetching.wire import Wire

STORY = "The minister opened the plant at Ben Slimane on Monday, and the first vehicles left it. " * 5
HTML = f"<html lang=en><title>Plant opens</title><body><article><p>{STORY}</p></article></body></html>"
Chunks = Iterable[bytes]


def answer(
    body: bytes | str = HTML, kind: str = "text/html; charset=utf-8", status: str = "200 OK", **headers: str
) -> Chunks:
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}"]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "", ""]).encode(), raw]


class Trap(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.pages: dict[str, Callable[[], Chunks]] = {}
        self.heads: list[str] = []
        self.came = 0
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def asked(self) -> list[str]:
        return [head.split(" ")[1] for head in self.heads]

    def page(self, path: str, *args: object, **options: object) -> str:
        self.pages[path] = lambda: answer(*args, **options)
        return self.url(path)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def get_request(self) -> tuple[socket.socket, object]:
        self.came += 1
        return super().get_request()

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about visitors who hang up."""


class Visit(socketserver.StreamRequestHandler):
    server: Trap

    def handle(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (piece := self.request.recv(4096)):
            head += piece
        if not head:
            return
        self.server.heads.append(head.decode("latin-1"))
        path = self.server.heads[-1].split(" ")[1]
        make = self.server.pages.get(path, lambda: answer("", status="404 Not Found"))
        with suppress(OSError):
            for chunk in make():
                self.request.sendall(chunk)
                if self.server.closing.is_set():
                    return


@pytest.fixture
def trap() -> Iterator[Trap]:
    with Trap() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.closing.set()
        server.shutdown()


@pytest.fixture
def fetcher(trap: Trap) -> Callable[..., Fetcher]:
    """Make a fetcher that may ask the trap, unless it is told not to."""

    def make(
        *, private: bool = True, seconds: float = 10.0, largest: int = 5_000_000, **options: object
    ) -> Fetcher:
        policy = FetchPolicy(
            private=private,
            ports=frozenset({80, 443, trap.port}),
            seconds=seconds,
            largest=largest,
            pause_s=0.0,
        )
        wire = Wire(
            policy.agent, **{name: options.pop(name) for name in ("connector", "tls") if name in options}
        )
        return Fetcher(policy, wire=wire, **options)

    return make
