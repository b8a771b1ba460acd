"""Fetch a page: its name resolved once, every address and every redirect checked, all within limits.

Only the host is logged: addresses carry searches and tokens. What comes is data for the readers, never HTML
for a page of the atlas.
"""

import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from dashboard.articles.fetching.names import Resolver, checked_addresses, resolve
from dashboard.articles.fetching.policy import FetchPolicy
from dashboard.articles.fetching.robots import Robots, RobotsAnswer
from dashboard.articles.fetching.urls import Target, follow, parse_url
from dashboard.articles.fetching.wire import Answer, Wire
from dashboard.articles.reading.files import now
from dashboard.articles.reading.labels import label
from dashboard.errors import FetchError

__all__ = ["FEED_TYPES", "Fetched", "Fetcher"]

_log: Final = logging.getLogger(__name__)

FEED_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"}
)
_TYPES: Final = FEED_TYPES | {"text/html", "application/xhtml+xml", "text/plain", "application/pdf"}
_CHARSET: Final = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_ROBOTS: Final = 500_000
_SAYS: Final = {
    401: "asks for a login: open the page in your browser and paste its text",
    402: "asks for a subscription: open the page in your browser and paste its text",
    403: "does not let programs read it: open the page in your browser and paste its text",
    404: "has no such page: check the address",
    410: "has taken the page down: look for it in an archive",
    429: "has been asked too often: try again later",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came.

    Parameters
    ----------
    url
        Where it was read, after redirects.
    asked
        What was asked for.
    body
        Its bytes, inflated.
    content_type
        Its media type, without parameters, in small letters.
    charset
        Encoding that the server named; may be empty.
    retrieved
        When, ISO 8601 in UTC.
    """

    url: str
    asked: str
    body: bytes
    content_type: str
    charset: str
    retrieved: str


class Fetcher:
    """Fetch pages under one policy; threads may share it.

    Parameters
    ----------
    policy
        What may be asked.
    resolver
        Who knows addresses of names.
    wire
        How pages are asked for.
    sleep
        Waits so many seconds.
    """

    def __init__(
        self,
        policy: FetchPolicy | None = None,
        *,
        resolver: Resolver = resolve,
        wire: Wire | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.policy = policy or FetchPolicy()
        self._resolver = resolver
        self._wire = wire or Wire(self.policy.agent)
        self._sleep = sleep
        self._robots = Robots(self.policy.agent)
        self._free: dict[str, float] = {}
        self._turn = threading.Lock()

    def fetch(self, url: str) -> Fetched:
        """Fetch a page.

        Parameters
        ----------
        url
            Its address.

        Returns
        -------
        Fetched
            The page.

        Raises
        ------
        FetchError
            It may not be asked for, or did not come as it should; ``reason`` says which.
        """
        target = parse_url(url, self.policy.ports)
        self._wait_for_turn(target)
        until = time.monotonic() + self.policy.seconds
        for _ in range(self.policy.redirects + 1):
            addresses = self._addresses(target, until)
            self._check_robots(target, addresses, until)
            answer = self._wire.ask(
                target, addresses, until, largest=self.policy.largest, accept=partial(_check, target)
            )
            if answer.status not in _REDIRECTS:
                return self._fetched(target, url, answer)
            target = follow(target, answer.headers.get("location", ""), self.policy.ports)
        raise FetchError(f"{target.host} sends on and on: open the page in your browser", "redirects")

    def _fetched(self, target: Target, asked: str, answer: Answer) -> Fetched:
        if answer.is_cut:
            most = self.policy.largest / 1_000_000
            raise FetchError(
                f"The page of {target.host} is larger than {most:g} MB: save its article", "size"
            )
        kind, charset = _content_type(answer)
        _log.info("fetched %d bytes from %s", len(answer.body), target.host)
        return Fetched(target.url, asked, answer.body, kind, charset, now())

    def _addresses(self, target: Target, until: float) -> list[str]:
        try:
            return checked_addresses(
                target, self._resolver, until - time.monotonic(), private=self.policy.private
            )
        except FetchError as error:
            _log.warning("did not ask %s: %s", target.host, error.reason)
            raise

    def _check_robots(self, target: Target, addresses: list[str], until: float) -> None:
        if not self._robots.may_read(
            target.url, target.origin, lambda: self._rules(target, addresses, until)
        ):
            raise FetchError(
                f"{target.host} does not let programs read this page (robots.txt), or cannot say: "
                "open it in your browser and paste its text",
                "robots",
            )

    def _rules(self, target: Target, addresses: list[str], until: float) -> RobotsAnswer:
        """Ask for robots.txt, following redirects under the same checks."""
        asked = Target(target.scheme, target.host, target.port, "/robots.txt")
        for _ in range(self.policy.redirects + 1):
            try:
                answer = self._wire.ask(asked, addresses, until, largest=_MAX_ROBOTS)
                if answer.status not in _REDIRECTS:
                    return _rules_of(answer)
                asked = follow(asked, answer.headers.get("location", ""), self.policy.ports)
                addresses = self._addresses(asked, until)
            except FetchError as error:
                if error.reason in ("tls", "time"):  # the page would fare no better: say why
                    raise
                return False
        return True

    def _wait_for_turn(self, target: Target) -> None:
        pause = min(max(self.policy.pause_s, self._robots.pause(target.origin)), self.policy.longest_pause_s)
        with self._turn:
            moment = time.monotonic()
            for host in [host for host, free in self._free.items() if free <= moment]:
                del self._free[host]
            start = max(moment, self._free.get(target.host, 0.0))
            self._free[target.host] = start + pause
        if start > moment:
            self._sleep(start - moment)


def _rules_of(answer: Answer) -> RobotsAnswer:
    if answer.status == 200:  # noqa: PLR2004 - OK
        return answer.body.decode("utf-8", "replace")
    return 400 <= answer.status < 500 and answer.status != 429  # noqa: PLR2004 - RFC 9309, 2.3.1.3 and 2.3.1.4


def _content_type(answer: Answer) -> tuple[str, str]:
    kind, _, parameters = answer.headers.get("content-type", "").partition(";")
    found = _CHARSET.search(parameters)
    return kind.strip().lower(), found.group(1) if found else ""


def _check(target: Target, answer: Answer) -> None:
    """Refuse an answer by its status or type before its body is read."""
    if answer.status in _REDIRECTS:
        return
    if answer.status != 200:  # noqa: PLR2004 - OK
        says = _SAYS.get(answer.status, "does not give the page: try again later")
        raise FetchError(f"{target.host} {says} (status {answer.status})", "status")
    kind = _content_type(answer)[0]
    if kind not in _TYPES:
        raise FetchError(
            f"{target.host} sends {label(kind, 40) or 'something'}: only HTML, text, PDF and feeds are read",
            "type",
        )
