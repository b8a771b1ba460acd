import contextlib
import io
import warnings
import zipfile

import geopandas as gpd
import pyarrow as pa
import pytest
import shapely

from dashboard.errors import TableRefusedError

SHAPES = [shapely.Point(-7.1, 33.6), shapely.Polygon([(0, 0), (2, 0), (2, 2)])]


def frame(crs=4326):
    return gpd.GeoDataFrame(
        {"name": ["Ben Slimane", "بنسليمان"], "n": [1, 2]}, geometry=SHAPES, crs=4326
    ).to_crs(crs)


def geopackage(folder, crs=4326):
    path = folder / "x.gpkg"
    frame(crs).to_file(path, layer="sites", driver="GPKG")
    frame(crs).iloc[:1].to_file(path, layer="events", driver="GPKG")
    return path.read_bytes()


def flatgeobuf(folder, crs=4326):
    path = folder / "x.fgb"
    frame(crs).to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    return path.read_bytes()


def geoparquet(folder, crs=4326):
    path = folder / "x.parquet"
    frame(crs).to_parquet(path)
    return path.read_bytes()


def shapefile(folder, crs=4326, *, parts=("shp", "shx", "dbf", "prj", "cpg")):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame(crs).iloc[:1].to_file(folder / "sites.shp", encoding="utf-8")
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for part in parts:
            archive.write(folder / f"sites.{part}", f"inside/sites.{part}")
    return raw.getvalue()


@pytest.mark.parametrize("crs", [4326, 3857])
@pytest.mark.parametrize("make", [geopackage, flatgeobuf, geoparquet, shapefile])
def test_rows_and_points_come_out(reader, tmp_path, make, crs):
    table, rows = reader.rows(make(tmp_path, crs))
    assert table.format == make.__name__.replace("geopackage", "gpkg")
    assert table.columns == ("name", "n")
    assert (rows[0]["name"], rows[0]["n"]) == ("Ben Slimane", "1")
    assert (round(rows[0]["__lon__"], 6), round(rows[0]["__lat__"], 6)) == (-7.1, 33.6)
    assert rows[0]["__geometry__"] == "Point"
    if make is not shapefile:
        assert (rows[1]["name"], rows[1]["__geometry__"]) == ("بنسليمان", "Polygon")
    assert any("Pseudo-Mercator" in note for note in table.notes) == (crs == 3857)


def test_a_layer_can_be_chosen(reader, tmp_path):
    raw = geopackage(tmp_path)
    assert reader.table(raw).sheets == ("sites", "events")
    assert reader.table(raw, sheet="events").rows == 1
    assert "choose one of sites, events" in str(reader.refusal(raw, sheet="x"))


def test_a_shapefile_without_a_system_is_taken_for_degrees_and_to_be_confirmed(reader, tmp_path):
    table, rows = reader.rows(shapefile(tmp_path, parts=("shp", "shx", "dbf")))
    assert "degrees" in table.guesses[0]
    assert (rows[0]["__lon__"], rows[0]["__lat__"]) == (-7.1, 33.6)


@pytest.mark.parametrize("parts", [("shp",), ("shp", "shx"), ("shp", "dbf")])
def test_a_shapefile_with_parts_missing_is_refused(reader, tmp_path, parts):
    assert "lacks parts" in str(reader.refusal(shapefile(tmp_path, parts=parts)))


def test_parquet_is_text(reader, as_parquet):
    raw = as_parquet(
        pa.table(
            {
                "a": pa.array([1, None], pa.int64()),
                "b": pa.array([1.5, 2.0]),
                "c": pa.array(["x", None]).dictionary_encode(),
                "d": [[1, 2], None],
                "e": pa.array([True, False]),
                "f": pa.array([0, 86_400_000], pa.timestamp("ms")),
                "g": pa.array([b"\xff", None]),
                "h": pa.array([None, None], pa.null()),
                "i": pa.array([0, 1], pa.date32()),
            }
        )
    )
    table, rows = reader.rows(raw)
    assert table.format == "parquet"
    first, second = reader.texts(raw)
    assert first == ("1", "1.5", "x", "[1, 2]", "true", "1970-01-01 00:00:00.000", "ff", "", "1970-01-01")
    assert second == ("", "2", "", "", "false", "1970-01-02 00:00:00.000", "", "", "1970-01-02")
    assert [row["__row__"] for row in rows] == [1, 2]


def test_parquet_beyond_a_limit_is_refused_by_what_it_says_of_itself(reader, as_parquet):
    raw = as_parquet(pa.table({"a": range(100)}))
    assert "limit is 10" in str(reader.refusal(raw, limits=reader.limited(rows=10)))
    raw = as_parquet(pa.table({str(one): [1] for one in range(1_001)}))
    assert "1,001 columns" in str(reader.refusal(raw))


@pytest.mark.parametrize("make", [geopackage, flatgeobuf, geoparquet, shapefile])
@pytest.mark.parametrize("keep", [0.3, 0.7])
def test_half_a_file_is_refused_or_read_in_part(reader, tmp_path, make, keep):
    raw = make(tmp_path)
    whole = reader.table(raw).rows
    with contextlib.suppress(TableRefusedError):
        assert reader.table(raw[: int(len(raw) * keep)]).rows <= whole
