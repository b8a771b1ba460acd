"""Large layers over HTTP: offered with the map, counted, and by window; to whom, and how refusals read."""

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api.routes import routes
from dashboard.bench.layer_rows import layer_batches
from dashboard.errors import BusyError, LayerError
from dashboard.maps.addresses import payload_address, window_address
from dashboard.runtime import Runtime, large_layers, runtime
from dashboard.runtime.large_layers import LargeLayers, OfferedLayer
from dashboard.store.database.engine import open_engine
from dashboard.store.layers.beside import Lists
from dashboard.store.layers.ids import hash_of
from dashboard.store.layers.large import LargeLayer, read_large_layer
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.reach import Window
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers.adding import put_large_layer, remove_large_layer, rows_of_large
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.views.selection import Filters

COARSE = Audience(1.0, protected=True, key=b"secret")


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("large")
    source, folder = base / "in", base / "layers"
    source.mkdir()
    pq.write_table(pa.Table.from_batches(layer_batches(300)), source / "part.parquet")
    about = LayerAbout("clashes", "Clashes", "#AA3377", "CC BY 4.0")
    put_large_layer(about, source, folder, workers=Workers(count=1))
    return folder


@pytest.fixture
def atlas(read_only: Runtime, layers: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    monkeypatch.setattr(read_only, "large", LargeLayers(layers, read_only.store.engine))
    return runtime()


@pytest.fixture
def client(atlas: Runtime) -> TestClient:
    return TestClient(Starlette(routes=routes()))


def offered(atlas: Runtime) -> OfferedLayer:
    (layer,) = atlas.view(EXACT).large_layers
    return layer


def header(body: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(body[8 : 8 + int.from_bytes(body[4:8], "little")])
    return found


def test_an_address_that_asks_for_nothing_else_is_answered_whole(client: TestClient, atlas: Runtime) -> None:
    layer, version = offered(atlas), atlas.view(EXACT).version
    whole = client.get(payload_address(layer.version))
    assert client.get(payload_address(layer.version), params={"nonsense": "1"}).content == whole.content
    assert client.get(payload_address(version), params={"nonsense": "1"}).status_code == 200


def test_a_layer_that_cannot_be_read_hides_no_other(layers: Path, atlas: Runtime) -> None:
    (layers / "broken").mkdir()
    (layers / "broken" / "layer.json").write_text('{"format": 1}', encoding="utf-8")
    try:
        found = LargeLayers(layers, atlas.store.engine)
        assert [one.layer for one in found.offered(EXACT)] == ["data:clashes"]
        assert [one.id for one in found.layers] == ["clashes"]
    finally:
        shutil.rmtree(layers / "broken")


def test_a_large_layer_is_offered_counted_and_read_by_window(client: TestClient, atlas: Runtime) -> None:
    layer = offered(atlas)
    assert (layer.layer, layer.title, layer.licence) == ("data:clashes", "Clashes", "CC BY 4.0")
    counts = client.get(payload_address(layer.version))
    assert header(counts.content)["total"] == layer.records == 300
    answer = client.get(
        window_address(layer.version),
        params={"box": "-180,-90,180,90", "from": "2000-01-01", "to": "2009-12-31"},
    )
    assert 0 < header(answer.content)["total"] < 300
    assert header(answer.content)["cut"] == 0
    assert answer.headers["cache-control"] == "private, max-age=3600"


def test_filters_of_the_page_narrow_counts_and_windows(client: TestClient, atlas: Runtime) -> None:
    version, whole = offered(atlas).version, {"box": "-180,-90,180,90"}
    asked = {"country": "SY", "kind": "incident"}
    counts = header(client.get(payload_address(version), params=asked).content)["total"]
    single = header(client.get(window_address(version), params=whole | asked).content)
    assert 0 < single["total"] == counts < 300
    assert header(client.get(window_address(version), params=whole | {"actor": "ac-x"}).content)["total"] == 0
    # Nothing that can be read: no filter, as an address of a page has it.
    assert header(client.get(window_address(version), params=whole | {"kind": "'"}).content)["total"] == 300
    assert client.get(payload_address("0" * 16), params=asked).status_code == 404


def test_a_record_is_opened_where_it_is_offered_and_nowhere_else(atlas: Runtime) -> None:
    library, own_id, dataset = atlas.view(EXACT).home_of("data:clashes/17")
    assert dataset is not None
    assert (own_id, dataset.title, dataset.licence) == ("17", "Clashes", "CC BY 4.0")
    assert library.get("17").locations[0].precision_m
    for nothing in ("data:clashes/none", "data:others/17", "17"):
        assert atlas.view(EXACT).home_of(nothing)[2] is None
    coarse = atlas.view(COARSE).home_of("data:clashes/17")[2]
    assert coarse is not None
    (place,) = coarse.library.get("17").locations
    assert (place.lat % 1, place.method) == (0.5, "hand")


def test_who_sees_a_grid_cannot_ask_by_the_exact_version(client: TestClient, atlas: Runtime) -> None:
    exact, coarse = offered(atlas).version, atlas.view(COARSE).large_layers[0].version
    assert exact != coarse
    assert client.get(window_address(coarse), params={"box": "0,0,1,1"}).status_code == 404
    with pytest.raises(KeyError):
        atlas.view(COARSE).window(exact, Window(0, 0, 1, 1, 0, 1))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"box": "1,2,3"},
        {"box": "a,b,c,d"},
        {"box": "nan,0,1,1"},
        {"box": "0,10,1,5"},
        {"box": "0,0,200,1"},
        {"box": "0,0,1,1", "from": "tomorrow"},
        {"box": "0,0,1,1", "from": "2020-01-02", "to": "2020-01-01"},
    ],
)
def test_what_is_no_window_is_told_how_to_be_one(
    client: TestClient, atlas: Runtime, asked: dict[str, str]
) -> None:
    answer = client.get(window_address(offered(atlas).version), params=asked)
    assert answer.status_code == 400
    assert "box=west,south,east,north" in answer.json()["error"]


