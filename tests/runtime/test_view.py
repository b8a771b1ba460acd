"""What a view gives away: nothing finer than its audience may see, by any of its methods."""

import gzip
import json
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.api.records import record_json
from dashboard.domain.area import Circle, Rectangle
from dashboard.domain.grid import cell_centre, half_diagonal_m
from dashboard.exports.package import package_texts
from dashboard.geocoding import HandDecidedPlaces, build_gazetteer
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.gazetteer.sources import GeonamesSource
from dashboard.importers.package import DataPackage
from dashboard.maps.standalone import atlas_map, standalone_html
from dashboard.runtime import PASSING, AtlasView, Runtime
from dashboard.runtime.built import build
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.views.selection import Filters, matching

GRID = Audience(0.1, protected=True)
PROTECTED = Audience(0.0, protected=True)


@pytest.fixture
def atlas(make_runtime: Any, planted: Any) -> Any:
    return make_runtime(package=planted.folder, datasets=[planted.folder])


def protect(atlas: Runtime, record_id: str, cell: float = 0.1) -> None:
    atlas.store.protections.set(record_id, cell, Operation.new("rev", "protect", record_id, "a source asked"))


def points_of(payload: bytes) -> np.ndarray:
    (length,) = struct.unpack_from("<I", payload, 4)
    header = json.loads(payload[8 : 8 + length])
    columns = []
    for name in ("lat", "lon"):
        entry = header["columns"][name]
        columns.append(np.frombuffer(payload, "<f4", entry["length"], 8 + length + entry["offset"]))
    return np.column_stack(columns)


def all_of(view: AtlasView) -> dict[str, bytes]:
    """Everything that can be had from a view, as it would go over a wire."""
    library, frames = view.library(), view.frames()
    found: dict[str, Any] = {
        "records": json.dumps([record_json(library, one) for one in library.evidence], ensure_ascii=False),
        "sources": repr(library.sources),
        "places": repr(view.places()),
        "frames": frames.placements.to_json() + frames.records.to_csv() + frames.segments.to_csv(),
        "search": "\n".join(frames.records["search"]),
        "changes": repr([view.changes(one) for one in [*library.evidence, *library.places, "lo-yard"]]),
        "hand decided": repr(list(view.hand_decided())),
        "datasets": repr([(one, one.tables, one.frames.placements.to_json()) for one in view.datasets]),
        "payload": gzip.compress(view.payload(view.version)),
        "map": standalone_html(atlas_map(frames)),
    }
    return {
        name: text.encode() if isinstance(text, str) else gzip.decompress(text)
        for name, text in found.items()
    }


def test_the_traces_are_found_where_nothing_is_coarsened(atlas, planted):
    found = all_of(atlas.view(EXACT))
    traces = {name: planted.traces(text) for name, text in found.items()}
    assert [name for name, numbers in traces.items() if not numbers] == ["payload", "map"]
    assert np.abs(points_of(found["payload"]) - planted.points[0]).sum(axis=1).min() < 1e-5


@pytest.mark.parametrize("audience", [GRID, Audience(1.0, protected=False)])
def test_no_exact_digits_leave_a_view_on_the_grid(atlas, planted, audience):
    found = all_of(atlas.view(audience))
    assert {name: planted.traces(text) for name, text in found.items() if planted.traces(text)} == {}
    for lat, lon in points_of(found["payload"]):
        centre = cell_centre(float(lat), float(lon), audience.cell)
        assert abs(lat - centre[0]) + abs(lon - centre[1]) < 1e-4


def test_nothing_of_a_protected_record_leaves_a_view(atlas, planted):
    protect(atlas, "st-yard")
    found = all_of(atlas.view(PROTECTED))
    words = ("33.597", "7.616", "33.500", "so he said", "par. 7", "imagery", "the yard", "example.org/map")
    del found["datasets"]  # other people's records, which nobody protected
    shown = {
        name: [word for word in words if word in text.decode("utf-8", "replace")]
        for name, text in found.items()
    }
    assert {name: words for name, words in shown.items() if words} == {}
    # Others stay exact.
    assert planted.traces(found["frames"])


