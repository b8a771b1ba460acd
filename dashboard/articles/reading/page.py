"""Articles out of HTML pages; boilerplate is left behind by trafilatura.

Its dates are not used: it was seen to make 2025-09-26 of a page that states 2025-09 (with that day's day of
the month) and 2024-01-01 of a copyright line. `page_facts` reads what the page states, no more exactly.
"""

import re
from typing import Any, Final

from dashboard.articles.reading.article import Article
from dashboard.articles.reading.labels import day_of_edtf
from dashboard.articles.reading.page_facts import PageFacts, facts_of
from dashboard.articles.reading.plain import decode_guessing
from dashboard.articles.reading.reading import Origin, Reading
from dashboard.errors import ArticleError

__all__ = ["read_markup", "read_page"]

_DECLARED: Final = re.compile(
    rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
_READ_FOR_CHARSET: Final = 4_096
_SHORT: Final = 600
"""Below this many characters a page may be a form in place of its article."""
_MAX_SEEN: Final = 1_500_000
"""Longest page that is searched for its article."""
_STUB: Final = 200
"""Below this many a page with scripts is a frame that they fill."""


def read_page(raw: bytes, name: str, declared: str = "") -> Reading:
    """Read the article of an HTML page.

    Parameters
    ----------
    raw
        The page.
    name
        Name of the file, for the message.
    declared
        Encoding that the server names; the page's own word comes after it.

    Returns
    -------
    Reading
        Its text and what it states of itself.

    Raises
    ------
    ArticleError
        The page holds no article, or trafilatura is not installed.
    """
    if not declared and (found := _DECLARED.search(raw[:_READ_FOR_CHARSET])):
        declared = found.group(1).decode("ascii")
        if declared.lower().startswith(("utf-16", "utf-32")):
            declared = ""  # it could not have been read so far if it were
    markup, guessed = decode_guessing(raw, name, declared)
    reading = read_markup(markup, name)
    return reading.warned(f"Its encoding was guessed as {guessed}") if guessed else reading


def read_markup(markup: str, name: str) -> Reading:
    """Read the article of an HTML page that is decoded already.

    Parameters
    ----------
    markup
        The page.
    name
        Name of the file, for the message.

    Returns
    -------
    Reading
        Its text and what it states of itself.

    Raises
    ------
    ArticleError
        The page holds no article, or trafilatura is not installed.
    """
    try:
        from trafilatura import bare_extraction
        from trafilatura.utils import load_html
    except ImportError as error:
        raise ArticleError(
            f"{name}: reading HTML needs the extra `articles`: pip install 'arsenal-atlas[articles]'"
        ) from error
    tree = load_html(markup)
    if tree is None:
        raise ArticleError(f"{name} holds no article: it is no HTML page; save it anew or paste its text")
    facts = facts_of(tree)
    if facts.length > _MAX_SEEN:
        raise ArticleError(f"{name} is longer than any article is: save the article alone")
    page: Any = bare_extraction(
        tree, include_comments=False, include_tables=False, with_metadata=True, favor_precision=True
    )
    body = (page.text if page is not None else "") or ""
    _check_is_there(body, facts, name)
    title = page.title or ""
    text = body if not title or body.startswith(title) else f"{title}\n\n{body}"
    article = Article(
        text,
        facts.language,
        day_of_edtf(facts.published),
        title,
        page.sitename or page.hostname or "",
        facts.canonical,
    )
    reading = Reading(article, "html", facts.published, tuple(_origins(text, markup)))
    if facts.is_paid:
        return reading.warned("The page says that it is not free: this may be its first part only")
    return reading


def _check_is_there(text: str, facts: PageFacts, name: str) -> None:
    if len(text) < _SHORT and (facts.asks_password or facts.is_paid or facts.speaks_of_login):
        raise ArticleError(
            f"{name} holds no article: it asks for a login or a subscription; open it in your browser and "
            "paste its text"
        )
    if len(text) < _STUB and facts.is_drawn_by_script:
        raise ArticleError(
            f"{name} holds no article: it is drawn by JavaScript; open it in your browser and paste its text"
        )
    if not text.strip():
        raise ArticleError(f"{name} holds no article that can be read; paste its text instead")


def _origins(text: str, markup: str) -> list[Origin]:
    """Find the lines of the text in the page, in order, where they stand there verbatim."""
    origins = []
    start = sought = 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip()
        at = markup.find(bare, sought) if bare else -1
        if at >= 0:
            origins.append(Origin(start, start + len(bare), "character", at))
            sought = at + len(bare)
        start += len(line)
    return origins
