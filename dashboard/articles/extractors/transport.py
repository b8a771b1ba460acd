"""One POST with an end: so many seconds in all, so many bytes; no redirects, no proxies, no foreign address.

The time-out of requests counts from byte to byte, so that a server which drips could hold a run for ever;
here a clock shuts the connection when the time is over, whatever it is doing.
"""

import contextlib
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock, Timer
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from dashboard.articles.extractors.addresses import Network, allowed_addresses
from dashboard.errors import ExtractorError

__all__ = ["MOST_BYTES", "Reply", "post"]

MOST_BYTES: Final = 2_000_000
"""Bytes of an answer; a few hundred proposals are a tenth of that."""
_CHUNK: Final = 65_536
_REDIRECTS: Final = range(300, 400)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered.

    Parameters
    ----------
    status
        HTTP status.
    retry_after
        Its ``Retry-After`` header; empty when there is none.
    body
        The answer's bytes.
    """

    status: int
    retry_after: str
    body: bytes


class _Line:
    """The connection of one request, which can be cut from outside."""

    def __init__(self, networks: tuple[Network, ...], seconds: float, *, public: bool) -> None:
        self._networks = networks
        self._public = public
        self._until = time.monotonic() + seconds
        self._lock = Lock()
        self._twin: socket.socket | None = None
        self.is_over = False

    @property
    def left(self) -> float:
        return max(self._until - time.monotonic(), 0.001)

    def connect(self, host: str, port: int) -> socket.socket:
        last: OSError | None = None
        for address in allowed_addresses(host, port, self._networks, public=self._public):
            try:
                made = socket.create_connection((address, port), timeout=self.left)
            except OSError as error:
                last = error
                continue
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                # TLS takes the socket over and leaves the object empty; its twin stays good for cutting.
                self._twin = made.dup()
            if self.is_over:
                self.cut()
            return made
        raise last or OSError("no address")

    def cut(self) -> None:
        with self._lock:
            self.is_over = True
            if self._twin is not None:
                with contextlib.suppress(OSError):  # the other side was quicker
                    self._twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._lock:
            if self._twin is not None:
                self._twin.close()
                self._twin = None


class _Adapter(HTTPAdapter):
    """An adapter whose connections are made by a line."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # requests' signature
        super().init_poolmanager(*args, **options)
        line = self._line

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return line.connect(self._dns_host, int(self.port or 80))

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return line.connect(self._dns_host, int(self.port or 443))

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, networks: tuple[Network, ...], seconds: float
) -> Reply:
    """Send bytes and read the answer.

    Parameters
    ----------
    url
        Where to.
    body
        JSON.
    headers
        Further headers.
    networks
        Private networks that may be asked.
    seconds
        How long it may take in all.

    Returns
    -------
    Reply
        The answer, whatever its status.

    Raises
    ------
    ExtractorError
        It may not be asked, was not reached, did not answer in time, or answered more than anybody needs.
    """
    in_the_open = url.startswith("http:") and "Authorization" in headers
    line = _Line(networks, seconds, public=not in_the_open)
    clock = Timer(seconds, line.cut)
    clock.daemon = True
    clock.start()
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy, and no .netrc that would send another password
            session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
            for scheme in ("http://", "https://"):
                session.mount(scheme, _Adapter(line))
            return _exchange(session, url, body, headers, line)
    except (requests.RequestException, HTTPError, OSError) as error:
        if line.is_over or isinstance(error, requests.Timeout | TimeoutError):
            raise ExtractorError(
                f"The endpoint did not answer within {seconds:g} s: try again, or raise "
                "ARSENAL_ATLAS_ENDPOINT_SECONDS",
                "time",
            ) from None
        raise ExtractorError(
            f"The endpoint cannot be reached, or broke off ({type(error).__name__}): see whether it runs at "
            "ARSENAL_ATLAS_ENDPOINT_URL",
            "connection",
        ) from None  # requests' own errors carry the request with its key
    finally:
        clock.cancel()
        line.close()


def _exchange(
    session: requests.Session, url: str, body: bytes, headers: Mapping[str, str], line: _Line
) -> Reply:
    with session.post(
        url,
        data=body,
        headers={"Content-Type": "application/json", "Accept-Encoding": "identity", **headers},
        timeout=line.left,
        allow_redirects=False,
        stream=True,
    ) as answer:
        if answer.status_code in _REDIRECTS:
            raise ExtractorError(
                "The endpoint sends elsewhere, and nothing follows it: "
                "set ARSENAL_ATLAS_ENDPOINT_URL to the address itself",
                "address",
            )
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise ExtractorError("The endpoint answered in a packed form that was not asked for", "answer")
        read = bytearray()
        while piece := answer.raw.read(_CHUNK, decode_content=False):
            read += piece
            if len(read) > MOST_BYTES:
                raise ExtractorError(
                    f"The endpoint answered more than {MOST_BYTES // 1_000_000} MB; the rest was not read",
                    "size",
                )
        if line.is_over:
            raise TimeoutError
        return Reply(answer.status_code, answer.headers.get("Retry-After", ""), bytes(read))
