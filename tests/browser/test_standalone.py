"""The one-file map, opened from disk."""

import pytest

from dashboard.importers.package import read_package
from dashboard.maps.standalone import atlas_map, standalone_html
from dashboard.settings import starter_path
from dashboard.workflows.views.frames import build_frames

pytestmark = pytest.mark.browser


def test_opens_from_disk_with_clock_and_all(browser, new_context, tmp_path):
    package = read_package(starter_path("data"))
    html = standalone_html(atlas_map(build_frames(package.tables, package.version)))
    (tmp_path / "atlas.html").write_text(html, encoding="utf-8")
    context = new_context(browser)
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((tmp_path / "atlas.html").as_uri())
    page.locator(".atlas-shell[data-state=ready]").wait_for()
    assert page.evaluate("ArsenalAtlas.markAt('st-bluebird-benslimane').visible")
    page.get_by_role("textbox", name="To date").fill("2020")
    page.keyboard.press("Enter")
    page.wait_for_function("!ArsenalAtlas.markAt('st-bluebird-benslimane')?.visible")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert faults == []
    context.close()
