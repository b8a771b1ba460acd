from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.records import ActorRole, Change, Product
from dashboard.domain.validation import validate
from dashboard.importers.package import read_package

SMALL = Path(__file__).parents[1] / "importers" / "small"


@pytest.fixture(scope="module")
def tables() -> Any:
    return read_package(SMALL).tables


def changed(tables: Any, table: str, key: Any, **values: Any) -> Any:
    rows = [replace(r, **values) if r.id == key else r for r in tables[table]]
    return {**tables, table: rows}


def faults(tables: Any) -> Any:
    return [(f.table, f.record_id, f.field, f.value) for f in validate(tables)]


def without(tables: Any, table: str, record_id: str) -> Any:
    return {**tables, table: [r for r in tables[table] if r.id != record_id]}


def test_a_good_package_has_no_faults(tables: Any) -> None:
    assert validate(tables) == []
    assert validate({}) == []


@pytest.mark.parametrize(
    ("table", "record_id", "values", "field", "value"),
    [
        ("sites", "st-yard", {"kind": "shipyards"}, "kind", "shipyards"),
        ("sites", "st-yard", {"name": ""}, "name", ""),
        ("sites", "st-yard", {"operators": ("ac-nobody",)}, "operators", "ac-nobody"),
        ("sites", "st-yard", {"operators": ("ac-maker", "ac-maker")}, "operators", "ac-maker"),
        ("sites", "st-yard", {"products": (Product("boat"),)}, "products", "boat"),
        ("site_status", "ss-yard-1", {"site_id": "st-none"}, "site_id", "st-none"),
        ("site_status", "ss-yard-1", {"citation_id": "ci-none"}, "citation_id", "ci-none"),
        ("site_status", "ss-yard-1", {"citation_id": ""}, "citation_id", ""),
        ("site_status", "ss-yard-1", {"citation_id": "ci-plant-1"}, "citation_id", "ci-plant-1"),
        ("site_status", "ss-yard-1", {"status": "open"}, "status", "open"),
        ("events", "ev-order", {"sites": ("st-none",)}, "sites", "st-none"),
        ("events", "ev-order", {"related": ("ev-none",)}, "related", "ev-none"),
        ("events", "ev-order", {"related": ("ev-order",)}, "related", "ev-order"),
        ("events", "ev-order", {"actors": (ActorRole("ac-none", "host"),)}, "actors", "ac-none"),
        ("events", "ev-order", {"actors": (ActorRole("ac-maker", "boss"),)}, "actors", "boss"),
        ("events", "ev-order", {"actors": (ActorRole("ac-maker", "host"),) * 2}, "actors", "ac-maker:host"),
        ("events", "ev-order", {"status": "maybe"}, "status", "maybe"),
        ("actors", "ac-state", {"parent": ("ac-none",)}, "parent", "ac-none"),
        ("actors", "ac-state", {"country": "ISR"}, "country", "ISR"),
        ("actors", "ac-state", {"country": "il"}, "country", "il"),
        ("actors", "ac-state", {"country": "UK"}, "country", "UK"),
        ("sources", "so-agency", {"url": "javascript:alert(1)"}, "url", "javascript:alert(1)"),
        ("sources", "so-agency", {"url": "example.org/a"}, "url", "example.org/a"),
        ("sources", "so-agency", {"url": "https://"}, "url", "https://"),
        ("sources", "so-agency", {"url": "https://[::1"}, "url", "https://[::1"),
        ("sources", "so-agency", {"url": "https://a.org:x/"}, "url", "https://a.org:x/"),
        ("sources", "so-agency", {"url": "https://u:p@a.org/"}, "url", "https://u:p@a.org/"),
        ("sources", "so-agency", {"url": 'https://a.org/"x'}, "url", 'https://a.org/"x'),
        ("sources", "so-agency", {"archived_at": "ftp://a.org/"}, "archived_at", "ftp://a.org/"),
        ("sources", "so-agency", {"language": "fra"}, "language", "fra"),
        ("sources", "so-agency", {"language": "FR"}, "language", "FR"),
        ("sources", "so-agency", {"publisher": ""}, "publisher", ""),
        ("citations", "ci-yard", {"source_id": "so-none"}, "source_id", "so-none"),
        ("citations", "ci-order", {"confidence": "sure"}, "confidence", "sure"),
        ("citations", "ci-order", {"field": "colour"}, "field", "colour"),
        ("citations", "ci-meeting-no", {"field": ""}, "field", ""),
        ("citations", "ci-meeting-no", {"value_as_stated": ""}, "value_as_stated", ""),
        ("locations", "lo-plant", {"record_id": "ss-yard-1"}, "record_id", "ss-yard-1"),
        ("locations", "lo-plant", {"role": "in"}, "role", "in"),
        ("locations", "lo-plant", {"place_as_written": ""}, "place_as_written", ""),
        ("locations", "lo-plant", {"precision_m": None}, "precision_m", ""),
        ("locations", "lo-plant", {"precision": "none"}, "precision", "none"),
        ("locations", "lo-plant", {"lat": 33.7}, "place_id", "pl-ben-slimane"),
        ("locations", "lo-plant", {"place_id": "pl-none"}, "place_id", "pl-none"),
        ("locations", "lo-plant", {"place_id": ""}, "reason", ""),
        ("locations", "lo-yard", {"reason": ""}, "reason", ""),
        ("locations", "lo-meeting", {"place_id": "293397"}, "place_id", "293397"),
        ("locations", "lo-meeting", {"place_id": ""}, "place_id", ""),
        ("locations", "lo-meeting", {"precision": "exact"}, "precision", "exact"),
        ("locations", "lo-meeting", {"lon": None}, "lon", ""),
        ("locations", "lo-meeting", {"lat": 0.0, "lon": 0.0}, "lat", "0"),
        ("locations", "lo-order", {"place_id": "pl-rabat"}, "place_id", "pl-rabat"),
        ("locations", "lo-meeting-about", {"lat": 1.0}, "lat", "1.0"),
        ("locations", "lo-meeting-about", {"precision_m": 5}, "precision_m", "5"),
        ("locations", "lo-meeting-about", {"precision": "country"}, "precision", "country"),
        ("locations", "lo-meeting-about", {"place_id": "pl-rabat"}, "place_id", "pl-rabat"),
        ("locations", "lo-meeting-about", {"method": "guess"}, "method", "guess"),
        ("places", "pl-rabat", {"lat": None}, "lat", ""),
        ("places", "pl-rabat", {"reason": ""}, "reason", ""),
        ("places", "pl-rabat", {"source_id": "so-none"}, "source_id", "so-none"),
        ("places", "pl-rabat", {"precision": "sharp"}, "precision", "sharp"),
    ],
)
def test_each_fault_names_its_record_field_and_value(
    tables: Any, table: str, record_id: str, values: Any, *, field: str, value: Any
) -> None:
    assert (table, record_id, field, value) in faults(changed(tables, table, record_id, **values))


