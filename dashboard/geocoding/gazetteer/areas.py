"""Places that no list of towns has: regions of the earth, airports and bases, the overlay of the trade.

A region without a source for its point is still worth recognising, so it may have none. An airport goes only
by names that say what it is, so that it never stands in the way of the town it is named after.
"""

import re
from collections.abc import Iterator
from typing import Final

from dashboard.geocoding.candidates import GazetteerEntry
from dashboard.geocoding.gazetteer.entries import Named, NameKind
from dashboard.geocoding.gazetteer.tables import demonym_forms, read_table

__all__ = ["airports", "overlay", "regions"]

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
    listed_there = {row["source"].rsplit(" ", 1)[-1] for row in read_table("overlay.csv")}
    for row in read_table("airports.csv"):
        if row["id"] in listed_there:
            continue
        lat, lon = row.point or (None, None)
        name = row["name"]
        entry = GazetteerEntry(
            place_id=f"airport:{row['id']}",
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
        yield entry, ((name, NameKind.NAME), *((other, NameKind.ALTERNATE) for other in _variants(name)))


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
        if point := row.point:
            entry = GazetteerEntry(
                place_id=row["id"],
                name=row["name"],
                country=row["country"],
                admin1="",
                lat=point[0],
                lon=point[1],
                population=0,
                kind=row["kind"],
                precision=row["precision"],
                precision_m=row.number("precision_m"),
                reason=row["parent"],
                source=f"overlay.csv ({row['source']})",
            )
            yield entry, tuple((name, NameKind.CURATED) for name in (row["name"], *row.names()))
