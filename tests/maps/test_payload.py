import json
import struct
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from dashboard.bench.synthetic import synthetic_frames
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.frames import CRS, AtlasFrames, records_of
from dashboard.maps.payload import MAGIC, encode_payload, kind_symbols

TYPES = {"f32": "<f4", "i32": "<i4", "u32": "<u4", "u16": "<u2", "u8": "u1"}


def decoded(payload: bytes) -> tuple[dict, dict]:
    """Read a payload as docs/map-document.md describes it, not as the encoder writes it."""
    assert payload[:4] == MAGIC
    (length,) = struct.unpack("<I", payload[4:8])
    header = json.loads(payload[8 : 8 + length])
    assert (8 + length) % 8 == 0
    columns = {}
    for name, column in header["columns"].items():
        dealt = column["offset"] if isinstance(column["offset"], list) else [column["offset"]]
        columns[name] = np.empty(column["length"], TYPES[column["type"]])
        for block, offset in enumerate(dealt):
            assert offset % 8 == 0
            part = columns[name][block :: len(dealt)]
            start = 8 + length + offset
            columns[name][block :: len(dealt)] = np.frombuffer(payload, part.dtype, len(part), start)
    for name in ("first", "last"):
        if columns[name].dtype == np.uint16:
            short = columns[name].astype("int64")
            days = np.where(short == 65535, DAY_FUTURE, header["day0"] + short - 1)
            columns[name] = np.where(short == 0, DAY_PAST, days)
    if columns["radius"].dtype == np.uint8:
        columns["radius"] = np.array(header["radii"])[columns["radius"]]
    events = np.ones(header["marks"] - len(columns["certain"]), dtype="u1")
    columns["certain"] = np.concatenate([columns["certain"], events])
    return header, columns


def texts(columns: dict, name: str) -> list[str]:
    at, data = columns[f"{name}_at"], columns[name].tobytes()
    return [data[a:b].decode() for a, b in pairwise(at)]


def test_marks_are_site_segments_then_dated_placed_events(frames):
    header, columns = decoded(encode_payload(frames))
    assert (header["siteMarks"], header["marks"], header["records"]) == (2, 5, 5)
    records = [texts(columns, "ids")[r] for r in columns["record"]]
    assert records == ["st-a", "st-a", "ev-b", "ev-b", "ev-e"]
    assert columns["last"].tolist() == [199, DAY_FUTURE, 210, 210, 530]
    assert columns["certain"].tolist() == [1, 0, 1, 1, 1]


def test_coordinates_and_radius_survive(frames):
    _, columns = decoded(encode_payload(frames))
    assert columns["lon"].tolist() == pytest.approx([-7.1, -7.1, 34.8, -6.8, 9.6], abs=1e-5)
    assert columns["lat"].tolist() == pytest.approx([33.6, 33.6, 32.1, 34.0, 59.7], abs=1e-5)
    assert set(columns["radius"].tolist()) == {51}  # 5,050 m, never rounded down


def test_codes_name_their_kind_and_status(frames):
    header, columns = decoded(encode_payload(frames))
    kinds = [(header["kinds"][k]["group"], header["kinds"][k]["code"]) for k in columns["kind"]]
    assert kinds[0] == ("site", "factory")
    assert kinds[-1] == ("event", "test")
    assert [header["statuses"][s]["code"] for s in columns["status"]][:3] == [
        "planned",
        "operating",
        "happened",
    ]


def test_span_is_that_of_the_dated_events(frames):
    header, _ = decoded(encode_payload(frames))
    assert header["span"] == {"first": 200, "last": 530}


def test_hostile_names_travel_as_data(frames):
    _, columns = decoded(encode_payload(frames))
    assert texts(columns, "names")[-1] == frames.records["name"].iloc[-1]


def test_names_may_stay_at_home(frames):
    header, _ = decoded(encode_payload(frames, names=False))
    assert not {"ids", "names", "details"} & set(header["columns"])


def test_equal_frames_give_equal_bytes(frames):
    assert encode_payload(frames) == encode_payload(frames)


def test_every_kind_has_a_colour_and_squares_are_sites():
    symbols = kind_symbols()
    assert all(len(s["colour"]) == 7 and s["colour"].startswith("#") for s in symbols)
    assert {(s["group"], s["shape"]) for s in symbols} == {("site", "square"), ("event", "circle")}


def changed(frames, column, row, value):
    """Give frames whose placements and records differ in one value."""
    placements = frames.placements.copy()
    placements.loc[row, column] = value
    return replace(frames, placements=placements, records=records_of(placements))


