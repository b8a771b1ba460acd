"""Deciding about what an article tells: accept, reject or edit each proposal, beside what the machine said.

The drafts are drafts like any other, and the store's rules hold: nobody but the one person of a local session
decides about their own. What a reviewer changes in somebody else's proposal becomes a draft of the reviewer,
and waits for somebody else again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from dashboard.domain.access import Person, Right, require
from dashboard.errors import DraftError, DraftProblem
from dashboard.store.drafts.articles import Keyed
from dashboard.store.drafts.drafts import Draft, DraftState, Proposal, Revised, Verdict
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.articles.additions import addition
from dashboard.workflows.articles.items import ASIDE, Item, Seen
from dashboard.workflows.editing.dossier_check import dossier_problems
from dashboard.workflows.views.evidence import Library

__all__ = ["Wish", "accept", "add_beside", "close", "edit", "put_in_place", "reject"]

_MOST_IN_WHY: Final = 2_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done, with all that it takes to do it once.

    Parameters
    ----------
    store
        The store.
    person
        Who wants it.
    why
        Why, for the audit trail.
    operation_id
        Made once for the wish, so that trying again after a lost answer is safe.
    """

    store: Store
    person: Person
    why: str = ""
    operation_id: str = ""

    def operation(self, action: str, subject: str, *, part: str = "", why: str = "") -> Operation:
        """Make one operation of it.

        Parameters
        ----------
        action
            What is done.
        subject
            Id of what it is done to.
        part
            Which of several operations of the wish.
        why
            Why, when it is not the person's own reason.

        Returns
        -------
        Operation
            With an id that is the same for every try.
        """
        once = uuid5(NAMESPACE_URL, f"{self.operation_id} {part}").hex if part else self.operation_id
        return Operation.by(self.person, action, subject, why or self.why, operation_id=once)


def accept(wish: Wish, item: Item, library: Library, seen: Seen) -> Draft:
    """Accept a proposal: it is on the map at the next look.

    Parameters
    ----------
    wish
        Who accepts and why.
    item
        The proposal as it was shown. An added source that nobody has touched is put on what is published now.
    library
        All records, which it refers to.
    seen
        Gives a dossier as its author may see it.

    Returns
    -------
    Draft
        The accepted draft.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    OwnDraftError
        It is the person's own.
    ConflictError
        It, or its record, was changed meanwhile.
    DraftError
        It does not hold together.
    """
    require(wish.person, Right.REVIEW, wish.store.control.mode())
    _check_why(wish.why)
    draft = _on_what_is_published(wish, item, seen)
    if draft.dossier is None:
        raise DraftError([DraftProblem("", "", "", "it is not finished: edit it first")])
    if problems := dossier_problems(draft.dossier, library):
        raise DraftError(problems)
    operation = wish.operation("accept draft", draft.record_id)
    return wish.store.drafts.decide(
        draft.id, Verdict.ACCEPT, draft.version, operation, allow_own=wish.person.is_local
    )


def reject(wish: Wish, item: Item) -> Draft:
    """Reject a proposal; its author takes it back with the same key.

    Parameters
    ----------
    wish
        Who rejects and why.
    item
        The proposal as it was shown.

    Returns
    -------
    Draft
        The draft, rejected or withdrawn.

    Raises
    ------
    PermissionDeniedError
        It is somebody else's and the person is no reviewer, or the atlas is read only.
    ConflictError
        It was changed meanwhile.
    DraftError
        No reason is given.
    """
    if not wish.why.strip():
        raise DraftError([DraftProblem("", "", "why", "is empty: say why, so that others understand it")])
    _check_why(wish.why)
    return close(wish, item, wish.why)


def close(wish: Wish, item: Item, why: str, part: str = "") -> Draft:
    """Take a proposal out of the queue without publishing it.

    Parameters
    ----------
    wish
        Who does it.
    item
        The proposal as it was shown.
    why
        Why.
    part
        Which of several operations of the wish.

    Returns
    -------
    Draft
        The draft, rejected or withdrawn.

    Raises
    ------
    PermissionDeniedError
        It is somebody else's and the person is no reviewer, or the atlas is read only.
    ConflictError
        It was changed meanwhile.
    """
    store, person, draft = wish.store, wish.person, item.draft
    own = draft.author_id == person.id
    if own and (not person.is_local or draft.state is not DraftState.SUBMITTED):
        require(person, Right.PROPOSE, store.control.mode())
        operation = wish.operation("withdraw draft", draft.record_id, part=part, why=why)
        return store.drafts.withdraw(draft.id, draft.version, operation)
    require(person, Right.REVIEW, store.control.mode())
    operation = wish.operation("reject draft", draft.record_id, part=part, why=why)
    return store.drafts.decide(draft.id, Verdict.REJECT, draft.version, operation, allow_own=person.is_local)


