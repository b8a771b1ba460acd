"""Editing a record: a draft that is kept at every step, and submitted when it holds together.

A draft is its author's alone until it is submitted, and nothing of it is public before somebody accepted it.
What may be done is asked of the store's mode and the person's role at every step, whatever the page showed.
"""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dashboard.domain.access import Person, Right, require
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Source
from dashboard.errors import (
    ConflictError,
    DraftError,
    DraftProblem,
    PermissionDeniedError,
    RecordNotFoundError,
)
from dashboard.store.drafts.drafts import Draft, DraftLine, DraftState, Proposal, Revised
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.editing.dossier_check import form_problems
from dashboard.workflows.editing.dossier_differences import form_differences, merged
from dashboard.workflows.editing.dossier_form import DossierForm, free_id
from dashboard.workflows.geocoding.reasons import why_fault
from dashboard.workflows.views.evidence import Library

__all__ = [
    "OPEN_STATES",
    "Work",
    "as_published",
    "drafts_of",
    "problems_of",
    "rebase",
    "resume",
    "save_draft",
    "start",
    "start_new",
    "submit",
    "withdraw",
]

OPEN_STATES: Final = (DraftState.WORKING, DraftState.REJECTED, DraftState.WITHDRAWN)
"""States of a draft that its author may go on with."""

Seen = Callable[[Dossier], Dossier]
_NAMESPACE: Final = uuid.UUID("6f0b9a52-8f0c-4c3e-9d0e-6e1c64d1c0a7")


