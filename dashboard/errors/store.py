"""The database, and what it refuses to keep."""

from collections.abc import Sequence

from dashboard.errors.root import AtlasError

__all__ = [
    "AwayError",
    "BackupError",
    "ConflictError",
    "DossierError",
    "OperationError",
    "RecordNotFoundError",
    "StoreError",
    "TextError",
    "UnsureError",
    "UnwritableError",
]


class RecordNotFoundError(AtlasError, LookupError):
    """No record has this id.

    Parameters
    ----------
    record_id
        The id asked for.
    """

    def __init__(self, record_id: str) -> None:
        super().__init__(f"No record has the id {record_id!r}; it may have been merged or deleted")
        self.record_id = record_id


class StoreError(AtlasError, OSError):
    """The database cannot be opened, read or written.

    Parameters
    ----------
    message
        What happened and what to do.
    location
        The database's address without credentials.
    """

    def __init__(self, message: str, location: str) -> None:
        super().__init__(message)
        self.location = location


class AwayError(StoreError):
    """The database server does not answer; what was read before is all there is for now.

    Parameters
    ----------
    message
        What happened and what to do.
    location
        The database's address without credentials.
    """


class UnwritableError(StoreError):
    """The database takes no writes: its disk is full, or can only be read. Reading goes on.

    Parameters
    ----------
    message
        What happened and what to do.
    location
        The database's address without credentials.
    """


class UnsureError(StoreError):
    """The database went away while it was keeping something, so that nobody knows whether it did.

    The same operation, under the same id, can be tried again: it is kept once.

    Parameters
    ----------
    message
        What happened and what to do.
    location
        The database's address without credentials.
    """


class ConflictError(AtlasError, RuntimeError):
    """Somebody else changed a record meanwhile; nothing was saved, and both versions are at hand.

    Parameters
    ----------
    record_id
        Id of the record.
    yours, theirs
        The version that was to be saved, and the one that is there: `dashboard.domain.dossier.Dossier`, None
        for a record that was deleted.
    who, when
        Who changed it last, and when (ISO 8601, UTC).
    revision
        Revision number of the version that is there.
    """

    def __init__(
        self,
        record_id: str,
        yours: object,
        theirs: object,
        *,
        who: str,
        when: str,
        revision: int,
    ) -> None:
        super().__init__(
            f"{record_id} was changed by {who} at {when}. Nothing of yours was saved: "
            "compare both versions and save again"
        )
        self.record_id = record_id
        self.yours = yours
        self.theirs = theirs
        self.who = who
        self.when = when
        self.revision = revision


class DossierError(AtlasError, ValueError):
    """A dossier that cannot be saved, or a record that cannot be deleted, as asked.

    Parameters
    ----------
    problems
        One sentence without a full stop for each reason, all of them, not just the first.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("Nothing was changed. " + " ".join(f"{problem}." for problem in problems))
        self.problems = tuple(problems)


class OperationError(AtlasError, ValueError):
    """An operation id that was used for something else before.

    Parameters
    ----------
    operation_id
        The id.
    """

    def __init__(self, operation_id: str) -> None:
        super().__init__("This step was taken before, for something else. Nothing was changed: begin it anew")
        self.operation_id = operation_id


class TextError(AtlasError, ValueError):
    """A text that cannot be kept as it is.

    Parameters
    ----------
    field
        What the text is, in words.
    problem
        What is wrong with it and what to do.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"The {field} {problem}")
        self.field = field
        self.problem = problem


class BackupError(AtlasError, RuntimeError):
    """A backup that cannot be made, read or restored, or that does not hold what was backed up."""
