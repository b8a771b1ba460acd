"""An address as a user or a server wrote it, taken apart strictly: two readers of one URL must not differ."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from dashboard.articles.reading.labels import label
from dashboard.errors import FetchError

__all__ = ["Target", "follow", "parse_url"]

_LONGEST: Final = 2_000
_STRANGE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62}){0,40}\Z"
)
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|\d+)\Z")
_DEFAULT: Final = {"http": 80, "https": 443}
_KEPT: Final = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True, slots=True)
class Target:
    """A page to ask for.

    Parameters
    ----------
    scheme
        ``http`` or ``https``.
    host
        Name or number of the host, in ASCII.
    port
        Port.
    path
        Path and query, as they are sent.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port: the header ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.origin}{self.path}"


def parse_url(text: str, ports: frozenset[int]) -> Target:
    """Take an address apart and refuse what is none that may be asked.

    Parameters
    ----------
    text
        The address.
    ports
        Ports that may be asked.

    Returns
    -------
    Target
        Its parts.

    Raises
    ------
    FetchError
        It is of another scheme, port or form, or carries a password.
    """
    shown = label(text)
    if len(text) > _LONGEST or _STRANGE.search(text):
        raise FetchError(f"{shown} is no address: it is too long or has characters that none has", "url")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise FetchError(f"{shown} is no address: check how it is written", "url") from None
    if parts.scheme not in _DEFAULT:
        raise FetchError(f"{shown} is not fetched: only http and https are", "url")
    if "@" in parts.netloc:
        raise FetchError("The address carries a user's name or password: leave it out", "url")
    if "[" in parts.netloc and ":" not in (parts.hostname or ""):
        raise FetchError(f"{shown} is no address: check how it is written", "url")
    port = _DEFAULT[parts.scheme] if port is None else port
    if port not in ports:
        allowed = ", ".join(map(str, sorted(ports)))
        raise FetchError(f"{shown} is not fetched: only the ports {allowed} are", "port")
    path = quote(parts.path or "/", safe=_KEPT)
    query = f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    return Target(parts.scheme, _host(parts.hostname or "", shown), port, path + query)


def follow(target: Target, location: str, ports: frozenset[int]) -> Target:
    """Take the address apart to which a page sends on.

    Parameters
    ----------
    target
        The page.
    location
        Its header ``Location``.
    ports
        Ports that may be asked.

    Returns
    -------
    Target
        The parts, checked as those of any address.

    Raises
    ------
    FetchError
        It may not be asked.
    """
    try:
        joined = urljoin(target.url, location.strip())
    except ValueError:
        raise FetchError(f"{label(location)} is no address to be sent on to", "url") from None
    return parse_url(joined, ports)


def _host(name: str, shown: str) -> str:
    if ":" in name:
        try:
            return str(ipaddress.IPv6Address(name.replace("%", "!")))  # no zone such as %eth0
        except ValueError:
            raise FetchError(f"{shown} is no address: check how it is written", "url") from None
    try:
        host = name.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise FetchError(f"{shown} names no host that can be asked", "url") from None
    if not _HOST.match(host):
        raise FetchError(f"{shown} names no host that can be asked", "url")
    if _NUMBER.match(host.rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:  # 127.1, 0x7f000001 and 2130706433 are read as 127.0.0.1 by some
            raise FetchError(f"{shown} writes a number where a host should be named", "address") from None
    return host