def test_who_may_not_read_is_given_nothing(
    atlas: Runtime, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = window_address(offered(atlas).version)
    monkeypatch.setattr(atlas, "settings", atlas.settings.model_copy(update={"sign_in": "oidc"}))
    assert client.get(address, params={"box": "0,0,1,1"}).status_code == 401


def test_more_windows_than_memory_allows_wait_and_are_then_sent_away(
    client: TestClient, atlas: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_layers, "_PATIENCE", 0.05)
    reading, done = threading.Barrier(3), threading.Event()

    def slow(*_args: object) -> bytes:
        reading.wait(30)
        done.wait(30)
        return b""

    monkeypatch.setattr(large_layers, "window_payload", slow)
    version, ask = offered(atlas).version, {"box": "0,0,1,1"}
    threads = [
        threading.Thread(target=atlas.view(EXACT).window, args=(version, Window(0, 0, 1, 1, 0, 1)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    reading.wait(30)
    answers = [
        client.get(window_address(version), params=ask),
        client.get(payload_address(version), params={"country": "SY"}),
    ]
    with pytest.raises(BusyError):
        atlas.large.estimate(EXACT, offered(atlas).layer, Link(filters=Filters(text="armed")))
    done.set()
    for thread in threads:
        thread.join(30)
    for answer in answers:
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 0


def test_a_version_that_was_replaced_while_it_is_still_listed_is_gone(
    read_only: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(rows: int) -> None:
        folder = tmp_path / f"of-{rows}"
        folder.mkdir()
        pq.write_table(pa.Table.from_batches(layer_batches(rows)), folder / "part.parquet")
        put_large_layer(LayerAbout("again", "A"), folder, tmp_path / "out", workers=Workers(count=1))

    put(50)
    monkeypatch.setattr(large_layers, "_LISTED_SECONDS", 1e9)
    monkeypatch.setattr(read_only, "large", LargeLayers(tmp_path / "out", read_only.store.engine))
    client, version = TestClient(Starlette(routes=routes())), offered(runtime()).version
    whole = {"box": "-180,-90,180,90"}
    assert client.get(window_address(version), params=whole).status_code == 200
    put(60)
    assert client.get(window_address(version), params=whole).status_code == 404
    assert client.get(payload_address(version)).status_code == 404


@pytest.mark.postgres
def test_a_record_whose_table_is_taken_away_while_it_is_still_listed_is_gone(
    server: str, tmp_path: Path
) -> None:
    engine = open_engine(server)
    (tmp_path / "in").mkdir()
    pq.write_table(pa.Table.from_batches(layer_batches(9)), tmp_path / "in" / "part.parquet")
    layer = put_large_layer(
        LayerAbout("going", "Going"), tmp_path / "in", tmp_path / "out",
        workers=Workers(count=1), engine=engine, into_table=True,
    )  # fmt: skip
    found = LargeLayers(tmp_path / "out", engine)
    assert found.record(EXACT, "data:going", "5") is not None
    remove_large_layer(layer, engine)
    assert found.record(EXACT, "data:going", "6") is None
    engine.dispose()


def test_a_damaged_layer_says_so_and_the_pages_go_on(
    layers: Path, read_only: Runtime, tmp_path: Path
) -> None:
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "layer.json").write_text("{", encoding="utf-8")
    assert LargeLayers(tmp_path, read_only.store.engine).offered(EXACT) == ()


def test_a_layer_whose_files_are_damaged_says_so_and_when_to_ask_again(
    layers: Path, tmp_path: Path, read_only: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "layers"
    shutil.copytree(layers, copy)
    monkeypatch.setattr(read_only, "large", LargeLayers(copy, read_only.store.engine))
    layer = offered(runtime())
    for file in copy.rglob("counts.parquet"):
        file.write_bytes(b"PAR1 and no more")
    answer = TestClient(Starlette(routes=routes())).get(payload_address(layer.version))
    assert answer.status_code == 503
    assert "clashes" in answer.json()["error"]
    assert answer.headers["retry-after"] == "60"


def test_a_list_that_is_damaged_is_said_to_be_so_and_open_pages_go_on(
    layers: Path, read_only: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(layers, tmp_path / "layers")
    monkeypatch.setattr(read_only, "large", LargeLayers(tmp_path / "layers", read_only.store.engine))
    client, asked = TestClient(Starlette(routes=routes())), {"q": "village 12"}
    before = offered(runtime())
    counted = client.get(payload_address(before.version), params=asked)
    assert (before.lists, header(counted.content)["about"]) == (Lists.WHOLE, 0)
    assert "immutable" in counted.headers["cache-control"]
    (path,) = (tmp_path / "layers").glob("clashes/*/words/*")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    # Other words, as an answer that was given before is kept.
    asked = {"q": "village 13"}
    by_reading = client.get(payload_address(before.version), params=asked)
    assert header(by_reading.content)["about"] == 1
    # No browser keeps it under the address that the whole list answers at.
    assert by_reading.headers["cache-control"] == "private, no-cache"
    now = offered(runtime())
    assert (now.lists, now.records) == (Lists.DAMAGED, before.records)
    assert now.version != before.version
    box = {"box": "-180,-90,180,90", **asked}
    singly = [client.get(window_address(one.version), params=box) for one in (before, now)]
    assert [one.status_code for one in singly] == [200, 200]
    assert singly[0].content == singly[1].content
    kept = [one.headers["cache-control"] for one in singly]
    assert kept == ["private, no-cache", "private, max-age=3600"]
    # Built again: what was counted without it is not given any more.
    path.write_bytes(whole)
    assert offered(runtime()) == before
    assert header(client.get(payload_address(before.version), params=asked).content)["about"] == 0
    assert client.get(window_address(now.version), params=box).status_code == 200


@pytest.mark.parametrize(
    "ask",
    [
        lambda layer: layer.reach().num_rows,
        lambda layer: rows_of_large(layer).record(hash_of("7"), ("external_id",), 5).num_rows,
    ],
    ids=["reach", "record"],
)
def test_a_layer_that_is_added_again_while_it_is_read_is_read_once_more(
    layers: Path, tmp_path: Path, ask: Callable[[LargeLayer], int]
) -> None:
    shutil.copytree(layers, tmp_path / "layers")
    layer = read_large_layer(tmp_path / "layers" / "clashes")
    aside, asked = layer.folder / ".aside", list[int]()

    def read() -> int:
        if not asked:
            layer.files.replace(aside)
        asked.append(1)
        try:
            return ask(layer)
        finally:
            if aside.exists():
                aside.replace(layer.files)

    assert large_layers._unless_replaced(layer, read) == ask(layer) > 0
    assert len(asked) == 2
    shutil.rmtree(layer.files)
    with pytest.raises(LayerError):
        large_layers._unless_replaced(layer, read)


def test_a_layer_of_before_words_were_kept_offers_none(
    layers: Path, read_only: Runtime, tmp_path: Path
) -> None:
    shutil.copytree(layers, tmp_path / "layers")
    for name in ("words", "where"):
        shutil.rmtree(next((tmp_path / "layers").glob(f"clashes/*/{name}")))
    (one,) = LargeLayers(tmp_path / "layers", read_only.store.engine).offered(EXACT)
    assert one.lists is Lists.NONE
