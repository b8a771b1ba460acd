"""Answers of online geocoders, kept as they came, so that no question is asked twice.

Public services demand it, a run that stopped can go on where it was, and a reader of the atlas can see years
later what the service had said, when, and under which licence. Hits wait for nobody: the cache stands in
front of the pace. An error is never kept; "no such place" is, for a short time, because maps grow.

Plain SQLite and JSON: anyone can look inside, and nothing in the file is ever run.
"""

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from geopy.geocoders.base import Geocoder
from geopy.location import Location
from geopy.point import Point

from dashboard.geocoding.geocoders.state import GeocoderStateError, StateFile
from dashboard.geocoding.geocoders.wrapping import Answer, Method, WrappingGeocoder, checked_query

__all__ = ["PROVENANCE", "CachedGeocoder", "Provider"]

PROVENANCE: Final = "atlas"
"""Key in a location's ``raw`` under which the atlas says where the answer is from."""

_APPLICATION_ID: Final = 0x41414E53  # "AANS"
_SCHEMA: Final = """
CREATE TABLE answers (
    provider TEXT NOT NULL,
    method TEXT NOT NULL,        -- geocode or reverse
    request TEXT NOT NULL,       -- the query and its options, JSON
    found INTEGER NOT NULL,      -- how many places; 0 is "no such place"
    answer TEXT NOT NULL,        -- JSON list of [address, latitude, longitude, raw]
    retrieved TEXT NOT NULL,     -- UTC
    retrieved_s REAL NOT NULL,   -- the same, seconds since 1970
    licence TEXT NOT NULL,
    terms TEXT NOT NULL,
    PRIMARY KEY (provider, method, request)
) STRICT
"""
_GET: Final = (
    "SELECT answer, retrieved, retrieved_s, licence, terms FROM answers "
    "WHERE provider = ? AND method = ? AND request = ?"
)
_PUT: Final = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PRUNE: Final = (
    "DELETE FROM answers WHERE abs(? - retrieved_s) >= CASE WHEN found THEN coalesce(?, 9e99) ELSE ? END"
)
_KEEP_MISSES: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Provider:
    """Who answers, and under which conditions.

    Attributes
    ----------
    name
        Short and lasting, such as ``nominatim:nominatim.openstreetmap.org``; answers are kept under it.
    licence
        Licence and attribution of what it answers.
    terms
        Address of its terms of use; empty for a server of one's own.
    """

    name: str
    licence: str
    terms: str = ""


class CachedGeocoder(WrappingGeocoder):
    """Keep the answers of another geocoder.

    Parameters
    ----------
    inner
        The geocoder to ask; for a public service a `dashboard.geocoding.geocoders.paced.PacedGeocoder`.
    path
        The file of answers, made at first use; any number of processes and providers may share it.
    provider
        Whose answers these are.
    keep
        How long places are kept; None for ever.
    keep_misses
        How long "no such place" is kept.
    clock
        Gives the seconds since 1970.
    """

    def __init__(
        self,
        inner: Geocoder,
        path: Path,
        provider: Provider,
        *,
        keep: timedelta | None = None,
        keep_misses: timedelta = _KEEP_MISSES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(inner)
        self._file = StateFile(path, application_id=_APPLICATION_ID, schema=_SCHEMA)
        self.provider = provider
        self.keep = keep
        self.keep_misses = keep_misses
        self._clock = clock

    def prune(self) -> int:
        """Delete what is past its time, of all providers.

        Returns
        -------
        int
            How many answers are gone.

        Raises
        ------
        GeocoderStateError
            The file cannot be used.
        """
        keep_s = self.keep.total_seconds() if self.keep is not None else None
        with self._file.open(write=True) as connection:
            times = (self._clock(), keep_s, self.keep_misses.total_seconds())
            return connection.execute(_PRUNE, times).rowcount

    def _ask(self, method: Method, query: object, options: dict[str, Any], timeout: object) -> Answer:
        question = checked_query(method, query)
        request = _request(question, options)
        one = bool(options.get("exactly_one", True))
        if (kept := self._kept(method, request)) is not None:
            return _shaped(kept, one=one)
        answer = self._ask_inner(method, question, options, timeout)
        found = answer if isinstance(answer, list) else [] if answer is None else [answer]
        retrieved = self._keep(method, request, found)
        return _shaped(
            [_stamped(place, self._provenance(retrieved, cached=False)) for place in found], one=one
        )

    def _kept(self, method: Method, request: str) -> list[Location] | None:
        with self._file.open() as connection:
            row = connection.execute(_GET, (self.provider.name, method, request)).fetchone()
        if row is None:
            return None
        answer, retrieved, retrieved_s, licence, terms = row
        try:
            found = [Location(address, (lat, lon), raw) for address, lat, lon, raw in json.loads(answer)]
        except (ValueError, TypeError):  # damaged: as if it had never been kept
            return None
        life = self.keep if found else self.keep_misses
        # A distance either way: a date ahead of the clock is no reason to believe a miss for years.
        if life is not None and abs(self._clock() - retrieved_s) >= life.total_seconds():
            return None
        provenance = self._provenance(retrieved, cached=True) | {"licence": licence, "terms": terms}
        return [_stamped(place, provenance) for place in found]

    def _keep(self, method: Method, request: str, found: list[Location]) -> str:
        now = self._clock()
        retrieved = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
        places = [(place.address, place.latitude, place.longitude, place.raw) for place in found]
        try:
            answer = json.dumps(places)  # ASCII, because a foreign answer may hold half a character
        except (TypeError, ValueError, RecursionError) as error:
            raise GeocoderStateError(
                f"The answer of {self.provider.name} cannot be kept as JSON ({error})"
            ) from error
        key = (self.provider.name, method, request)
        row = (*key, len(found), answer, retrieved, now, self.provider.licence, self.provider.terms)
        with self._file.open(write=True) as connection:
            connection.execute(_PUT, row)
        return retrieved

    def _provenance(self, retrieved: str, *, cached: bool) -> dict[str, Any]:
        return {
            "provider": self.provider.name,
            "retrieved": retrieved,
            "licence": self.provider.licence,
            "terms": self.provider.terms,
            "cached": cached,
        }


def _shaped(found: list[Location], *, one: bool) -> Answer:
    if not found:
        return None
    return found[0] if one else found


def _stamped(place: Location, provenance: dict[str, Any]) -> Location:
    if not isinstance(place.raw, Mapping):
        return place
    return Location(place.address, place.point, {**place.raw, PROVENANCE: provenance})


def _request(question: object, options: Mapping[str, Any]) -> str:
    request = {"query": _plain(question), **{name: _plain(value) for name, value in options.items()}}
    text = json.dumps(request, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode()


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Point):
        return [round(value.latitude, 7), round(value.longitude, 7)]
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((_plain(part) for part in value), key=str)
    if isinstance(value, Iterable):
        return [_plain(part) for part in value]
    raise TypeError(f"A {type(value).__name__} cannot be part of a question that is kept")
