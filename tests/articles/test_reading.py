import io
import json
import sys
import zipfile
from datetime import date

import pytest

from dashboard.articles.reading.files import MAX_BYTES, MAX_CHARACTERS, read_article
from dashboard.errors import ArticleError

STORY = "The minister opened the plant on Monday, and the first vehicles left it the same day."
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body, *, member="word/document.xml"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, body)
    return packed.getvalue()


def paragraphs(*lines):
    inner = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    return f'<w:document xmlns:w="{WORD}"><w:body>{inner}</w:body></w:document>'


@pytest.fixture
def read(tmp_path):
    def run(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_article(path)

    return run


def test_plain_text_is_kept_as_it_is(read):
    text = f"Plant opens\r\n\r\n{STORY}\n"
    assert read("a.txt", text).text == text
    assert read("a.txt", b"\xef\xbb\xbf" + text.encode()).text == text
    assert read("a.txt", text.encode("utf-16")).text == text
    assert read("a.txt", "Une usine à Bourges".encode("cp1252")).text == "Une usine à Bourges"


def test_the_form_of_the_evaluation_is_read(read):
    data = {"text": STORY, "language": "en", "published": "2025-09-24", "events": "not looked at"}
    article = read("a.json", json.dumps(data))
    assert (article.text, article.language, article.published) == (STORY, "en", date(2025, 9, 24))
    assert read("a.json", json.dumps({"text": STORY, "published": None})).published is None


def test_a_page_loses_its_boilerplate(read):
    page = f"""<html><head><title>Plant opens</title>
        <meta property='article:published_time' content='2025-09-24'></head>
        <body><nav>Home News Sport</nav><article><h1>Plant opens</h1><p>{STORY}</p><p>{STORY} It was warm.</p>
        </article><footer>All rights reserved</footer></body></html>"""
    article = read("a.html", page)
    assert STORY in article.text
    assert "Home News Sport" not in article.text
    assert article.published == date(2025, 9, 24)


def test_a_mail_gives_its_text_and_day(read):
    head = "From: News <news@example.org>\nSubject: Plant opens\nDate: Wed, 24 Sep 2025 10:00:00 +0000"
    mail = f"{head}\n\n{STORY}\n"
    article = read("a.eml", mail)
    assert article.text.strip() == STORY
    assert (article.title, article.published) == ("Plant opens", date(2025, 9, 24))


def test_a_word_document_gives_its_paragraphs(read):
    assert read("a.docx", docx(paragraphs("Plant opens", STORY))).text == f"Plant opens\n{STORY}"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xyz", STORY, "form"),
        ("a.txt", "", "no text"),
        ("a.txt", " \n\t ", "no text"),
        ("a.txt", bytes(range(256)) * 40, "not text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(2000), "not text"),
        ("a.txt", "x" * (MAX_CHARACTERS + 1), "longer"),
        ("a.json", "[1, 2]", "needs an object"),
        ("a.json", '{"text": "x", "published": "yesterday"}', "needs an object"),
        ("a.json", "[" * 100_000, "needs an object"),
        ("a.html", "<html><body><script>app()</script></body></html>", "no article"),
        ("a.eml", "Subject: Plant opens\n\n", "no text"),
        ("a.docx", STORY, "no Word document"),
        ("a.docx", docx("<x/>", member="other.xml"), "no Word document"),
        ("a.docx", docx("<broken"), "no Word document"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(read, name, content, says):
    with pytest.raises(ArticleError, match=says):
        read(name, content)


def test_a_bomb_is_not_unpacked(read):
    with pytest.raises(ArticleError, match="unpacks to more"):
        read("a.docx", docx(b" " * 40_000_000))


def test_a_document_with_entities_is_refused(read):
    bomb = '<!DOCTYPE d [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>' + paragraphs(
        "&b;", STORY
    )
    with pytest.raises(ArticleError, match="no Word document"):
        read("a.docx", docx(bomb))


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ArticleError, match="larger"):
        read_article(path)
    with pytest.raises(ArticleError, match="cannot be read"):
        read_article(tmp_path / "missing.txt")


def test_pdf_without_its_reader_says_what_to_install(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(ArticleError, match="pypdf"):
        read("a.pdf", b"%PDF-1.4")
