"""Sheets of an Excel workbook on which every text is a text, written a row at a time.

xlsxwriter keeps each cell as an object and takes a text within <r> and </r> for markup. A row of ours goes
into the file of rows that it keeps in constant-memory mode as it is: a quarter of the time, and no markup.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

__all__ = ["MOST_TEXT", "PlainSheet", "cell_text", "fitting"]

MOST_TEXT: Final = 32_767
"""Longest text of a cell, in units of UTF-16."""

_CUT: Final = " […]"
# What has to be escaped: XML's own signs; what XML cannot carry, which Excel writes as _xHHHH_; and a text
# that looks like such an escape (ECMA-376 part 1, 22.9.2.19).
_SPECIAL: Final = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def cell_text(text: str) -> str:
    """Write a text as the XML of a cell.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        Escaped, so that Excel shows the same text.
    """
    return _SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return _NAMED.get(found[0]) or f"_x{ord(found[0]):04X}_"


def fitting(text: str) -> str:
    """Cut a text to what a cell holds.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The same text, or its beginning with a mark.
    """
    # Excel counts in units of UTF-16, of which some characters are two.
    if len(text) * 2 <= MOST_TEXT:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * MOST_TEXT:
        return text
    return units[: 2 * (MOST_TEXT - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


class PlainSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A sheet that is written from top to bottom."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = 0
        """Rows written."""
        self.cut = 0
        """Texts that were too long for a cell."""
        self._names: list[str] = []
        self._last = 0

    def append(self, values: Iterable[Any]) -> None:
        """Write the next row.

        Parameters
        ----------
        values
            Texts, numbers, truths; nothing is written for None and empty texts.
        """
        self.rows += 1
        parts = [f'<row r="{self.rows}">']
        number = 0
        for number, value in enumerate(values):
            if value is None or value == "":
                continue
            parts.append(self._cell(f"{self._name(number)}{self.rows}", value))
        parts.append("</row>")
        self.row_data_fh.write("".join(parts))
        self.dim_rowmin, self.dim_rowmax = 0, self.rows - 1
        self._last = max(self._last, number)
        self.dim_colmin, self.dim_colmax = 0, self._last

    def _name(self, number: int) -> str:
        while number >= len(self._names):
            self._names.append(xl_col_to_name(len(self._names)))
        return self._names[number]

    def _cell(self, at: str, value: Any) -> str:  # noqa: ANN401  # a cell is of any type
        if isinstance(value, str):
            text = fitting(value)
            self.cut += text is not value
            space = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else ""
            return f'<c r="{at}" t="inlineStr"><is><t{space}>{cell_text(text)}</t></is></c>'
        if isinstance(value, bool):
            return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
        return f'<c r="{at}"><v>{value!r}</v></c>'
