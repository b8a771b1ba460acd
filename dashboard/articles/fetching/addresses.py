"""Which addresses of the network lie outside, whatever they are wrapped in.

Several kinds of IPv6 address carry an IPv4 address that a translator or tunnel unpacks: judging the outside
alone lets 64:ff9b::7f00:1 reach 127.0.0.1.
"""

import ipaddress
from typing import Final

__all__ = ["is_allowed", "is_public"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_GLOBAL_V6: Final = ipaddress.ip_network("2000::/3")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE: Final = ipaddress.ip_network("::/96")
_REFUSED: Final = (
    ipaddress.ip_network("168.63.129.16/32"),  # public by its number, yet inside every Azure network
    ipaddress.ip_network("192.88.99.0/24"),  # relays of 6to4
)
_NEVER: Final = (
    ipaddress.ip_network("169.254.0.0/16"),
    ipaddress.ip_network("fe80::/10"),
    ipaddress.ip_network("fd00:ec2::/32"),  # the metadata of AWS under IPv6
    *_REFUSED,
)


def is_public(address: str) -> bool:
    """Tell whether an address lies outside, with everything it may carry.

    Parameters
    ----------
    address
        An IP address as numbers.

    Returns
    -------
    bool
        Whether anybody may be reached there; False for what is no address.
    """
    one = _parsed(address)
    return one is not None and all(map(_is_public_alone, _carried(one)))


def is_allowed(address: str, *, private: bool) -> bool:
    """Tell whether an address may be asked.

    Parameters
    ----------
    address
        An IP address as numbers.
    private
        Whether this machine and its network may be asked too.

    Returns
    -------
    bool
        Whether it may.
    """
    if not private:
        return is_public(address)
    one = _parsed(address)
    return one is not None and not any(
        carried.is_multicast or carried.is_unspecified or any(carried in net for net in _NEVER)
        for carried in _carried(one)
    )


def _parsed(address: str) -> _Address | None:
    try:
        return ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None


def _carried(address: _Address) -> list[_Address]:
    """Give what stands for an address: itself, or the IPv4 addresses that it wraps."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)]
    if address.sixtofour:
        return [address.sixtofour]
    if address.teredo:
        return list(address.teredo)
    return [address]


def _is_public_alone(address: _Address) -> bool:
    if any(address in net for net in _REFUSED):
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address not in _GLOBAL_V6 or address in _COMPATIBLE):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
