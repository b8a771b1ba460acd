import json

import pytest

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UncertainDate, day_number
from dashboard.errors import MappingError
from dashboard.importers.mapping import Mapping, mapping_from_yaml
from dashboard.importers.mapping.problems import ProblemList

PLAIN = mapping_from_yaml(
    "{id: id, name: name, date: {start: date}, place: place, country: {column: place, form: ending},"
    " point: {lat: lat, lon: lon}, kind: {column: kind, values: {drill: exercise}}}"
)
COLUMNS = ("id", "name", "date", "place", "lat", "lon", "kind")


def test_a_row_keeps_what_it_says_and_no_more(table, carried_out) -> None:
    raw = table(
        (*COLUMNS, "units", "remark"),
        ("1", "A", "2019", "Agadir, Morocco", "30.42", "-9.6", "Drill", 'two "heavy"', ""),
        ("2", "B", "", "", "", "", "", "", "x"),
    )
    rows, problems = carried_out(raw, PLAIN)
    first, second = rows
    year = UncertainDate.parse("2019").bounds
    assert (first["date"], first["first"], first["last"]) == ("2019", year.first, year.last)
    assert (first["kind"], first["original_kind"], first["country"]) == ("exercise", "Drill", "MA")
    assert (first["lat"], first["lon"], first["precision"], first["precision_m"]) == (
        30.42,
        -9.6,
        "near",
        25_000,
    )
    assert json.loads(first["extra"]) == {"units": 'two "heavy"'}
    assert (second["dated"], second["first"], second["last"]) == (False, DAY_PAST, DAY_FUTURE)
    assert (second["lat"], second["precision"], second["precision_m"], second["kind"]) == (
        None,
        "none",
        0,
        "unknown",
    )
    assert json.loads(second["extra"]) == {"remark": "x"}
    assert problems == []


@pytest.mark.parametrize(
    ("lat", "lon", "reason"),
    [
        ("122.35", "48.85", "swapped"),
        ("951", "4", "outside Earth"),
        ("1e308", "4", "outside Earth"),
        ("inf", "4", "no coordinate"),
        ("50.4", "", "half a point"),
        ("N/A", "4.5", "half a point"),
        ("5 km", "4.5", "no coordinate"),
    ],
)
def test_a_point_that_is_none_refuses_its_row_alone(table, carried_out, lat, lon, reason) -> None:
    raw = table(COLUMNS, ("1", "A", "2019", "", lat, lon, ""), ("2", "B", "2019", "", "-9", "50,45", ""))
    rows, (problem,) = carried_out(raw, PLAIN)
    assert [(row["name"], row["lat"], row["lon"]) for row in rows] == [("B", -9.0, 50.45)]
    assert (problem.row, problem.severity) == (2, "refused")
    assert reason in problem.reason
    assert problem.fix


def test_zero_and_zero_is_withheld_and_told(table, carried_out) -> None:
    rows, (problem,) = carried_out(table(COLUMNS, ("1", "A", "2019", "", "0.0", "0", "")), PLAIN)
    assert (rows[0]["lat"], rows[0]["precision"], rows[0]["flags"]) == (None, "none", "|null_island|")
    assert "withheld" in problem.reason


@pytest.mark.parametrize("written", ["2024-02-30", "9999-12-31", "44123", "1/2/21", "3/4/2021", "some day"])
def test_a_date_that_must_be_guessed_refuses_its_row_unless_the_mapping_keeps_it(
    table, carried_out, written
) -> None:
    raw = table(COLUMNS, ("1", "A", written, "", "", "", ""), ("2", "B", "2020-05", "", "", "", ""))
    rows, (problem,) = carried_out(raw, PLAIN)
    assert [row["date"] for row in rows] == ["2020-05"]
    assert (problem.row, problem.value, problem.severity) == (2, written, "refused")
    kept = PLAIN.model_copy(update={"date": PLAIN.date.model_copy(update={"unreadable": "undated"})})
    rows, (problem,) = carried_out(raw, kept)
    assert [(row["date"], row["date_as_written"]) for row in rows] == [("", written), ("2020-05", "2020-05")]
    assert problem.severity == "warning"


def test_an_end_before_the_start_keeps_the_record_undated_and_flagged(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: name, date: {start: a, end: b}}")
    raw = table(("name", "a", "b"), ("A", "2020-05-03", "2020-05-01"), ("B", "2020-05-01", "2020-05-03"))
    rows, (problem,) = carried_out(raw, mapping)
    assert [(row["date"], row["flags"]) for row in rows] == [
        ("", "|ends_before_start|"),
        ("2020-05-01/2020-05-03", ""),
    ]
    assert (problem.row, problem.reason) == (2, "ends before it starts")


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "@SUM(1)", "+1+1", "+380 44 123", "-1.5", "\uff1d1"])
def test_formulas_and_telephone_numbers_stay_text(table, carried_out, text) -> None:
    rows, problems = carried_out(table(COLUMNS, ("1", text, "", text, "", "", "")), PLAIN)
    assert (rows[0]["name"], rows[0]["place"], problems) == (text, text, [])


