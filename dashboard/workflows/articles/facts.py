"""What a pasted page says of itself before its story begins: title and day. What it does not say is asked."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from dashboard.articles.finding.dates import find_dates
from dashboard.articles.finding.tokens import tokenise
from dashboard.articles.finding.when import resolve
from dashboard.articles.language import Language, language_of
from dashboard.articles.reading import Reading
from dashboard.articles.reading.article import Block
from dashboard.articles.reading.clean import blocks_of
from dashboard.articles.reading.files import now
from dashboard.articles.reading.forms import read_bytes
from dashboard.articles.reading.labels import day_of_edtf
from dashboard.domain.dates import UncertainDate
from dashboard.errors import ArticleError, UncertainDateError
from dashboard.geocoding.mentions.language import guess_language
from dashboard.geocoding.mentions.tokens import Tokens

__all__ = ["Facts", "guess_facts", "read_pasted", "with_facts"]

_HEAD: Final = 15
"""So many lines of a page may stand before its story."""
_MOST_IN_LINE: Final = 300
_UNDATED: Final = "when it was published"
"""What a warning speaks of that a stated day answers."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Where an article is from.

    Parameters
    ----------
    title, publisher, url
        As the source has them; each may be empty.
    published
        When it was published, as EDTF; may be empty.
    language
        ISO 639-1 code; may be empty.
    """

    title: str = ""
    publisher: str = ""
    url: str = ""
    published: str = ""
    language: str = ""


def guess_facts(text: str) -> Facts:
    """Find what a pasted text says of itself.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    Facts
        Title, day of publication and language, as far as its head gives them.
    """
    code = guess_language(text, Tokens(text))
    language = language_of(code)
    blocks = blocks_of(text, language)
    title = next((text[one.start : one.end] for one in blocks if one.role == "headline"), "")
    return Facts(
        title=" ".join(title.split())[:_MOST_IN_LINE], published=_day(text, blocks, language), language=code
    )


def read_pasted(text: str, facts: Facts) -> Reading:
    """Read a pasted text.

    Parameters
    ----------
    text
        The text.
    facts
        What a person says of it.

    Returns
    -------
    Reading
        The article with these facts.

    Raises
    ------
    ArticleError
        It is empty or too long, or a fact is none.
    """
    if not text.strip():
        raise ArticleError("There is no text: paste the article")
    raw = text.encode("utf-8", "replace")
    reading = replace(read_bytes(raw, "text", "pasted text"), retrieved=now())
    return with_facts(reading, facts)


def with_facts(reading: Reading, facts: Facts) -> Reading:
    """Put what a person says of an article in the place of what it says itself.

    Parameters
    ----------
    reading
        The article as read.
    facts
        What a person says; what is empty stays as it was read.

    Returns
    -------
    Reading
        The article.

    Raises
    ------
    ArticleError
        The date is no date, or the address no address.
    """
    published = facts.published.strip() or reading.published
    try:
        UncertainDate.parse(published)
    except UncertainDateError as error:
        raise ArticleError(f"The day of publication: {error}") from error
    url = facts.url.strip() or reading.article.url
    if facts.url and urlsplit(facts.url.strip()).scheme not in ("http", "https"):
        raise ArticleError("The address of the article begins with http:// or https://")
    article = replace(
        reading.article,
        title=_line(facts.title) or reading.article.title,
        publisher=_line(facts.publisher) or reading.article.publisher,
        url=url,
        language=facts.language or reading.article.language,
        published=day_of_edtf(published),
    )
    warnings = tuple(one for one in reading.warnings if not (published and _UNDATED in one))
    return replace(reading, article=article, published=published, warnings=warnings)


def _line(text: str) -> str:
    return " ".join(text.split())[:_MOST_IN_LINE]


def _day(text: str, blocks: list[Block], language: Language) -> str:
    """Find the first full day that stands alone in the head of a page."""
    for block in blocks[:_HEAD]:
        if block.role == "prose":
            continue
        tokens = tokenise(text, block.start, block.end, language.particles, language.suffixes)
        for mention in find_dates(text, tokens, language):
            found = resolve(mention.when, None, future=False)
            if found is not None and found.first == found.last:
                return found.first.isoformat()
    return ""
