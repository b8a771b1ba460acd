import json

import pytest

from dashboard.ui import charts

PAIR = "pair:ac-far|ac-idf"


@pytest.mark.parametrize("view", ["Timeline", "Actors", "Places"])
def test_each_chart_is_drawn_and_none_without_being_asked(open_page, view):
    assert not open_page().at.get("vega_lite_chart")
    opened = open_page("atlas", {"below": view})
    assert len(opened.at.get("vega_lite_chart")) == 1


@pytest.mark.parametrize("view", ["Timeline", "Actors", "Places"])
def test_an_empty_view_says_so_instead_of_drawing(open_page, view):
    opened = open_page("atlas", {"below": view, "q": "no such word anywhere"})
    assert not opened.at.get("vega_lite_chart")
    assert "Nothing to draw here" in opened.words


def test_a_chart_selection_narrows_map_table_and_counts_and_goes_by_its_chip(open_page):
    opened = open_page("atlas", {"chart": PAIR})
    assert 0 < len(opened.names) < len(open_page().names)
    assert opened.map["state"]["mask"]
    chip = next(b for b in opened.at.button if b.key == "drop_pick")
    assert "Chart selection" in chip.label
    chip.click().run()
    assert opened.map["state"]["mask"] is None
    assert sorted(opened.names) == sorted(open_page().names)


def test_an_area_narrows_everything_and_is_named(open_page):
    opened = open_page("atlas", {"area": "circle:33.62,-7.12,30"})
    assert "BlueBird SpyX plant, Ben Slimane" in opened.names
    assert "within 30 km" in opened.words
    assert "only possibly in the area" in opened.words
    assert opened.map["state"]["area"] == "circle:33.62,-7.12,30"
    next(b for b in opened.at.button if b.label == "Clear filters").click().run()
    assert opened.map["state"]["area"] is None
    assert opened.map["state"]["mask"] is None


@pytest.mark.parametrize("query", [{"area": "box:1,2"}, {"chart": "kind:<b>"}, {"area": "view:"}])
def test_what_cannot_be_read_narrows_nothing(open_page, query):
    assert open_page("atlas", query).map["state"]["mask"] is None


def test_small_type_of_a_chart_is_dark_enough_and_a_phone_leaves_room_for_bars(open_page, monkeypatch):
    def drawn():
        return json.loads(open_page("atlas", {"below": "Timeline"}).at.get("vega_lite_chart")[0].proto.spec)

    wide = drawn()
    assert wide["config"]["legend"]["labelColor"] == charts._TYPE["light"]
    monkeypatch.setattr(charts, "is_phone", lambda: True)
    assert drawn()["height"] > wide["height"]
