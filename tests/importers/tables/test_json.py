import json

import pytest
from pyproj import Transformer


def features(*found, **more):
    return json.dumps({"type": "FeatureCollection", **more, "features": list(found)}).encode()


def feature(geometry, **properties):
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def where(rows):
    return [(row["__lon__"], row["__lat__"], row["__geometry__"]) for row in rows]


# What holds rows.


def test_an_array_of_objects_has_a_row_each(reader):
    raw = b'[{"a": 1.50, "b": {"c": null, "d": [1, "x", null]}}, {"a": true, "e": "\\u05d7"}]'
    table, rows = reader.rows(raw)
    assert table.format == "json"
    assert table.columns == ("a", "b.c", "b.d", "e")
    assert reader.texts(raw) == [("1.50", "", "1; x", ""), ("true", "", "", "ח")]
    assert [row["__row__"] for row in rows] == [1, 2]


def test_one_list_in_an_envelope_gives_the_rows(reader):
    raw = json.dumps(
        {"metadata": {"source": "x"}, "sites": [{"name": "a", "lat": 1}, {"name": "b"}]}
    ).encode()
    table, _ = reader.rows(raw)
    assert table.columns == ("name", "lat")
    assert table.sheets == ("sites",)


def test_of_several_lists_the_one_with_places_gives_the_rows_and_the_rest_stands_beside(reader):
    raw = json.dumps(
        {
            "names": [{"name": "A"}, {"name": "B", "note": "n"}],
            "makers": [
                {"site": "x", "coordinates": {"latitude": "1.5", "longitude": None}, "source": [None]},
                {"site": "y", "coordinates": {"latitude": None, "longitude": None}, "source": "u"},
            ],
        }
    ).encode()
    table, rows = reader.rows(raw)
    assert table.sheets == ("makers", "names")
    assert rows[0]["names.name"] == "A; B"
    assert [row["makers.coordinates.latitude"] for row in rows] == ["1.5", ""]
    assert [row["makers.source"] for row in rows] == ["", "u"]
    assert reader.table(raw, sheet="names").rows == 2
    assert "choose one of" in str(reader.refusal(raw, sheet="other"))


def test_lines_of_objects_keep_their_lines_and_a_bad_one_costs_itself(reader):
    table, rows = reader.rows(b'{"a": 1}\n\n{"a": 2\n{"a": 3} 4\n{"b": 4}\n')
    assert table.format == "jsonl"
    assert [row["__row__"] for row in rows] == [1, 5]
    assert [one.row for one in table.problems] == [3, 4]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_of_json_are_read(reader, encoding):
    assert reader.texts('[{"a": "Ä"}]'.encode(encoding)) == [("Ä",)]


@pytest.mark.parametrize(
    "raw",
    [b"[]", b"{", b'[{"a": 1}', b'[{"a": 1}] x', b'{"a" 1}', b"[1, 2]", b'{"a": 1}}', features()],
)
def test_what_holds_no_rows_or_is_broken_is_refused(reader, raw):
    assert reader.refusal(raw).reason == "refused"


def test_a_break_is_named_by_its_line(reader):
    assert "line 3" in str(reader.refusal(b'[{"a": 1},\n{"a": 2},\n{"a" 3}]'))


@pytest.mark.parametrize(
    "raw",
    [b"[" * 100_000, b'{"a":' * 100_000, b'[{"a": ' + b"[" * 3_000 + b"]" * 3_000 + b"}]"],
    ids=["arrays", "objects", "inside"],
)
def test_deep_nesting_is_refused(reader, raw):
    assert "nested" in str(reader.refusal(raw))


def test_nested_collections_are_refused(reader):
    text = '{"type":"GeometryCollection","geometries":[' * 3_000 + "]}" * 3_000
    raw = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        + text.encode()
    )
    assert "nested" in str(reader.refusal(raw + b"}]}"))
    shallow = '{"type":"GeometryCollection","geometries":[' * 20 + "]}" * 20
    raw = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        + shallow.encode()
    )
    assert "nested too deeply" in str(reader.refusal(raw + b"}]}"))


