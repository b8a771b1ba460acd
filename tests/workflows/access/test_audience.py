"""What each audience is given: on the grid, without what would undo it, and always the same."""

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.access import ANONYMOUS, LOCAL, Person, Role
from dashboard.domain.dates import UNDATED
from dashboard.domain.dossier import dossiers
from dashboard.domain.grid import cell_centre, half_diagonal_m
from dashboard.domain.points_in_text import COVERED
from dashboard.domain.records import (
    TABLES,
    Actor,
    Change,
    Citation,
    Event,
    Location,
    Place,
    Site,
    SiteStatus,
    Source,
)
from dashboard.domain.vocabulary import codes
from dashboard.importers.package import read_package
from dashboard.settings import Settings, starter_path
from dashboard.workflows.access.audience import (
    EXACT,
    Audience,
    audience_of,
    audience_version,
    coarsening_for,
    dataset_for,
    effective,
    shown_version,
    tables_for,
)
from dashboard.workflows.access.coarsening import COARSENED, WITHHELD
from dashboard.workflows.views.datasets import open_datasets

LAT, LON = 33.61671234, -7.11679876
GRID = Audience(0.1, protected=True)
PROTECTED = Audience(0.0, protected=True)


def person(role: Role) -> Person:
    return Person(f"p-{role}", "P", role)


def place_at(lat: float = LAT, lon: float = LON, **more: Any) -> Location:
    values: dict[str, Any] = {
        "id": "lo-1", "record_id": "st-1", "role": "at", "place_as_written": "Hangar 7", "place_id": "pl-1",
        "country": "MA", "lat": lat, "lon": lon, "precision": "exact", "precision_m": 200,
        "method": "hand", "chosen_by": "ann", "reason": "seen from the road",
    }  # fmt: skip
    return Location(**values | more)


def atlas(**tables: tuple[Any, ...]) -> dict[str, tuple[Any, ...]]:
    own: dict[str, tuple[Any, ...]] = {
        "sites": (
            Site(id="st-1", name="Plant", kind="factory", notes=f"North gate at {LAT}, {LON}."),
            Site(id="st-2", name="Yard", kind="shipyard", notes="Two docks."),
        ),
        "site_status": (
            SiteStatus(
                id="ss-1", site_id="st-1", status="operating", date=UNDATED, citation_id="ci-1", note="Busy"
            ),
        ),
        "events": (
            Event(
                id="ev-1",
                kind="opening",
                title="Opening",
                summary="A day.",
                date=UNDATED,
                status="happened",
                sites=("st-1",),
            ),
        ),
        "locations": (
            place_at(),
            place_at(
                id="lo-2",
                record_id="st-2",
                place_id="",
                place_as_written="Jaffa",
                lat=32.0853,
                lon=34.7818,
                country="IL",
            ),
            place_at(
                id="lo-3",
                record_id="ev-1",
                place_id="",
                lat=LAT,
                lon=LON,
                precision="near",
                precision_m=2_000,
            ),
        ),
        "actors": (Actor(id="ac-1", name="Maker", kind="company", notes="Office at 48.8566, 2.3522"),),
        "sources": (
            Source(
                id="so-1",
                publisher="Daily",
                title="Plant opens",
                url="https://daily.example/plant",
                kind="newspaper",
            ),
            Source(
                id="so-2", publisher="Weekly", title="Yards", url="https://weekly.example/y", kind="newspaper"
            ),
        ),
        "citations": (
            Citation(
                id="ci-1",
                record_id="st-1",
                source_id="so-1",
                stance="supports",
                quote="It works.",
                locator="p. 3",
                value_as_stated="operating",
            ),
            Citation(id="ci-2", record_id="st-1", source_id="so-2", stance="supports"),
            Citation(id="ci-3", record_id="st-2", source_id="so-2", stance="supports", quote="Two docks."),
            Citation(
                id="ci-4",
                record_id="lo-1",
                field="lat",
                source_id="so-1",
                stance="supports",
                value_as_stated="33.62",
            ),
        ),
        "places": (
            Place(
                id="pl-1",
                name="Hangar 7",
                country="MA",
                lat=LAT,
                lon=LON,
                precision="exact",
                precision_m=200,
                reason="walked there",
            ),
            Place(
                id="pl-2",
                name="Far",
                country="IL",
                lat=31.2518,
                lon=34.7913,
                precision="locality",
                precision_m=5_000,
                reason="31.2518 N",
            ),
        ),
        "changes": (
            Change(
                record_id="lo-1",
                field="lat",
                before="33.61",
                after=str(LAT),
                who="ann",
                when="2026",
                why="moved",
            ),
            Change(
                record_id="st-2",
                field="notes",
                before="One dock.",
                after="Two docks.",
                who="ann",
                when="2026",
            ),
        ),
    }
    return {name: tables.get(name, own[name]) for name in TABLES}


