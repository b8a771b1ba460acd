"""Any text goes through CSV, Excel, KML and JSON and comes back, or is replaced where XML has no place."""

import json
import re
from dataclasses import replace

import pandas as pd
from defusedxml import ElementTree
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dashboard.exports.cells import unguard_cell
from dashboard.exports.geojson import json_text
from dashboard.exports.plain_sheet import MOST_TEXT, cell_text, fitting
from dashboard.exports.xml_text import uncarried, xml_text
from dashboard.workflows.sharing.take_away import write_take_away

texts = st.text(
    st.one_of(
        st.sampled_from("<>&\"'=+-@]|\t\r\n\x01\x1f\u202e\u200f\u2066\ufffe\u0645\u05de_x0041"),
        st.characters(exclude_categories=()),
    ),
    max_size=12,
)
whole = texts.filter(lambda text: not re.search("[\ud800-\udfff\0]", text))
UNCARRIED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@given(texts)
@example("]]>")
@example("a\r\nb")
def test_xml_reads_the_same_text_or_a_replacement(text):
    read = ElementTree.fromstring(f'<a b="{xml_text("x")}">{xml_text(text)}</a>').text or ""
    assert read == UNCARRIED.sub("\ufffd", text)
    assert uncarried(text) == len(UNCARRIED.findall(text))


@given(texts)
@example("_x0041_")
@example("__x0041_x0042_")
@example("<r><t>a</t></r>")
def test_a_cell_of_excel_reads_the_same_text(text):
    read = ElementTree.fromstring(f'<t xml:space="preserve">{cell_text(text)}</t>').text or ""
    assert re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), read) == text


@given(st.integers(MOST_TEXT - 3, MOST_TEXT + 3), st.sampled_from(["a", "\u05d0", "\U0001f680"]))
def test_a_cell_of_excel_is_never_too_long(length, character):
    cut = fitting(character * length)
    units = len(character.encode("utf-16-le")) // 2 * length
    assert len(cut.encode("utf-16-le")) // 2 <= MOST_TEXT
    assert (cut == character * length) == (units <= MOST_TEXT)


@given(texts)
def test_json_reads_the_same_text(text):
    written = json_text({"a": text})
    assert json.loads(written.encode()) == {"a": text}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(names=st.lists(whole, min_size=12, max_size=12))
def test_any_names_go_through_csv_excel_and_kml(names, hostile_view, tmp_path, open_sheet, open_kml):
    records = hostile_view.records.iloc[: len(names)].assign(
        name=pd.Series(names[: len(hostile_view.records)], dtype="str")
    )
    view = replace(hostile_view, records=records, places=hostile_view.places.iloc[:0])
    for format_id in ("csv", "xlsx", "kml"):
        write_take_away(view, format_id, tmp_path / f"view.{format_id}")
    expected = records["name"].tolist()
    cells = pd.read_csv(tmp_path / "view.csv", dtype=str, keep_default_na=False, lineterminator=None)["name"]
    assert [unguard_cell(cell) for cell in cells] == expected
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "\t", "\r")]
    assert [row["name"] or "" for row in open_sheet(tmp_path / "view.xlsx")] == expected
    read = [row["name"] or "" for row in open_kml(tmp_path / "view.kml")]
    assert read == [UNCARRIED.sub("\ufffd", name) for name in expected]
