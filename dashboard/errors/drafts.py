"""Drafts that cannot be submitted or decided about."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.errors.root import AtlasError

__all__ = ["DraftError", "DraftMovedError", "DraftProblem", "DraftStateError", "OwnDraftError"]


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """One thing about a draft that keeps it from being submitted, named so that its field can show it.

    Parameters
    ----------
    table
        Table of the row, empty for the whole draft.
    row_id
        Id of the row.
    field
        Column, or the empty string for the whole row.
    message
        What is wrong and what would be right.
    """

    table: str
    row_id: str
    field: str
    message: str

    def __str__(self) -> str:
        """Name the field first, then what is wrong with it."""
        return f"{self.field} {self.message}" if self.field else self.message


class DraftError(AtlasError, ValueError):
    """A draft that cannot be submitted or decided about as it is.

    Parameters
    ----------
    problems
        Everything that is wrong with it.
    """

    def __init__(self, problems: Sequence[DraftProblem]) -> None:
        super().__init__("Nothing was submitted. " + " ".join(f"{problem}." for problem in problems))
        self.problems = tuple(problems)


class OwnDraftError(AtlasError, PermissionError):
    """Somebody wants to decide about a draft of their own.

    Parameters
    ----------
    draft_id
        Id of the draft.
    """

    def __init__(self, draft_id: str) -> None:
        super().__init__("Nobody decides about a draft of their own: another reviewer has to look at it")
        self.draft_id = draft_id


class DraftStateError(AtlasError, RuntimeError):
    """A step that a draft cannot take from where it is.

    Parameters
    ----------
    draft_id
        Id of the draft.
    state
        State that it is in.
    what
        What was to be done with it.
    """

    def __init__(self, draft_id: str, state: str, what: str) -> None:
        super().__init__(f"The draft is {state}, so it cannot be {what}: look at it again")
        self.draft_id = draft_id
        self.state = state


class DraftMovedError(AtlasError, RuntimeError):
    """A draft that its author, or another reviewer, changed since the reviewer saw it.

    Parameters
    ----------
    draft_id
        Id of the draft.
    who
        Who changed it.
    """

    def __init__(self, draft_id: str, who: str) -> None:
        super().__init__(
            f"{who} changed this draft after it was shown to you. Nothing was decided: "
            "read what waits now, and decide about that"
        )
        self.draft_id = draft_id
        self.who = who
