"""``arsenal-atlas layers``: a folder of partitions becomes a layer of the map, and goes again."""

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.bench.layer_rows import layer_batches
from dashboard.runtime import runtime
from dashboard.settings import load_settings
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
    assert atlas("layers", "remove", "events").returncode == 0
    gone = atlas("layers", "remove", "events")
    assert (gone.returncode, "layers list" in gone.stderr) == (1, True)


def test_a_folder_without_partitions_is_one_sentence(atlas, tmp_path):
    (tmp_path / "empty").mkdir()
    refused = atlas("layers", "add-folder", "empty")
    assert refused.returncode == 1
    assert "*.parquet" in refused.stderr
    assert "Traceback" not in refused.stderr
