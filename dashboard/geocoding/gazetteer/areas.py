"""Places that no list of towns has: regions of the earth, airports and bases, the overlay of the trade.

A region without a source for its point is still worth recognising, so it may have none. An airport goes only
by names that say what it is, so that it never stands in the way of the town it is named after. A base or
range may go by its bare name ("Faslane"), which counts as another name of it and so for less than any town's.
"""

import re
from collections.abc import Iterator
from typing import Final

from dashboard.geocoding.candidates import GazetteerEntry
from dashboard.geocoding.gazetteer.entries import Named, NameKind, is_abbreviation
from dashboard.geocoding.gazetteer.tables import Row, demonym_forms, read_table

__all__ = ["airfields", "airports", "bases", "overlay", "regions"]

_AIRPORT_RADIUS_M: Final = 5_000.0
_ASIDE: Final = re.compile(r"\s*\([^)]*\)")
_MILITARY_AIRPORT: Final = re.compile(
    r"(?<=Base) Airport$|(?<= AFB) Airport$|(?<= NAS) Airport$|(?<= AAF) Airport$|(?<=Station) Airport$",
    re.IGNORECASE,
)
_SPELLINGS: Final = tuple(
    (re.compile(rf"\b{one}\b", re.IGNORECASE), other)
    for one, other in (
        ("Air Base", "Airbase"),
        ("Airbase", "Air Base"),
        ("Air Force Base", "AFB"),
        ("AFB", "Air Force Base"),
        ("AB", "Air Base"),
        ("Naval Air Station", "NAS"),
        ("NAS", "Naval Air Station"),
        ("Army Airfield", "AAF"),
        ("AAF", "Army Airfield"),
        ("International Airport", "Airport"),
    )
)


def regions() -> Iterator[Named]:
    """Give the continents, macro-regions, seas, straits and disputed territories.

    Yields
    ------
    Named
        Each row of ``regions.csv``.
    """
    for row in read_table("regions.csv"):
        point = row.point
        entry = GazetteerEntry(
            place_id=f"region:{row['id']}",
            name=row["name"],
            country=row["country"],
            admin1="",
            lat=point[0] if point else None,
            lon=point[1] if point else None,
            population=0,
            kind="region",
            precision="area",
            precision_m=row.number("radius_m") if point else None,
            reason="",
            source=row["source"],
        )
        names = [(name, NameKind.ALTERNATE) for name in row.names()]
        names += [(form, NameKind.DEMONYM) for word in row.names("demonyms") for form in demonym_forms(word)]
        yield entry, ((row["name"], NameKind.NAME), *names)


def airports() -> Iterator[Named]:
    """Give the larger airports and the air bases, but for those that the overlay has.

    Yields
    ------
    Named
        Each row of ``airports.csv`` under its name and the usual variants of the words in it.
    """
    listed_there = _idents_of_overlay()
    for row in read_table("airports.csv"):
        if row["id"] not in listed_there:
            yield _airfield(f"airport:{row['id']}", row)


def airfields() -> Iterator[Named]:
    """Give the military airfields, heliports and camps with a landing ground that `airports` does not have.

    Yields
    ------
    Named
        Each row of ``airfields.csv`` under its name, its names in other scripts and the usual variants.
    """
    listed_there = _idents_of_overlay()
    for row in read_table("airfields.csv"):
        if row["id"] not in listed_there:
            yield _airfield(f"aa-{row['id'].lower()}", row)


def _idents_of_overlay() -> set[str]:
    return {row["source"].rsplit(" ", 1)[-1] for row in read_table("overlay.csv")}


def _airfield(place_id: str, row: Row) -> Named:
    lat, lon = row.point or (None, None)
    name = row["name"]
    entry = GazetteerEntry(
        place_id=place_id,
        name=name,
        country=row["country"],
        admin1="",
        lat=lat,
        lon=lon,
        population=0,
        kind="facility",
        precision="near",
        precision_m=_AIRPORT_RADIUS_M,
        reason="",
        source=row["source"],
    )
    others = (*row.names(), *(other for known in (name, *row.names()) for other in _variants(known)))
    return entry, ((name, NameKind.NAME), *((other, NameKind.ALTERNATE) for other in others))


def _variants(name: str) -> Iterator[str]:
    plain = _MILITARY_AIRPORT.sub("", _ASIDE.sub("", name))
    if plain != name:
        yield plain
    for pattern, by in _SPELLINGS:
        if pattern.search(plain):
            yield pattern.sub(by, plain)


def overlay() -> Iterator[Named]:
    """Give the places of the arms industry that GeoNames lacks.

    Yields
    ------
    Named
        Each row of ``overlay.csv`` that has a point; the others add names to towns (`entries.cities`).
    """
    for row in read_table("overlay.csv"):
        if row.point:
            yield (
                _of_the_trade(row, "overlay.csv"),
                tuple((name, NameKind.CURATED) for name in (row["name"], *row.names())),
            )


def bases() -> Iterator[Named]:
    """Give naval bases, ranges, proving grounds, camps, arsenals, ammunition works and launch sites.

    Yields
    ------
    Named
        Each row of ``bases.csv``. Its names are all other names: none may stand before a town of that name.
    """
    for row in read_table("bases.csv"):
        yield (
            _of_the_trade(row, "bases.csv"),
            tuple(
                (name, NameKind.ABBREVIATION if is_abbreviation(name) else NameKind.ALTERNATE)
                for name in (row["name"], *row.names())
            ),
        )


def _of_the_trade(row: Row, table: str) -> GazetteerEntry:
    lat, lon = row.point or (None, None)
    return GazetteerEntry(
        place_id=row["id"],
        name=row["name"],
        country=row["country"],
        admin1="",
        lat=lat,
        lon=lon,
        population=0,
        kind=row["kind"],
        precision=row["precision"],
        precision_m=row.number("precision_m"),
        reason=row["parent"],
        source=f"{table} ({row['source']})",
    )
