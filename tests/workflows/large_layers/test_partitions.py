from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dashboard.bench.layer_rows import layer_batches
from dashboard.errors import BulkError
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.partitions import PartitionsDone, convert_partition, convert_partitions


def write(path: Path, rows: int, first: int = 0) -> pa.Table:
    table = pa.Table.from_batches(layer_batches(rows, first=first))
    lat = pc.if_else(pc.equal(table.column("row"), first + 2), None, table.column("lat"))
    table = table.set_column(table.schema.get_field_index("lat"), "lat", lat)
    pq.write_table(table, path)
    return table


def test_a_partition_becomes_geoparquet_that_geopandas_reads(tmp_path: Path) -> None:
    table = write(tmp_path / "a.parquet", 120)
    assert convert_partition(tmp_path / "a.parquet", tmp_path / "b.parquet") == (120, 119)
    frame = gpd.read_parquet(tmp_path / "b.parquet").sort_values("row")
    assert frame.geometry.iloc[0] is None
    assert frame.geometry.x.iloc[1:].tolist() == table.column("lon").to_pylist()[1:]
    assert frame.geometry.y.iloc[1:].tolist() == table.column("lat").to_pylist()[1:]
    assert frame["external_id"].tolist() == table.column("external_id").to_pylist()
    assert frame.crs.to_epsg() in (4326, None) or frame.crs.to_authority() == ("OGC", "CRS84")


def test_what_is_written_stays_and_what_fails_leaves_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", 10)
    convert_partition(tmp_path / "a.parquet", tmp_path / "b.parquet")
    (tmp_path / "a.parquet").write_bytes(b"no Parquet")
    assert convert_partition(tmp_path / "a.parquet", tmp_path / "b.parquet") == (10, 9)
    with pytest.raises(BulkError, match=r"a\.parquet"):
        convert_partition(tmp_path / "a.parquet", tmp_path / "c.parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "b.parquet"]


def test_a_folder_without_partitions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BulkError, match="no "):
        convert_partitions(tmp_path, tmp_path / "out")


@pytest.mark.soak
def test_several_processes_share_the_partitions(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    source = tmp_path / "in"
    source.mkdir()
    for number in range(3):
        write(source / f"part-{number}.parquet", 100, first=number * 100)
    seen: list[tuple[int, int]] = []
    workers = Workers(count=2, progress=lambda *step: seen.append(step))
    done = convert_partitions(source, tmp_path / "out", workers=workers)
    assert done == PartitionsDone(3, 300, 297)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    ids = [i for path in sorted((tmp_path / "out").iterdir()) for i in gpd.read_parquet(path)["external_id"]]
    assert sorted(ids, key=int) == [str(number) for number in range(300)]
