"""Drawing on the map and choosing in a chart, as a person does it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_drawn_rectangle_narrows_map_counts_and_address(atlas: Any) -> None:
    before = atlas.inspect()["visible"]
    atlas.iframe.element_handle().evaluate("frame => { frame.dataset.seen = 'before'; }")
    atlas.frame.get_by_role("button", name="Draw a rectangle").click()
    box = atlas.iframe.bounding_box()
    atlas.page.mouse.move(box["x"] + 300, box["y"] + 160)
    atlas.page.mouse.down()
    atlas.page.mouse.move(box["x"] + 400, box["y"] + 300, steps=4)
    atlas.page.mouse.up()
    atlas.wait_for_query("area", "^box:")
    expect(atlas.counts).to_contain_text("in the rectangle")
    atlas.wait_in_map("map.visible.events < arg", before["events"])
    atlas.expect_counts_as_in_map()
    assert atlas.iframe.get_attribute("data-seen") == "before"
    atlas.frame.get_by_role("button", name="Remove the area").click()
    atlas.wait_in_map("map.visible.events === arg && map.area === null", before["events"])


def test_measuring_says_kilometres_and_escape_ends(atlas: Any) -> None:
    atlas.frame.get_by_role("button", name="Measure a distance").click()
    box = atlas.iframe.bounding_box()
    for x in (200, 400):
        atlas.page.mouse.click(box["x"] + x, box["y"] + 200)
    expect(atlas.frame.locator(".atlas-measure")).to_contain_text(" km")
    atlas.page.keyboard.press("Escape")
    expect(atlas.frame.locator(".atlas-measure")).to_be_hidden()


def test_a_bar_narrows_the_map_and_its_chip_undoes_it(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/?below=Timeline")
    before = atlas.inspect()["visible"]["events"]
    marks = atlas.page.locator(".st-key-chart_timeline path[aria-roledescription=bar]")
    marks.nth(5).click(force=True)
    atlas.wait_for_query("chart", "during:")
    atlas.wait_in_map("map.visible.sites === 0 && map.visible.events < arg", before)
    atlas.expect_counts_as_in_map()
    atlas.page.get_by_role("button", name="Chart selection").click()
    atlas.wait_in_map("map.visible.events === arg", before)
