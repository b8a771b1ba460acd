import contextlib
import io
import zipfile
import zlib

import pytest
from pypdf import PdfReader, PdfWriter

from dashboard.errors import ArticleError

STORY = [
    "The minister opened the plant on Monday, and the first vehi-",
    "cles left it the same day.",
    "It is the second.",
]


def at(reading, words):
    return reading.where(reading.article.text.index(words))


def locked(raw, user):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(raw)))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def flate(length):
    packer = zlib.compressobj(9)
    content = b"".join(packer.compress(b" " * 1_000_000) for _ in range(length)) + packer.flush()
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content)


def test_a_word_document_gives_its_paragraphs_and_their_numbers(read, docx):
    reading = read(docx("Plant opens", "", "The minister opened it."), "docx")
    assert reading.article.text == "Plant opens\n\nThe minister opened it."
    assert reading.article.title == "Plant opens"
    assert at(reading, "minister") == ("paragraph", 3)


def test_the_day_a_file_was_made_is_no_day_of_publication(read, docx, pdf):
    for raw, kind in (
        (docx("A plant."), "docx"),
        (pdf(["A plant."], facts="/CreationDate (D:20250924100000Z)"), "pdf"),
    ):
        reading = read(raw, kind)
        assert (reading.published, reading.article.published) == ("", None)
        assert any("made on 2025-09-24" in warning for warning in reading.warnings)


def test_tabs_and_breaks_are_kept_apart(read, docx):
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    line = "<w:p><w:t>Ben</w:t><w:br/><w:t>Slimane</w:t><w:tab/><w:t>x</w:t></w:p>"
    body = f'<w:document xmlns:w="{word}">{line}</w:document>'
    assert read(docx(body=body), "docx").article.text == "Ben Slimane\tx"


ENTITY = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>'
LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><d>&i;</d>"
)


@pytest.mark.parametrize(
    "body", [ENTITY, LAUGHS, "<broken", b"\0\1\2", "<!DOCTYPE d SYSTEM 'http://a/b'><d/>"]
)
def test_bad_xml_in_a_document_is_refused(refusal, docx, body):
    assert "no Word document" in refusal(docx(body=body), "docx")
    assert "no Word document" in refusal(docx("text", core=body if isinstance(body, str) else "<"), "docx")


def test_a_bomb_of_a_document_is_refused_unopened(refusal, docx):
    assert "120 times" in refusal(docx(body=b" " * 60_000_000), "docx")
    assert "120 times" in refusal(docx("x", more=(("media/a.bin", bytes(50_000_000)),)), "docx")


def test_a_document_that_leads_outside_is_refused(refusal, docx):
    assert "outside" in refusal(docx("x", more=(("../../etc/cron.d/x", b"x"),)), "docx")


@pytest.mark.parametrize(
    "raw", [b"", b"PK\x03\x04", b"words", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), bytes(5000)]
)
def test_what_is_no_document_is_refused_plainly(refusal, raw):
    assert "no Word document" in refusal(raw, "docx")


def test_a_truncated_document_and_a_zip_of_something_else_are_refused(refusal, docx):
    whole = docx("x")
    assert "no Word document" in refusal(whole[: len(whole) // 2], "docx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "no Word document" in refusal(out.getvalue(), "docx")


def test_a_document_under_the_wrong_suffix_says_what_it_is(refusal, docx, pdf):
    assert "is a PDF file" in refusal(pdf(["A plant."]), "docx", "a.docx")
    assert "Word document by its content" in refusal(docx("A plant."), "pdf", "a.pdf")


def test_a_pdf_gives_its_text_with_joined_lines_and_its_pages(read, pdf):
    reading = read(pdf(STORY, ["Page two."], facts="/Title (Plant opens)"), "pdf")
    assert "first vehicles left it the same day.\nIt is the second." in reading.article.text
    assert reading.article.title == "Plant opens"
    assert at(reading, "second") == ("page", 1)
    assert at(reading, "Page two") == ("page", 2)


def test_a_pdf_of_pictures_has_no_text(refusal, pdf):
    assert "has no text" in refusal(pdf([], []), "pdf")


def test_a_locked_pdf_is_refused_and_one_that_anybody_may_open_is_read(read, refusal, pdf):
    raw = pdf(["A plant."])
    assert "password" in refusal(locked(raw, "secret"), "pdf")
    assert "A plant." in read(locked(raw, ""), "pdf").article.text


def test_a_pdf_of_thousands_of_pages_is_refused_by_number(refusal, pdf):
    assert "5,000 pages, more than 200" in refusal(pdf(*[["x"]] * 5_000), "pdf")


def test_a_bomb_of_a_pdf_is_refused(read, refusal, pdf):
    assert "unpacks to more" in refusal(pdf(flate(500)), "pdf")
    assert read(b"A plant.", "text").article.text == "A plant."


@pytest.mark.parametrize("cut", [20, 200, 400])
def test_a_broken_pdf_is_refused_or_read_but_nothing_else(read, pdf, cut):
    raw = pdf(["A plant."])[:-cut]
    with contextlib.suppress(ArticleError):
        assert "A plant." in read(raw, "pdf").article.text


def test_script_in_a_pdf_is_not_looked_at(read, pdf):
    raw = pdf(["A plant."]).replace(
        b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    )
    assert read(raw, "pdf").article.text == "A plant."
