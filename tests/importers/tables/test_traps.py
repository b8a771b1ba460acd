"""Nothing that a file says is followed (B26, B28): no request reaches a server, no other file is opened."""

import io
import socket
import sqlite3
import threading
import zipfile

import geopandas as gpd
import pytest
import shapely

from dashboard.confinement import Confinement
from dashboard.importers.tables import READING
from dashboard.importers.tables.gdal_files import DRIVERS

UNREAD = "never-to-be-read"


@pytest.fixture
def trap():
    """A server that keeps in mind who called."""
    called = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def listen():
            while not over.is_set():
                try:
                    visitor, address = server.accept()
                except TimeoutError:
                    continue
                called.append(address)
                visitor.close()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", called
        finally:
            over.set()
            thread.join()


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text(f"name,lat,lon\n{UNREAD},1,2\n")
    return path


def vrt(source):
    layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"


@pytest.mark.parametrize("name", ["a.geojson", "a.csv", "a.kml", "a.gpkg", "a.vrt", "a.zip"])
@pytest.mark.parametrize("start", ["", "\ufeff", " \n", '<?xml version="1.0"?>'])
def test_a_gdal_document_is_refused_under_any_name(reader, trap, secret, name, start):
    address, called = trap
    for source in (str(secret), f"CSV:/vsicurl/{address}/x.csv"):
        raw = (start + vrt(source)).encode()
        path = secret.with_name(name)
        path.write_bytes(raw)
        for one in (raw, path):
            assert "not followed" in str(reader.refusal(one, name))
    assert called == []


@pytest.mark.parametrize(
    "text",
    [
        "{}/x.csv",
        "/vsicurl/{}/x.csv",
        "/vsizip//vsicurl/{}/x.zip",
        "postgresql://{}",
        "PG:host=127.0.0.1",
        "WFS:{}",
        "{}\n{}\n",
    ],
)
def test_an_address_as_content_is_text(reader, trap, text):
    address, called = trap
    raw = text.format(address, address).encode()
    if raw.count(b"\n") > 1:
        assert reader.table(raw).rows == 1
    else:
        assert "has no rows" in str(reader.refusal(raw))
    assert called == []


def test_links_of_a_map_are_not_followed(reader, trap):
    address, called = trap
    raw = f"""<kml xmlns="http://www.opengis.net/kml/2.2" xsi:schemaLocation="{address}/x.xsd"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Document>
        <NetworkLink><Link><href>{address}/more.kml</href></Link></NetworkLink>
        <Style id="s"><IconStyle><Icon><href>{address}/icon.png</href></Icon></IconStyle></Style>
        <GroundOverlay><Icon><href>{address}/overlay.png</href></Icon></GroundOverlay>
        <Placemark><name>A</name><styleUrl>{address}/style.kml#s</styleUrl><description>
        <![CDATA[<img src="{address}/i.png"><iframe src="{address}/f"></iframe>]]></description>
        <Point><coordinates>1,2</coordinates></Point></Placemark></Document></kml>"""
    table, rows = reader.rows(raw.encode())
    assert rows[0]["name"] == "A"
    assert "styleUrl" not in table.columns
    assert sum("were not followed" in note for note in table.notes) == 2
    assert called == []


def geopackage(tmp_path, *statements):
    path = tmp_path / "x.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(path, driver="GPKG")
    database = sqlite3.connect(path)
    with database:
        for statement in statements:
            database.execute(*statement)
    database.close()
    return path.read_bytes()


def test_a_view_is_refused(reader, tmp_path):
    raw = geopackage(tmp_path, ("CREATE VIEW v AS SELECT 1 AS fid",))
    assert "holds a view" in str(reader.refusal(raw))


@pytest.mark.parametrize("reach", ["/vsicurl/{}/x", "/VSIZIP/vsicurl/{}/x"])
def test_a_path_of_gdal_in_a_geopackage_is_refused(reader, trap, tmp_path, reach):
    address, called = trap
    raw = geopackage(tmp_path, ("UPDATE gpkg_contents SET description = ?", (reach.format(address),)))
    assert "not followed" in str(reader.refusal(raw))
    assert called == []


def test_a_database_that_is_no_geopackage_is_refused(reader, tmp_path):
    database = sqlite3.connect(tmp_path / "x.sqlite")
    with database:
        database.execute("CREATE TABLE t (a)")
    database.close()
    assert "no GeoPackage" in str(reader.refusal((tmp_path / "x.sqlite").read_bytes()))


def test_only_parts_of_a_shapefile_are_handed_on(reader, trap, secret):
    address, called = trap
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("a.shp", vrt(secret))
        archive.writestr("a.shx", vrt(f"/vsicurl/{address}/x"))
        archive.writestr("a.dbf", b"")
        archive.writestr("a.vrt", vrt(secret))
    assert "no shapefile" in str(reader.refusal(raw.getvalue()))
    assert called == []


def test_gdal_knows_three_drivers_and_can_open_no_file_while_it_reads(monkeypatch, tmp_path, secret):
    (tmp_path / "opening.py").write_text(
        "import ctypes\n"
        "import pyogrio\n"
        "from dashboard.importers.tables.gdal_files import no_more_files\n"
        "libc = ctypes.pythonapi\n"
        "def go(raw, path=''):\n"
        "    libc.open.restype = ctypes.c_int\n"
        "    before = libc.open(path.encode(), 0)\n"
        "    with no_more_files():\n"
        "        inside = libc.open(path.encode(), 0)\n"
        "    return [before >= 0, inside, sorted(pyogrio.list_drivers())]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with Confinement(READING) as fresh:
        assert fresh.run("opening:go", b"", path=str(secret)) == [True, -1, sorted(DRIVERS)]
