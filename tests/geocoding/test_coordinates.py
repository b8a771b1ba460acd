import pytest

from dashboard.geocoding.coordinates import read_coordinates


@pytest.mark.parametrize(
    "text",
    [
        "33.616, -7.1215",
        "33.616 -7.1215",
        " 33.616;-7.1215 ",
        "+33.616,-7.1215",
        "33.616° N, 7.1215° W",
        "33.616N 7.1215W",
        "33.616, \u22127.1215",
        "33.616\u00ba / -7.1215\u00ba",
        "33°36'57.6\"N 7°7'17.4\"W",
        "33°36\u203257.6\u2033N, 7°7\u203217.4\u2033W",
    ],
)
def test_a_pair_of_coordinates_is_read_as_it_stands(text: str) -> None:
    assert read_coordinates(text) == pytest.approx((33.616, -7.1215))


def test_whole_degrees_count_when_something_says_that_they_are() -> None:
    assert read_coordinates("34, -6") == (34, -6)
    assert read_coordinates("34 N 6 W") == (34, -6)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Rabat", "12 34", "12", "33.6", "91.5, 0.0", "33.6, 190.1", "1.5, 2.5, 3.5", "Area 51, 3.2"),
        *(
            "33.6,",
            ", 7.1",
            "NaN, NaN",
            "13 May",
            "1" * 50 + ", 2",
            "9" * 10_000,
            "° °",
        ),
    ],
)
def test_anything_else_is_no_point(text: str) -> None:
    assert read_coordinates(text) is None
