"""Where a request may go: to public addresses, and to private ones that the settings name.

A name is looked up once and the connection made to what was checked, so that a name cannot lead elsewhere
between the check and the connection.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from dashboard.errors import ExtractorError
from dashboard.settings import Settings

__all__ = ["Network", "allowed_addresses", "endpoint_address", "is_allowed", "named_networks"]

Network: TypeAlias = str
"""A network as ``10.0.0.0/8``, checked."""

_LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_LOWEST_BITS: Final = 0xFFFF_FFFF
_MOST_SHOWN: Final = 100


def endpoint_address(settings: Settings) -> str:
    """Give the base address of the endpoint, checked.

    Parameters
    ----------
    settings
        Its address and key.

    Returns
    -------
    str
        The address without a stroke at its end.

    Raises
    ------
    ExtractorError
        There is none, or none that can be used.
    """
    url = settings.endpoint_url.strip()
    if not url:
        raise ExtractorError(
            "The extractor is an endpoint, but no address is set: set ARSENAL_ATLAS_ENDPOINT_URL, "
            "or ARSENAL_ATLAS_EXTRACTOR=rules",
            "settings",
        )
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, usable = urlsplit(""), False
    # What may be a password is not shown.
    if not usable or "@" in parts.netloc or parts.query or parts.fragment or not url.isprintable():
        raise ExtractorError(
            "The address of the endpoint must be like http://127.0.0.1:11434/v1, without a name, password or "
            "question mark: look at ARSENAL_ATLAS_ENDPOINT_URL; the key goes to ARSENAL_ATLAS_ENDPOINT_KEY",
            "settings",
        )
    if settings.endpoint_key.get_secret_value() and parts.scheme == "http" and not named_networks(settings):
        raise ExtractorError(
            "The key of the endpoint would cross the network in the open: "
            "write its address with https:// in ARSENAL_ATLAS_ENDPOINT_URL",
            "settings",
        )
    return url.rstrip("/")


def named_networks(settings: Settings) -> tuple[Network, ...]:
    """Give the private networks that the settings name, by themselves or in the endpoint's address.

    Parameters
    ----------
    settings
        Networks and address.

    Returns
    -------
    tuple of str
        The networks.

    Raises
    ------
    ExtractorError
        One is none.
    """
    try:
        named = tuple(str(ip_network(text, strict=False)) for text in settings.endpoint_networks)
    except ValueError as error:
        raise ExtractorError(
            f"ARSENAL_ATLAS_ENDPOINT_NETWORKS holds what is no network ({str(error)[:_MOST_SHOWN]}): "
            "write networks such as 10.0.0.0/8",
            "settings",
        ) from error
    host = (urlsplit(settings.endpoint_url.strip()).hostname or "").rstrip(".")
    if host == "localhost":
        return (*named, *_LOOPBACK)
    try:
        address = ip_address(host)
    except ValueError:
        return named
    return named if _bare(address).is_global else (*named, str(ip_network(address)))


def is_allowed(text: str, networks: tuple[Network, ...], *, public: bool = True) -> bool:
    """Tell whether a request may go to an address.

    Parameters
    ----------
    text
        An IP address.
    networks
        Private networks that are allowed.
    public
        Whether public addresses are allowed too.

    Returns
    -------
    bool
        Whether it is public, or in one of the networks.
    """
    address = ip_address(text.partition("%")[0])
    inner = _bare(address)
    if any(one in ip_network(network) for network in networks for one in (address, inner)):
        return True
    return public and inner.is_global and not inner.is_multicast


def _bare(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that an IPv6 address only wraps."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & _LOWEST_BITS)
    return address.ipv4_mapped or address.sixtofour or address


def allowed_addresses(
    host: str, port: int, networks: tuple[Network, ...], *, public: bool = True
) -> list[str]:
    """Look a name up and give the addresses that may be asked.

    Parameters
    ----------
    host
        A name, or an address.
    port
        Port of the server.
    networks
        Private networks that are allowed.
    public
        Whether public addresses are allowed too.

    Returns
    -------
    list of str
        Addresses, in the order of the system.

    Raises
    ------
    ExtractorError
        There are only such as may not be asked.
    OSError
        The name is not known.
    """
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    allowed = [address for address in found if is_allowed(address, networks, public=public)]
    if not allowed and not public:
        raise ExtractorError(
            f"{host} is at a public address, where the key would be sent in the open: "
            "write its address with https:// in ARSENAL_ATLAS_ENDPOINT_URL",
            "address",
        )
    if not allowed:
        raise ExtractorError(
            f"{host} is at a private address ({', '.join(found[:3])}), and no request went there: name its "
            "network in ARSENAL_ATLAS_ENDPOINT_NETWORKS if that is the server you mean",
            "address",
        )
    return allowed
