"""Look toponyms up in the gazetteer file, from any thread, in microseconds.

The file never changes under a reader (a new build replaces it whole), so it is opened immutable: no locks, no
journal, nothing written beside it. What is found are candidates; deciding between them is
`dashboard.geocoding.resolve`.
"""

import math
import sqlite3
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from rapidfuzz import fuzz, process

from dashboard.errors import GazetteerError
from dashboard.geocoding.build import APPLICATION_ID, FORMAT_VERSION, NameKind
from dashboard.geocoding.candidates import Candidate, GazetteerEntry, Tier, candidate_of, distance_m
from dashboard.geocoding.names import MAX_NAME_LENGTH, fold, join, without_article

__all__ = ["Gazetteer"]

_BUILD_IT: Final = "run `arsenal-atlas db gazetteer`"
_COLUMNS: Final = (
    "p.id, p.name, p.country, p.admin1, p.lat, p.lon, p.population, p.kind, p.precision, p.precision_m, "
    "p.reason, p.source"
)
_BY_NAME: Final = (
    f"SELECT {_COLUMNS}, n.kind, n.folded FROM names n CROSS JOIN places p ON p.number = n.place "  # noqa: S608
    "WHERE n.joined = ?"
)
_BY_ID: Final = f"SELECT {_COLUMNS} FROM places p WHERE p.id = ?"  # noqa: S608 - constant columns
_BY_NUMBER: Final = f"SELECT {_COLUMNS} FROM places p WHERE p.number = ?"  # noqa: S608
_IN_BOX: Final = (
    f"SELECT {_COLUMNS} FROM places p "  # noqa: S608
    "WHERE p.lat BETWEEN ? AND ? AND (p.lon BETWEEN ? AND ? OR p.lon BETWEEN ? AND ?)"
)
_COUNTRY_RANGE: Final = "SELECT min(number), max(number) FROM places WHERE country = ?"
_NAMES_IN_RANGE: Final = "SELECT joined, place FROM names WHERE place BETWEEN ? AND ? AND kind <> ?"

_TIERS: Final = {
    NameKind.NAME: Tier.NAME,
    NameKind.ALTERNATE: Tier.ALTERNATE,
    NameKind.ASCII: Tier.ALTERNATE,
    NameKind.ARTICLELESS: Tier.ARTICLE,
}
_LEAST_SIMILARITY: Final = 85.0
_SHORTEST_SIMILAR: Final = 5
_METRES_A_DEGREE: Final = 111_000.0
_PAGE_SIZES: Final = (512, 65536)


