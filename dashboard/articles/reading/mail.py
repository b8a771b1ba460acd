"""Articles out of mails: newsletters and what colleagues send on; attachments are named, not read."""

from datetime import date
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from typing import Final

from dashboard.articles.reading.article import Article
from dashboard.articles.reading.labels import label
from dashboard.articles.reading.limits import MAX_ATTACHMENTS, MAX_TEXT_BYTES
from dashboard.articles.reading.page import read_markup
from dashboard.articles.reading.plain import decode
from dashboard.articles.reading.reading import Reading
from dashboard.errors import ArticleError

__all__ = ["read_eml"]

_MAX_PARTS: Final = 200
_STUB: Final = 200
"""Plain text shorter than this beside an HTML part says "view this in your browser"."""


def read_eml(raw: bytes, name: str, declared: str = "") -> Reading:
    """Read the article in a mail.

    Parameters
    ----------
    raw
        The mail as stored.
    name
        Name of the file, for the message.
    declared
        Encoding of parts that name none.

    Returns
    -------
    Reading
        Its text, subject, sender, date and the labels of its attachments.

    Raises
    ------
    ArticleError
        It holds no text.
    """
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        parts = _parts(message, name)
        subject, sender = str(message["subject"] or ""), parseaddr(str(message["from"] or ""))
        sent = _day(message)
        plain, page = (_content(message, kind, name, declared) for kind in ("plain", "html"))
        attachments = tuple(_attachments(parts))
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, ArticleError):
            raise
        raise ArticleError(f"{name} is no mail that can be read: save the article itself") from error
    if not (plain.strip() or page.strip()):
        raise ArticleError(f"{name} is a mail with no text: save the article itself")
    published = sent.isoformat() if sent else ""
    reading = _read(plain, page, name)
    article = reading.article
    whole = Article(
        article.text, article.language, sent, subject.strip(), sender[0] or sender[1], article.url
    )
    reading = Reading(whole, "eml", published, attachments=attachments, warnings=reading.warnings)
    if not attachments:
        return reading
    shown = ", ".join(attachments[:5]) + (" …" if len(attachments) > 5 else "")  # noqa: PLR2004 - enough to know it by
    return reading.warned(f"Attachments were not read: {shown}")


def _parts(message: EmailMessage, name: str) -> list[Message]:
    parts: list[Message] = []
    for part in message.walk():
        parts.append(part)
        if len(parts) > _MAX_PARTS:
            raise ArticleError(f"{name} has more than {_MAX_PARTS} parts: save the article itself")
    return parts


def _day(message: EmailMessage) -> date | None:
    try:
        return parsedate_to_datetime(str(message["date"])).date() if message["date"] else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _content(message: EmailMessage, kind: str, name: str, declared: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    if len(raw) > MAX_TEXT_BYTES:
        raise ArticleError(
            f"{name} has a text of more than {MAX_TEXT_BYTES // 1_000_000} MB: save the article itself"
        )
    return decode(raw, name, str(part.get_content_charset() or declared)) if raw else ""


def _attachments(parts: list[Message]) -> list[str]:
    named = (part.get_filename() for part in parts)
    return [label(str(one)) for one in named if one][:MAX_ATTACHMENTS]


def _read(plain: str, page: str, name: str) -> Reading:
    if page.strip() and len(plain.strip()) < _STUB:
        try:
            return read_markup(page, name)
        except ArticleError:
            if not plain.strip():
                raise
    return Reading(Article(plain, ""), "eml")