def by_id(tables: Any, table: str, record_id: str) -> Any:
    return next(row for row in tables[table] if row.id == record_id)


def everything(tables: Any) -> str:
    return repr({name: tables[name] for name in TABLES})


@pytest.mark.parametrize("who", [LOCAL, person(Role.REVIEWER), person(Role.ADMIN)])
def test_those_who_review_see_everything(who):
    assert audience_of(who, Settings(coarsen="anonymous=1,reader=1,contributor=1")) == EXACT


def test_others_see_the_grid_of_their_role():
    settings = Settings(coarsen="anonymous=0.5,reader=0.1,contributor=0.01")
    seen = [
        audience_of(who, settings).cell for who in (ANONYMOUS, person(Role.READER), person(Role.CONTRIBUTOR))
    ]
    assert seen == [0.5, 0.1, 0.01]
    assert audience_of(ANONYMOUS, settings).protected


def test_nobody_sees_finer_than_somebody_trusted_more():
    settings = Settings(coarsen="reader=0.1")
    assert audience_of(ANONYMOUS, settings).cell == 0.1
    assert audience_of(person(Role.CONTRIBUTOR), settings).cell == 0.0


def test_nothing_is_touched_where_nothing_is_coarsened():
    tables = atlas()
    assert tables_for(tables, {"st-1": 1.0}, EXACT) is tables
    assert tables_for(tables, {}, PROTECTED) is tables
    assert effective(PROTECTED, {}) == EXACT


def test_a_view_of_its_own_has_a_version_of_its_own():
    assert audience_version("abc", 3, EXACT) == "abc"
    names = {
        audience_version(version, protections, audience)
        for version in ("abc", "abd")
        for protections in (3, 4)
        for audience in (GRID, PROTECTED, Audience(0.1, protected=False))
    }
    assert len(names) == 12
    assert "abc" not in names


def test_a_version_does_not_let_exact_points_be_tried_out():
    # Equal records, equal settings, another secret: without it the name cannot be reckoned from a guess.
    ours, theirs = (
        Settings(sign_in="header", coarsen="reader=0.1", cookie_secret=secret * 16)
        for secret in ("abc", "abd")
    )
    reader = person(Role.READER)
    assert audience_of(reader, ours) == audience_of(reader, theirs)
    names = {audience_version("abc", 3, audience_of(reader, one)) for one in (ours, theirs, Settings())}
    names |= {shown_version("abc", one) for one in (ours, theirs)}
    assert len(names) == 5
    assert "abc" not in names
    assert shown_version("abc", ours) == shown_version("abc", ours)
    assert shown_version("abc", Settings()) == "abc"
    assert "abcabc" not in repr(audience_of(reader, ours))


def test_a_point_known_better_than_the_grid_becomes_a_cell():
    row = by_id(tables_for(atlas(), {}, GRID), "locations", "lo-1")
    radius = half_diagonal_m(LAT, 0.1)
    assert (row.lat, row.lon) == cell_centre(LAT, LON, 0.1)
    assert row.precision_m == 200 + radius
    assert row.precision == "near"
    assert (row.place_id, row.place_as_written, row.chosen_by, row.reason) == ("", "", "", COARSENED)
    assert row.country == "MA"


