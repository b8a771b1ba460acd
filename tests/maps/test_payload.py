import json
import struct
from itertools import pairwise

import numpy as np
import pytest

from dashboard.domain.dates import DAY_FUTURE
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
        assert column["offset"] % 8 == 0
        start = 8 + length + column["offset"]
        columns[name] = np.frombuffer(payload, TYPES[column["type"]], column["length"], start)
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
