import csv
import io
import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.domain.cells import (
    MAX_CELL,
    RowError,
    content_version,
    csv_text,
    read_cells,
    sort_records,
    write_cells,
)
from dashboard.domain.dates import UNDATED, UncertainDate
from dashboard.domain.records import (
    TABLES,
    Actor,
    ActorRole,
    Change,
    Event,
    Location,
    Place,
    Product,
    Site,
    column_names,
)

LOCATION = Location(
    id="lo-a", record_id="st-a", role="at", place_as_written="A", precision="none", method="none"
)

words = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="|"), max_size=20).map(
    str.strip
)
items = words.filter(bool)
names = st.lists(items, max_size=4).map(tuple)
categories = items.filter(lambda s: ":" not in s).map(str.strip)
products = st.lists(st.builds(Product, categories, words), max_size=3).map(tuple)
roles = st.lists(st.builds(ActorRole, items, categories), max_size=3).map(tuple)
prose = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")).map(str.strip)
texts = {"summary", "notes", "note", "quote", "value_as_stated", "reason", "before", "after", "why"}
dates = st.sampled_from(["", "2021", "202X", "2026-01-02~", "2024-05-29/..", "/2019", "2018/2021-06"]).map(
    UncertainDate.parse
)
kinds = {
    str: words,
    tuple[str, ...]: names,
    tuple[Product, ...]: products,
    tuple[ActorRole, ...]: roles,
    UncertainDate: dates,
    int | None: st.none() | st.integers(1, 20_037_508),
}
limits = {"lat": 90, "lon": 180}


def _values(record_type: Any) -> Any:
    hints = {f: record_type.__dataclass_fields__[f].type for f in column_names(record_type)}
    return {
        name: st.none() | st.floats(-limits[name], limits[name])
        if name in limits
        else prose
        if name in texts
        else kinds[hint]
        for name, hint in hints.items()
    }


def records(record_type: Any) -> Any:
    return st.builds(record_type, **_values(record_type))


any_record = st.one_of([records(record_type) for record_type in TABLES.values()])


def row_of(record: Any, **cells: Any) -> Any:
    return write_cells(record) | cells


def problems_of(record_type: Any, row: Any) -> Any:
    with pytest.raises(RowError) as caught:
        read_cells(record_type, row)
    return [(p.field, p.value, p.message) for p in caught.value.problems]


@given(any_record)
def test_a_record_written_and_read_is_the_same(record: Any) -> None:
    assert read_cells(type(record), write_cells(record)) == record


@given(any_record)
def test_a_record_survives_the_csv_file(record: Any) -> None:
    rows = list(csv.reader(io.StringIO(csv_text(type(record), [record]), newline=""), strict=True))
    assert rows[0] == list(column_names(type(record)))
    assert read_cells(type(record), dict(zip(rows[0], rows[1], strict=True))) == record
    assert len(rows) == 2


@given(any_record, st.text())
def test_reading_any_cells_gives_a_record_or_a_row_error(record: Any, cell: str) -> None:
    for column in column_names(type(record)):
        row = row_of(record, **{column: cell})
        try:
            read = read_cells(type(record), row)
        except RowError:
            assert {field for field, _, _ in problems_of(type(record), row)} == {column}
        else:
            assert write_cells(read)


@given(st.floats(-90, 90))
@example(1e-07)
@example(5e-324)
@example(-0.0)
def test_coordinates_are_written_shortest_and_read_back_the_same(value: Any) -> None:
    cell = write_cells(replace(LOCATION, lat=value))["lat"]
    assert float(cell) == value
    assert "e" not in cell.lower()
    assert not cell.startswith("-0") or value < 0
    assert Decimal(cell) == Decimal(repr(value))


@pytest.mark.parametrize(("value", "cell"), [(33.0, "33"), (33.61, "33.61"), (-7.5, "-7.5"), (0.0, "0")])
def test_whole_degrees_have_no_point(value: Any, cell: str) -> None:
    assert write_cells(replace(LOCATION, lat=value))["lat"] == cell


@pytest.mark.parametrize(
    "cell", ["nan", "NaN", "inf", "-inf", "1e3", "1_0", "33,5", "N33.5", "33°", "٣٣", "--1"]
)
def test_what_is_no_number_is_refused(cell: str) -> None:
    [(field, value, message)] = problems_of(Location, row_of(LOCATION, lat=cell))
    assert (field, value) == ("lat", cell)
    assert "decimal degrees" in message


@pytest.mark.parametrize(
    ("lat", "lon", "fields"),
    [("90.1", "0", ["lat"]), ("-91", "10", ["lat"]), ("0", "180.01", ["lon"]), ("9" * 400, "1", ["lat"])],
)
def test_coordinates_off_the_globe_are_refused(lat: Any, lon: Any, fields: Any) -> None:
    assert [f for f, _, _ in problems_of(Location, row_of(LOCATION, lat=lat, lon=lon))] == fields


def test_swapped_coordinates_are_named() -> None:
    [(field, _, message)] = problems_of(Location, row_of(LOCATION, lat="122.35", lon="48.85"))
    assert field == "lat"
    assert "looks swapped" in message


@pytest.mark.parametrize(("lat", "lon"), [("122.35", "148.85"), ("222", "48"), ("122", "x")])
def test_coordinates_that_no_swap_would_mend_are_not_called_swapped(lat: Any, lon: Any) -> None:
    assert not any("swapped" in m for *_, m in problems_of(Location, row_of(LOCATION, lat=lat, lon=lon)))


