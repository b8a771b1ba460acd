"""What a reader sees of the lists: nothing cut off on a phone, the card in sight, the table where it was."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 390, 844
RECORD = "ev-2026-jmc3"
CHECKBOX = 18  # pixels from the left edge of a table
SCROLLED = 1_400


@pytest.fixture
def phone(new_atlas: Callable[..., Any]) -> Any:
    return new_atlas(viewport={"width": WIDTH, "height": HEIGHT})


@dataclass(frozen=True)
class Box:
    """Where a part of the page stands, in pixels of the window."""

    left: float
    top: float
    right: float
    bottom: float


def box_of(part: Locator) -> Box:
    expect(part).to_be_visible()
    box = part.bounding_box()
    assert box is not None
    left, top = box["x"], box["y"]
    return Box(left, top, left + box["width"], top + box["height"])


def test_a_phone_cuts_off_no_list_and_shows_the_card_over_the_table(phone: Any) -> None:
    page: Page = phone.open(f"/events?record={RECORD}").page
    for name in ("In the window", "Not on the map", "Undated"):
        box = box_of(page.get_by_role("radio", name=name))
        assert 0 <= box.left < box.right <= WIDTH, name
    card = page.locator(".st-key-list_card")
    box = box_of(card)
    assert box.top >= HEIGHT / 3, "the table can be seen above the card"
    assert box.bottom <= HEIGHT + 1
    close = card.get_by_role("button", name="✕").first
    box = box_of(close)
    assert box.top >= HEIGHT / 3
    assert box.right > WIDTH * 0.8, "the cross stands in the corner"
    close.click()
    expect(card).to_have_count(0)


@pytest.mark.parametrize("path", ["/sites", "/sources", "/review", "/changes", "/about"])
def test_no_page_is_wider_than_a_phone(phone: Any, path: str) -> None:
    page: Page = phone.open(path).page
    main = page.get_by_test_id("stMain")
    assert main.evaluate("part => part.scrollWidth <= part.clientWidth")


def test_the_card_takes_a_part_of_the_table_which_stays_where_it_was(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/events")
    page: Page = atlas.page
    table = page.get_by_test_id("stDataFrame")
    scroller = table.locator(".dvn-scroller")
    expect(scroller).to_be_visible()
    atlas.settle()
    wide = scroller.evaluate("part => part.clientWidth")
    scroller.evaluate("(part, far) => part.scrollTo(0, far)", SCROLLED)
    # The table follows a moment after; what it then shows it also tells.
    page.wait_for_function(
        "part => [...part.querySelectorAll('[role=row]')].some(row => row.ariaRowIndex > 40)",
        arg=table.element_handle(),
    )
    choose_row(atlas, table, 200)
    card = page.locator(".st-key-record_card")
    expect(card).to_be_visible()
    page.wait_for_function("([part, wide]) => part.clientWidth < wide", arg=[scroller.element_handle(), wide])
    atlas.drawn()
    assert scroller.evaluate("part => part.scrollTop") == SCROLLED
    name = card.get_by_role("heading").inner_text()
    card.get_by_role("button", name="✕").first.click()
    expect(card).to_have_count(0)
    # Closed by its cross, the record is chosen no more: one click opens it again.
    choose_row(atlas, table, 200)
    expect(card.get_by_role("heading", name=name)).to_be_visible()
    choose_row(atlas, table, 200)
    expect(card).to_have_count(0)


def test_the_keyboard_shows_where_it_is_and_opens_a_record(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/sites")
    page: Page = atlas.page
    link = page.get_by_role("link", name="Events", exact=True)
    expect(link).to_be_visible()
    page.get_by_role("link", name="Sites", exact=True).focus()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(link).to_have_css("outline-style", "solid")
    expect(page.get_by_text("arrows, then Shift+Space")).to_be_visible()
    atlas.drawn()
    page.get_by_test_id("stDataFrame").locator("canvas").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Shift+Space"):
        page.keyboard.press(key)
    expect(page.locator(".st-key-record_card")).to_be_visible()


def choose_row(atlas: Any, table: Locator, far: float) -> None:
    atlas.drawn()
    box = box_of(table)
    atlas.page.mouse.click(box.left + CHECKBOX, box.top + far)
