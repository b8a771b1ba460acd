"""Layers beside the marks: shown, moved and linked to; under the same clock and filters."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from dashboard.exports.package import write_package
from dashboard.importers.package import DataPackage, read_package
from dashboard.settings import starter_path

pytestmark = pytest.mark.browser

FACTORY = "st-bluebird-benslimane"
COLOURED = """name => {
    const canvas = document.querySelector(`.leaflet-${name}-pane canvas`);
    if (canvas === null || canvas.hidden) return 0;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) painted++;
    return painted;
}"""
HEIGHT = "name => Number(document.querySelector(`.leaflet-${name}-pane`).style.zIndex)"


# Every record of the country is counted once.
COUNTED = "map.countries.MA[0] === map.visible.sites + map.visible.events"


def painted(atlas: Any, name: str) -> int:
    count: int = atlas.frame.evaluate(COLOURED, f"atlas-{name}")
    return count


def wait_until_painted(atlas: Any, name: str) -> None:
    atlas.wait_in_frame(f"() => ({COLOURED})('atlas-{name}') > 100")


def test_layers_are_chosen_and_ordered_by_keyboard_and_the_address_keeps_them(
    atlas: Any, new_atlas: Callable[..., Any]
) -> None:
    assert atlas.inspect()["layers"] == ""
    summary = atlas.frame.locator(".atlas-layers summary")
    summary.focus()
    summary.press("Enter")
    expect(atlas.frame.get_by_label("Heat", exact=True)).to_be_visible()
    atlas.frame.get_by_label("Heat", exact=True).press("Space")
    atlas.wait_in_map("map.layers === 'records,heat'")
    up = atlas.frame.get_by_role("button", name="Move up: Heat")
    up.press("Enter")
    expect(up).to_be_focused()
    up.press("Enter")
    atlas.wait_in_map("map.layers === 'heat,records'")
    expect(atlas.frame.get_by_role("button", name="Move down: Heat")).to_be_focused()
    atlas.wait_in_frame(f"() => ({HEIGHT})('atlas-heat') > ({HEIGHT})('atlas-marks')")
    wait_until_painted(atlas, "heat")
    atlas.wait_for_query("layers", "^heat,records$")
    atlas.drawn()

    other = new_atlas(alone=True).open(atlas.address)
    other.wait_in_map("map.layers === 'heat,records'")
    wait_until_painted(other, "heat")
    expect(other.frame.get_by_label("Heat", exact=True)).to_be_checked()
    expect(other.frame.locator(".atlas-legend")).to_contain_text("logarithmic")


def test_countries_count_what_the_filters_and_the_clock_leave(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/?layers=countries&country=Morocco")
    atlas.wait_in_map("map.countries?.MA !== undefined")
    wait_until_painted(atlas, "countries")
    atlas.wait_in_map(COUNTED)
    shown = atlas.inspect()
    # The sign layer is hidden, and still every record of the country is counted once.
    assert painted(atlas, "marks") == 0
    assert shown["countries"]["MA"][0] == shown["visible"]["sites"] + shown["visible"]["events"]
    atlas.set_date("To date", "2015")
    atlas.wait_in_map(
        f"map.window.to === '2015-12-31' && map.countries.MA[0] < arg && {COUNTED}",
        shown["countries"]["MA"][0],
    )


def test_a_country_under_the_pointer_says_its_numbers(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/?layers=countries&view=-19,46.5,5")
    atlas.wait_in_map("map.countries?.IL !== undefined")
    wait_until_painted(atlas, "countries")
    # The middle of the view is Madagascar, which has no record; Morocco has.
    host = atlas.frame.locator(".leaflet-container").bounding_box()
    tip = atlas.frame.locator(".atlas-tip")
    atlas.frame.evaluate("() => addEventListener('mousemove', () => { globalThis.heard = true; }, true)")

    def heard() -> bool:
        atlas.page.mouse.move(host["x"] + host["width"] / 2, host["y"] + host["height"] / 2, steps=2)
        atlas.settle_frame()
        return bool(atlas.frame.evaluate("() => globalThis.heard"))

    assert atlas.wait_until(heard)
    expect(tip).to_be_hidden()
    atlas.open("/?layers=countries&view=31.8,-6.5,5")
    atlas.wait_in_map("map.countries?.MA !== undefined")
    wait_until_painted(atlas, "countries")
    host = atlas.frame.locator(".leaflet-container").bounding_box()
    atlas.hover(lambda: {"x": host["x"] + host["width"] / 2, "y": host["y"] + host["height"] / 2})
    tip = atlas.frame.locator(".atlas-tip")
    expect(tip).to_contain_text("Morocco")
    total, certain = atlas.inspect()["countries"]["MA"]
    expect(tip).to_contain_text(f"{total} records")
    expect(tip).to_contain_text(f"{certain} certain")


def test_lines_join_the_places_of_one_event(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/?layers=records,lines")
    lines = atlas.frame.locator("path.atlas-line")
    expect(lines.first).to_be_attached()
    before = lines.count()
    atlas.set_date("To date", "1990")
    atlas.wait_in_map("map.window.to === '1990-12-31'")
    expect(lines).not_to_have_count(before)


def test_countries_are_shaded_over_online_tiles_too(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(alone=True)
    atlas.context.route(
        "**/*",
        lambda route: route.continue_() if route.request.url.startswith(atlas.server) else route.abort(),
    )
    atlas.open("/?basemap=OpenStreetMap+%28online%29&layers=countries")
    expect(atlas.iframe).to_have_attribute("src", "/atlas/map?basemap=OpenStreetMap.Mapnik")
    wait_until_painted(atlas, "countries")


@pytest.fixture(scope="module")
def with_dataset(start_server: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that also shows somebody else's records, the same as ours."""
    package = read_package(starter_path("data"))
    descriptor = package.metadata | {"name": "theirs", "title": "Their <b>records</b>"}
    folder = tmp_path_factory.mktemp("theirs") / "package"
    write_package(DataPackage.of(package.tables, json.dumps(descriptor)), folder)
    with start_server(datasets=folder) as address:
        yield address


