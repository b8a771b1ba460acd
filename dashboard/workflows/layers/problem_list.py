"""All that is wrong with a table, row by row: what could not be read, what is left out, what looks odd."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from dashboard.exports.cells import guarded_csv
from dashboard.importers.checks import FAULTS, Finding
from dashboard.importers.rows import RowProblem
from dashboard.workflows.layers.import_table import DryRun

__all__ = ["ListedProblem", "Weight", "list_problems", "problems_csv"]

Weight = Literal["refused", "warning", "fault"]

# The mapping has told these already, with the column that they stand in.
_TOLD: Final = frozenset({"null_island", "ends_before_start", "hidden_characters", "cut", "long_before"})
_DOUBLE: Final = "duplicate_id"
_COLUMNS: Final = ("row", "severity", "column", "value", "reason", "fix")


@dataclass(frozen=True, slots=True)
class ListedProblem:
    """One problem of one row.

    Parameters
    ----------
    row
        Line of the file (the header is 1), or number of the feature; 0 for the whole file.
    weight
        ``refused``: the row is left out; ``warning``: it is kept; ``fault``: it is kept and looks wrong.
    column
        Column as the file names it, or kind of fault.
    value
        What stands there.
    reason
        What is wrong.
    fix
        What is proposed.
    """

    row: int
    weight: Weight
    column: str
    value: str
    reason: str
    fix: str


def list_problems(
    looked_at: DryRun, of_file: Sequence[RowProblem] = (), *, with_ids: bool = True
) -> tuple[ListedProblem, ...]:
    """List the problems of a table and the faults that the checks found.

    Parameters
    ----------
    looked_at
        The dry run.
    of_file
        What was wrong already when the file was read.
    with_ids
        Whether a column gives the ids; without one they follow from the cells.

    Returns
    -------
    tuple of ListedProblem
        In the order of the rows.
    """
    told = [
        ListedProblem(one.row, one.severity, one.column, one.value, one.reason, one.fix)
        for one in (*of_file, *looked_at.problems)
    ]
    told += [
        _alike(one)
        if one.code == _DOUBLE and not with_ids
        else ListedProblem(one.row, "fault", FAULTS[one.code].label, one.value, one.detail, one.fix)
        for one in looked_at.findings.findings
        if one.code not in _TOLD
    ]
    return tuple(sorted(told, key=lambda one: one.row))


def _alike(one: Finding) -> ListedProblem:
    reason = f"{one.detail}, which follows from the cells: the two rows are alike, and become one record"
    fix = "Remove the double row, or choose a column that holds ids."
    return ListedProblem(one.row, "fault", "Row that occurs again", one.value, reason, fix)


def problems_csv(problems: Iterable[ListedProblem]) -> bytes:
    """Write problems as a file for a spreadsheet.

    Parameters
    ----------
    problems
        The problems.

    Returns
    -------
    bytes
        CSV in UTF-8; no cell is a formula.
    """
    rows = [(one.row, one.weight, one.column, one.value, one.reason, one.fix) for one in problems]
    return guarded_csv(pd.DataFrame(rows, columns=list(_COLUMNS)))
