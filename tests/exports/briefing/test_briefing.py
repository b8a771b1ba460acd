"""Briefings: both files say what the view holds, cite every source by number, and run nothing."""

import base64
import re
import zipfile
from dataclasses import replace
from datetime import date

import docx
import pytest
from defusedxml import ElementTree
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import html

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import Citation, Event, Source
from dashboard.exports.briefing import MOST_RECORDS, write_briefing
from dashboard.exports.briefing.content import briefing_of
from dashboard.exports.briefing.plain import plain, runs_from_right, web_address, within
from dashboard.exports.briefing.web import html_of
from dashboard.exports.briefing.word import write_word

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def page(starter_view):
    """The starter view as HTML, with a picture that is none."""
    return html.fromstring(html_of(briefing_of(starter_view), b"<svg/>"))


@pytest.fixture(scope="module")
def document(starter_view, tmp_path_factory):
    """The starter view as a Word document."""
    path = tmp_path_factory.mktemp("word") / "briefing.docx"
    write_word(briefing_of(starter_view), PICTURE, starter_view.made_on, path)
    return docx.Document(str(path))


def text_of(element):
    return " ".join(element.text_content().split())


def words_of(document):
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_every_record_is_in_the_tables_in_the_order_of_the_view(page, document, starter_view):
    told = starter_view.records.head(MOST_RECORDS)
    expected = [*told[told["type"] == "event"]["name"], *told[told["type"] == "site"]["name"]]
    names = [plain(row.xpath("th/a")[0].text_content()) for row in page.xpath("//tbody/tr")]
    assert names == [plain(name) for name in expected]
    cells = [row.cells[1].text.split("\n")[0] for table in document.tables for row in table.rows[1:]]
    assert cells == names


def test_both_files_have_the_same_parts(page, document):
    headings = ["Map and timeline", "Records", "Where sources disagree", "What the sources say", "Sources"]
    headings += ["Method and uncertainty", "Citation and licence"]
    assert [text_of(one) for one in page.xpath("//h2")] == headings
    in_word = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert in_word == headings


def test_key_figures_are_those_of_the_view(page, starter_view):
    figures = text_of(page.xpath("//ul[@class='figures']")[0])
    events = int((starter_view.records["type"] == "event").sum())
    assert f"{events}events" in figures.replace(" ", "")
    assert f"{len(starter_view.sources)}sources" in figures.replace(" ", "")
    assert all(line in text_of(page.xpath("//header")[0]) for line in starter_view.described)


def test_numbers_lead_to_the_sources_that_say_so(page, starter_view):
    sources = starter_view.sources.set_index("id")
    record = starter_view.records.iloc[0]
    row = page.xpath("//tbody/tr")[0]
    said = {page.get_element_by_id(link.get("href")[1:]) for link in row.xpath("td[last()]/a")}
    publishers = {text_of(one).split(".")[0] for one in said}
    expected = {plain(sources.loc[one, "publisher"]).split(".")[0] for one in record["source_ids"].split("|")}
    assert publishers == expected
    numbers = [int(one.get("value")) for one in page.xpath("//ol[@class='sources']/li")]
    assert numbers == list(range(1, len(numbers) + 1))
    for link in page.xpath("//a[starts-with(@href, '#')]"):
        assert page.xpath(f"//*[@id='{link.get('href')[1:]}']")


def test_quotes_stand_word_by_word(hostile_view, tmp_path):
    briefing = briefing_of(hostile_view)
    quotes = [plain(quote) for quote in hostile_view.citations["quote"] if quote]
    page = html.fromstring(html_of(briefing, b"<svg/>"))
    assert [text_of(one)[1:-1] for one in page.xpath("//blockquote")] == [
        " ".join(one.split()) for one in quotes
    ]
    write_word(briefing, PICTURE, hostile_view.made_on, tmp_path / "one.docx")
    in_word = words_of(docx.Document(str(tmp_path / "one.docx")))
    assert all(f"“{quote}”" in in_word for quote in quotes)


