"""One request to one checked address, with one deadline for everything, and a bounded answer.

The standard library's client is given a connected socket: requests and urllib3 look the name up again when
they connect, which lets a second answer lead inside. A time-out of a socket starts anew with every byte, so
that a server dripping its headers is never late; a watchdog shuts the socket down at the deadline instead.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final

from dashboard.articles.fetching.inflating import Inflater
from dashboard.articles.fetching.urls import Target
from dashboard.errors import FetchError

__all__ = ["Answer", "Connector", "Wire", "connect"]

Connector = Callable[[tuple[str, int], float], socket.socket]
"""Address and port, and seconds, to a connected socket."""

_PIECE: Final = 1 << 14
_SUCCESS: Final = 200
_ONE_OF_SEVERAL_S: Final = 4.0
_HEADERS: Final = (
    ("Accept", "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, */*;q=0.5"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Connection", "close"),
)
_UNTRUSTED: Final = "its certificate is not valid for it, or the connection is not safe"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Parameters
    ----------
    status
        Its status.
    headers
        Its headers, names in small letters.
    body
        The body, inflated; empty unless the status is a success.
    is_cut
        Whether the body was longer than was to be taken.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    is_cut: bool = False


def connect(address: tuple[str, int], seconds: float) -> socket.socket:
    """Connect to an address given as a number.

    Parameters
    ----------
    address
        Address and port.
    seconds
        How long to try.

    Returns
    -------
    socket
        The connection.

    Raises
    ------
    OSError
        Nobody answers there.
    """
    return socket.create_connection(address, timeout=seconds)


def _accept_all(_answer: Answer) -> None:
    """Take any body."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How pages are asked for.

    Parameters
    ----------
    agent
        Who asks, as servers see it.
    connector
        Who connects.
    tls
        Which certificates are trusted; the system's if not given.
    """

    agent: str
    connector: Connector = connect
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def ask(
        self,
        target: Target,
        addresses: list[str],
        until: float,
        *,
        largest: int,
        accept: Callable[[Answer], None] = _accept_all,
    ) -> Answer:
        """Ask for a page.

        Parameters
        ----------
        target
            The page.
        addresses
            Checked addresses of its host, tried in order.
        until
            When the answer must be complete, on `time.monotonic`.
        largest
            Bytes of the body that are taken, after inflating.
        accept
            Called with the answer before its body is read; may refuse it by raising.

        Returns
        -------
        Answer
            The answer.

        Raises
        ------
        FetchError
            There was none in time, or none that can be used.
        """
        late = threading.Event()
        try:
            with ExitStack() as open_things:
                plain = open_things.enter_context(closing(self._connected(target, addresses, until)))
                open_things.enter_context(_watched(plain, until, late))
                safe = self._secured(plain, target)
                open_things.enter_context(closing(safe))
                answer = self._exchange(safe, target, largest, accept)
        except FetchError as error:
            raise (_late(target) if late.is_set() else error) from None
        except (OSError, HTTPException, ValueError) as error:
            raise _failure(target, error, is_late=late.is_set()) from error
        if late.is_set():  # a body without a length seems complete when the watchdog cuts it off
            raise _late(target)
        return answer

    def _connected(self, target: Target, addresses: list[str], until: float) -> socket.socket:
        for number, address in enumerate(addresses, start=1):
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                seconds = left if number == len(addresses) else min(left, _ONE_OF_SEVERAL_S)
                return self.connector((address, target.port), seconds)
            except OSError:
                if number == len(addresses):
                    raise
        raise FetchError(f"{target.host} has no address", "name")

    def _secured(self, plain: socket.socket, target: Target) -> socket.socket:
        if target.scheme == "http":
            return plain
        return self.tls.wrap_socket(plain, server_hostname=target.host)

    def _exchange(
        self, safe: socket.socket, target: Target, largest: int, accept: Callable[[Answer], None]
    ) -> Answer:
        # Closing the socket alone leaves it open while the response still reads from it.
        with closing(HTTPConnection(target.host, target.port)) as connection:
            connection.auto_open = 0  # or it would look the name up by itself when the server hangs up
            connection.sock = safe
            connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
            for name, value in (*_HEADERS, ("Host", target.authority), ("User-Agent", self.agent)):
                connection.putheader(name, value)
            connection.endheaders()
            with closing(connection.getresponse()) as response:
                headers = {name.lower(): value for name, value in response.getheaders()}
                answer = Answer(response.status, headers)
                accept(answer)
                if response.status != _SUCCESS:
                    return answer
                body, is_cut = _body(response, target, headers, largest)
                return Answer(response.status, headers, body, is_cut)


def _body(
    response: HTTPResponse, target: Target, headers: Mapping[str, str], largest: int
) -> tuple[bytes, bool]:
    inflater = Inflater(headers.get("content-encoding", ""), largest, target.host)
    while piece := response.read(_PIECE):
        inflater.take(piece)
        if inflater.is_full:
            return inflater.body, True
    if response.length:
        raise FetchError(f"{target.host} broke off its answer: try again later", "connection")
    inflater.end()
    return inflater.body, False


@contextmanager
def _watched(plain: socket.socket, until: float, late: threading.Event) -> Iterator[None]:
    """Shut a connection down at a moment, whatever wraps its socket by then."""
    plain.settimeout(max(0.001, until - time.monotonic()))
    with closing(plain.dup()) as handle:

        def shut() -> None:
            late.set()
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

        watchdog = threading.Timer(max(0.0, until - time.monotonic()), shut)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()
            watchdog.join()


def _failure(target: Target, error: Exception, *, is_late: bool) -> FetchError:
    if is_late or isinstance(error, TimeoutError):
        return _late(target)
    if isinstance(error, ssl.SSLError):
        return FetchError(f"The connection to {target.host} cannot be trusted: {_UNTRUSTED}", "tls")
    return FetchError(
        f"{target.host} cannot be reached or broke off ({type(error).__name__}): try again later",
        "connection",
    )


def _late(target: Target) -> FetchError:
    return FetchError(f"{target.host} did not answer in time: try again later, or save the page", "time")
