"""Small questions about an ASGI request that the parts of the gate share."""

import ipaddress
from collections.abc import Iterable
from typing import Final, cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from dashboard.domain.access import Person
from dashboard.workflows.access.identity import Identity

__all__ = [
    "SOCKET",
    "close_socket",
    "cookies_of",
    "headers_of",
    "identity_of",
    "is_api",
    "peer_of",
    "person_of",
    "set_cookie",
    "set_header",
    "state_of",
    "visitor_address",
    "wants_page",
]

SOCKET: Final = "/_stcore/stream"
"""Where Streamlit's socket is."""

_HOUSEHOLD: Final = 64  # bits of an IPv6 address that whoever has it cannot choose
_NO_PAGES: Final = ("/_stcore/", "/api/", "/atlas/", "/component/", "/media/", "/static/")


def headers_of(scope: Scope) -> Headers:
    """Give a request's headers.

    Parameters
    ----------
    scope
        The request.

    Returns
    -------
    Headers
        Its headers.
    """
    return Headers(scope=scope)


def cookies_of(scope: Scope) -> dict[str, str]:
    """Give a request's cookies; of two with one name the first, as Streamlit and browsers rank them.

    Parameters
    ----------
    scope
        The request.

    Returns
    -------
    dict of str to str
        Values by name.
    """
    cookies: dict[str, str] = {}
    for line in headers_of(scope).getlist("cookie"):
        for part in line.split(";"):
            name, _, value = part.strip().partition("=")
            cookies.setdefault(name, value.strip('"'))
    return cookies


def set_header(scope: Scope, name: str, value: str | None, *, without: Iterable[str] = ()) -> None:
    """Put one header into a request in place of all of that name.

    Parameters
    ----------
    scope
        The request.
    name
        Name of the header.
    value
        Its value; None for taking it away.
    without
        Names of more headers to take away.
    """
    # Underscores too: some servers and proxies take the two spellings for one.
    gone = {one.lower().replace("_", "-").encode("latin-1") for one in (name, *without)}
    kept = [pair for pair in scope["headers"] if pair[0].lower().replace(b"_", b"-") not in gone]
    if value is not None:
        kept.append((name.lower().encode("latin-1"), value.encode("latin-1")))
    scope["headers"] = kept


def state_of(scope: Scope) -> dict[str, object]:
    """Give what is known about a request, as routes read it from `request.state`.

    Parameters
    ----------
    scope
        The request.

    Returns
    -------
    dict of str to object
        The state; may be written to.
    """
    return cast("dict[str, object]", scope.setdefault("state", {}))


def person_of(scope: Scope) -> Person | None:
    """Give the person the gate found.

    Parameters
    ----------
    scope
        The request.

    Returns
    -------
    Person or None
        None before the gate looked, and where it does not look.
    """
    return cast("Person | None", state_of(scope).get("person"))


def identity_of(scope: Scope) -> Identity | None:
    """Give the identity the gate found.

    Parameters
    ----------
    scope
        The request.

    Returns
    -------
    Identity or None
        None before the gate looked, and where it does not look.
    """
    return cast("Identity | None", state_of(scope).get("identity"))


def is_api(scope: Scope) -> bool:
    """Say whether a request is one for the API, which is answered in JSON.

    Parameters
    ----------
    scope
        The request.

    Returns
    -------
    bool
        True for the API.
    """
    return str(scope["path"]).startswith("/api/")


def wants_page(scope: Scope) -> bool:
    """Say whether somebody's browser loads a page, rather than a part of one.

    Parameters
    ----------
    scope
        The request.

    Returns
    -------
    bool
        True for a page.
    """
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return False
    if str(scope["path"]).startswith(_NO_PAGES):
        return False
    return "text/html" in headers_of(scope).get("accept", "")


def peer_of(scope: Scope) -> str:
    """Give the address that the connection comes from.

    Parameters
    ----------
    scope
        The request.

    Returns
    -------
    str
        Empty where it is not known: a Unix socket, or a server that put a forwarded address in its place.
    """
    client = scope.get("client")
    # uvicorn's --proxy-headers writes the visitor over the peer, with port 0: then nobody knows who it was.
    return str(client[0]) if client and client[1] else ""


def visitor_address(scope: Scope, trusted: Iterable[str]) -> str:
    """Give the address of a visitor, behind the proxies that are trusted or not.

    Parameters
    ----------
    scope
        The request.
    trusted
        Addresses whose word counts.

    Returns
    -------
    str
        The address nearest to us that is not trusted; of IPv6 the network, because one household has more
        addresses than can be counted.
    """
    believed = set(trusted)
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if peer_of(scope) in believed:
        chain = ",".join(headers_of(scope).getlist("x-forwarded-for")).split(",")
        for hop in reversed([hop.strip() for hop in chain if hop.strip()]):
            address = hop
            if hop not in believed:
                break
    return _network(address)


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, ipaddress.IPv6Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    # A zone, as in fe80::1%eth0, belongs to the interface.
    return str(ipaddress.ip_network((int(found), _HOUSEHOLD), strict=False))


async def close_socket(receive: Receive, send: Send) -> None:
    """Refuse a socket before it is accepted, which the server turns into a 403.

    Parameters
    ----------
    receive, send
        As ASGI has them.
    """
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def set_cookie(message: Message, line: str) -> None:
    """Add a cookie to an answer.

    Parameters
    ----------
    message
        The start of the answer.
    line
        The cookie with its attributes.
    """
    MutableHeaders(scope=message).append("set-cookie", line)
