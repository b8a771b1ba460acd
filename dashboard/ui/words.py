"""Record text on a Streamlit page: the one place where it is made safe for Markdown and HTML."""

import html
import re
from typing import Final

__all__ = ["as_html", "plain"]

# A record's text may hold links, images and headings: shown as Markdown they would become beacons.
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@\"'/])")


def plain(text: str) -> str:
    """Escape record text so that Markdown shows it as it is.

    Parameters
    ----------
    text
        Text from a record.

    Returns
    -------
    str
        Markdown that renders as exactly this text, on one line.
    """
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def as_html(text: str) -> str:
    """Escape text of a record or an article so that HTML shows it as it is.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        HTML that renders as exactly this text, inside an element or a quoted attribute.
    """
    return html.escape("".join(one if one.isprintable() or one.isspace() else "\ufffd" for one in text))
