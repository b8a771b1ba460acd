"""Real files of public datasets, where somebody has them: known, with the counts and faults of their list."""

import os
from pathlib import Path

import pytest

from dashboard.confinement import Confinement
from dashboard.geocoding.countries import read_country_shapes
from dashboard.importers.checks import Checker, Findings
from dashboard.importers.mapping import apply, guess
from dashboard.importers.presets import recognise
from dashboard.importers.tables import read_table

SAMPLES = Path(os.environ.get("ARSENAL_ATLAS_TEST_SAMPLES", ""))
# Preset, rows, rows without a point, problems of rows, rows by kind of fault.
KNOWN: dict[str, tuple[str, int, int, int, dict[str, int]]] = {
    "mme/mme_v7_sample.csv": (
        "multinational_exercises", 340, 14, 3,
        {"country_contradicted": 1, "crowded_point": 1, "ends_before_start": 3},
    ),
    "troopdata/basedata.csv": ("us_bases", 414, 7, 5, {"country_point": 2, "duplicate_id": 1}),
    "ucdp_ged/ged_v23_1_caf_first200.csv": ("ucdp_ged", 200, 0, 0, {"crowded_point": 1}),
    "ucdp_ged/ged_v23_1_caf_first200.geojson": ("ucdp_ged", 200, 0, 0, {"crowded_point": 1}),
    "gdelt/gdelt2_events_first1000.csv": (
        "gdelt_events", 1_000, 18, 4,
        {"country_contradicted": 1, "country_point": 12, "crowded_point": 4, "long_before": 4},
    ),
    "sipri/trade_register_morocco_israel.csv": ("sipri_register", 565, 565, 3, {"duplicate_id": 3}),
    "sipri/tiv_pairs_israel_morocco.csv": ("sipri_tiv_pairs", 895, 0, 5, {}),
    "sipri/TIV-Export-ISR-1950-2021.csv": ("sipri_tiv", 97, 97, 0, {}),
    "geonuclear/nuclear_power_plants.csv": ("geonuclear", 804, 45, 0, {}),
    "mirta/mirta_first120.json": ("mirta", 120, 0, 0, {}),
    "oryx/event_abandoned_first200.csv": ("oryx", 200, 200, 0, {}),
    "oryx/daily_count_first200.csv": ("oryx_counts", 200, 200, 0, {}),
    "arms_library/derby-missile.json": ("arms_library", 1, 1, 0, {}),
    "arms_library/dolphin-class-submarine.json": ("arms_library", 3, 0, 0, {}),
    "arms_library/elm2080-greenpine.json": ("arms_library", 1, 0, 0, {}),
    "arms_library/joint_light_tactical_vehicle.json": ("arms_library", 2, 0, 0, {}),
    # No dataset of the field: the mapping that is guessed reads them.
    "messydates/battles_2001_messy_dates.csv": ("", 20, 20, 0, {}),
    "ourairports/countries.csv": ("", 249, 249, 2, {}),
    "ourairports/regions.csv": ("", 3_987, 3_987, 2, {}),
}  # fmt: skip


def imported(confinement: Confinement, file: str) -> tuple[str, list[dict[str, object]], int, Findings]:
    """Read a sample, carry out its preset or the guess, and look for faults."""
    table = read_table(SAMPLES / file, file, confinement=confinement)
    preset = recognise(table)
    mapping = preset.mapping if preset else guess(table).mapping
    assert mapping is not None
    batches = list(apply(table, mapping))
    checker = Checker(read_country_shapes().shapes)
    rows = [row for batch in batches for row in checker.take(batch.rows).to_pylist()]
    problems = sum(len(batch.problems) for batch in batches)
    return preset.code if preset else "", rows, problems, checker.findings()


@pytest.mark.samples
@pytest.mark.parametrize("file", KNOWN)
def test_a_dataset_gives_the_rows_and_faults_that_its_list_says(confinement, file) -> None:
    code, rows, problems, found = imported(confinement, file)
    unplaced = sum(row["lat"] is None for row in rows)
    assert (code, len(rows), unplaced, problems, dict(found.counts)) == KNOWN[file]


@pytest.mark.samples
def test_the_exercise_in_morocco_with_a_point_in_syria_is_found(confinement) -> None:
    *_, found = imported(confinement, "mme/mme_v7_sample.csv")
    (finding,) = (one for one in found.findings if one.code == "country_contradicted")
    assert "African Lion 07: the row says Morocco, the point lies in Syria" in finding.detail


@pytest.mark.samples
def test_every_code_of_precision_of_ucdp_is_kept_beside_ours(confinement) -> None:
    _, rows, *_ = imported(confinement, "ucdp_ged/ged_v23_1_caf_first200.csv")
    assert {(row["original_precision"], row["precision"]) for row in rows} == {
        ("1", "exact"), ("2", "near"), ("3", "district"), ("4", "province"), ("5", "area"), ("6", "country"),
    }  # fmt: skip
