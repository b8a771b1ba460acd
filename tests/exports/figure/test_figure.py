"""Figures as files: what they say, that they open, and that equal views give equal bytes."""

import re
import threading
from io import BytesIO

import matplotlib as mpl
import pytest
from defusedxml import ElementTree
from PIL import Image
from pypdf import PdfReader

from dashboard.errors import ShapesMissingError
from dashboard.exports import figure
from dashboard.exports.figure import write_figure
from dashboard.exports.figure.world import read_world

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn(starter_view, tmp_path_factory):
    """The starter view as drawing and page."""
    folder = tmp_path_factory.mktemp("drawn")
    for kind in ("svg", "pdf"):
        write_figure(starter_view, folder / f"figure.{kind}", kind)
    return folder


def words_of(path):
    return " ".join(PdfReader(path).pages[0].extract_text().split())


def test_the_figure_says_what_it_shows_and_whence(drawn, starter_view):
    words = words_of(drawn / "figure.pdf")
    assert "Starter" in words
    assert all(line in words for line in starter_view.described)
    events = int((starter_view.records["type"] == "event").sum())
    assert f"{events} events, {len(starter_view.records) - events} sites" in words
    assert f"{len(starter_view.sources)} sources:" in words
    assert f"data version {starter_view.version}, taken on 26 November 2026" in words
    assert "CC-BY-4.0" in words
    assert "Natural Earth" in words
    assert "equal-area projection" in words
    assert "Agreement" in words
    assert starter_view.address in words


def test_a_pdf_carries_its_letters_its_title_and_the_link(drawn, starter_view):
    reader = PdfReader(drawn / "figure.pdf")
    assert reader.metadata.title == "Starter"
    page = reader.pages[0]
    assert [round(float(side)) for side in page.mediabox.upper_right] == [960, 540]
    links = [note.get_object()["/A"]["/URI"] for note in page["/Annots"]]
    assert links == [starter_view.address]


def test_an_svg_has_its_parts_by_name_and_asks_nobody_for_anything(drawn):
    root = ElementTree.parse(drawn / "figure.svg").getroot()
    parts = {group.get("id") for group in root.iter(f"{SVG}g")}
    assert {"words", "map", "timeline", "legend"} <= parts
    assert not list(root.iter(f"{SVG}script"))
    text = (drawn / "figure.svg").read_text(encoding="utf-8")
    fetched = re.findall(r'(?:xlink:)?href="([^"#][^"]*)"', text)
    assert fetched == ["https://atlas.example/atlas?from=2020"]
    assert "<!-- Starter -->" in text


@pytest.mark.parametrize(
    ("size", "pixels"), [("slide", (2667, 1500)), ("a4", (1654, 2339)), ("a4-landscape", (2339, 1654))]
)
def test_pages_have_their_size(size, pixels, empty_view, tmp_path):
    path = tmp_path / "figure.png"
    write_figure(empty_view, path, "png", size=size, basemap_land=False)
    with Image.open(path) as picture:
        assert picture.size == pytest.approx(pixels, abs=1)


def test_an_empty_view_says_so(empty_view, tmp_path):
    write_figure(empty_view, tmp_path / "empty.pdf", "pdf")
    words = words_of(tmp_path / "empty.pdf")
    assert "No records" in words
    assert "Nothing in this view has a place on the map" in words
    assert "No dated events in this view" in words


def test_hostile_names_are_drawn_as_letters(hostile_view, hostile_names, tmp_path):
    for kind in ("svg", "pdf"):
        write_figure(hostile_view, tmp_path / f"hostile.{kind}", kind, basemap_land=False)
    root = ElementTree.parse(tmp_path / "hostile.svg").getroot()
    assert not list(root.iter(f"{SVG}script"))
    assert not [one for one in root.iter() if any(name.startswith("on") for name in one.attrib)]
    words = words_of(tmp_path / "hostile.pdf")
    assert hostile_names["command"][:12] in words


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_equal_views_give_equal_bytes_whatever_was_set_before(kind, hostile_view, tmp_path):
    def draw(name):
        write_figure(hostile_view, tmp_path / name, kind, size="inset", basemap_land=kind == "svg")

    draw("first")
    with mpl.rc_context({"font.size": 30, "path.sketch": (2, 100, 2), "svg.hashsalt": "x"}):
        draw("second")
        assert mpl.rcParams["font.size"] == 30
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_figures_drawn_at_once_do_not_disturb_one_another(empty_view, hostile_view, tmp_path):
    def draw(view, name):
        write_figure(view, tmp_path / name, "png", size="inset", basemap_land=False)

    views = {"empty": empty_view, "hostile": hostile_view}
    for name, view in views.items():
        draw(view, f"{name}-alone")
    threads = [threading.Thread(target=draw, args=(view, f"{name}-at-once")) for name, view in views.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in views:
        assert (tmp_path / f"{name}-at-once").read_bytes() == (tmp_path / f"{name}-alone").read_bytes()


def test_without_land_no_shapes_are_needed(hostile_view, tmp_path, monkeypatch):
    monkeypatch.setattr(figure, "world", lambda: read_world(tmp_path / "missing"))
    with pytest.raises(ShapesMissingError, match="make install"):
        write_figure(hostile_view, tmp_path / "one.png", "png")
    write_figure(hostile_view, tmp_path / "two.png", "png", size="inset", basemap_land=False)
    assert Image.open(BytesIO((tmp_path / "two.png").read_bytes())).format == "PNG"
