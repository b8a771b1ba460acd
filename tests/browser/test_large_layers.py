"""A large layer on the map: counts far out, single records near, under the clock, from our own server."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from dashboard.bench.layer_rows import layer_batches
from dashboard.store.layers.layer import LayerAbout
from dashboard.workflows.large_layers.adding import put_large_layer
from dashboard.workflows.large_layers.dealing import Workers

pytestmark = pytest.mark.browser

ROWS = 40_000
LAYER = "data:clashes"
PAINTED = """name => {
    const canvas = document.querySelector(`.leaflet-${name}-pane canvas`);
    if (!canvas || canvas.hidden) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, at) => at % 4 === 3 && value > 0);
}"""

MIDDLE = """() => {
    const { x, y, width, height } = document.querySelector(".leaflet-container").getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
}"""

# Where a point of the earth is in the frame, by the view that the map tells (Web Mercator).
SPOT = """([lat, lng]) => {
    const { view } = globalThis.ArsenalAtlas.inspect();
    const { x, y, width, height } = document.querySelector(".leaflet-container").getBoundingClientRect();
    const size = 256 * 2 ** view.zoom;
    const down = degrees => Math.log(Math.tan(Math.PI / 4 + degrees * Math.PI / 360)) / (2 * Math.PI);
    return [
        x + width / 2 + size * (lng - view.lng) / 360,
        y + height / 2 - size * (down(lat) - down(view.lat)),
    ];
}"""


@pytest.fixture(scope="module")
def address(start_server: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("large")
    (folder / "in").mkdir()
    pq.write_table(pa.Table.from_batches(layer_batches(ROWS)), folder / "in" / "part.parquet")
    about = LayerAbout("clashes", "Clashes", "#AA3377", "CC BY 4.0")
    put_large_layer(about, folder / "in", folder / "layers", workers=Workers(count=1))
    with start_server(large_layers=folder / "layers") as server:
        yield server


def asked(atlas: Any) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(url).query) for url in atlas.requests if "/window?" in url]


def test_counts_give_way_to_single_records_and_come_back(new_atlas: Callable[..., Any], address: str) -> None:
    atlas = new_atlas(address, alone=True).open(f"/?layers=records,{LAYER}")
    atlas.wait_in_map("map.datasets[arg[0]] === arg[1]", [LAYER, ROWS])
    atlas.wait_in_frame(PAINTED, "atlas-data-clashes")
    assert atlas.inspect()["singles"] == []
    assert asked(atlas) == []
    expect(atlas.frame.locator(".atlas-legend")).to_contain_text("Clashes")

    near = new_atlas(address, alone=True).open(f"/?layers=records,{LAYER}&view=10,20,6")
    near.wait_in_map("map.singles.includes(arg)", LAYER)
    (question,) = asked(near)
    assert "from" not in question
    shown = near.inspect()["datasets"][LAYER]
    assert 0 < shown < ROWS
    near.wait_in_frame(PAINTED, "atlas-data-clashes-fine")
    # All time is here already: the clock asks for nothing more.
    near.set_date("To date", "1995")
    near.wait_in_map("map.window.to === '1995-12-31' && map.datasets[arg[0]] < arg[1]", [LAYER, shown])
    near.wait_for_query("to", "^1995-12-31$")
    near.drawn()
    near.settle_frame()
    assert near.inspect()["singles"] == [LAYER]
    assert len(asked(near)) == 1
    for _ in range(4):
        before = near.inspect()["view"]["zoom"]
        near.frame.locator(".leaflet-control-zoom-out").click()
        near.wait_in_map("map.view.zoom < arg", before)
        near.rest()  # a click amid the glide is ignored
    near.wait_in_map("!map.singles.includes(arg)", LAYER)
    assert near.errors == []


def test_a_narrow_window_of_the_whole_world_shows_single_records(
    new_atlas: Callable[..., Any], address: str
) -> None:
    atlas = new_atlas(address, alone=True).open(f"/?layers={LAYER}&from=2001-01-01&to=2002-12-31")
    atlas.wait_in_map("map.singles.includes(arg)", LAYER)
    (question,) = asked(atlas)
    assert (question["from"], question["to"]) == (["2001-01-01"], ["2002-12-31"])
    assert 0 < atlas.inspect()["datasets"][LAYER] < ROWS / 10
    assert atlas.errors == []


def test_a_click_on_a_single_record_opens_its_card_and_filters_narrow_the_layer(
    new_atlas: Callable[..., Any], address: str
) -> None:
    row = pa.Table.from_batches(layer_batches(ROWS)).slice(123, 1).to_pylist()[0]
    atlas = new_atlas(address, alone=True)
    atlas.open(f"/?layers=records,{LAYER}&view={row['lat']},{row['lon']},14")
    atlas.wait_in_map("map.singles.includes(arg)", LAYER)
    atlas.wait_in_frame(PAINTED, "atlas-data-clashes-fine")
    atlas.bring_map_into_view()
    atlas.rest()
    middle = atlas.frame.evaluate(MIDDLE)
    box = atlas.iframe.bounding_box()
    atlas.page.mouse.click(box["x"] + middle["x"], box["y"] + middle["y"])
    atlas.wait_for_query("record", f"^{LAYER}/{row['external_id']}$")
    for words in (row["name"], "CC BY 4.0", "not reviewed here", row["source"]):
        expect(atlas.card).to_contain_text(words)
    atlas.drawn()
    # A filter that it does not meet: its marks go, and what is asked for from now on is narrowed.
    expect(atlas.frame.locator(".atlas-note")).to_be_hidden()
    atlas.choose("Country", "Israel")
    atlas.wait_in_map("map.datasets[arg] === 0", LAYER)
    atlas.wait_for_query("country", "^IL$")
    assert atlas.errors == []


def test_a_tap_on_a_phone_opens_the_card_of_a_single_record(
    new_atlas: Callable[..., Any], address: str
) -> None:
    row = pa.Table.from_batches(layer_batches(ROWS)).slice(123, 1).to_pylist()[0]
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    atlas = new_atlas(address, alone=True, **phone)
    atlas.open(f"/?layers=records,{LAYER}&view={row['lat']},{row['lon']},14")
    atlas.wait_in_map("map.singles.includes(arg)", LAYER)
    atlas.wait_in_frame(PAINTED, "atlas-data-clashes-fine")
    atlas.bring_map_into_view()
    atlas.rest()
    (across, down), box = atlas.frame.evaluate(SPOT, [row["lat"], row["lon"]]), atlas.iframe.bounding_box()
    atlas.page.touchscreen.tap(box["x"] + across + 4, box["y"] + down - 4)  # as inexact as a finger
    atlas.wait_for_query("record", f"^{LAYER}/{row['external_id']}$")
    expect(atlas.card).to_contain_text(row["name"])
    atlas.drawn()
    card = atlas.card.bounding_box()
    assert card["x"] >= 0
    assert card["x"] + card["width"] <= 390
    assert atlas.errors == []


def test_words_narrow_the_counts_of_the_world_and_show_few_records_singly(
    new_atlas: Callable[..., Any], address: str
) -> None:
    wanted = {
        row["external_id"]
        for row in pa.Table.from_batches(layer_batches(ROWS)).to_pylist()
        if "12345" in f"{row['external_id']} {row['place']}"
    }
    atlas = new_atlas(address, alone=True).open(f"/?layers={LAYER}&q=village+12345+district")
    atlas.wait_in_map("map.singles.includes(arg)", LAYER)
    atlas.wait_in_map("map.datasets[arg[0]] === arg[1]", [LAYER, len(wanted)])
    assert atlas.errors == []
