import numpy as np
import pyarrow as pa
import pytest
import shapely

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UncertainDate
from dashboard.importers.checks import FAULTS, Checker, find_faults
from dashboard.importers.checks.texts import mended
from dashboard.importers.rows import LAYER_ROWS

SHAPES = {
    "MA": shapely.box(-13, 27.6, -1, 36),
    "SY": shapely.box(35.7, 32.3, 42.4, 37.3),
    "UA": shapely.box(22, 44, 40, 52.4),
}


@pytest.fixture
def batch():
    def make(*changes: dict[str, object]) -> pa.RecordBatch:
        rows = []
        for number, change in enumerate(changes):
            plain: dict[str, object] = {
                field.name: "" if field.type == pa.string() else None for field in LAYER_ROWS
            } | {
                "row": number + 2, "external_id": f"r{number}", "name": f"Row {number}", "precision": "near",
                "first": DAY_PAST, "last": DAY_FUTURE, "dated": False, "precision_m": 0,
            }  # fmt: skip
            if "date" in change:
                bounds = UncertainDate.parse(str(change["date"])).bounds
                plain |= {"first": bounds.first, "last": bounds.last, "dated": True}
            rows.append(plain | change)
        return pa.RecordBatch.from_pylist(rows, schema=LAYER_ROWS)

    return make


def test_a_point_in_another_country_is_found_with_the_country_it_lies_in(batch) -> None:
    rows = batch(
        {"name": "Lion 07", "country": "MA", "lat": 32.63, "lon": 36.10},
        {"country": "MA", "lat": 28.4, "lon": -11.1},
        {"country": "MA", "lat": 28.0, "lon": -13.2},  # 20 km off the box
        {"country": "MA", "lat": 32.63, "lon": 36.10, "precision": "country"},
    )
    checker = Checker(SHAPES)
    flagged = checker.take(rows)
    (finding,) = checker.findings().findings
    assert (finding.code, finding.row) == ("country_contradicted", 2)
    assert "Lion 07: the row says Morocco, the point lies in Syria" in finding.detail
    assert flagged.column("flags").to_pylist() == ["|country_contradicted|", "", "", ""]


def test_swapped_coordinates_come_with_the_swap_as_proposal(batch) -> None:
    (finding,) = find_faults([batch({"country": "UA", "lat": 30.52, "lon": 50.45})], SHAPES).findings
    assert (finding.code, finding.fix) == ("swapped", "Swap them: 50.45, 30.52.")


def test_without_shapes_it_is_said_that_countries_were_not_looked_at(batch) -> None:
    found = find_faults([batch({"country": "UA", "lat": 30.52, "lon": 50.45})])
    assert (found.counts, set(found.not_checked)) == ({}, {"country_contradicted", "swapped"})


def test_the_middle_of_a_country_is_no_town(batch) -> None:
    rows = batch({"lat": 32.0, "lon": -6.0}, {"lat": 32.0, "lon": -6.0, "precision": "country"})
    (finding,) = find_faults([rows]).findings
    assert (finding.code, finding.row) == ("country_point", 2)
    assert "Morocco" in finding.detail


@pytest.mark.parametrize(("lat", "lon"), [(34.5531, 18.0479), (-34.5531, -58.4479), (0.5, -0.25)])
def test_many_rows_on_one_point_are_one_finding_over_all_batches(batch, lat, lon) -> None:
    there = [{"lat": lat, "lon": lon}] * 12
    found = find_faults([batch(*there), batch(*there, {"lat": 1.0, "lon": 2.0})])
    (finding,) = (one for one in found.findings if one.code != "duplicate_id")
    assert (finding.code, finding.detail) == ("crowded_point", "24 rows lie on this point")
    assert [float(part) for part in finding.value.split(",")] == pytest.approx([lat, lon])


def test_ids_that_occur_again_are_found_over_batches(batch) -> None:
    found = find_faults([batch({"external_id": "a"}, {"external_id": "b"}), batch({"external_id": "a"})])
    assert [(finding.code, finding.detail) for finding in found.findings] == [
        ("duplicate_id", "row 2 has the same id")
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"date": "1970-01-01"}, "default_date"),
        ({"date": "2143"}, "serial_year"),
        ({"date": "1021"}, "serial_year"),
        ({"place": "-9"}, "sentinel"),
        ({"actors": "7777"}, "sentinel"),
        ({"lat": -9.0, "lon": -9.0}, "sentinel"),
        ({"place": "S\u00c3\u00a8te"}, "mojibake"),
        ({"name": "\u00d0\u0153\u00d0\u00be\u00d1\u0081\u00d0\u00ba\u00d0\u00b2\u00d0\u00b0"}, "mojibake"),
        ({"name": "\u00d8\u00a7\u00d9\u201e\u00d9\u2026\u00d8\u00ba\u00d8\u00b1\u00d8\u00a8"}, "mojibake"),
        ({"flags": "|null_island|"}, "null_island"),
        ({"flags": "|cut|ends_before_start|"}, "ends_before_start"),
        ({"flags": "|long_before|"}, "long_before"),
    ],
)
def test_each_fault_of_a_row_is_found(batch, change, code) -> None:
    found = find_faults([batch({"date": "2019", "name": "Sound"}, change)])
    assert [(one.code, one.row) for one in found.findings if one.code == code] == [(code, 3)]


@pytest.mark.parametrize(
    "name", ["Sète", "Łódź", "Đà Nẵng", "Москва", "المغرب", "מרוקו", "São Paulo", "Ångström", "Ñandú"]
)
def test_letters_of_any_script_are_no_mojibake(batch, name) -> None:
    assert find_faults([batch({"name": name, "date": "2019"})]).counts == {}


def test_what_mojibake_was_is_proposed() -> None:
    assert mended("S\u00c3\u00a8te") == "Sète"
    assert mended("Sète") == ""


def test_every_fault_says_what_it_means_and_what_to_do() -> None:
    assert all(fault.label and fault.explanation and fault.fix for fault in FAULTS.values())


def test_the_list_ends_and_the_count_goes_on(batch) -> None:
    found = find_faults([batch(*[{"place": "NULL"}] * 700)])
    assert (found.counts, len(found.findings)) == ({"sentinel": 700}, 500)


def test_nothing_is_changed_but_the_flags(batch) -> None:
    rows = batch({"country": "UA", "lat": 30.52, "lon": 50.45, "flags": "|cut|"})
    flagged = Checker(SHAPES).take(rows)
    assert flagged.drop_columns(["flags"]).equals(rows.drop_columns(["flags"]))
    assert flagged.column("flags").to_pylist() == ["|cut|swapped|"]
    assert flagged.schema.equals(LAYER_ROWS)
    assert np.isfinite(flagged.column("lat").to_numpy()).all()


def test_a_point_just_over_a_generalised_border_is_let_be(batch) -> None:
    shapes = {"MA": SHAPES["MA"], "DZ": shapely.box(-1, 19, 9, 37)}
    rows = batch({"country": "MA", "lat": 33.0, "lon": -0.9}, {"country": "MA", "lat": 33.0, "lon": -0.4})
    assert [one.row for one in find_faults([rows], shapes).findings] == [3]
