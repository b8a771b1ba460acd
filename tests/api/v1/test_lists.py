import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dashboard.api.v1.schemas import ITEMS, SCHEMAS
from dashboard.domain.records import Change
from dashboard.exports.package import write_package
from dashboard.importers.package import DataPackage, read_package
from dashboard.runtime import runtime
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.sharing.link import read_link
from dashboard.workflows.views.selection import select

SMALL = Path(__file__).parents[2] / "importers" / "small"
VIEWS = ["", "country=MA&from=2020&to=2021-11", "kind=meeting&kind=factory&q=israel"]


def pages(api: TestClient, address: str) -> Iterator[dict[str, Any]]:
    """Walk the pages of a list by its own links."""
    following: str | None = address
    while following:
        answer = api.get(following)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        yield body
        following = next((one["href"] for one in body["links"] if one["rel"] == "next"), None)
        assert (f'<{following}>; rel="next"' in answer.headers.get("link", "")) == bool(following)


def query_of(view: str) -> list[tuple[str, str]]:
    return [tuple(part.split("=")) for part in view.split("&") if part]  # type: ignore[misc]


def test_pages_of_a_list_are_the_rows_of_the_page_in_its_order(api):
    frames = runtime().view(EXACT).frames()
    for view, (name, kind) in product(VIEWS, (("sites", "site"), ("events", "event"))):
        link, _ = read_link(query_of(view))
        shown = select(frames, link.filters.only(kind), link.window).shown.ids()
        found = list(pages(api, f"/api/v1/{name}?{view}&limit=150".replace("?&", "?")))
        assert [item["id"] for page in found for item in page["items"]] == shown
        assert {page["matched"] for page in found} == {len(shown)}
        assert [page["offset"] for page in found] == list(range(0, max(len(shown), 1), 150))


def test_there_is_a_way_back(api):
    second = api.get("/api/v1/events?limit=10&offset=7").json()
    back = next(one["href"] for one in second["links"] if one["rel"] == "prev")
    first = api.get(back).json()
    assert (first["offset"], first["limit"]) == (0, 10)
    beyond = api.get("/api/v1/events?limit=10&offset=99999").json()
    assert beyond["items"] == []
    back = next(one["href"] for one in beyond["links"] if one["rel"] == "prev")
    assert len(api.get(back).json()["items"]) == 10


def undescribed(value: Any, schema: dict[str, Any], path: str = "") -> list[str]:
    """Fields that an answer has and its description has not, or the other way round."""
    schema = SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(value, list):
        return [one for item in value for one in undescribed(item, schema["items"], path)]
    if not isinstance(value, dict):
        return []
    differing = set(value) ^ set(schema["properties"])
    inner = [
        one for name in set(value) - differing
        for one in undescribed(value[name], schema["properties"][name], f"{path}.{name}")
    ]  # fmt: skip
    return [f"{path}.{name}" for name in differing] + inner


def test_every_field_is_described_and_there_by_list_and_by_id(api):
    for name, item in ITEMS.items():
        found = [one for page in pages(api, f"/api/v1/{name}?limit=1000") for one in page["items"]]
        assert found or name == "changes"
        assert {one for row in found for one in undescribed(row, {"$ref": f"#/{item}"})} == set()
        if found:
            alone = api.get(f"/api/v1/{name}/{found[0]['id']}").json()
            assert alone["item"] | {"fit": None} == found[0] | {"fit": None}
            assert alone["licence"]["name"] == "CC-BY-4.0"
            assert alone["version"] == runtime().version


def test_what_belongs_to_a_view_is_named_cited_and_published_by_its_rows(api):
    view = "country=MA&from=2020&limit=1000"
    rows = [row for name in ("sites", "events") for row in api.get(f"/api/v1/{name}?{view}").json()["items"]]
    citations = api.get(f"/api/v1/citations?{view}").json()["items"]
    cited = [one["id"] for row in rows for one in row["citations"]]
    assert sorted(one["id"] for one in citations) == sorted(cited)
    assert cited
    sources = api.get(f"/api/v1/sources?{view}").json()["items"]
    assert {one["id"] for one in sources} == {one["source_id"] for one in citations}
    actors = api.get(f"/api/v1/actors?{view}").json()["items"]
    acting = {one["id"] for row in rows for one in row.get("actors", row.get("operators", []))}
    assert {one["id"] for one in actors} == acting
    everything = api.get("/api/v1/actors?limit=1").json()["matched"]
    assert (
        len(actors)
        < everything
        == len([1 for one in runtime().view(EXACT).library().evidence if one[:3] == "ac-"])
    )


