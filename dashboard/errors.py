"""Every error a user of the atlas can meet: one root, children that are also builtins.

A message says what is wrong and what to do next; what a caller may want to act on travels
as attributes. Anything else that escapes is a defect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_SHOWN: Final = 20


class AtlasError(Exception):
    """Root of all errors that the atlas raises on purpose."""


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


class GazetteerError(AtlasError, OSError):
    """The gazetteer file is missing, damaged or of another version."""


class PlaceDecisionError(AtlasError, ValueError):
    """A place that cannot be decided, changed or taken back by hand as asked.

    Parameters
    ----------
    problems
        One sentence for each reason, all of them, not just the first.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("Nothing was saved. " + " ".join(f"{problem}." for problem in problems))
        self.problems = tuple(problems)


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


class AdministrationError(AtlasError, ValueError):
    """An act of administration that cannot be done as asked.

    Parameters
    ----------
    problems
        One sentence for each reason, all of them, not just the first.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("Nothing was changed. " + " ".join(f"{problem}." for problem in problems))
        self.problems = tuple(problems)


class UnknownPlaceError(AtlasError, LookupError):
    """No gazetteer entry answers to a name.

    Parameters
    ----------
    name
        The toponym as written.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No place is known as {name!r}: check the spelling, name its country, "
            "or decide it by hand in data/places.csv"
        )
        self.name = name


class AmbiguousPlaceError(AtlasError, LookupError):
    """Several places answer to a name and none stands out.

    Parameters
    ----------
    name
        The toponym as written.
    candidates
        The places that answer to it, best first.
    """

    def __init__(self, name: str, candidates: Sequence[Any]) -> None:
        super().__init__(f"{name!r} could be any of {len(candidates)} places: name its country to choose")
        self.name = name
        self.candidates = tuple(candidates)


class ServerError(AtlasError, RuntimeError):
    """The app cannot be served: a port in use, or a component that was not built."""


class TableError(AtlasError, ValueError):
    """A table, or a file of lines, that cannot be read or whose answers cannot be written."""


class BulkError(AtlasError, RuntimeError):
    """Work spread over processes or machines that cannot start or was lost."""


class PermissionDeniedError(AtlasError, PermissionError):
    """Somebody asked for what they may not do.

    Parameters
    ----------
    what
        What was asked for, in words.
    reason
        Why not, and what to do.
    """

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"You may not {what}: {reason}")
        self.what = what
        self.reason = reason


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


class SignInError(AtlasError, PermissionError):
    """Somebody's sign-in does not count, or no longer: they have to sign in again.

    Parameters
    ----------
    reason
        Why, as a sentence without a full stop.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}. Please sign in again")
        self.reason = reason


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


class BusyError(AtlasError, RuntimeError):
    """The atlas has as many visitors, requests or uploads as it can serve well.

    Parameters
    ----------
    message
        What is full and what to do.
    retry_after
        Seconds after which a new try makes sense.
    """

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BackupError(AtlasError, RuntimeError):
    """A backup that cannot be made, read or restored, or that does not hold what was backed up."""