def test_each_disagreement_names_the_field_both_sides_and_their_sources(page, document, starter_view):
    blocks = [text_of(one) for one in page.xpath("//div[@class='disagreement']")]
    denied = starter_view.citations[starter_view.citations["stance"] == "contradicts"]
    assert len(blocks) == len(denied[["record_id", "field"]].drop_duplicates())
    satellite = next(one for one in blocks if "spy satellite" in one and "disagree on date" in one)
    assert "The atlas holds: 9 July 2024" in satellite
    assert re.search(r"\[\d+\] 10 July 2024", satellite)
    assert "Sources disagree on date. The atlas holds: 9 July 2024" in words_of(document)


def test_disagreements_stand_in_the_order_of_the_view(starter_view):
    turned = replace(starter_view, citations=starter_view.citations.iloc[::-1].reset_index(drop=True))
    names = [one.record for one in briefing_of(turned).disagreements]
    assert list(dict.fromkeys(names)) == list(
        dict.fromkeys(one.record for one in briefing_of(starter_view).disagreements)
    )


def test_places_say_how_well_they_are_known(page):
    places = text_of(page)
    assert "(only the country)" in places
    assert re.search(r"\(locality, within \d+ km\)", places)


def test_the_page_runs_and_fetches_nothing(page):
    assert not page.xpath("//script | //iframe | //object | //link | //form | //@style")
    assert not [name for one in page.iter() for name in one.attrib if name.startswith("on")]
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert all(source.startswith("data:image/svg+xml;base64,") for source in page.xpath("//img/@src"))
    assert all(re.match(r"(#|https?://)", target) for target in page.xpath("//a/@href"))


def test_the_page_can_be_heard(page):
    assert page.get("lang") == "en"
    assert all(image.get("alt") for image in page.xpath("//img"))
    assert len(page.xpath("//h1")) == 1
    assert all(cell.get("scope") for cell in page.xpath("//th"))
    assert all(table.xpath("caption") for table in page.xpath("//table"))
    assert "Morocco (" in page.xpath("//img/@alt")[0]


def test_the_document_is_one_that_word_reads_aloud(document):
    (shape,) = document.inline_shapes
    assert "Records by country" in shape._inline.docPr.get("descr")
    assert all(table.rows[0]._tr.xpath(".//w:tblHeader") for table in document.tables)
    assert document.core_properties.title == "Starter"
    assert document.core_properties.created.date() == date(2026, 11, 26)
    assert document.styles["Normal"].font.name == "Arial"


def test_word_links_are_web_addresses_and_nothing_else(document):
    links = [r.target_ref for r in document.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.HYPERLINK]
    assert len(links) > 20
    assert all(re.match(r"https?://", link) for link in links)


def test_hostile_names_are_text(hostile_view, hostile_names, tmp_path):
    briefing = briefing_of(hostile_view)
    page = html.fromstring(html_of(briefing, b"<svg/>"))
    assert not page.xpath("//script | //body//img[not(starts-with(@src, 'data:'))] | //r | //t")
    names = {text_of(one) for one in page.xpath("//tbody/tr/th/a")}
    assert {plain(name) for name in hostile_names.values()} <= names
    assert "\u202e" not in page.text_content()
    path = tmp_path / "hostile.docx"
    write_word(briefing, PICTURE, hostile_view.made_on, path)
    words = words_of(docx.Document(str(path)))
    assert all(plain(name) in words for name in hostile_names.values())
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(parts.read(name))


