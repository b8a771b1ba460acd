import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.domain.grid import MOST_DEGREES, cell_centre, half_diagonal_m

EARTH_RADIUS_M = 6_371_008.8
KM_A_DEGREE = 111.195

lats = st.floats(-90, 90)
lons = st.floats(-180, 180)
cells = st.sampled_from([0.001, 0.01, 0.05, 0.1, 0.25, 0.3, 0.7, 1.0, 2.5, 7.0, 10.0]) | st.floats(1e-3, 10)


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    here, there = (
        [
            math.cos(math.radians(lat)) * math.cos(math.radians(lon)),
            math.cos(math.radians(lat)) * math.sin(math.radians(lon)),
            math.sin(math.radians(lat)),
        ]
        for lat, lon in (a, b)
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.dist(here, there) / 2))


@given(lat=lats, lon=lons, degrees=cells)
@example(lat=90.0, lon=180.0, degrees=0.1)
@example(lat=-90.0, lon=-180.0, degrees=7.0)
@example(lat=89.999, lon=77.0, degrees=10.0)
@example(lat=0.0, lon=-0.0, degrees=0.1)
@example(lat=1e-9, lon=0.09995, degrees=0.1)
def test_the_cell_holds_the_point_within_half_its_diagonal(lat, lon, degrees):
    centre = cell_centre(lat, lon, degrees)
    assert metres((lat, lon), centre) <= half_diagonal_m(lat, degrees)


@given(lat=lats, lon=lons, degrees=cells)
def test_the_centre_of_a_cell_lies_in_its_own_cell(lat, lon, degrees):
    centre = cell_centre(lat, lon, degrees)
    assert cell_centre(*centre, degrees) == centre
    assert half_diagonal_m(centre[0], degrees) == half_diagonal_m(lat, degrees)
    assert abs(centre[0]) <= 90
    assert abs(centre[1]) <= 180


@given(lat=st.floats(-80, 80), lon=lons, degrees=st.sampled_from([0.01, 0.1, 1.0]))
def test_a_cell_hides_as_much_in_the_north_as_at_the_equator(lat, lon, degrees):
    # A square of d degrees has half a diagonal of 0.71 d; cells that stop short of a round number are wider.
    nominal = degrees * KM_A_DEGREE * 1000 * math.sqrt(0.5)
    assert 0.98 * nominal < half_diagonal_m(lat, degrees) < 1.1 * nominal + 2


@given(lat=st.floats(-89, 89), lon=st.floats(-179.9, 179.9), nudge=st.floats(0, 1))
def test_all_points_of_a_cell_have_one_centre(lat, lon, nudge):
    centre_lat, centre_lon = cell_centre(lat, lon, 1.0)
    inside = (centre_lat + (nudge - 0.5) * 0.98, centre_lon + (nudge - 0.5) * 0.98)
    if abs(inside[1]) <= 180:
        assert cell_centre(*inside, 1.0) == (centre_lat, centre_lon)


@pytest.mark.parametrize("degrees", [0.01, 0.1, 1.0, 7.0])
def test_the_antimeridian_is_one_meridian(degrees):
    assert cell_centre(-17.5, 180.0, degrees) == cell_centre(-17.5, -180.0, degrees)
    assert cell_centre(-17.5, 179.99999, degrees)[1] > 0 > cell_centre(-17.5, -179.99999, degrees)[1]


@pytest.mark.parametrize("pole", [-90.0, 90.0])
def test_a_pole_has_a_cell(pole):
    lat, lon = cell_centre(pole, 12.0, 0.1)
    assert abs(lat) == pytest.approx(89.95)
    assert abs(lon) <= 180


def test_a_known_cell():
    assert cell_centre(0.03, 0.03, 0.1) == (0.05, 0.05)
    assert half_diagonal_m(0.03, 0.1) == pytest.approx(7_863, abs=10)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(math.nan, 0.0), (0.0, math.nan), (math.inf, 0.0), (0.0, -math.inf), (90.1, 0.0), (0.0, 181.0)],
)
def test_what_is_no_point_has_no_cell(lat, lon):
    with pytest.raises(ValueError, match="no point on Earth"):
        cell_centre(lat, lon, 0.1)


@pytest.mark.parametrize("degrees", [0.0, -1.0, math.nan, math.inf, MOST_DEGREES + 1])
def test_what_is_no_cell_is_refused(degrees):
    with pytest.raises(ValueError, match="no cell"):
        cell_centre(1.0, 1.0, degrees)
    with pytest.raises(ValueError, match="no cell"):
        half_diagonal_m(1.0, degrees)
