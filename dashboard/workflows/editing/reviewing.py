"""Reviewing: what others proposed is accepted, rejected or sent back; records are deleted or protected.

Nobody decides about a draft of their own: the store refuses it, whatever a page shows. In a local session
there is nobody else, and its one person may.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dashboard.domain.access import Person, Right, require
from dashboard.domain.dossier import Dossier
from dashboard.errors import ConflictError, DraftError, DraftMovedError, DraftProblem, RecordNotFoundError
from dashboard.store.drafts.drafts import Draft, Verdict
from dashboard.store.records.loading import DeletedRecord
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.editing.dossier_check import dossier_problems
from dashboard.workflows.editing.dossier_differences import RowDifference, form_differences
from dashboard.workflows.editing.dossier_form import DossierForm
from dashboard.workflows.geocoding.reasons import why_fault
from dashboard.workflows.views.evidence import Library

__all__ = [
    "Review",
    "accept",
    "delete_record",
    "deleted_records",
    "protect",
    "read_review",
    "reject",
    "restore_record",
    "send_back",
    "unprotect",
]

_MOST_DEGREES: Final = 10.0


@dataclass(frozen=True, slots=True)
class Review:
    """A submitted draft beside what is published.

    Parameters
    ----------
    draft
        The draft.
    published
        The record as it is now; None for a new one, and for one that was deleted.
    revision
        Its revision now; 0 when it is not there.
    differences
        What would change, row by row.
    own
        Whether the person who looks wrote it.
    """

    draft: Draft
    published: Dossier | None
    revision: int
    differences: tuple[RowDifference, ...]
    own: bool

    @property
    def is_stale(self) -> bool:
        """Whether the record was changed since the draft was begun."""
        return self.revision != self.draft.base_revision


def read_review(store: Store, person: Person, draft_id: str, name: Callable[[str], str] = str) -> Review:
    """Put a draft beside what is published.

    Parameters
    ----------
    store
        The store.
    person
        Who looks.
    draft_id
        Id of the draft.
    name
        Gives the name of a record or source by its id.

    Returns
    -------
    Review
        The draft with its differences.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer.
    """
    require(person, Right.REVIEW)
    draft = store.drafts.get(draft_id)
    published, revision = _published(store, draft.record_id)
    before = DossierForm.of(published) if published else None
    after = DossierForm.of(draft.dossier) if draft.dossier and not draft.deletion else None
    return Review(
        draft, published, revision, form_differences(before, after, name), draft.author_id == person.id
    )


def accept(  # who, what, against what and why are all needed to judge
    store: Store,
    person: Person,
    draft: Draft,
    library: Library,
    *,
    why: str,
    operation_id: str,
) -> Draft:
    """Accept a draft as it was shown: record and draft change together or not at all.

    Parameters
    ----------
    store
        The store.
    person
        Who decides.
    draft
        The draft as it was shown.
    library
        All records, which the dossier refers to; they may have changed since it was submitted.
    why
        Why, for the audit trail; may be empty.
    operation_id
        Made once for this wish, so that trying again after a lost answer is safe.

    Returns
    -------
    Draft
        The accepted draft.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    OwnDraftError
        The draft is the person's own.
    DraftMovedError
        The draft was changed since it was shown.
    ConflictError
        The record was changed meanwhile; it carries both versions.
    DraftError
        The draft does not hold together any more.
    """
    require(person, Right.REVIEW, store.control.mode())
    _check_why(why, needed=False)
    if draft.dossier is not None and not draft.deletion:
        problems = dossier_problems(draft.dossier, library)
        if problems:
            raise DraftError(problems)
    return _decide(store, person, draft, Verdict.ACCEPT, why=why, operation_id=operation_id)


def reject(store: Store, person: Person, draft: Draft, *, why: str, operation_id: str) -> Draft:
    """Reject a draft for good.

    Parameters
    ----------
    store
        The store.
    person
        Who decides.
    draft
        The draft as it was shown.
    why
        Why; the author reads it.
    operation_id
        Made once for this wish.

    Returns
    -------
    Draft
        The rejected draft.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    OwnDraftError
        The draft is the person's own.
    DraftMovedError
        The draft was changed since it was shown.
    DraftError
        No reason is given.
    """
    return _turn_down(store, person, draft, Verdict.REJECT, why=why, operation_id=operation_id)


def send_back(store: Store, person: Person, draft: Draft, *, why: str, operation_id: str) -> Draft:
    """Send a draft back to its author, who goes on with it.

    Parameters
    ----------
    store
        The store.
    person
        Who decides.
    draft
        The draft as it was shown.
    why
        What is to be mended; the author reads it.
    operation_id
        Made once for this wish.

    Returns
    -------
    Draft
        The draft, in work again.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    OwnDraftError
        The draft is the person's own.
    DraftMovedError
        The draft was changed since it was shown.
    DraftError
        No reason is given.
    """
    return _turn_down(store, person, draft, Verdict.RETURN, why=why, operation_id=operation_id)


def _turn_down(
    store: Store, person: Person, draft: Draft, verdict: Verdict, *, why: str, operation_id: str
) -> Draft:
    require(person, Right.REVIEW, store.control.mode())
    _check_why(why)
    return _decide(store, person, draft, verdict, why=why, operation_id=operation_id)


def delete_record(  # who, what, as it was seen, and why
    store: Store, person: Person, record_id: str, revision: int, *, why: str, operation_id: str
) -> None:
    """Delete a record as it was shown; it can be restored, and the audit trail keeps all of it.

    Parameters
    ----------
    store
        The store.
    person
        Who deletes.
    record_id
        Id of the record.
    revision
        Its revision when it was shown.
    why
        Why.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    RecordNotFoundError
        There is no such record.
    ConflictError
        It was changed since it was shown; it carries what is there now.
    DraftError
        No reason is given.
    """
    require(person, Right.REMOVE, store.control.mode())
    _check_why(why)
    operation = Operation.by(person, "delete record", record_id, why, operation_id=operation_id)
    store.repository.delete_record(record_id, revision, operation)


def deleted_records(store: Store, person: Person) -> tuple[DeletedRecord, ...]:
    """List deleted records.

    Parameters
    ----------
    store
        The store.
    person
        Who looks.

    Returns
    -------
    tuple of DeletedRecord
        Latest first.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer.
    """
    require(person, Right.REVIEW)
    return tuple(sorted(store.repository.deleted(), key=lambda record: record.at, reverse=True))


def restore_record(store: Store, person: Person, record_id: str, *, why: str, operation_id: str) -> None:
    """Bring a deleted record back as it was.

    Parameters
    ----------
    store
        The store.
    person
        Who restores.
    record_id
        Id of the record.
    why
        Why.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    RecordNotFoundError
        No such record was deleted.
    DraftError
        No reason is given.
    """
    require(person, Right.REMOVE, store.control.mode())
    _check_why(why)
    operation = Operation.by(person, "restore record", record_id, why, operation_id=operation_id)
    store.repository.restore_record(record_id, operation)


def protect(  # who, what, how coarse and why
    store: Store, person: Person, record_id: str, cell: float, *, why: str, operation_id: str
) -> None:
    """Show a record's place only coarsely to those who are no reviewers.

    Parameters
    ----------
    store
        The store.
    person
        Who protects.
    record_id
        Id of the record.
    cell
        Size of the grid's cells in degrees.
    why
        Why.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    RecordNotFoundError
        There is no such record.
    DraftError
        No reason is given, or the cell has no such size.
    """
    require(person, Right.REMOVE, store.control.mode())
    _check_why(why)
    if not 0 < cell <= _MOST_DEGREES:  # NaN fails too
        message = f"is no cell size: between 0 and {_MOST_DEGREES:g} degrees"
        raise DraftError([DraftProblem("", record_id, "cell", message)])
    if _published(store, record_id)[0] is None:
        raise RecordNotFoundError(record_id)
    operation = Operation.by(person, "protect record", record_id, why, operation_id=operation_id)
    store.protections.set(record_id, cell, operation)


def unprotect(store: Store, person: Person, record_id: str, *, why: str, operation_id: str) -> None:
    """Show a record's place as it is published.

    Parameters
    ----------
    store
        The store.
    person
        Who decides.
    record_id
        Id of the record.
    why
        Why.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    DraftError
        No reason is given.
    """
    require(person, Right.REMOVE, store.control.mode())
    _check_why(why)
    operation = Operation.by(person, "unprotect record", record_id, why, operation_id=operation_id)
    store.protections.remove(record_id, operation)


def _decide(
    store: Store, person: Person, draft: Draft, verdict: Verdict, *, why: str, operation_id: str
) -> Draft:
    operation = Operation.by(
        person, f"{verdict.value} draft", draft.record_id, why, operation_id=operation_id
    )
    # About the version that was read: between look and click its author may have put another in its place.
    try:
        return store.drafts.decide(draft.id, verdict, draft.version, operation, allow_own=person.is_local)
    except ConflictError as error:
        if error.record_id == draft.id:
            raise DraftMovedError(draft.id, error.who) from error
        raise


def _published(store: Store, record_id: str) -> tuple[Dossier | None, int]:
    try:
        return store.repository.dossier(record_id)
    except RecordNotFoundError:
        return None, 0


def _check_why(why: str, *, needed: bool = True) -> None:
    if said := why_fault(why, needed=needed):
        raise DraftError([DraftProblem("", "", "why", said)])
