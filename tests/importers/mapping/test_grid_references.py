"""Grid references are read whole, with the precision they are written in, or refused (B08)."""

import pytest
from pyproj import Geod

from dashboard.importers.mapping import guess, mapping_from_yaml
from dashboard.importers.mapping.degrees import PointFault
from dashboard.importers.mapping.grid_references import read_point

EARTH = Geod(ellps="WGS84")


@pytest.mark.parametrize(
    ("written", "lat", "lon", "side"),
    [
        # Examples of the manual of GeoConvert (GeographicLib), good to their last digit.
        ("38SMB4488", 33.33424, 44.40363, 1_000),
        ("38SMB4414084706", 33.3, 44.4, 1),
        ("38 north 444140.54 3684706.36", 33.3, 44.4, 0),
        # Landmarks whose references are known: the Eiffel tower and the harbour of Sydney.
        ("31U DQ 48251 11932", 48.85820, 2.29450, 1),
        ("56HLH3468152018", -33.85920, 151.21288, 1),
        ("31N 166021 0", 0.0, 0.0, 0),
        ("32vkn9723000510", 60.39, 5.32, 1),  # Bergen and Longyearbyen, in zones that are wider there
        ("33XWG1481383004", 78.22, 15.65, 1),
    ],
)
def test_a_reference_is_the_middle_of_its_square(written, lat, lon, side) -> None:
    point = read_point(written, None)
    assert point.side_m == side
    assert EARTH.inv(lon, lat, point.lon, point.lat)[2] <= max(2.0, side * 0.75)


@pytest.mark.parametrize("digits", range(6))
def test_fewer_digits_are_a_larger_square_around_the_same_place(digits) -> None:
    whole = read_point("36UUA1234567890", None)
    point = read_point(f"36U UA {'12345'[:digits]} {'67890'[:digits]}".strip(), None)
    assert point.side_m == 10 ** (5 - digits)
    away = EARTH.inv(whole.lon, whole.lat, point.lon, point.lat)[2]
    assert away <= point.side_m * 0.7072


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("38SMB448", "as many digits for east"),
        ("38S MB 44 88 1", "as many digits for east"),
        ("38SMB123456789012", "as many digits for east"),
        ("61UDQ1212", "no zone 61"),
        ("36U UA 123 45678", "differ in length"),
        ("36U UA 12345 678", "differ in length"),
        ("32UDQ4825111932", "zone 32 has no square DQ"),
        ("38SZZ4488", "zone 38 has no square ZZ"),
        ("31NDQ4825111932", "does not lie in 31N"),
        ("31UDL4825111932", "does not lie in 31U"),
        ("Z AF 01937 88990", "near a pole"),
        ("38S 444140 3684706", "which side of the equator"),
        ("38 north 944140 3684706", "outside the UTM zone"),
        ("38SIO44", "no point"),
        ("38SMB", "fine"),
    ],
)
def test_what_does_not_belong_together_is_refused_with_the_reason(written, reason) -> None:
    if reason == "fine":
        assert read_point(written, None).side_m == 100_000
        return
    with pytest.raises(PointFault, match=reason):
        read_point(written, "lat lon")


def test_the_square_says_how_well_a_place_is_known_where_the_table_does_not(table, carried_out) -> None:
    mapping = mapping_from_yaml(
        "{name: n, point: {pair: g, order: lat lon}, precision: {column: p, values: {1: district}}}"
    )
    squares = ("36UUA1234567890", "36UUA123678", "36UUA1267", "36UUA16", "36UUA", "36UUA1267", "50.4, 30.5")
    codes = ("", "", "", "", "", "1", "")
    raw = table(("n", "g", "p"), *[("A", *pair) for pair in zip(squares, codes, strict=True)])
    rows, problems = carried_out(raw, mapping)
    assert [(row["precision"], row["precision_m"]) for row in rows] == [
        ("exact", 1), ("exact", 100), ("locality", 1_000), ("near", 10_000), ("province", 100_000),
        ("district", 25_000), ("near", 25_000),
    ]  # fmt: skip
    assert problems == []


def test_utm_columns_are_read_by_their_zone_and_never_half(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: n, point: {zone: z, lon: easting, lat: northing}}")
    raw = table(
        ("n", "z", "easting", "northing"),
        ("A", "38N", "444140,54", "3684706.36"),
        ("B", "", "", ""),
        ("C", "38N", "444140", ""),
        ("D", "38", "444140", "3684706"),
        ("E", "38N", "somewhere", "3684706"),
        ("F", "56 south", "334681", "6252018"),
    )
    rows, problems = carried_out(raw, mapping)
    assert [(row["name"], row["lat"] and round(row["lat"], 6)) for row in rows] == [
        ("A", 33.3), ("B", None), ("F", -33.859206),
    ]  # fmt: skip
    assert rows[0]["lon"] == pytest.approx(44.4)
    assert [(problem.row, problem.column, problem.severity) for problem in problems] == [
        (4, "z", "refused"), (5, "z", "refused"), (6, "z", "refused"),
    ]  # fmt: skip
    assert [problem.reason.split(":")[0][:30] for problem in problems] == [
        "is missing", "does not say on which side of ", "is no number of metres",
    ]  # fmt: skip


def test_a_hidden_character_in_one_row_costs_that_row_alone(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: n, point: {zone: z, lon: easting, lat: northing}}")
    raw = table(
        ("n", "z", "easting", "northing"),
        ("A", "36 north", "312345", "5587890"),
        ("B", "36\x1f north", "312345", "5587890"),
    )
    rows, problems = carried_out(raw, mapping)
    assert [row["name"] for row in rows] == ["A"]
    assert [(one.row, one.severity) for one in problems] == [(3, "refused")]


def test_a_column_of_grid_references_is_guessed(table) -> None:
    found = guess(table(("what", "MGRS"), ("A", "38SMB4488"), ("B", "36U UA 123 678")))
    assert found.mapping.point.pair == "MGRS"
    assert "point.order" not in found.asked


def test_a_radius_that_the_table_states_wins(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: n, point: {lat: a, lon: o, radius: r}, precision: {text: near}}")
    raw = table(
        ("n", "a", "o", "r"),
        *[("A", "50.4", "30.5", radius) for radius in ("750", "12.2", "", "0", "-5", "wide", "99999999")],
    )
    rows, _ = carried_out(raw, mapping)
    assert [row["precision_m"] for row in rows] == [750, 13, 25_000, 25_000, 25_000, 25_000, 25_000]
