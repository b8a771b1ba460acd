"""The address holds the view: a copied link shows the same, a link to a record shows that record."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FACTORY = "st-bluebird-benslimane"
MEETING = "ev-2026-jmc3"


def test_the_address_reproduces_the_view_elsewhere(atlas: Any, new_atlas: Callable[..., Any]) -> None:
    atlas.set_date("From date", "2019-03")
    atlas.set_date("To date", "2025")
    atlas.wait_for_query("to", "2025-12-31")
    atlas.choose("Country", "Morocco")
    atlas.wait_for_query("country", ".")
    atlas.drawn()
    atlas.page.get_by_text("SpyX plant at Ben Slimane reported open").first.click()
    atlas.wait_for_query("record", "ev-")
    expect(atlas.card).to_contain_text("SpyX plant at Ben Slimane")
    atlas.drawn()
    atlas.wait_in_map("map.selected?.startsWith('ev-')")
    atlas.rest()  # it has gone to the record
    # Away from the record, which the address must not pull back into the middle.
    atlas.frame.locator(".leaflet-container").focus()
    for _ in range(4):
        before = atlas.inspect()["view"]
        atlas.page.keyboard.press("ArrowDown")
        atlas.wait_in_map("Math.abs(map.view.lat - arg.lat) > 0.1", before)
        atlas.rest()  # a key pressed amid the glide is ignored
    told = atlas.inspect()
    view = [told["view"]["lat"], told["view"]["lng"]]
    atlas.page.wait_for_function(
        """view => (new URLSearchParams(location.search).get("view") ?? "").split(",").slice(0, 2)
            .every((part, i) => Math.abs(Number(part) - view[i]) < 0.01)""",
        arg=view,
    )
    atlas.drawn()

    # Another reader altogether.
    copy = new_atlas(alone=True).open(atlas.address)
    expect(copy.card).to_contain_text("SpyX plant at Ben Slimane")
    expect(copy.counts).to_have_text(atlas.counts.inner_text())
    assert told["window"] == {"from": "2019-03-01", "to": "2025-12-31"}
    copy.expect_in_map(window=told["window"], selected=told["selected"], visible=told["visible"])
    copy.rest()
    found = copy.inspect()
    assert found["view"]["zoom"] == pytest.approx(told["view"]["zoom"], abs=0.01)
    for axis in ("lat", "lng"):
        assert found["view"][axis] == pytest.approx(told["view"][axis], abs=0.01), axis
    copy.expect_query_of(atlas)


@pytest.mark.parametrize("record_id", [MEETING, FACTORY])
def test_a_link_to_a_record_shows_it_whatever_else_it_says(
    new_atlas: Callable[..., Any], record_id: str
) -> None:
    atlas = new_atlas().open(f"/?record={record_id}&from=2010&to=2012&q=Norway")
    expect(atlas.card).to_be_visible()
    atlas.wait_in_map("map.selected === arg && ArsenalAtlas.markAt(arg)?.visible === true", record_id)
    atlas.expect_query(q=None, record=record_id)
    atlas.drawn()
    atlas.rest()
    mark = atlas.mark(record_id)
    box = atlas.iframe.bounding_box()
    assert box["x"] < mark["x"] < box["x"] + box["width"]
    assert box["y"] < mark["y"] < box["y"] + box["height"]
    atlas.expect_counts_as_in_map()


def test_a_filter_by_link_that_hides_nothing_stays(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open(f"/?record={FACTORY}&q=SpyX")
    expect(atlas.card).to_contain_text("BlueBird SpyX plant, Ben Slimane")
    atlas.wait_in_map("ArsenalAtlas.markAt(arg)?.visible === false", "ev-2020-joint-declaration")
    atlas.drawn()
    assert atlas.query["q"] == "SpyX"


def test_a_link_to_no_record_says_so_and_still_shows_the_map(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/?record=ev-never-was&view=nonsense&from=yesterday&to=%3Cb%3E")
    expect(atlas.page.get_by_text("No record has this address")).to_be_visible()
    atlas.wait_in_map("ArsenalAtlas.markAt(arg)?.visible === true", FACTORY)
    assert atlas.inspect()["window"] == {"from": None, "to": None}


def test_the_browsers_back_button_takes_the_clock_back(atlas: Any) -> None:
    for year in ("2020", "2015"):
        atlas.set_date("To date", year)
        atlas.wait_for_query("to", f"{year}-12-31")
        expect(atlas.counts).to_contain_text(f"up to {year}-12-31")
        atlas.expect_counts_as_in_map()
    atlas.drawn()
    in_2015 = atlas.counts.inner_text()
    atlas.page.go_back()
    atlas.wait_in_map("map.window.to === '2020-12-31'")
    atlas.wait_for_query("to", "2020-12-31")
    expect(atlas.counts).not_to_have_text(in_2015)
    expect(atlas.counts).to_contain_text("up to 2020-12-31")
    atlas.expect_counts_as_in_map()
