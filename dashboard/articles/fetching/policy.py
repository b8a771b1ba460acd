"""What may be asked of the network, and how much of the answer is taken."""

from dataclasses import dataclass

from dashboard import __version__

__all__ = ["FetchPolicy"]


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """The rules of one fetcher.

    Parameters
    ----------
    private
        Whether this machine and its network may be asked. Link-local addresses, where clouds keep their
        secrets, never are.
    ports
        Ports that may be asked.
    redirects
        How many are followed.
    seconds
        Time for a page: name, connection, redirects, robots.txt and body together.
    largest
        Bytes of a body, after inflating.
    pause_s
        Seconds between two requests to one host.
    longest_pause_s
        Longest pause that a host's robots.txt may ask for.
    agent
        Who asks, as servers see it.
    """

    private: bool = False
    ports: frozenset[int] = frozenset({80, 443})
    redirects: int = 3
    seconds: float = 10.0
    largest: int = 5_000_000
    pause_s: float = 1.0
    longest_pause_s: float = 10.0
    agent: str = f"arsenal-atlas/{__version__}"
