"""GDAL's driver for OGC API - Features, which QGIS uses, against the whole app as it is served."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import requests
import shapely

PATIENCE = 60
# pyogrio keeps the interpreter to itself while GDAL asks: the server has to be another process.
SERVER = """
import sys, threading, time, uvicorn
from dashboard.asgi import app

server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))

def tell():
    while not server.started:
        time.sleep(0.05)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)

threading.Thread(target=tell, daemon=True).start()
server.run()
"""


@pytest.fixture(scope="module")
def address(starter_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    shutil.copyfile(starter_file, folder / "atlas.sqlite")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARSENAL_ATLAS_")}
    own = {"DB": f"sqlite:///{folder / 'atlas.sqlite'}", "DATA_FOLDER": folder, "CACHE_FOLDER": folder}
    environment = kept | {f"ARSENAL_ATLAS_{name}": str(value) for name, value in own.items()}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER], env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port, (folder / "log").read_text()[-2000:]
        yield f"http://127.0.0.1:{port}/api/ogc"
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()  # type: ignore[union-attr]  # opened above


def read(address: str, layer: str, **options: object) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(f"OAPIF:{address}", layer=layer, **options)


def ids(address: str, query: str) -> set[str]:
    answer = requests.get(f"{address}/collections/{query}", timeout=PATIENCE)
    assert answer.status_code == 200, answer.text[:500]
    return {one["id"] for one in answer.json()["features"]}


def test_gdal_lists_the_layers_and_reads_all_of_them(address):
    assert [list(one) for one in pyogrio.list_layers(f"OAPIF:{address}")] == [
        ["sites", "MultiPoint"],
        ["events", "MultiPoint"],
    ]
    for layer in ("sites", "events"):
        found = read(address, layer)
        assert set(found["id"]) == ids(address, f"{layer}/items?limit=10000")
        assert found.crs.to_epsg() == 4326
        assert {"name", "kind", "date", "earliest", "latest", "precision", "source_urls", "licence"} <= set(
            found
        )
        assert found["earliest"].dtype.kind == "M"


def test_gdal_filters_by_box_time_and_kind(address):
    everything = len(read(address, "sites"))
    box = (-18.0, 20.0, -1.0, 36.0)
    found = read(address, "sites", bbox=box)
    assert 0 < len(found) < everything
    assert found.intersects(shapely.box(*box)).all()
    span = "2020-01-01T00:00:00Z/2021-12-31T00:00:00Z"
    then = read(address, "events", DATETIME=span)
    assert set(then["id"]) == ids(address, f"events/items?limit=10000&datetime={span}")
    assert 0 < len(then) < len(read(address, "events"))
    meetings = read(address, "events", where="kind = 'meeting'")
    assert set(meetings["id"]) == ids(address, "events/items?limit=10000&kind=meeting")
    since = read(address, "events", where="earliest >= '2020-01-01' AND earliest <= '2021-12-31'")
    # GDAL takes a comparison of days for a question of time, and the answer for final.
    assert set(since["id"]) == set(then["id"])


def test_a_filter_that_nothing_matches_is_an_empty_layer(address):
    assert len(read(address, "sites", bbox=(-160.0, -80.0, -150.0, -70.0))) == 0
