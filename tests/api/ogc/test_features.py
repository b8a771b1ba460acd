from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.api.ogc.features import COLLECTIONS, selected
from dashboard.api.v1.asking import read_asked
from dashboard.domain.dates import UncertainDate
from dashboard.importers.package import read_package
from dashboard.runtime import runtime
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import Filters, matching

SMALL = Path(__file__).parents[2] / "importers" / "small"
ROOT = "/api/ogc"
ITEMS = f"{ROOT}/collections/{{}}/items"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def walk(api, address: str) -> list[dict]:
    found, following = [], address
    while following:
        answer = api.get(following)
        assert answer.status_code == 200, answer.text[:500]
        assert answer.headers["content-type"] == "application/geo+json"
        body = answer.json()
        assert body["numberReturned"] == len(body["features"])
        found += body["features"]
        rels = {one["rel"]: one["href"] for one in body["links"]}
        assert {"self", "collection"} <= set(rels)
        following = rels.get("next", "")
    assert body["numberMatched"] == len(found) or "offset" in address
    return found


def matched(api, collection: str, query: str) -> int:
    answer = api.get(f"{ITEMS.format(collection)}?limit=1&{query}")
    assert answer.status_code == 200, answer.text[:500]
    return int(answer.json()["numberMatched"])


def test_the_way_from_the_landing_page_to_a_feature(api):
    landing = api.get(ROOT).json()
    rels = {one["rel"]: one for one in landing["links"]}
    assert {"self", "service-desc", "conformance", "data", "license"} <= set(rels)
    assert rels["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    described = api.get(rels["service-desc"]["href"])
    assert described.headers["content-type"] == rels["service-desc"]["type"]
    assert described.json()["openapi"].startswith("3.0")
    classes = api.get(rels["conformance"]["href"]).json()["conformsTo"]
    assert {one.rpartition("/")[2] for one in classes} == {"core", "geojson", "oas30"}
    layers = api.get(rels["data"]["href"]).json()["collections"]
    assert [one["id"] for one in layers] == ["sites", "events"]
    for layer in layers:
        rels = {one["rel"]: one for one in layer["links"]}
        assert api.get(rels["self"]["href"]).json() == layer
        assert layer["crs"] == [CRS84]
        west, south, east, north = layer["extent"]["spatial"]["bbox"][0]
        first = api.get(f"{rels['items']['href']}?limit=1").json()["features"][0]
        alone = api.get(f"{rels['items']['href']}/{first['id']}").json()
        assert {one["rel"] for one in alone["links"]} == {"self", "collection", "license"}
        assert {name: alone[name] for name in first} == first
        for lon, lat in first["geometry"]["coordinates"]:
            assert west <= lon <= east
            assert south <= lat <= north


def test_pages_give_every_record_once_whatever_its_date(api):
    frames = runtime().view(EXACT).frames()
    for collection, kind in (("sites", "site"), ("events", "event")):
        features = walk(api, f"{ITEMS.format(collection)}?limit=97")
        wanted = frames.records["record_id"][frames.records["record_type"] == kind]
        assert [one["id"] for one in features] == list(wanted)
        assert {one["geometry"]["type"] for one in features if one["geometry"]} == {"MultiPoint"}
    back = api.get(f"{ITEMS.format('sites')}?limit=5&offset=3").json()
    assert "offset=0" in next(one["href"] for one in back["links"] if one["rel"] == "prev")


def test_a_box_takes_what_lies_in_it_and_what_has_no_point(api):
    everything = matched(api, "sites", "")
    assert matched(api, "sites", "bbox=-180,-90,180,90") == everything
    west, east = (
        matched(api, "sites", "bbox=-170,-90,20,90"),
        matched(api, "sites", "bbox=20.000001,-90,-170.000001,90"),
    )
    assert 0 < east < everything == west + east
    found = walk(api, f"{ITEMS.format('events')}?limit=1000&bbox=-18,20,-1,36")
    assert found
    for one in found:
        assert one["geometry"] is None or any(
            -18 <= lon <= -1 and 20 <= lat <= 36 for lon, lat in one["geometry"]["coordinates"]
        )
    assert matched(api, "sites", "bbox=-18,20,0,-1,36,900") == matched(api, "sites", "bbox=-18,20,-1,36")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021-11-24T10:00:00Z", "2021-11-24", "2021-11-24"),
        ("2020-01-01T00:00:00Z/2021-12-31T23:59:59Z", "2020-01-01", "2021-12-31"),
        ("../2019-12-31T00:00:00Z", "", "2019-12-31"),
        ("2024-01-01T00:00:00Z/", "2024-01-01", "9999-12-31"),
        ("2021", "2021-01-01", "2021-12-31"),
    ],
)
def test_a_time_takes_what_touches_it_and_what_has_no_date(api, text, first, last):
    found = walk(api, f"{ITEMS.format('events')}?limit=1000&datetime={text}")
    everything = walk(api, f"{ITEMS.format('events')}?limit=1000")
    told = [(one["id"], one["properties"]["earliest"], one["properties"]["latest"]) for one in everything]
    touching = [
        record_id
        for record_id, early, late in told
        if (early or "") <= last and (late or "9999-12-31") >= first
    ]
    assert [one["id"] for one in found] == touching
    assert len(touching) < len(everything)


def test_a_site_is_of_a_time_in_which_it_may_have_been_there():
    tables = dict(read_package(SMALL).tables)
    status = tables["site_status"][0]
    ended = replace(status, id="ss-ended", date=UncertainDate.parse("2010-05/2015-06"))
    tables["site_status"] = (ended,)
    frames = build_frames(tables, "1")
    site, undated = status.site_id, next(one.id for one in tables["sites"] if one.id != status.site_id)

    def found(text: str) -> list[str]:
        asked = read_asked([("datetime", text)], taken={"datetime"})
        return list(frames.records["record_id"][selected(frames, COLLECTIONS["sites"], asked)])

    # At the end of the first interval it is gone; within it, it was there.
    for text, there in (
        ("2012/2020", True),
        ("../2010-05-01", True),
        ("2015-07-01/..", False),
        ("2009", False),
    ):
        assert (site in found(text)) == there, text
        assert undated in found(text)


def test_filters_are_those_of_the_pages(api):
    frames = runtime().view(EXACT).frames()
    wanted = matching(frames, Filters(types=("site",), countries=("IL", "MA"), kinds=("factory",)))
    found = walk(api, f"{ITEMS.format('sites')}?country=MA&country=IL&kind=factory")
    assert [one["id"] for one in found] == list(frames.records["record_id"][wanted])
    assert {one["properties"]["kind"] for one in found} == {"factory"}


def test_a_feature_is_the_same_at_any_time(api):
    then = walk(api, f"{ITEMS.format('sites')}?limit=1000&datetime=2000")
    now = {one["id"]: one for one in walk(api, f"{ITEMS.format('sites')}?limit=1000")}
    assert all(now[one["id"]] == one for one in then)


def test_what_is_not_there_is_a_problem(api):
    for address in (
        "/collections/actors",
        "/collections/sites/items/ev-none",
        "/collections/actors/items",
        "/nothing",
    ):
        assert api.get(ROOT + address).status_code == 404
    assert api.get(f"{ROOT}/collections/actors/items").headers["content-type"] == "application/problem+json"
    assert api.get(f"{ROOT}?f=html").status_code == 400
    assert api.get(f"{ITEMS.format('sites')}?f=geojson&limit=999999").json()["notes"]
