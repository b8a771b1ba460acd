"""A gazetteer of namesakes, to be told apart by what else a document names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.geocoding import Gazetteer, build_gazetteer
from dashboard.geocoding.gazetteer.sources import GeonamesSource


def city(  # noqa: PLR0917 - a row
    number: int, name: str, country: str, admin1: str, point: tuple[float, float], people: int
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
        "alternatenames": [],
    }


NAMESAKES = [
    city(31, "Dallas", "US", "TX", (32.7831, -96.8067), 1_300_092),
    city(32, "Alexandria", "EG", "06", (31.2018, 29.9158), 5_263_542),
    city(33, "Alexandria", "US", "LA", (31.3113, -92.4451), 47_889),
    city(34, "Alexandria", "US", "VA", (38.8048, -77.0469), 159_467),
    city(35, "Pineville", "US", "LA", (31.3224, -92.4343), 14_555),
    city(36, "Pineville", "US", "NC", (35.0832, -80.8923), 10_602),
    city(37, "Baton Rouge", "US", "LA", (30.4433, -91.1875), 227_470),
    city(38, "Cairo", "EG", "11", (30.0626, 31.2497), 9_606_916),
    city(39, "Atlanta", "US", "GA", (33.749, -84.388), 463_878),
    city(40, "Tbilisi", "GE", "51", (41.6941, 44.8337), 1_049_498),
    city(41, "Springfield", "US", "OH", (39.9242, -83.8088), 58_662),
    city(42, "Columbus", "US", "OH", (39.9612, -82.9988), 905_748),
    city(43, "Chicago", "US", "IL", (41.85, -87.65), 2_720_546),
    city(44, "Sale", "MA", "04", (34.0531, -6.7985), 890_403),
]
MORE_STATES = [
    {"geonameid": 211, "name": "Louisiana", "code": "LA", "fips": "22"},
    {"geonameid": 212, "name": "Ohio", "code": "OH", "fips": "39"},
]


@pytest.fixture(scope="session")
def namesakes_path(tmp_path_factory: pytest.TempPathFactory, source: GeonamesSource) -> Path:
    cities, states = [*source.cities, *NAMESAKES], [*source.us_states, *MORE_STATES]
    more = GeonamesSource(cities, source.countries, states, "test")
    return build_gazetteer(tmp_path_factory.mktemp("namesakes") / "gazetteer.sqlite", source=more).path


@pytest.fixture(scope="session")
def namesakes(namesakes_path: Path) -> Iterator[Gazetteer]:
    with Gazetteer.open(namesakes_path) as opened:
        yield opened
