"""Whatever is put into an address, the answer is a row, or a problem that names parameter and value."""

import json

import pytest

from dashboard.api.v1.asking import read_bbox, read_datetime
from dashboard.domain.window import Window

LONG = "%41" * 10_000
LISTS = (
    "/api/v1/sites",
    "/api/v1/citations",
    "/api/v1/changes",
    "/api/ogc/collections/events/items",
    "/api/v1/export",
)


HOSTILE = (
    ("limit=-1", "limit"),
    ("limit=0", "limit"),
    ("limit=1e3", "limit"),
    ("limit=%D9%A3", "limit"),
    ("limit=", "limit"),
    ("limit=10&limit=20", "limit"),
    ("offset=-5", "offset"),
    ("offset=" + "9" * 40, "offset"),
    ("offset=1.0", "offset"),
    ("bbox=nan,0,1,1", "bbox"),
    ("bbox=0,0,inf,1", "bbox"),
    ("bbox=1e999,0,1,1", "bbox"),
    ("bbox=0,10,1,-10", "bbox"),
    ("bbox=1,2,3", "bbox"),
    ("bbox=0,0,0,0,0", "bbox"),
    ("bbox=0,91,1,92", "bbox"),
    (f"bbox={LONG}", "bbox"),
    ("datetime=yesterday", "datetime"),
    ("datetime=2020-13", "datetime"),
    ("datetime=2022/2020", "datetime"),
    ("datetime=../..", "datetime"),
    ("datetime=2020-02-30T00:00:00Z", "datetime"),
    (f"q={LONG}", "q"),
    ("q=a%00b", "q"),
    ("country=QQ", "country"),
    ("country=MA%27%20OR%201=1", "country"),
    ("kind=%3Cscript%3E", "kind"),
    ("actor=ac-nobody-at-all", "actor"),
    ("area=box:nan,1,2,3", "area"),
    ("contested=perhaps", "contested"),
    (f"{LONG}=1", ""),
    ("%00=1", ""),
    ("utm_source=x", "utm_source"),
    ("f=../../etc", "f"),
    ("__class__=1", "__class__"),
    ("%F0%28%8C%28=1", ""),
)


def test_it_is_refused_by_name_and_value(api):
    for number, (query, parameter) in enumerate(HOSTILE):
        address = LISTS[number % len(LISTS)]
        answer = api.get(f"{address}?{query}")
        assert answer.status_code == 400, (address, query[:80], answer.text[:300])
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        problem = json.loads(answer.content)
        assert len(answer.content) < 5_000
        assert {"type", "title", "status", "detail", "errors"} == set(problem)
        named = [one["parameter"] for one in problem["errors"]]
        assert all(one["detail"] for one in problem["errors"])
        assert parameter in named or not parameter, (query[:80], named)


def test_all_that_is_wrong_is_said_at_once(api):
    answer = api.get("/api/v1/sites?country=QQ&limit=-1&nonsense=1&from=soon&from=2020")
    assert [one["parameter"] for one in answer.json()["errors"]] == [
        "nonsense",
        "from",
        "country",
        "from",
        "limit",
    ]
    assert {one["value"] for one in answer.json()["errors"]} == {"1", "2020", "QQ", "soon", "-1"}
    crossed = api.get("/api/v1/events?from=2022&to=2020").json()["errors"][0]
    assert crossed["detail"] == "The window's end lies before its start."
    both = api.get("/api/v1/events?from=2020&datetime=2021").json()["errors"][0]
    assert both["parameter"] == "datetime"


def test_thousands_of_parameters_are_too_many(api):
    answer = api.get("/api/v1/sites?" + "&".join(["country=MA"] * 5_000))
    assert (answer.status_code, "600" in answer.text) == (400, True)


def test_the_address_of_a_page_is_good_enough(api):
    page = "record=st-bluebird-benslimane&view=33.6,-7.1,8&layers=records&basemap=land&mode=asof"
    assert api.get(f"/api/v1/events?{page}&chart=kind:meeting&limit=1").status_code == 200
    # Words, as older addresses have them.
    words = api.get("/api/v1/sites?country=Morocco").json()
    assert words["matched"] == api.get("/api/v1/sites?country=MA").json()["matched"] > 0


def test_nothing_is_written(api):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = api.request(method, "/api/v1/sites")
        assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020", "2020-01-01", "2020-12-31"), ("2020-02", "2020-02-01", "2020-02-29"),
        ("2020-03-01T12:00:00Z", "2020-03-01", "2020-03-01"),
        ("2020-03-01T12:00:00.5+02:00/..", "2020-03-01", None),
        ("/2020-03-01t12:00:00z", None, "2020-03-01"), ("2020-03-01/2020-03-01", "2020-03-01", "2020-03-01"),
        ("2020-01-01T/2021-12-31T", "2020-01-01", "2021-12-31"),
    ],
)  # fmt: skip
def test_times_are_read_as_the_standard_writes_them(text, first, last):
    assert read_datetime(text) == Window.parse(first, last)


def test_boxes_are_brought_onto_earth():
    assert read_bbox("-500,-95,500,95").west == -180
    assert read_bbox("170,-10,190,10") == read_bbox("170,-10,-170,10")
    with pytest.raises(ValueError, match="four numbers"):
        read_bbox("1,2,3,4,5,nan")
