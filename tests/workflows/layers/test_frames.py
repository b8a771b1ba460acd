import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.grid import cell_centre
from dashboard.domain.points_in_text import without_points
from dashboard.domain.records import TABLES
from dashboard.errors import RecordNotFoundError
from dashboard.frames import AtlasFrames
from dashboard.importers.rows import LAYER_ROWS
from dashboard.maps.payload import encode_payload
from dashboard.workflows.access.audience import Audience, tables_for
from dashboard.workflows.layers.coarsening import _MAYBE, coarse_rows
from dashboard.workflows.layers.frames import build_layer_frames
from dashboard.workflows.layers.library import LayerLibrary, LayerSource, library_of, rows_in
from dashboard.workflows.views.frames import build_frames

ROW: dict[str, Any] = {
    "row": 2, "external_id": "1", "record_type": "event", "kind": "incident", "original_kind": "1",
    "name": "A clash", "status": "happened", "original_status": "", "date": "2020-01-02",
    "date_as_written": "2 Jan 2020", "first": 18263, "last": 18263, "dated": True, "place": "Here",
    "country": "SY",
    "lat": 33.51, "lon": 36.29, "precision": "near", "precision_m": 2500, "original_precision": "2",
    "actors": "One; Other", "products": "|uav|", "source": "Agency", "source_url": "https://example.org/a",
    "notes": "", "extra": '{"best": "3"}', "flags": "|centroid|",
}  # fmt: skip
SITE = {
    "record_type": "site",
    "kind": "factory",
    "status": "operating",
    "date": "1999/2010-06",
    "name": "Works",
}
EXACT_POINTS = {"lat": 33.51234567, "lon": 36.29876543}


def table(*changes: dict[str, Any]) -> pa.Table:
    made = [
        {**ROW, "row": number + 2, "external_id": str(number), **one} for number, one in enumerate(changes)
    ]
    return pa.Table.from_pylist(made, schema=LAYER_ROWS)


def opened(rows: pa.Table, version: str = "v") -> tuple[AtlasFrames, LayerLibrary]:
    frames = build_layer_frames(rows, version)

    def read(record_id: str) -> list[dict[str, Any]]:
        return rows_in(rows.filter(pc.equal(rows.column("external_id"), record_id)))

    return frames, library_of(frames, LayerSource(read, "Clashes", "Somebody (2026)"))


MIXED = (
    {},
    {"lat": None, "lon": None, "precision": "none", "precision_m": 0, "place": "", "country": ""},
    SITE,
    {"name": "Überfall נחל", "date": "", "first": -(2**31), "last": 2**31 - 1, "dated": False},
    SITE | {"date": "", "name": "Undated works"},
    SITE | {"date": "2001-05", "status": "planned", "actors": ""},
    {"external_id": "two", "place": "One place"},
    {"external_id": "other"},
    {
        "external_id": "two",
        "place": "Another",
        "lat": 10.5,
        "lon": 20.5,
        "country": "IQ",
        "precision": "exact",
    },
)


def test_frames_are_those_of_the_same_records() -> None:
    frames, library = opened(table(*MIXED))
    found = list(library.evidence.values())
    tables: dict[str, Any] = dict.fromkeys(TABLES, ())
    for name, kind in (("sites", "Site"), ("events", "Event")):
        tables[name] = tuple(one.record for one in found if type(one.record).__name__ == kind)
    tables["locations"] = tuple(row for one in found for row in one.locations)
    tables["site_status"] = tuple(row for one in found for row in one.statuses)
    expected = build_frames(tables, "v")
    same = ["kind", "name", "status", "date", "first", "last", "dated", "actors", "products", "role", "place",
            "country", "precision", "precision_m", "geometry"]  # fmt: skip
    ours, theirs = (
        one.placements.sort_values(["record_id", "place"]).reset_index(drop=True)
        for one in (frames, expected)
    )
    pd.testing.assert_frame_equal(pd.DataFrame(ours[same]), pd.DataFrame(theirs[same]))
    key = ["record_id", "first"]
    segments, wanted = (one.segments.sort_values(key).reset_index(drop=True) for one in (frames, expected))
    pd.testing.assert_frame_equal(segments, wanted)
    folded, others = (
        one.records.sort_values("record_id").reset_index(drop=True) for one in (frames, expected)
    )
    columns = ["record_id", "places", "countries", "precisions", "placed"]
    pd.testing.assert_frame_equal(folded[columns], others[columns])


def test_rows_of_one_record_are_beside_each_other_and_folded() -> None:
    frames, _ = opened(table(*MIXED))
    assert frames.placements["record_id"].tolist() == ["0", "1", "2", "3", "4", "5", "two", "two", "other"]
    record = frames.records.set_index("record_id").loc["two"]
    assert (record["places"], record["countries"]) == ("One place · Another", "|SY|IQ|")
    assert encode_payload(frames, names=True)


def test_sources_are_counted_once_a_record() -> None:
    frames, _ = opened(table({}, {"source": "", "source_url": ""}, {"external_id": "0", "source": "Second"}))
    assert frames.records["sources"].tolist() == [2, 0]


def test_a_search_finds_what_folding_leaves() -> None:
    frames, _ = opened(table({"name": "Été, O'Neil — 2"}, {"name": "PLAIN (a-b)"}))
    assert frames.records["search"].tolist() == [
        "0 ete o neil 2 one other here",
        "1 plain a b one other here",
    ]


