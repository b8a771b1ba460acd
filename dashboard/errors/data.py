"""Values, frames, tables and packages that do not hold together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.errors.root import AtlasError

__all__ = [
    "BulkError",
    "CoordinateError",
    "FrameError",
    "PackageError",
    "Problem",
    "TableError",
    "UncertainDateError",
    "VocabularyError",
]

_SHOWN: Final = 20


class VocabularyError(AtlasError, ValueError):
    """A code that the vocabulary does not know.

    Parameters
    ----------
    vocabulary
        Name of the list, such as ``site_kinds``.
    code
        The code as found.
    nearest
        The valid code most like it, or None when none is near.
    """

    def __init__(self, vocabulary: str, code: str, nearest: str | None) -> None:
        hint = f"; did you mean {nearest!r}?" if nearest else "; see docs/data-model.md"
        super().__init__(f"{code!r} is not in the vocabulary {vocabulary}{hint}")
        self.vocabulary = vocabulary
        self.code = code
        self.nearest = nearest


class UncertainDateError(AtlasError, ValueError):
    """A text that is no date of EDTF level 1 as the atlas supports it.

    Parameters
    ----------
    text
        The text as found.
    reason
        What is wrong with it.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(
            f"{text!r} is not a date the atlas can read: {reason}. "
            "Write EDTF level 1, such as 2021, 2021-11, 2021-11-24, 2026-01-02~, 2019? or 2021/.."
        )
        self.text = text
        self.reason = reason


class CoordinateError(AtlasError, ValueError):
    """Coordinates that cannot be a point on Earth, or that contradict their record."""


class FrameError(AtlasError, ValueError):
    """A frame that breaks the column contract of `dashboard.frames`.

    Parameters
    ----------
    problems
        One sentence for each failure, all of them, not just the first.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("The frame breaks its contract: " + "; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a data package, named so that it can be found and mended.

    Parameters
    ----------
    file
        File name inside the package, such as ``events.csv``.
    row
        Line number in the file as a text editor counts it, or None for the whole file.
    field
        Column, or the empty string for the whole row.
    value
        The value as found.
    message
        What is wrong and what would be right.
    """

    file: str
    row: int | None
    field: str
    value: str
    message: str

    def __str__(self) -> str:
        """Name the place first, then what is wrong with it."""
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        if self.field:
            place += f", {self.field}"
        value = f" {self.value[:80]!r}" if self.value else ""
        return f"{place}:{value} {self.message}"


class PackageError(AtlasError, ValueError):
    """A data package that does not hold together.

    Parameters
    ----------
    problems
        Every finding, in file order.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        shown = "\n".join(f"  {problem}" for problem in problems[:_SHOWN])
        more = f"\n  … and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        super().__init__(
            f"The data package has {len(problems)} error(s); nothing was changed:\n{shown}{more}\n"
            "Mend the rows and run `arsenal-atlas check` again."
        )
        self.problems = tuple(problems)


class TableError(AtlasError, ValueError):
    """A table, or a file of lines, that cannot be read or whose answers cannot be written."""


class BulkError(AtlasError, RuntimeError):
    """Work spread over processes or machines that cannot start or was lost."""
