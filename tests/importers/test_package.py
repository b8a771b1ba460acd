import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.domain.records import TABLES
from dashboard.errors import PackageError
from dashboard.exports.package import package_texts, write_package
from dashboard.importers.package import (
    DESCRIPTOR,
    DataPackage,
    file_name,
    new_descriptor,
    read_package,
    row_lines,
    scan_package,
)

SMALL = Path(__file__).parent / "small"
FILES = [DESCRIPTOR, *map(file_name, TABLES)]


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    return Path(shutil.copytree(SMALL, tmp_path / "package"))


def edit(folder: Path, file: str, old: Any, new: Any) -> None:
    path = folder / file
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def problems_of(folder: Path) -> Any:
    package, problems = scan_package(folder)
    assert package is None
    assert all(str(problem) for problem in problems)
    return [(p.file, p.row, p.field, p.value) for p in problems]


def contents(folder: Path) -> Any:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_package_is_read_whole() -> None:
    package = read_package(SMALL)
    assert {name: len(rows) for name, rows in package.tables.items()} == {
        "sites": 2, "site_status": 3, "events": 2, "locations": 5, "actors": 3, "sources": 2, "citations": 9,
        "places": 2, "changes": 3,
    }  # fmt: skip
    assert package.tables["sites"][0].notes.endswith("one, two.\nSecond line.")
    assert package.metadata["resources"]
    assert len(package.version) == 16


def test_reading_and_writing_gives_the_same_bytes(tmp_path: Path) -> None:
    write_package(read_package(SMALL), tmp_path / "copy")
    assert contents(tmp_path / "copy") == contents(SMALL)


def test_the_version_is_that_of_the_content_and_not_of_its_form(folder: Path) -> None:
    before = read_package(SMALL).version
    lines = (folder / "actors.csv").read_bytes().splitlines(keepends=True)
    (folder / "actors.csv").write_bytes(b"\xef\xbb\xbf" + b"".join([lines[0], *reversed(lines[1:])]))
    edit(folder, "places.csv", b"34,-6.8", b"34.000,-6.80")
    (folder / "sources.csv").write_bytes((folder / "sources.csv").read_bytes().replace(b"\n", b"\r\n"))
    assert read_package(folder).version == before
    edit(folder, "places.csv", b"-6.80", b"-6.81")
    assert read_package(folder).version != before


def test_writing_puts_any_order_and_form_into_the_canonical_one(folder: Path, tmp_path: Path) -> None:
    lines = (folder / "actors.csv").read_text().splitlines(keepends=True)
    (folder / "actors.csv").write_text("".join([lines[0], *reversed(lines[1:])]), encoding="utf-8-sig")
    write_package(read_package(folder), tmp_path / "copy")
    assert contents(tmp_path / "copy") == contents(SMALL)


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert problems_of(folder) == [(file, None, "", "")]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("data", [b"", b"\n\n", b"  "])
def test_an_empty_file_is_named(folder: Path, file: str, data: Any) -> None:
    (folder / file).write_bytes(data)
    assert problems_of(folder) == [(file, None, "", "")]


@pytest.mark.parametrize("file", FILES)
def test_a_folder_in_place_of_a_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    (folder / file).mkdir()
    assert problems_of(folder) == [(file, None, "", "")]


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none") == [("none", None, "", str(tmp_path / "none"))]
    (tmp_path / "file").touch()
    assert problems_of(tmp_path / "file")


def test_the_line_of_a_wrong_byte_is_named(folder: Path) -> None:
    edit(folder, "actors.csv", b"ac-ministry,Ministry", b"ac-ministry,Minist\xe8re")
    [(file, row, field, value)] = problems_of(folder)
    assert (file, row, field) == ("actors.csv", 3, "")
    assert "Minist" in value


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf_16_is_refused(folder: Path, encoding: str) -> None:
    (folder / "actors.csv").write_text((SMALL / "actors.csv").read_text(), encoding=encoding)
    assert {file for file, *_ in problems_of(folder)} == {"actors.csv"}


