from pathlib import Path
from typing import Any

import pytest

from dashboard.workflows.package.check import CheckReport, check
from dashboard.workflows.package.gates import DECISIONS_FILE


def edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def append(folder: Path, file: str, line: str) -> None:
    path = folder / file
    header, *lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([header, *lines, f"{line}\n"]))


def told(problems: Any) -> Any:
    return [(p.file, p.row, p.field, p.value) for p in problems]


@pytest.fixture
def judge(folder: Path, shapes_file: Path) -> Any:
    def run() -> CheckReport:
        return check(folder, shapes_file)

    return run


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "ci-plant-2,st-ben-slimane,status,",
            "ci-plant-2,st-ben-slimane,name,",
            "does not say that the site",
        ),
        ("supports,medium", "supports,low", "whose confidence is low"),
        (",,,,supports,medium", ",,,,contradicts,medium", "does not say that the site"),
    ],
)
def test_a_site_operates_only_where_a_source_says_so(
    folder: Path, judge: Any, old: str, new: str, said: str
) -> None:
    edit(folder, "citations.csv", old, new)
    if "contradicts" in new:
        edit(folder, "citations.csv", "status,,so-paper", "status,closed,so-paper")
    [problem] = judge().problems
    assert told([problem]) == [("site_status.csv", 3, "status", "operating")]
    assert said in problem.message


def test_an_undated_operating_status_needs_a_note(folder: Path, judge: Any) -> None:
    edit(folder, "site_status.csv", "operating,2026-02/..,ci-plant-2,as its", "operating,,ci-plant-2,as its")
    assert judge().is_good
    edit(folder, "site_status.csv", "as its director says", "")
    [problem] = judge().problems
    assert "is undated" in problem.message


def test_an_opening_is_no_production(folder: Path, judge: Any) -> None:
    edit(folder, "site_status.csv", "2026-02/..,ci-plant-2,as its director says", "2026-02/..,ci-plant-2,")
    assert judge().is_good
    edit(folder, "events.csv", "ev-order,contract,Order,,2025?", "ev-order,opening,Order,,2026-02-01")
    [problem] = judge().problems
    assert "begins with an opening" in problem.message


def test_no_source_says_what_came_after_it(folder: Path, judge: Any) -> None:
    edit(folder, "sources.csv", "so-paper,Paper,,,,", "so-paper,Paper,,,2026-02,")
    assert judge().is_good
    edit(folder, "sources.csv", "2026-02,", "2026-01-31,")
    [problem] = judge().problems
    assert told([problem]) == [("site_status.csv", 3, "date", "2026-02/..")]
    assert "was published (2026-01-31)" in problem.message


def test_no_event_comes_before_its_actors(folder: Path, judge: Any) -> None:
    edit(folder, "actors.csv", ",198X,", ",2025,")
    assert judge().is_good
    edit(folder, "actors.csv", ",2025,", ",2027,")
    [problem] = judge().problems
    assert told([problem]) == [("events.csv", 3, "date", "2025?")]
    assert "before ac-maker was founded (2027)" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("-7.12,locality,6000,hand", "-7.12,exact,6000,hand", "finer than pl-ben-slimane, which is locality"),
        ("-7.12,locality,6000,hand", "-7.12,locality,500,hand", "smaller radius than pl-ben-slimane"),
        ("at,Tel Aviv,", "at,near Tel Aviv,", "says only 'near Tel Aviv'"),
        ("at,Tel Aviv,", "at,west of Tel Aviv,", "says only 'west of Tel Aviv'"),
        ("at,Tel Aviv,", "at,Israel,", "names only the country"),
        ("33.5,-7,near,5000", "33.5,-7,near,500", "which the decimals printed do not carry"),
    ],
)
def test_no_place_is_finer_than_its_source(folder: Path, judge: Any, old: str, new: str, said: str) -> None:
    edit(folder, "locations.csv", old, new)
    [problem] = judge().problems
    assert (problem.file, problem.field) == ("locations.csv", "precision")
    assert said in problem.message


def test_an_actor_that_is_only_a_name_must_be_used(folder: Path, judge: Any) -> None:
    append(folder, "actors.csv", "ac-zero,Zero,,company,,,,")
    append(folder, "citations.csv", "ci-zero,ac-zero,,,so-paper,,,,supports,")
    assert told(judge().warnings) == [("actors.csv", 5, "id", "ac-zero")]
    edit(folder, "actors.csv", "ac-zero,Zero,,company,,,,", "ac-zero,Zero,,company,,,,Largest of all.")
    assert judge().warnings == ()


@pytest.fixture
def twins(folder: Path) -> Path:
    """A second yard, 3 km from the first."""
    append(folder, "sites.csv", "st-yard-2,Second yard,,shipyard,,,")
    append(folder, "site_status.csv", "ss-yard-2-1,st-yard-2,unknown,2024,ci-yard-2,")
    append(folder, "citations.csv", "ci-yard-2,st-yard-2,,,so-paper,,,,supports,")
    append(folder, "locations.csv", "lo-yard-2,st-yard-2,at,yard,,MA,33.627,-7.6,near,5000,hand,,By eye.")
    return folder


def decide(folder: Path, *lines: str) -> None:
    path = folder / DECISIONS_FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["records,reason", *lines, ""]))


def test_near_duplicates_wait_for_a_decision(twins: Path, judge: Any) -> None:
    [warning] = judge().warnings
    assert told([warning]) == [("sites.csv", 4, "id", "st-yard")]
    assert "may be the same as st-yard-2 (Second yard)" in warning.message
    decide(twins, "st-yard|st-yard-2,Two firms.")
    report = judge()
    assert report.is_good
    assert (report.warnings, report.near_duplicates) == ((), 1)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("sites.csv", "Second yard,,shipyard", "Second yard,,factory"),
        ("locations.csv", "33.627,-7.6,near", "33.7,-7.6,near"),
        ("locations.csv", "33.627,-7.6,near,5000", "33.627,-7.6,province,50000"),
        ("site_status.csv", "ss-yard-1,st-yard,unknown,,", "ss-yard-1,st-yard,closed,2001/..,"),
    ],
)
def test_another_kind_place_or_time_is_no_near_duplicate(
    twins: Path, judge: Any, file: str, old: str, new: str
) -> None:
    if "closed" in new:
        edit(twins, "site_status.csv", "unknown,2024,", "unknown,2024/..,")
    edit(twins, file, old, new)
    assert not [warning for warning in judge().warnings if "may be the same" in warning.message]


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        (["st-yard|st-gone,Two firms."], "records", "is no site or event"),
        (["st-yard|st-yard-2,"], "reason", "say why these are several"),
    ],
)
def test_a_bad_decision_is_a_problem(
    twins: Path, judge: Any, lines: list[str], field: str, said: str
) -> None:
    decide(twins, *lines)
    [problem] = judge().problems
    assert (problem.file, problem.row, problem.field) == (DECISIONS_FILE, 2, field)
    assert said in problem.message


def test_decisions_with_another_header_are_a_problem(twins: Path, judge: Any) -> None:
    (twins / DECISIONS_FILE).parent.mkdir()
    (twins / DECISIONS_FILE).write_text("id,why\n")
    [problem] = judge().problems
    assert "must begin with the line records,reason" in problem.message
