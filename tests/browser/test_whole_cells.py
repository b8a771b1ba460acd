"""What a column is too narrow for is read whole: in the cell by a double click, in the card by a choice."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as TakesTooLong
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TITLE = "Defence minister: Malaysia in discussion with Turkiye to finalise littoral mission ships procurement"


@pytest.mark.parametrize("width", [390, 1440])
def test_a_long_title_is_shown_whole_and_on_the_screen(new_atlas: Callable[..., Any], width: int) -> None:
    atlas = new_atlas(alone=True, viewport={"width": width, "height": 844})
    atlas.open(f"/sources?find={TITLE.replace(' ', '+')}")
    expect(atlas.page.get_by_text("1 source.")).to_be_visible()
    atlas.drawn()
    table = atlas.page.get_by_test_id("stDataFrame")
    whole = atlas.page.locator("#portal textarea", has_text=TITLE)
    box = table.bounding_box()
    assert box is not None

    def look() -> bool:
        atlas.page.mouse.dblclick(box["x"] + 250, box["y"] + 52)  # again where the table listened not yet
        try:
            whole.wait_for(timeout=5_000)
        except TakesTooLong:
            return False
        return True

    assert atlas.wait_until(look)
    shown = whole.bounding_box()
    assert shown is not None
    assert shown["x"] >= 0
    assert shown["x"] + shown["width"] <= width
    assert shown["height"] > 30  # on several lines, none of them cut
