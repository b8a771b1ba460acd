"""Steps of a draft inside a transaction: who may take one, from which state, and what it writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from dashboard.domain.dossier import Dossier
from dashboard.errors import ConflictError, DraftStateError, PermissionDeniedError, RecordNotFoundError
from dashboard.store.database.texts import is_storable
from dashboard.store.drafts.checks import check_dossier, text_of
from dashboard.store.drafts.draft import STEPS, Draft, DraftState, Revised
from dashboard.store.records.records import delete_record, save_dossier
from dashboard.store.trail.chain import now_text
from dashboard.store.trail.ledger import DRAFTS
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step

__all__ = [
    "Ask",
    "Values",
    "accept",
    "check_seen",
    "keep",
    "read_draft",
    "read_own",
    "revised_values",
    "take_step",
]


@dataclass(frozen=True, slots=True)
class Ask:
    """A step that somebody wants a draft to take.

    Parameters
    ----------
    name
        One of `STEPS`.
    draft_id
        Id of the draft.
    expected_version
        The version that was seen.
    yours
        What they wanted to keep, for whoever has to compare.
    """

    name: str
    draft_id: str
    expected_version: int
    yours: Dossier | None = None


Values = Callable[[Draft, Step], Mapping[str, Any]]
"""Cells that a step writes beside the state."""


def read_own(connection: Connection, ask: Ask, operation: Operation) -> Draft:
    """Read a draft for its author.

    Parameters
    ----------
    connection
        An open transaction.
    ask
        The step that is asked for.
    operation
        Who asks.

    Returns
    -------
    Draft
        The draft.

    Raises
    ------
    PermissionDeniedError
        Somebody else wrote it.
    RecordNotFoundError
        There is none.
    """
    draft = read_draft(connection, ask.draft_id)
    if draft.author_id != operation.person_id:
        raise PermissionDeniedError("change a draft of somebody else", "ask its author to do it")
    return draft


def keep(connection: Connection, ask: Ask, revised: Revised, operation: Operation) -> Draft | None:
    """Keep a working draft without an entry in the trail.

    Parameters
    ----------
    connection
        An open transaction.
    ask
        The step that is asked for.
    revised
        What to keep.
    operation
        Who asks, and why.

    Returns
    -------
    Draft or None
        As kept; None for one that has to be worked on again first.

    Raises
    ------
    ConflictError
        It was changed since it was seen.
    """
    draft = read_own(connection, ask, operation)
    if draft.state is not DraftState.WORKING:
        return None
    wanted = revised_values(draft, revised, operation)
    if draft.version == ask.expected_version + 1 and wanted == _content(draft):
        return draft  # kept before, and the answer was lost
    check_seen(draft, ask)
    moment = max(now_text(), draft.updated_at)  # clocks of two machines differ
    values = {**wanted, "version": draft.version + 1, "updated_at": moment}
    connection.execute(update(DRAFTS).where(DRAFTS.c.id == draft.id).values(values))
    return read_draft(connection, draft.id)


def revised_values(draft: Draft, revised: Revised, operation: Operation) -> dict[str, Any]:
    """Make the cells of a revised draft.

    Parameters
    ----------
    draft
        As it was.
    revised
        What to keep.
    operation
        Who asks, and why.

    Returns
    -------
    dict of (str, object)
        Cells by column.
    """
    check_dossier(draft.record_id, draft.table, revised.dossier, deletion=draft.deletion)
    return {
        "dossier": text_of(revised.dossier),
        "form": revised.form,
        "base_revision": draft.base_revision if revised.base_revision is None else revised.base_revision,
        "why": operation.why or draft.why,
    }


def _content(draft: Draft) -> dict[str, Any]:
    kept = {key: getattr(draft, key) for key in ("form", "base_revision", "why")}
    return {"dossier": text_of(draft.dossier), **kept}


def check_seen(draft: Draft, ask: Ask) -> None:
    """Refuse a step on what has changed since, or from a state that it cannot start from.

    Parameters
    ----------
    draft
        As it is.
    ask
        The step that is asked for.

    Raises
    ------
    ConflictError
        It was changed since it was seen.
    DraftStateError
        It is not in a state to take the step.
    """
    if draft.version != ask.expected_version:
        who = draft.decided_by if draft.decided_at == draft.updated_at else draft.author
        raise ConflictError(
            draft.id, ask.yours, draft.dossier, who=who, when=draft.updated_at, revision=draft.version
        )
    starts, _, words = STEPS[ask.name]
    if draft.state not in starts:
        raise DraftStateError(draft.id, draft.state, words)


def take_step(step: Step, ask: Ask, draft: Draft, values: Mapping[str, Any]) -> None:
    """Write the new state, and say so in the trail.

    Parameters
    ----------
    step
        The operation.
    ask
        The step that is asked for.
    draft
        As it was.
    values
        Further cells.
    """
    _, state, _ = STEPS[ask.name]
    row = {**values, "state": state.value, "version": draft.version + 1, "updated_at": step.at}
    step.connection.execute(update(DRAFTS).where(DRAFTS.c.id == draft.id).values(row))
    step.details |= {"draft": draft.id, "record": draft.record_id, "version": draft.version + 1}
    step.details |= {"before": draft.state.value, "after": state.value}


def accept(step: Step, draft: Draft) -> Mapping[str, Any]:
    """Write what a draft proposes into the records.

    Parameters
    ----------
    step
        The operation.
    draft
        The draft.

    Returns
    -------
    Mapping of (str, object)
        What the record is now.

    Raises
    ------
    DraftStateError
        It was never finished.
    """
    # The trail of the record names who wrote it, and who let it pass.
    own = draft.author_id == step.operation.person_id
    step.who = draft.author if own else f"{draft.author}, accepted by {step.operation.who}"
    step.why = draft.why or step.operation.why
    step.details |= {"author": draft.author_id, "base_revision": draft.base_revision}
    if draft.deletion:
        return delete_record(step, draft.record_id, draft.base_revision)
    if draft.dossier is None:
        raise DraftStateError(draft.id, "unfinished", "accepted")
    return save_dossier(step, draft.dossier, draft.base_revision)


def read_draft(connection: Connection, draft_id: str) -> Draft:
    """Read a draft.

    Parameters
    ----------
    connection
        An open transaction.
    draft_id
        Its id.

    Returns
    -------
    Draft
        The draft.

    Raises
    ------
    RecordNotFoundError
        There is none.
    """
    if not is_storable(draft_id):
        raise RecordNotFoundError(draft_id)
    row = connection.execute(select(DRAFTS).where(DRAFTS.c.id == draft_id)).mappings().one_or_none()
    if row is None:
        raise RecordNotFoundError(draft_id)
    return Draft.of(row)