def test_the_form_follows_f_and_else_the_accept_header(api):
    def kind(address: str, accept: str = "") -> str:
        answer = api.get(address, headers={"Accept": accept} if accept else {})
        return answer.headers["content-type"].partition(";")[0]

    assert kind("/api/v1/sites?limit=1") == "application/json"
    assert kind("/api/v1/sites?limit=1&f=geojson", "text/csv") == "application/geo+json"
    assert kind("/api/v1/sites?limit=1", "text/csv;q=0.5, application/geo+json") == "application/geo+json"
    assert kind("/api/v1/sites?limit=1", "text/html, text/*;q=0.3") == "text/csv"
    assert kind("/api/v1/sites?limit=1", "text/html, */*;q=0.1") == "application/json"
    refused = api.get("/api/v1/sources?limit=1", headers={"Accept": "application/geo+json"})
    assert refused.status_code == 406
    assert "text/csv" in refused.json()["detail"]


def test_an_answer_that_somebody_has_is_not_sent_again(api):
    first = api.get("/api/v1/sites?country=MA")
    assert first.headers["cache-control"] == "private, no-cache"
    assert {"Accept", "Cookie", "Authorization"} <= set(first.headers["vary"].split(", "))
    named = {"If-None-Match": f'"other", {first.headers["etag"]}'}
    again = api.get("/api/v1/sites?country=MA", headers=named)
    assert (again.status_code, again.content) == (304, b"")
    assert api.get("/api/v1/sites?country=IL", headers=named).status_code == 200
    assert api.get("/api/v1/sites?country=MA", headers=named | {"Accept": "text/csv"}).status_code == 200


def test_too_large_a_page_is_cut_and_said(api):
    body = api.get(f"/api/v1/citations?limit={'9' * 300}").json()
    assert (body["limit"], body["returned"], len(body["items"])) == (1000, 1000, 1000)
    assert "1,000 rows at most" in body["notes"][0]


def test_a_box_may_cross_the_antimeridian(api):
    everywhere = api.get("/api/v1/sites?bbox=-180,-90,180,90&limit=1000").json()["matched"]
    west = api.get("/api/v1/sites?bbox=-170,-90,20,90").json()["matched"]
    east = api.get("/api/v1/sites?bbox=20.000001,-90,-170.000001,90").json()["matched"]
    assert 0 < east < everywhere == west + east
    assert api.get("/api/v1/sites?bbox=-200,-90,-5,200,90,5").json()["matched"] == everywhere


def test_the_window_may_be_said_in_one_value(api):
    said = api.get("/api/v1/events?datetime=2020/2021-11-24T23:59:59Z&limit=1").json()
    assert said["matched"] == api.get("/api/v1/events?from=2020&to=2021-11-24&limit=1").json()["matched"]
    assert said["described"] == ["1 January 2020 to 24 November 2021"]
    assert said["counts"]["undated"] == 1


def points_of(api: TestClient) -> list[int]:
    """Numbers of points of all records, each the same as of its places."""
    lists = ("/api/v1/events?f=geojson&limit=1000", "/api/v1/sites?f=geojson&limit=1000")
    numbers = []
    for one in [one for address in lists for one in api.get(address).json()["features"]]:
        points = [[p["lon"], p["lat"]] for p in one["properties"]["places"] if p["lat"] is not None]
        assert points == (one["geometry"]["coordinates"] if one["geometry"] else [])
        numbers.append(len(points))
    return numbers


def test_geojson_has_every_point_of_a_record(api):
    assert max(points_of(api)) > 1


def test_geojson_has_no_geometry_for_a_record_without_a_point(edited):
    assert sorted(points_of(edited)) == [0, 1, 1, 1]


