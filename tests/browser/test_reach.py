"""Who can use it and whom it asks: keyboard, narrow screen, dark screen, and no foreign host."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FACTORY = "st-bluebird-benslimane"
PAGES = (
    "Events", "Sites", "Actors", "Sources", "Layers", "Articles", "Import", "Changes", "About", "Atlas",
)  # fmt: skip
ADDRESSES = {"Import": "import_data"}
WIDE = {"width": 1900, "height": 1000}  # narrower ones keep the last pages in a menu
# A request that the content security policy stops never reaches the log: it is a violation instead.
WATCH_POLICY = """
globalThis.refused = [];
addEventListener("securitypolicyviolation", event => refused.push(event.blockedURI));
"""


def test_nothing_is_asked_of_a_foreign_host(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(alone=True, viewport=WIDE)
    atlas.page.add_init_script(WATCH_POLICY)
    atlas.open()
    refused: list[str] = atlas.frame.evaluate("() => refused")
    for name in PAGES:
        atlas.page.get_by_role("link", name=name, exact=True).click()
        if name == "Atlas":
            atlas.wait_for_map()
        else:
            expect(atlas.page.get_by_role("heading", level=1)).to_be_visible()
            atlas.page.wait_for_url(f"**/{ADDRESSES.get(name, name.lower())}*")
        ready = "[data-testid='stApp'][data-test-script-state='notRunning']"
        atlas.page.wait_for_selector(ready, timeout=30_000)
    atlas.open(f"/?record={FACTORY}")
    expect(atlas.card).to_be_visible()
    refused += atlas.page.evaluate("() => refused") + atlas.frame.evaluate("() => refused")
    # The map for other people's pages, by itself.
    atlas.page.goto(f"{atlas.server}/embed?record={FACTORY}")
    expect(atlas.page.locator(".atlas-shell[data-state=ready]")).to_be_visible()
    refused += atlas.page.evaluate("() => refused")

    own = urlsplit(atlas.server).netloc
    addresses = [urlsplit(url) for url in atlas.requests]
    assert {a.scheme for a in addresses} <= {"http", "ws", "data", "blob"}
    assert {a.netloc for a in addresses if a.scheme in ("http", "ws")} == {own}
    paths = {a.path for a in addresses if a.netloc == own}
    assert {"/embed", "/atlas/map", "/atlas/assets/atlas-map.js", "/_stcore/stream"} <= paths
    assert [url for url in refused if url.startswith(("http", "ws", "//")) and own not in url] == []


def test_the_clock_is_reached_and_worked_by_keyboard(atlas: Any) -> None:
    atlas.page.get_by_role("combobox", name="Basemap").focus()
    for _ in range(40):
        atlas.page.keyboard.press("Tab")
        if atlas.iframe.evaluate("frame => frame === document.activeElement"):
            break
    expect(atlas.iframe).to_be_focused()
    atlas.frame.get_by_label("To date", exact=True).focus()
    slider = atlas.frame.get_by_role("slider", name="Window end")
    for _ in range(20):
        atlas.page.keyboard.press("Tab")
        if slider.evaluate("node => node === document.activeElement"):
            break
    expect(slider).to_be_focused()
    atlas.page.keyboard.press("PageDown")
    atlas.wait_in_map("map.window.to !== null")
    year_back = atlas.inspect()["window"]["to"]
    atlas.page.keyboard.press("ArrowLeft")
    atlas.wait_in_map("map.window.to < arg", year_back)
    atlas.page.keyboard.press("ArrowRight")
    atlas.wait_in_map("map.window.to > arg.slice(0, 7)", year_back)
    atlas.wait_for_query("to", r"\d{4}-\d\d-\d\d")
    atlas.expect_counts_as_in_map()
    assert slider.get_attribute("aria-valuetext") == atlas.inspect()["window"]["to"]
    atlas.page.keyboard.press("Shift+Tab")
    expect(atlas.frame.get_by_role("slider", name="Window start")).to_be_focused()


def test_a_table_holds_what_the_map_shows(atlas: Any) -> None:
    shown = atlas.inspect()["visible"]
    # Inside the canvas of the data grid: what a screen reader reads and the keyboard walks.
    grid = atlas.page.get_by_test_id("stDataFrame").locator("[role='grid']")
    expect(grid).to_have_attribute("aria-rowcount", str(shown["sites"] + shown["events"] + 1))
    assert "Name" in grid.locator("[role='columnheader']").all_text_contents()
    atlas.set_date("To date", "2020")
    atlas.wait_for_query("to", "2020-12-31")
    then = atlas.inspect()["visible"]
    assert then["events"] < shown["events"]
    expect(grid).to_have_attribute("aria-rowcount", str(then["sites"] + then["events"] + 1))


def test_a_narrow_screen_shows_map_clock_and_card(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(viewport={"width": 390, "height": 844}).open(f"/?record={FACTORY}")
    scrollers = """() => [document.documentElement, ...document.querySelectorAll(".stMain, .stApp")]
        .map(node => node.scrollWidth - node.clientWidth)"""
    assert max(atlas.page.evaluate(scrollers)) <= 0
    box = atlas.iframe.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    inside = """() => ["#map_atlas, .leaflet-container", ".atlas-clock", ".atlas-track"].map(what => {
        const { left, right, top, bottom } = document.querySelector(what).getBoundingClientRect();
        return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight && bottom - top > 20;
    })"""
    assert atlas.frame.evaluate(inside) == [True, True, True]
    assert atlas.frame.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    for control in ("Play", "Step forward"):
        expect(atlas.frame.get_by_role("button", name=control, exact=True)).to_be_in_viewport(ratio=0.9)
    atlas.card.scroll_into_view_if_needed()
    expect(atlas.card).to_be_in_viewport()
    card = atlas.card.bounding_box()
    assert card["x"] >= 0
    assert card["x"] + card["width"] <= 390


def test_a_dark_screen_gets_a_dark_map(new_atlas: Callable[..., Any]) -> None:
    brightness = """() => {
        const canvas = document.querySelector("canvas");
        const [r, g, b] = canvas.getContext("2d").getImageData(5, 5, 1, 1).data;
        return r + g + b;
    }"""
    found = {}
    for scheme in ("light", "dark"):
        atlas = new_atlas(color_scheme=scheme).open()
        atlas.wait_in_map("document.documentElement.dataset.theme === arg", scheme)
        background = "() => getComputedStyle(document.querySelector('.atlas-clock')).backgroundColor"
        found[scheme] = (atlas.frame.evaluate(background), atlas.frame.evaluate(brightness))
    assert found["light"] != found["dark"]