def edit(wish: Wish, item: Item) -> str:
    """Take a proposal in hand to edit it.

    Parameters
    ----------
    wish
        Who edits.
    item
        The proposal as it was shown.

    Returns
    -------
    str
        Id of the draft to go on with: one's own, or a copy of somebody else's, which is put aside for it.

    Raises
    ------
    PermissionDeniedError
        It is somebody else's and the person is no reviewer, or the atlas is read only.
    ConflictError
        It was changed meanwhile.
    """
    store, draft = wish.store, item.draft
    if draft.author_id != wish.person.id:
        proposal = Proposal(
            draft.record_id, draft.table, draft.base_revision, draft.dossier, draft.form, origin=draft.origin
        )
        return put_in_place(wish, (item,), proposal, "taken over to be edited", complete=False).id
    require(wish.person, Right.PROPOSE, store.control.mode())
    if draft.state is DraftState.SUBMITTED:
        taken = wish.operation("withdraw draft", draft.record_id, part="withdraw", why="to be edited")
        draft = store.drafts.withdraw(draft.id, draft.version, taken)
    if draft.state is not DraftState.WORKING:
        again = wish.operation("save draft", draft.record_id, part="revise")
        revised = Revised(draft.dossier, draft.form, draft.base_revision)
        draft = store.drafts.revise(draft.id, revised, draft.version, again)
    return draft.id


def put_in_place(
    wish: Wish, items: Sequence[Item], proposal: Proposal, why: str, *, complete: bool = True
) -> Draft:
    """Put a proposal that a person made in the place of one or more.

    Parameters
    ----------
    wish
        Who does it; the author of the new one.
    items
        The proposals that make room.
    proposal
        What takes their place.
    why
        What is said of those that make room.
    complete
        Whether it may be decided about at once.

    Returns
    -------
    Draft
        The new draft.

    Raises
    ------
    PermissionDeniedError
        One is somebody else's and the person is no reviewer, or the atlas is read only.
    ConflictError
        One was changed meanwhile; those before it are put aside, and trying again goes on.
    """
    for number, item in enumerate(items):
        close(wish, item, f"{ASIDE}{why}", part=f"close {number}")
    return add_beside(wish, items[0], proposal, 0, complete=complete)


def add_beside(wish: Wish, item: Item, proposal: Proposal, number: int, *, complete: bool = True) -> Draft:
    """Put one more proposal of an article into the queue.

    Parameters
    ----------
    wish
        Who does it; the author of the new one.
    item
        The proposal that it stems from.
    proposal
        What is proposed.
    number
        Which of the new proposals of the wish it is.
    complete
        Whether it may be decided about at once.

    Returns
    -------
    Draft
        The new draft.

    Raises
    ------
    PermissionDeniedError
        The person may not propose, or not now.
    """
    require(wish.person, Right.PROPOSE, wish.store.control.mode())
    once = uuid5(NAMESPACE_URL, f"{wish.operation_id} {number}").hex[:8]
    key = f"{item.link.key[:80]}~{once}"
    whole = replace(proposal, origin={**proposal.origin, "key": key})
    article = str(item.origin.get("article", ""))
    operation = wish.operation("propose again", article, part=f"add {number}")
    keyed = Keyed(key, whole, complete=complete, why=wish.why)
    return wish.store.articles.add(article, keyed, item.link.extractor, operation)


def _on_what_is_published(wish: Wish, item: Item, seen: Seen) -> Draft:
    """Give the draft to decide about: an untouched addition follows its record."""
    draft, added = item.draft, item.added
    if added is None or not item.link.is_untouched:
        return draft
    dossier, revision = wish.store.repository.dossier(draft.record_id)
    if revision == draft.base_revision:
        return draft
    renewed = addition(dossier, revision, added, seen, draft.origin)
    if draft.author_id != wish.person.id:
        # The author may be shown less than who accepts: what is in the form stays what it was.
        renewed = replace(renewed, form=draft.form)
    keyed = Keyed(item.link.key, renewed)
    operation = wish.operation("renew draft", draft.record_id, part="renew", why="its record was changed")
    if wish.store.articles.follow(item.link, keyed, operation):
        return wish.store.drafts.get(draft.id)
    return draft


def _check_why(why: str) -> None:
    if len(why) > _MOST_IN_WHY:
        message = f"has more than {_MOST_IN_WHY:,} characters"
        raise DraftError([DraftProblem("", "", "why", message)])
