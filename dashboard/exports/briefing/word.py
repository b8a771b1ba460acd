"""A briefing as a Word document, to be edited: headings, tables with repeated heads, a described picture."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dashboard.exports.briefing.content import Briefing, Row
from dashboard.exports.briefing.evidence import SourceLine, Statement, numbers_words
from dashboard.exports.briefing.plain import runs_from_right, web_address

__all__ = ["write_word"]

_FONT: Final = "Arial"
_INK: Final = RGBColor(0x1B, 0x27, 0x33)
_MUTED: Final = RGBColor(0x4A, 0x57, 0x63)
_LINK: Final = RGBColor(0x0B, 0x5A, 0x63)
_MARGIN: Final = 16  # millimetres
_PAGE: Final = (210, 297)
_HEADS: Final = ("No.", "Record", "Date", "Place, and how well it is known", "Status", "Sources")
_WIDTHS: Final = (10, 58, 30, 45, 20, 15)
_THEN: Final = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can hold: equal briefings, equal bytes


def write_word(briefing: Briefing, picture: bytes, made_on: date, path: Path) -> None:
    """Write a briefing as a Word document.

    Parameters
    ----------
    briefing
        Its texts.
    picture
        The map as PNG.
    made_on
        The day.
    path
        The file.
    """
    document = docx.Document()
    _set_up(document, briefing, made_on)
    document.add_heading(briefing.title, 0)
    for line in briefing.asked:
        _paragraph(document, line, "Muted")
    figures = ", ".join(f"{number} {words}" for number, words in briefing.figures if number != "0")
    _paragraph(document, f"{figures or '0 records'}.", "Strong words")
    for note in briefing.notes:
        _paragraph(document, note, "Muted")
    _add_picture(document, picture, briefing.picture)
    _add_records(document, briefing)
    _add_disagreements(document, briefing)
    _add_evidence(document, [*briefing.events, *briefing.sites])
    _add_sources(document, briefing)
    document.add_heading("Method and uncertainty", 1)
    for text in briefing.method:
        _paragraph(document, text)
    document.add_heading("Citation and licence", 1)
    _paragraph(document, f"Cite as: {briefing.citation}.")
    _paragraph(document, f"Licence of the data: {briefing.licence}. {briefing.credit}.")
    _save(document, path)


def _set_up(document: Any, briefing: Briefing, made_on: date) -> None:  # noqa: ANN401  # python-docx has no types
    section = document.sections[0]
    section.page_width, section.page_height = Mm(_PAGE[0]), Mm(_PAGE[1])
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(_MARGIN))
    styles = document.styles
    for name, size in (("Normal", 10.0), ("Title", 22.0), ("Heading 1", 14.0), ("Heading 2", 11.0)):
        style = styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), _INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(kind), _FONT)
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(kind), None)
    for name, bold, colour, size in (
        ("Muted", False, _MUTED, 9.5),
        ("Strong words", True, _INK, 10.5),
        ("Small", False, _INK, 8.0),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        style.font.bold, style.font.color.rgb, style.font.size = bold, colour, Pt(size)
        style.paragraph_format.space_after = Pt(2)
    styles["Normal"].paragraph_format.space_after = Pt(4)
    moment = datetime(made_on.year, made_on.month, made_on.day)  # noqa: DTZ001  # Word's times have no zone
    core = document.core_properties
    core.title, core.author, core.subject = briefing.title[:255], "Arsenal Atlas", briefing.citation[:255]
    core.created = core.modified = moment
    core.language, core.last_modified_by, core.revision, core.comments = "en-GB", "Arsenal Atlas", 1, ""


def _add_picture(document: Any, picture: bytes, words: str) -> None:  # noqa: ANN401  # as above
    document.add_heading("Map and timeline", 1)
    shape = document.add_picture(io.BytesIO(picture), width=Mm(_PAGE[0] - 2 * _MARGIN))
    properties = shape._inline.docPr  # noqa: SLF001  # python-docx has no other way to describe a picture
    properties.set("descr", words)
    properties.set("name", "Map and timeline")
    _paragraph(document, words, "Muted")


def _add_records(document: Any, briefing: Briefing) -> None:  # noqa: ANN401  # as above
    document.add_heading("Records", 1)
    if briefing.left_out:
        _paragraph(document, briefing.left_out, "Strong words")
    for heading, rows in (("Events, newest first", briefing.events), ("Sites", briefing.sites)):
        if rows:
            document.add_heading(heading, 2)
            _add_table(document, rows)
    if not briefing.events and not briefing.sites:
        _paragraph(document, "No record matches.")


def _add_table(document: Any, rows: Sequence[Row]) -> None:  # noqa: ANN401  # as above
    table = document.add_table(rows=1, cols=len(_HEADS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    for column, wide in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(wide)
    head = table.rows[0]
    _fill(head.cells, [[words] for words in _HEADS], bold=True)
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001  # repeats on every page
    for row in rows:
        date_lines = [row.date, row.in_window] if row.in_window else [row.date]
        cells = table.add_row()
        cells._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  # as above
        _fill(
            cells.cells,
            [
                [str(row.number)],
                [row.name, row.kind],
                date_lines,
                list(row.places),
                [row.status],
                [numbers_words(row.sources)],
            ],
        )


def _fill(cells: Iterable[Any], texts: Iterable[Sequence[str]], *, bold: bool = False) -> None:
    for cell, lines, wide in zip(cells, texts, _WIDTHS, strict=True):
        cell.width = Mm(wide)
        for number, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.style = "Small"
            _run(paragraph, line).bold = bold or None


def _add_disagreements(document: Any, briefing: Briefing) -> None:  # noqa: ANN401  # as above
    if not briefing.disagreements:
        return
    document.add_heading("Where sources disagree", 1)
    for one in briefing.disagreements:
        document.add_heading(one.record, 2)
        held = f" The atlas holds: {one.held}." if one.held else ""
        support = f" Supported by {numbers_words(one.support)}." if one.support else ""
        _paragraph(document, f"Sources disagree on {one.about}.{held}{support}")
        for statement in one.against:
            _statement(document, statement, bare=True)
    if briefing.disagreements_left_out:
        _paragraph(document, briefing.disagreements_left_out, "Strong words")


def _add_evidence(document: Any, rows: Sequence[Row]) -> None:  # noqa: ANN401  # as above
    if not rows:
        return
    document.add_heading("What the sources say", 1)
    for row in rows:
        document.add_heading(f"{row.number}. {row.name}", 2)
        if row.text:
            _paragraph(document, row.text)
        facts = [("Date", row.date), ("Status", row.status), ("Who", row.who), ("Products", row.products)]
        known = "; ".join(f"{name}: {value}" for name, value in facts if value)
        sources = numbers_words(row.sources) or "none"
        line = _paragraph(document, f"{known}. Place: {'; '.join(row.places)}. Sources: {sources}.")
        if url := web_address(row.url):
            line.add_run(" ")
            _link(line, "Open in the atlas", url)
        for statement in row.statements:
            if statement.about or statement.value or statement.quote:
                _statement(document, statement)


def _statement(document: Any, statement: Statement, *, bare: bool = False) -> None:  # noqa: ANN401  # as above
    paragraph = document.add_paragraph(style="List Bullet")
    _run(paragraph, f"[{statement.source}] ")
    if statement.against and not bare:
        paragraph.add_run("against ").bold = True
    parts = [part for part in ("" if bare else statement.about, statement.value) if part]
    if bare and not parts and not statement.quote:
        parts = ["says otherwise"]
    _run(paragraph, ": ".join(parts))
    if statement.quote:
        _run(paragraph, f"{' ' if parts else ''}“{statement.quote}”").italic = True
    if statement.locator:
        _run(paragraph, f" ({statement.locator})")


def _add_sources(document: Any, briefing: Briefing) -> None:  # noqa: ANN401  # as above
    document.add_heading("Sources", 1)
    for source in briefing.sources:
        _add_source(document, source)
    if briefing.sources_left_out:
        _paragraph(document, briefing.sources_left_out, "Strong words")
    if not briefing.sources:
        _paragraph(document, "No sources.")


def _add_source(document: Any, source: SourceLine) -> None:  # noqa: ANN401  # as above
    paragraph = _paragraph(document, f"[{source.number}] {source.publisher}.", "Normal")
    if source.title:
        paragraph.add_run(" ")
        _run(paragraph, source.title).italic = True
        paragraph.add_run(".")
    details = ", ".join(part for part in (source.published, source.kind, source.language) if part)
    if details:
        _run(paragraph, f" {details}.")
    if source.url:
        paragraph.add_run(" ")
        _link(paragraph, source.url, source.url)


def _paragraph(document: Any, text: str, style: str = "Normal") -> Any:  # noqa: ANN401  # as above
    paragraph = document.add_paragraph(style=style)
    if runs_from_right(text):
        paragraph.paragraph_format.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
    _run(paragraph, text)
    return paragraph


def _run(paragraph: Any, text: str) -> Any:  # noqa: ANN401  # as above
    run = paragraph.add_run(text)
    if runs_from_right(text):
        run.font.rtl = True
    return run


def _link(paragraph: Any, text: str, address: str) -> None:  # noqa: ANN401  # as above
    relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    run = paragraph.add_run(text)
    run.font.color.rgb, run.font.underline = _LINK, True
    link.append(run._r)  # noqa: SLF001  # python-docx reads links and cannot make them
    paragraph._p.append(link)  # noqa: SLF001  # as above


def _save(document: Any, path: Path) -> None:  # noqa: ANN401  # as above
    held = io.BytesIO()
    document.save(held)
    with zipfile.ZipFile(held) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _THEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, made.read(name))
