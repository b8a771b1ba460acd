"""Names of hosts to addresses that may be asked, once, in a bounded time."""

import queue
import socket
import threading
from collections.abc import Callable
from typing import Final

from dashboard.articles.fetching.addresses import is_allowed
from dashboard.articles.fetching.urls import Target
from dashboard.errors import FetchError

__all__ = ["Resolver", "checked_addresses", "resolve"]

Resolver = Callable[[str, int], list[str]]
"""Host and port to addresses as numbers."""

_MOST: Final = 32


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host.

    Parameters
    ----------
    host
        Its name.
    port
        The port that is meant.

    Returns
    -------
    list of str
        Addresses as numbers, the preferred first.

    Raises
    ------
    OSError
        It has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def checked_addresses(target: Target, resolver: Resolver, seconds: float, *, private: bool) -> list[str]:
    """Find the addresses of a page's host; all of them must be such that may be asked.

    Parameters
    ----------
    target
        The page.
    resolver
        Who knows.
    seconds
        How long to wait for him.
    private
        Whether this machine and its network may be asked.

    Returns
    -------
    list of str
        Addresses to connect to; the name must not be asked for again.

    Raises
    ------
    FetchError
        There is none, or one that may not be asked.
    """
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(target.host, target.port))
        except Exception as error:  # noqa: BLE001 - handed over to the thread that waits
            answers.put(error)

    # The system's resolver has no time limit of its own that could be set.
    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        found = answers.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise FetchError(f"The name {target.host} was not found in time", "time") from None
    if isinstance(found, Exception) or not found:
        raise FetchError(f"No host is known by the name {target.host}: check how it is written", "name")
    if not all(is_allowed(one, private=private) for one in found):
        raise FetchError(
            f"{target.host} lies inside this machine or its network and is not asked: "
            "save the page and read the file",
            "address",
        )
    return found[:_MOST]
