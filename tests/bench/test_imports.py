from pathlib import Path

import pyarrow as pa
import pytest

from dashboard.bench.imports import import_measurements, measure_layer, measure_rival, measure_way
from dashboard.bench.large_layers import layer_measurements
from dashboard.bench.layer_rows import layer_batches
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.store import open_store
from dashboard.workflows.layers.frames import build_layer_frames


def test_synthetic_rows_are_rows_of_a_layer_and_equal_for_equal_seeds() -> None:
    rows = pa.Table.from_batches(layer_batches(250, 3, batch=100))
    assert rows.schema.equals(LAYER_ROWS)
    assert rows.equals(pa.Table.from_batches(layer_batches(250, 3, batch=100)))
    assert not rows.equals(pa.Table.from_batches(layer_batches(250, 4, batch=100)))
    assert len(build_layer_frames(rows, "v").records) == 250


def test_each_database_is_measured_with_its_rival() -> None:
    words = [one for one, _ in import_measurements(10)]
    assert words == ["SQLite, 10 rows", "SQLite, a file of 10 rows", "SQLite by pandas, 10 rows"]
    assert len(import_measurements(10, server="postgresql://x", rivals=False)) == 4


def test_a_measurement_says_how_long_each_step_took(tmp_path: Path) -> None:
    found = measure_layer(f"sqlite:///{tmp_path / 'a.sqlite'}", 200, 0)
    assert list(found) == [
        "measured", "system", "rows", "store s", "store again s", "show s", "show on a grid s", "peak MB",
    ]  # fmt: skip
    assert found["peak MB"] > 0
    rival = measure_rival(f"sqlite:///{tmp_path / 'b.sqlite'}", 200, 0)
    assert (rival["system"], rival["rows"]) == ("pandas", 200)


def test_the_whole_way_of_a_file_is_measured_step_by_step(tmp_path: Path) -> None:
    found = measure_way(f"sqlite:///{tmp_path / 'c.sqlite'}", 300, 0)
    steps = ("read", "map and check", "store", "frames", "payload", "all")
    assert all(f"{step} s" in found and f"{step} processor s" in found for step in steps)
    assert found["all processor s"] > found["frames processor s"] > 0
    store = open_store(f"sqlite:///{tmp_path / 'c.sqlite'}")
    (layer,) = store.layers.list()
    (batch,) = store.layers.rows(layer, ("country", "lat", "flags", "date"))
    store.close()
    assert (layer.rows, layer.about.preset) == (300, "ucdp_ged")
    # Points lie where their country says; none is flagged for it.
    assert not any("country" in flags for flags in batch.column("flags").to_pylist())
    assert all(batch.column("date").to_pylist())


@pytest.mark.soak
def test_large_layers_are_measured_from_partitions_to_windows(tmp_path: Path) -> None:
    made = layer_measurements(2_000, folder=tmp_path)
    assert [words for words, _ in made[:2]] == ["files: convert", "files: a town, all time"]
    assert len(made) == 1 + 6 + 4
    results = {words: measure() for words, measure in made if "province" in words or "convert" in words}
    counted = {
        results[f"{way}: a province, all time"]["records"] for way in ("files", "geopandas", "full scan")
    }
    assert len(counted) == 1
    assert results["files: convert"]["rows"] == 2_000
