"""Look toponyms up in the gazetteer file, from any thread, in microseconds.

The file never changes under a reader (a new build replaces it whole), so it is opened immutable: no locks, no
journal, nothing written beside it. What is found are candidates; deciding between them is
`dashboard.geocoding.resolution.resolve`.
"""

import sqlite3
import threading
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from rapidfuzz import fuzz, process

from dashboard.errors import GazetteerError
from dashboard.geocoding.candidates import Candidate, GazetteerEntry, Tier, candidate_of, distance_m
from dashboard.geocoding.gazetteer.around import box_around
from dashboard.geocoding.gazetteer.bitmap import KeyBitmap
from dashboard.geocoding.gazetteer.build import LooseKind
from dashboard.geocoding.gazetteer.entries import NameKind
from dashboard.geocoding.gazetteer.opening import damaged, open_file
from dashboard.geocoding.keys import loose, skeleton, without_prefix
from dashboard.geocoding.names import MAX_NAME_LENGTH, fold, join, undotted, without_article, without_generic

__all__ = ["Gazetteer"]

_COLUMNS: Final = (
    "p.id, p.name, p.country, p.admin1, p.lat, p.lon, p.population, p.kind, p.precision, p.precision_m, "
    "p.reason, p.source, p.admin2"
)
_BY_NAME: Final = (
    f"SELECT {_COLUMNS}, n.kind, n.written FROM names n CROSS JOIN places p ON p.number = n.place "  # noqa: S608
    "WHERE n.joined = ?"
)
_BY_ID: Final = f"SELECT {_COLUMNS} FROM places p WHERE p.id = ?"  # noqa: S608 - constant columns
_BY_NUMBER: Final = f"SELECT {_COLUMNS} FROM places p WHERE p.number = ?"  # noqa: S608
_IN_BOX: Final = (
    f"SELECT {_COLUMNS} FROM places p "  # noqa: S608
    "WHERE p.lat BETWEEN ? AND ? AND (p.lon BETWEEN ? AND ? OR p.lon BETWEEN ? AND ?) "
    "AND p.kind IN ('city', 'capital', 'facility', 'hand')"
)
_COUNTRY_RANGE: Final = "SELECT min(number), max(number) FROM places WHERE country = ?"
_NAMES_IN_RANGE: Final = "SELECT joined, place FROM names WHERE place BETWEEN ? AND ? AND kind < ?"
_REGIONS: Final = "SELECT country, admin1 FROM regions WHERE joined = ?"
_BY_LOOSE_KEY: Final = (
    f"SELECT {_COLUMNS} FROM loose_names n CROSS JOIN places p ON p.number = n.place "  # noqa: S608
    "WHERE n.key = ? AND n.kind = ?"
)

