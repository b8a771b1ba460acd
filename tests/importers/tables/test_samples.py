"""Real files of public datasets, where somebody has them: what their list says of them is what is read."""

import os
from pathlib import Path

import pytest

FOLDER = os.environ.get("ARSENAL_ATLAS_TEST_SAMPLES", "")
ROWS = {
    "mme/mme_v7_sample.csv": 340,
    "troopdata/basedata.csv": 414,
    "ucdp_ged/ged_v23_1_caf_first200.geojson": 200,
    "ucdp_ged/ged_v23_1_caf_first200.csv": 200,
    "gdelt/gdelt2_events_first1000.csv": 1_000,
    "gdelt/GDELT_2.0_Events_Column_Labels.csv": 61,
    "sipri/trade_register_morocco_israel.csv": 565,
    "sipri/TIV-Export-ISR-1950-2021.csv": 97,
    "sipri/tiv_pairs_israel_morocco.csv": 895,
    "geonuclear/nuclear_power_plants.csv": 804,
    "mirta/mirta_first120.json": 120,
    "oryx/event_abandoned_first200.csv": 200,
    "oryx/daily_count_first200.csv": 200,
    "ourairports/countries.csv": 249,
    "ourairports/regions.csv": 3_987,
    "messydates/battles_2001_messy_dates.csv": 20,
    "arms_library/derby-missile.json": 1,
    "arms_library/dolphin-class-submarine.json": 3,
}


@pytest.mark.samples
@pytest.mark.parametrize(("name", "count"), ROWS.items())
def test_a_dataset_has_the_rows_that_its_list_says(reader, name, count):
    table, rows = reader.rows(Path(FOLDER) / name)
    assert len(rows) == count
    assert not [one for one in table.problems if one.severity == "refused"]
