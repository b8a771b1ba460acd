import datetime as dt
import gzip
import ipaddress
import itertools
import ssl
import threading
import time
import tracemalloc
import zlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dashboard.articles.fetching.inflating import Inflater
from dashboard.errors import FetchError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture
def reason(trap, fetcher):
    def run(path, **options):
        with pytest.raises(FetchError) as caught:
            fetcher(**options).fetch(trap.url(path))
        assert "\n" not in str(caught.value)
        return caught.value.reason

    return run


def dripping(trap, start):
    def make():
        yield start
        while not trap.closing.wait(0.05):
            yield b"x"

    return make


@pytest.mark.parametrize(
    "start",
    [
        b"H",  # the status line
        HEAD + b"X-Slow: ",  # a header
        HEAD + b"\r\n",  # a body without a length
        HEAD + b"Content-Length: 5000\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_a_drip_ends_at_the_deadline_of_the_whole_page(trap, reason, start):
    trap.pages["/"] = dripping(trap, start)
    began = time.monotonic()
    assert reason("/", seconds=1.0) == "time"
    assert time.monotonic() - began < 30  # without the deadline the trap drips until it is closed


def test_a_server_that_says_nothing_is_left(trap, reason):
    trap.pages["/"] = lambda: (trap.closing.wait(20) and b"" for _ in range(1))
    assert reason("/", seconds=0.5) == "time"


def test_robots_that_drip_count_towards_the_same_deadline(trap, reason):
    drip, ended = dripping(trap, HEAD + b"\r\n"), threading.Event()

    def until_hung_up():
        try:
            yield from drip()
        finally:
            ended.set()

    trap.pages["/robots.txt"] = until_hung_up
    trap.page("/")
    assert reason("/", seconds=2.0) == "time"
    assert ended.wait(30)  # a busy trap may still be reading what it was asked
    assert trap.asked == ["/robots.txt"]


def test_a_name_that_is_not_found_in_time_is_given_up(fetcher, trap):
    never = threading.Event()
    one = fetcher(seconds=0.3, resolver=lambda *_: never.wait(20) or [])
    with pytest.raises(FetchError) as caught:
        one.fetch("http://slow.example/")
    never.set()
    assert caught.value.reason == "time"


@pytest.mark.parametrize("more", [b"", b"Transfer-Encoding: chunked\r\n"])
def test_an_endless_body_is_cut(trap, reason, more):
    piece = b"x" * 65_536
    piece = b"10000\r\n" + piece + b"\r\n" if more else piece
    trap.pages["/"] = lambda: itertools.chain([HEAD + more + b"\r\n"], itertools.repeat(piece))
    assert reason("/") == "size"


def test_a_large_page_is_refused_and_one_at_the_limit_is_not(trap, fetcher, reason):
    trap.page("/", b"x" * 10_001, "text/plain")
    trap.page("/fits", b"x" * 10_000, "text/plain")
    assert reason("/", largest=10_000) == "size"
    assert len(fetcher(largest=10_000).fetch(trap.url("/fits")).body) == 10_000


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_bomb_is_inflated_only_up_to_the_limit(trap, reason, encoding):
    packer = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    trap.page("/", bomb, Content_Encoding=encoding)
    assert len(bomb) < 500_000
    assert reason("/") == "size"


def test_a_bomb_in_one_piece_takes_no_more_memory_than_its_limit():
    bomb = gzip.compress(bytes(50_000_000))
    inflater = Inflater("gzip", 100_000, "h.example")
    tracemalloc.start()
    try:
        inflater.take(bomb)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert inflater.is_full
    assert len(inflater.body) == 100_000


def raw_deflated(text):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(text) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"The plant ") + gzip.compress(b"opened.")),
        ("x-gzip", gzip.compress(b"The plant opened.")),
        ("deflate", zlib.compress(b"The plant opened.")),
        ("deflate", raw_deflated(b"The plant opened.")),
        ("identity", b"The plant opened."),
    ],
)
def test_packed_pages_are_unpacked(trap, fetcher, encoding, packed):
    trap.page("/", packed, "text/plain", Content_Encoding=encoding)
    assert fetcher().fetch(trap.url("/")).body == b"The plant opened."


@pytest.mark.parametrize(
    ("packed", "encoding", "expected"),
    [
        (b"no gzip at all", "gzip", "encoding"),
        (gzip.compress(b"The plant opened." * 99)[:-20], "gzip", "connection"),
        (b"x", "br", "encoding"),
        (gzip.compress(gzip.compress(b"x")), "gzip, gzip", "encoding"),
    ],
)
def test_damaged_or_strange_packing_is_refused(trap, reason, packed, encoding, expected):
    trap.page("/", packed, Content_Encoding=encoding)
    assert reason("/") == expected