_TIERS: Final = {
    NameKind.NAME: Tier.NAME,
    NameKind.ALTERNATE: Tier.ALTERNATE,
    NameKind.ASCII: Tier.ALTERNATE,
    NameKind.ARTICLELESS: Tier.ARTICLE,
    NameKind.ABBREVIATION: Tier.ABBREVIATION,
    NameKind.DEMONYM: Tier.DEMONYM,
    NameKind.CURATED: Tier.NAME,
}
_AREAS: Final = frozenset({"country", "division", "district", "region"})
_NEAR_A_TOWN_M: Final = 25_000.0
_SHORTEST_LOOSE: Final = 5
_LEAST_SIMILARITY: Final = 85.0
_SHORTEST_SIMILAR: Final = 5


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
            self._rows("SELECT country, name FROM places WHERE kind = 'country' ORDER BY country")
        )
        self._keys = KeyBitmap(self._rows("SELECT bits FROM key_bitmap")[0][0])
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
        connection = open_file(path)
        try:
            return cls(connection, path)
        except sqlite3.Error as error:
            connection.close()
            raise damaged(path, error) from error
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

    def knows(self, joined: str) -> bool:
        """Tell quickly whether any place may have a name; the database is not asked.

        Parameters
        ----------
        joined
            A joined key (`names.join` of `names.fold`).

        Returns
        -------
        bool
            True for every key that `lookup` meets without looser keys, and for about one other in 100.
        """
        return joined in self._keys

    def lookup(self, name: str) -> list[Candidate]:
        """Find the places that a written name may mean, without any context.

        Names are met in tiers. First the folded name, abbreviations and demonyms, and the same letters spaced
        differently; only when those find nothing, in this order: the name without its Arabic article,
        without a word such as Township, without what Hebrew and Arabic glue to its front, in another
        romanisation, in the consonants of another script.

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
        best: dict[str, Candidate] = {}
        for candidate in (
            self._met(folded, name)
            or self._met_without_article(folded)
            or self._met_without_generic(folded)
            or self._met_behind_prefix(folded)
            or self._met_by_looser_key(folded)
        ):
            kept = best.get(candidate.entry.place_id)
            if kept is None or (candidate.tier, -candidate.score) < (kept.tier, -kept.score):
                best[candidate.entry.place_id] = candidate
        return sorted(best.values(), key=lambda found: (-found.score, found.entry.place_id))

    def _met(self, folded: str, name: str) -> list[Candidate]:
        joined = join(folded)
        if joined not in self._keys:
            return []
        met = []
        for *columns, kind, written in self._rows(_BY_NAME, joined):
            if kind == NameKind.ARTICLELESS or (kind == NameKind.ABBREVIATION and written != undotted(name)):
                continue
            tier = _TIERS[kind]
            if kind != NameKind.ABBREVIATION and (written or joined) != folded:
                tier = max(tier, Tier.JOINED)
            sure = kind == NameKind.CURATED or (kind == NameKind.ABBREVIATION and "." in name)
            met.append(candidate_of(GazetteerEntry(*columns), tier, curated=sure))
        return met

    def _met_without_article(self, folded: str) -> list[Candidate]:
        keys = {join(folded), join(without_article(folded) or folded)}
        return [
            candidate_of(GazetteerEntry(*columns), Tier.ARTICLE, curated=kind == NameKind.CURATED)
            for key in sorted(keys)
            if key in self._keys
            for *columns, kind, _ in self._rows(_BY_NAME, key)
            if kind not in {NameKind.ABBREVIATION, NameKind.DEMONYM}
        ]

    def _met_without_generic(self, folded: str) -> list[Candidate]:
        cut = without_generic(folded)
        if cut is None:
            return []
        stem, generic = cut
        found = self._met(stem, stem)
        if generic == "area":
            found = [one for one in found if one.entry.kind in _AREAS] or found
        return [
            candidate_of(
                _near(one.entry) if generic == "facility" else one.entry,
                Tier.GENERIC,
                curated=one.entry.kind == "facility",
            )
            for one in found
        ]

    def _met_behind_prefix(self, folded: str) -> list[Candidate]:
        for stem in without_prefix(folded):
            found = self._met(stem, stem)
            if found:
                return [
                    candidate_of(candidate.entry, Tier.PREFIX)
                    for candidate in found
                    if candidate.tier <= Tier.JOINED
                ]
        return []

    def _met_by_looser_key(self, folded: str) -> list[Candidate]:
        if folded.isascii():
            key, kind, tier = loose(folded), LooseKind.LOOSE, Tier.LOOSE
            if len(key) < _SHORTEST_LOOSE:
                return []
        else:
            key, kind, tier = skeleton(folded), LooseKind.SKELETON, Tier.SKELETON
        rows = self._rows(_BY_LOOSE_KEY, key, kind) if key else []
        return [candidate_of(GazetteerEntry(*columns), tier) for columns in rows]

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
            for entry in (
                GazetteerEntry(*row) for row in self._rows(_IN_BOX, *box_around(lat, lon, radius_m))
            )
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
        folded = fold(name[: 4 * MAX_NAME_LENGTH])
        found = self._rows(_REGIONS, join(folded)) if folded else []
        if not found and (cut := without_generic(folded)) and cut[1] == "area":
            found = self._rows(_REGIONS, join(cut[0]))
        return found

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
            raise damaged(self.path, error) from error


def _near(entry: GazetteerEntry) -> GazetteerEntry:
    """Give a town as the place near which the base or airport named after it lies."""
    if entry.kind == "facility" or entry.precision_m is None:
        return entry
    return replace(entry, precision="near", precision_m=max(_NEAR_A_TOWN_M, entry.precision_m))
