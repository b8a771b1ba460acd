"""CSV for spreadsheets: a cell that a record's text makes must not become a formula when somebody opens it.

`dashboard.domain.spreadsheets` says which those are. The data package and the output of
``arsenal-atlas geocode`` (without ``--spreadsheet``) are not guarded: programs read them, and have to find
every text to the letter.
"""

import csv

import pandas as pd

from dashboard.domain.spreadsheets import guard_cell, unguard_cell

__all__ = ["guard_cell", "guarded_csv", "unguard_cell"]


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
