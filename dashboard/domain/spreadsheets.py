"""What a spreadsheet would compute if it stood in a cell as it is, and how a text is kept from it.

Excel and LibreOffice compute what begins with ``=``, ``+``, ``-`` or ``@``, also behind a tab or a carriage
return, and a formula can send what stands beside it to a foreign host. Whoever writes cells for people puts
an apostrophe before them; whoever reads such a file takes it away again.
"""

import re
import unicodedata
from typing import Final

__all__ = ["guard_cell", "unguard_cell"]

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
