"""What is wrong with rows, told row by row up to a limit: a fault in a million rows is counted."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.importers.rows import RowProblem, Severity

__all__ = ["ProblemList"]

_MOST: Final = 1_000
_SHOWN: Final = 120


class ProblemList:
    """What is wrong with the rows of one table.

    Parameters
    ----------
    most
        Name this many rows for one reason in one column; further ones are counted.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._counts = Counter[tuple[str, str, Severity]]()
        self._told: list[RowProblem] = []
        self._seen = set[tuple[str, str, str]]()

    def add(self, problem: RowProblem) -> None:
        """Take one problem.

        Parameters
        ----------
        problem
            The problem.
        """
        key = (problem.column, problem.reason, problem.severity)
        self._counts[key] += 1
        if self._counts[key] <= self._most:
            self._told.append(problem)

    def add_rows(
        self, rows: Iterable[int], column: str, reason: str, fix: str = "", severity: Severity = "warning"
    ) -> None:
        """Take the same problem of several rows.

        Parameters
        ----------
        rows
            Lines.
        column
            Column as the file names it.
        reason, fix, severity
            As in `RowProblem`.
        """
        for row in rows:
            self.add(RowProblem(int(row), column, "", reason, fix, severity))

    def add_values(
        self, column: str, lines: NDArray[np.int32], values: list[str], reason: str, fix: str
    ) -> None:
        """Take values of which each is told once, at the first row that has it.

        Parameters
        ----------
        column
            Column as the file names it.
        lines
            Line of each value.
        values
            The values.
        reason, fix
            As in `RowProblem`.
        """
        for line, value in zip(lines, values, strict=True):
            if (column, value, reason) not in self._seen:
                self._seen.add((column, value, reason))
                self.add(RowProblem(int(line), column, value[:_SHOWN], reason, fix))

    def take(self) -> tuple[RowProblem, ...]:
        """Give what was added since the last time.

        Returns
        -------
        tuple of RowProblem
            In the order of the rows.
        """
        told, self._told = sorted(self._told, key=lambda problem: problem.row), []
        return tuple(told)

    def rest(self) -> tuple[RowProblem, ...]:
        """Say how many were not told one by one.

        Returns
        -------
        tuple of RowProblem
            One for each reason and column.
        """
        return tuple(
            RowProblem(0, column, "", f"{reason} (in {count - self._most:,} further rows)", severity=severity)
            for (column, reason, severity), count in self._counts.items()
            if count > self._most
        )
