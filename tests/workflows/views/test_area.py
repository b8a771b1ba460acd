"""Areas as text, and what lies in them, judged by shapely and by the ellipsoid."""

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod

from dashboard.domain.area import MAX_CORNERS, Circle, Polygon, Rectangle, parse_area, wrap_lon
from dashboard.domain.window import Window
from dashboard.frames import AtlasFrames
from dashboard.importers.package import read_package
from dashboard.settings import starter_path
from dashboard.workflows.geocoding.nearby import find_spots, spot_of
from dashboard.workflows.views.area import distances_m, match_area, points_inside, points_near
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import Filters, mask_bits, matching, select

GEOD = Geod(ellps="WGS84")
lats = st.floats(-90, 90, allow_nan=False).map(lambda v: round(v, 4))
lons = st.floats(-180, 180, allow_nan=False).map(lambda v: round(v, 4))
rectangles = st.builds(
    lambda a, b, west, east: Rectangle(min(a, b), west, max(a, b), east), lats, lats, lons, lons
)
circles = st.builds(Circle, lats, lons, st.floats(0.1, 20_000).map(lambda v: round(v, 4)))
polygons = st.lists(st.tuples(lats, lons), min_size=3, max_size=MAX_CORNERS, unique=True).map(
    lambda corners: Polygon(tuple(corners))
)


@pytest.fixture(scope="module")
def frames() -> AtlasFrames:
    package = read_package(starter_path("data"))
    return build_frames(package.tables, package.version)


def inside(area, lon, lat):
    return bool(points_inside(area, np.array([float(lon)]), np.array([float(lat)]))[0])


@given(st.one_of(rectangles, circles, polygons))
def test_an_area_survives_the_address(area):
    assert parse_area(str(area)) == area


@given(st.text(max_size=80))
def test_any_text_is_an_area_or_none(text):
    found = parse_area(text)
    assert found is None or parse_area(str(found)) == found


@given(st.sampled_from(["box", "view", "circle", "poly"]), st.lists(st.integers(-99999, 99999), max_size=9))
def test_any_numbers_are_clamped_or_refused(form, numbers):
    for separator in (",", ";"):
        found = parse_area(f"{form}:{separator.join(map(str, numbers))}")
        if found is not None:
            assert parse_area(str(found)) == found
            inside(found, 0, 0)


@pytest.mark.parametrize(
    "text",
    ["", "box:", "view:", "box:1,2,3", "box:1,2,3,4,5", "circle:1,2", "circle:nan,1,2", "circle:1,inf,2",
     "poly:1,2;3,4", "poly:1,2;3,4;1,2", "poly:1,2;3,4;5", "box:1e3,2,3,4", "oval:1,2,3,4", "box:1,2,3,<b>",
     "poly:" + ";".join(f"{i / 10},{i}" for i in range(MAX_CORNERS + 1)),
     "poly:0,-300;10,0;0,300", "box:" + "1" * 5000],
)  # fmt: skip
def test_what_is_no_area_is_none(text):
    assert parse_area(text) is None


def test_numbers_that_can_be_put_right_are():
    assert parse_area("box:50,10,-95,200") == Rectangle(-90, 10, 50, -160)
    assert parse_area("box:0,-200,10,200") == Rectangle(0, -180, 10, 180)
    assert parse_area("circle:95,181,99999") == Circle(90, -179, 20_015)
    assert parse_area("circle:1,2,0") == Circle(1, 2, 0.1)
    assert parse_area("view:1,2,3,4") == Rectangle(1, 2, 3, 4, follows=True)
    assert parse_area("poly:0,190;5,200;0,210") == Polygon(((0, -170), (5, -160), (0, -150)))
    assert parse_area("poly:0,170;5,180;0,190") == Polygon(((0, 170), (5, 180), (0, 190)))


@given(st.floats(-2000, 2000))
def test_a_wrapped_longitude_is_the_same_meridian(lon):
    wrapped = wrap_lon(lon)
    assert -180 <= wrapped <= 180
    assert np.isclose(np.cos(np.radians(wrapped)), np.cos(np.radians(lon)))


@given(rectangles, lons, lats)
def test_rectangles_agree_with_shapely(area, lon, lat):
    assume(area.south < area.north and area.width > 0)
    parts = [(area.west, area.east)] if area.west <= area.east else [(area.west, 180), (-180, area.east)]
    boxes = shapely.union_all([shapely.box(w, area.south, e, area.north) for w, e in parts])
    expected = boxes.covers(shapely.Point(lon, lat))
    # The two sides of the antimeridian are one line.
    if abs(lon) == 180:
        expected |= boxes.covers(shapely.Point(-lon, lat))
    assert inside(area, lon, lat) == expected


@given(circles, lons, lats)
def test_circles_agree_with_the_ellipsoid(area, lon, lat):
    metres = GEOD.inv(area.lon, area.lat, lon, lat)[2]
    assume(abs(metres - area.km * 1000) > 0.006 * metres + 1)
    assert inside(area, lon, lat) == (metres <= area.km * 1000)


