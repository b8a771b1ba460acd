import json
import shutil
from pathlib import Path
from typing import Any

import pytest

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
