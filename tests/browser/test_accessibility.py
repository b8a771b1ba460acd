"""axe-core on the Atlas page and in its map's frame: nothing serious in what is ours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "dashboard/frontend/node_modules/axe-core/axe.min.js"
RUN = """async () => {
    const { violations } = await axe.run(document, { iframes: false });
    return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
        .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(" ")}: ${node.html}`));
}"""
# Streamlit's own markup, which a page cannot change.
SHELL = ("stSidebarCollapse", "stMainMenu", "stHeader", "stToolbar", "stDataFrame", "stDecoration")


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
        assert atlas.frame.evaluate(RUN) == [], name
    atlas.page.evaluate(source)
    found = atlas.page.evaluate(RUN)
    shell = [line for line in found if any(name in line for name in SHELL)]
    assert [line for line in found if line not in shell] == []