@given(polygons, lons, lats.filter(lambda v: abs(v) < 85))
def test_polygons_agree_with_shapely_on_the_map(area, lon, lat):
    def on_map(degrees):
        held = min(max(degrees, -85.0511287798), 85.0511287798)
        return float(np.degrees(np.arctanh(np.sin(np.radians(held)))))

    shape = shapely.make_valid(shapely.Polygon([(x, on_map(y)) for y, x in area.corners]))
    point = shapely.Point(lon, on_map(lat))
    assume(shape.boundary.distance(point) > 1e-6 if shape.boundary else True)
    turned = shapely.Point(lon + 360, on_map(lat))
    assert inside(area, lon, lat) == (shape.covers(point) or shape.covers(turned))


@pytest.mark.parametrize(
    ("text", "lon", "lat", "expected"),
    [
        ("box:-20,170,20,-170", 180, 0, True),
        ("box:-20,170,20,-170", -180, 0, True),
        ("box:-20,170,20,-170", 175, 0, True),
        ("box:-20,170,20,-170", -175, 0, True),
        ("box:-20,170,20,-170", 0, 0, False),
        ("poly:-20,170;-20,190;20,190;20,170", -175, 0, True),
        ("poly:-20,170;-20,190;20,190;20,170", 175, 0, True),
        ("poly:-20,170;-20,190;20,190;20,170", 165, 0, False),
        ("poly:-20,-190;-20,-170;20,-170;20,-190", 175, 0, True),
        ("circle:0,179.9,50", -179.9, 0, True),
        ("circle:90,0,200", 123, 89, True),
        ("circle:89,0,300", 180, 89, True),
        ("circle:-90,0,200", 50, -80, False),
        ("box:80,-180,90,180", 77, 90, True),
    ],
)
def test_the_antimeridian_and_the_poles(text, lon, lat, expected):
    assert inside(parse_area(text), lon, lat) is expected


def test_a_bow_tie_is_its_two_wings():
    tie = parse_area("poly:0,0;10,10;0,10;10,0")
    assert inside(tie, 8, 5)
    assert inside(tie, 2, 5)
    assert not inside(tie, 5, 1)


@given(st.floats(0, 60), lons, st.floats(20, 300))
def test_the_edge_is_as_near_as_the_ellipsoid_says(lat, lon, km):
    # A rectangle whose southern edge is one parallel, north of the point.
    south = lat + km / 111.2
    area = Rectangle(south, -180, 85, 180)
    gap = GEOD.inv(lon, lat, lon, south)[2]
    here = np.array([lon]), np.array([lat])
    assert points_near(area, *here, np.array([gap * 1.01 + 500]))[0]
    assert not points_near(area, *here, np.array([gap * 0.9]))[0]


def test_a_rectangle_round_the_world_has_no_edge_at_the_antimeridian():
    band = Rectangle(-90, -180, 90, 180)
    assert not points_near(band, np.array([179.99]), np.array([0.0]), np.array([500_000.0]))[0]


@given(lats, lons, lats, lons)
def test_distances_agree_with_the_ellipsoid(lat, lon, other_lat, other_lon):
    metres = distances_m(lat, lon, np.array([other_lat]), np.array([other_lon]))[0]
    assert metres == pytest.approx(GEOD.inv(lon, lat, other_lon, other_lat)[2], rel=0.006, abs=30)


def test_a_rough_place_is_possible_and_a_fine_one_certain(frames):
    found = match_area(frames, Circle(33.62, -7.12, 30))
    ids = frames.records["record_id"]
    assert "st-bluebird-benslimane" in set(ids[found.certain])
    only_morocco = frames.placements.groupby("record_id")["precision"].agg(set) == {"country"}
    rough = set(only_morocco[only_morocco].index) & set(ids[found.either])
    assert rough
    assert not rough & set(ids[found.certain])
    assert not (found.certain & found.possible).any()


def test_a_rough_place_wholly_inside_is_certain(frames):
    whole = match_area(frames, Rectangle(-90, -180, 90, 180))
    placed = frames.records["placed"].to_numpy(dtype=bool)
    assert np.array_equal(whole.certain, placed)
    assert not whole.possible.any()


def test_the_selection_follows_the_area_and_counts_the_rough(frames):
    filters = Filters(area=Circle(33.62, -7.12, 30))
    rows = select(frames, filters, Window())
    assert 0 < len(rows.rows) < len(frames.records)
    assert 0 < rows.maybe_in_area < len(rows.rows)
    bits = np.unpackbits(np.frombuffer(mask_bits(frames, filters), "u1"), bitorder="little")
    assert np.array_equal(bits[: len(frames.records)].astype(bool), matching(frames, filters))


def test_a_name_is_found_offline_in_any_script(frames):
    package = read_package(starter_path("data"))
    (spot, *_) = find_spots("ben slimane", frames, package.tables["places"], None)
    assert spot.lat == pytest.approx(33.6, abs=0.1)
    assert find_spots("", frames, (), None) == ()
    assert find_spots("Nowhere at all", frames, (), None) == ()
    around = spot_of(frames, "st-bluebird-benslimane")
    assert around is not None
    assert spot_of(frames, "nothing") is None