def test_a_package_made_of_a_view_has_no_exact_digits(atlas, planted):
    # What an export for readers would write.
    built = atlas.view(GRID)._built
    tables = {
        "locations": [row for one in built.library.evidence.values() for row in one.locations],
        "citations": [row for one in built.library.evidence.values() for row in one.citations],
        "places": built.library.places.values(),
        "sites": [one.record for one in built.library.evidence.values() if one.record.table == "sites"],
        "changes": [change for changes in built.changes.values() for change in changes],
    }
    texts = package_texts(DataPackage.of(tables))
    assert texts["locations.csv"].count("MA") == 3
    assert planted.traces("".join(texts.values())) == []


def test_those_who_see_everything_share_one_view(atlas):
    assert atlas.view(PROTECTED).frames() is atlas.view(EXACT).frames()
    assert atlas.view(PROTECTED).version == atlas.version


def test_an_audience_is_served_its_own_payloads_only(atlas):
    exact, coarse = atlas.view(EXACT), atlas.view(GRID)
    assert exact.version == atlas.version != coarse.version
    with pytest.raises(KeyError):
        coarse.payload(exact.version)
    with pytest.raises(KeyError):
        exact.payload(coarse.version)
    (theirs,), (ours,) = exact.datasets, coarse.datasets
    assert coarse.payload(ours.frames.version)
    with pytest.raises(KeyError):
        coarse.payload(theirs.frames.version)


def test_a_passing_map_is_of_one_audience(atlas):
    version = f"{PASSING}1"
    atlas.view(EXACT).offer(version, lambda: b"exact")
    with pytest.raises(KeyError):
        atlas.view(GRID).payload(version)
    atlas.view(GRID).offer(version, lambda: b"coarse")
    assert (atlas.view(EXACT).payload(version), atlas.view(GRID).payload(version)) == (b"exact", b"coarse")


def test_a_page_drawn_a_moment_ago_still_gets_its_payload(atlas, rename):
    before = atlas.view(GRID)
    rename(atlas, "st-yard", "Another yard")
    after = atlas.view(GRID)
    assert after.version != before.version
    assert b"Another yard" in after.payload(after.version)
    assert b"Another yard" not in after.payload(before.version)


def test_what_was_shown_before_a_protection_is_not_served_after_it(make_runtime, planted):
    atlas = make_runtime(package=planted.folder)
    before = atlas.view(PROTECTED)
    assert before.payload(before.version)
    protect(atlas, "st-yard")
    after = atlas.view(PROTECTED)
    assert after.version != before.version
    with pytest.raises(KeyError):
        after.payload(before.version)
    protect(atlas, "st-yard", 1.0)
    later = atlas.view(PROTECTED)
    with pytest.raises(KeyError):
        later.payload(after.version)


def test_a_dossier_is_seen_as_the_view_sees_it(atlas, planted):
    dossier, _ = atlas.repository.dossier("st-yard")
    seen = atlas.view(GRID).seen(dossier)
    assert planted.traces(repr(dossier))
    assert planted.traces(repr(replace(seen, sources=()))) == []
    assert atlas.view(EXACT).seen(dossier) is dossier


