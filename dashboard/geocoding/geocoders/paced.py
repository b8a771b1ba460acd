"""One request a second to a public geocoder, for the whole application.

The usage policy of the public Nominatim counts all users of an application together, so the pace cannot live
in one process: it is a row in a file that all processes share. The same row remembers when a server has asked
to be left alone (``Retry-After``), so that no other process runs into the same refusal.

geopy's ``RateLimiter`` counts within one process, ignores ``Retry-After``, and by default gives None for an
error, which looks like "no such place".
"""

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Final

from geopy.adapters import get_retry_after
from geopy.exc import GeocoderRateLimited, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable
from geopy.geocoders.base import Geocoder

from dashboard.geocoding.geocoders.state import StateFile
from dashboard.geocoding.geocoders.wrapping import Answer, Method, WrappingGeocoder, checked_query

__all__ = ["Pace", "PacedGeocoder"]

_APPLICATION_ID: Final = 0x41415043  # "AAPC"
_SCHEMA: Final = """
CREATE TABLE pace (
    service TEXT PRIMARY KEY,
    since REAL NOT NULL,  -- when this row was written, seconds since 1970
    until REAL NOT NULL   -- no request before this time
) STRICT
"""
_GET: Final = "SELECT since, until FROM pace WHERE service = ?"
_SET: Final = (
    "INSERT INTO pace (service, since, until) VALUES (?, ?, ?) "
    "ON CONFLICT (service) DO UPDATE SET since = excluded.since, until = excluded.until"
)
_LONGEST_HOLD_S: Final = 30 * 86_400.0
_SERVER_ERROR: Final = 500


class Pace:
    """The turns of all processes that share a file.

    Parameters
    ----------
    path
        The shared file, made at first use.
    service
        Which server the turns are for, such as its host name.
    seconds
        Least time from the start of one request to the start of the next.
    clock
        Gives the seconds since 1970; all processes must share it.
    """

    def __init__(
        self, path: Path, service: str, *, seconds: float = 1.0, clock: Callable[[], float] = time.time
    ) -> None:
        if not seconds >= 0.0:
            raise ValueError(f"The time between two requests must not be negative, not {seconds} s")
        self._file = StateFile(path, application_id=_APPLICATION_ID, schema=_SCHEMA)
        self.service = service
        self.seconds = seconds
        self._clock = clock

    def claim(self) -> float:
        """Take the next turn if it has come.

        Returns
        -------
        float
            0 when the turn is taken; otherwise the seconds until it is worth asking again.

        Raises
        ------
        GeocoderStateError
            The shared file cannot be used.
        """
        with self._file.open(write=True) as connection:
            row = connection.execute(_GET, (self.service,)).fetchone()
            now = self._clock()  # read under the lock, or a later reader could write an earlier time
            since, until = row or (now, now)
            if now < since:  # the clock was set back: wait as long as was meant, not until then
                since, until = now, now + (until - since)
                connection.execute(_SET, (self.service, since, until))
            if now < until:
                return float(until - now)
            connection.execute(_SET, (self.service, now, now + self.seconds))
        return 0.0

    def hold(self, seconds: float) -> None:
        """Let nobody have a turn for a while, because the server asked for it.

        Parameters
        ----------
        seconds
            How long, from now; at most 30 days are believed. A longer hold that is already on stays.

        Raises
        ------
        GeocoderStateError
            The shared file cannot be used.
        """
        with self._file.open(write=True) as connection:
            row = connection.execute(_GET, (self.service,)).fetchone()
            now = self._clock()
            until = now + min(seconds, _LONGEST_HOLD_S)
            if row and row[0] <= now:
                until = max(until, row[1])
            connection.execute(_SET, (self.service, now, until))


class PacedGeocoder(WrappingGeocoder):
    """Ask another geocoder at a pace, and again when it was out of breath.

    Parameters
    ----------
    inner
        The geocoder of the service. Its adapter must send one request for one question, as
        `dashboard.geocoding.geocoders.adapter.OneRequestAdapter` does and geopy's own does not.
    pace
        The turns, shared with everyone who asks the same service.
    max_retries
        How often to ask again after a time-out, an unreachable server, a status of 500 or above, or a 429.
    error_wait_s
        Seconds to wait before the first of them, doubled each time, unless the server names a time.
    max_wait_s
        Longest time in seconds that a server may ask for; beyond it the refusal is raised at once.
    sleep
        Waits for so many seconds.
    """

    def __init__(
        self,
        inner: Geocoder,
        pace: Pace,
        *,
        max_retries: int = 2,
        error_wait_s: float = 5.0,
        max_wait_s: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(inner)
        if max_wait_s < pace.seconds:
            raise ValueError(f"max_wait_s is {max_wait_s} s, which is less than the pace of {pace.seconds} s")
        self.pace = pace
        self.max_retries = max_retries
        self.error_wait_s = error_wait_s
        self.max_wait_s = max_wait_s
        self._sleep = sleep

    def _ask(self, method: Method, query: object, options: dict[str, Any], timeout: object) -> Answer:
        question = checked_query(method, query)
        for attempt in count():
            self._wait_for_turn()
            try:
                return self._ask_inner(method, question, options, timeout)
            except GeocoderServiceError as error:
                if not self._may_ask_again(error, attempt):
                    raise
        raise AssertionError("unreachable")

    def _wait_for_turn(self) -> None:
        while (wait := self.pace.claim()) > 0.0:
            if wait > self.max_wait_s:
                raise GeocoderRateLimited(
                    f"{self.pace.service} asked to be left alone for another {wait:.0f} s; nothing was sent",
                    retry_after=wait,
                )
            self._sleep(wait)

    def _may_ask_again(self, error: GeocoderServiceError, attempt: int) -> bool:
        """Heed what the server said, for all processes; then wait, if this question may be asked again."""
        wait = self.error_wait_s * 2**attempt
        asked = _asked_to_wait(error)
        if asked is None and isinstance(error, GeocoderRateLimited):
            asked = wait
        if asked is not None:
            self.pace.hold(asked)
        if attempt >= self.max_retries or not _may_pass(error) or (asked or 0.0) > self.max_wait_s:
            return False
        if asked is None:
            self._sleep(wait)
        return True


def _asked_to_wait(error: GeocoderServiceError) -> float | None:
    """Read Retry-After, which geopy keeps for 429 only, in seconds."""
    if (seconds := getattr(error, "retry_after", None)) is None:
        headers = getattr(error.__cause__, "headers", None)
        seconds = get_retry_after(headers) if headers is not None else None
    return None if seconds is None else float(max(0, min(seconds, _LONGEST_HOLD_S)))


def _may_pass(error: GeocoderServiceError) -> bool:
    if isinstance(error, GeocoderRateLimited | GeocoderTimedOut | GeocoderUnavailable):
        return True
    return bool(getattr(error.__cause__, "status_code", 0) >= _SERVER_ERROR)