def test_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    for name in FILES:
        (folder / name).write_bytes(b"\xef\xbb\xbf" + (SMALL / name).read_bytes())
    assert read_package(folder).tables == read_package(SMALL).tables


def test_rows_with_too_few_or_too_many_cells_are_named(folder: Path) -> None:
    edit(folder, "actors.csv", b"ac-ministry,Ministry,", b"ac-ministry,Ministry")
    edit(folder, "actors.csv", b"ac-state,Israel", b"ac-state,Israel,State of")
    assert [(f, r) for f, r, *_ in problems_of(folder)] == [("actors.csv", 3), ("actors.csv", 4)]


def test_an_empty_line_is_named(folder: Path) -> None:
    edit(folder, "actors.csv", b"\nac-state", b"\n\nac-state")
    assert problems_of(folder) == [("actors.csv", 4, "", "")]


def test_a_quote_that_is_never_closed_is_named_where_it_opens(folder: Path) -> None:
    edit(folder, "actors.csv", b"ac-ministry,Ministry", b'ac-ministry,"Ministry')
    assert problems_of(folder) == [("actors.csv", 3, "", "")]


def test_text_after_a_closing_quote_is_named(folder: Path) -> None:
    edit(folder, "actors.csv", b"ac-ministry,Ministry", b'ac-ministry,"Mini"stry')
    assert problems_of(folder)[0] == ("actors.csv", 3, "", "")


def test_a_cell_beyond_all_limits_is_named(folder: Path) -> None:
    edit(folder, "actors.csv", b"Ministry", b"x" * 200_000)
    assert problems_of(folder) == [("actors.csv", 3, "", "")]


def test_lines_are_counted_as_an_editor_does(folder: Path) -> None:
    edit(folder, "sites.csv", b",shipyard,", b",shipyards,")
    assert problems_of(folder) == [("sites.csv", 4, "kind", "shipyards")]
    assert row_lines(folder, "sites") == {"id": 1, "st-ben-slimane": 2, "st-yard": 4}


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        (b"id,name,names,kind,country,parent,founded", "lacks notes"),
        (b"id,name,names,kind,country,parent,founded,notes,color", "color"),
        (b"id,name,name,kind,country,parent,founded,notes", "twice"),
        (b"name,id,names,kind,country,parent,founded,notes", "another order"),
        (b"id;name;names;kind;country;parent;founded;notes", "semicolons"),
        (b"id\tname\tnames\tkind\tcountry\tparent\tfounded\tnotes", "tabs"),
        (b"Id,name,names,kind,country,parent,founded,notes", "lacks id"),
    ],
)
def test_a_wrong_header_is_told_with_the_right_one(folder: Path, header: bytes, hint: str) -> None:
    edit(folder, "actors.csv", b"id,name,names,kind,country,parent,founded,notes", header)
    _, problems = scan_package(folder)
    assert [(p.file, p.row) for p in problems] == [("actors.csv", 1)]
    assert hint in problems[0].message


def test_every_problem_of_every_file_is_told_at_once(folder: Path) -> None:
    edit(folder, "sites.csv", b",shipyard,", b",shipyards,")
    edit(folder, "locations.csv", b"32.08088", b"132.08088")
    edit(folder, "events.csv", b"2026-01-02~", b"2026-02-30")
    edit(folder, "citations.csv", b"ci-yard,st-yard", b"ci-yard,st-gone")
    found = problems_of(folder)
    assert found == [
        ("sites.csv", 4, "kind", "shipyards"),
        ("sites.csv", 4, "", "st-yard"),
        ("site_status.csv", 4, "citation_id", "ci-yard"),
        ("events.csv", 2, "date", "2026-02-30"),
        ("locations.csv", 2, "lat", "132.08088"),
        ("citations.csv", 11, "record_id", "st-gone"),
    ]
    with pytest.raises(PackageError) as caught:
        read_package(folder)
    assert len(caught.value.problems) == len(found)
    assert "nothing was changed" in str(caught.value)


