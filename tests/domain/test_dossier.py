from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.cells import RowError
from dashboard.domain.dossier import Dossier, dossiers
from dashboard.domain.records import Source
from dashboard.errors import DossierError
from dashboard.importers.package import read_package

PACKAGE = read_package(Path(__file__).parents[1] / "importers" / "small")
FOUND = dossiers(PACKAGE.tables)
PLANT = FOUND["st-ben-slimane"]


def test_every_record_has_a_dossier_with_all_that_is_its_own() -> None:
    facts = {row.id for name in ("sites", "events", "actors") for row in PACKAGE.tables[name]}
    assert set(FOUND) == facts
    assert [row.id for row in PLANT.locations] == ["lo-plant"]
    assert [row.id for row in PLANT.statuses] == ["ss-ben-slimane-1", "ss-ben-slimane-2"]
    assert [row.id for row in PLANT.citations] == ["ci-plant-1", "ci-plant-2"]
    assert [row.id for row in PLANT.sources] == ["so-agency", "so-paper"]
    for name in ("locations", "site_status", "citations"):
        rows = [row for dossier in FOUND.values() for row in dossier.tables()[name]]
        assert sorted(rows, key=lambda row: row.id) == list(PACKAGE.tables[name])


@pytest.mark.parametrize("record_id", sorted(FOUND))
def test_a_dossier_reads_back_as_it_was_written(record_id: str) -> None:
    dossier = FOUND[record_id]
    assert Dossier.from_json(dossier.to_json()) == dossier
    assert not dossier.faults()
    assert dossier.id == record_id
    assert dossier.name


def test_the_order_of_rows_does_not_count() -> None:
    turned = Dossier(
        PLANT.record, PLANT.locations, PLANT.statuses[::-1], PLANT.citations[::-1], PLANT.sources
    )
    assert turned == PLANT
    assert turned.to_json() == PLANT.to_json()


def test_a_citation_of_a_status_or_a_place_belongs_to_its_record() -> None:
    (citation,) = (row for row in PLANT.citations if row.id == "ci-plant-2")
    for owner in ("ss-ben-slimane-2", "lo-plant"):
        tables = {**PACKAGE.tables, "citations": (replace(citation, record_id=owner),)}
        assert [row.id for row in dossiers(tables)["st-ben-slimane"].citations] == ["ci-plant-2"]


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("locations", {"record_id": "st-yard"}, "lo-plant is a place of st-yard"),
        ("statuses", {"site_id": "st-yard"}, "ss-ben-slimane-1 is a status of st-yard"),
        ("citations", {"record_id": "st-yard"}, "ci-plant-1 speaks of st-yard"),
    ],
)
def test_rows_of_others_are_found(part: str, change: Any, words: str) -> None:
    first, *others = getattr(PLANT, part)
    wrong = replace(PLANT, **{part: (replace(first, **change), *others)})
    assert any(words in fault for fault in wrong.faults())


def test_rows_that_stand_twice_and_sources_that_nothing_names_are_found() -> None:
    other = Source(id="so-other", publisher="Other", kind="newspaper")
    wrong = replace(PLANT, locations=PLANT.locations * 2, sources=(*PLANT.sources, other))
    assert wrong.faults() == ("lo-plant stands twice in locations", "so-other is named by no citation")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sites": {}}', '{"towns": []}', '{"actors": [1]}', "1"])
def test_what_is_no_dossier_is_refused(text: str) -> None:
    with pytest.raises(DossierError):
        Dossier.from_json(text)


def test_two_records_are_no_dossier() -> None:
    both = '{"sites":[' + PLANT.to_json().split("[")[1].split("]")[0] + "]}"
    assert Dossier.from_json(both).record == PLANT.record
    with pytest.raises(DossierError, match="one site"):
        Dossier.from_json(
            both.replace(
                "[{",
                '[{"id":"st-a","name":"A","names":"","kind":"x","products":"","operators":"","notes":""},{',
            )
        )


def test_a_row_that_cannot_be_kept_is_named() -> None:
    with pytest.raises(RowError, match="notes"):
        replace(PLANT, record=replace(PLANT.record, notes="\0")).to_json()  # type: ignore[arg-type]
    with pytest.raises(RowError, match="lat"):
        Dossier.from_json(PLANT.to_json().replace("33.61", "951"))
