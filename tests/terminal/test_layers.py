"""``arsenal-atlas layers``: a folder of partitions becomes a layer of the map, and goes again."""

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from dashboard.bench.layer_rows import layer_batches
from dashboard.runtime import runtime
from dashboard.settings import load_settings
from dashboard.store.layers.large import ABOUT
from dashboard.workflows.access.audience import EXACT


def test_a_folder_becomes_a_layer_is_listed_and_removed(atlas, tmp_path):
    (tmp_path / "events").mkdir()
    pq.write_table(pa.Table.from_batches(layer_batches(200)), tmp_path / "events" / "a.parquet")
    added = atlas("layers", "add-folder", "events", "--title", "My events", "--licence", "CC BY 4.0")
    assert added.returncode == 0, added.stderr
    assert "Layer events: 200 rows" in added.stdout
    load_settings.cache_clear()
    (layer,) = runtime().view(EXACT).large_layers
    assert (layer.layer, layer.title, layer.licence) == ("data:events", "My events", "CC BY 4.0")
    assert "My events" in atlas("layers", "list").stdout
    wanted = ("--output", str(tmp_path / "out.csv"), "--link", "/?country=SY&from=2000", "--limit", "3")
    written = atlas("layers", "export", "events", *wanted)
    assert written.returncode == 0, written.stderr
    assert "3 rows; there are more" in written.stderr
    rows = csv.read_csv(tmp_path / "out.csv")
    assert set(rows.column("country").to_pylist()) == {"SY"}
    beside = (tmp_path / "out.csv.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in beside
    assert "stopped at 3 rows" in beside
    asked = atlas(
        "layers", "export", "events", "-o", str(tmp_path / "q.csv"), "--link", "q=village?&country=SY"
    )
    assert asked.returncode == 0, asked.stderr
    assert "Asked for: country=SY&q=village" in (tmp_path / "q.csv.txt").read_text(encoding="utf-8")
    nothing = atlas("layers", "export", "events", "-o", str(tmp_path / "n.csv"), "--link", "contested=true")
    assert "No record of a large layer has a source that contradicts it" in nothing.stderr
    # Of another release: it stops neither backups nor the others.
    (load_settings().large_layers_path / "older").mkdir()
    (load_settings().large_layers_path / "older" / "layer.json").write_text('{"format": 1}', encoding="utf-8")
    backup = atlas("db", "backup")
    assert backup.returncode == 0, backup.stderr
    assert "Not within: the large layer events (200 rows in files)" in backup.stderr
    assert atlas("layers", "remove", "events").returncode == 0
    gone = atlas("layers", "remove", "events")
    assert (gone.returncode, "layers list" in gone.stderr) == (1, True)


def test_lists_that_are_missing_or_damaged_are_found_and_built(atlas, tmp_path):
    (tmp_path / "events").mkdir()
    pq.write_table(pa.Table.from_batches(layer_batches(200)), tmp_path / "events" / "a.parquet")
    assert atlas("layers", "add-folder", "events").returncode == 0
    assert atlas("layers", "check").stdout == "events: sound\n"
    load_settings.cache_clear()
    (words,) = load_settings().large_layers_path.glob("events/*/words/*")
    words.write_bytes(words.read_bytes()[:-9])
    checked = atlas("layers", "check", "events")
    assert checked.returncode == 1
    assert f"words/{words.name} is damaged or gone: run `arsenal-atlas layers lists events`" in checked.stdout
    built = atlas("layers", "lists", "events")
    assert (built.returncode, built.stdout) == (0, "Lists of the layer events: 1 file built.\n"), built.stderr
    assert atlas("layers", "check").returncode == 0
    assert "nothing was missing" in atlas("layers", "lists", "events").stdout
    (rows,) = load_settings().large_layers_path.glob("events/*/rows/*")
    rows.write_bytes(b"")
    assert "add the layer again" in atlas("layers", "check", "events").stdout
    # One that cannot even be listed keeps no other from being looked at.
    (load_settings().large_layers_path / "alas").mkdir()
    (load_settings().large_layers_path / "alas" / ABOUT).write_text("{", encoding="utf-8")
    both = atlas("layers", "check")
    assert (both.returncode, "events: " in both.stdout, "alas" in both.stderr) == (1, True, True)


def test_a_folder_without_partitions_is_one_sentence(atlas, tmp_path):
    (tmp_path / "empty").mkdir()
    refused = atlas("layers", "add-folder", "empty")
    assert refused.returncode == 1
    assert "*.parquet" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_what_a_stopped_run_left_is_removed_by_the_name_of_its_layer(atlas, tmp_path):
    half = load_settings().large_layers_path / ".events"
    half.mkdir(parents=True)
    removed = atlas("layers", "remove", "events")
    assert (removed.returncode, half.exists()) == (0, False)
    assert "what was left of events" in removed.stderr
    assert atlas("layers", "remove", "../events").returncode == 1
