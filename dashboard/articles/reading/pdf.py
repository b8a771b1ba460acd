"""Articles out of PDF files, by pypdf: a bomb costs it seconds and gigabytes, so read them confined."""

from io import BytesIO
from typing import Any, Final

from dashboard.articles.reading.article import Article
from dashboard.articles.reading.limits import MAX_CHARACTERS, MAX_PAGES
from dashboard.articles.reading.reading import Origin, Reading
from dashboard.errors import ArticleError

__all__ = ["read_pdf"]

_BETWEEN: Final = "\n\n"


def read_pdf(raw: bytes, name: str, declared: str = "") -> Reading:  # noqa: ARG001 - readers have one signature
    """Read a PDF file.

    Parameters
    ----------
    raw
        The file.
    name
        Its name, for the message.
    declared
        Not used: PDF has its own encodings.

    Returns
    -------
    Reading
        Its text, with the lines of a paragraph joined.

    Raises
    ------
    ArticleError
        It has no text, too many pages, a password, or pypdf is not installed.
    """
    try:
        import pypdf
        from pypdf.errors import DependencyError, LimitReachedError
    except ImportError as error:
        raise ArticleError(
            f"{name}: reading PDF needs pypdf of the extra `articles`: pip install 'arsenal-atlas[articles]'"
        ) from error
    try:
        reader = pypdf.PdfReader(BytesIO(raw))
        _unlock(reader, name)
        pages = _texts(reader, name)
        facts = reader.metadata
        title = str(facts.title or "").strip() if facts else ""
        made = facts.creation_date if facts else None
    except (ArticleError, MemoryError):
        raise
    except DependencyError as error:
        raise ArticleError(f"{name} is locked: save it without a password") from error
    except LimitReachedError as error:
        raise ArticleError(
            f"{name} unpacks to more than any article: save the pages of the article"
        ) from error
    except Exception as error:  # pypdf raises whatever a broken file makes it stumble over
        raise ArticleError(f"{name} is no PDF that can be read: paste its text instead") from error
    if not any(page.strip() for page in pages):
        raise ArticleError(f"{name} has no text: its pages are pictures; put it through OCR first")
    reading = Reading(Article(_BETWEEN.join(pages), "", title=title), "pdf", origins=tuple(_origins(pages)))
    day = made.date().isoformat() if made else ""
    return (
        reading.warned(f"The file was made on {day}; when it was published it does not say")
        if day
        else reading
    )


def _unlock(reader: Any, name: str) -> None:  # noqa: ANN401 - pypdf's reader
    """Open what is only locked against changes: everybody may read it."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise ArticleError(f"{name} is locked with a password: save it without one")


def _texts(reader: Any, name: str) -> list[str]:  # noqa: ANN401
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise ArticleError(f"{name} has {count:,} pages, more than {MAX_PAGES}: save those of the article")
    pages: list[str] = []
    length = 0
    for page in reader.pages:
        pages.append(_unwrapped(page.extract_text()))
        length += len(pages[-1])
        if length > MAX_CHARACTERS:
            raise ArticleError(
                f"{name} is longer than {MAX_CHARACTERS:,} characters: save the pages of the article"
            )
    return pages


def _origins(pages: list[str]) -> list[Origin]:
    origins, start = [], 0
    for number, page in enumerate(pages, start=1):
        if page:
            origins.append(Origin(start, start + len(page), "page", number))
        start += len(page) + len(_BETWEEN)
    return origins


def _unwrapped(text: str) -> str:
    """Join the lines of a paragraph, which a PDF breaks at the edge of its column."""
    paragraphs: list[list[str]] = []
    last = ""
    for line in text.splitlines():
        goes_on = last and not last.endswith((".", "!", "?", ":", "\u061f")) and line[:1].islower()
        if not goes_on:
            paragraphs.append([line])
        elif last.endswith("-") and last[-2:-1].isalpha():
            paragraphs[-1][-1] = last[:-1]
            paragraphs[-1].append(line)
        else:
            paragraphs[-1].append(f" {line}")
        last = paragraphs[-1][-1]
    return "\n".join("".join(parts) for parts in paragraphs)
