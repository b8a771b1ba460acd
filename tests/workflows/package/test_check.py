from pathlib import Path
from typing import Any

import pytest

from dashboard.importers.package import read_package
from dashboard.workflows.package.check import Contradiction, check


def edit(folder: Path, file: Path, old: Any, new: Any) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def told(problems: Any) -> Any:
    return [(p.file, p.row, p.field, p.value) for p in problems]


def test_a_good_package_is_counted(folder: Path, shapes_file: Path) -> None:
    report = check(folder, shapes_file)
    assert report.is_good
    assert report.version == read_package(folder).version
    assert report.counts == {
        "sites": 2, "events": 2, "actors": 3, "sources": 2, "citations": 9, "locations": 5,
    }  # fmt: skip
    assert report.facts == 7
    assert report.countries == ("IL", "MA")
    assert report.share_well_sourced == pytest.approx(1 / 7)
    assert (report.problems, report.warnings, report.notes) == ((), (), ())


def test_contradictions_are_listed_with_who_says_so(folder: Path, shapes_file: Path) -> None:
    assert check(folder, shapes_file).contradictions == (
        Contradiction("ev-meeting", "Committee meets", "date", "2026-01-05", "Agency"),
    )


def test_a_bad_row_is_named_by_file_row_field_and_value(folder: Path, shapes_file: Path) -> None:
    edit(folder, "sites.csv", ",shipyard,", ",shipyards,")
    report = check(folder, shapes_file)
    assert not report.is_good
    assert told(report.problems) == [("sites.csv", 4, "kind", "shipyards")]
    assert "did you mean 'shipyard'" in str(report.problems[0])
    assert set(report.counts.values()) == {0}


def test_a_point_outside_its_country_is_a_problem(folder: Path, shapes_file: Path) -> None:
    edit(folder, "locations.csv", ",MA,33.5,-7,", ",MA,33.5,-3,")
    report = check(folder, shapes_file)
    assert told(report.problems) == [("locations.csv", 4, "lat", "33.5, -3.0")]
    assert "93 km outside MA, at sea" in report.problems[0].message


def test_a_point_in_another_country_says_in_which(folder: Path, shapes_file: Path) -> None:
    edit(folder, "locations.csv", ",IL,32.08088", ",MA,32.08088")
    [problem] = check(folder, shapes_file).problems
    assert "outside MA, in IL" in problem.message


def test_a_point_outside_that_is_explained_is_a_note(folder: Path, shapes_file: Path) -> None:
    edit(folder, "locations.csv", ",MA,33.6,-7.6", ",IL,33.6,-7.6")
    report = check(folder, shapes_file)
    assert report.is_good
    assert told(report.notes) == [("locations.csv", 6, "lat", "33.6, -7.6")]
    assert "Measured on imagery." in report.notes[0].message


def test_a_point_just_off_the_coast_is_no_fault(folder: Path, shapes_file: Path) -> None:
    edit(folder, "locations.csv", ",MA,33.5,-7,", ",MA,33.5,-3.8,")
    assert check(folder, shapes_file).is_good


def test_a_country_without_a_shape_is_a_note(folder: Path, shapes_file: Path) -> None:
    edit(folder, "locations.csv", ",MA,33.5,-7,", ",GI,33.5,-7,")
    assert told(check(folder, shapes_file).notes) == [("locations.csv", 4, "country", "GI")]


def test_missing_shapes_are_a_warning_that_says_what_to_run(folder: Path, tmp_path: Path) -> None:
    report = check(folder, tmp_path / "none.json")
    assert report.is_good
    assert "was not checked" in report.warnings[0].message
    assert "make install" in report.warnings[0].message


def test_a_file_out_of_form_is_a_warning(folder: Path, shapes_file: Path) -> None:
    edit(folder, "places.csv", "34,-6.8", "34.0,-6.8")
    (folder / "sources.csv").write_bytes((folder / "sources.csv").read_bytes().replace(b"\n", b"\r\n"))
    report = check(folder, shapes_file)
    assert report.is_good
    assert told(report.warnings) == [("sources.csv", None, "", ""), ("places.csv", None, "", "")]


def test_gaps_are_warnings(folder: Path, shapes_file: Path) -> None:
    lines = (folder / "site_status.csv").read_text().splitlines(keepends=True)
    (folder / "site_status.csv").write_text("".join(lines[:-1]))
    lines = (folder / "locations.csv").read_text().splitlines(keepends=True)
    (folder / "locations.csv").write_text("".join(lines[:3]))
    with (folder / "sources.csv").open("a") as file:
        file.write("so-spare,Spare,,,,,other,\n")
    assert told(check(folder, shapes_file).warnings) == [
        ("sites.csv", 2, "id", "st-ben-slimane"),
        ("sites.csv", 4, "id", "st-yard"),
        ("sites.csv", 4, "id", "st-yard"),
        ("events.csv", 3, "id", "ev-order"),
        ("sources.csv", 4, "id", "so-spare"),
    ]


def test_a_missing_folder_is_a_problem(tmp_path: Path, shapes_file: Path) -> None:
    assert not check(tmp_path / "none", shapes_file).is_good


def test_the_shipped_package_is_good(shapes_file: Path, tmp_path: Path) -> None:
    folder = Path(__file__).parents[3] / "data"
    report = check(folder, tmp_path / "no shapes here")
    assert report.problems == ()
    assert report.counts["sites"] >= 340
    assert report.counts["events"] >= 390
    assert len(report.countries) >= 85
    assert report.share_well_sourced >= 0.35
    # Nothing waits for a decision: the only thing this test cannot ask is where countries lie.
    [unasked] = report.warnings
    assert "was not checked against the countries" in unasked.message
    assert report.near_duplicates > 20
