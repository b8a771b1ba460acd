"""Drawing on the map and choosing in a chart, as a person does it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def take(atlas: Any, tool: str) -> None:
    """Take a tool of the map, and see that the map has put it into one's hand."""
    button = atlas.frame.get_by_role("button", name=tool)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_a_drawn_rectangle_narrows_map_counts_and_address(atlas: Any) -> None:
    before = atlas.inspect()["visible"]
    atlas.iframe.element_handle().evaluate("frame => { frame.dataset.seen = 'before'; }")
    take(atlas, "Draw a rectangle")
    box = atlas.iframe.bounding_box()
    atlas.page.mouse.move(box["x"] + 300, box["y"] + 160)
    atlas.page.mouse.down()
    atlas.page.mouse.move(box["x"] + 400, box["y"] + 300, steps=4)
    atlas.page.mouse.up()
    atlas.wait_for_query("area", "^box:")
    expect(atlas.counts).to_contain_text("in the rectangle")
    atlas.wait_in_map("map.visible.events < arg", before["events"])
    atlas.expect_counts_as_in_map()
    atlas.drawn()
    assert atlas.iframe.get_attribute("data-seen") == "before"
    atlas.frame.get_by_role("button", name="Remove the area").click()
    atlas.wait_in_map("map.visible.events === arg && map.area === null", before["events"])


def test_measuring_says_kilometres_and_escape_ends(atlas: Any) -> None:
    take(atlas, "Measure a distance")
    box = atlas.iframe.bounding_box()
    for x in (200, 400):
        atlas.page.mouse.click(box["x"] + x, box["y"] + 200)
    expect(atlas.frame.locator(".atlas-measure")).to_contain_text(" km")
    atlas.page.keyboard.press("Escape")
    expect(atlas.frame.locator(".atlas-measure")).to_be_hidden()


def test_a_bar_narrows_the_map_and_its_chip_undoes_it(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/?below=Timeline")
    before = atlas.inspect()["visible"]["events"]
    chart = atlas.page.locator(".st-key-chart_timeline")
    # Streamlit offers the picture when the chart listens, which is after its bars are drawn.
    expect(chart.get_by_role("button", name="Download as PNG", include_hidden=True)).to_be_attached()
    chart.locator("path[aria-roledescription=bar]").nth(5).click(force=True)
    atlas.wait_for_query("chart", "during:")
    atlas.wait_in_map("map.visible.sites === 0 && map.visible.events < arg", before)
    atlas.expect_counts_as_in_map()
    atlas.drawn()
    atlas.page.get_by_role("button", name="Chart selection").click()
    atlas.wait_in_map("map.visible.events === arg", before)


def press_at(atlas: Any, *points: tuple[int, int]) -> None:
    box = atlas.iframe.bounding_box()
    for x, y in points:
        atlas.page.mouse.click(box["x"] + x, box["y"] + y)


def test_a_drawn_shape_is_closed_by_enter(atlas: Any) -> None:
    before = atlas.inspect()["visible"]["events"]
    take(atlas, "Draw a shape")
    press_at(atlas, (250, 120), (420, 140), (330, 320))
    atlas.page.keyboard.press("Enter")
    atlas.wait_for_query("area", "^poly:")
    expect(atlas.counts).to_contain_text("in the drawn shape of 3 corners")
    atlas.wait_in_map("map.visible.events < arg", before)
    atlas.expect_counts_as_in_map()


def test_a_circle_is_dragged_from_its_middle(atlas: Any) -> None:
    before = atlas.inspect()["visible"]["events"]
    take(atlas, "Draw a circle")
    box = atlas.iframe.bounding_box()
    atlas.page.mouse.move(box["x"] + 330, box["y"] + 210)
    atlas.page.mouse.down()
    atlas.page.mouse.move(box["x"] + 380, box["y"] + 240, steps=4)
    atlas.page.mouse.up()
    atlas.wait_for_query("area", "^circle:")
    expect(atlas.counts).to_contain_text("km of")
    atlas.wait_in_map("map.visible.events < arg", before)
    atlas.expect_counts_as_in_map()


def test_a_rectangle_is_drawn_by_keys_alone(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/?view=33,-7,5")
    tool = atlas.frame.get_by_role("button", name="Draw a rectangle")
    tool.focus()
    tool.press("Enter")
    expect(tool).to_have_attribute("aria-pressed", "true")
    expect(atlas.frame.locator(".leaflet-container")).to_be_focused()
    keys = atlas.page.keyboard
    keys.press("Space")
    keys.press("Space")  # a corner on the first one encloses nothing, and is no reason to give up
    for _ in range(3):
        keys.press("ArrowRight")  # pressed faster than a gliding map would hear them
        keys.press("ArrowDown")
    keys.press("Space")
    atlas.wait_for_query("area", "^box:")
    atlas.expect_counts_as_in_map()


def test_table_and_counts_follow_what_the_map_shows(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/?view=33.6,-7.1,7")
    whole = atlas.inspect()["visible"]["events"]
    atlas.page.get_by_text("Only what the map shows").click()
    atlas.wait_for_query("area", "^view:")
    expect(atlas.counts).to_contain_text("in what the map shows")
    atlas.wait_in_map("map.visible.events < arg", whole)
    atlas.expect_counts_as_in_map()
    atlas.drawn()
    here = atlas.inspect()["visible"]["events"]
    for _ in range(3):
        atlas.frame.get_by_role("button", name="Zoom out").click()
    atlas.wait_in_map("map.visible.events > arg", here)
    atlas.expect_counts_as_in_map()


def test_near_a_place_looks_around_it_however_it_is_spelt(atlas: Any) -> None:
    before = atlas.inspect()["visible"]["events"]
    atlas.page.get_by_text("Near a place").click()
    place = atlas.page.get_by_role("textbox", name="of the place")
    place.fill("bèn-slimane")
    place.press("Enter")
    atlas.wait_for_query("area", r"^circle:33\.6\d+,-7\.1\d+,50$")
    expect(atlas.counts).to_contain_text("within 50 km of 33.")
    atlas.wait_in_map("map.visible.events > 0 && map.visible.events < arg", before)
    atlas.expect_counts_as_in_map()
