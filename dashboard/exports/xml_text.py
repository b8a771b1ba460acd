"""Text in XML: escaped, and without the characters that XML 1.0 cannot carry in any form."""

import re
from typing import Final

__all__ = ["uncarried", "xml_text"]

# XML 1.0, production Char: neither most control characters, nor halves of pairs, nor U+FFFE and U+FFFF.
_UNCARRIED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
_ESCAPED: Final = re.compile('[&<>"\r]')
_INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"


def xml_text(text: str) -> str:
    """Write a text so that an XML parser reads the same text.

    Parameters
    ----------
    text
        Any text; right-to-left marks are letters like others.

    Returns
    -------
    str
        For an element or an attribute in double quotes; what XML cannot carry is a replacement character.
    """
    # A carriage return as it is would be read as a line feed.
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], _UNCARRIED.sub(_INSTEAD, text))


def uncarried(text: str) -> int:
    """Count the characters of a text that XML cannot carry.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    int
        How many.
    """
    return len(_UNCARRIED.findall(text))