@pytest.mark.parametrize(
    "bad", ["yard", "st-", "ST-yard", "st-Yard", "st-yard-", "st--yard", "ev-x", "st yard", ""]
)
def test_ids_keep_to_their_pattern(tables: Any, bad: str) -> None:
    assert ("sites", bad, "id", bad) in faults(changed(tables, "sites", "st-yard", id=bad))


def test_an_id_stands_once(tables: Any) -> None:
    twice = {**tables, "places": [*tables["places"], tables["places"][0]]}
    assert [(f.index, f.field) for f in validate(twice)] == [(2, "id")]


@pytest.mark.parametrize(
    ("record_id", "citation_id", "table"),
    [
        ("st-yard", "ci-yard", "sites"),
        ("ev-order", "ci-order", "events"),
        ("ac-state", "ci-state", "actors"),
    ],
)
def test_every_fact_has_a_supporting_citation(
    tables: Any, record_id: str, citation_id: str, table: str
) -> None:
    bare = without(tables, "citations", citation_id)
    assert (table, record_id, "", record_id) in faults(bare)
    denied = changed(
        tables, "citations", citation_id, stance="contradicts", field="kind", value_as_stated="other"
    )
    assert (table, record_id, "", record_id) in faults(denied)


def test_an_actor_is_never_its_own_parent_not_even_through_others(tables: Any) -> None:
    ring = changed(tables, "actors", "ac-state", parent=("ac-maker",))
    assert {f.record_id for f in validate(ring) if f.field == "parent"} == {
        "ac-maker", "ac-ministry", "ac-state",
    }  # fmt: skip


def test_an_unknown_code_comes_with_the_nearest(tables: Any) -> None:
    [finding] = validate(changed(tables, "sites", "st-yard", kind="shipyards"))
    assert "did you mean 'shipyard'" in finding.message


def test_kosovo_has_a_code(tables: Any) -> None:
    assert validate(changed(tables, "actors", "ac-state", country="XK")) == []


def test_a_citation_may_speak_of_the_place_or_status_of_its_record(tables: Any) -> None:
    for field in ("status", "lat", "country", "name"):
        assert validate(changed(tables, "citations", "ci-yard", field=field)) == []


def test_a_hand_point_may_leave_its_place_with_a_reason(tables: Any) -> None:
    assert validate(changed(tables, "locations", "lo-plant", lat=33.7, reason="the north gate")) == []


def test_web_addresses_may_be_long_and_foreign(tables: Any) -> None:
    for url in ("http://a.org", "https://a.org:8443/%D8%A8?q=1&r=(2)#x", "https://пример.рф/путь@x|y"):
        assert validate(changed(tables, "sources", "so-agency", url=url)) == []


def test_rows_that_cannot_be_read_still_count_as_there(tables: Any) -> None:
    assert validate(without(tables, "sites", "st-yard"), {"sites": {"st-yard"}}) == []
    assert validate(without(tables, "places", "pl-ben-slimane"), {"places": {"pl-ben-slimane"}}) == []
    assert validate({**tables, "citations": ()}, {"citations": {c.id for c in tables["citations"]}}) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"record_id": "yard"}, "record_id"),
        ({"record_id": ""}, "record_id"),
        ({"record_id": "xx-yard"}, "record_id"),
        ({"field": "colour"}, "field"),
        ({"field": ""}, "field"),
        ({"who": ""}, "who"),
        ({"when": ""}, "when"),
        ({"when": "yesterday"}, "when"),
        ({"when": "2026-01-31 09:30"}, "when"),
    ],
)
def test_a_change_names_its_record_field_person_and_time(tables: Any, values: Any, field: str) -> None:
    change = Change(record_id="st-gone", field="name", who="editor", when="2026-01-31T09:30:00Z")
    assert validate({"changes": [change]}) == []
    assert field in {f.field for f in validate({"changes": [replace(change, **values)]})}


def test_faults_are_told_in_table_and_row_order(tables: Any) -> None:
    bad = changed(changed(tables, "sources", "so-paper", kind=""), "sites", "st-yard", name="")
    bad = changed(bad, "sites", "st-ben-slimane", kind="")
    assert [(f.table, f.index) for f in validate(bad)] == [("sites", 0), ("sites", 1), ("sources", 1)]
