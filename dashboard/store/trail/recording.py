"""How anything is written: one transaction, one operation, one entry of the audit trail.

`perform` is the only way in. It finds an operation that was done already and gives its answer again; else it
lets a function write, keeps what that changed, and closes the entry that covers it.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select

from dashboard.domain.cells import CONTENT_MODULUS, version_of
from dashboard.domain.records import Change, column_names
from dashboard.errors import OperationError
from dashboard.store.database.engine import settled, writing
from dashboard.store.database.meta import AUDIT_HEAD, CONTENT_SUM, DATA_VERSION, read_meta, set_meta
from dashboard.store.records.rows import write_rows
from dashboard.store.records.tables import MAIN
from dashboard.store.trail.audit import RowChange, content_change, differences
from dashboard.store.trail.chain import NO_HEAD, Head, canonical, digest_of, hash_of, now_text, seconds_of
from dashboard.store.trail.ledger import AUDIT, REVISIONS
from dashboard.store.trail.operations import Operation

__all__ = [
    "CHANGE_COLUMNS",
    "Done",
    "Step",
    "begin",
    "changes_between",
    "changes_of",
    "last_entry",
    "perform",
]

CHANGE_COLUMNS: Final = ("sequence", *column_names(Change))
_CHANGES: Final = MAIN[Change.table].table
_IDS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Done:
    """What an operation did.

    Parameters
    ----------
    answer
        What it answered, as JSON values.
    changes
        Every field of a record that it changed.
    sequence
        Number of its entry in the audit trail.
    """

    answer: Mapping[str, Any]
    changes: tuple[Change, ...]
    sequence: int


@dataclass(slots=True)
class Step:
    """One operation while it is written.

    Parameters
    ----------
    connection
        Connection inside a writing transaction.
    operation
        What is done.
    sequence
        Number that its entry will have.
    previous
        Hash of the entry before.
    at
        The moment; never before that of the entry before.
    who, why
        Who stands behind the records as they are then, and why; at first as the operation says it.
    last_change
        Number of the last change that there is.
    details
        What to keep in the entry beside the changes.
    """

    connection: Connection
    operation: Operation
    sequence: int
    previous: str
    at: str
    who: str
    why: str
    last_change: int
    details: dict[str, Any] = field(default_factory=dict)
    _changes: list[Change] = field(default_factory=list)
    _content: int | None = None
    _meta: dict[str, str] = field(default_factory=dict)

    def change(self, rows: Sequence[RowChange], *, silent: bool = False) -> tuple[Change, ...]:
        """Write rows of records and keep what changed.

        Parameters
        ----------
        rows
            Rows before and after.
        silent
            Whether the trail names no field of it, as for the first records of an empty database.

        Returns
        -------
        tuple of Change
            What changed, field by field.
        """
        made = () if silent else differences(rows, self.who, self.why, seconds_of(self.at))
        self._content = (self._content or 0) + content_change(rows)
        write_rows(self.connection, rows)
        self.keep(made)
        return made

    def keep(self, changes: Iterable[Change]) -> None:
        """Add changes to the trail.

        Parameters
        ----------
        changes
            What was changed, here or in a package that is put in.
        """
        found = tuple(changes)
        self._content = (self._content or 0) + content_change((), found)
        self._changes += found

    def revise(self, record_ids: Iterable[str], *, deleted: bool = False) -> dict[str, int]:
        """Give records their next revision.

        Parameters
        ----------
        record_ids
            Ids of sites, events or actors.
        deleted
            Whether they are gone with it.

        Returns
        -------
        dict of str to int
            Their revision numbers.
        """
        ids = sorted(set(record_ids))
        numbers = dict.fromkeys(ids, 1)
        for start in range(0, len(ids), _IDS_AT_ONCE):
            last = (
                select(REVISIONS.c.record_id, func.max(REVISIONS.c.number))
                .where(REVISIONS.c.record_id.in_(ids[start : start + _IDS_AT_ONCE]))
                .group_by(REVISIONS.c.record_id)
            )
            numbers |= {row[0]: row[1] + 1 for row in self.connection.execute(last)}
        common = {
            "who": self.who,
            "at": self.at,
            "why": self.why,
            "sequence": self.sequence,
            "deleted": deleted,
        }
        if numbers:
            rows = [{"record_id": key, "number": number} | common for key, number in numbers.items()]
            self.connection.execute(insert(REVISIONS), rows)
        return numbers

    def data_version(self) -> str:
        """Reckon the content as it is after what was written so far.

        Returns
        -------
        str
            Data version, which the database knows too when the step is over; empty when nothing was ever
            stored.
        """
        self._meta = self._meta or read_meta(self.connection, CONTENT_SUM, DATA_VERSION)
        if self._content is not None:
            content = (int(self._meta.get(CONTENT_SUM, "0"), 16) + self._content) % CONTENT_MODULUS
            self._content = None
            self._meta |= {CONTENT_SUM: f"{content:064x}", DATA_VERSION: version_of(content)}
        return self._meta.get(DATA_VERSION, "")

    def finish(self, answer: Mapping[str, Any]) -> Done:
        """Keep the changes and close the entry.

        Parameters
        ----------
        answer
            What the operation answers.

        Returns
        -------
        Done
            What was done.
        """
        rows = [_cells(number, change) for number, change in enumerate(self._changes, self.last_change + 1)]
        if rows:
            named = [dict(zip(CHANGE_COLUMNS, row, strict=True)) for row in rows]
            self.connection.execute(insert(_CHANGES), named)
            self.last_change += len(rows)
        self.close(answer, digest_of(rows))
        return Done(json.loads(canonical(answer)), tuple(self._changes), self.sequence)

    def close(self, answer: Mapping[str, Any], digest: str) -> None:
        """Write the entry of the trail.

        Parameters
        ----------
        answer
            What the operation answers.
        digest
            Digest of the changes that the operation made.
        """
        values: dict[str, Any] = {
            "sequence": self.sequence,
            "at": self.at,
            "who": self.operation.who,
            "person_id": self.operation.person_id,
            "action": self.operation.action,
            "subject": self.operation.subject,
            "why": self.operation.why,
            "operation_id": self.operation.id,
            "details": canonical(self.details),
            "answer": canonical(answer),
            "data_version": self.data_version(),
            "last_change": self.last_change,
            "digest": digest,
            "previous": self.previous,
        }
        values["hash"] = hash_of(values)
        self.connection.execute(insert(AUDIT).values(values))
        head = Head(self.sequence, values["hash"], self.at)
        set_meta(self.connection, {**self._meta, AUDIT_HEAD: str(head)})


def perform(
    engine: Engine,
    operation: Operation,
    write: Callable[[Step], Mapping[str, Any]],
    *,
    thorough: bool = False,
) -> Done:
    """Do an operation, once, however often it is asked for.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    operation
        What is done.
    write
        Writes, and gives the answer as JSON values. It may raise: nothing is written then, and the operation
        may be tried again.
    thorough
        Whether whole tables are written, which may take long.

    Returns
    -------
    Done
        What was done; for a repeat, what was done the first time.

    Raises
    ------
    OperationError
        If the id was used for another operation.
    StoreError
        If the database fails.
    """

    def once() -> Done:
        with writing(engine, thorough=thorough) as connection:
            known, last, last_change = _look(connection, operation)
            if known is not None:
                return _repeated(connection, operation, known)
            step = _begin(connection, operation, last, last_change)
            return step.finish(write(step))

    return settled(once)


def begin(connection: Connection, operation: Operation) -> Step:
    """Begin an operation inside a transaction that somebody else opened.

    Parameters
    ----------
    connection
        Connection inside a writing transaction.
    operation
        What is done.

    Returns
    -------
    Step
        The operation, to write with and to finish.
    """
    _, last, last_change = _look(connection, operation)
    return _begin(connection, operation, last, last_change)


def last_entry(connection: Connection) -> Mapping[str, Any] | None:
    """Read the last entry of the trail.

    Parameters
    ----------
    connection
        Connection inside a transaction.

    Returns
    -------
    Mapping or None
        Values by column; None when there is none.
    """
    rows = select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(1)
    row = connection.execute(rows).mappings().one_or_none()
    return None if row is None else dict(row)


def changes_between(connection: Connection, after: int, last: int) -> tuple[Change, ...]:
    """Read a run of changes.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    after
        Number of the change before the first.
    last
        Number of the last.

    Returns
    -------
    tuple of Change
        In their order.
    """
    columns = [_CHANGES.c[column] for column in CHANGE_COLUMNS[1:]]
    wanted = (_CHANGES.c.sequence > after) & (_CHANGES.c.sequence <= last)
    rows = connection.execute(select(*columns).where(wanted).order_by(_CHANGES.c.sequence)).all()
    return tuple(Change(**dict(zip(CHANGE_COLUMNS[1:], row, strict=True))) for row in rows)


def changes_of(connection: Connection, sequence: int) -> tuple[Change, ...]:
    """Read the changes of one entry.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    sequence
        Number of the entry.

    Returns
    -------
    tuple of Change
        In their order; empty for an entry without any, or an unknown one.
    """
    ends = select(AUDIT.c.sequence, AUDIT.c.last_change).where(AUDIT.c.sequence.in_((sequence - 1, sequence)))
    found = {row.sequence: row.last_change for row in connection.execute(ends)}
    if sequence not in found:
        return ()
    return changes_between(connection, found.get(sequence - 1, 0), found[sequence])


def _look(connection: Connection, operation: Operation) -> tuple[RowMapping | None, Head, int]:
    """Find the entry of the operation, the end of the trail and that of the changes, in one journey."""
    last_change = select(func.max(_CHANGES.c.sequence)).scalar_subquery().label("there")
    end = select(func.max(AUDIT.c.sequence)).scalar_subquery()
    rows = select(AUDIT, last_change).where(
        (AUDIT.c.operation_id == operation.id) | (AUDIT.c.sequence == end)
    )
    entries = connection.execute(rows.order_by(AUDIT.c.sequence)).mappings().all()
    if not entries:
        # An empty trail beside changes: those of a database from before the chain.
        return None, NO_HEAD, connection.scalar(select(func.max(_CHANGES.c.sequence))) or 0
    known = next((entry for entry in entries if entry["operation_id"] == operation.id), None)
    last = entries[-1]
    return known, Head(last["sequence"], last["hash"], last["at"]), last["there"] or 0


def _begin(connection: Connection, operation: Operation, last: Head, last_change: int) -> Step:
    # Clocks of two machines differ, and one may be set back.
    moment = max(now_text(), last.at)
    who, why = operation.who, operation.why
    return Step(connection, operation, last.sequence + 1, last.hash, moment, who, why, last_change)


def _repeated(connection: Connection, operation: Operation, entry: RowMapping) -> Done:
    asked = (operation.who, operation.person_id, operation.action, operation.subject)
    if (entry["who"], entry["person_id"], entry["action"], entry["subject"]) != asked:
        raise OperationError(operation.id)
    sequence = entry["sequence"]
    return Done(json.loads(entry["answer"]), changes_of(connection, sequence), sequence)


def _cells(sequence: int, change: Change) -> tuple[Any, ...]:
    return (sequence, *(getattr(change, column) for column in CHANGE_COLUMNS[1:]))
