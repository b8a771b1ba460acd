import html
import json
import zipfile
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from defusedxml import ElementTree

from dashboard.errors import TooManyRowsError, UnknownFormatError
from dashboard.exports import workbook
from dashboard.exports.columns import FEATURES, RECORDS, names
from dashboard.workflows.sharing.take_away import FORMATS, write_take_away

RECORD_FORMATS = [
    "csv", "xlsx", "geojson", "gpkg", "parquet", "kml", "fgb", "package", "plover", "ucdp", "linked-places",
]  # fmt: skip
EVENTS_ONLY = {"plover", "ucdp"}
UNORDERED = {"fgb", "package"}
WITHOUT_NAMES = {"ucdp"}
MAIN_PLACE_ONLY = {"csv", "xlsx", "ucdp"}


def written(view, format_id, folder):
    path = folder / f"view{FORMATS[format_id].extension}"
    return write_take_away(view, format_id, path)


def expected(view, format_id):
    records = view.records
    if format_id in EVENTS_ONLY:
        records = records[records["type"] == "event"]
    if format_id == "fgb":
        records = records[records["lat"].notna()]
    return records


@pytest.mark.parametrize("format_id", RECORD_FORMATS)
@pytest.mark.parametrize("which", ["starter_view", "hostile_view"])
def test_ids_dates_precision_sources_and_names_come_back(format_id, which, readers, tmp_path, request):
    view = request.getfixturevalue(which)
    done = written(view, format_id, tmp_path)
    found = readers[format_id](done.path)
    rows = expected(view, format_id)
    assert done.rows == len(rows) == len(found)
    ids = [*found]
    assert sorted(ids) == sorted(rows["id"])
    assert format_id in UNORDERED or ids == rows["id"].tolist()
    precisions = view.places.groupby("record_id")["precision"].agg(frozenset).to_dict()
    for row in rows.itertuples():
        one = found[row.id]
        assert one.date == row.date
        assert one.sources == frozenset(filter(None, row.source_ids.split("|")))
        assert format_id in WITHOUT_NAMES or one.name == row.name
        known = precisions.get(row.id, frozenset({"none"}))
        assert one.precisions == (frozenset({row.precision}) if format_id in MAIN_PLACE_ONLY else known)


@pytest.mark.parametrize("format_id", RECORD_FORMATS)
def test_a_view_of_nothing_is_a_whole_file(format_id, empty_view, readers, tmp_path):
    done = written(empty_view, format_id, tmp_path)
    assert done.rows == 0
    assert readers[format_id](done.path) == {}


def test_every_format_says_what_it_carries():
    assert all(
        one.carries and one.extension.startswith(".") and "/" in one.media_type for one in FORMATS.values()
    )
    assert [*FORMATS][:3] == ["csv", "xlsx", "geojson"]


def test_an_unknown_format_names_the_nearest(starter_view, tmp_path):
    with pytest.raises(UnknownFormatError, match="did you mean 'xlsx'") as caught:
        write_take_away(starter_view, "xls", tmp_path / "view.xls")
    assert caught.value.nearest == "xlsx"
    assert [*tmp_path.iterdir()] == []


def test_csv_has_every_column_and_guards_what_would_be_computed(hostile_view, tmp_path, hostile_names):
    path = written(hostile_view, "csv", tmp_path).path
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"id","type"')
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert tuple(frame.columns) == names(RECORDS)
    cells = frame.to_numpy().ravel().tolist()
    assert f"'{hostile_names['formula']}" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "\t", "\r")]
    assert set(frame["licence"]) == {"not stated"}
    assert frame["url"][0] == f"https://atlas.example/atlas?record={frame['id'][0]}"


def test_a_workbook_holds_texts_as_texts_and_explains_itself(
    hostile_view, tmp_path, open_sheet, hostile_names
):
    path = written(hostile_view, "xlsx", tmp_path).path
    by_id = {row["id"]: row for row in open_sheet(path)}
    for name, text in hostile_names.items():
        assert by_id[f"ev-{name}"]["name"] == text
    assert {row["quote"] for row in open_sheet(path, "Citations")} >= set(hostile_names.values())
    assert len(open_sheet(path, "Places")) == len(hostile_view.places)
    assert {row["url"] for row in open_sheet(path, "Sources")} == {"https://a.example/?q=1&r=2"}
    said = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert "what it means" in said.lower()
    assert hostile_view.version in said
    # A text in <r> would be runs of rich text, and a formula would have an <f>.
    sheets = [zipfile.ZipFile(path).read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(1, 6)]
    assert not [sheet for sheet in sheets if "<r>" in sheet or "<f>" in sheet or "<hyperlink" in sheet]


def test_a_cell_too_long_for_excel_is_cut_and_counted(hostile_view, tmp_path, open_sheet):
    records = hostile_view.records.copy()
    records.loc[0, "text"] = "\U0001f680" * 20_000
    done = written(replace(hostile_view, records=records), "xlsx", tmp_path)
    (row,) = [row for row in open_sheet(done.path) if row["id"] == records["id"][0]]
    assert row["text"].endswith("🚀 […]")
    assert len(row["text"].encode("utf-16-le")) // 2 <= 32_767
    assert "1 text was cut to 32,767 characters, all that a cell of Excel holds" in done.notes


