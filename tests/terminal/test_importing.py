"""``arsenal-atlas import``: from a table of somebody's to a layer on the map."""

import csv

from dashboard.runtime import runtime
from dashboard.settings import load_settings
from dashboard.workflows.access.audience import EXACT

TABLE = """name,place,country,date
Drone works,Ben Slimane,Morocco,2024-05
Old yard,Nowhere at all,Morocco,1999
Test range,Tel Aviv,Israel,2019-02-30
Depot,Rabat,Morocco,March 2020
"""


def test_a_table_is_looked_at_imported_and_not_imported_twice(atlas, tmp_path, gazetteer_file):
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    where = {"ARSENAL_ATLAS_GAZETTEER": str(gazetteer_file)}
    tried = atlas("import", "mine.csv", "--dry-run", "--problems", "p.csv", **where)
    assert tried.returncode == 0, tried.stderr
    with (tmp_path / "p.csv").open(encoding="utf-8") as file:
        problems = {(row["row"], row["severity"]): row for row in csv.DictReader(file)}
    assert problems["4", "refused"]["value"] == "2019-02-30"
    assert problems["3", "warning"]["value"] == "Nowhere at all"
    assert "layer" not in tried.stdout.lower()
    first = atlas("import", "mine.csv", "--title", "My sites", **where)
    assert "3 records added" in first.stdout
    again = atlas("import", "mine.csv", **where)
    assert "0 records added, 0 changed, 3 unchanged, 0 removed" in again.stdout
    load_settings.cache_clear()
    layer = next(one for one in runtime().view(EXACT).datasets if one.layer.endswith("mine"))
    assert sorted(layer.frames.records["name"]) == ["Depot", "Drone works", "Old yard"]
    dates = dict(zip(layer.frames.records["name"], layer.frames.records["date"], strict=True))
    assert dates["Depot"] == "2020-03"
    placed = layer.frames.records.set_index("name")["placed"]
    assert placed.to_dict() == {"Depot": True, "Drone works": True, "Old yard": False}


def test_what_a_table_does_not_say_is_asked_and_answered_in_a_mapping(atlas, tmp_path, gazetteer_file):
    (tmp_path / "mine.csv").write_text("name,date\nA,03/04/2021\nB,05/06/2022\n", encoding="utf-8")
    where = {"ARSENAL_ATLAS_GAZETTEER": str(gazetteer_file)}
    asked = atlas("import", "mine.csv", **where)
    assert asked.returncode == 1
    assert "date.order" in asked.stderr
    assert atlas("import", "mine.csv", "--save-mapping", "m.yaml", **where).returncode == 0
    mapping = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    (tmp_path / "m.yaml").write_text(
        mapping.replace("date:", "date:\n  order: day month", 1), encoding="utf-8"
    )
    done = atlas("import", "mine.csv", "--mapping", "m.yaml", "--dry-run", **where)
    assert done.returncode == 0, done.stderr
    assert "│    2 │" in done.stdout


def test_a_dataset_without_places_and_a_file_that_is_none_are_refused(atlas, tmp_path):
    (tmp_path / "mine.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    unknown = atlas("import", "mine.csv", "--preset", "mme-2099")
    assert unknown.returncode == 1
    assert "ucdp_ged" in unknown.stderr
    missing = atlas("import", "nothing.csv")
    assert missing.returncode == 1
    assert "nothing.csv" in missing.stderr
