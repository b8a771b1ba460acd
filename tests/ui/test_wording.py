"""A table says in words what the frames hold in codes, row by row."""

import pytest

from dashboard.domain.countries import country_name
from dashboard.domain.vocabulary import label
from dashboard.domain.window import Window
from dashboard.importers.package import read_package
from dashboard.settings import starter_path
from dashboard.ui.wording import readable
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import Filters, select


@pytest.fixture(scope="module")
def frames():
    package = read_package(starter_path("data"))
    return build_frames(package.tables, package.version)


@pytest.mark.parametrize("window", [Window(), Window.parse("2015", "2020"), Window.parse("1990", "1991")])
def test_each_row_is_its_record_in_words(frames, window):
    rows = select(frames, Filters(), window).shown
    words, codes = readable(rows, 0, len(rows)).to_pylist(), rows.frame()
    assert len(words) == len(codes) > 0
    for said, record in zip(words, codes.itertuples(), strict=True):
        assert said["Name"] == record.name
        assert said["Kind"] == label(f"{record.record_type}_kinds", record.kind)
        assert said["Status"] == label(f"{record.record_type}_statuses", record.status)
        assert said["Country"] == ", ".join(map(country_name, record.countries.strip("|").split("|")))
        assert (said["In window"], said["Place"]) == (record.fit, record.places)
        assert (said["Sources"], said["Contradicted"]) == (record.sources, record.contradicted)
        assert bool(said["Date"]) == bool(record.date)


def test_a_stretch_is_that_part_of_the_whole(frames):
    rows = select(frames, Filters(), Window()).shown
    assert readable(rows, 10, 20).to_pylist() == readable(rows, 0, len(rows)).to_pylist()[10:20]


def test_no_row_has_the_same_columns(frames):
    rows = select(frames, Filters(text="nothing of that name"), Window()).shown
    empty = readable(rows, 0, 10)
    assert empty.num_rows == 0
    assert empty.schema == readable(select(frames, Filters(), Window()).shown, 0, 3).schema
