"""What text the store keeps: anything but what a database refuses, cuts or cannot send.

PostgreSQL keeps no NUL, no encoding knows lone surrogates, and a line break in a name is somebody's mistake.
Texts of records are checked by `dashboard.domain.cells`, with the same words.
"""

import unicodedata

from dashboard.errors import TextError

__all__ = ["check_line", "check_text", "is_storable", "tidy_line"]

_REFUSED = ("Cc", "Cs")


def is_storable(text: str) -> bool:
    """Say whether a database can look for a text at all.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    bool
        False when it holds NUL or a lone surrogate.
    """
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def check_text(field: str, text: str, most: int, *, empty: bool = True) -> None:
    """Refuse a text that cannot be kept as it is.

    Parameters
    ----------
    field
        What the text is, in words.
    text
        The text; it may have several lines.
    most
        Most characters.
    empty
        Whether it may be empty.

    Raises
    ------
    TextError
        If it cannot.
    """
    if not text.strip() and not empty:
        raise TextError(field, "is empty: write it")
    if len(text) > most:
        raise TextError(field, f"has {len(text):,} characters: write at most {most:,}")
    for letter in text:
        if unicodedata.category(letter) in _REFUSED and letter not in "\n\t":
            raise TextError(field, f"holds a character that is not kept (U+{ord(letter):04X}): take it out")
    if text != text.strip():
        raise TextError(field, "begins or ends with a space or line break: take it out")


def check_line(field: str, text: str, most: int, *, empty: bool = True) -> None:
    """Refuse a text that is no single line that can be kept as it is.

    Parameters
    ----------
    field
        What the text is, in words.
    text
        The text.
    most
        Most characters.
    empty
        Whether it may be empty.

    Raises
    ------
    TextError
        If it is not.
    """
    check_text(field, text, most, empty=empty)
    if "\n" in text or "\t" in text:
        raise TextError(field, "has line breaks or tabs: write it as one line")


def tidy_line(text: str, most: int) -> str:
    """Make a line of a text that somebody else wrote, such as a name from an identity provider.

    Parameters
    ----------
    text
        Any text.
    most
        Most characters.

    Returns
    -------
    str
        The text without what cannot be printed, spaces single, cut to length.
    """
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:most].strip()
