"""What differs between two states of the records, and nothing else, in every form."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.records import Change, Site
from dashboard.importers.package import read_package
from dashboard.workflows.versions.differences_between import (
    FieldDifference,
    count_words,
    differences_between,
    differences_csv,
    differences_json,
    differences_text,
)

SMALL = Path(__file__).parents[2] / "importers" / "small"


@pytest.fixture(scope="module")
def before() -> Any:
    return read_package(SMALL).tables


@pytest.fixture(scope="module")
def after(before: Any) -> Any:
    sites = (
        *(
            replace(row, name="=Dock\x1b[2J", notes="A\nB") if row.id == "st-yard" else row
            for row in before["sites"]
        ),
        Site(id="st-new", name="New", kind="factory"),
    )
    told = Change(record_id="st-yard", field="name", before="a", after="b", who="a", when="2026")
    locations = tuple(row for row in before["locations"] if row.id != "lo-order")
    return {**before, "sites": sites, "locations": locations, "changes": (*before["changes"], told)}


def test_each_row_that_differs_is_named_with_its_fields(before, after):
    new, yard, gone = differences_between(before, after)
    assert (new.kind, new.table, new.id, new.name) == ("added", "sites", "st-new", "New")
    assert new.fields == (
        FieldDifference("id", "", "st-new"),
        FieldDifference("name", "", "New"),
        FieldDifference("kind", "", "factory"),
    )
    assert (yard.kind, yard.id) == ("changed", "st-yard")
    assert [field.field for field in yard.fields] == ["name", "notes"]
    assert (gone.kind, gone.id, gone.belongs_to) == ("removed", "lo-order", "ev-order")
    assert FieldDifference("lat", "33.5", "") in gone.fields
    assert count_words((new, yard, gone)) == "1 added, 1 removed, 1 changed"


def test_the_other_way_round_what_was_added_is_removed(before, after):
    turned = {(one.kind, one.id) for one in differences_between(after, before)}
    assert turned == {("removed", "st-new"), ("changed", "st-yard"), ("added", "lo-order")}


def test_the_same_differs_in_nothing(before):
    again = read_package(SMALL).tables
    assert list(differences_between(before, again)) == []
    assert "".join(differences_json(())) == "[]\n"
    assert "".join(differences_text(())) == ""
    assert "".join(differences_csv(())).count("\r\n") == 1


def test_a_text_is_one_line_a_field_and_moves_no_cursor(before, after):
    text = "\n".join(differences_text(differences_between(before, after)))
    assert "~ sites st-yard  =Dock [2J\n    name: 'Yard' → '=Dock [2J'\n    notes: '' → 'A B'" in text
    assert "- locations lo-order of ev-order  33.5 N, 7 W\n    record_id: ev-order" in text
    assert "\x1b" not in text


def test_json_and_csv_hold_all_of_it(before, after):
    found = tuple(differences_between(before, after))
    told = json.loads("".join(differences_json(found)))
    assert [(one["kind"], one["id"], len(one["fields"])) for one in told] == [
        (one.kind, one.id, len(one.fields)) for one in found
    ]
    assert told[1]["fields"][1] == {"field": "notes", "before": "", "after": "A\nB"}
    rows = list(csv.DictReader(io.StringIO("".join(differences_csv(found)), newline="")))
    assert len(rows) == sum(len(one.fields) for one in found)
    (name,) = (row for row in rows if row["id"] == "st-yard" and row["field"] == "name")
    assert name["after"] == "'=Dock\x1b[2J"