# What JSON passes over in silence.


def test_keys_that_stand_twice_or_reach_behind_are_told(reader):
    raw = b'[{"a": 1, "a": 2, "__proto__": {"x": 1}, "constructor": 3}]'
    table, rows = reader.rows(raw)
    assert table.columns == ("a",)
    assert rows[0]["a"] == "2"
    assert len(table.problems) == 3
    assert {one.severity for one in table.problems} == {"warning"}


def test_tokens_that_json_does_not_have_cost_a_geometry_and_warn_elsewhere(reader):
    raw = (
        b'{"type":"FeatureCollection","features":['
        b'{"type":"Feature","properties":{"a":NaN},"geometry":{"type":"Point","coordinates":[1,2]}},'
        b'{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[NaN,2]}},'
        b'{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[Infinity,2]}}]}'
    )
    table, rows = reader.rows(raw)
    assert [row["a"] for row in rows] == ["NaN"]
    assert [(one.row, one.severity) for one in table.problems] == [
        (1, "warning"),
        (2, "refused"),
        (3, "refused"),
    ]


def test_a_number_of_ten_thousand_digits_harms_nobody(reader):
    digits = b"1" * 10_000
    table, rows = reader.rows(
        b'{"type":"FeatureCollection","features":['
        b'{"type":"Feature","properties":{"a":' + digits + b'},"geometry":null},'
        b'{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":['
        + digits
        + b",2]}}]}"
    )
    assert [row["__row__"] for row in rows] == [1]
    assert len(rows[0]["a"]) == 10_000
    assert (2, "refused") in [(one.row, one.severity) for one in table.problems]


# Features.


@pytest.mark.parametrize(
    ("geometry", "severity"),
    [
        (None, "warning"),
        ({"type": "Point", "coordinates": []}, "warning"),
        ({"type": "Point"}, "refused"),
        ({"type": "Point", "coordinates": [1]}, "refused"),
        ({"type": "Point", "coordinates": ["1", "2"]}, "refused"),
        ({"type": "Point", "coordinates": [None, 2]}, "refused"),
        ({"type": "Point", "coordinates": [1e308, 1e400]}, "refused"),
        ({"type": "Point", "coordinates": {"x": 1}}, "refused"),
        ({"type": "Sphere", "coordinates": [1, 2]}, "refused"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "refused"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "refused"),
        ({"type": "GeometryCollection", "geometries": "x"}, "refused"),
        ({}, "refused"),
        ("POINT (1 2)", "refused"),
        ([1, 2], "refused"),
    ],
)
def test_a_bad_geometry_costs_its_feature_only(reader, geometry, severity):
    table, rows = reader.rows(
        features(feature(point(1, 2), n="a"), feature(geometry, n="b"), feature(point(3, 4), n="c"))
    )
    assert [(one.row, one.severity) for one in table.problems] == [(2, severity)]
    assert [row["n"] for row in rows] == (["a", "b", "c"] if severity == "warning" else ["a", "c"])
    assert where(rows)[0] == (1.0, 2.0, "Point")
    assert where(rows)[-1] == (3.0, 4.0, "Point")


def test_what_is_no_feature_costs_itself_only(reader):
    raw = features(
        feature(point(1, 2)),
        "x",
        None,
        {"type": "x"},
        {"type": "Feature", "properties": None, "geometry": point(5, 6), "id": 7},
    )
    table, rows = reader.rows(raw)
    assert [one.row for one in table.problems] == [2, 3, 4]
    assert rows[-1]["id"] == "7"


def test_rings_are_closed_and_bowties_repaired_with_notice(reader):
    open_ring = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2]]]}
    bowtie = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    outside = {
        "type": "Polygon",
        "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]], [[5, 5], [6, 5], [6, 6], [5, 5]]],
    }
    table, rows = reader.rows(features(*(feature(one) for one in (open_ring, bowtie, outside))))
    assert [kind for *_, kind in where(rows)] == ["Polygon"] * 3
    assert [(one.row, one.severity) for one in table.problems] == [
        (1, "warning"),
        (2, "warning"),
        (3, "warning"),
    ]
    assert "not closed" in table.problems[0].reason
    assert table.problems[1].value.startswith("POLYGON")


