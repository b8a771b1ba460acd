"""Whatever a view is looked at through, it shows the same records: map, table, API, layers and every file."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet
import pyogrio
import pytest
from defusedxml import ElementTree
from starlette.testclient import TestClient

from dashboard.exports.registry import FORMATS
from dashboard.frames import AtlasFrames
from dashboard.runtime import runtime
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.sharing.link import Link, read_link
from dashboard.workflows.views.selection import mask_bits, select

VIEWS = {
    "meetings and contracts since October 2025": "from=2025-10&kind=contract&kind=meeting",
    "what Israel and Morocco did until 2021": "involving=IL&involving=MA&from=2020&to=2021-12-31",
    "drone makers around the Mediterranean, by name": "product=uav&area=box:28,-12,46,38&sort=-name",
}
# What these formats do not hold, they say: no sites, or nothing without a point.
EVENTS_ONLY = {"plover", "ucdp"}
POINTS_ONLY = {"fgb"}
# Pictures and reports show what `ExportView` holds; their own tests look at them.
NOT_READ = {"html", "png", "svg", "pdf", "briefing-html", "docx"}


def ids_of_table(content: bytes) -> list[str]:
    return [row["id"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))]


def ids_of_workbook(content: bytes) -> list[str]:
    rows = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["Records"].values
    names = next(rows)
    return [str(row[names.index("id")]) for row in rows]


def ids_of_package(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        shown = json.loads(archive.read("datapackage.json"))
        rows = [one for name in ("sites.csv", "events.csv") for one in ids_of_table(archive.read(name))]
    assert shown["resources"]
    return rows


def ids_of_layer(content: bytes, extension: str, layer: str | None = None) -> list[str]:
    path = Path(f"view{extension}").resolve()
    path.write_bytes(content)
    frame = pyogrio.read_dataframe(path, layer=layer)
    return [str(one) for one in frame["id" if "id" in frame else "record_id"]]


def ids_of_kml(content: bytes) -> list[str]:
    data = [one for one in ElementTree.fromstring(content).iter() if one.tag.endswith("}Data")]
    ids = [one[0].text or "" for one in data if one.get("name") == "id"]
    return [one for one in ids if one[:3] in ("st-", "ev-")]


READERS: dict[str, Callable[[bytes], list[str]]] = {
    "csv": ids_of_table,
    "xlsx": ids_of_workbook,
    "geojson": lambda content: [one["properties"]["id"] for one in json.loads(content)["features"]],
    "gpkg": lambda content: ids_of_layer(content, ".gpkg", "records"),
    "parquet": lambda content: pyarrow.parquet.read_table(io.BytesIO(content)).column("id").to_pylist(),
    "kml": ids_of_kml,
    "fgb": lambda content: ids_of_layer(content, ".fgb"),
    "package": ids_of_package,
    "plover": lambda content: [one["event_id"] for one in json.loads(content)["events"]],
    "ucdp": ids_of_table,
    "linked-places": lambda content: [one["properties"]["id"] for one in json.loads(content)["features"]],
}


def on_the_map(frames: AtlasFrames, link: Link) -> set[str]:
    """What the browser draws: the bits of the filters, and of those what the clock shows."""
    bits = mask_bits(frames, link.filters)
    keep = np.ones(len(frames.records), dtype=bool)
    if bits is not None:
        keep = np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")[: len(keep)].astype(bool)
    records, lives, window = frames.records, frames.segments, link.window
    inside = (records["first"] <= window.last) & (records["last"] >= window.first) & records["dated"]
    there = lives["record_id"][(lives["first"] <= window.last) & (lives["last"] >= window.last)]
    is_event = records["record_type"] == "event"
    seen = keep & ((is_event & inside) | (~is_event & records["record_id"].isin(there)))
    return set(records["record_id"][seen])


def by_api(api: TestClient, address: str, query: str) -> list[str]:
    found, following = [], f"{address}?{query}{'&' if query else ''}limit=1000"
    while following:
        body = api.get(following).json()
        found += [one["id"] for one in body["items"]]
        following = next((one["href"] for one in body["links"] if one["rel"] == "next"), "")
    return found


@pytest.mark.parametrize("query", VIEWS.values(), ids=VIEWS)
def test_every_way_of_looking_shows_the_same_records(api, query, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    link, said = read_link([tuple(one.split("=", 1)) for one in query.split("&") if one])
    assert said == ()
    frames = runtime().view(EXACT).frames()
    shown = select(frames, link.filters, link.window).shown
    rows = shown.ids()
    assert rows
    assert on_the_map(frames, link) == set(rows)
    sites, events = by_api(api, "/api/v1/sites", query), by_api(api, "/api/v1/events", query)
    assert sorted(sites + events) == sorted(rows)
    assert [one for one in sites if one[:3] != "st-"] == []
    placed = set(frames.records["record_id"][frames.records["placed"]])
    told = {}
    for form in FORMATS.keys() - NOT_READ:
        answer = api.get(f"/api/v1/export?format={form}{'&' if query else ''}{query}")
        assert answer.status_code == 200, answer.text[:500]
        wanted = set(events) if form in EVENTS_ONLY else set(rows)
        wanted &= placed if form in POINTS_ONLY else wanted
        found = set(READERS[form](answer.content))
        # A package holds besides what its records refer to.
        if found != wanted and not (form == "package" and found > wanted):
            told[form] = (sorted(wanted - found)[:5], sorted(found - wanted)[:5])
    assert told == {}
    in_order = ids_of_table(api.get(f"/api/v1/export?format=csv{'&' if query else ''}{query}").content)
    assert [one for one in in_order if one[:3] == "st-"] == sites
    assert [one for one in in_order if one[:3] == "ev-"] == events
