from pathlib import Path

import pyarrow as pa

from dashboard.bench.imports import import_measurements, measure_layer, measure_rival
from dashboard.bench.layer_rows import layer_batches
from dashboard.importers.rows import LAYER_ROWS
from dashboard.workflows.layers.frames import build_layer_frames


def test_synthetic_rows_are_rows_of_a_layer_and_equal_for_equal_seeds() -> None:
    rows = pa.Table.from_batches(layer_batches(250, 3, batch=100))
    assert rows.schema.equals(LAYER_ROWS)
    assert rows.equals(pa.Table.from_batches(layer_batches(250, 3, batch=100)))
    assert not rows.equals(pa.Table.from_batches(layer_batches(250, 4, batch=100)))
    assert len(build_layer_frames(rows, "v").records) == 250


def test_each_database_is_measured_with_its_rival() -> None:
    words = [one for one, _ in import_measurements(10)]
    assert words == ["SQLite, 10 rows", "SQLite by pandas, 10 rows"]
    assert len(import_measurements(10, server="postgresql://x", rivals=False)) == 2


def test_a_measurement_says_how_long_each_step_took(tmp_path: Path) -> None:
    found = measure_layer(f"sqlite:///{tmp_path / 'a.sqlite'}", 200, 0)
    assert list(found) == [
        "measured", "system", "rows", "store s", "store again s", "show s", "show on a grid s", "peak MB",
    ]  # fmt: skip
    assert found["peak MB"] > 0
    rival = measure_rival(f"sqlite:///{tmp_path / 'b.sqlite'}", 200, 0)
    assert (rival["system"], rival["rows"]) == ("pandas", 200)