def test_what_nobody_sees_is_written_out_and_nul_is_refused(table, carried_out) -> None:
    raw = table(
        COLUMNS,
        ("1", "abc\u202egpj", "", "", "", "", ""),
        ("2", "zero\u200bwidth", "", "", "", "", ""),
        ("3", "nul\x00", "", "", "", "", ""),
        ("4", "n" * 100_000, "", "", "", "", ""),
    )
    rows, problems = carried_out(raw, PLAIN)
    assert [row["name"][:14] for row in rows] == ["abc[U+202E]gpj", "zero[U+200B]wi", "n" * 14]
    assert len(rows[2]["name"]) == 500
    assert [row["flags"] for row in rows] == ["|hidden_characters|", "|hidden_characters|", "|cut|"]
    assert [(problem.row, problem.severity) for problem in problems] == [
        (2, "warning"), (3, "warning"), (4, "refused"), (5, "warning"),
    ]  # fmt: skip


def test_sentinels_say_nothing_but_minus_nine_is_a_latitude(table, carried_out) -> None:
    raw = table(
        COLUMNS, ("1", "NULL", "-9", "n/a", "-9", "-9", "7777"), ("2", "B", "NA", "", "-9999", "-9999", "")
    )
    rows, problems = carried_out(raw, PLAIN)
    assert (rows[0]["name"], rows[0]["date"], rows[0]["place"], rows[0]["lat"]) == ("1", "", "", -9.0)
    assert (rows[1]["lat"], problems) == (None, [])


def test_na_is_namibia_among_codes(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: name, country: {column: c, form: iso2}}")
    rows, _ = carried_out(table(("name", "c"), ("A", "NA"), ("B", "")), mapping)
    assert [row["country"] for row in rows] == ["NA", ""]


def test_fips_codes_are_not_taken_for_iso_codes(table, carried_out) -> None:
    raw = table(("name", "c"), ("A", "AS"), ("B", "UK"), ("C", "MO"), ("D", "CH"), ("E", "ZZ"))
    rows, problems = carried_out(raw, mapping_from_yaml("{name: name, country: {column: c, form: fips}}"))
    assert [row["country"] for row in rows] == ["AU", "GB", "MA", "CN", ""]
    assert [(problem.row, problem.value) for problem in problems] == [(6, "ZZ")]
    rows, _ = carried_out(raw, mapping_from_yaml("{name: name, country: {column: c, form: iso2}}"))
    assert [row["country"] for row in rows] == ["AS", "", "MO", "CH", ""]


def test_a_place_that_is_only_a_country_is_no_more_precise(table, carried_out) -> None:
    rows, _ = carried_out(table(COLUMNS, ("1", "A", "", "Maroc", "31.8", "-7.1", "")), PLAIN)
    assert (rows[0]["precision"], rows[0]["country"]) == ("country", "MA")


def test_few_decimals_widen_the_radius_of_an_exact_point(table, carried_out) -> None:
    mapping = mapping_from_yaml(
        "{name: n, point: {lat: a, lon: o}, precision: {column: p, values: {1: exact}}}"
    )
    raw = table(("n", "a", "o", "p"), ("A", "50.4", "30.5", "1"), ("B", "50.4000", "30.5000", "1"))
    rows, _ = carried_out(raw, mapping)
    assert [row["precision_m"] for row in rows] == [11_100, 500]


def test_participants_over_many_columns_are_joined_where_there_are_any(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: n, actors: {like: ['State?', 'State??'], join: '; '}}")
    raw = table(("n", "StateA", "StateB", "StateAA"), ("A", "Morocco", "", "Spain"), ("B", "", "", ""))
    rows, _ = carried_out(raw, mapping)
    assert [row["actors"] for row in rows] == ["Morocco; Spain", ""]


def test_rows_without_an_id_get_one_that_follows_from_their_cells(table, carried_out) -> None:
    mapping = PLAIN.model_copy(update={"id": Mapping().id})
    one, other = ("1", "A", "2019", "", "", "", ""), ("1", "B", "2019", "", "", "", "")
    ids = [row["external_id"] for row in carried_out(table(COLUMNS, one, other), mapping)[0]]
    again = [row["external_id"] for row in carried_out(table(COLUMNS, other, one), mapping)[0]]
    assert ids == again[::-1]
    assert len(set(ids)) == 2