@dataclass(slots=True)
class Work:
    """One record on somebody's desk.

    Parameters
    ----------
    form
        What is typed so far.
    base_revision
        Revision of the record that it began from; 0 for a new record.
    draft
        The draft as kept in the store; None until the first change.
    nonce
        Tells this piece of work from another of the same person about the same record.
    """

    form: DossierForm
    base_revision: int
    draft: Draft | None = None
    nonce: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the record is not published yet."""
        return self.base_revision == 0

    @property
    def differences(self) -> int:
        """How many fields are different from what it began from."""
        base = DossierForm.from_text(self.form.base) if self.form.base else None
        return sum(len(row.fields) for row in form_differences(base, self.form))


def start(store: Store, person: Person, record_id: str, seen: Seen) -> Work:
    """Put a published record on the desk, or the person's own unfinished draft about it.

    Parameters
    ----------
    store
        The store.
    person
        Who edits.
    record_id
        Id of the record.
    seen
        Gives a dossier as the person may see it: nothing else goes into the form, and what is withheld stays
        as it is.

    Returns
    -------
    Work
        The record's own draft of this person if there is one to go on with.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts, or not now.
    RecordNotFoundError
        There is no such record.
    StoreError
        The database fails.
    """
    _allow(store, person)
    for draft in store.drafts.list((DraftState.WORKING,), author_id=person.id, record_id=record_id):
        if draft.has_form:
            return resume(store, person, draft.id)
    dossier, revision = store.repository.dossier(record_id)
    return Work(_form(dossier, seen), revision, nonce=uuid.uuid4().hex)


def start_new(store: Store, person: Person, table: str, name: str, library: Library) -> Work:
    """Begin a record that the atlas does not have.

    Parameters
    ----------
    store
        The store.
    person
        Who edits.
    table
        ``sites``, ``events`` or ``actors``.
    name
        Name or title; the id is made of it and stays.
    library
        All records, whose ids are taken.

    Returns
    -------
    Work
        An empty form.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts, or not now.
    DraftError
        The name is empty.
    """
    _allow(store, person)
    name = " ".join(name.split())
    if not name:
        raise DraftError(
            [DraftProblem(table, "", "name", "is empty: a record begins with its name or title")]
        )
    taken = set(library.evidence) | {gone.record_id for gone in store.repository.deleted()}
    taken |= store.drafts.record_ids()
    return Work(
        DossierForm.new(table, free_id(table, name, frozenset(taken)), name), 0, nonce=uuid.uuid4().hex
    )


def resume(store: Store, person: Person, draft_id: str) -> Work:
    """Go on with a draft of one's own.

    Parameters
    ----------
    store
        The store.
    person
        Who edits.
    draft_id
        Id of the draft.

    Returns
    -------
    Work
        As it was last kept, by this process or another.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts, or not now, or the draft is somebody else's.
    DraftError
        The draft is submitted or decided about: it is no work in progress.
    """
    _allow(store, person)
    draft = _own(store, person, draft_id)
    if draft.state not in OPEN_STATES:
        raise DraftError(
            [DraftProblem("", "", "", f"the draft is {draft.state}: withdraw it to go on with it")]
        )
    return Work(DossierForm.from_text(draft.form), draft.base_revision, draft, draft.id)


def save_draft(store: Store, person: Person, work: Work) -> Draft:
    """Keep a draft as it is, finished or not.

    Parameters
    ----------
    store
        The store.
    person
        Who edits.
    work
        What is on the desk; its draft is brought up to date.

    Returns
    -------
    Draft
        The draft as kept.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts, or not now.
    ConflictError
        The draft was changed in another tab or process meanwhile.
    StoreError
        The database fails: nothing was kept, and trying again is safe.
    """
    _allow(store, person)
    text = work.form.to_text()
    dossier, _ = work.form.read()
    if dossier is not None and dossier.faults():
        dossier = None  # a citation without its source, say: kept as a form until it is whole
    record_id = work.form.record_id
    # The same content is the same operation: a retry after a lost answer changes nothing.
    version = work.draft.version if work.draft else 0
    seed = f"{person.id} {work.nonce} {version} {hashlib.sha256(text.encode()).hexdigest()}"
    once = uuid.uuid5(_NAMESPACE, seed).hex
    operation = Operation.by(person, "save draft", record_id, operation_id=once)
    if work.draft is None:
        proposal = Proposal(record_id, work.form.table, work.base_revision, dossier, form=text)
        work.draft = store.drafts.create(proposal, operation)
    else:
        revised = Revised(dossier, form=text, base_revision=work.base_revision)
        work.draft = store.drafts.revise(work.draft.id, revised, version, operation)
    return work.draft


def submit(  # who, what, against what and why are all needed to judge
    store: Store, person: Person, work: Work, library: Library, *, why: str, operation_id: str
) -> Draft:
    """Hand a draft in for review.

    Parameters
    ----------
    store
        The store.
    person
        Who edits.
    work
        What is on the desk.
    library
        All records, which the dossier refers to.
    why
        What the reviewer should know.
    operation_id
        Made once for this wish, so that trying again after a lost answer is safe.

    Returns
    -------
    Draft
        The submitted draft.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts, or not now.
    DraftError
        The draft does not hold together; it names every problem by its field.
    ConflictError
        The record was changed or deleted since the work began; it carries both versions.
    StoreError
        The database fails.
    """
    _allow(store, person)
    published = None
    if not work.is_new:
        published, revision = store.repository.dossier(work.form.record_id)
        if revision != work.base_revision:
            raise _conflict(store, work, published, revision)
    dossier = _judge(work, _whole(work.form, published), library, why)
    final = replace(dossier, sources=tuple(_stored(store, source) for source in dossier.sources))
    draft = save_draft(store, person, work)
    if final != draft.dossier:
        operation = Operation.by(person, "save draft", draft.record_id, operation_id=f"{operation_id}-whole")
        revised = Revised(final, form=draft.form, base_revision=work.base_revision)
        draft = work.draft = store.drafts.revise(draft.id, revised, draft.version, operation)
    operation = Operation.by(person, "submit draft", draft.record_id, why, operation_id=operation_id)
    work.draft = store.drafts.submit(draft.id, draft.version, operation)
    return work.draft


def withdraw(store: Store, person: Person, draft_id: str, *, operation_id: str) -> Draft:
    """Take a draft of one's own back, submitted or not.

    Parameters
    ----------
    store
        The store.
    person
        Who wrote it.
    draft_id
        Id of the draft.
    operation_id
        Made once for this wish.

    Returns
    -------
    Draft
        The withdrawn draft.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts, or not now, or the draft is somebody else's.
    """
    _allow(store, person)
    draft = _own(store, person, draft_id)
    operation = Operation.by(person, "withdraw draft", draft.record_id, operation_id=operation_id)
    return store.drafts.withdraw(draft.id, draft.version, operation)


def drafts_of(
    store: Store, person: Person, *, limit: int = 100, before: DraftLine | None = None
) -> tuple[DraftLine, ...]:
    """List the drafts that somebody wrote by hand, a page at a time.

    What a machine found in an article waits on the page of articles.

    Parameters
    ----------
    store
        The store.
    person
        Whose.
    limit
        Most drafts of a page.
    before
        Last draft of the page before; None for the first page.

    Returns
    -------
    tuple of DraftLine
        Of every state, latest first.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts.
    """
    require(person, Right.PROPOSE)
    return store.drafts.list(author_id=person.id, limit=limit, before=before, from_machine=False)


def rebase(work: Work, published: DossierForm, revision: int, take_theirs: dict[str, bool]) -> Work:
    """Put one's changes on what is published now.

    Parameters
    ----------
    work
        What is on the desk.
    published
        The record as it is now.
    revision
        Its revision.
    take_theirs
        For each clash by its key, whether the published version is taken.

    Returns
    -------
    Work
        The same draft, begun from what is published now.
    """
    return Work(merged(work.form, published, take_theirs), revision, work.draft, work.nonce)


def as_published(store: Store, record_id: str, seen: Seen) -> tuple[DossierForm, int]:
    """Give a record as it is published now.

    Parameters
    ----------
    store
        The store.
    record_id
        Id of the record.
    seen
        Gives a dossier as the person may see it: nothing else goes into the form, and what is withheld stays
        as it is.

    Returns
    -------
    tuple of (DossierForm, int)
        Its form and revision.

    Raises
    ------
    RecordNotFoundError
        There is no such record (any more).
    """
    dossier, revision = store.repository.dossier(record_id)
    return _form(dossier, seen), revision


def problems_of(work: Work, library: Library) -> tuple[DraftProblem, ...]:
    """Say what keeps a draft from being submitted.

    Parameters
    ----------
    work
        What is on the desk.
    library
        All records, as the author may see them.

    Returns
    -------
    tuple of DraftProblem
        Everything that is wrong; what the author is not shown is no fault of theirs.
    """
    return _own_problems(work.form, form_problems(work.form, library)[1])


def _own_problems(form: DossierForm, problems: Sequence[DraftProblem]) -> tuple[DraftProblem, ...]:
    if not (form.withheld and form.base):
        return tuple(problems)
    base = DossierForm.from_text(form.base)

    def own(problem: DraftProblem) -> bool:
        now = form.row(problem.table, problem.row_id) if problem.table else None
        was = base.row(problem.table, problem.row_id) if problem.table else None
        if now is None or was is None or problem.field not in now:
            return True
        return now[problem.field] != was[problem.field]

    return tuple(filter(own, problems))


def _form(dossier: Dossier, seen: Seen) -> DossierForm:
    shown = seen(dossier)
    form = DossierForm.of(shown)
    form.withheld = shown != dossier
    return form


def _allow(store: Store, person: Person) -> None:
    require(person, Right.PROPOSE, store.control.mode())


def _own(store: Store, person: Person, draft_id: str) -> Draft:
    draft = store.drafts.get(draft_id)
    if draft.author_id != person.id:
        raise PermissionDeniedError("go on with this draft", "it is somebody else's")
    return draft


def _judge(work: Work, whole: DossierForm, library: Library, why: str) -> Dossier:
    dossier, problems = form_problems(whole, library)
    # Of rows that hold what the author is not shown, only what is wrong as they see them: a distance from a
    # point on a grid tells nothing, and one from the exact point tells where it is.
    shown = (found for found in problems if _row_of(whole, found) == _row_of(work.form, found))
    said = list(dict.fromkeys([*problems_of(work, library), *_own_problems(work.form, tuple(shown))]))
    if not work.differences:
        said.append(DraftProblem("", "", "", "nothing is different from what is published"))
    if fault := why_fault(why, needed=False):
        said.append(DraftProblem("", "", "", f"the note to the reviewer {fault}"))
    if said or dossier is None:
        raise DraftError(said)
    return dossier


def _row_of(form: DossierForm, problem: DraftProblem) -> dict[str, str] | None:
    return form.row(problem.table, problem.row_id) if problem.table else None


def _conflict(store: Store, work: Work, published: Dossier, revision: int) -> ConflictError:
    last = store.repository.revision(work.form.record_id)
    yours, _ = work.form.read()
    return ConflictError(work.form.record_id, yours, published, who=last.who, when=last.at, revision=revision)


def _whole(form: DossierForm, published: Dossier | None) -> DossierForm:
    """Put back what the author was not shown."""
    if published is None or not form.withheld:
        return form
    return merged(form, DossierForm.of(published), {})


def _stored(store: Store, source: Source) -> Source:
    try:
        return store.repository.get_source(source.id)
    except RecordNotFoundError:
        return source
