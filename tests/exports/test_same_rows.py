"""Map, table and every file show the same records: three views, each file read back by its own reader."""

import json
from datetime import date

import numpy as np
import pytest

from dashboard.domain.vocabulary import label
from dashboard.domain.window import Window
from dashboard.exports.package import write_package
from dashboard.importers.package import DataPackage, read_package
from dashboard.settings import starter_path
from dashboard.ui.wording import readable
from dashboard.workflows.sharing.export_map import frames_of
from dashboard.workflows.sharing.link import Link, read_link, write_link
from dashboard.workflows.sharing.take_away import FORMATS, view_for, view_of, write_take_away
from dashboard.workflows.versions.published import PublishedVersion
from dashboard.workflows.views.datasets import open_datasets
from dashboard.workflows.views.evidence import build_library
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import Filters, mask_bits, select

LAYER = "data:theirs"
VIEWS = {
    "morocco": Link(Filters(countries=("MA",)), Window.parse("2020", "2023")),
    "drones": Link(Filters(products=("loitering_munition", "uav"), types=("event",)), Window()),
    "dataset": Link(
        Filters(involved=("IL",), kinds=("factory", "visit")), Window.parse("2015", None), layers=LAYER
    ),
}


class Atlas:
    """The starter data with one imported dataset beside it, as a runtime gives it."""

    def __init__(self, folder):
        package = read_package(starter_path("data"))
        self._frames = build_frames(package.tables, package.version)
        self._library = build_library(package.tables, package.version, package.descriptor)
        theirs = package.metadata | {"name": "theirs", "licenses": [{"name": "ODbL-1.0"}]}
        write_package(DataPackage.of(package.tables, json.dumps(theirs)), folder)
        self.datasets = open_datasets([folder])
        self.published = PublishedVersion("lasting", "", 1)

    def frames(self):
        return self._frames

    def library(self):
        return self._library


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    return Atlas(tmp_path_factory.mktemp("theirs"))


@pytest.fixture(params=VIEWS)
def link(request):
    found = VIEWS[request.param]
    assert read_link(write_link(found))[0] == found
    return found


@pytest.fixture
def view(atlas, link):
    return view_for(atlas, link, made_on=date(2026, 11, 26))


def shown_on_map(frames, filters, window):
    """What the browser draws: the mask, and the window on the same integers (docs/map-document.md)."""
    records, segments = frames.records, frames.segments
    bits = np.frombuffer(mask_bits(frames, filters), dtype="u1")
    masked = np.unpackbits(bits, bitorder="little")[: len(records)].astype(bool)
    alive = segments[(segments["first"] <= window.last) & (segments["last"] >= window.last)]["record_id"]
    is_event = (records["record_type"] == "event").to_numpy()
    inside = (records["first"] <= window.last) & (records["last"] >= window.first) & records["dated"]
    there = np.where(is_event, inside, records["record_id"].isin(alive))
    return set(records["record_id"][masked & there])


@pytest.fixture
def ids(atlas, link):
    ids = shown_on_map(atlas.frames(), link.filters, link.window)
    for one in atlas.datasets:
        if one.layer in link.layers:
            ids |= {f"{one.layer}/{i}" for i in shown_on_map(one.frames, link.filters, link.window)}
    return ids


def test_the_view_has_the_rows_of_the_map_and_of_the_table_in_its_order(atlas, link, view, ids):
    selection = select(atlas.frames(), link.filters, link.window)
    own = view.records[view.records["dataset"] == ""]
    assert own["id"].tolist() == selection.shown.ids()
    table = readable(selection.shown, 0, len(selection.shown)).to_pydict()
    assert own["name"].tolist() == table["Name"]
    assert own["status_label"].tolist() == table["Status"]
    assert own["kind_label"].tolist() == table["Kind"]
    for of in ("kind", "status"):
        words = [
            label(f"{t}_{of}{'es' if of == 'status' else 's'}", c) for t, c in own[["type", of]].to_numpy()
        ]
        assert words == own[f"{of}_label"].tolist()
    assert own["date_words"].tolist() == table["Date"]
    assert own["fit"].tolist() == table["In window"]
    assert set(view.records["id"]) == ids
    assert 10 < len(view.records) < 400
    assert view.records["id"].is_unique


def test_every_file_has_the_rows_of_the_map(ids, view, readers, open_map, tmp_path):
    events = {one for one in ids if one.rpartition("/")[2].startswith("ev-")}
    own = {one for one in ids if not one.startswith(LAYER)}
    placed = set(view.records["id"][view.records["lat"].notna()])
    wanted = dict.fromkeys(readers, ids) | {"plover": events, "ucdp": events, "fgb": placed, "package": own}
    for format_id, read in readers.items():
        path = tmp_path / f"{format_id}{FORMATS[format_id].extension}"
        write_take_away(view, format_id, path)
        assert set(read(path)) == wanted[format_id], format_id
    write_take_away(view, "html", tmp_path / "map.html")
    assert set(open_map(tmp_path / "map.html")) == ids
    frames = frames_of(view)
    assert set(select(frames, Filters(), view.window).shown.ids()) == ids


def test_records_of_a_dataset_keep_their_own_name_licence_and_package(atlas, tmp_path, open_package):
    view = view_for(atlas, VIEWS["dataset"], made_on=date(2026, 11, 26), address="https://a.example/atlas")
    theirs = view.records[view.records["dataset"] != ""]
    assert len(theirs) == len(view.records) / 2
    assert set(theirs["licence"]) == {"ODbL-1.0"}
    assert set(view.records["licence"]) == {"ODbL-1.0", "CC-BY-4.0"}
    assert theirs["id"].str.startswith(f"{LAYER}/").all()
    assert theirs["url"].iloc[0] == f"https://a.example/atlas?record={theirs['id'].iloc[0]}"
    assert theirs["actors"].iloc[0].startswith(f"{LAYER}/ac-")
    assert "ODbL-1.0" in view.credit
    for frame, key in (
        (view.places, "record_id"),
        (view.citations, "record_id"),
        (view.statuses, "record_id"),
    ):
        assert set(frame[key]) <= set(view.records["id"])
    assert set(view.citations["source_id"]) == set(view.sources["id"])
    write_take_away(view, "package", tmp_path / "view.zip")
    open_package(tmp_path / "view.zip")
    again = read_package(tmp_path / "view.zip.unpacked" / "datasets" / "theirs")
    assert again.metadata["licenses"] == [{"name": "ODbL-1.0"}]
    assert {one.id for name in ("sites", "events") for one in again.tables[name]} >= {
        one.rpartition("/")[2] for one in theirs["id"]
    }


def test_a_file_bears_the_public_name_of_its_version(atlas):
    assert view_for(atlas, VIEWS["drones"], made_on=date(2026, 11, 26)).version == "lasting"


def test_a_view_is_made_of_the_selection_it_is_given(atlas):
    link = VIEWS["drones"]
    selection = select(atlas.frames(), link.filters, link.window)
    view = view_of(
        atlas.frames(), atlas.library(), selection, link, made_on=date(2026, 11, 26), title="\ud800"
    )
    assert view.title == "?"
    assert view.records["id"].tolist() == selection.shown.ids()
    assert view.version == atlas.frames().version
    assert set(view.records["url"]) == {""}
    assert view.described