def test_what_is_not_there_is_said(api):
    for address, words in (
        ("sites/st-none", "st-none"),
        ("sites/ev-2020-none", "merged or deleted"),
        ("actors/st-bluebird-benslimane", "st-bluebird"),
        ("events/st-bluebird-benslimane", "st-bluebird"),
        ("changes/0", "0"),
    ):
        answer = api.get(f"/api/v1/{address}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert words in answer.json()["detail"]
    assert api.get("/api/v1/sites/st-none?f=csv").status_code == 400
    assert api.get("/api/v1/sources/%2e%2e%2fetc").status_code == 404


@pytest.fixture
def edited(own_api: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """An atlas with a name that a spreadsheet would compute, an event without a point, and two changes."""
    tables = dict(read_package(SMALL).tables)
    tables["sites"] = tuple(
        replace(one, name="=cmd|' /C calc'!A0", notes="<b>\u202egnp") if one.id == "st-yard" else one
        for one in tables["sites"]
    )
    nowhere = {"lat": None, "lon": None, "precision": "none", "precision_m": None, "method": "none"}
    tables["locations"] = tuple(
        replace(one, **nowhere) if one.id == "lo-order" else one for one in tables["locations"]
    )
    change = Change(record_id="st-yard", field="name", before="Yard", after="=1", who="Ann Onymous",
                    when="2026-02-01", why="a source")  # fmt: skip
    tables["changes"] = (
        change,
        replace(change, when="2026-03-01", before="=1", after="Y"),
        *tables["changes"],
    )
    write_package(DataPackage.of(tables), tmp_path / "package")
    monkeypatch.setenv("ARSENAL_ATLAS_PACKAGE", str(tmp_path / "package"))
    monkeypatch.setenv("ARSENAL_ATLAS_DB", f"sqlite:///{tmp_path / 'edited.sqlite'}")
    return own_api


def test_a_spreadsheet_computes_nothing_and_json_keeps_every_letter(edited):
    row = next(csv.DictReader(io.StringIO(edited.get("/api/v1/sites?f=csv&q=cmd").text)))
    assert row["name"] == "'=cmd|' /C calc'!A0"
    assert row["version"] == runtime().version
    site = edited.get("/api/v1/sites/st-yard").json()["item"]
    assert (site["name"], site["notes"]) == ("=cmd|' /C calc'!A0", "<b>\u202egnp")
    empty = edited.get("/api/v1/citations?f=csv&q=nothing+at+all").text
    assert empty.splitlines()[0].startswith('"id","record_id","field"')


def test_changes_come_newest_first_without_the_names_of_people(edited):
    answer = edited.get("/api/v1/changes?q=yard")
    found = answer.json()["items"]
    assert found
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)
    assert {field["after"] for one in found for field in one["fields"]} >= {"=1", "Y"}
    assert "Ann Onymous" not in answer.text
    cells = [row["fields"] for row in csv.DictReader(io.StringIO(edited.get("/api/v1/changes?f=csv").text))]
    assert "st-yard name: =1 → Y" in cells
    assert edited.get(f"/api/v1/changes/{found[0]['id']}").json()["item"] == found[0]
    everything = edited.get("/api/v1/changes").json()
    assert len({one["id"] for one in everything["items"]}) == everything["matched"] >= len(found)
    assert {one for row in everything["items"] for one in undescribed(row, {"$ref": "#/Change"})} == set()


def test_an_older_version_that_nobody_knows_is_gone(api):
    answer = api.get("/api/v1/sites?version=0123456789abcdef")
    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/problem+json"
    assert api.get(f"/api/v1/sites?limit=1&version={runtime().version}").status_code == 200


def test_a_link_to_a_version_goes_on_showing_its_rows(edited):
    address = "/api/v1/sites/st-yard"
    before = edited.get(address).json()
    dossier, revision = runtime().repository.dossier("st-yard")
    newer = replace(dossier, record=replace(dossier.record, name="Dock"))  # type: ignore[call-arg]  # a site
    saving = Operation.new("rev", "save", "st-yard", "It was renamed")
    runtime().repository.save_dossier(newer, revision, saving)
    runtime().refresh()
    now = edited.get(address).json()
    assert (now["item"]["name"], now["version"] != before["version"]) == ("Dock", True)
    pinned = f"version={before['version']}"
    assert edited.get(f"{address}?{pinned}").json()["item"] == before["item"]
    for listed in (
        "/api/v1/sites?f=csv&",
        "/api/v1/export?format=csv&type=site&",
        "/api/ogc/collections/sites/items?",
    ):
        assert "Dock" in edited.get(listed[:-1]).text
        then = edited.get(f"{listed}{pinned}").text
        assert ("Dock" in then, "cmd|" in then) == (False, True)