def test_more_rows_than_a_sheet_holds_are_refused(starter_view, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 20)
    with pytest.raises(TooManyRowsError, match=r"Excel holds 20 rows at most and these are [0-9,]+: narrow"):
        written(starter_view, "xlsx", tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_geojson_is_rfc_7946_with_version_credit_and_sources(hostile_view, tmp_path):
    text = written(hostile_view, "geojson", tmp_path).path.read_text(encoding="utf-8")
    found = json.loads(text)
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found
    assert found["about"]["version"] == hostile_view.version
    assert found["about"]["credit"] == hostile_view.credit
    assert {one["id"] for one in found["sources"]} == set(hostile_view.sources["id"])
    assert len(found["citations"]) == len(hostile_view.citations)
    ids = [one["id"] for one in found["features"]]
    assert len(ids) == len(set(ids)) == len(hostile_view.places) + 2  # two records without any place
    for one in found["features"]:
        properties = one["properties"]
        assert set(properties) == set(names(FEATURES))
        if one["geometry"]:
            assert one["geometry"]["coordinates"] == [properties["lon"], properties["lat"]]
            assert properties["precision_m"] == 10_000
        else:
            assert properties["precision"] == "none"
            assert properties["lat"] is None


def test_a_geopackage_has_all_tables_and_says_what_it_is(hostile_view, tmp_path):
    path = written(hostile_view, "gpkg", tmp_path).path
    tables = [str(name) for name, _ in pyogrio.list_layers(path)]
    assert tables == ["places", "records", "citations", "sources", "actors", "statuses", "about"]
    for name in ("records", "citations", "sources", "actors", "statuses"):
        expected_rows = getattr(hostile_view, name)
        assert pyogrio.read_dataframe(path, layer=name)["id"].tolist() == expected_rows["id"].tolist()
    about = pyogrio.read_dataframe(path, layer="about")
    assert hostile_view.version in about["value"].tolist()
    places = pyogrio.read_dataframe(path, layer="places")
    assert places["precision_m"].dropna().eq(10_000).all()
    quotes = pyogrio.read_dataframe(path, layer="citations")["quote"].fillna("").tolist()
    assert quotes == hostile_view.citations["quote"].tolist()


def test_geoparquet_says_its_version_and_what_columns_mean(hostile_view, tmp_path):
    path = written(hostile_view, "parquet", tmp_path).path
    schema = pq.read_schema(path)
    geo = json.loads(schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["geometry_types"] == ["Point"]
    assert all(schema.field(name).metadata[b"description"] for name in names(FEATURES))
    frame = gpd.read_parquet(path)
    assert frame.crs.to_epsg() == 4326
    assert frame["contradicted"].dtype == "bool"
    assert frame.geometry.isna().sum() == 2
    placed = frame[frame.geometry.notna()]
    assert placed.geometry.x.tolist() == placed["lon"].tolist()


def test_kml_carries_spans_points_and_texts_and_no_html(hostile_view, tmp_path, open_kml, hostile_names):
    path = written(hostile_view, "kml", tmp_path).path
    tags = {one.tag.partition("}")[2] for one in ElementTree.parse(path).getroot().iter()}
    assert not tags & {"description", "Snippet", "BalloonStyle", "NetworkLink", "script"}
    rows = {row["id"]: row for row in open_kml(path)}
    for row in hostile_view.records.itertuples():
        kept = rows[row.id]
        assert kept["name"] == row.name
        assert kept["span"] == {"begin": row.earliest or None, "end": row.latest or None}
        assert kept.get("text", "") == row.text
    assert rows["ev-cdata"]["name"] == hostile_names["cdata"]
    assert rows["ev-rtl"]["name"] == hostile_names["rtl"]
    assert rows["ev-cdata"]["point"] == "{!r},{!r}".format(
        *hostile_view.records.set_index("id").loc["ev-cdata", ["lon", "lat"]]
    )
    assert rows["ev-number"]["point"] is None


def test_characters_that_xml_cannot_carry_are_replaced_and_counted(hostile_view, tmp_path, open_kml):
    records = hostile_view.records.copy()
    records.loc[0, "name"] = "a\x01b\x0bc\ufffe\x85\rd"
    done = written(replace(hostile_view, records=records), "kml", tmp_path)
    assert open_kml(done.path)[0]["name"] == "a\ufffdb\ufffdc\ufffd\x85\rd"
    assert hostile_view.records["place_count"][0] == 2  # as many placemarks with the name
    assert "6 characters that XML cannot carry were replaced" in done.notes


def test_flatgeobuf_counts_what_has_no_point(hostile_view, tmp_path):
    done = written(hostile_view, "fgb", tmp_path)
    assert "2 records without a point are left out: FlatGeobuf has no place for them" in done.notes
    box = pyogrio.read_dataframe(done.path, bbox=(-7.2, 33.6, -7.1, 33.7))
    assert box["id"].tolist() == ["ev-formula"]


def test_equal_views_give_equal_files(hostile_view, tmp_path):
    for format_id in (
        "csv",
        "geojson",
        "kml",
        "package",
        "parquet",
        "plover",
        "ucdp",
        "linked-places",
        "html",
    ):
        pages = []
        for folder in ("one", "two"):
            (tmp_path / folder / format_id).mkdir(parents=True)
            pages.append(written(hostile_view, format_id, tmp_path / folder / format_id).path.read_bytes())
        assert pages[0] == pages[1], format_id


@pytest.mark.parametrize("mode", ["", "asof", "window"])
def test_a_map_as_one_file_moves_with_the_clock_as_the_page_did(hostile_view, tmp_path, mode):
    text = written(replace(hostile_view, mode=mode), "html", tmp_path).path.read_text(encoding="utf-8")
    assert f'"mode": "{mode}"' in text


def test_a_map_as_one_file_takes_no_text_for_markup(hostile_view, tmp_path, hostile_names, open_map):
    view = replace(hostile_view, title=hostile_names["markup"], credit='" /><script>alert(2)</script>')
    done = written(view, "html", tmp_path)
    text = done.path.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert f'content="{html.escape(view.title)}, version {view.version}' in text
    assert open_map(done.path) == view.records["id"].tolist()
    assert "2 records have no point: the map knows them and cannot draw them" in done.notes
