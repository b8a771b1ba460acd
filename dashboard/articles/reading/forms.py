"""Bytes to an article by their form; this is what runs in the confined process."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Final

from dashboard.articles.reading.labels import label
from dashboard.articles.reading.limits import MAX_BYTES, MAX_CHARACTERS, MAX_TEXT_BYTES
from dashboard.articles.reading.mail import read_eml
from dashboard.articles.reading.page import read_page
from dashboard.articles.reading.pdf import read_pdf
from dashboard.articles.reading.plain import read_json, read_text
from dashboard.articles.reading.reading import Kind, Reading
from dashboard.articles.reading.word import read_docx
from dashboard.errors import ArticleError

__all__ = ["SUFFIXES", "kind_of_name", "kind_of_type", "read_bytes", "read_for_pipe"]

SUFFIXES: Final[dict[str, Kind]] = {
    ".txt": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".eml": "eml",
    ".docx": "docx",
    ".pdf": "pdf",
    ".json": "json",
}
"""Which suffix is read as what."""

_TYPES: Final[dict[str, Kind]] = {
    "text/plain": "text",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
}
_READERS: Final[dict[str, Callable[[bytes, str, str], Reading]]] = {
    "text": read_text,
    "html": read_page,
    "eml": read_eml,
    "docx": read_docx,
    "pdf": read_pdf,
    "json": read_json,
}
_TEXTS: Final = ("text", "html", "json")
_MARKS: Final = ((b"%PDF-", "a PDF file"), (b"PK\x03\x04", "a zip archive or Word document"))
_FITS: Final = {"pdf": b"%PDF-", "docx": b"PK\x03\x04"}


def kind_of_name(name: str) -> Kind:
    """Say what a file is read as.

    Parameters
    ----------
    name
        Its name.

    Returns
    -------
    Kind
        The form that its suffix names.

    Raises
    ------
    ArticleError
        No such form is read.
    """
    kind = SUFFIXES.get(PurePath(name).suffix.lower())
    if kind is None:
        forms = ", ".join(suffix[1:] for suffix in SUFFIXES)
        raise ArticleError(f"{label(name)} is of a form that is not read: save it as one of {forms}")
    return kind


def kind_of_type(content_type: str) -> Kind | None:
    """Say what an answer of a server is read as.

    Parameters
    ----------
    content_type
        Media type without parameters, in small letters.

    Returns
    -------
    Kind or None
        The form; None when no such form is read.
    """
    return _TYPES.get(content_type)


def read_bytes(raw: bytes, kind: Kind, name: str, *, language: str = "", charset: str = "") -> Reading:
    """Read the bytes of a source as an article.

    Parameters
    ----------
    raw
        The bytes.
    kind
        What to read them as.
    name
        What messages call them.
    language
        ISO 639-1 code, if known; wins over what the source says.
    charset
        Encoding that a server named.

    Returns
    -------
    Reading
        The article with the hash of its bytes; its language is empty when nobody says it.

    Raises
    ------
    ArticleError
        It is too large, not of its form, or has no text.
    """
    name = label(name)
    _check_size(raw, kind, name)
    _check_mark(raw, kind, name)
    reading = _READERS[kind](raw, name, charset)
    article = reading.article
    if not article.text.strip():
        raise ArticleError(f"{name} has no text: if it is a picture of a page, put it through OCR first")
    if len(article.text) > MAX_CHARACTERS:
        raise ArticleError(f"{name} is longer than {MAX_CHARACTERS:,} characters: split it into articles")
    reading = replace(
        reading,
        article=replace(
            article,
            language=language or article.language,
            title=label(article.title, _MAX_TITLE),
            publisher=label(article.publisher),
        ),
        sha256=hashlib.sha256(raw).hexdigest(),
    )
    return reading if reading.published else reading.warned(_UNDATED)


_MAX_TITLE: Final = 300
_UNDATED: Final = "It does not say when it was published: relative dates in it cannot be placed"


def _check_size(raw: bytes, kind: Kind, name: str) -> None:
    most = MAX_TEXT_BYTES if kind in _TEXTS else MAX_BYTES
    if len(raw) > most:
        raise ArticleError(f"{name} is larger than {most // 1_000_000} MB: save only the article itself")


def _check_mark(raw: bytes, kind: Kind, name: str) -> None:
    """Refuse a document under another's suffix by what it is, before its reader stumbles over it."""
    if kind not in _FITS or raw.startswith(_FITS[kind]):
        return
    for mark, is_really in _MARKS:
        if raw.startswith(mark):
            raise ArticleError(f"{name} is {is_really} by its content: give it its own suffix")


def read_for_pipe(raw: bytes, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - those of `read_bytes`
    """Read the bytes of a source in a confined process.

    Parameters
    ----------
    raw
        The bytes.
    **options
        Those of `read_bytes`.

    Returns
    -------
    dict
        For `Reading.from_json`.

    Raises
    ------
    ArticleError
        For the reasons of `read_bytes`.
    """
    return read_bytes(raw, **options).as_json()
