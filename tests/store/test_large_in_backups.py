"""A backup says what of large layers it lacks, and what a restore then misses is told by name."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import create_engine, inspect, text

from dashboard.bench.layer_rows import layer_batches
from dashboard.store.backups.backup import back_up, backups_in, restore
from dashboard.store.backups.outside import missing_layers
from dashboard.store.layers.in_table import half_of, table_of
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.large_layers.adding import put_large_layer, remove_large_layer
from dashboard.workflows.large_layers.dealing import Workers


def test_rows_of_large_layers_are_named_as_not_within_and_missed_after_a_restore(
    store: Store, filled: Any, url: str, elsewhere: str, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    pq.write_table(pa.Table.from_batches(layer_batches(60)), tmp_path / "in" / "part.parquet")
    about = LayerAbout("clashes", "Clashes", "#AA3377", "CC BY 4.0", "Somebody (2026)")
    in_table = store.engine.dialect.name == "postgresql"
    layers = tmp_path / "layers"
    layer = put_large_layer(
        about, tmp_path / "in", layers, workers=Workers(count=1), engine=store.engine, into_table=in_table
    )
    # Another one is being filled.
    half = half_of(table_of("other-one", "0123456789abcdef", "a1b2c3d4e5f6"))
    if in_table:
        with store.engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE {half} (key bigint)"))
    made = back_up(
        store, tmp_path / "backups", Operation.new("ana", "back up", "database", ""), large=[layer]
    )
    assert layer.table not in made.manifest.tables
    assert half not in made.manifest.tables
    (told,) = backups_in(tmp_path / "backups")[0].large_layers
    assert (told.id, told.licence, told.citation, told.rows) == (
        "clashes",
        "CC BY 4.0",
        "Somebody (2026)",
        60,
    )
    assert told.words == f"clashes (60 rows {'in the table ' + layer.table if in_table else 'in files'})"

    manifest = restore(made.file, elsewhere)
    assert manifest.large_layers == (told,)
    assert missing_layers(manifest.large_layers, layers, url) == ()
    restored = create_engine(elsewhere)
    with restored.connect() as connection:
        assert not [name for name in inspect(connection).get_table_names() if name.startswith("large_")]
    restored.dispose()
    # Its files are beside the server still, its table is in the old database.
    assert missing_layers(manifest.large_layers, layers, elsewhere) == ((told,) if in_table else ())
    other = put_large_layer(about, tmp_path / "in", tmp_path / "others", workers=Workers(count=1))
    shutil.rmtree(other.files)
    assert missing_layers(manifest.large_layers, tmp_path / "others", url) == (told,)
    assert missing_layers(manifest.large_layers, tmp_path / "nothing", url) == (told,)
    remove_large_layer(layer, store.engine)
