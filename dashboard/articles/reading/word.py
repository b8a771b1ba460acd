"""Articles out of Word documents: zip archives, looked at before opening, of XML, parsed without entities."""

from typing import Any, Final

from dashboard.articles.reading.article import Article
from dashboard.articles.reading.reading import Origin, Reading
from dashboard.confinement import check_archive, read_member
from dashboard.errors import ArchiveError, ArticleError

__all__ = ["read_docx"]

_MAX_XML: Final = 20_000_000
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TITLE: Final = "{http://purl.org/dc/elements/1.1/}title"
_MADE: Final = "{http://purl.org/dc/terms/}created"
_INSTEAD: Final = {f"{_WORD}tab": "\t", f"{_WORD}br": " ", f"{_WORD}noBreakHyphen": "-"}
_OLD_OR_LOCKED: Final = b"\xd0\xcf\x11\xe0"


def read_docx(raw: bytes, name: str, declared: str = "") -> Reading:  # noqa: ARG001 - readers have one signature
    """Read a Word document.

    Parameters
    ----------
    raw
        The file.
    name
        Its name, for the message.
    declared
        Not used: XML names its own encoding.

    Returns
    -------
    Reading
        Its paragraphs, one a line.

    Raises
    ------
    ArticleError
        It is no Word document, is locked, or unpacks to more than an article.
    """
    if raw.startswith(_OLD_OR_LOCKED):
        raise ArticleError(
            f"{name} is no Word document that can be read: it is of the old form or locked with a password; "
            "save it as .docx without one"
        )
    try:
        archive = check_archive(raw)
        body = _parsed(read_member(archive, "word/document.xml", _MAX_XML), name)
        has_facts = "docProps/core.xml" in archive.namelist()
        facts = _parsed(read_member(archive, "docProps/core.xml", _MAX_XML), name) if has_facts else None
    except ArchiveError as error:
        raise ArticleError(f"{name} is no Word document that can be read: it {error}") from error
    lines = [_line(paragraph) for paragraph in body.iter(f"{_WORD}p")]
    title = (facts.findtext(_TITLE) or "").strip() if facts is not None else ""
    reading = Reading(Article("\n".join(lines), "", title=title), "docx", origins=tuple(_origins(lines)))
    made = (facts.findtext(_MADE) or "")[:10] if facts is not None else ""
    return (
        reading.warned(f"The file was made on {made}; when it was published it does not say")
        if made
        else reading
    )


def _parsed(xml: bytes, name: str) -> Any:  # noqa: ANN401 - defusedxml ships no types
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring
    except ImportError as error:
        raise ArticleError(
            f"{name}: reading Word needs the extra `articles`: pip install 'arsenal-atlas[articles]'"
        ) from error
    try:
        return fromstring(xml, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise ArticleError(
            f"{name} is no Word document that can be read: save it anew or paste its text"
        ) from error


def _line(paragraph: Any) -> str:  # noqa: ANN401
    parts = (
        node.text or "" if node.tag == f"{_WORD}t" else _INSTEAD.get(node.tag, "")
        for node in paragraph.iter()
    )
    return "".join(parts)


def _origins(lines: list[str]) -> list[Origin]:
    origins, start = [], 0
    for number, line in enumerate(lines, start=1):
        if line:
            origins.append(Origin(start, start + len(line), "paragraph", number))
        start += len(line) + 1
    return origins