def test_a_row_that_cannot_be_read_is_no_fault_of_those_that_refer_to_it(folder: Path) -> None:
    edit(folder, "sites.csv", b"uav", b"uav:")
    assert problems_of(folder) == [("sites.csv", 2, "products", "loitering_munition:SpyX|uav:")]
    edit(folder, "citations.csv", b"ci-yard,", b"ci-yard\x00,")
    assert [(f, r) for f, r, *_ in problems_of(folder)] == [
        ("sites.csv", 2),
        ("site_status.csv", 4),
        ("citations.csv", 11),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        "{",
        '{"resources": 5}',
        '{"resources": [5]}',
        '{"resources": []}',
        "[" * 100_000,
        '{"resources": ' + "9" * 5000 + "}",
    ],
)
def test_a_descriptor_that_is_none_is_named(folder: Path, text: str) -> None:
    (folder / DESCRIPTOR).write_text(text)
    assert {f for f, *_ in problems_of(folder)} == {DESCRIPTOR}


def test_a_descriptor_that_describes_other_columns_or_files_is_named(folder: Path) -> None:
    metadata = json.loads(new_descriptor())
    metadata["resources"][0]["schema"]["fields"].pop()
    metadata["resources"][1]["path"] = "../secret.csv"
    del metadata["resources"][2]["schema"]
    (folder / DESCRIPTOR).write_text(json.dumps(metadata))
    _, problems = scan_package(folder)
    assert [(p.field, p.value) for p in problems] == [
        ("resources", ""),
        ("resources", "sites.csv"),
        ("resources", "../secret.csv"),
    ]
    assert "site_status.csv" in problems[0].message


def test_the_plain_descriptor_describes_what_the_records_are() -> None:
    resources = {r["path"]: r for r in json.loads(new_descriptor("a", "B"))["resources"]}
    assert set(resources) == {file_name(table) for table in TABLES}
    types = {f["name"]: f["type"] for f in resources["locations.csv"]["schema"]["fields"]}
    assert (types["lat"], types["precision_m"], types["id"]) == ("number", "integer", "string")


@given(data=st.binary(max_size=200), at=st.integers(0, 2000), file=st.sampled_from(FILES))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150)
def test_no_bytes_make_a_traceback(folder: Path, data: Any, at: int, file: str) -> None:
    good = (SMALL / file).read_bytes()
    (folder / file).write_bytes(good[:at] + data + good[at:])
    package, problems = scan_package(folder)
    (folder / file).write_bytes(good)
    assert (package is None) == bool(problems)
    if package:
        assert package_texts(package)


def test_other_files_stay_where_a_package_is_written(folder: Path) -> None:
    (folder / "LICENSE.md").write_text("mine")
    write_package(read_package(SMALL), folder)
    assert sorted(contents(folder)) == sorted([*FILES, "LICENSE.md"])


def test_a_package_is_never_half_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(folder, "places.csv", b"The capital.", b"An older reason.")
    before = contents(folder)
    rename, count = Path.replace, iter(range(100))

    def failing(self: Path, target: Any) -> Any:
        if next(count) == 5:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(OSError, match="No space"):
        write_package(read_package(SMALL), folder)
    assert contents(folder) == before


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_fd: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="No space"):
        write_package(read_package(SMALL), tmp_path / "new")
    assert contents(tmp_path / "new") == {}


def test_a_record_that_cannot_be_written_stops_all(folder: Path) -> None:
    package = read_package(SMALL)
    sites = (replace(package.tables["sites"][0], names=("a|b",)), *package.tables["sites"][1:])
    bad = DataPackage({**package.tables, "sites": sites}, package.descriptor, package.version)
    before = contents(folder)
    with pytest.raises(PackageError) as caught:
        write_package(bad, folder)
    assert [(p.file, p.field) for p in caught.value.problems] == [("sites.csv", "names")]
    assert contents(folder) == before


def test_a_package_of_nothing_is_a_package(tmp_path: Path) -> None:
    write_package(DataPackage.of({}), tmp_path / "empty")
    assert scan_package(tmp_path / "empty")[1] == ()
