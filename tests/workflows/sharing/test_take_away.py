"""What leaves for an audience: closed under references, whole for the atlas to open, and never more exact."""

import json
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import Citation, Location, Site, SiteStatus, Source
from dashboard.domain.validation import validate
from dashboard.domain.window import Window
from dashboard.importers.package import DataPackage, read_package
from dashboard.settings import starter_path
from dashboard.workflows.access.audience import Audience, tables_for
from dashboard.workflows.access.coarsening import WITHHELD
from dashboard.workflows.sharing.export_tables import ClosedTables
from dashboard.workflows.sharing.export_terms import NOT_STATED, credit_of, licence_of
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.sharing.take_away import FORMATS, view_of, write_take_away
from dashboard.workflows.views.evidence import build_library
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import Filters, select

LAT, LON = 33.61671234, -7.11679876
DIGITS = ("33.6167", "7.11679", "33.616712", "so he said", "Hangar 7", "par. 7")
GRID = Audience(0.1, protected=True)
PROTECTED = Audience(0.0, protected=True)


@pytest.fixture(scope="module")
def planted():
    """The starter data with one site whose place must not get out."""
    tables = {name: [*rows] for name, rows in read_package(starter_path("data")).tables.items()}
    tables["sites"].append(Site(id="st-yard", name="Yard", kind="factory", notes="so he said"))
    tables["locations"].append(
        Location(
            id="lo-yard",
            record_id="st-yard",
            role="at",
            place_as_written="Hangar 7",
            country="MA",
            lat=LAT,
            lon=LON,
            precision="exact",
            precision_m=50,
            method="hand",
            reason="so he said",
        )
    )
    tables["sources"].append(
        Source(
            id="so-yard",
            publisher="P",
            title="Hangar 7",
            url="https://a.example/@33.616712,-7.11679",
            kind="newspaper",
        )
    )
    tables["citations"].append(
        Citation(
            id="ci-yard",
            record_id="st-yard",
            source_id="so-yard",
            quote="so he said",
            locator="par. 7",
            stance="supports",
        )
    )
    tables["site_status"].append(
        SiteStatus(
            id="ss-yard",
            site_id="st-yard",
            status="operating",
            date=UncertainDate.parse("2019"),
            citation_id="ci-yard",
        )
    )
    return DataPackage.of(tables).tables


def view_for_audience(tables, protections, audience, filters=None):
    seen = tables_for(tables, protections, audience)
    frames, library = build_frames(seen, "v"), build_library(seen, "v")
    link = Link(filters or Filters(countries=("MA",)))
    return view_of(
        frames, library, select(frames, link.filters, link.window), link, made_on=date(2026, 11, 26)
    )


def test_the_plant_is_in_what_a_reviewer_takes_away(planted, tmp_path):
    view = view_for_audience(planted, {"st-yard": 0.5}, Audience(0.0, protected=False))
    write_take_away(view, "geojson", tmp_path / "view.geojson")
    text = (tmp_path / "view.geojson").read_text(encoding="utf-8")
    assert all(digits in text for digits in ("33.6167", "so he said", "Hangar 7", "par. 7"))


@pytest.mark.parametrize("audience", [GRID, PROTECTED])
def test_no_format_is_more_exact_than_its_audience(planted, audience, tmp_path):
    view = view_for_audience(planted, {"st-yard": 0.5}, audience)
    assert "st-yard" in set(view.records["id"])
    pictures = {"png", "svg", "pdf", "briefing-html", "docx"}
    for format_id in FORMATS.keys() - pictures:
        path = tmp_path / f"{format_id}{FORMATS[format_id].extension}"
        write_take_away(view, format_id, path)
        written = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                written = [archive.read(name) for name in archive.namelist()]
        for text in written:
            assert [one for one in DIGITS if one.encode() in text] == [], format_id


@pytest.mark.parametrize("audience", [GRID, PROTECTED, Audience(0.0, protected=False)])
def test_the_package_of_any_audience_opens_again(planted, audience, tmp_path):
    view = view_for_audience(planted, {"st-yard": 0.5, "st-benguerir": 1.0}, audience, Filters())
    assert validate(view.tables) == []
    write_take_away(view, "package", tmp_path / "view.zip")
    with zipfile.ZipFile(tmp_path / "view.zip") as archive:
        archive.extractall(tmp_path / "view")
    again = read_package(tmp_path / "view")
    assert {one.id for one in again.tables["events"]} >= set(
        view.records["id"][view.records["type"] == "event"]
    )