def test_a_province_keeps_its_name_and_is_put_on_the_grid_all_the_same():
    province = place_at(
        precision="province", precision_m=150_000, place_as_written="Casablanca-Settat", place_id=""
    )
    row = by_id(tables_for(atlas(locations=(province,)), {}, GRID), "locations", "lo-1")
    assert row.place_as_written == "Casablanca-Settat"
    assert row.precision == "province"
    assert (row.lat, row.lon) == cell_centre(LAT, LON, 0.1)
    assert row.precision_m > 150_000


@pytest.mark.parametrize("bad", [math.nan, math.inf, 91.0])
def test_a_point_that_is_none_is_not_shown(bad):
    row = by_id(tables_for(atlas(locations=(place_at(lat=bad),)), {}, GRID), "locations", "lo-1")
    assert (row.lat, row.lon, row.precision) == (None, None, "none")


def test_a_grid_that_is_none_shows_nothing_rather_than_everything():
    row = by_id(tables_for(atlas(), {"st-1": 1_000.0}, PROTECTED), "locations", "lo-1")
    assert (row.lat, row.lon) == (None, None)


def test_the_coarser_of_role_and_record_counts():
    tables = tables_for(atlas(), {"st-1": 1.0, "st-2": 0.01}, GRID)
    assert by_id(tables, "locations", "lo-1").lat == cell_centre(LAT, LON, 1.0)[0]
    assert by_id(tables, "locations", "lo-2").lat == cell_centre(32.0853, 34.7818, 0.1)[0]


def test_points_in_free_text_are_covered():
    tables = tables_for(atlas(), {}, GRID)
    assert by_id(tables, "sites", "st-1").notes == f"North gate at {COVERED}."
    assert by_id(tables, "actors", "ac-1").notes == f"Office at {COVERED}"
    assert by_id(tables, "citations", "ci-4").value_as_stated == WITHHELD
    assert "31.2518" not in everything(tables)


def test_hand_decided_places_keep_their_names_on_the_grid_of_the_role():
    place = by_id(tables_for(atlas(), {}, GRID), "places", "pl-1")
    assert (place.name, place.lat, place.reason) == ("Hangar 7", cell_centre(LAT, LON, 0.1)[0], COARSENED)


def test_a_protected_record_loses_what_sources_say_of_it():
    tables = tables_for(atlas(), {"st-1": 0.1}, PROTECTED)
    said = by_id(tables, "citations", "ci-1")
    source = by_id(tables, "sources", said.source_id)
    assert (said.quote, said.value_as_stated, said.locator) == (WITHHELD, WITHHELD, WITHHELD)
    assert (source.publisher, source.title, source.url) == ("Daily", WITHHELD, "")
    assert by_id(tables, "sites", "st-1").notes == WITHHELD
    assert by_id(tables, "site_status", "ss-1").note == WITHHELD
    assert by_id(tables, "citations", "ci-4").value_as_stated == WITHHELD
    text = everything(tables)
    assert not [
        word for word in ("daily.example", "Plant opens", "so-1", "It works", "Hangar") if word in text
    ]


def test_a_source_that_others_cite_too_stays_with_them():
    tables = tables_for(atlas(), {"st-1": 0.1}, PROTECTED)
    assert by_id(tables, "citations", "ci-3").quote == "Two docks."
    assert by_id(tables, "sources", "so-2").url == "https://weekly.example/y"
    assert by_id(tables, "citations", "ci-2").source_id != "so-2"


def test_the_number_of_sources_of_a_protected_record_stays():
    tables = tables_for(atlas(), {"st-1": 0.1}, PROTECTED)
    assert len({c.source_id for c in tables["citations"] if c.record_id == "st-1"}) == 2
    assert {c.source_id for c in tables["citations"]} <= {source.id for source in tables["sources"]}


def test_other_records_stay_as_they_are():
    before, after = atlas(), tables_for(atlas(), {"st-1": 0.1}, PROTECTED)
    for table, record_id in (
        ("sites", "st-2"),
        ("locations", "lo-2"),
        ("citations", "ci-3"),
        ("places", "pl-2"),
    ):
        assert by_id(after, table, record_id) == by_id(before, table, record_id)


