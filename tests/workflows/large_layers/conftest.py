"""A large layer of three thousand rows, in files of several stretches, runs and groups, and in a table."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import inspect

from dashboard.bench.layer_rows import layer_batches
from dashboard.store.database.engine import open_engine
from dashboard.store.layers.large import LargeLayer, list_large_layers
from dashboard.store.layers.layer import LayerAbout
from dashboard.workflows.large_layers import adding, dealing, partitions
from dashboard.workflows.large_layers.dealing import Workers

ABOUT = LayerAbout("clashes", "Clashes", "#AA3377", "CC BY 4.0", "Somebody (2026)")
HERE = Workers(count=1)
ROWS = 3_000
KINDS = ("incident", "exercise", "contract")


def _written(folder: Path, **changes: Any) -> Path:
    folder.mkdir()
    for number in range(3):
        rows = pa.Table.from_batches(layer_batches(ROWS // 3, first=number * ROWS // 3))
        kinds = pa.array([KINDS[at % len(KINDS)] for at in range(rows.num_rows)])
        rows = rows.set_column(rows.schema.get_field_index("kind"), rows.schema.field("kind"), kinds)
        for name, value in changes.items():
            column = pa.array([value, *rows.column(name).to_pylist()[1:]], rows.schema.field(name).type)
            rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
        pq.write_table(rows, folder / f"part-{number}.parquet")
    return folder


@pytest.fixture(scope="session")
def written() -> Callable[..., Path]:
    """Writes three partitions to a folder, with other values in the first row of each."""
    return _written


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three partitions, whose first rows have no point."""
    return _written(tmp_path_factory.mktemp("large") / "source", lat=None, lon=None)


@pytest.fixture(scope="session")
def made(source: Path, tmp_path_factory: pytest.TempPathFactory) -> LargeLayer:
    """The layer in files."""
    with pytest.MonkeyPatch.context() as patch:
        # Small enough that three thousand rows are several stretches, runs and groups.
        patch.setattr(dealing, "_ROWS_OF_STRETCH", 700)
        patch.setattr(partitions, "_RUN", 300)
        patch.setattr(partitions, "_GROUP", 50)
        patch.setattr(dealing, "ROWS_AT_ONCE", 100)
        return adding.put_large_layer(ABOUT, source, tmp_path_factory.mktemp("layers"), workers=HERE)


@pytest.fixture(scope="module")
def in_table(server: str, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The rows of the layer in a table of PostgreSQL, which goes with the layer."""
    engine = open_engine(server)
    folder = tmp_path_factory.mktemp("in-table")
    layer = adding.put_large_layer(ABOUT, source, folder, workers=HERE, engine=engine, into_table=True)
    assert {path.name for path in layer.files.iterdir()}.isdisjoint({"rows", "ids"})
    yield adding.rows_of_large(layer, engine)
    adding.remove_large_layer(layer, engine)
    assert list_large_layers(folder) == ()
    with engine.connect() as connection:
        assert not inspect(connection).has_table(layer.table)
    engine.dispose()


@pytest.fixture(params=["files", pytest.param("table", marks=pytest.mark.postgres)])
def rows(request: pytest.FixtureRequest, made: LargeLayer) -> Any:
    """The rows of the layer, wherever they lie."""
    if request.param == "files":
        return adding.rows_of_large(made)
    return request.getfixturevalue("in_table")
