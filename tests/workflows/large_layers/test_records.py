"""A record of a large layer is opened by its id, from files or a table, by the rules of other layers."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.bench.layer_rows import layer_batches
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.domain.grid import cell_centre
from dashboard.errors import LayerError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.layers.ids import groups_holding, hash_of, hashes_of, save_ids
from dashboard.store.layers.large import LargeLayer
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.reach import Window
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers import adding
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.payloads import window_payload
from dashboard.workflows.large_layers.records import large_record, shown_rows
from dashboard.workflows.large_layers.sealed_ids import seal, sealing_key, unseal

COARSE = Audience(1.0, protected=True, key=b"secret")
POINT = "33.51234,36.29876"
HASH = "0123456789abcdef"
TOLD = {
    "place": ["Yard 4, gate B"] * 3,
    "notes": ["seen at 33.51234, 36.29876", "<script>alert(1)</script>", ""],
    "extra": ['{"wkt": "33.51234 36.29876"}'] * 3,
    "source_url": ["https://maps.example/@33.51234,36.29876,17z", "https://example.org/a", ""],
    "flags": ["|country_middle|"] * 3,
    "precision": ["exact"] * 3,
    "precision_m": [50] * 3,
}


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> LargeLayer:
    """A layer of three records: named by its point, by a hash, by a word; the last at two places."""
    base = tmp_path_factory.mktemp("telling")
    (base / "in").mkdir()
    rows = pa.Table.from_batches(layer_batches(4))
    columns = {"external_id": [POINT, HASH, "word", "word"]}
    columns |= {name: [*values, values[-1]] for name, values in TOLD.items()}
    columns["place"][3] = ""  # words of a place without a point are no secret of a grid's
    columns |= {"lat": [33.51234, 10.0, 20.0, None], "lon": [36.29876, 10.0, 20.0, None]}
    for name, values in columns.items():
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(name), pa.array(values, rows.schema.field(name).type))
    pq.write_table(rows, base / "in" / "part.parquet")
    about = LayerAbout("telling", "Telling", licence="CC0")
    return adding.put_large_layer(about, base / "in", base / "out", workers=Workers(count=1))


def opened(layer: LargeLayer, record_id: str, audience: Audience) -> Any:
    return large_record(layer, adding.rows_of_large(layer), "version", record_id, audience)


def names_shown(layer: LargeLayer, audience: Audience) -> list[str]:
    rows = adding.rows_of_large(layer)
    found = [rows.record(hash_of(one), LAYER_ROWS.names, 9).slice(0, 1) for one in (POINT, HASH, "word")]
    shown = shown_rows(layer, pa.concat_tables(found), audience)
    return list(shown.column("external_id").to_pylist())


def test_every_record_is_found_by_its_id_with_all_that_its_row_says(rows: Any, source: Path) -> None:
    table = pq.read_table(source)
    for place in (0, 1, 777, 2_999):
        expected = table.slice(place, 1).to_pylist()[0]
        found = rows.record(hash_of(expected["external_id"]), LAYER_ROWS.names, 9).to_pylist()
        assert found == [expected]


def test_an_id_that_is_not_there_is_no_record(made: LargeLayer, rows: Any) -> None:
    assert rows.record(hash_of("nobody"), LAYER_ROWS.names, 9).num_rows == 0
    for audience in (EXACT, COARSE):
        assert large_record(made, rows, "version", "nobody", audience) is None


def test_few_groups_are_read_for_a_record(
    made: LargeLayer, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    whole = pq.ParquetFile.read_row_group
    monkeypatch.setattr(
        pq.ParquetFile, "read_row_group", lambda file, i, *a, **k: read.append(i) or whole(file, i, *a, **k)
    )
    assert adding.rows_of_large(made).record(hash_of("1234"), LAYER_ROWS.names, 9).num_rows == 1
    assert len(read) <= 2


def test_who_sees_all_is_told_all(telling: LargeLayer) -> None:
    record = opened(telling, POINT, EXACT)
    found = record.library.get(POINT)
    assert (found.locations[0].lat, found.locations[0].lon) == (33.51234, 36.29876)
    assert found.record.summary == "seen at 33.51234, 36.29876"
    (row,) = record.library.as_written(POINT)
    assert (row.extra, row.flags) == ({"wkt": "33.51234 36.29876"}, ("country_middle",))
    assert len(opened(telling, "word", EXACT).library.as_written("word")) == 2


def test_who_sees_a_grid_is_told_no_point_under_any_name(telling: LargeLayer) -> None:
    for name in names_shown(telling, COARSE):
        record = opened(telling, name, COARSE)
        told = repr(
            (record.library.get(name), record.library.as_written(name), record.frames.records.to_dict())
        )
        for secret in ("33.51", "36.29", POINT, "Yard 4", "wkt", "country_middle"):
            assert secret not in told
        place = record.library.get(name).locations[0]
        assert cell_centre(place.lat, place.lon, 1.0) == pytest.approx((place.lat, place.lon))
        assert "middle of a cell" in place.reason


def test_a_name_leads_back_to_its_record_and_the_id_behind_it_to_nothing(telling: LargeLayer) -> None:
    point, hashed, word = names_shown(telling, COARSE)
    assert word == "word"
    assert point.startswith("x-")
    assert hashed.startswith("x-")
    assert opened(telling, hashed, COARSE).library.get(hashed).locations[0].lat == pytest.approx(10.5)
    for hidden in (POINT, HASH):
        assert opened(telling, hidden, COARSE) is None
    # Of another host, or made up.
    other = Audience(1.0, protected=True, key=b"other")
    assert opened(telling, point, other) is None
    assert opened(telling, f"{point[:-1]}{int(point[-1], 16) ^ 1:x}", COARSE) is None


def test_an_id_that_a_grid_hides_is_not_even_looked_for(
    telling: LargeLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How long it takes to look would tell, one guessed point after the other, which are there.
    rows = adding.rows_of_large(telling)
    looked: list[int] = []
    whole = rows.record
    monkeypatch.setattr(rows, "record", lambda hashed, *more: looked.append(hashed) or whole(hashed, *more))
    for hidden in (POINT, HASH):
        assert large_record(telling, rows, "version", hidden, COARSE) is None
    assert looked == []
    assert large_record(telling, rows, "version", POINT, EXACT) is not None
    assert large_record(telling, rows, "version", "word", COARSE) is not None
    assert looked == [hash_of(POINT), hash_of("word")]


def test_rows_that_are_damaged_are_named_and_what_to_do(telling: LargeLayer) -> None:
    (path,) = (telling.files / "rows").iterdir()
    whole = path.read_bytes()
    path.write_bytes(b"")
    try:
        with pytest.raises(LayerError, match="cannot be read: add the layer again"):
            opened(telling, "word", EXACT)
    finally:
        path.write_bytes(whole)


def test_a_window_shows_the_names_that_records_are_opened_by(telling: LargeLayer) -> None:
    world = Window(-180, -90, 180, 90, DAY_PAST, DAY_FUTURE)
    body = window_payload(telling, adding.rows_of_large(telling), world, COARSE)
    for name in names_shown(telling, COARSE):
        assert name.encode() in body
    assert POINT.encode() not in body


def test_names_are_sealed_and_opened_by_the_key_of_their_layer_alone() -> None:
    key, other = (sealing_key(b"secret", name) for name in ("one", "two"))
    for number in (0, 1, 2**64 - 1, hash_of("word")):
        assert unseal(seal(number, key), key) == number
        assert unseal(seal(number, key), other) is None
    for text in ("", "x-", "word", "x-" + "0" * 32, "x-" + "z" * 32, "x-" + "é" * 32):
        assert unseal(text, key) is None


def test_groups_of_an_id_are_found_among_those_of_others(tmp_path: Path) -> None:
    ids = pa.array([f"id-{number % 400}" for number in range(1_000)])
    groups = np.arange(1_000) // 100
    save_ids(tmp_path / "a.ids.npy", hashes_of(ids), groups)
    for number in (0, 250, 399):
        expected = sorted({int(at) // 100 for at in range(number, 1_000, 400)})
        assert groups_holding(tmp_path / "a.ids.npy", hash_of(f"id-{number}")) == expected
    assert groups_holding(tmp_path / "a.ids.npy", hash_of("id-400")) == []


def test_hashes_of_ids_stay_what_they_are() -> None:
    # Files of layers hold them: another hash, and no record would be found any more.
    assert hash_of("clash-1") == 11_562_086_389_662_553_375