def test_an_event_at_a_protected_site_does_not_tell_where_it_is():
    row = by_id(tables_for(atlas(), {"st-1": 0.1}, PROTECTED), "locations", "lo-3")
    assert (row.lat, row.lon) == cell_centre(LAT, LON, 0.1)


def test_a_citation_of_such_an_events_place_does_not_tell_either():
    said = Citation(
        id="ci-9", record_id="lo-3", field="lat", source_id="so-2", stance="supports", value_as_stated="33.62"
    )
    shown = by_id(tables_for(atlas(citations=(said,)), {"st-1": 0.1}, PROTECTED), "citations", "ci-9")
    assert shown.value_as_stated == WITHHELD


def test_the_place_of_a_protected_record_is_withheld_and_others_on_it_do_not_tell():
    neighbour = place_at(id="lo-9", record_id="st-2")
    tables = tables_for(atlas(locations=(place_at(), neighbour)), {"st-1": 0.1}, PROTECTED)
    assert [place.id for place in tables["places"]] == ["pl-2"]
    assert by_id(tables, "locations", "lo-9").lat == cell_centre(LAT, LON, 0.1)[0]
    assert "pl-1" not in everything(tables)


def test_the_audit_trail_tells_no_place():
    on_grid = tables_for(atlas(), {}, GRID)["changes"]
    assert (on_grid[0].before, on_grid[0].after, on_grid[0].who) == (WITHHELD, WITHHELD, "ann")
    assert on_grid[1].after == "Two docks."
    protected = tables_for(atlas(), {"st-2": 0.1}, PROTECTED)["changes"]
    assert (protected[1].before, protected[1].after) == (WITHHELD, WITHHELD)


def test_the_audit_trail_of_a_row_that_is_gone_is_withheld():
    gone = Change(record_id="lo-gone", field="lat", before=str(LAT), who="ann", when="2026")
    (shown,) = tables_for(atlas(changes=(gone,)), {"st-1": 0.1}, PROTECTED)["changes"]
    assert shown.before == WITHHELD


@pytest.mark.parametrize(
    ("record_id", "field", "audience", "protections"),
    [
        ("ci-1", "quote", PROTECTED, {"st-1": 0.1}),
        ("ss-1", "note", PROTECTED, {"st-1": 0.1}),
        ("so-2", "title", PROTECTED, {"st-1": 0.1}),
        ("lo-3", "lat", PROTECTED, {"st-1": 0.1}),
        ("ci-4", "value_as_stated", GRID, {}),
        ("lo-2", "place_as_written", GRID, {}),
    ],
)
def test_the_audit_trail_keeps_what_rows_of_a_record_keep(record_id, field, audience, protections):
    change = Change(record_id=record_id, field=field, before="33.6", after="Hangar", who="ann", when="2026")
    (shown,) = tables_for(atlas(changes=(change,)), protections, audience)["changes"]
    assert (shown.before, shown.after) == (WITHHELD, WITHHELD)


@pytest.mark.parametrize(("record_id", "field"), [("so-1", "url"), ("pl-1", "name")])
def test_the_audit_trail_names_no_row_that_is_not_shown(record_id, field):
    change = Change(record_id=record_id, field=field, before="33.6", after="Hangar", who="ann", when="2026")
    assert tables_for(atlas(changes=(change,)), {"st-1": 0.1}, PROTECTED)["changes"] == ()
    assert tables_for(atlas(changes=(change,)), {"st-1": 0.1}, EXACT)["changes"] == (change,)


def test_a_dossier_newer_than_the_rules_keeps_as_much():
    rules = coarsening_for(atlas(locations=(), citations=()), {"st-1": 0.1}, PROTECTED)
    assert rules is not None
    seen = rules.dossier(dossiers(atlas())["st-1"])
    assert [text for text in (str(LAT)[:6], "33.62") if text in repr(seen)] == []
    assert "It works" not in repr(seen)


