"""The Geocoding page as a person uses it: by mouse, by keyboard, on a phone, with names that mean harm."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CANARY = "canary.invalid"
HOSTILE = (
    f"<img src=x onerror=\"new Image().src='http://{CANARY}/'\"> ![x](http://{CANARY}/x.png) $x$ :red[r]"
)


@pytest.fixture(scope="module")
def geocoding_server(start_server: Callable[..., Any], gazetteer_file: Path) -> Iterator[str]:
    with start_server(gazetteer=gazetteer_file) as address:
        yield address


@pytest.fixture
def opened(new_atlas: Callable[..., Any], geocoding_server: str) -> Callable[..., Any]:
    def make(names: str = "", **options: Any) -> Any:
        atlas = new_atlas(geocoding_server, **options)
        return atlas.open("/geocoding" + (f"?names={quote(names)}" if names else ""))

    return make


def point(atlas: Any) -> Any:
    return atlas.page.get_by_label("Latitude, longitude", exact=True)


def point_at(atlas: Any, place_id: str) -> None:
    """Move the mouse over a candidate until the frame has seen it."""
    atlas.hover(lambda: atlas.mark(place_id))


def save(atlas: Any, at: str, reason: str, who: str) -> None:
    for label, text in (("Latitude, longitude", at), ("Why there", reason), ("Your name", who)):
        field = atlas.page.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Tab")
        atlas.drawn()
    atlas.page.get_by_role("button", name="Save as hand-decided place").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_click_on_the_map_chooses_a_candidate(opened: Callable[..., Any], scheme: str) -> None:
    atlas = opened("Springfield", color_scheme=scheme)
    atlas.wait_for_map()
    atlas.wait_in_map("document.documentElement.dataset.theme === arg", scheme)
    expect(atlas.frame.locator(".atlas-clock")).to_be_hidden()
    shown = atlas.inspect()
    assert shown["visible"]["marks"] > 3
    assert shown["visible"]["possible"] == 0
    other = "geonames:5754005"  # the one in Oregon stands alone
    atlas.rest()
    point_at(atlas, other)
    atlas.page.mouse.down()
    atlas.page.mouse.up()
    atlas.wait_in_map("map.selected === arg", other)
    expect(point(atlas).first).to_have_value(re.compile(r"^44\.0"))


def test_another_name_moves_the_map(opened: Callable[..., Any]) -> None:
    atlas = opened("Tel Aviv")
    atlas.wait_for_map()
    atlas.wait_in_map("Math.abs(map.view.lng - 34.8) < 5")
    area = atlas.page.get_by_role("textbox", name="Place names")
    area.fill("Kyiv")
    area.press("Control+Enter")
    atlas.wait_in_map("Math.abs(map.view.lng - 30.5) < 5")
    atlas.wait_for_query("names", "^Kyiv$")


def test_a_phone_scrolls_down_only(opened: Callable[..., Any]) -> None:
    atlas = opened("Springfield\nTel Aviv", viewport={"width": 390, "height": 844})
    # A frame out of sight is not drawn, and so is never ready.
    atlas.iframe.scroll_into_view_if_needed()
    atlas.wait_for_map()
    assert atlas.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    box = atlas.iframe.bounding_box()
    assert box is not None
    assert box["width"] <= 390


def test_a_decision_by_keyboard_outlives_a_reload_and_is_taken_back(opened: Callable[..., Any]) -> None:
    name = "Zzyzzx Nowhere"
    atlas = opened(name)
    save(atlas, "33.6012, -7.1345", "The permit names the plot", "A. Tester")
    expect(atlas.page.get_by_text("Saved as pl-zzyzzx-nowhere")).to_be_visible()
    atlas.page.reload()
    expect(atlas.page.get_by_text("Decided by hand", exact=True)).to_be_visible()
    atlas.wait_for_map()
    atlas.wait_in_map("ArsenalAtlas.markAt(arg)?.visible", "pl-zzyzzx-nowhere")
    atlas.drawn()
    atlas.page.get_by_role("button", name="Take back").click()
    panel = atlas.page.get_by_test_id("stPopoverBody")
    for field, text in (("Why", "Another plot"), ("Your name", "A. Tester")):
        panel.get_by_label(field, exact=True).fill(text)
        panel.get_by_label(field, exact=True).press("Tab")
        atlas.drawn()
    atlas.page.get_by_role("button", name="Take it back").click()
    expect(atlas.page.get_by_text("Taken back:")).to_be_visible()


def test_a_hostile_name_runs_nothing_and_asks_nobody(opened: Callable[..., Any]) -> None:
    atlas = opened(HOSTILE)
    save(atlas, "33.6012, -7.1345", HOSTILE, "A. Tester")
    expect(atlas.page.get_by_text("Saved as pl-")).to_be_visible()
    atlas.wait_for_map()
    atlas.wait_in_map("map.selected?.startsWith('pl-')")
    atlas.drawn()
    atlas.rest()
    point_at(atlas, atlas.inspect()["selected"])
    expect(atlas.frame.locator(".atlas-tip")).to_contain_text("onerror=")
    for frame in atlas.page.frames:
        assert frame.locator("[onerror], img[src*='canary']").count() == 0
    atlas.settle()
    assert [url for url in atlas.requests if urlsplit(url).hostname == CANARY] == []


def test_a_card_leads_to_the_page_with_its_name(opened: Callable[..., Any], geocoding_server: str) -> None:
    atlas = opened()
    atlas.open("/?record=st-bluebird-benslimane")
    atlas.card.get_by_text("How this place was decided").click()
    expect(atlas.card.get_by_text("Looked up again")).to_be_visible()
    atlas.drawn()
    atlas.card.get_by_role("link", name="Open on the Geocoding page").click()
    expect(atlas.page.get_by_role("heading", name="Geocoding")).to_be_visible()
    expect(atlas.page.get_by_role("textbox", name="Place names")).to_have_value("Ben Slimane; MA")