def test_a_mark_takes_twenty_one_bytes_without_its_texts():
    frames = synthetic_frames(5_000)
    header, columns = decoded(encode_payload(frames, names=False))
    small = len(encode_payload(synthetic_frames(1_000), names=False))
    large = len(encode_payload(frames, names=False))
    assert (large - small) / 4_000 <= 21.1
    assert columns["last"].tolist() == frames.placements["last"].tolist()
    assert columns["record"].tolist() == list(range(5_000))
    units = -(-frames.placements["precision_m"] // 100)
    assert columns["radius"].tolist() == units.tolist()
    assert [header["precisions"][p]["code"] for p in columns["precision"]] == frames.placements[
        "precision"
    ].tolist()
    countries = [header["countries"][c]["code"] for c in columns["country"]]
    assert countries == frames.placements["country"].tolist()


def test_places_keep_a_metre_of_precision():
    frames = synthetic_frames(5_000)
    _, columns = decoded(encode_payload(frames, names=False))
    geometry = frames.placements.geometry
    metres = 111_320
    assert np.abs(columns["lat"] - geometry.y).max() * metres < 1
    assert np.abs(columns["lon"] - geometry.x).max() * metres < 1


@pytest.mark.parametrize("first", [-25_000, 0, 70_000])
def test_dates_apart_by_more_than_two_bytes_of_days_are_written_whole(frames, first):
    far = changed(frames, "first", 5, np.int32(first))
    far = changed(far, "last", 5, np.int32(first + 65_600))
    header, columns = decoded(encode_payload(far))
    assert header["columns"]["first"]["type"] == "i32"
    assert (columns["first"][-1], columns["last"][-1]) == (first, first + 65_600)
    assert columns["last"][1] == DAY_FUTURE


def test_days_outside_the_calendar_are_held_at_its_ends(frames):
    far = changed(frames, "first", 5, np.int32(DAY_PAST + 5))
    far = changed(far, "last", 5, np.int32(DAY_FUTURE - 5))
    _, columns = decoded(encode_payload(far))
    assert columns["first"][-1] == np.datetime64("0001-01-01").astype(int)
    assert columns["last"][-1] == np.datetime64("9999-12-31").astype(int)


def test_open_ends_stay_open_in_both_forms(frames):
    opened = changed(frames, "first", 5, np.int32(DAY_PAST))
    _, columns = decoded(encode_payload(opened))
    assert columns["first"][-1] == DAY_PAST
    assert columns["last"][1] == DAY_FUTURE


def test_nothing_at_all_is_a_payload_without_marks(frames):
    placements = frames.placements.iloc[:0]
    empty = AtlasFrames(placements, records_of(placements), frames.segments.iloc[:0], "empty")
    header, columns = decoded(encode_payload(empty))
    assert (header["marks"], header["siteMarks"], header["records"], header["span"]) == (0, 0, 0, None)
    assert all(len(columns[name]) == 0 for name in ("lon", "first", "record", "certain", "names"))


def test_the_date_line_and_the_poles_are_places(frames):
    placements = frames.placements.copy()
    edges = [(180, 90), (-180, -90), (180, -90), (-180, 0), (0, 90)]
    placements.geometry = gpd.points_from_xy(*zip(*[*edges, (0, -90)], strict=True), crs=CRS)
    _, columns = decoded(encode_payload(replace(frames, placements=placements)))
    assert set(np.abs(columns["lon"])) <= {0, 180}
    assert set(np.abs(columns["lat"])) <= {0, 90}


def test_a_point_without_coordinates_has_no_mark(frames):
    placements = frames.placements.copy()
    placements.geometry = gpd.GeoSeries([Point(), *placements.geometry[1:]], crs=CRS)
    header, columns = decoded(encode_payload(replace(frames, placements=placements)))
    assert (header["siteMarks"], header["marks"]) == (0, 3)
    assert np.isfinite(columns["lon"]).all()


def test_texts_may_hold_any_character_and_be_empty(frames):
    for text in ("", "\0", "a\0b", "é — 漢字 𝛑"):
        odd = changed(frames, "place", 5, text)
        odd = changed(odd, "date", 5, "2001-05")
        _, columns = decoded(encode_payload(odd))
        detail = texts(columns, "details")[-1]
        assert detail == " · ".join(part for part in ("Test", text, "2001-05") if part)
        assert len(texts(columns, "names")) == 5


def test_many_marks_stand_in_the_order_of_time_dealt_out_to_blocks(monkeypatch):
    monkeypatch.setattr("dashboard.maps.payload._BLOCK", 3_000)
    frames = synthetic_frames(10_001)
    header, columns = decoded(encode_payload(frames))
    offsets = header["columns"]["lon"]["offset"]
    assert len(offsets) == 4
    assert offsets == sorted(offsets)
    # All columns of a block lie together, the texts behind the last of them.
    ends = [
        max(c["offset"][k] for c in header["columns"].values() if isinstance(c["offset"], list))
        for k in range(4)
    ]
    assert all(end <= start for end, start in zip(ends, offsets[1:], strict=False))
    assert header["columns"]["ids"]["offset"] >= ends[-1]
    assert (np.diff(columns["first"]) >= 0).all()
    order = columns["record"]
    assert sorted(order.tolist()) == list(range(10_001))
    assert columns["last"].tolist() == frames.placements["last"].to_numpy()[order].tolist()
    countries = np.array([country["code"] for country in header["countries"]])[columns["country"]]
    assert countries.tolist() == frames.placements["country"].to_numpy()[order].tolist()


def test_sites_stay_before_events_and_keep_their_certainty(frames, monkeypatch):
    plain = decoded(encode_payload(frames))[1]
    monkeypatch.setattr("dashboard.maps.payload._UNSORTED", 0)
    for size in (1, 2, 100):
        monkeypatch.setattr("dashboard.maps.payload._BLOCK", size)
        header, columns = decoded(encode_payload(frames))
        assert (header["siteMarks"], header["marks"]) == (2, 5)
        for part in (slice(0, 2), slice(2, 5)):
            order = np.argsort(plain["first"][part], kind="stable")
            for name in ("first", "last", "record", "kind", "certain", "country", "lon"):
                assert columns[name][part].tolist() == plain[name][part][order].tolist()


def test_many_radii_are_written_whole():
    frames = synthetic_frames(400)
    placements = frames.placements.assign(precision_m=np.arange(400, dtype="int32") * 100)
    header, columns = decoded(encode_payload(replace(frames, placements=placements), names=False))
    assert header["columns"]["radius"]["type"] == "u16"
    assert columns["radius"].tolist() == list(range(400))
