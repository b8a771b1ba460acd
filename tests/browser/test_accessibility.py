"""axe-core on the Atlas page, its map, navigation and Share panel, and the Changes page: nothing serious."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "dashboard/frontend/node_modules/axe-core/axe.min.js"
RUN = """async (within) => {
    const { violations } = await axe.run(within ?? document, { iframes: false });
    return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
        .flatMap(({ id, nodes }) => nodes.map(node =>
            `${id}: ${node.target.join(" ")}: ${node.html}: ${node.failureSummary}`));
}"""
NAVIGATION = {"include": [["[data-testid=stTopNav]"], ["[role=menu]"]]}
# Streamlit's own markup, which a page cannot change.
SHELL = ("stSidebarCollapse", "stMainMenu", "stHeader", "stToolbar", "stDataFrame", "stDecoration")

# What is seen of each part when it is drawn.
SHARED = {
    "Link": "with filters, clock, map and order",
    "Cite": "In words",
    "Download": "Make the file of",
    "Embed": "A map for your own page",
}
DIFFERING = re.compile("nothing to compare|Choose two versions|differs|field")
CHANGES = {"Log": "What was done", "Differences": DIFFERING, "Versions": "Choose a row"}


def serious(atlas: Any) -> list[str]:
    """What axe finds on the page and Streamlit has not made."""
    found: list[str] = atlas.page.evaluate(RUN)
    return [line for line in found if not any(name in line for name in SHELL)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(new_atlas: Callable[..., Any], scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in dashboard/frontend")
    # Both documents forbid foreign scripts; this context alone lets axe in.
    atlas = new_atlas(alone=True, bypass_csp=True, color_scheme=scheme).open()
    source = AXE.read_text("utf-8")
    atlas.frame.evaluate(source)
    assert atlas.frame.evaluate(RUN) == []
    for name in ("More clock settings", "Keys of the clock"):
        atlas.frame.get_by_role("button", name=name).click()
        expect(atlas.frame.get_by_role("group", name=name)).to_be_visible()
        assert atlas.frame.evaluate(RUN) == [], name
    atlas.page.evaluate(source)
    assert serious(atlas) == []
    atlas.page.get_by_role("button", name="Share").click()
    panel = atlas.page.get_by_test_id("stPopoverBody")
    for part, shows in SHARED.items():
        panel.get_by_role("radio", name=part, exact=True).click()
        expect(panel.get_by_text(shows).first).to_be_visible()
        atlas.drawn()
        assert serious(atlas) == [], part
    # Within the same document, so that axe is still there.
    atlas.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    atlas.open_heading("Work")
    atlas.drawn()
    assert atlas.page.evaluate(RUN, NAVIGATION) == []
    atlas.go("Changes")
    expect(atlas.page.get_by_role("heading", name="Changes", exact=True)).to_be_visible()
    for part, shows in CHANGES.items():
        atlas.drawn()
        atlas.page.get_by_role("radio", name=part, exact=True).click()
        expect(atlas.page.get_by_text(shows).first).to_be_visible()
        atlas.drawn()
        assert serious(atlas) == [], part