class Gazetteer:
    """An open gazetteer file. Use as a context manager, or call `close`.

    Parameters
    ----------
    connection
        A read-only connection that may be used from any thread.
    path
        The file it reads.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.Lock()
        self.meta: dict[str, str] = dict(self._rows("SELECT key, value FROM meta"))
        self._countries: dict[str, str] = dict(
            self._rows("SELECT country, name FROM places WHERE kind = 'country' ORDER BY number")
        )
        self._names_of = lru_cache(maxsize=8)(self._read_names_of)

    @classmethod
    def open(cls, path: Path) -> "Gazetteer":
        """Open a gazetteer file for reading.

        Parameters
        ----------
        path
            A file made by `build_gazetteer`.

        Returns
        -------
        Gazetteer
            The open gazetteer.

        Raises
        ------
        GazetteerError
            The file is missing, damaged, or of another version; the message says what to run.
        """
        if not path.is_file():
            raise GazetteerError(f"There is no gazetteer at {path}: {_BUILD_IT}")
        try:
            connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise GazetteerError(f"The gazetteer {path} cannot be opened ({error})") from error
        try:
            _check(connection, path)
            return cls(connection, path)
        except sqlite3.Error as error:
            connection.close()
            raise _damaged(path, error) from error
        except GazetteerError:
            connection.close()
            raise

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def lookup(self, name: str) -> list[Candidate]:
        """Find the places that a written name may mean, without any context.

        Names are met in tiers: the folded name, the same letters spaced differently, and, only when those
        find nothing, the name without its Arabic article.

        Parameters
        ----------
        name
            The toponym as written, in any script.

        Returns
        -------
        list of Candidate
            Each place once, best first; empty when nothing answers to the name.

        Raises
        ------
        GazetteerError
            The file was damaged after it was opened.
        """
        folded = fold(name[: 4 * MAX_NAME_LENGTH])
        if not folded or len(folded) > MAX_NAME_LENGTH:
            return []
        best: dict[str, tuple[Tier, GazetteerEntry]] = {}
        for tier, entry in self._met(folded):
            if entry.place_id not in best or tier < best[entry.place_id][0]:
                best[entry.place_id] = (tier, entry)
        found = [candidate_of(entry, tier) for tier, entry in best.values()]
        found.sort(key=lambda candidate: (-candidate.score, candidate.entry.place_id))
        return found

    def _met(self, folded: str) -> list[tuple[Tier, GazetteerEntry]]:
        met = []
        for *columns, kind, written in self._rows(_BY_NAME, join(folded)):
            if kind != NameKind.ARTICLELESS:
                tier = _TIERS[kind]
                if (written or join(folded)) != folded:
                    tier = Tier.JOINED
                met.append((tier, GazetteerEntry(*columns)))
        if met:
            return met
        keys = {join(folded), join(without_article(folded) or folded)}
        return [
            (Tier.ARTICLE, GazetteerEntry(*columns))
            for key in sorted(keys)
            for *columns, _, _ in self._rows(_BY_NAME, key)
        ]

    def similar(self, name: str, country: str, *, limit: int = 5) -> list[Candidate]:
        """Find places of one country that are spelled much like a name.

        Parameters
        ----------
        name
            The toponym as written.
        country
            ISO 3166-1 alpha-2 code.
        limit
            At most this many places.

        Returns
        -------
        list of Candidate
            Best first; the first call for a country reads its names (about 0.1 s).
        """
        key = join(fold(name[: 4 * MAX_NAME_LENGTH]))
        if not _SHORTEST_SIMILAR <= len(key) <= MAX_NAME_LENGTH:
            return []
        keys, numbers = self._names_of(country)
        hits = process.extract(key, keys, scorer=fuzz.ratio, score_cutoff=_LEAST_SIMILARITY, limit=4 * limit)
        best: dict[int, float] = {}
        for _, similarity, position in hits:
            best.setdefault(numbers[position], similarity / 100)
        found = [
            candidate_of(GazetteerEntry(*row), Tier.SIMILAR, similarity=similarity)
            for number, similarity in best.items()
            for row in self._rows(_BY_NUMBER, number)
        ]
        found.sort(key=lambda candidate: (-candidate.score, candidate.entry.place_id))
        return found[:limit]

    def _read_names_of(self, country: str) -> tuple[list[str], list[int]]:
        (first, last), *_ = self._rows(_COUNTRY_RANGE, country)
        rows = self._rows(_NAMES_IN_RANGE, first, last, NameKind.ARTICLELESS)
        return [key for key, _ in rows], [number for _, number in rows]

    def get(self, place_id: str) -> GazetteerEntry | None:
        """Give the place with this id.

        Parameters
        ----------
        place_id
            An id such as ``geonames:293397``.

        Returns
        -------
        GazetteerEntry or None
            The place, or None when the gazetteer has no such id.

        Raises
        ------
        GazetteerError
            The file was damaged after it was opened.
        """
        rows = self._rows(_BY_ID, place_id)
        return GazetteerEntry(*rows[0]) if rows else None

    def near(
        self, lat: float, lon: float, *, radius_m: float = 25_000.0, limit: int = 10
    ) -> list[tuple[float, GazetteerEntry]]:
        """Find the places around a point.

        Parameters
        ----------
        lat
            Latitude in degrees, EPSG:4326.
        lon
            Longitude in degrees, EPSG:4326.
        radius_m
            Search radius in metres.
        limit
            At most this many places.

        Returns
        -------
        list of (float, GazetteerEntry)
            Distance in metres and place, nearest first.

        Raises
        ------
        GazetteerError
            The file was damaged after it was opened.
        """
        found = (
            (distance_m((lat, lon), entry.point), entry)
            for entry in (GazetteerEntry(*row) for row in self._rows(_IN_BOX, *_box(lat, lon, radius_m)))
            if entry.point
        )
        inside = [item for item in found if item[0] <= radius_m]
        inside.sort(key=lambda item: (item[0], item[1].place_id))
        return inside[:limit]

    def regions(self, name: str) -> list[tuple[str, str]]:
        """Find the countries and first-level divisions that a name, code or abbreviation stands for.

        Parameters
        ----------
        name
            Such as Morocco, MA, Texas or TX.

        Returns
        -------
        list of (str, str)
            ISO 3166-1 alpha-2 code and GeoNames admin1 code, the latter empty for a whole country.
        """
        key = join(fold(name[: 4 * MAX_NAME_LENGTH]))
        return self._rows("SELECT country, admin1 FROM regions WHERE joined = ?", key) if key else []

    def country_code(self, country: str) -> str | None:
        """Read a country given as code or name.

        Parameters
        ----------
        country
            ISO 3166-1 alpha-2 or alpha-3 code in any case, or a name.

        Returns
        -------
        str or None
            The alpha-2 code, or None when no such country is known.
        """
        if country.upper() in self._countries:
            return country.upper()
        return next((code for code, admin1 in self.regions(country) if not admin1), None)

    def country_name(self, code: str) -> str:
        """Give the English name of a country.

        Parameters
        ----------
        code
            ISO 3166-1 alpha-2 code.

        Returns
        -------
        str
            The name, or the code itself when it is not known.
        """
        return self._countries.get(code, code)

    def _rows(self, query: str, *values: object) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _damaged(self.path, error) from error


def _check(connection: sqlite3.Connection, path: Path) -> None:
    found, version, pages, page_size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version", "page_count", "page_size")
    )
    if found != APPLICATION_ID:
        raise GazetteerError(
            f"{path} is not a gazetteer: name another path, or delete the file and {_BUILD_IT}"
        )
    if version != FORMAT_VERSION:
        raise GazetteerError(
            f"The gazetteer {path} has format {version}, this atlas reads {FORMAT_VERSION}: {_BUILD_IT}"
        )
    if pages * page_size != path.stat().st_size:
        raise _damaged(path, "its size is not what its header says")


def _damaged(path: Path, why: object) -> GazetteerError:
    return GazetteerError(f"The gazetteer {path} is damaged ({why}): delete it and {_BUILD_IT}")


def _box(lat: float, lon: float, radius_m: float) -> Iterator[float]:
    """Give lat from/to and two ranges of lon from/to, the second for what lies beyond the antimeridian."""
    height = radius_m / _METRES_A_DEGREE
    yield from (lat - height, lat + height)
    shrink = math.cos(math.radians(min(89.9, abs(lat) + height)))
    width = height / shrink
    if width >= 180.0 or abs(lat) + height >= 90.0:  # noqa: PLR2004 - half the globe, the pole
        yield from (-180.0, 180.0, -180.0, 180.0)
    else:
        west, east = lon - width, lon + width
        yield from (west, east)
        yield from (west + 360.0, 180.0) if west < -180.0 else (-180.0, east - 360.0)  # noqa: PLR2004
