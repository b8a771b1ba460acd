"""Where a table begins: lines of explanation before the header, and header cells without a name."""

from collections.abc import Sequence
from typing import Final

from dashboard.importers.tables.output import Output, unique_names

__all__ = ["find_header", "name_columns"]

_AT_LEAST: Final = 2
_SHARE: Final = 0.5


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """Find the header among the first rows: the first that fills half as many cells as any other.

    Parameters
    ----------
    rows
        The first rows.

    Returns
    -------
    int
        Its position.
    """
    filled = [_filled(row) for row in rows]
    most = max(filled, default=0)
    if most < _AT_LEAST:
        return next((at for at, count in enumerate(filled) if count), 0)
    enough = max(_AT_LEAST, _SHARE * most)
    return next(at for at, count in enumerate(filled) if count >= enough)


def _filled(row: Sequence[str]) -> int:
    if row and row[0].startswith("# "):  # a comment; "#id" may be a name
        return 0
    # A header cell of a single space stands for a column, so it counts; an empty one may be padding.
    return sum(bool(cell) for cell in row)


def name_columns(cells: Sequence[str], row: int, out: Output) -> list[str]:
    """Name the columns as the header does, and those that it leaves without a name after their neighbour.

    Parameters
    ----------
    cells
        The header.
    row
        Its line.
    out
        Told of names that are missing or stand twice.

    Returns
    -------
    list of str
        A name for each, all different.
    """
    names, left = [], ""
    for at, cell in enumerate(cells, 1):
        name = cell.strip().replace("\0", "")
        if name:
            left = name
        else:
            name = f"{left} (unnamed)" if left else f"column {at}"
        names.append(name[: out.limits.cell_characters])
    unique = unique_names(names)
    nameless = sum(not cell.strip() for cell in cells)
    if nameless:
        out.notes.append(f"{nameless} columns have no name and are called after the one on their left")
    for name, found in zip(names, unique, strict=True):
        if name != found:
            out.problem(
                row,
                f"the name stands twice in the header: this column is called {found!r}",
                column=name,
                fix="give each column its own name",
                severity="warning",
            )
    return unique
