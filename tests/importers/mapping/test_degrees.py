import pytest

from dashboard.importers.mapping.degrees import PointFault, one_degree, read_pair


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


@pytest.mark.parametrize("written", ["NaN", "inf", "12 km", "5°70'N", "N5S", "1e999", "=1+1", "9" * 1000])
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
