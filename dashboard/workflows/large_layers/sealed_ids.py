"""Ids that may tell a point, shown under a name that leads back to the record without a list of names.

A layer of the database keeps which id each shown name stands for; of ten million rows no process keeps that.
So the hash of the id is enciphered with what only the host knows: a Feistel network of four rounds of HMAC
over two halves of eight bytes (Luby and Rackoff, 1988), whose second half is zero. What does not decipher to
a zero half is no name that was ever given.
"""

import hmac
from typing import Final

__all__ = ["seal", "sealing_key", "unseal"]

_MARK: Final = "x-"
_HALF: Final = 8
_ROUNDS: Final = 4
_NOTHING: Final = bytes(_HALF)


def sealing_key(key: bytes, layer_id: str) -> bytes:
    """Derive the key of a layer.

    Parameters
    ----------
    key
        What an audience's names are made with.
    layer_id
        Short name of the layer.

    Returns
    -------
    bytes
        The key.
    """
    return hmac.digest(key, f"ids of a large layer\0{layer_id}".encode(), "sha256")


def seal(hashed: int, key: bytes) -> str:
    """Give the name to show for an id.

    Parameters
    ----------
    hashed
        Hash of the id, as `dashboard.store.layers.ids.hash_of` gives it.
    key
        What `sealing_key` gave.

    Returns
    -------
    str
        The same hash and key, the same name.
    """
    left, right = hashed.to_bytes(_HALF, "big"), _NOTHING
    for number in range(_ROUNDS):
        left, right = right, _mixed(left, right, number, key)
    return f"{_MARK}{(left + right).hex()}"


def unseal(name: str, key: bytes) -> int | None:
    """Give back the hash of the id that a name stands for.

    Parameters
    ----------
    name
        Any text.
    key
        What `sealing_key` gave.

    Returns
    -------
    int or None
        None for what is no such name.
    """
    text = name.removeprefix(_MARK)
    if text == name or len(text) != 4 * _HALF or not set(text) <= set("0123456789abcdef"):
        return None
    both = bytes.fromhex(text)
    left, right = both[:_HALF], both[_HALF:]
    for number in reversed(range(_ROUNDS)):
        left, right = _mixed(right, left, number, key), left
    return int.from_bytes(left, "big") if hmac.compare_digest(right, _NOTHING) else None


def _mixed(half: bytes, by: bytes, number: int, key: bytes) -> bytes:
    pad = hmac.digest(key, bytes([number]) + by, "sha256")
    return bytes(one ^ other for one, other in zip(half, pad[:_HALF], strict=True))
