"""Filters narrow a large layer to what a plain scan finds, as counts and singly, for every audience."""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.bench.layer_rows import layer_batches
from dashboard.domain.area import Circle, Polygon, Rectangle
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.domain.grid import cell_centre
from dashboard.domain.window import Window as Days
from dashboard.store.layers.choice import Asked
from dashboard.store.layers.large import LargeLayer
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.reach import Window
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers import payloads
from dashboard.workflows.large_layers.adding import put_large_layer, rows_of_large
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.narrowing import for_large, narrowing_of
from dashboard.workflows.large_layers.records import sight_of
from dashboard.workflows.views.area import points_inside
from dashboard.workflows.views.selection import Filters

COARSE = Audience(1.0, protected=True, key=b"secret")
WORLD = Window(-180, -90, 180, 90, DAY_PAST, DAY_FUTURE)
SOME = Window(0, -10, 60, 40, 9_000, 14_000)
FILTERS = [
    Filters(kinds=("exercise",)),
    Filters(countries=("YE", "SD")),
    Filters(involved=("YE",), kinds=("exercise", "contract")),
    Filters(area=Rectangle(0, 10, 30, 60)),
    Filters(area=Rectangle(-35, 170, 40, -20)),
    Filters(area=Circle(10, 20, 800)),
    Filters(area=Polygon(((0, 0), (30, 10), (5, 40)))),
    Filters(countries=("YE",), chart=Filters(kinds=("exercise",), during=Days(12_000, 13_000))),
    Filters(text="village 12", area=Circle(10, 20, 3_000)),
    Filters(statuses=("planned",)),
    Filters(precisions=("near",), kinds=("incident",)),
    Filters(kinds=("exercise", "contract"), chart=Filters(kinds=("contract",))),
]


@cache
def rows_in(source: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(source).to_pylist()
    return found


def scanned(source: Path, window: Window, filters: Filters, audience: Audience) -> set[str]:
    found = set()
    for row in rows_in(source):
        if row["lat"] is None or row["first"] > window.last or row["last"] < window.first:
            continue
        lat, lon = cell_centre(row["lat"], row["lon"], 1.0) if audience.cell else (row["lat"], row["lon"])
        if not (window.west <= lon <= window.east and window.south <= lat <= window.north):
            continue
        if all(_meets(row, lat, lon, one, audience) for one in (filters, filters.chart) if one):
            found.add(row["external_id"])
    return found


def _meets(row: dict[str, Any], lat: float, lon: float, asked: Filters, audience: Audience) -> bool:
    days = asked.during or Days(DAY_PAST, DAY_FUTURE)
    area = asked.area
    # Who sees a grid is shown no place that was known better than its cells of some 79 km.
    told = (
        "external_id",
        "name",
        "actors",
        *(("place",) if row["precision_m"] > 79_000 * audience.cell else ()),
    )
    words = " ".join(row[name] for name in told).lower().replace("-", " ")
    precision = "" if audience.cell else row["precision"]
    return (
        (not asked.kinds or row["kind"] in asked.kinds)
        and (not asked.countries or row["country"] in asked.countries)
        and (not asked.involved or row["country"] in asked.involved)
        and (not asked.statuses or row["status"] in asked.statuses)
        and (not asked.precisions or precision in asked.precisions)
        and all(word in words for word in asked.text.split())
        and (row["first"] <= days.last and row["last"] >= days.first)
        and (area is None or bool(points_inside(area, np.array([lon]), np.array([lat]))[0]))
    )


def header(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body[8 : 8 + int.from_bytes(body[4:8], "little")])
    return found


def ids_in(body: bytes) -> set[str]:
    columns = header(body)["columns"]
    start = 8 + int.from_bytes(body[4:8], "little")

    def column(name: str) -> bytes:
        entry = columns[name]
        size = 4 if entry["type"] == "u32" else 1
        return body[start + entry["offset"] : start + entry["offset"] + size * entry["length"]]

    text, at = column("ids"), np.frombuffer(column("ids_at"), "<u4").tolist()
    return {text[a:b].decode() for a, b in pairwise(at)}


@pytest.mark.parametrize("audience", [EXACT, COARSE])
@pytest.mark.parametrize("filters", FILTERS, ids=lambda one: "-".join(map(str, narrowing_of(one).of_singles)))
def test_single_records_are_those_that_a_scan_finds(
    made: LargeLayer, source: Path, filters: Filters, audience: Audience
) -> None:
    for window in (WORLD, SOME):
        body = payloads.window_payload(made, rows_of_large(made), window, audience, filters)
        expected = scanned(source, window, filters, audience)
        assert ids_in(body) == expected
        assert (header(body)["total"], header(body)["cut"]) == (len(expected), 0)


@pytest.mark.parametrize("filters", FILTERS[:8])
def test_rows_are_narrowed_where_they_lie(rows: Any, source: Path, filters: Filters) -> None:
    for audience in (EXACT, COARSE):
        asked = Asked(SOME, narrowing_of(filters).choice, sight_of(audience))
        expected = scanned(source, SOME, filters, audience)
        assert set(rows.window(asked, ("external_id",), 3_000).rows.column(0).to_pylist()) == expected
        assert rows.window(asked, ("external_id",), 2).total == len(expected)
        streamed = [one for piece in rows.stream(asked, ("external_id", "place")) for one in piece.column(0)]
        assert {one.as_py() for one in streamed} == expected
        assert len(streamed) == len(expected)


@pytest.mark.parametrize("audience", [EXACT, COARSE])
def test_counts_are_narrowed_by_what_they_know(
    made: LargeLayer, source: Path, audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    for filters in FILTERS[:3]:
        body = payloads.counts_payload(made, rows_of_large(made), audience, filters)
        assert header(body)["total"] == len(scanned(source, WORLD, filters, audience))
    monkeypatch.setattr(payloads, "MOST_IN_WINDOW", 5)
    for filters in FILTERS[:4]:
        expected = len(scanned(source, SOME, filters, audience))
        found = header(payloads.window_payload(made, rows_of_large(made), SOME, audience, filters))
        assert found["cut"] == 1
        assert found["total"] == pytest.approx(expected, rel=0.25, abs=3)


def test_a_filter_that_hides_behind_a_grid_tells_nothing_of_the_words_behind_it(
    made: LargeLayer, source: Path
) -> None:
    known = (one for one in rows_in(source) if one["lat"] is not None)
    row = next(one for one in known if one["precision_m"] == 100)
    asked = Filters(text=row["place"])
    assert row["external_id"] in ids_in(
        payloads.window_payload(made, rows_of_large(made), WORLD, EXACT, asked)
    )
    assert ids_in(payloads.window_payload(made, rows_of_large(made), WORLD, COARSE, asked)) == set()


@pytest.mark.parametrize(
    "filters", [Filters(actors=("ac-x",)), Filters(contested=True), Filters(types=("site",))]
)
def test_what_no_record_of_a_large_layer_has_shows_none(made: LargeLayer, filters: Filters) -> None:
    assert narrowing_of(filters).without
    for body in (
        payloads.counts_payload(made, rows_of_large(made), EXACT, filters),
        payloads.window_payload(made, rows_of_large(made), WORLD, EXACT, filters),
    ):
        assert (header(body)["marks"], header(body)["total"]) == (0, 0)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(involved=("IL", "SY")),
        Filters(involved=("IL", "SY"), countries=("SY",)),
        Filters(countries=("SY",), chart=Filters(countries=("IL",))),
    ],
)
def test_a_record_at_several_places_meets_conditions_by_different_ones(
    tmp_path: Path, filters: Filters
) -> None:
    rows = pa.Table.from_batches(layer_batches(4))
    for name, values in (("external_id", ["both", "both", "one", "other"]), ("country", ["SY", "IL"] * 2)):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(name), pa.array(values))
    (tmp_path / "in").mkdir()
    pq.write_table(rows, tmp_path / "in" / "part.parquet")
    about = LayerAbout("places", "Places")
    layer = put_large_layer(about, tmp_path / "in", tmp_path / "out", workers=Workers(count=1))
    body = payloads.window_payload(layer, rows_of_large(layer), WORLD, EXACT, filters)
    assert ids_in(body) == {"both"}