@pytest.mark.parametrize(
    "kind", ["application/octet-stream", "image/png", "application/zip", "video/mp4", "x", ""]
)
def test_what_is_no_text_is_refused_by_its_type(trap, reason, kind):
    trap.page("/", "x", kind)
    assert reason("/") == "type"


@pytest.mark.parametrize("kind", ["application/json", "text/html2", "multipart/form-data"])
def test_only_listed_types_are_taken(trap, reason, kind):
    trap.page("/", "x", kind)
    assert reason("/") == "type"


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("404 Not Found", "no such page"),
        ("403 Forbidden", "paste its text"),
        ("401 Who", "login"),
        ("402 Pay", "subscription"),
        ("429 Slow", "later"),
        ("500 Oh", "later"),
        ("204 None", "does not give"),
        ("304 Same", "does not give"),
    ],
)
def test_a_status_is_told_in_a_sentence(trap, fetcher, status, says):
    trap.page("/", "", status=status)
    with pytest.raises(FetchError, match=says) as caught:
        fetcher().fetch(trap.url("/"))
    assert caught.value.reason == "status"


def test_three_redirects_are_followed_and_no_more(trap, fetcher, reason):
    for number in range(5):
        trap.page(f"/{number}", "", status="302 Found", Location=f"{number + 1}")
    trap.page("/5")
    assert fetcher().fetch(trap.url("/2")).url == trap.url("/5")
    assert reason("/1") == "redirects"
    trap.page("/loop", "", status="301 Moved", Location="/loop")
    assert reason("/loop") == "redirects"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://[", "http://127.0.0.1:22/", "//user@x/", "\\\\x"]
)
def test_a_redirect_to_what_is_not_asked_is_refused(trap, reason, location):
    trap.page("/", "", status="302 Found", Location=location)
    assert reason("/") in {"url", "port"}


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"no http at all\r\n\r\n",
        HEAD + b"Content-Length: 500\r\n\r\nshort",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_broken_answer_is_told(trap, reason, start):
    trap.pages["/"] = lambda: [start]
    assert reason("/") == "connection"


def test_headers_without_end_are_refused(trap, reason):
    trap.pages["/"] = lambda: itertools.chain([HEAD], itertools.repeat(b"X-More: x\r\n"))
    assert reason("/") == "connection"


def test_nobody_there_is_told(trap, fetcher):
    one = fetcher()
    trap.server_close()
    with pytest.raises(FetchError) as caught:
        one.fetch(trap.url("/"))
    assert caught.value.reason in {"connection", "robots"}


def certificate(tmp_path, name):
    """Make a certificate that its owner has signed himself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "cert.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(trap, tmp_path):
    """Let the trap speak TLS under the name news.example; gives the certificate."""
    path = certificate(tmp_path, "news.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    trap.names = []
    context.sni_callback = lambda _socket, name, _context: trap.names.append(name)
    trap.socket = context.wrap_socket(trap.socket, server_side=True, do_handshake_on_connect=False)
    trap.page("/")
    return path


def trusting(path):
    return ssl.create_default_context(cafile=path)


def test_a_secure_page_is_asked_by_its_address_under_its_name(trap, fetcher, secure):
    one = fetcher(resolver=lambda *_: ["127.0.0.1"], tls=trusting(secure))
    page = one.fetch(f"https://news.example:{trap.port}/")
    assert page.url == f"https://news.example:{trap.port}/"
    assert set(trap.names) == {"news.example"}


@pytest.mark.parametrize("host", ["news.example", "other.example", "127.0.0.1"])
def test_a_certificate_that_is_not_trusted_or_of_another_is_refused(trap, fetcher, secure, host):
    tls = None if host == "news.example" else trusting(secure)
    options = {"tls": tls} if tls else {}
    one = fetcher(resolver=lambda *_: ["127.0.0.1"], **options)
    with pytest.raises(FetchError, match="cannot be trusted") as caught:
        one.fetch(f"https://{host}:{trap.port}/")
    assert caught.value.reason == "tls"
    assert trap.heads == []


def test_a_handshake_that_drips_ends_at_the_deadline(trap, fetcher):
    def serve():
        connection, _ = trap.socket.accept()
        with connection:
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not trap.closing.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    trap.shutdown()
    threading.Thread(target=serve, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(FetchError) as caught:
        fetcher(seconds=1.0).fetch(f"https://127.0.0.1:{trap.port}/")
    assert caught.value.reason == "time"
    assert time.monotonic() - began < 30
