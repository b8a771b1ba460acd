import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import shapely

import dashboard
from dashboard import Atlas, AtlasError, atlas_map, geocode, load
from dashboard.errors import ArchiveError, ExportError, FilterError, PackageError, UncertainDateError
from dashboard.workflows.views.selection import Filters, select

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "tests" / "importers" / "small"


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load()


def test_importing_costs_nothing_and_every_name_is_there():
    heavy = ("pandas", "folium", "numpy", "sqlalchemy")
    code = f"import sys, dashboard; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert len(dashboard.__all__) <= 10
    assert set(dashboard.__all__) <= set(dir(dashboard))
    assert all(getattr(dashboard, name) for name in dashboard.__all__)
    with pytest.raises(AttributeError, match="nothing_like_it"):
        dashboard.nothing_like_it  # noqa: B018  # asking for it is the point
    assert issubclass(FilterError, AtlasError)


def test_questions_narrow_and_do_not_change_what_was_asked(atlas):
    morocco = atlas.where(country="Morocco")
    then = morocco.between("2020", "2021-11").where(type=["site", "event"])
    chosen = select(atlas.frames(), Filters(countries=("MA",), types=("event", "site")), then.link.window)
    assert list(then.table()["id"]) == chosen.shown.ids()
    assert 0 < len(then) < len(morocco) < len(atlas)
    assert then.described == (
        "Show: Events and Sites",
        "Country: Morocco",
        "1 January 2020 to 30 November 2021",
    )
    assert repr(then).startswith(f"<Atlas {atlas.version}: Show")
    assert len(then.where(country="IL")) == len(atlas.where(country="IL").between("2020", "2021-11"))


def test_a_table_has_the_points_of_every_record(atlas):
    table = atlas.table()
    assert table.crs.to_epsg() == 4326
    assert set(table.geom_type) == {"Point", "MultiPoint"}
    row = table.set_index("id").loc["st-bluebird-benslimane"]
    place = atlas.record("st-bluebird-benslimane").locations[0]
    assert row.geometry == shapely.Point(place.lon, place.lat)
    assert len(table) == len(atlas)


@pytest.mark.parametrize(
    ("filters", "words"),
    [({"country": "QQ"}, "country=QQ"), ({"nonsense": "1"}, "nonsense"), ({"actor": ["ac-none"]}, "ac-none"),
     ({"record": "st-1"}, "record"), ({"area": "box:1"}, "box:1")],
)  # fmt: skip
def test_filters_that_mean_nothing_are_refused(atlas, filters, words):
    with pytest.raises(FilterError, match=words):
        atlas.where(**filters)


def test_a_window_that_means_nothing_is_refused(atlas):
    with pytest.raises(UncertainDateError):
        atlas.between("soon")
    with pytest.raises(FilterError, match="before it begins"):
        atlas.between("2022", "2020")
    assert atlas.between().link == atlas.link


def test_what_was_taken_away_opens_again(atlas, tmp_path):
    few = atlas.where(country="MA", type="site").between("2000", "2025")
    few.export(tmp_path / "few.zip")
    again = load(tmp_path / "few.zip")
    assert set(few.table()["id"]) <= set(again.library().evidence)
    written = few.export(tmp_path / "few.geojson")
    assert written.rows == len(few)
    places = json.loads((tmp_path / "few.geojson").read_text("utf-8"))["features"]
    assert {one["properties"]["id"] for one in places} == set(few.table()["id"])
    with pytest.raises(ExportError, match="choose one of"):
        few.export(tmp_path / "few.docm")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["few.geojson", "few.zip"]


def test_a_package_may_be_a_folder_or_a_zip_of_one_and_nothing_else(tmp_path):
    assert {one[:3] for one in load(SMALL).library().evidence} >= {"st-", "ev-"}
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        for file in SMALL.iterdir():
            archive.write(file, f"small/{file.name}")
    assert load(inner).version == load(SMALL).version
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "nothing")
    with pytest.raises(PackageError, match="no data package"):
        load(tmp_path / "other.zip")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no more")
    with pytest.raises(ArchiveError):
        load(tmp_path / "broken.zip")
    with pytest.raises(PackageError):
        load(tmp_path / "missing")


def test_a_map_shows_itself_and_a_citation_names_the_version(atlas):
    few = atlas.where(country="MA").between("2020")
    html = atlas_map(few, selected="st-bluebird-benslimane")._repr_html_()
    assert "st-bluebird-benslimane" in html
    cited = few.cite(address="https://atlas.example.org/?country=MA")
    assert atlas.version in cited.text
    assert "Country: Morocco" in cited.text
    assert json.loads(cited.csl_json)[0]["version"] == atlas.version


def test_places_are_found_by_their_names(atlas, gazetteer_file, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))
    found = geocode(["Ben Slimane", "Tel Aviv", "Nowhere at all"], places=atlas)
    assert list(found["status"]) == ["resolved", "resolved", "unknown"]
    assert list(found["country"]) == ["MA", "IL", ""]


def test_the_notebook_of_the_docs_runs(gazetteer_file, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARSENAL_ATLAS_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "docs" / "notebook.py")],
        env=kept
        | {"ARSENAL_ATLAS_GAZETTEER": str(gazetteer_file), "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Arsenal Atlas" in done.stdout
    assert [one.name for one in tmp_path.rglob("*.geojson")] == ["drones.geojson"]