def test_geocoding_reveals_no_hand_decided_place(atlas, planted):
    # A gazetteer that carries the package's places, as the command builds it.
    settled = HandDecidedPlaces.from_csv(planted.folder / "places.csv")
    morocco = {"geonameid": 1, "name": "Morocco", "iso": "MA", "iso3": "MAR", "capital": "", "population": 1}
    source = GeonamesSource([], [morocco], [], "test")
    build_gazetteer(atlas.settings.gazetteer_path, hand_decided=settled, source=source)
    exact, coarse = atlas.view(EXACT), atlas.view(GRID)
    lat, lon = planted.points[1]
    assert planted.traces(repr(exact.gazetteer().lookup("Ben Slimane")))
    assert planted.traces(repr(exact.resolve("Ben Slimane", "MA")))
    found = coarse.resolve("Ben Slimane", "MA")
    assert (found.chosen.entry.lat, found.chosen.entry.lon) == cell_centre(lat, lon, 0.1)
    near = coarse.gazetteer().near(lat, lon, radius_m=50_000)
    told = repr(
        [found, coarse.gazetteer().lookup("Ben Slimane"), near, coarse.gazetteer().get("pl-ben-slimane")]
    )
    assert planted.traces(told) == []
    protect(atlas, "st-ben-slimane", 1.0)
    hidden = atlas.view(PROTECTED)
    assert "pl-ben-slimane" not in repr(
        [hidden.resolve("Ben Slimane", "MA"), hidden.hand_decided().lookup("Ben Slimane")]
    )


def is_found(view: AtlasView, area: Any) -> bool:
    frames = view.frames()
    is_yard = (frames.records["record_id"] == "st-yard").to_numpy()
    return bool(matching(frames, Filters(area=area))[is_yard][0])


def turning_point(view: AtlasView, low: float, high: float, area_of: Any) -> float:
    """Ask again and again, halving what is open, from where the answer is no to where it is yes."""
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if is_found(view, area_of(middle)) else (middle, high)
    return (low + high) / 2


def found_by_asking(view: AtlasView) -> tuple[float, float]:
    # From both sides, because a place answers to its whole circle.
    north = turning_point(view, -80.0, 80.0, lambda x: Rectangle(-85.0, -180.0, x, 180.0))
    south = turning_point(view, 80.0, -80.0, lambda x: Rectangle(x, -180.0, 85.0, 180.0))
    east = turning_point(view, -170.0, 170.0, lambda x: Rectangle(-85.0, -180.0, 85.0, x))
    west = turning_point(view, 170.0, -170.0, lambda x: Rectangle(-85.0, x, 85.0, 180.0))
    return (north + south) / 2, (east + west) / 2


def test_questions_that_find_an_exact_point_end_in_the_middle_of_a_cell(atlas, planted):
    truth = planted.points[0]
    exact, coarse = (found_by_asking(atlas.view(audience)) for audience in (EXACT, GRID))
    assert distance_m(exact, truth) < 200  # or the questions would be too stupid to prove anything
    assert distance_m(coarse, cell_centre(*truth, 0.1)) < 200
    assert distance_m(coarse, truth) >= 0.1 * 111_195 / 2


@pytest.mark.parametrize("origin", [(40.0, 0.0), (30.0, -12.0), (33.6, 3.0)])
def test_distances_are_those_of_the_cell(atlas, planted, origin):
    truth = planted.points[0]
    view = atlas.view(GRID)
    centre, radius = cell_centre(*truth, 0.1), 300 + half_diagonal_m(truth[0], 0.1)
    km = turning_point(view, 0.0, 5_000.0, lambda x: Circle(*origin, x))
    assert km * 1_000 == pytest.approx(distance_m(origin, centre) - radius, abs=10)


@pytest.mark.parametrize("other", [(33.51, -7.6), (33.5999, -7.5)])
def test_two_places_in_one_cell_give_the_same_view(atlas, other):
    assert cell_centre(*other, 0.1) == cell_centre(33.59771234, -7.61679876, 0.1)
    raw = atlas._shelf._read_store()
    moved = {
        **raw.tables,
        "locations": tuple(
            replace(row, lat=other[0], lon=other[1]) if row.id == "lo-yard" else row
            for row in raw.tables["locations"]
        ),
    }
    here, there = (build(one, GRID) for one in (raw, replace(raw, tables=moved)))
    assert here.frames.placements.to_json() == there.frames.placements.to_json()
    assert here.payload(here.frames, 1_000) == there.payload(there.frames, 1_000)
    assert repr(here.library) == repr(there.library)
