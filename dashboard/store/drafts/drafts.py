"""Drafts: proposed by one person, decided about by another; acceptance writes the record in the same moment.

Who the author and the reviewer are is taken from the operations, so that the trail and the draft cannot say
different things.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Engine, func, insert, select

from dashboard.errors import (
    DraftStateError,
    OwnDraftError,
)
from dashboard.store.database.engine import reading, settled, writing
from dashboard.store.drafts.checks import check_form, check_proposal, origin_of, text_of
from dashboard.store.drafts.draft import Draft, DraftState, Proposal, Revised, Verdict
from dashboard.store.drafts.lists import DraftLine, Narrowed, count_lines, read_lines, read_waiting
from dashboard.store.drafts.steps import (
    Ask,
    Values,
    accept,
    check_seen,
    keep,
    read_draft,
    read_own,
    revised_values,
    take_step,
)
from dashboard.store.trail.ledger import DRAFTS
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step, perform

__all__ = ["Draft", "DraftLine", "DraftState", "Drafts", "Narrowed", "Proposal", "Revised", "Verdict"]

_LINES: Final = 100


class Drafts:
    """All drafts.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, proposal: Proposal, operation: Operation) -> Draft:
        """Begin a draft.

        Parameters
        ----------
        proposal
            What is proposed.
        operation
            Who proposes it and why.

        Returns
        -------
        Draft
            The draft, still being worked on.

        Raises
        ------
        DossierError
            If the proposal does not hold together.
        RowError
            If a value cannot be kept as it is.
        TextError
            If form, origin or id cannot be kept as they are.
        """
        check_proposal(proposal)
        origin = origin_of(proposal)

        def write(step: Step) -> Mapping[str, Any]:
            row = {
                "id": f"dr-{uuid4().hex}",
                "record_id": proposal.record_id,
                "table": proposal.table,
                "deletion": proposal.deletion,
                "state": DraftState.WORKING.value,
                "author_id": operation.person_id,
                "author": operation.who,
                "origin": origin,
                "base_revision": proposal.base_revision,
                "version": 1,
                "dossier": text_of(proposal.dossier),
                "form": proposal.form,
                "why": operation.why,
                "created_at": step.at,
                "updated_at": step.at,
            }
            nothing_yet = ("submitted_at", "decided_by_id", "decided_by", "decided_why", "decided_at")
            row |= dict.fromkeys(nothing_yet, "")
            step.connection.execute(insert(DRAFTS).values(row))
            step.details |= {"draft": row["id"], "record": proposal.record_id}
            return {"id": row["id"]}

        return self.get(perform(self._engine, operation, write).answer["id"])

    def revise(self, draft_id: str, revised: Revised, expected_version: int, operation: Operation) -> Draft:
        """Work on a draft of one's own; one that was rejected or withdrawn is worked on again.

        To work on again is an entry of the trail. What is kept of a working draft, at every field that
        settles, is none: the trail holds what others are to judge, and would drown in it. The same content
        saved twice is one save there, whatever the ids of its operations.

        Parameters
        ----------
        draft_id
            Id of the draft.
        revised
            What the author makes of it.
        expected_version
            Version that the author has seen.
        operation
            Who does it; its reason, when there is one, takes the place of the one of before.

        Returns
        -------
        Draft
            The draft, being worked on.

        Raises
        ------
        ConflictError
            If another tab changed it meanwhile.
        DossierError
            If the dossier is of another record.
        DraftStateError
            If it waits for a reviewer or was accepted.
        PermissionDeniedError
            If it is somebody else's.
        RecordNotFoundError
            If there is no such draft.
        """
        check_form(revised.form)
        ask = Ask("revise", draft_id, expected_version, revised.dossier)

        def values(draft: Draft, _step: Step) -> Mapping[str, Any]:
            return revised_values(draft, revised, operation)

        def quietly() -> Draft | None:
            with writing(self._engine) as connection:
                return keep(connection, ask, revised, operation)

        return settled(quietly) or self._own_step(ask, operation, values)

    def submit(self, draft_id: str, expected_version: int, operation: Operation) -> Draft:
        """Hand a draft of one's own to the reviewers.

        Parameters
        ----------
        draft_id
            Id of the draft.
        expected_version
            Version that the author has seen.
        operation
            Who does it and why.

        Returns
        -------
        Draft
            The draft, waiting.

        Raises
        ------
        ConflictError
            If another tab changed it meanwhile.
        DraftStateError
            If it waits already, is decided about, or is not finished.
        PermissionDeniedError
            If it is somebody else's.
        RecordNotFoundError
            If there is no such draft.
        """

        def values(draft: Draft, step: Step) -> Mapping[str, Any]:
            if draft.dossier is None and not draft.deletion:
                raise DraftStateError(draft_id, "unfinished", "submitted")
            return {"submitted_at": step.at, "why": operation.why or draft.why}

        return self._own_step(Ask("submit", draft_id, expected_version), operation, values)

    def withdraw(self, draft_id: str, expected_version: int, operation: Operation) -> Draft:
        """Take a draft of one's own back.

        Parameters
        ----------
        draft_id
            Id of the draft.
        expected_version
            Version that the author has seen.
        operation
            Who does it and why.

        Returns
        -------
        Draft
            The draft, which can be worked on again.

        Raises
        ------
        ConflictError
            If another tab changed it meanwhile, or a reviewer decided.
        DraftStateError
            If it was accepted or withdrawn before.
        PermissionDeniedError
            If it is somebody else's.
        RecordNotFoundError
            If there is no such draft.
        """
        ask = Ask("withdraw", draft_id, expected_version)
        return self._own_step(ask, operation, lambda _draft, _step: {})

    def decide(
        self,
        draft_id: str,
        verdict: Verdict,
        expected_version: int,
        operation: Operation,
        *,
        allow_own: bool = False,
    ) -> Draft:
        """Decide about a draft of somebody else; acceptance makes it public in the same moment.

        Parameters
        ----------
        draft_id
            Id of the draft.
        verdict
            What is decided.
        expected_version
            Version that the reviewer has seen.
        operation
            Who decides and why.
        allow_own
            Whether it may be one's own: in a local session there is nobody else.

        Returns
        -------
        Draft
            The draft, decided about.

        Raises
        ------
        ConflictError
            If the draft or its record was changed meanwhile; nothing is decided then.
        DossierError
            If the record cannot be saved or deleted so; nothing is decided then.
        DraftStateError
            If it does not wait for a decision.
        OwnDraftError
            If it is one's own.
        RecordNotFoundError
            If there is no such draft, or the record it changes never was.
        """

        def write(step: Step) -> Mapping[str, Any]:
            draft = read_draft(step.connection, draft_id)
            if draft.author_id == operation.person_id and not allow_own:
                raise OwnDraftError(draft_id)
            values: dict[str, Any] = {
                "decided_by_id": operation.person_id,
                "decided_by": operation.who,
                "decided_why": operation.why,
                "decided_at": step.at,
            }
            ask = Ask(verdict, draft_id, expected_version)
            check_seen(draft, ask)
            take_step(step, ask, draft, values)
            if verdict is not Verdict.ACCEPT:
                return {"id": draft_id}
            return {"id": draft_id, **accept(step, draft)}

        return self.get(perform(self._engine, operation, write).answer["id"])

    def get(self, draft_id: str) -> Draft:
        """Read a draft.

        Parameters
        ----------
        draft_id
            Id of the draft.

        Returns
        -------
        Draft
            The draft.

        Raises
        ------
        RecordNotFoundError
            If there is none.
        """
        with reading(self._engine, single=True) as connection:
            return read_draft(connection, draft_id)

    def list(
        self,
        states: Collection[DraftState] = (),
        author_id: str | None = None,
        record_id: str | None = None,
        *,
        limit: int = _LINES,
        before: DraftLine | None = None,
        from_machine: bool | None = None,
    ) -> tuple[DraftLine, ...]:
        """List drafts, a page at a time.

        Parameters
        ----------
        states
            States to list; nothing for all.
        author_id
            Id of the author; None for everybody's.
        record_id
            Id of the record that they are about; None for all.
        limit
            Most lines, at most 1,000.
        before
            Last line of the page before; None for the first page.
        from_machine
            Whether a machine made them, as from an article; None for all.

        Returns
        -------
        tuple of DraftLine
            Last changed first.
        """
        wanted = Narrowed(states, author_id, record_id, from_machine=from_machine)
        with reading(self._engine, single=True) as connection:
            return read_lines(connection, wanted, limit, before)

    def waiting(
        self, narrowed: Narrowed, *, limit: int = _LINES, after: DraftLine | None = None
    ) -> tuple[tuple[DraftLine, ...], int]:
        """List drafts as a queue, a page at a time, and count them.

        Parameters
        ----------
        narrowed
            Which drafts.
        limit
            Most lines, at most 1,000.
        after
            Last line of the page before; None for the first page.

        Returns
        -------
        tuple of (tuple of DraftLine, int)
            First submitted first; and how many there are on all pages.
        """
        with reading(self._engine) as connection:
            return read_waiting(connection, narrowed, limit, after), count_lines(connection, narrowed)

    def authors(self, states: Collection[DraftState]) -> dict[str, str]:
        """Say who has drafts.

        Parameters
        ----------
        states
            States of the drafts that count.

        Returns
        -------
        dict of str to str
            Name by id, in the order of the names.
        """
        rows = select(DRAFTS.c.author_id, func.max(DRAFTS.c.author)).group_by(DRAFTS.c.author_id)
        rows = rows.where(DRAFTS.c.state.in_([state.value for state in states]))
        with reading(self._engine, single=True) as connection:
            found = [(row[0], row[1]) for row in connection.execute(rows)]
        return dict(sorted(found, key=lambda author: (author[1], author[0])))

    def record_ids(self) -> frozenset[str]:
        """Say which records drafts are about, or were.

        Returns
        -------
        frozenset of str
            Ids of records.
        """
        with reading(self._engine, single=True) as connection:
            return frozenset(connection.scalars(select(DRAFTS.c.record_id).distinct()))

    def counts(self) -> dict[DraftState, int]:
        """Count drafts by state.

        Returns
        -------
        dict of DraftState to int
            Every state is present.
        """
        rows = select(DRAFTS.c.state, func.count()).group_by(DRAFTS.c.state)
        with reading(self._engine, single=True) as connection:
            found = {DraftState(state): count for state, count in connection.execute(rows).all()}
        return {state: found.get(state, 0) for state in DraftState}

    def _own_step(self, ask: Ask, operation: Operation, values: Values) -> Draft:
        def write(step: Step) -> Mapping[str, Any]:
            draft = read_own(step.connection, ask, operation)
            check_seen(draft, ask)
            take_step(step, ask, draft, values(draft, step))
            return {"id": ask.draft_id}

        return self.get(perform(self._engine, operation, write).answer["id"])
