"""Texts and addresses of records made fit for a document: nothing a file cannot hold, no link that runs."""

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

__all__ = ["plain", "runs_from_right", "web_address", "within"]

# Characters that XML 1.0 cannot hold, and overrides that could turn the text around them.
_UNFIT: Final = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LEFT_TO_RIGHT: Final = "\u200e"
_SPACE: Final = re.compile(r"\s+")


def plain(text: str) -> str:
    """Make one line of a text of a record.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    str
        The same without control characters and directional overrides, spaces in one.
    """
    return _SPACE.sub(" ", _UNFIT.sub("", text)).strip()


def web_address(text: str) -> str:
    """Let only web addresses become links.

    Parameters
    ----------
    text
        Address of a source.

    Returns
    -------
    str
        The address if it is one of http or https with a host, else nothing.
    """
    address = _UNFIT.sub("", text).strip()
    if _SPACE.search(address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def within(name: str) -> str:
    """Keep a name from turning the sentence around it.

    Parameters
    ----------
    name
        A name in a sentence that runs from the left.

    Returns
    -------
    str
        The name between marks if it holds letters that run from the right. Marks and no isolates, which
        word processors do not all know.
    """
    turned = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name)
    return f"{_LEFT_TO_RIGHT}{name}{_LEFT_TO_RIGHT}" if turned else name


def runs_from_right(text: str) -> bool:
    """Say whether a text is written from the right.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    bool
        Whether its first letter with a direction is Arabic, Hebrew or the like.
    """
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
