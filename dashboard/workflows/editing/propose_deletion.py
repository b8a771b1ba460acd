"""Proposing that a record be taken away: what somebody can do who may not delete it."""

from dashboard.domain.access import Person, Right, require
from dashboard.errors import ConflictError, DraftError, DraftProblem
from dashboard.store.drafts.drafts import Draft, DraftState, Proposal
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.geocoding.reasons import why_fault

__all__ = ["propose_deletion"]


def propose_deletion(  # who, what, in which state and why are all needed to judge
    store: Store, person: Person, record_id: str, seen: int, *, why: str, operation_id: str
) -> Draft:
    """Propose that a record be deleted; a reviewer decides.

    Parameters
    ----------
    store
        The store.
    person
        Who proposes it.
    record_id
        Id of the record.
    seen
        Revision that the person had before them: a record that was mended since is not proposed unseen.
    why
        Why; the reviewer reads it.
    operation_id
        Made once for this wish, so that trying again after a lost answer is safe.

    Returns
    -------
    Draft
        The submitted draft; the one that waits already when the person proposed it before.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts, or not now.
    RecordNotFoundError
        There is no such record.
    ConflictError
        Somebody else changed the record since the person looked; nothing is proposed.
    DraftError
        No reason is given.
    StoreError
        The database fails.
    """
    require(person, Right.PROPOSE, store.control.mode())
    if said := why_fault(why):
        raise DraftError([DraftProblem("", "", "why", said)])
    dossier, revision = store.repository.dossier(record_id)
    if revision != seen:
        last = store.repository.revision(record_id)
        raise ConflictError(record_id, None, dossier, who=last.who, when=last.at, revision=revision)
    for line in store.drafts.list((DraftState.SUBMITTED,), author_id=person.id, record_id=record_id):
        if line.deletion and line.base_revision == revision:
            return store.drafts.get(line.id)
    beginning = Operation.by(person, "propose deletion", record_id, why, operation_id=f"{operation_id}-begin")
    proposal = Proposal(record_id, dossier.table, revision, deletion=True)
    draft = store.drafts.create(proposal, beginning)
    handing_in = Operation.by(person, "submit draft", record_id, why, operation_id=operation_id)
    return store.drafts.submit(draft.id, draft.version, handing_in)
