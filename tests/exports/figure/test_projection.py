"""Where a figure looks: everything inside, areas kept, no seam through the records."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exports.figure.projection import fit_frame, ring_around

CASES = {
    "one point": ([-7.12], [33.6]),
    "founding": ([-6.8, 35.0, -7.6], [33.9, 32.1, 33.6]),
    "antimeridian": ([178.4, -171.8], [-18.1, -13.8]),
    "pole": ([10.0, -170.0], [84.0, 87.0]),
    "whole world": ([-150.0, -70.0, 0.0, 80.0, 150.0], [60.0, -30.0, 0.0, 40.0, -40.0]),
    "Pacific rim": ([140.0, -120.0, 174.0], [36.0, 37.0, -41.0]),
}


def _inside(frame, lon, lat):
    points = frame.project(lon, lat)
    west, east, south, north = frame.extent
    return bool(np.all((points > [west, south]) & (points < [east, north])))


@pytest.mark.parametrize("aspect", [0.8, 1.0, 2.3])
@pytest.mark.parametrize("name", CASES)
def test_all_points_lie_inside_the_frame_and_the_frame_has_the_shape_of_the_drawing(name, aspect):
    lon, lat = CASES[name]
    frame = fit_frame(lon, lat, [10_000.0] * len(lon), aspect)
    west, east, south, north = frame.extent
    assert _inside(frame, lon, lat)
    assert (east - west) / (north - south) == pytest.approx(aspect)


@given(
    st.lists(st.tuples(st.floats(-180, 180, width=32), st.floats(-85, 85, width=32)), min_size=1, max_size=12)
)
def test_no_points_anywhere_fall_out_of_their_frame(points):
    lon, lat = np.array(points).T
    frame = fit_frame(lon, lat, np.zeros(len(lon)), 1.6)
    assert np.isfinite(frame.extent).all()
    assert _inside(frame, lon, lat)


def test_neighbours_across_the_antimeridian_are_near_on_paper():
    frame = fit_frame([179.5, -179.5], [-17.0, -17.0], [0, 0], 1.5)
    first, second = frame.project([179.5, -179.5], [-17.0, -17.0])
    assert np.hypot(*(first - second)) == pytest.approx(106_000, rel=0.02)


def test_the_formulas_are_those_of_proj():
    lon, lat = np.array([-30.0, 5.0, 44.0, 12.5]), np.array([10.0, 52.0, -20.0, 70.0])
    small = fit_frame([-10.0, 30.0], [30.0, 55.0], [0, 0], 1.5)
    large = fit_frame(*CASES["whole world"], [0] * 5, 2.0)
    assert not small.is_world
    assert large.is_world
    for frame, proj in (
        (small, f"+proj=laea +lon_0={small.centre[0]} +lat_0={small.centre[1]} +R=6371007"),
        (large, f"+proj=eqearth +lon_0={large.centre[0]} +R=6371007"),
    ):
        theirs = np.column_stack(pyproj.Proj(proj)(lon, lat))
        assert frame.project(lon, lat) == pytest.approx(theirs, abs=0.5)


def test_equal_areas_on_the_ground_are_equal_on_paper():
    frame = fit_frame(*CASES["founding"], [0] * 3, 2.0)
    areas = []
    for lon, lat in ((-5.0, 34.0), (33.0, 31.0), (14.0, 40.0)):
        ring = ring_around(lon, lat, 80_000)
        areas.append(shapely.Polygon(frame.project(*ring.T)).area)
    assert max(areas) / min(areas) < 1.01


def test_the_seam_of_the_world_map_runs_where_no_record_is():
    frame = fit_frame(*CASES["Pacific rim"], [0] * 3, 2.0)
    seam = (frame.centre[0] + 180) % 360
    away = np.abs((np.array(CASES["Pacific rim"][0]) - seam + 180) % 360 - 180)
    assert away.min() > 20


def test_a_ring_is_as_far_from_its_middle_as_it_says_and_has_no_jump():
    ring = ring_around(179.9, -16.0, 300_000)
    geod = pyproj.Geod(ellps="WGS84")
    _, _, metres = geod.inv(np.full(len(ring), 179.9), np.full(len(ring), -16.0), ring[:, 0], ring[:, 1])
    assert metres == pytest.approx(300_000, abs=1)
    assert np.abs(np.diff(ring[:, 0])).max() < 1


@pytest.mark.parametrize("name", ["pole", "antimeridian", "whole world"])
def test_a_hole_still_runs_the_other_way_around_when_it_is_projected(name):
    lon, lat = CASES[name]
    frame = fit_frame(lon, lat, [0] * len(lon), 1.5)
    outer = ring_around(*frame.centre, 250_000)
    inner = ring_around(*frame.centre, 80_000)[::-1]

    def turn(ring):
        x, y = ring.T
        return np.sign(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))

    drawn = frame.areas([outer, inner], 1.0)
    largest, smallest = (pick(drawn, key=lambda ring: shapely.Polygon(ring).area) for pick in (max, min))
    assert turn(largest) == -turn(smallest)
