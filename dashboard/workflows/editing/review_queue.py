"""The queue: what waits for a decision, narrowed and a page at a time, however much was proposed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from dashboard.domain.access import Person, Right, require
from dashboard.store.drafts.drafts import DraftLine, DraftState, Narrowed
from dashboard.store.store import Store

__all__ = ["PAGE", "Queue", "Wanted", "authors_waiting", "queue"]

PAGE: Final = 100
"""Drafts on a page of the queue."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reviewer wants to see of the queue.

    Parameters
    ----------
    author_id
        Id of the author; None for everybody's.
    table
        ``sites``, ``events`` or ``actors``; None for all.
    days
        How long a draft waits at least.
    """

    author_id: str | None = None
    table: str | None = None
    days: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of what waits.

    Parameters
    ----------
    drafts
        Submitted drafts, oldest first.
    total
        How many there are on all pages.
    """

    drafts: tuple[DraftLine, ...]
    total: int


def authors_waiting(store: Store, person: Person) -> dict[str, str]:
    """Say whose drafts wait for a decision.

    Parameters
    ----------
    store
        The store.
    person
        Who looks.

    Returns
    -------
    dict of str to str
        Name by id, in the order of the names.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer.
    """
    require(person, Right.REVIEW)
    return store.drafts.authors((DraftState.SUBMITTED,))


def queue(
    store: Store,
    person: Person,
    wanted: Wanted = Wanted(),
    *,
    limit: int = PAGE,
    after: DraftLine | None = None,
) -> Queue:
    """List what waits for a decision, a page at a time.

    Parameters
    ----------
    store
        The store.
    person
        Who looks.
    wanted
        What to see of it.
    limit
        Most drafts of a page.
    after
        Last draft of the page before; None for the first page.

    Returns
    -------
    Queue
        The page.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer.
    """
    # Looking is no writing: the queue can be read while the atlas is read only.
    require(person, Right.REVIEW)
    by = _moment(wanted.days) if wanted.days else None
    narrowed = Narrowed((DraftState.SUBMITTED,), wanted.author_id, None, wanted.table, by)
    return Queue(*store.drafts.waiting(narrowed, limit=limit, after=after))


def _moment(days_ago: int) -> str:
    # As the store writes moments: they are compared as texts.
    return (datetime.now(UTC) - timedelta(days=days_ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
