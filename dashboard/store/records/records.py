"""Saving, deleting and restoring one record with everything that belongs to it, inside a step.

Whoever saves says which revision they have seen. When another is there by now, nothing is saved and both
versions come back: the last one to save must never win without having seen what they overwrite.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import delete, insert, select

from dashboard.domain.dossier import Dossier
from dashboard.domain.points import with_real_points
from dashboard.domain.records import Change, Source
from dashboard.errors import ConflictError, DossierError, RecordNotFoundError
from dashboard.store.records.checking import check_dossier
from dashboard.store.records.loading import (
    citing,
    deleted_record,
    last_revision,
    load_by_ids,
    load_dossier,
    referrers,
)
from dashboard.store.trail.audit import row_changes
from dashboard.store.trail.ledger import DELETED
from dashboard.store.trail.recording import Done, Step

__all__ = [
    "Saved",
    "delete_record",
    "forget_deleted",
    "keep_deleted",
    "restore_record",
    "save_dossier",
]

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Saved:
    """What a write did to a record.

    Parameters
    ----------
    revision
        Revision number that the record has now.
    changes
        Every field that was changed; empty when it was so already.
    """

    revision: int
    changes: tuple[Change, ...]

    @classmethod
    def of(cls, done: Done) -> "Saved":
        """Make it of what an operation did.

        Parameters
        ----------
        done
            What `save_dossier`, `delete_record` or `restore_record` answered.

        Returns
        -------
        Saved
            The same in words of the domain.
        """
        return cls(done.answer["revision"], done.changes)


def save_dossier(step: Step, dossier: Dossier, expected: int) -> dict[str, Any]:
    """Save a record, new or in place of the one that is there.

    Parameters
    ----------
    step
        The operation.
    dossier
        The record with everything that belongs to it.
    expected
        Revision that whoever saves has seen; 0 for a new record.

    Returns
    -------
    dict of str to int
        Its new revision.

    Raises
    ------
    ConflictError
        If it has another revision by now.
    DossierError
        If it does not hold together.
    RowError
        If a value cannot be written.
    """
    before = _expect(step, dossier.id, expected, dossier)
    check_dossier(step.connection, dossier, before)
    # A source that is cited no longer stays: others may cite it, and a restored record does.
    ids = {row.id for row in dossier.sources}
    known = tuple(row for row in (before.sources if before is not None else ()) if row.id in ids)
    others = ids - {row.id for row in known}
    stored = (*known, *load_by_ids(step.connection, Source.table, "id", others))
    old = {} if before is None else before.tables()
    rows = row_changes({**old, Source.table: stored}, dossier.tables())
    if not rows:
        return {"revision": expected}
    step.change(rows)
    changed = {row.id for row in rows if row.table == Source.table and row.old is not None}
    return {"revision": _revise(step, dossier.id, changed)}


def delete_record(step: Step, record_id: str, expected: int) -> dict[str, Any]:
    """Take a record away, to be brought back when need be.

    Parameters
    ----------
    step
        The operation; its reason is kept.
    record_id
        Id of the site, event or actor.
    expected
        Revision that whoever deletes has seen.

    Returns
    -------
    dict of str to int
        Its new revision.

    Raises
    ------
    ConflictError
        If it has another revision by now.
    DossierError
        If others refer to it, or nobody says why.
    RecordNotFoundError
        If there is no such record.
    """
    before = _expect(step, record_id, expected, None)
    if before is None:
        raise RecordNotFoundError(record_id)
    problems = [] if step.why else ["Say why: the reason is shown where the record was"]
    others = referrers(step.connection, before.table, record_id)
    if others:
        problems.append(_named_by(record_id, others))
    if problems:
        raise DossierError(problems)
    step.change(row_changes({**before.tables(), Source.table: ()}, {}))
    number = step.revise([record_id], deleted=True)[record_id]
    keep_deleted(step, before, number)
    return {"revision": number}


def restore_record(step: Step, record_id: str) -> dict[str, Any]:
    """Bring a deleted record back as it was.

    Parameters
    ----------
    step
        The operation.
    record_id
        Id of the site, event or actor.

    Returns
    -------
    dict of str to int
        Its new revision.

    Raises
    ------
    RecordNotFoundError
        If it is not among the deleted ones.
    DossierError
        If what it refers to is gone, or an id of its rows is taken by now.
    """
    found = deleted_record(step.connection, record_id)
    if found is None:
        raise RecordNotFoundError(record_id)
    stored = load_by_ids(step.connection, Source.table, "id", {row.id for row in found.dossier.sources})
    have = {row.id for row in stored}
    lost = tuple(row for row in found.dossier.sources if row.id not in have)
    dossier = replace(found.dossier, sources=(*stored, *lost))
    check_dossier(step.connection, dossier)
    step.change(row_changes({Source.table: stored}, dossier.tables()))
    forget_deleted(step, [record_id])
    return {"revision": _revise(step, record_id, ())}


def keep_deleted(step: Step, dossier: Dossier, revision: int) -> None:
    """Keep a dossier among the deleted ones.

    Parameters
    ----------
    step
        The operation that deletes it.
    dossier
        The dossier.
    revision
        Revision number of the deletion.
    """
    # What was written past the atlas could not be brought back; the trail has every field of it.
    dossier = replace(dossier, locations=with_real_points(dossier.locations))
    row = {
        "record_id": dossier.id,
        "table": dossier.table,
        "dossier": dossier.to_json(),
        "who": step.who,
        "at": step.at,
        "why": step.why,
        "revision": revision,
    }
    step.connection.execute(insert(DELETED).values(row))


def forget_deleted(step: Step, record_ids: Collection[str]) -> None:
    """Take dossiers off the deleted ones, because the records are there again.

    Parameters
    ----------
    step
        The operation that brings them back.
    record_ids
        Their ids.
    """
    there = set(step.connection.scalars(select(DELETED.c.record_id)))
    for record_id in there.intersection(record_ids):
        step.connection.execute(delete(DELETED).where(DELETED.c.record_id == record_id))


def _expect(step: Step, record_id: str, expected: int, yours: Dossier | None) -> Dossier | None:
    """Give the dossier that is there when it is the one that was seen."""
    last = last_revision(step.connection, record_id)
    there = load_dossier(step.connection, record_id)
    if last is None and there is None and expected == 0:
        return None
    if last is not None and last.number == expected and there is not None:
        return there
    if last is None:
        raise RecordNotFoundError(record_id)
    raise ConflictError(record_id, yours, there, who=last.who, when=last.at, revision=last.number)


def _revise(step: Step, record_id: str, changed_sources: Collection[str]) -> int:
    # A source is part of every dossier that cites it: whoever edits one of those must see the change.
    others = citing(step.connection, changed_sources) if changed_sources else set()
    return step.revise({record_id, *others})[record_id]


def _named_by(record_id: str, others: tuple[str, ...]) -> str:
    shown = ", ".join(others[:_SHOWN])
    more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
    return f"{record_id} is named by {shown}{more}: change those first"