def test_the_point_of_a_shape_lies_on_it(reader):
    crescent = {
        "type": "Polygon",
        "coordinates": [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 9], [9, 9], [9, 1], [0, 1], [0, 0]]],
    }
    line = {"type": "LineString", "coordinates": [[0, 0], [4, 4]]}
    many = {"type": "MultiPoint", "coordinates": [[1, 1], [2, 2]]}
    _, rows = reader.rows(features(*(feature(one) for one in (crescent, line, many))))
    (x, y, _), (x_line, y_line, _), (x_many, y_many, kind) = where(rows)
    assert not (0 < x < 9 and 1 < y < 9)
    assert x_line == y_line
    assert (x_many, y_many) in [(1, 1), (2, 2)]
    assert kind == "MultiPoint"


def test_longitudes_beyond_the_date_line_come_back_and_the_poles_stay(reader):
    table, rows = reader.rows(
        features(
            feature(point(190, 10)), feature(point(-200, 10)), feature(point(0, 90)), feature(point(12, -90))
        )
    )
    assert [(lon, lat) for lon, lat, _ in where(rows)] == [(-170, 10), (160, 10), (0, 90), (12, -90)]
    assert [one.row for one in table.problems] == [1, 2]


def test_swapped_coordinates_are_named(reader):
    table, rows = reader.rows(
        features(feature(point(1, 2)), feature(point(48.85, 122.35)), feature(point(3, 951)))
    )
    assert len(rows) == 1
    assert "swapped" in table.problems[0].reason
    assert "no degrees" in table.problems[1].reason


def test_a_declared_system_is_followed(reader):
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(-7.1, 33.6)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    table, rows = reader.rows(features(feature(point(x, y), a=1), crs=crs))
    (lon, lat, _) = where(rows)[0]
    assert (round(lon, 6), round(lat, 6)) == (-7.1, 33.6)
    assert any("Pseudo-Mercator" in note for note in table.notes)
    behind = json.dumps(
        {"type": "FeatureCollection", "features": [feature(point(x, y), a=1)], "crs": crs}
    ).encode()
    assert where(reader.rows(behind)[1])[0] == (lon, lat, "Point")


def test_metres_without_a_system_are_refused_until_one_is_said(reader):
    raw = features(feature(point(-790_000, 3_900_000), a=1))
    assert "EPSG:3857" in str(
        reader.refusal(features(*[feature(point(-790_000, 3_900_000))] * 2, feature(point(1, 1))))
    )
    assert reader.refusal(raw).reason == "refused"
    assert len(reader.rows(raw, crs="EPSG:3857")[1]) == 1


@pytest.mark.parametrize(
    "name",
    ["EPSG:999999", "/etc/passwd", "http://127.0.0.1/crs", "+proj=pipeline +step +init=x", "AUTO:42001,0,0"],
)
def test_a_system_that_is_unknown_is_refused(reader, name):
    crs = {"type": "name", "properties": {"name": name}}
    assert "reference system" in str(reader.refusal(features(feature(point(1, 2)), crs=crs)))


def test_corners_are_limited_in_all_and_for_each(reader):
    line = {"type": "LineString", "coordinates": [[number / 1_000, 1] for number in range(1_000)]}
    limits = reader.limited(vertices=2_500, feature_vertices=1_500)
    assert "limit of 2,500" in str(reader.refusal(features(*[feature(line)] * 3), limits=limits))
    table, rows = reader.rows(
        features(feature(line), feature(point(1, 1))), limits=reader.limited(feature_vertices=999)
    )
    assert len(rows) == 1
    assert "limit of 999" in table.problems[0].reason


def test_two_million_corners_are_refused(reader):
    ring = "[" + ",".join(["[1,1]"] * 2_000_000) + "]"
    raw = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
    raw += b'"geometry":{"type":"LineString","coordinates":'
    assert "limit of 100,000" in str(reader.refusal(raw + ring.encode() + b"}}]}"))