def test_an_empty_layer_has_frames() -> None:
    frames = build_layer_frames(table(), "v")
    assert (len(frames.placements), len(frames.records), len(frames.segments)) == (0, 0, 0)


def test_a_record_is_read_when_it_is_opened() -> None:
    rows = table({}, {"original_status": "done", "source": ""})
    frames, library = opened(rows)
    assert (len(library.evidence), "1" in library.evidence, "7" in library.evidence) == (2, True, False)
    assert library.name("1") == "A clash"
    found = library.get("1")
    stated = {one.field: one.value_as_stated for one in found.citations}
    assert stated == {"": "", "kind": "1", "status": "done", "date": "2 Jan 2020", "precision": "2"}
    source = library.sources[found.citations[0].source_id]
    assert (source.publisher, source.title, source.url) == (
        "Clashes",
        "Somebody (2026)",
        "https://example.org/a",
    )
    (written,) = library.as_written("1")
    assert (written.row, written.extra, written.flags) == (3, {"best": "3"}, ("centroid",))
    with pytest.raises(RecordNotFoundError):
        library.get("7")
    assert library.sources.get("so-7-0") is None
    assert frames.version == library.version


def test_a_coarse_layer_says_what_coarse_records_say() -> None:
    rows = table(*MIXED, {"precision": "province", "precision_m": 400_000}, EXACT_POINTS | {"place": "Gate"})
    _, library = opened(rows)
    tables: dict[str, Any] = dict.fromkeys(TABLES, ())
    tables["locations"] = tuple(row for one in library.evidence.values() for row in one.locations)
    wanted = {row.id: row for row in tables_for(tables, {}, Audience(0.5, protected=False))["locations"]}
    _, coarse = opened(coarse_rows(rows, 0.5, b"key"))
    seen = [row for one in coarse.evidence.values() for row in one.locations]
    assert len(seen) > 5
    for row in seen:
        other = wanted[row.id]
        parts = ("lat", "lon", "precision", "precision_m", "place_as_written", "country")
        assert [getattr(row, name) for name in parts] == [getattr(other, name) for name in parts]


def test_no_exact_digit_is_left_for_those_who_see_a_grid() -> None:
    point = "33.51234567, 36.29876543"
    texts = dict.fromkeys(("name", "place", "actors", "source", "notes"), f"It is at {point}.")
    texts |= dict.fromkeys(("original_kind", "original_status", "date_as_written"), point)
    urls = {"source_url": "https://example.org/?at=33.51234567,36.29876543"}
    more = {"extra": '{"latitude": "33.51234567"}', "original_precision": "33.51234567"}
    rows = table(
        EXACT_POINTS | texts | urls | more,
        EXACT_POINTS | texts | {"external_id": point},
        EXACT_POINTS | SITE,
    )
    coarse = coarse_rows(rows, 0.5, b"key")
    frames, library = opened(coarse)
    opened_records = [(library.get(i), library.as_written(i)) for i in library.evidence]
    sources = [library.sources[one.source_id] for found, _ in opened_records for one in found.citations]
    evidence = repr((opened_records, sources))
    said = [evidence, frames.placements.to_csv(), frames.records.to_csv(), coarse.to_pandas().to_csv()]
    for text in said:
        assert not re.search(r"33[.,]51[12]|36[.,]29[89]|5123456|2987654", text)
    payload = encode_payload(frames, names=True)
    for number in EXACT_POINTS.values():
        assert np.float32(number).tobytes() not in payload
        assert np.float64(number).tobytes() not in payload
    lat, lon = cell_centre(*EXACT_POINTS.values(), 0.5)
    assert np.float32(lat).tobytes() in payload
    assert np.float32(lon).tobytes() in payload
    exact = encode_payload(build_layer_frames(rows, "v"), names=True)
    assert np.float32(EXACT_POINTS["lat"]).tobytes() in exact


def test_an_id_that_may_be_made_of_a_point_gets_another_name() -> None:
    rows = table(
        {"external_id": "33.51234,36.29876"},
        {"external_id": "x0123456789abcdef0123"},
        {"external_id": "UCDP-17"},
    )
    shown = coarse_rows(rows, 0.5, b"key").column("external_id").to_pylist()
    assert [one.startswith("x-") for one in shown] == [True, True, False]
    assert coarse_rows(rows, 0.5, b"key").column("external_id").to_pylist() == shown
    assert coarse_rows(rows, 0.5, b"other").column("external_id").to_pylist() != shown
    assert coarse_rows(rows, 0.0, b"key") is rows


def test_what_is_no_point_is_not_shown_on_a_grid() -> None:
    coarse = coarse_rows(table({"lat": 133.0}), 0.5, b"key").to_pylist()[0]
    assert (coarse["lat"], coarse["lon"], coarse["precision"]) == (None, None, "none")


@given(st.text(st.sampled_from("0123456789.,°'NSEWnew -/+;abXm\u0663\u066b\u00a0\"'|&"), max_size=24))
def test_every_text_with_a_point_is_looked_at(text: str) -> None:
    if without_points(text) != text:
        assert pc.match_substring_regex(pa.array([text]), _MAYBE)[0].as_py(), text