def test_a_code_without_a_translation_is_other_and_told_once(table, carried_out) -> None:
    raw = table(COLUMNS, ("1", "A", "", "", "", "", "war"), ("2", "B", "", "", "", "", "war"))
    rows, (problem,) = carried_out(raw, PLAIN)
    assert {(row["kind"], row["original_kind"]) for row in rows} == {("other", "war")}
    assert (problem.row, problem.column, problem.value) == (2, "kind", "war")


def test_an_empty_code_is_unknown_and_not_other(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: n, kind: {column: k, values: {a: test}, otherwise: other}}")
    rows, problems = carried_out(table(("n", "k"), ("A", "a"), ("B", "z"), ("C", "")), mapping)
    assert [row["kind"] for row in rows] == ["test", "other", "unknown"]
    assert problems == []


def test_a_mapping_for_another_table_is_refused_by_the_names_that_are_missing(table) -> None:
    from dashboard.importers.mapping import apply

    with pytest.raises(MappingError, match="no column 'place'"):
        next(apply(table(("id", "name"), ("1", "A")), PLAIN))


def test_a_fault_of_every_row_is_counted_and_not_told_without_end() -> None:
    problems = ProblemList(most=3)
    problems.add_rows(range(2, 12), "date", "is no date")
    assert [problem.row for problem in problems.take()] == [2, 3, 4]
    (rest,) = problems.rest()
    assert (rest.row, rest.reason) == (0, "is no date (in 7 further rows)")


def test_every_row_that_is_left_out_is_counted_also_where_not_each_is_named(table) -> None:
    from dashboard.importers.mapping import apply

    mapping = mapping_from_yaml("{name: n, date: {start: d}}")
    raw = table(("n", "d"), *[("A", "soon")] * 1_200, ("B", "2021"))
    batches = list(apply(raw, mapping))
    assert sum(batch.refused for batch in batches) == 1_200
    assert sum(batch.rows.num_rows for batch in batches) == 1
    (rest,) = batches[-1].problems
    assert (rest.severity, "(in 200 further rows)" in rest.reason) == ("refused", True)


def test_what_is_no_radius_and_no_type_is_named_and_not_lost_in_silence(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: n, type_column: t, point: {lat: lat, lon: lon, radius: r}}")
    raw = table(
        ("n", "t", "lat", "lon", "r"),
        ("A", "Site", "33.6", "-7.1", "500"),
        ("B", "vessel", "33.6", "-7.1", "5 km"),
        ("C", "", "33.6", "-7.1", ""),
        ("D", "N/A", "33.6", "-7.1", "NULL"),
    )
    rows, problems = carried_out(raw, mapping)
    assert [(row["record_type"], row["precision_m"]) for row in rows] == [
        ("site", 500), ("event", 25_000), ("event", 25_000), ("event", 25_000),
    ]  # fmt: skip
    assert {(one.row, one.column, one.value, one.severity) for one in problems} == {
        (3, "r", "5 km", "warning"), (3, "t", "vessel", "warning"),
    }  # fmt: skip


def test_a_hidden_character_in_one_date_costs_that_row_alone(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: n, date: {start: d, end: e}}")
    raw = table(("n", "d", "e"), ("A", "2021", "2022"), ("B", "20\x1f21", ""))
    rows, problems = carried_out(raw, mapping)
    assert [row["name"] for row in rows] == ["A"]
    assert {(one.row, one.severity) for one in problems} == {(3, "refused")}


def test_a_week_is_three_days_on_both_sides_and_a_label_is_no_day(table, carried_out) -> None:
    mapping = mapping_from_yaml(
        "{name: n, date: {start: d, precision: p, precisions: {1: day, 2: week, 3: month, 4: year}}}"
    )
    raw = table(("n", "d", "p"), *[("A", "2021-03-15", code) for code in "1234"])
    rows, _ = carried_out(raw, mapping)
    assert [row["date"] for row in rows] == ["2021-03-15", "2021-03-12/2021-03-18", "2021-03", "2021"]
    assert rows[2]["first"] == day_number(UncertainDate.parse("2021-03-01").earliest)


def test_a_sentence_that_names_a_missing_column_is_no_mapping_for_the_table(table, carried_out) -> None:
    mapping = mapping_from_yaml("{name: {text: '{a} to {b}'}}")
    with pytest.raises(MappingError, match="no column 'b'"):
        carried_out(table(("a",), ("x",)), mapping)
    rows, _ = carried_out(table(("a", "b"), ("x", "y"), ("", "")), mapping)
    assert rows[0]["name"] == "x to y"
    assert rows[1]["name"] == rows[1]["external_id"]
