import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.access import Person, Role
from dashboard.store.people.people import Meeting
from dashboard.store.store import Store, open_store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.views.evidence import Library, build_library

SMALL = Path(__file__).parents[1] / "importers" / "small"
BOXES = {  # west, south, east, north
    "MAR": (-10, 30, -4, 36),
    "ISR": (33, 30, 37, 34),
    "FRA": (0, 44, 6, 50),
    "SOL": (43, 8, 49, 11),
    "SOM": (41, -2, 51, 8),
    "FJI": (177, -19, 180, -16),
    "-99": (100, 0, 101, 1),
}


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    return Path(shutil.copytree(SMALL, tmp_path / "package"))


@pytest.fixture
def shapes_file(tmp_path: Path) -> Any:
    arcs = [
        [[west, south], [west, north], [east, north], [east, south], [west, south]]
        for west, south, east, north in BOXES.values()
    ]
    geometries = [
        {"type": "Polygon", "arcs": [[number]], "id": str(number), "properties": {"name": a3, "a3": a3}}
        for number, a3 in enumerate(BOXES)
    ]
    countries = {"type": "GeometryCollection", "geometries": geometries}
    land = {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[0]]}]}
    topology = {"type": "Topology", "objects": {"land": land, "countries": countries}, "arcs": arcs}
    path = tmp_path / "countries-50m.json"
    path.write_text(json.dumps(topology))
    return path


@pytest.fixture
def store(small_url: str) -> Iterator[Any]:
    """A store with the small package, on SQLite and on PostgreSQL."""
    opened = open_store(small_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def _libraries() -> dict[str, Library]:
    return {}


@pytest.fixture
def library_of(_libraries: dict[str, Library]) -> Callable[[Store], Library]:
    """Gives the library of what a store holds now; that of a template is made once a session."""

    def build(store: Store) -> Library:
        version = store.repository.data_version()
        if version not in _libraries:
            _libraries[version] = build_library(store.repository.read_tables(), version)
        return _libraries[version]

    return build


@pytest.fixture
def member(store: Store) -> Callable[..., Person]:
    """Makes people with a role, as a sign-in would."""

    def make(name: str, role: Role = Role.CONTRIBUTOR) -> Person:
        arrival = Operation.new("test", "sign in", name)
        stored = store.people.meet(Meeting("issuer", name.lower(), name), Role.READER, arrival)
        if stored.role is not role:
            stored = store.people.set_role(
                stored.id, role, Operation.new("test", "set role", stored.id, "test")
            )
        return Person(stored.id, stored.name, stored.role, stored.issuer, stored.subject)

    return make
