"""A local model server that answers, breaks and lies as a test wishes, and an article with known places."""

import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dashboard.articles.extractors.endpoint import EndpointExtractor, Examined
from dashboard.articles.finding.names import ActorTable, KnownActor
from dashboard.articles.places import NamedPlace
from dashboard.articles.reading import Article
from dashboard.settings import Settings

KEY = "sk-planted-6f2a"
KNOWN = {
    "Linz": ("city", "AT", 48.306, 14.286),
    "Graz": ("city", "AT", 47.067, 15.45),
    "Rabat": ("capital", "MA", 34.013, -6.833),
    "Linz Air Base": ("facility", "AT", 48.23, 14.19),
    "Lyon": ("city", "FR", 45.748, 4.846),
    "Austria": ("country", "AT", 47.33, 13.33),
}
STORY = (
    "LINZ - The minister opened a shell factory in Linz on Friday.\n\n"
    "The ministry denied that a depot in Graz had exploded in May 2024. "
    "Mr. Keller of Danube Arms said the plant makes 155 mm shells.\n\n"
    "Rabat and Vienna signed an agreement in December 2025. "
    "A test range near Graz will be opened in March."
)

OPENING: dict[str, Any] = {
    "kind": "opening",
    "status": "happened",
    "quote": "The minister opened a shell factory in Linz on Friday.",
    "trigger": "opened",
    "date_quote": "on Friday",
    "place_quote": "Linz",
    "status_quote": "",
    "actors": [],
    "products": [],
}


@dataclass
class Reply:
    """One thing the server does; ``drip`` sends a byte at a time, ``head`` begins with the headers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    silent: bool = False
    slow: bool = False
    drip: bool = False
    drip_head: bool = False


@dataclass
class Model:
    """The server: what it will do, and what it was asked."""

    replies: list[Reply] = field(default_factory=list)
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    at_once: list[int] = field(default_factory=lambda: [0])
    """How many requests were open when each came."""
    closed: int = 0
    dripped: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def says(self, events: list[Any] | None = None, sites: list[Any] | None = None) -> None:
        self.writes(json.dumps({"events": events or [], "sites": sites or []}))

    def is_honest(self) -> None:
        self.says([OPENING])

    def breaks(self, times: int = 1, **reply: Any) -> None:
        self.replies += [Reply(**reply)] * times

    def writes(self, content: object, finish: str = "stop", usage: object = None) -> None:
        answer = {"choices": [{"message": {"content": content}, "finish_reason": finish}], "usage": usage}
        self.replies.append(Reply(body=json.dumps(answer).encode()))


class Handler(BaseHTTPRequestHandler):
    model: Model
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.model.asked.append((dict(self.headers), {"path": self.path, **json.loads(raw)}))
        self.model.at_once.append(len(self.model.asked) - self.model.closed)
        reply = self.model.replies.pop(0)
        self.close_connection = True
        with suppress(OSError):  # the client may be gone
            self.play(reply)
        self.model.closed += 1

    def play(self, reply: Reply) -> None:
        if reply.silent:
            self.model.over.wait()
            return
        if reply.slow:
            self.model.over.wait(0.1)
        length = len(reply.body) if reply.announced is None else reply.announced
        head = f"HTTP/1.1 {reply.status} X\r\nContent-Length: {length}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items()) + "\r\n"
        self.send(head.encode(), drip=reply.drip_head)
        self.send(reply.body, drip=reply.drip)

    def send(self, data: bytes, *, drip: bool) -> None:
        for piece in [data[n : n + 1] for n in range(len(data))] if drip else [data]:
            self.wfile.write(piece)
            self.wfile.flush()
            self.model.dripped += drip
            if drip and self.model.over.wait(0.05):
                return

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Model]:
    playing = Model()
    handler = type("Playing", (Handler,), {"model": playing})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    playing.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield playing
    finally:
        playing.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def model() -> Iterator[Model]:
    with serving() as playing:
        yield playing


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine and its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    file = tmp_path / "certificate.pem"
    file.write_bytes(private + made.public_bytes(pem))
    return file


@pytest.fixture
def encrypted_model(certificate: Path) -> Iterator[Model]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as playing:
        yield playing


@pytest.fixture
def set_to(model: Model) -> Callable[..., Settings]:
    def build(**more: Any) -> Settings:
        return Settings(
            **{
                "extractor": "endpoint",
                "endpoint_url": model.url,
                "endpoint_model": "stub",
                "endpoint_key": KEY,
                **more,
            }
        )

    return build


@pytest.fixture
def naps() -> list[float]:
    """How long the extractor would have waited."""
    return []


@pytest.fixture
def build(set_to: Callable[..., Settings], naps: list[float]) -> Callable[..., EndpointExtractor]:
    return lambda **more: EndpointExtractor(set_to(**more), sleep=naps.append)


def places_of(text: str) -> list[NamedPlace]:
    found = [
        NamedPlace(
            name, m.start(), m.end(), sense_of(text, m), kind, name, country, lat, lon, "locality", 5e3, name
        )
        for name, (kind, country, lat, lon) in KNOWN.items()
        for m in re.finditer(rf"\b{name}\b", text, re.IGNORECASE)
    ]
    return sorted(found, key=lambda place: place.start)


def sense_of(text: str, match: re.Match[str]) -> Any:
    return "government" if text[match.end() :].startswith(" and Vienna") else "place"


@pytest.fixture
def places() -> Callable[[str], list[NamedPlace]]:
    return places_of


@pytest.fixture
def story() -> str:
    return STORY


@pytest.fixture
def key() -> str:
    return KEY


@pytest.fixture
def examine(model: Model, build: Callable[..., EndpointExtractor]) -> Callable[..., Examined]:
    """Let the model say something of an article."""

    def run(events: Any = None, sites: Any = None, text: str = STORY, language: str = "en") -> Examined:
        model.says(events, sites)
        actors = ActorTable([KnownActor("ac-danube", ("Danube Arms",), "company")])
        return build().examine(Article(text, language, date(2026, 1, 5)), places_of(text), actors)

    return run


@pytest.fixture
def opening() -> dict[str, Any]:
    """What an honest model says of the first sentence."""
    return dict(OPENING)


@pytest.fixture
def factory() -> dict[str, Any]:
    """What an honest model says of the site there."""
    return {
        "kind": "factory",
        "status": "operating",
        "quote": "The minister opened a shell factory in Linz on Friday.",
        "trigger": "shell factory",
        "place_quote": "Linz",
        "status_quote": "opened",
        "actors": [],
        "products": ["shell"],
    }
