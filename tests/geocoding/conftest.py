"""A gazetteer of a handful of places for most tests, and the real one for the few that ask."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.geocoding import Gazetteer, HandDecidedPlaces, build_gazetteer
from dashboard.geocoding.gazetteer.sources import GeonamesSource


def city(  # noqa: PLR0917 - a row
    number: int, name: str, country: str, admin1: str, point: tuple[float, float], people: int, *others: str
) -> dict[str, Any]:
    return {
        "geonameid": number,
        "name": name,
        "latitude": point[0],
        "longitude": point[1],
        "countrycode": country,
        "population": people,
        "timezone": "",
        "admin1code": admin1,
        "alternatenames": list(others),
    }


def country(  # noqa: PLR0917 - a row
    number: int, name: str, iso: str, iso3: str, capital: str, people: int
) -> dict[str, Any]:
    return {
        "geonameid": number,
        "name": name,
        "iso": iso,
        "iso3": iso3,
        "capital": capital,
        "population": people,
    }


CITIES = [
    city(1, "Benslimane", "MA", "06", (33.616, -7.1215), 62_352, "Ben Sliman", "GMD", "", "Boulhaut"),
    city(2, "Rabat", "MA", "04", (34.0133, -6.8326), 1_655_753, "الرباط"),
    city(3, "Rabat", "MT", "48", (35.8815, 14.3989), 11_497),
    city(
        4, "Tel Aviv", "IL", "05", (32.0809, 34.7806), 432_892, "TLV", "Tel Aviv-Yafo", "تل أبيب", "תל אביב"
    ),
    city(5, "Springfield", "US", "MO", (37.2153, -93.2982), 170_188),
    city(6, "Springfield", "US", "MA", (42.1015, -72.5898), 154_341),
    city(7, "Springfield", "US", "IL", (39.8017, -89.6437), 114_394),
    city(8, "El Hajeb", "MA", "03", (33.6928, -5.3711), 38_527),
    city(9, "Kırıkkale", "TR", "71", (39.8453, 33.5064), 185_431),  # noqa: RUF001
    city(10, "Kyiv", "UA", "12", (50.4547, 30.5238), 2_797_553, "Kiev", "Київ"),
    city(11, "Unterlüß", "DE", "06", (52.8425, 10.2867), 4_158, "https://example.org/x"),
    city(12, "Morocco", "US", "IN", (40.9461, -87.4536), 1_109),
    city(13, "Fort Worth", "US", "TX", (32.7254, -97.3209), 1_008_106),
    city(14, "New York City", "US", "NY", (40.7143, -74.006), 8_804_190, "New York", "NYC"),
    city(15, "Paris", "FR", "11", (48.8534, 2.3488), 2_138_551),
    city(16, "Paris", "US", "TX", (33.6609, -95.5555), 24_699),
    city(17, "Haifa", "IL", "04", (32.8184, 34.9885), 285_316, "חיפה"),
    city(18, "Suva", "FJ", "01", (-18.1416, 178.4415), 77_366),
    city(19, "Taveuni", "FJ", "03", (-16.85, -179.97), 9_000),
    city(20, "Hajeb", "TN", "09", (35.39, 9.54), 8_000),
]
COUNTRIES = [
    country(101, "Morocco", "MA", "MAR", "Rabat", 36_029_138),
    country(102, "Israel", "IL", "ISR", "Jerusalem", 8_883_800),
    country(103, "United States", "US", "USA", "Washington", 327_167_434),
    country(104, "Turkey", "TR", "TUR", "Ankara", 82_319_724),
    country(105, "Ukraine", "UA", "UKR", "Kyiv", 44_622_516),
    country(106, "Germany", "DE", "DEU", "Berlin", 82_927_922),
    country(107, "France", "FR", "FRA", "Paris", 66_987_244),
    country(108, "Georgia", "GE", "GEO", "Tbilisi", 3_731_000),
    country(109, "Malta", "MT", "MLT", "Valletta", 483_530),
    country(110, "Fiji", "FJ", "FJI", "Suva", 883_483),
    country(111, "Serbia and Montenegro", "CS", "SCG", "Belgrade", 10_829_175),
    country(112, "Tunisia", "TN", "TUN", "Tunis", 11_565_204),
]
STATES = [
    {"geonameid": 201, "name": "Texas", "code": "TX", "fips": "48"},
    {"geonameid": 202, "name": "Illinois", "code": "IL", "fips": "17"},
    {"geonameid": 203, "name": "Georgia", "code": "GA", "fips": "13"},
    {"geonameid": 204, "name": "New York", "code": "NY", "fips": "36"},
    {"geonameid": 205, "name": "Indiana", "code": "IN", "fips": "18"},
]
HAND_ROWS = [
    {
        "id": "pl-ben-slimane",
        "name": "Ben Slimane",
        "names": "بن سليمان|بنسليمان|בן סלימאן",
        "country": "MA",
        "lat": "33.619",
        "lon": "-7.121",
        "precision": "locality",
        "precision_m": "5000",
        "reason": "the gazetteer lacks its Arabic and Hebrew names",
        "source_id": "so-example",
    },
    {
        "id": "pl-springfield-armory",
        "name": "Springfield Armory",
        "names": "The Armory",
        "country": "US",
        "lat": 42.1081,
        "lon": -72.5816,
        "precision": "exact",
        "precision_m": 300.0,
        "reason": "National Park Service gives the grounds",
        "source_id": None,
    },
]


@pytest.fixture(scope="session")
def source() -> GeonamesSource:
    return GeonamesSource(CITIES, COUNTRIES, STATES, "test")


@pytest.fixture(scope="session")
def hand_decided() -> HandDecidedPlaces:
    return HandDecidedPlaces.from_rows(HAND_ROWS)


@pytest.fixture(scope="session")
def small_path(tmp_path_factory: pytest.TempPathFactory, source: GeonamesSource) -> Path:
    return build_gazetteer(tmp_path_factory.mktemp("small") / "gazetteer.sqlite", source=source).path


@pytest.fixture
def gazetteer(small_path: Path) -> Iterator[Gazetteer]:
    with Gazetteer.open(small_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def real_gazetteer(gazetteer_file: Path) -> Iterator[Gazetteer]:
    with Gazetteer.open(gazetteer_file) as opened:
        yield opened