def test_what_is_shown_brings_along_what_it_refers_to(planted, tmp_path):
    filters = Filters(types=("event",), countries=("MA",))
    view = view_for_audience(planted, {}, Audience(0.0, protected=False), filters)
    shown = set(view.records["id"])
    sites = {one.id for one in view.tables["sites"]}
    assert sites
    assert sites == {site for one in view.tables["events"] for site in one.sites}
    assert validate(view.tables) == []
    done = write_take_away(view, "package", tmp_path / "view.zip")
    with zipfile.ZipFile(tmp_path / "view.zip") as archive:
        said = json.loads(archive.read("datapackage.json"))["view"]
    held = sites | {one.id for one in view.tables["events"]}
    assert set(said["not_shown_but_referred_to"]) == held - shown
    assert any("because those that are shown refer to them" in note for note in done.notes)


def test_a_reference_to_what_is_not_there_is_left_out(planted):
    library = build_library(planted, "v")
    event = next(one for one in planted["events"] if one.sites and one.actors)
    gone = replace(event, sites=("st-gone", *event.sites), related=("ev-gone",))
    evidence = dict(library.evidence)
    evidence[event.id] = replace(evidence[event.id], record=gone)
    tables = ClosedTables(replace(library, evidence=evidence), [event.id])
    (kept,) = [one for one in tables["events"] if one.id == event.id]
    assert kept.sites == event.sites
    assert kept.related == ()
    assert validate(tables) == []


def test_a_coarsened_place_says_that_its_name_is_withheld(planted):
    view = view_for_audience(planted, {"st-yard": 0.5}, PROTECTED)
    (row,) = [one for one in view.tables["locations"] if one.record_id == "st-yard"]
    assert row.place_as_written == WITHHELD
    (frame_row,) = view.places[view.places["record_id"] == "st-yard"].itertuples()
    assert frame_row.place == ""
    assert frame_row.precision_m > 25_000


def test_events_without_a_date_are_counted(planted):
    undated = [one for one in planted["events"] if one.date.is_undated]
    view = view_for_audience(planted, {}, PROTECTED, Filters())
    assert f"match the filters too: {len(undated)}." in view.notes[0]
    assert not {one.id for one in undated} & set(view.records["id"])


def test_licence_and_credit_are_those_of_the_package():
    descriptor = read_package(starter_path("data")).descriptor
    assert licence_of(descriptor) == "CC-BY-4.0"
    assert "https://creativecommons.org/licenses/by/4.0/" in credit_of(descriptor)
    assert "Natural Earth" in credit_of(descriptor)
    for broken in ("", "{", "[]", '{"licenses": 1}', '{"licenses": [1, {}]}'):
        assert licence_of(broken) == NOT_STATED
        assert NOT_STATED in credit_of(broken)


def test_a_window_is_said_in_every_file(planted):
    frames, library = build_frames(planted, "v"), build_library(planted, "v")
    link = Link(window=Window.parse("2020", "2021"), version="v")
    view = view_of(
        frames,
        library,
        select(frames, link.filters, link.window),
        link,
        made_on=date(2026, 11, 26),
        address="https://a.example/atlas?from=2020#x",
    )
    assert any("2020" in one for one in view.described)
    assert view.records["url"][0] == f"https://a.example/atlas?record={view.records['id'][0]}&version=v"


def test_what_is_said_of_a_place_comes_along(planted):
    place = next(
        one for one in planted["places"] if any(row.place_id == one.id for row in planted["locations"])
    )
    location = next(one for one in planted["locations"] if one.place_id == place.id)
    said = [
        Citation(id=f"ci-of-{of[:2]}", record_id=of, source_id="so-yard", quote="there", stance="supports")
        for of in ("lo-yard", "ss-yard", place.id)
    ]
    tables = DataPackage.of({**planted, "citations": [*planted["citations"], *said]}).tables
    view = view_for_audience(tables, {}, Audience(0.0, protected=False), Filters())
    assert location.record_id in set(view.records["id"])
    assert {"ci-of-lo", "ci-of-ss"} <= set(view.citations["id"])
    assert {one.id for one in said} <= {one.id for one in view.tables["citations"]}
    assert validate(view.tables) == []
