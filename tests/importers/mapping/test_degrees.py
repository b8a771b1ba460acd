import pytest

from dashboard.importers.mapping import mapping_from_yaml
from dashboard.importers.mapping.degrees import Order, PointFault, one_degree, read_pair


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        ("50.45", 50.45),
        ("50,45", 50.45),
        ("-7.1", -7.1),
        ("N50.45", 50.45),
        ("7°30'W", -7.5),
        ("33°36'36\"S", -33.61),
    ],
)
def test_one_coordinate_is_read_whole(written: str, degrees: float) -> None:
    assert one_degree(written) == pytest.approx(degrees)


@pytest.mark.parametrize(
    "written",
    [
        *("NaN", "inf", "12 km", "5°70'N", "N5S", "1e999", "=1+1", "9" * 1000),
        *("1.234,5", "123456E", "50.5 30 N", '5°30"N'),  # each could be read as two numbers
    ],
)
def test_what_is_no_coordinate_is_refused(written: str) -> None:
    with pytest.raises(PointFault):
        one_degree(written)


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("N50.45 E30.52", (50.45, 30.52)),
        ("33.6167, -7.1167", (33.6167, -7.1167)),
        ("33,61; 7,11", (33.61, 7.11)),
        ("33°36'N 7°30'W", (33.6, -7.5)),
        ("POINT(30.5 50.4)", (50.4, 30.5)),
        ("0,0", (0, 0)),
        ("SRID=4326;POINT (30.5 50.4)", (50.4, 30.5)),
    ],
)
def test_a_pair_is_read_whole(written: str, point: tuple[float, float]) -> None:
    assert read_pair(written, "lat lon") == pytest.approx(point)


@pytest.mark.parametrize(
    "written", ["7°6'W 33°36'N", "W7.1 N33.6", "7.1 W, 33.6 N", "7 06 00 W 33 36 00 N", "w7.1;n33.6"]
)
@pytest.mark.parametrize("order", [None, "lat lon", "lon lat"])
def test_letters_say_which_is_the_latitude_whatever_the_mapping_says(written: str, order: Order) -> None:
    assert read_pair(written, order) == pytest.approx((33.6, -7.1))


@pytest.mark.parametrize(("written", "order"), [("7.1W 33.6", "lat lon"), ("33.6 7.1E", "lon lat")])
def test_a_letter_that_contradicts_the_order_turns_no_point_round(written: str, order: Order) -> None:
    with pytest.raises(PointFault, match="look swapped"):
        read_pair(written, order)


def test_a_letter_that_contradicts_its_column_is_named_and_not_read(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: n, point: {lat: lat, lon: lon}}")
    raw = table(("n", "lat", "lon"), ("A", "7°6'W", "33°36'N"), ("B", "33°36'N", "7°6'W"))
    rows, problems = carried_out(raw, mapping)
    assert [(row["name"], row["lat"], row["lon"]) for row in rows] == [("B", 33.6, -7.1)]
    assert {(one.row, one.severity) for one in problems} == {(2, "refused")}
    assert "swap" in problems[0].fix


def test_the_order_of_a_bare_pair_is_asked_for() -> None:
    with pytest.raises(PointFault, match="choose the order"):
        read_pair("33.6, 7.1", None)
    assert read_pair("7.1, 33.6", "lon lat") == (33.6, 7.1)


@pytest.mark.parametrize(
    "written", ["50,45", "50.45", "36U UA 12345 67890", "a, b", "1 2 3", "50.4 E", "1.5, x"]
)
def test_half_a_point_is_none(written: str) -> None:
    with pytest.raises(PointFault):
        read_pair(written, "lat lon")
