"""Records at the ends of the Earth and of the calendar, and ten thousand of them on one point."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import TABLES, Event, Location
from dashboard.maps.standalone import atlas_map, standalone_html
from dashboard.workflows.views.frames import build_frames

pytestmark = pytest.mark.browser

PAINTED = """() => {
    const canvas = document.querySelector(".leaflet-atlas-marks-pane canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, at) => at % 4 === 3 && value > 0);
}"""
Placed = tuple[str, float, float]


def document(events: Sequence[Placed]) -> str:
    tables: dict[str, list[Any]] = {name: [] for name in TABLES}
    for number, (date, lat, lon) in enumerate(events):
        record_id = f"ev-{number}"
        event = Event(
            id=record_id, title=record_id, kind="meeting", status="happened", date=UncertainDate.parse(date)
        )
        tables["events"].append(event)
        tables["locations"].append(
            Location(
                id=f"lo-{number}", record_id=record_id, role="at", place_as_written="x", country="MA",
                lat=lat, lon=lon, precision="locality", precision_m=5000, method="source",
            )
        )  # fmt: skip
    return standalone_html(atlas_map(build_frames(tables, "extreme")))


@pytest.fixture
def opened(
    browser: Any, new_context: Callable[..., Any], tmp_path: Path
) -> Iterator[Callable[[Sequence[Placed]], Page]]:
    context = new_context(browser, viewport={"width": 1000, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))

    def open_with(events: Sequence[Placed]) -> Page:
        (tmp_path / "atlas.html").write_text(document(events), encoding="utf-8")
        page.goto((tmp_path / "atlas.html").as_uri())
        page.locator(".atlas-shell[data-state=ready]").wait_for()
        return page

    yield open_with
    context.close()
    assert faults == []


def test_ten_thousand_records_on_one_point_are_counted_and_opened(opened: Callable[..., Page]) -> None:
    page = opened([(f"20{n % 25:02}", 33.6, -7.1) for n in range(10_000)])
    assert page.evaluate("ArsenalAtlas.inspect().visible.events") == 10_000
    page.wait_for_function(PAINTED)
    spot = page.evaluate("ArsenalAtlas.markAt('ev-0')")
    page.mouse.move(spot["x"], spot["y"])
    tip = page.locator(".atlas-tip")
    tip.get_by_text("10,000 events").wait_for()
    page.mouse.click(spot["x"], spot["y"])
    # No zoom takes them apart, so the click fans some of them out, and the map goes on living.
    page.get_by_role("textbox", name="To date").fill("2010")
    page.keyboard.press("Enter")
    page.wait_for_function("ArsenalAtlas.inspect().visible.events === 4400")
    page.wait_for_function(PAINTED)


def test_poles_the_antimeridian_and_null_island_are_on_the_map(opened: Callable[..., Page]) -> None:
    places = [(90, 0), (-90, 0), (0, 180), (0, -180), (-17.7, 179.9), (0, 0)]
    page = opened([("2020", lat, lon) for lat, lon in places])
    assert page.evaluate("ArsenalAtlas.inspect().visible.events") == len(places)
    page.wait_for_function(PAINTED)
    for number in range(len(places)):
        mark = page.evaluate(f"ArsenalAtlas.markAt('ev-{number}')")
        assert mark["visible"]
        assert abs(mark["x"]) < 5_000
        assert abs(mark["y"]) < 5_000


def test_the_first_and_the_last_year_of_the_calendar(opened: Callable[..., Page]) -> None:
    page = opened([("0001", 10, 10), ("9999", 20, 20), ("2020", 30, 30)])
    assert page.evaluate("ArsenalAtlas.inspect().visible.events") == 3
    for field, text, left in (("To date", "1000", 1), ("To date", "9999", 3), ("From date", "2021", 1)):
        page.get_by_role("textbox", name=field).fill(text)
        page.keyboard.press("Enter")
        page.wait_for_function(f"ArsenalAtlas.inspect().visible.events === {left}")
    page.get_by_role("textbox", name="From date").fill("-0044")
    page.keyboard.press("Enter")
    page.get_by_text("Not a date").wait_for()


def test_an_atlas_of_nothing_says_that_nothing_is_here(opened: Callable[..., Page]) -> None:
    page = opened([])
    page.locator(".atlas-note", has_text="Nothing in this window").wait_for()
    assert page.evaluate("ArsenalAtlas.inspect().visible.marks") == 0
