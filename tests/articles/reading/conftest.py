"""Sources of every form, made on the spot, and a confined process to read them in."""

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest

from dashboard.articles.reading.files import read_confined
from dashboard.articles.reading.reading import Kind, Reading
from dashboard.confinement import Confinement
from dashboard.errors import ArticleError

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>Plant opens</dc:title><dcterms:created>2025-09-24T10:00:00Z</dcterms:created>"
    "</cp:coreProperties>"
)


@pytest.fixture(scope="module")
def confinement() -> Iterator[Confinement]:
    with Confinement() as one:
        yield one


@pytest.fixture
def read(confinement: Confinement) -> Callable[..., Reading]:
    def run(raw: bytes | str, kind: Kind, name: str = "a", **options: str) -> Reading:
        raw = raw.encode() if isinstance(raw, str) else raw
        return read_confined(raw, kind, name, confinement=confinement, **options)

    return run


@pytest.fixture
def refusal(read: Callable[..., Reading]) -> Callable[..., str]:
    def run(raw: bytes | str, kind: Kind, name: str = "a", **options: str) -> str:
        with pytest.raises(ArticleError) as caught:
            read(raw, kind, name, **options)
        sentence = str(caught.value)
        assert "\n" not in sentence
        return sentence

    return run


@pytest.fixture
def docx() -> Callable[..., bytes]:
    def make(
        *lines: str, body: str | bytes = "", core: str = CORE, more: tuple[tuple[str, bytes], ...] = ()
    ) -> bytes:
        inner = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "word/document.xml",
                body or f'<w:document xmlns:w="{WORD}"><w:body>{inner}</w:body></w:document>',
            )
            archive.writestr("docProps/core.xml", core)
            for name, content in more:
                archive.writestr(name, content)
        return out.getvalue()

    return make


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    """Make a PDF of pages of lines; a stream of bytes stands for a page as it is."""

    def make(*pages: list[str] | bytes, facts: str = "") -> bytes:
        kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
        for n, page in enumerate(pages):
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R "
                "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
            )
            objects.append(page if isinstance(page, bytes) else _stream(_shown(page)))
        objects.append(f"<< {facts} >>".encode())
        out, places = bytearray(b"%PDF-1.4\n"), []
        for number, content in enumerate(objects, start=1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (
            len(objects) + 1,
            len(objects),
            start,
        )
        return bytes(out)

    return make


def _shown(lines: list[str]) -> bytes:
    return (
        b"BT /F1 12 Tf 50 800 Td 14 TL " + b" ".join(b"(%s) Tj T*" % line.encode() for line in lines) + b" ET"
    )


def _stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


@pytest.fixture
def page() -> Callable[..., str]:
    """Make an HTML page around a story."""

    def make(story: str, *, head: str = "", language: str = "en", more: str = "") -> str:
        paragraphs = "".join(f"<p>{line}</p>" for line in story.split("\n"))
        return (
            f"<!doctype html><html lang='{language}'><head><title>Plant opens</title>{head}</head><body>"
            f"<nav>Home News Sport Weather</nav><article><h1>Plant opens</h1>{paragraphs}</article>{more}"
            "<footer>© 2019 All rights reserved</footer></body></html>"
        )

    return make