def test_a_dossier_is_seen_as_its_tables_are():
    rules = coarsening_for(atlas(), {"st-1": 0.1}, PROTECTED)
    assert rules is not None
    seen = rules.dossier(dossiers(atlas())["st-1"])
    assert seen == dossiers(tables_for(atlas(), {"st-1": 0.1}, PROTECTED))["st-1"]
    assert seen.faults() == ()
    assert str(LAT)[:6] not in repr(seen)


def test_imported_datasets_are_on_the_grid_too(folder):
    (dataset,) = open_datasets([folder])
    coarse = dataset_for(dataset, GRID)
    assert coarse.frames.version != dataset.frames.version
    points = coarse.frames.placements.geometry.dropna()
    assert len(points)
    for point in points:
        assert (point.y, point.x) == cell_centre(point.y, point.x, 0.1)
    assert dataset_for(dataset, PROTECTED) is dataset


POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
PRECISIONS = st.sampled_from(codes("precisions"))
CELLS = st.sampled_from([0.01, 0.1, 0.25, 1.0, 7.0])


@st.composite
def some_tables(draw: st.DrawFn) -> dict[str, tuple[Any, ...]]:
    locations = tuple(
        place_at(
            *draw(POINTS),
            id=f"lo-{n}",
            record_id=draw(st.sampled_from(["st-1", "st-2", "ev-1"])),
            place_id="",
            precision=draw(PRECISIONS),
            precision_m=draw(st.none() | st.integers(1, 500_000)),
            reason=draw(st.text("0123456789.,°N -ab", max_size=30)),
        )
        for n in range(draw(st.integers(0, 4)))
    )
    return atlas(locations=locations)


GRIDS = st.tuples(CELLS, st.just({})) | st.tuples(
    st.just(0.0), st.dictionaries(st.sampled_from(["st-1", "st-2", "ev-1", "ac-1"]), CELLS, min_size=1)
)


@given(tables=some_tables(), grid=GRIDS)
def test_coarsening_twice_is_coarsening_once(tables, grid):
    cell, protections = grid
    once = tables_for(tables, protections, Audience(cell, protected=True))
    twice = tables_for(once, protections, Audience(cell, protected=True))
    assert everything(twice) == everything(once)
    assert everything(tables_for(tables, protections, Audience(cell, protected=True))) == everything(once)


@given(tables=some_tables(), cell=CELLS)
def test_every_point_is_a_centre_and_the_true_one_lies_within_its_radius(tables, cell):
    coarse = tables_for(tables, {}, Audience(cell, protected=True))
    order = codes("precisions")
    for before, after in zip(tables["locations"], coarse["locations"], strict=True):
        assert (after.lat, after.lon) == cell_centre(before.lat, before.lon, cell)
        assert after.precision_m >= half_diagonal_m(before.lat, cell)
        assert order.index(after.precision) >= order.index(before.precision)


@given(lat=st.floats(33.601, 33.699), lon=st.floats(-7.05, -7.04))
def test_where_in_its_cell_a_record_lies_makes_no_difference(lat, lon):
    def shown(*point: float) -> str:
        return everything(tables_for(atlas(locations=(place_at(*point),)), {}, GRID))

    assert cell_centre(lat, lon, 0.1) == cell_centre(33.65, -7.045, 0.1)
    assert shown(lat, lon) == shown(33.65, -7.045)


def test_no_exact_digits_of_the_starter_data_are_left():
    tables = read_package(starter_path("data")).tables
    text = everything({**tables_for(tables, {}, GRID), "sources": ()})
    for row in (*tables["locations"], *tables["places"]):
        for number in (row.lat, row.lon):
            if number is not None and len(str(number).partition(".")[2]) >= 4:
                assert f"{number}" not in text


def test_rows_that_lose_nothing_are_the_same_rows():
    tables = atlas()
    coarse = tables_for(tables, {"st-1": 0.1}, PROTECTED)
    assert by_id(coarse, "sites", "st-2") is by_id(tables, "sites", "st-2")
    assert dataclasses.is_dataclass(GRID)
