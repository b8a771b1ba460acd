"""A saved view asks for codes that exist and, of the shipped data, shows what its title says."""

import pytest

from dashboard.domain.countries import country_name
from dashboard.domain.vocabulary import codes
from dashboard.importers.package import read_package
from dashboard.settings import starter_path
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.saved_views import count_shown, saved_views
from dashboard.workflows.views.selection import Filters, select

VIEWS = {view.id: view for view in saved_views()}


@pytest.fixture(scope="module")
def frames():
    package = read_package(starter_path("data"))
    return build_frames(package.tables, package.version)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_its_codes_are_known(view):
    assert set(view.filters.kinds) <= {*codes("site_kinds"), *codes("event_kinds")}
    assert set(view.filters.products) <= set(codes("product_categories"))
    assert set(view.filters.types) <= {"site", "event"}
    for code in (*view.filters.countries, *view.filters.involved):
        assert country_name(code) != code


def test_two_countries_are_those_of_actors_or_places(frames):
    view = VIEWS["morocco-israel"]
    shown = select(frames, view.filters, view.window).rows
    # The plant stands in Morocco and its firm is at home in Israel; the visit has actors of both.
    assert {"st-bluebird-benslimane", "ev-2026-jmc3"} <= set(shown["record_id"])
    assert count_shown(frames, view) == len(shown)
    for row in shown.itertuples():
        assert {"IL", "MA"} <= set((row.countries + row.parties).split("|"))


def test_all_of_them_must_be_involved(frames):
    both = select(frames, Filters(involved=("IL", "MA")), VIEWS["morocco-israel"].window)
    one = select(frames, Filters(involved=("IL",)), VIEWS["morocco-israel"].window)
    assert 0 < len(both.shown) < len(one.shown)


def test_loitering_munitions_are_all_of_that_category(frames):
    view = VIEWS["loitering-munitions"]
    shown = select(frames, view.filters, view.window).rows
    assert len(shown)
    assert shown["products"].str.contains("|loitering_munition|", regex=False).all()
