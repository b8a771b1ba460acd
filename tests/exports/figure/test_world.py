"""The shapes of figures: the map's own, whole, with its dashed borders."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from dashboard.domain.countries import countries_of_shape
from dashboard.errors import ShapesMissingError
from dashboard.exports.figure.world import read_world, world

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _holds(code: str, lon: float, lat: float) -> bool:
    point = shapely.Point(lon, lat)
    rings = [ring for ring in world().countries[code] if len(ring) > 3]
    return sum(shapely.Polygon(ring).covers(point) for ring in rings) % 2 == 1


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        ("MAR", -6.8, 33.9),
        ("ISR", 34.9, 31.9),
        ("UKR", 34.1, 45.0),
        ("ESH", -13.0, 24.5),
        ("ATA", 60.0, -89.0),
    ],
)
def test_places_lie_in_the_shape_of_their_country(code, lon, lat):
    assert _holds(code, lon, lat)


def test_a_place_within_a_hole_is_not_in_the_country_around_it():
    assert _holds("LSO", 28.2, -29.6)
    assert not _holds("ZAF", 28.2, -29.6)


def test_nearly_all_shapes_are_some_country_of_ours():
    nameless = [code for code in world().countries if not countries_of_shape(code)]
    assert len(nameless) < 5
    assert len(world().countries) > 230


def test_the_border_of_western_sahara_is_dashed_and_no_ordinary_border():
    def near(lines):
        return any(bool(np.any(np.hypot(*(line - [-11.0, 27.67]).T) < 0.5)) for line in lines)

    assert near(world().dashed)
    assert not near(world().borders)
    assert not any(near([line]) for line in world().coast)


def test_lines_run_on_without_a_jump_across_the_antimeridian():
    lines = [
        *world().coast,
        *world().borders,
        *(ring for rings in world().countries.values() for ring in rings),
    ]
    jumps = [float(np.abs(np.diff(line[:, 0])).max()) for line in lines if np.abs(line[:, 1]).max() < 85]
    assert max(jumps) < 20


def _letters(*numbers):
    """Write numbers as frontend/src/vlq.ts does."""
    out = ""
    for number in numbers:
        rest = abs(number) * 2 + (number < 0)
        while True:
            out += LETTERS[(rest & 31) | (32 if rest > 31 else 0)]
            rest >>= 5
            if not rest:
                break
    return out


def test_arcs_are_joined_turned_and_closed_as_the_front_end_does_it(tmp_path):
    size = 2**21
    west, east, middle = size - 1000, 1000, size // 2
    arcs = [
        (3, west, middle, 500, 0, 500, 100),  # ends on the antimeridian
        (2, east, middle + 100, -1000, 0),  # runs back to it from the other side
        (3, 0, size - 5000, middle, 0, middle, 0),  # once around the world
    ]
    world_ = {
        "arcs": _letters(*(number for arc in arcs for number in arc)),
        "coast": _letters(2, 0, -2),
        "border": "",
        "dashed": "",
        "countries": {"AAA": _letters(1, 2)},
    }
    path = tmp_path / "atlas-land.js"
    path.write_text(f"/* notice */ (function(){{globalThis.ArsenalAtlasLand={json.dumps(world_)};}})();")
    read = read_world(path)
    (coast,) = read.coast
    assert coast[:, 0] == pytest.approx((np.array([west, west + 500, size, size + 1000]) / size - 0.5) * 360)
    (ring,) = read.countries["AAA"]
    assert ring[-3:] == pytest.approx(np.array([[180, -90], [-180, -90], ring[0]]))
    assert read.borders == ()


@pytest.mark.parametrize("text", ["", "(function(){globalThis.ArsenalAtlasLand={};})();", "no land here"])
def test_a_damaged_file_is_refused_with_what_to_do(tmp_path, text):
    path = tmp_path / "atlas-land.js"
    path.write_text(text)
    with pytest.raises(ShapesMissingError, match="make install"):
        read_world(path)
    with pytest.raises(ShapesMissingError):
        read_world(Path(tmp_path / "missing.js"))