def test_an_imported_dataset_is_a_layer_beside_the_atlas(
    with_dataset: str, new_atlas: Callable[..., Any]
) -> None:
    atlas = new_atlas(with_dataset).open()
    # Its records are fetched only when somebody wants to see them.
    assert len([url for url in atlas.requests if "/api/layers/" in url]) == 1
    assert atlas.inspect()["datasets"] == {}
    own = atlas.inspect()["visible"]["marks"]
    summary = atlas.frame.locator(".atlas-layers summary")
    summary.click()
    expect(atlas.frame.get_by_label("Their <b>records</b>", exact=True)).to_be_visible()
    expect(atlas.frame.locator(".atlas-layers b")).to_have_count(0)
    atlas.frame.get_by_label("Sites and events", exact=True).uncheck()
    atlas.frame.get_by_label("Their <b>records</b>", exact=True).check()
    atlas.wait_in_map("map.datasets['data:theirs'] === arg", own)
    atlas.wait_for_query("layers", "^data:theirs$")
    atlas.set_date("To date", "2020")
    same = "map.visible.marks > 0 && map.datasets['data:theirs'] === map.visible.marks"
    atlas.wait_in_map(f"map.window.to === '2020-12-31' && map.visible.marks < arg && {same}", own)
    in_2020 = atlas.inspect()["visible"]["marks"]
    atlas.choose("Country", "Morocco")
    atlas.wait_in_map(f"map.visible.marks < arg && {same}", in_2020)
    expect(atlas.page.get_by_text("Their <b>records</b>", exact=False).first).to_be_visible()


def test_a_record_of_a_dataset_opens_as_theirs(with_dataset: str, new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(with_dataset).open(f"/?record=data:theirs/{FACTORY}")
    atlas.wait_in_map("map.layers === 'data:theirs,records' && map.datasets['data:theirs'] > 0")
    expect(atlas.card).to_contain_text("BlueBird SpyX plant, Ben Slimane")
    expect(atlas.card).to_contain_text("imported, not reviewed here")
    atlas.expect_in_map(selected=f"data:theirs/{FACTORY}")
    atlas.wait_in_map("Math.abs(map.view.lat - 33.6) < 1 && map.view.zoom >= 5")
    atlas.drawn()
    # A link inside the card stays among their records.
    atlas.card.get_by_role("button", name=re.compile("Moroccan|opens|plant", re.IGNORECASE)).first.click()
    atlas.wait_for_query("record", f"^data:theirs/(?!{FACTORY}$)")
