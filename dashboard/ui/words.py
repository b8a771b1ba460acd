"""Record text on a Streamlit page: the one place where it is made safe for Markdown."""

import re
from typing import Final

__all__ = ["plain"]

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