def test_what_counts_cannot_know_is_named(made: LargeLayer) -> None:
    asked = narrowing_of(Filters(text="a", products=("uav",), involved=("SY", "IL"), kinds=("incident",)))
    assert set(asked.of_singles) == {"products", "what countries do together"}
    assert asked.words == ("a",)
    assert narrowing_of(Filters(involved=("SY",))).of_singles == ()
    statuses = Filters(statuses=("planned",))
    whole = header(payloads.counts_payload(made, rows_of_large(made), EXACT))["total"]
    found = header(payloads.counts_payload(made, rows_of_large(made), EXACT, statuses))
    assert (found["total"], found["about"]) == (whole, 1)


def test_what_the_map_shows_is_no_filter_of_a_large_layer() -> None:
    follows = Rectangle(0, 0, 1, 1, follows=True)
    assert for_large(Filters(area=follows, text="a")) == Filters(text="a")
    drawn = Filters(area=Rectangle(0, 0, 1, 1))
    assert for_large(drawn) == drawn


@pytest.mark.parametrize(
    "area",
    [
        Circle(89, 0, 500),
        Circle(0, 179, 900),
        Circle(0, 0, 19_000),
        Polygon(((0, 170), (20, 200), (0, 200))),
        Polygon(((-80, 100), (80, 100), (80, 180), (-80, 180))),
        Rectangle(-80, 100, 80, 180),
        Rectangle(-80, -180, 80, -100),
        Rectangle(-90, -180, 90, 180),
    ],
)
def test_the_box_of_an_area_leaves_nothing_of_it_out(area: Any) -> None:
    random = np.random.default_rng(5)
    lon, lat = random.uniform(-180, 180, 4_000), random.uniform(-90, 90, 4_000)
    lon[:40], lon[40:80] = -180, 180  # one meridian by two names
    around = narrowing_of(Filters(area=area)).choice.around
    days = np.zeros(4_000, dtype="int32")
    held = around.holds(lon, lat, days, days)
    found = points_inside(area, lon, lat)
    assert found.any()
    assert not (found & ~held).any()
