import io
import zipfile

import pytest

KML = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
GPX = '<gpx xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'


def kml(text):
    return KML.format(text).encode()


def mark(inside):
    return f"<Placemark>{inside}</Placemark>"


POINT = "<Point><coordinates>-7.1,33.6,0</coordinates></Point>"


def test_placemarks_are_rows_with_their_folder_times_and_data(reader):
    data = '<Data name="maker"><value>X</value></Data>'
    data += '<SchemaData><SimpleData name="n">4</SimpleData></SchemaData>'
    data = f"<ExtendedData>{data}</ExtendedData>"
    several = "<Point><coordinates>1,2</coordinates></Point><Point><coordinates> 3,4 </coordinates></Point>"
    times = "<TimeSpan><begin>2020</begin><end>2021-05</end></TimeSpan>"
    raw = kml(
        f"<Folder><name>Sites</name><Folder><name>Inner</name>{mark(f'<name>A</name>{times}{data}{POINT}')}</Folder></Folder>"
        + mark(f"<name>B</name><MultiGeometry>{several}</MultiGeometry>")
    )
    table, rows = reader.rows(raw)
    assert table.format == "kml"
    assert {name: rows[0][name] for name in ("name", "folder", "begin", "end", "maker", "n")} == {
        "name": "A",
        "folder": "Sites / Inner",
        "begin": "2020",
        "end": "2021-05",
        "maker": "X",
        "n": "4",
    }
    assert (rows[0]["__lon__"], rows[0]["__lat__"]) == (-7.1, 33.6)
    assert [row["__geometry__"] for row in rows] == ["Point", "MultiPoint"]


def test_html_becomes_text(reader):
    html = (
        "<b>Plant</b><script>steal()</script><style>x{}</style><table><tr><td>built<td>2020</table>&eacute;"
    )
    html = f"<![CDATA[{html}<img src=http://127.0.0.1/>]]>"
    _, rows = reader.rows(kml(mark(f"<description>{html}</description>{POINT}")))
    assert rows[0]["description"] == "Plant\nbuilt 2020é"


def test_bad_coordinates_cost_their_placemark_only(reader):
    ring = "<LinearRing><coordinates>0,0 1,1</coordinates></LinearRing>"
    raw = kml(
        "".join(
            mark(f"<name>{name}</name>{shape}")
            for name, shape in {
                "a": POINT,
                "none": "",
                "short": "<Point><coordinates>1</coordinates></Point>",
                "word": "<Point><coordinates>x,y</coordinates></Point>",
                "nan": "<Point><coordinates>nan,1</coordinates></Point>",
                "far": "<Point><coordinates>1,951</coordinates></Point>",
                "ring": f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>",
                "z": POINT,
            }.items()
        )
    )
    table, rows = reader.rows(raw)
    assert [row["name"] for row in rows] == ["a", "none", "z"]
    assert sorted((one.row, one.severity) for one in table.problems) == [
        (2, "warning"),
        (3, "refused"),
        (4, "refused"),
        (5, "refused"),
        (6, "refused"),
        (7, "refused"),
    ]


def test_waypoints_routes_and_tracks_are_rows(reader):
    raw = GPX.format(
        '<wpt lat="33.6" lon="-7.1"><name>w</name><time>2020-01-02T00:00:00Z</time></wpt>'
        '<trk><name>t</name><trkseg><trkpt lat="1" lon="2"/><trkpt lat="3" lon="4"/></trkseg></trk>'
        '<rte><name>r</name><rtept lat="1" lon="2"/></rte><wpt lat="x" lon="1"/>'
    ).encode()
    table, rows = reader.rows(raw)
    assert table.format == "gpx"
    assert [(row["element"], row["name"], row["__geometry__"]) for row in rows] == [
        ("wpt", "w", "Point"),
        ("trk", "t", "LineString"),
        ("rte", "r", "Point"),
    ]
    assert [one.row for one in table.problems] == [4]


ENTITIES = {
    "external": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;&b;">]>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY e "{"x" * 50_000}">]>',
    "dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
}


@pytest.mark.parametrize("declared", ENTITIES.values(), ids=ENTITIES)
@pytest.mark.parametrize("far", [False, True], ids=["at once", "after much space"])
def test_entities_and_document_types_are_refused(reader, declared, far):
    space = " " * 10_000 if far else ""
    for root in ("kml", "gpx"):
        raw = f'<?xml version="1.0"?><!--<{root}-->{space}{declared}<{root}><name>&e;</name></{root}>'
        assert "entities" in str(reader.refusal(raw.encode()))


def test_deep_and_broken_documents_are_refused(reader):
    assert "deeper than 100" in str(reader.refusal(kml("<Folder>" * 50_000)))
    assert "no valid XML" in str(reader.refusal(kml("<Placemark>")))


def packed(**members):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return raw.getvalue()


def test_the_document_of_an_archive_is_read(reader):
    raw = packed(doc__kml=kml(mark(f"<name>A</name>{POINT}")), other__kml=kml(""), picture__png=b"x")
    table, rows = reader.rows(raw)
    assert table.format == "kmz"
    assert rows[0]["name"] == "A"
    assert any("1 other documents" in note for note in table.notes)


def test_a_bomb_is_refused_before_it_is_unpacked(reader):
    assert "120 times its size" in str(reader.refusal(packed(doc__kml=b"<kml>" + b" " * 20_000_000)))
