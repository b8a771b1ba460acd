"""Text out of bytes of an unknown encoding, and articles out of plain text and the evaluation's JSON."""

import codecs
import json
from typing import Final

from dashboard.articles.reading.article import Article
from dashboard.articles.reading.labels import day_of_edtf, edtf_of
from dashboard.articles.reading.reading import Origin, Reading
from dashboard.errors import ArticleError

__all__ = ["decode", "decode_guessing", "read_json", "read_text"]

# The mark of UTF-32 begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WEST: Final = "cp1252"
_ELSEWHERE: Final = ["cp1256", "cp1255", "cp1251", "koi8_r", "iso8859_6", "iso8859_8"]
_HIGH_BYTES: Final = 0.3
"""Share of bytes above 127 beyond which a text of one byte a letter is in no Latin script."""
_READ_FOR_GUESS: Final = 20_000
_CONTROL: Final = dict.fromkeys((*range(9), *range(14, 27), 28, 29, 30, 31, 127))
_MOST_CONTROL: Final = 0.01


def decode(raw: bytes, name: str, declared: str = "") -> str:
    """Decode text of an unknown encoding.

    Parameters
    ----------
    raw
        The bytes.
    name
        Name of the file, for the message.
    declared
        Encoding that the source names, which may be wrong or unknown.

    Returns
    -------
    str
        The text, with line ends as they are and without a byte order mark.

    Raises
    ------
    ArticleError
        It is no text.
    """
    return decode_guessing(raw, name, declared)[0]


def decode_guessing(raw: bytes, name: str, declared: str = "") -> tuple[str, str]:
    """Decode text of an unknown encoding, and say if that was a guess.

    Parameters
    ----------
    raw
        The bytes.
    name
        Name of the file, for the message.
    declared
        Encoding that the source names, which may be wrong or unknown.

    Returns
    -------
    tuple of (str, str)
        The text without a byte order mark, and the encoding if it was guessed.

    Raises
    ------
    ArticleError
        It is no text.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _checked(_tried(raw[len(mark) :], encoding), name), ""
    for encoding in (declared, "utf-8"):
        text = _tried(raw, encoding) if encoding else None
        if text is not None:
            return _checked(text, name), ""
    guess = _guess(raw)
    return _checked(_tried(raw, guess), name), guess


def _tried(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeError, LookupError, ValueError, AttributeError):  # a declared "hex" is no text encoding
        return None


def _checked(text: str | None, name: str) -> str:
    if text is not None and "\0" not in text:
        control = len(text) - len(text.translate(_CONTROL))
        if control <= _MOST_CONTROL * len(text):
            return text
    raise ArticleError(
        f"{name} is not text: if it is a document, give it its own suffix, such as .docx or .pdf"
    )


def _guess(raw: bytes) -> str:
    head = raw[:_READ_FOR_GUESS]
    if sum(byte > 127 for byte in head) <= _HIGH_BYTES * len(head):  # noqa: PLR2004 - ASCII ends there
        return _WEST
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return _WEST
    best = from_bytes(head, cp_isolation=_ELSEWHERE).best()
    return best.encoding if best is not None else _WEST


def read_text(raw: bytes, name: str, declared: str = "") -> Reading:
    """Read plain text.

    Parameters
    ----------
    raw
        The bytes.
    name
        Name of the file, for the message.
    declared
        Encoding that the source names.

    Returns
    -------
    Reading
        The text as it is.

    Raises
    ------
    ArticleError
        It is no text.
    """
    text, guessed = decode_guessing(raw, name, declared)
    reading = Reading(Article(text, ""), "text", origins=(Origin(0, len(text), "character", 0),))
    return reading.warned(f"Its encoding was guessed as {guessed}") if guessed else reading


def read_json(raw: bytes, name: str, declared: str = "") -> Reading:
    """Read an article in the evaluation's JSON.

    Parameters
    ----------
    raw
        The bytes.
    name
        Name of the file, for the message.
    declared
        Encoding that the source names.

    Returns
    -------
    Reading
        The article.

    Raises
    ------
    ArticleError
        It is no such object.
    """
    try:
        data = json.loads(decode(raw, name, declared))
        # Half a character, which JSON can spell, is one that no store and no pipe takes.
        text = str(data["text"]).encode("utf-8", "replace").decode()
        published = edtf_of(str(data.get("published") or ""))
        article = Article(
            text,
            str(data.get("language") or ""),
            day_of_edtf(published),
            str(data.get("title") or ""),
            str(data.get("publisher") or ""),
            str(data.get("url") or ""),
        )
        if data.get("published") and not published:
            raise ValueError(name)  # noqa: TRY301 - one sentence for all that may be wrong
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, ArticleError):
            raise
        raise ArticleError(
            f"{name} is no article in JSON: it needs an object with text, and may say language and published"
        ) from error
    return Reading(article, "json", published)
