"""What a host lets programs read, asked once and kept; without a clear answer nothing is read (RFC 9309)."""

import threading
import time
from collections.abc import Callable
from typing import Final
from urllib.robotparser import RobotFileParser

__all__ = ["Robots", "RobotsAnswer"]

RobotsAnswer = str | bool
"""The text of robots.txt; True when there is none, False when the host cannot say."""

_KEEP_S: Final = 24 * 3600.0
_KEEP_FAILURE_S: Final = 60.0
_NOTHING: Final = "User-agent: *\nDisallow: /"
_MOST: Final = 1_000
_LONGEST_LINE: Final = 2_000


class Robots:
    """The rules of hosts.

    Parameters
    ----------
    agent
        Who asks, as in the header ``User-Agent``.
    clock
        Gives seconds from any start.
    """

    def __init__(self, agent: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._agent = agent
        self._clock = clock
        self._kept: dict[str, tuple[float, RobotFileParser]] = {}
        self._turn = threading.Lock()

    def may_read(self, url: str, origin: str, ask: Callable[[], RobotsAnswer]) -> bool:
        """Tell whether a page may be read.

        Parameters
        ----------
        url
            The page.
        origin
            Scheme, host and port.
        ask
            Fetches robots.txt when it is not known yet.

        Returns
        -------
        bool
            Whether it may.
        """
        return self._rules(origin, ask).can_fetch(self._agent, url)

    def pause(self, origin: str) -> float:
        """Give the pause between requests that a host asks for.

        Parameters
        ----------
        origin
            Scheme, host and port.

        Returns
        -------
        float
            Seconds; 0 when nothing is known.
        """
        with self._turn:
            _, rules = self._kept.get(origin, (0.0, None))
        delay = rules.crawl_delay(self._agent) if rules is not None else None
        return float(delay or 0)

    def _rules(self, origin: str, ask: Callable[[], RobotsAnswer]) -> RobotFileParser:
        with self._turn:
            until, rules = self._kept.get(origin, (0.0, None))
        if rules is not None and self._clock() < until:
            return rules
        answer = ask()
        text = answer if isinstance(answer, str) else "" if answer else _NOTHING
        rules = RobotFileParser()
        rules.parse(line[:_LONGEST_LINE] for line in text.splitlines())
        keep = _KEEP_FAILURE_S if answer is False else _KEEP_S
        with self._turn:
            while len(self._kept) >= _MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[origin] = (self._clock() + keep, rules)
        return rules