def test_texts_no_file_can_hold_and_links_that_run_are_left_out(make_view, tmp_path):
    bad = ["javascript:alert(1)", "data:text/html,x", "http:///nowhere", "https://a b.example", "//x.example"]
    tables = {
        "events": [
            Event(
                id="ev-1",
                kind="visit",
                title="a\x00b\ufffec",
                date=UncertainDate.parse("2021"),
                status="happened",
            )
        ],
        "sources": [
            Source(id=f"so-{number}", publisher="P", url=url, kind="newspaper")
            for number, url in enumerate(bad)
        ],
        "citations": [
            Citation(id=f"ci-{number}", record_id="ev-1", source_id=f"so-{number}", stance="supports")
            for number in range(len(bad))
        ],
    }
    view = make_view({**tables, "events": [replace(tables["events"][0], title="name")]}, address="")
    view.records.loc[0, "name"] = "a\x00b\ufffec"
    briefing = briefing_of(view)
    page = html.fromstring(html_of(briefing, b"<svg/>"))
    assert page.xpath("//tbody/tr/th/a")[0].text == "abc"
    assert all(target.startswith("#") for target in page.xpath("//a/@href"))
    write_word(briefing, PICTURE, view.made_on, tmp_path / "one.docx")
    document = docx.Document(str(tmp_path / "one.docx"))
    assert not [r for r in document.part.rels.values() if r.is_external]
    assert "abc" in words_of(document)


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://a.example/x?q=1&r=<2>", "https://a.example/x?q=1&r=<2>"),
        ("HTTP://A.example", "HTTP://A.example"),
        (" https://a.example ", "https://a.example"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("https:alert(1)", ""),
        ("javascript://a.example/%0aalert(1)", ""),
        ("ftp://a.example/file", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(address, link):
    assert web_address(address) == link


def test_names_from_the_right_keep_to_themselves():
    assert within("Haifa") == "Haifa"
    assert not runs_from_right(f"{within('אבג')}, Israel (exact)")
    assert runs_from_right("בן (IAI)")
    assert not runs_from_right("1 + 1")


def test_a_large_view_is_counted_whole_and_told_in_part(make_view):
    events = [
        Event(
            id=f"ev-{n}",
            kind="visit",
            title=f"Visit {n}",
            date=UncertainDate.parse("2021"),
            status="happened",
        )
        for n in range(MOST_RECORDS + 7)
    ]
    sources = [Source(id=f"so-{n}", publisher=f"Paper {n}", kind="newspaper") for n in range(len(events))]
    citations = [
        Citation(id=f"ci-{n}", record_id=f"ev-{n}", source_id=f"so-{n}", stance="supports")
        for n in range(len(events))
    ]
    view = make_view({"events": events, "sources": sources, "citations": citations})
    briefing = briefing_of(view)
    page = html.fromstring(html_of(briefing, b"<svg/>"))
    assert len(page.xpath("//tbody/tr")) == MOST_RECORDS
    assert f"first {MOST_RECORDS} of {MOST_RECORDS + 7} records" in briefing.left_out
    assert "The other 7" in briefing.left_out
    assert "GeoPackage" in briefing.left_out
    assert "Not listed: 7 sources" in briefing.sources_left_out
    assert (f"{MOST_RECORDS + 7}", "events") in briefing.figures
    assert [text_of(one) for one in page.xpath("//p[@class='left-out']")] == [
        briefing.left_out,
        briefing.sources_left_out,
    ]


def test_an_empty_view_is_a_briefing_too(empty_view, tmp_path):
    briefing = briefing_of(empty_view)
    page = html.fromstring(html_of(briefing, b"<svg/>"))
    assert "No record matches." in text_of(page)
    assert "No sources." in text_of(page)
    write_word(briefing, PICTURE, empty_view.made_on, tmp_path / "empty.docx")
    assert "No record matches." in words_of(docx.Document(str(tmp_path / "empty.docx")))


@pytest.mark.parametrize("kind", ["html", "docx"])
def test_equal_views_give_equal_bytes_and_progress_is_told(kind, hostile_view, tmp_path):
    told = []
    write_briefing(hostile_view, tmp_path / "first", kind, lambda done, total: told.append((done, total)))
    write_briefing(hostile_view, tmp_path / "second", kind)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]


def test_the_map_is_in_both_files(empty_view, tmp_path):
    write_briefing(empty_view, tmp_path / "one.html", "html")
    page = html.fromstring((tmp_path / "one.html").read_text(encoding="utf-8"))
    drawing = base64.b64decode(page.xpath("//img/@src")[0].partition(",")[2])
    assert ElementTree.fromstring(drawing).tag.endswith("svg")
    write_briefing(empty_view, tmp_path / "one.docx", "docx")
    with zipfile.ZipFile(tmp_path / "one.docx") as parts:
        pictures = [name for name in parts.namelist() if name.startswith("word/media/")]
        assert parts.read(pictures[0]).startswith(b"\x89PNG")


def test_stopping_between_two_steps_leaves_no_file(hostile_view, tmp_path):
    def stop(done, total):
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_briefing(hostile_view, tmp_path / "one.html", "html", stop)
    assert not (tmp_path / "one.html").exists()
