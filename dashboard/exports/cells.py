"""CSV for spreadsheets: a cell that a record's text makes must not become a formula when somebody opens it.

Excel and LibreOffice compute what begins with ``=``, ``+``, ``-`` or ``@``, also behind a tab or a carriage
return, and a formula can send what stands beside it to a foreign host. The data package and the output of
``arsenal-atlas geocode`` (without ``--spreadsheet``) are not guarded: programs read them, and have to find
every text to the letter.
"""

import csv
import re
import unicodedata
from typing import Final

import pandas as pd

__all__ = ["guard_cell", "guarded_csv", "unguard_cell"]

_GUARD: Final = "'"
_STARTS: Final = frozenset("=+-@\t\r\0")
_NUMBER: Final = re.compile(r"[+-](?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def guard_cell(text: str) -> str:
    """Write a text so that a spreadsheet shows it and computes nothing.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    str
        The text behind an apostrophe if it could be taken for a formula; plain signed numbers stay.
    """
    # Behind apostrophes too, or one that was there could not be told from ours when it is read back.
    start = unicodedata.normalize("NFKC", text.lstrip(_GUARD)[:1])[:1]
    return f"{_GUARD}{text}" if start in _STARTS and not _NUMBER.fullmatch(text) else text


def unguard_cell(text: str) -> str:
    """Read a text back that `guard_cell` wrote.

    Parameters
    ----------
    text
        The cell.

    Returns
    -------
    str
        The text as it was; one that was never guarded stays as it is.
    """
    bare = text.removeprefix(_GUARD)
    return bare if bare != text and guard_cell(bare) == text else text


def guarded_csv(frame: pd.DataFrame) -> bytes:
    """Write a table for people, who open it in a spreadsheet.

    Parameters
    ----------
    frame
        The table; its index is left out.

    Returns
    -------
    bytes
        CSV in UTF-8 with every text guarded and in quotes, numbers as they are.
    """
    guarded = frame.map(lambda cell: guard_cell(cell) if isinstance(cell, str) else cell)
    guarded.columns = [guard_cell(str(column)) for column in frame.columns]
    # All texts in quotes: a carriage return without any would begin a row of its own.
    text: str = guarded.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC)
    return text.encode()
