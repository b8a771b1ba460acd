"""The items of an RSS or Atom feed: titles, links and days, the newest first, never more than asked for.

Parsed by defusedxml as a stream, since a feed is a list: entities and external files are refused, and an item
is forgotten as soon as it is read. A feed that is no XML is refused rather than guessed at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import urljoin

from dashboard.articles.reading.labels import edtf_of, label
from dashboard.errors import ArticleError

__all__ = ["Feed", "FeedItem", "feed_for_pipe", "is_feed", "read_feed"]

_MAX_ITEMS: Final = 20_000
_MAX_LINK: Final = 2_000
_READ_FOR_ROOT: Final = 2_000
_ROOTS: Final = (b"<rss", b"<feed", b"<rdf:RDF")
_ITEMS: Final = ("item", "entry")
_DATES: Final = ("pubDate", "published", "date", "updated", "issued")


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of a feed.

    Parameters
    ----------
    url
        Where its article is.
    title
        Its title.
    published
        EDTF of its day; may be empty.
    """

    url: str
    title: str
    published: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed.

    Parameters
    ----------
    title
        Its title.
    items
        The newest, newest first.
    total
        How many it holds that have a link.
    """

    title: str
    items: tuple[FeedItem, ...]
    total: int


def is_feed(raw: bytes) -> bool:
    """Tell whether bytes begin like a feed.

    Parameters
    ----------
    raw
        The bytes.

    Returns
    -------
    bool
        Whether they do.
    """
    head = raw[:_READ_FOR_ROOT]
    return any(root in head for root in _ROOTS) and b"<html" not in head.lower()


def read_feed(raw: bytes, name: str, *, newest: int, base: str = "") -> Feed:
    """Read the newest items of a feed.

    Parameters
    ----------
    raw
        The feed.
    name
        What messages call it.
    newest
        How many items are wanted.
    base
        Its address, against which links are read.

    Returns
    -------
    Feed
        Its items; those without a day come after those with one, in their order.

    Raises
    ------
    ArticleError
        It is no feed or has no items.
    """
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, iterparse
    except ImportError as error:
        raise ArticleError(
            f"{name}: reading feeds needs the extra `articles`: pip install 'arsenal-atlas[articles]'"
        ) from error
    found: list[tuple[float, FeedItem]] = []
    title = ""
    try:
        for kind, node in _nodes(iterparse(BytesIO(raw), events=("start", "end"))):
            if kind == "title":
                title = title or label(node.text or "")
            elif item := _item(node, base):
                found.append(item)
            if len(found) >= _MAX_ITEMS:
                break
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise ArticleError(
            f"{label(name)} is no feed that can be read: give the address of a page"
        ) from error
    if not found:
        raise ArticleError(f"{label(name)} is a feed without items: look at it again later")
    found.sort(key=lambda one: -one[0])
    return Feed(title, tuple(item for _, item in found[:newest]), len(found))


def _nodes(events: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - defusedxml ships no types
    """Give items when they are complete, and the title of the feed itself; forget what was given."""
    inside = 0
    path: list[Any] = []
    for event, node in events:
        name = _local(node.tag)
        if event == "start":
            path.append(node)
            inside += name in _ITEMS
            continue
        path.pop()
        if name in _ITEMS:
            inside -= 1
            yield "item", node
        elif name == "title" and not inside:
            yield "title", node
        if not inside:
            node.clear()
            if path:
                path[-1].remove(node)


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _item(node: Any, base: str) -> tuple[float, FeedItem] | None:  # noqa: ANN401
    link = ""
    told = {"title": "", "guid": ""}
    for part in node:
        name = _local(part.tag)
        if name == "link" and part.get("rel", "alternate") == "alternate":
            link = link or (part.get("href") or part.text or "").strip()
        elif name in ("title", "guid", *_DATES) and part.text:
            told[name] = told.get(name) or part.text
    link = link or (told["guid"].strip() if told["guid"].strip().startswith(("http://", "https://")) else "")
    if not link or len(link) > _MAX_LINK:
        return None
    moment, day = _when(next((told[name] for name in _DATES if told.get(name)), ""))
    return moment, FeedItem(_joined(base, link), label(told["title"], 300), day)


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if base else link
    except ValueError:
        return link


def _when(text: str) -> tuple[float, str]:
    written = text.strip()[:64]
    try:
        moment = datetime.fromisoformat(written) if written[:4].isdigit() else parsedate_to_datetime(written)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.timestamp(), moment.date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0, edtf_of(written)


def feed_for_pipe(raw: bytes, name: str, *, newest: int, base: str = "") -> dict[str, Any]:
    """Read the newest items of a feed in a confined process.

    Parameters
    ----------
    raw
        The feed.
    name
        What messages call it.
    newest
        How many items are wanted.
    base
        Its address.

    Returns
    -------
    dict
        Title, total and items, as JSON can carry them.

    Raises
    ------
    ArticleError
        For the reasons of `read_feed`.
    """
    feed = read_feed(raw, name, newest=newest, base=base)
    items = [[item.url, item.title, item.published] for item in feed.items]
    return {"title": feed.title, "total": feed.total, "items": items}