@pytest.mark.parametrize("cell", ["0", "-5", "1.5", "1e3", "20037509", "9" * 30, "٣", "ten"])
def test_what_is_no_radius_is_refused(cell: str) -> None:
    assert [f for f, _, _ in problems_of(Location, row_of(LOCATION, precision_m=cell))] == ["precision_m"]


@pytest.mark.parametrize("character", ["\0", "\x1b", "\r", "\x7f", "\x85", "\ud800"])
def test_control_characters_and_lone_surrogates_are_refused(character: str) -> None:
    [(field, _, message)] = problems_of(Location, row_of(LOCATION, reason=f"a{character}b"))
    assert field == "reason"
    assert f"U+{ord(character):04X}" in message


def test_a_line_break_may_stand_in_prose_but_not_in_a_name() -> None:
    assert read_cells(Location, row_of(LOCATION, reason="a\nb")).reason == "a\nb"
    assert [f for f, _, _ in problems_of(Location, row_of(LOCATION, role="a\nb"))] == ["role"]


def test_a_cell_is_as_long_as_a_spreadsheet_allows_and_no_longer() -> None:
    assert read_cells(Location, row_of(LOCATION, reason="x" * MAX_CELL)).reason
    [(_, _, message)] = problems_of(Location, row_of(LOCATION, reason="x" * (MAX_CELL + 1)))
    assert "32,768" in message


@pytest.mark.parametrize("cell", [" a", "a ", "a\n", "\u00a0a", " "])
def test_spaces_around_a_cell_are_refused(cell: str) -> None:
    assert [f for f, _, _ in problems_of(Location, row_of(LOCATION, reason=cell))] == ["reason"]


@pytest.mark.parametrize("cell", ["a||b", "|a", "a|", "|", "a| b"])
def test_empty_items_of_a_list_are_refused(cell: str) -> None:
    row = row_of(Site(id="st-a", name="A", kind="other"), names=cell)
    assert [f for f, _, _ in problems_of(Site, row)] == ["names"]


@pytest.mark.parametrize("cell", [":SpyX", "uav:", "uav: SpyX", ":"])
def test_half_a_product_is_refused(cell: str) -> None:
    row = row_of(Site(id="st-a", name="A", kind="other"), products=cell)
    assert [f for f, _, _ in problems_of(Site, row)] == ["products"]


@pytest.mark.parametrize("cell", ["ac-a", "ac-a:", ":host", "ac-a: host"])
def test_half_a_role_is_refused(cell: str) -> None:
    row = row_of(Event(id="ev-a", kind="visit", title="A", date=UNDATED, status="happened"), actors=cell)
    assert [f for f, _, _ in problems_of(Event, row)] == ["actors"]


def test_a_designation_may_hold_a_colon() -> None:
    row = row_of(Site(id="st-a", name="A", kind="other"), products="uav:X: mark 2|component")
    assert read_cells(Site, row).products == (Product("uav", "X: mark 2"), Product("component"))


def test_a_bad_date_says_why() -> None:
    row = row_of(Actor(id="ac-a", name="A", kind="other"), founded="2021-02-30")
    [(field, value, message)] = problems_of(Actor, row)
    assert (field, value) == ("founded", "2021-02-30")
    assert "no day" in message


def test_all_faults_of_a_row_are_found_at_once() -> None:
    row = row_of(LOCATION, lat="91", lon="x", precision_m="0", reason="\0")
    assert [f for f, _, _ in problems_of(Location, row)] == ["lat", "lon", "precision_m", "reason"]


def test_missing_and_unknown_columns_are_named() -> None:
    row = write_cells(LOCATION) | {"color": "red"}
    del row["method"]
    assert {f for f, _, _ in problems_of(Location, row)} == {"method", "color"}


@pytest.mark.parametrize(
    "record",
    [
        Site(id="st-a", name="A", kind="other", names=("a|b",)),
        Site(id="st-a", name="A", kind="other", names=("",)),
        Site(id="st-a", name="A", kind="other", products=(Product("a:b"),)),
        Site(id="st-a", name=" A", kind="other"),
        replace(LOCATION, lat=math.nan),
        replace(LOCATION, lon=181.0),
        replace(LOCATION, precision_m=0),
        replace(LOCATION, reason="\0"),
        Event(id="ev-a", kind="x", title="A", date=UNDATED, status="x", actors=(ActorRole("a", "b:c"),)),
    ],
)
def test_a_record_that_would_not_read_back_the_same_is_not_written(record: Any) -> None:
    with pytest.raises(RowError):
        write_cells(record)


def test_rows_are_sorted_by_code_points_and_keep_their_order_among_equals() -> Any:
    def change(record_id: str, field: str) -> Any:
        return Change(record_id=record_id, field=field, who="w", when="2026")

    given_order = [change("b", "2"), change("a", "9"), change("b", "1"), change("Z", "0")]
    assert [(c.record_id, c.field) for c in sort_records(Change, given_order)] == [
        ("Z", "0"), ("a", "9"), ("b", "2"), ("b", "1"),
    ]  # fmt: skip


def test_the_version_names_the_content_and_not_the_order() -> None:
    place = Place(id="pl-a", name="A", precision="near", reason="r")
    other = replace(place, id="pl-b")
    assert content_version({"places": [place, other]}) == content_version({"places": (other, place)})
    assert content_version({"places": [place]}) != content_version({"places": [other]})
    assert content_version({"places": [place]}) != content_version({"places": [replace(place, lat=1.0)]})
    assert len(content_version({})) == 16
