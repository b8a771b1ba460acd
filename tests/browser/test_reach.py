"""Who can use it and whom it asks: keyboard, narrow screen, dark screen, and no foreign host."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from dashboard.ui.navigation import ALONE, PAGES

pytestmark = pytest.mark.browser

FACTORY = "st-bluebird-benslimane"
ATLAS, *OTHERS = PAGES
HEADINGS = dict.fromkeys(entry.section for entry in PAGES if entry.section != ALONE)
# A request that the content security policy stops never reaches the log: it is a violation instead.
WATCH_POLICY = """
globalThis.refused = [];
addEventListener("securitypolicyviolation", event => refused.push(event.blockedURI));
"""


def test_nothing_is_asked_of_a_foreign_host(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(alone=True)
    atlas.page.add_init_script(WATCH_POLICY)
    atlas.open()
    refused: list[str] = atlas.frame.evaluate("() => refused")
    for entry in (*OTHERS, ATLAS):
        atlas.go(entry.title)
        if entry == ATLAS:
            atlas.wait_for_map()
        else:
            expect(atlas.page.get_by_role("heading", level=1)).to_be_visible()
            atlas.page.wait_for_url(f"**/{entry.name}*")
        atlas.drawn()
    atlas.settle()
    refused += atlas.page.evaluate("() => refused") + atlas.frame.evaluate("() => refused")
    atlas.open(f"/?record={FACTORY}")
    expect(atlas.card).to_be_visible()
    atlas.settle()
    refused += atlas.page.evaluate("() => refused") + atlas.frame.evaluate("() => refused")
    # The map for other people's pages, by itself.
    atlas.page.goto(f"{atlas.server}/embed?record={FACTORY}")
    expect(atlas.page.locator(".atlas-shell[data-state=ready]")).to_be_visible()
    atlas.settle()
    refused += atlas.page.evaluate("() => refused")

    own = urlsplit(atlas.server).netloc
    addresses = [urlsplit(url) for url in atlas.requests]
    assert {a.scheme for a in addresses} <= {"http", "ws", "data", "blob"}
    assert {a.netloc for a in addresses if a.scheme in ("http", "ws")} == {own}
    paths = {a.path for a in addresses if a.netloc == own}
    assert {"/embed", "/atlas/map", "/atlas/assets/atlas-map.js", "/_stcore/stream"} <= paths
    assert [url for url in refused if url.startswith(("http", "ws", "//")) and own not in url] == []


@pytest.mark.parametrize("width", [1440, 1280])
def test_every_page_stands_in_the_navigation(new_atlas: Callable[..., Any], width: int) -> None:
    # On the Atlas page, whose sidebar leaves it least room.
    atlas = new_atlas(viewport={"width": width, "height": 1000}).open()
    for entry in PAGES:
        if entry.section == ALONE:
            place = atlas.navigation.get_by_role("link", name=entry.title, exact=True)
        else:
            place = atlas.open_heading(entry.section).get_by_role("menuitem", name=entry.title, exact=True)
        expect(place).to_be_in_viewport(ratio=1)
        expect(place).to_have_accessible_description(entry.about)
    # No third button, which Streamlit makes of what has no room.
    expect(atlas.navigation.get_by_role("button")).to_have_text(list(HEADINGS))


def test_a_narrow_screen_names_every_page_in_the_sidebar(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(viewport={"width": 390, "height": 844}).open()
    atlas.page.get_by_test_id("stExpandSidebarButton").click()
    for entry in PAGES:
        place = atlas.navigation.get_by_role("link", name=entry.title, exact=True)
        expect(place).to_be_in_viewport(ratio=1)
    for heading in HEADINGS:
        expect(atlas.navigation.get_by_text(heading, exact=True)).to_be_in_viewport()
    atlas.navigation.get_by_role("link", name="Changes", exact=True).click()
    expect(atlas.page.get_by_role("heading", name="Changes", exact=True)).to_be_visible()


def test_a_page_under_a_heading_is_reached_by_keyboard(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/about")
    heading = atlas.navigation.get_by_role("button", name="Work", exact=True)
    atlas.navigation.get_by_role("link", name="About", exact=True).focus()
    for _ in HEADINGS:
        atlas.page.keyboard.press("Tab")
    expect(heading).to_be_focused()
    atlas.page.keyboard.press("Enter")
    menu = atlas.page.get_by_role("menu", name="Work", exact=True)
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    atlas.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(heading).to_be_focused()
    atlas.page.keyboard.press("ArrowDown")
    changes = menu.get_by_role("menuitem", name="Changes", exact=True)
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    for item in menu.get_by_role("menuitem").all():
        expect(item).to_be_focused()
        if changes.evaluate("node => node === document.activeElement"):
            break
        atlas.page.keyboard.press("ArrowDown")
    expect(changes).to_be_focused()
    expect(heading).to_have_css("font-weight", "400")
    atlas.page.keyboard.press("Enter")
    expect(atlas.page.get_by_role("heading", name="Changes", exact=True)).to_be_visible()
    # The heading of the open page is marked, as the link of one without a heading is.
    expect(heading).to_have_css("font-weight", "600")
    expect(heading).to_be_focused()


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
    expect(slider).to_have_attribute("aria-valuetext", atlas.inspect()["window"]["to"])
    atlas.page.keyboard.press("Shift+Tab")
    expect(atlas.frame.get_by_role("slider", name="Window start")).to_be_focused()


def test_a_table_holds_what_the_map_shows(atlas: Any) -> None:
    shown = atlas.inspect()["visible"]
    # Inside the canvas of the data grid: what a screen reader reads and the keyboard walks.
    grid = atlas.page.get_by_test_id("stDataFrame").locator("[role='grid']")
    expect(grid).to_have_attribute("aria-rowcount", str(shown["sites"] + shown["events"] + 1))
    name = grid.locator("[role='columnheader']").filter(has_text=re.compile("^Name$"))
    expect(name).to_be_attached()
    atlas.set_date("To date", "2020")
    atlas.wait_for_query("to", "2020-12-31")
    then = atlas.inspect()["visible"]
    assert then["events"] < shown["events"]
    expect(grid).to_have_attribute("aria-rowcount", str(then["sites"] + then["events"] + 1))


def test_a_narrow_screen_shows_map_clock_and_card(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(viewport={"width": 390, "height": 844}).open(f"/?record={FACTORY}")
    atlas.bring_map_into_view()
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
    # Of the land, on the average of what is painted; nothing while there is none.
    brightness = """() => {
        const canvas = document.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let [sum, painted] = [0, 0];
        for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) {
            sum += data[i] + data[i + 1] + data[i + 2];
            painted++;
        }
        return painted && sum / painted;
    }"""
    found = {}
    for scheme in ("light", "dark"):
        atlas = new_atlas(color_scheme=scheme).open()
        atlas.wait_in_map("document.documentElement.dataset.theme === arg", scheme)
        atlas.wait_in_frame(f"() => ({brightness})() > 0")
        background = "() => getComputedStyle(document.querySelector('.atlas-clock')).backgroundColor"
        found[scheme] = (atlas.frame.evaluate(background), atlas.frame.evaluate(brightness))
    assert found["light"][0] != found["dark"][0]
    assert found["light"][1] > found["dark"][1]
