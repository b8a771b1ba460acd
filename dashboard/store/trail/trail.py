"""The audit trail to read, to add a note to, and to check: every write of any kind is one entry of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, RowMapping, Select, false, select

from dashboard.domain.cells import RowError, content_version
from dashboard.domain.records import Change
from dashboard.store.database.engine import reading
from dashboard.store.database.meta import AUDIT_HEAD, DATA_VERSION, read_meta
from dashboard.store.database.texts import is_storable
from dashboard.store.records.rows import read_tables
from dashboard.store.records.tables import MAIN
from dashboard.store.trail.chain import NO_HEAD, Head, digest_of, hash_of
from dashboard.store.trail.ledger import AUDIT
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import CHANGE_COLUMNS, Step, changes_of, last_entry, perform

__all__ = ["Entry", "Head", "Trail"]

_CHANGES: Final = MAIN[Change.table].table
_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as the audit trail keeps it.

    Parameters
    ----------
    sequence
        Its number, without gaps from 1.
    at
        When, ISO 8601, UTC; never before the entry before.
    who, person_id
        Who did it: the name, and the id where people sign in.
    action, subject, why
        What was done, to what, and why.
    operation_id
        Id of the operation.
    details
        What else was changed, such as a role before and after.
    data_version
        Data version after it.
    last_change
        Number of the last change that it or any before it made.
    digest
        Digest of its changes.
    previous, hash
        Hash of the entry before, and its own.
    """

    sequence: int
    at: str
    who: str
    person_id: str
    action: str
    subject: str
    why: str
    operation_id: str
    details: Mapping[str, Any]
    data_version: str
    last_change: int
    digest: str
    previous: str
    hash: str

    @classmethod
    def of(cls, row: RowMapping) -> "Entry":
        """Make it of a row.

        Parameters
        ----------
        row
            Row of the table ``audit``.

        Returns
        -------
        Entry
            The entry.
        """
        values = {key: value for key, value in row.items() if key != "answer"}
        return cls(**{**values, "details": json.loads(row["details"])})


class Trail:
    """The audit trail.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(
        self, limit: int = 100, before: int | None = None, subject: str | None = None
    ) -> tuple[Entry, ...]:
        """List entries.

        Parameters
        ----------
        limit
            Most entries, at most 1,000.
        before
            Number of the entry that they come before; None to begin with the last.
        subject
            Id of what they are about; None for all.

        Returns
        -------
        tuple of Entry
            Newest first.
        """
        rows = select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(min(limit, _MOST))
        if before is not None:
            rows = rows.where(AUDIT.c.sequence < before)
        if subject is not None:
            rows = rows.where(AUDIT.c.subject == subject if is_storable(subject) else false())
        with reading(self._engine) as connection:
            return tuple(map(Entry.of, connection.execute(rows).mappings().all()))

    def changes_of(self, sequence: int) -> tuple[Change, ...]:
        """List the changes that one entry covers.

        Parameters
        ----------
        sequence
            Number of the entry.

        Returns
        -------
        tuple of Change
            In their order; empty for an entry without any.
        """
        with reading(self._engine) as connection:
            return changes_of(connection, sequence)

    def head(self) -> Head:
        """Give the end of the trail, to be kept outside the database.

        Returns
        -------
        Head
            Number, hash and moment of the last entry.
        """
        with reading(self._engine) as connection:
            last = last_entry(connection)
        return NO_HEAD if last is None else Head(last["sequence"], last["hash"], last["at"])

    def note(self, operation: Operation, details: Mapping[str, Any] | None = None) -> Entry:
        """Add an entry about something that writes nothing else, such as a backup that was made.

        Parameters
        ----------
        operation
            Who did what and why.
        details
            JSON values to keep with it.

        Returns
        -------
        Entry
            The entry.
        """

        def write(step: Step) -> Mapping[str, Any]:
            step.details |= details or {}
            return {}

        sequence = perform(self._engine, operation, write).sequence
        (entry,) = self.list(1, before=sequence + 1)
        return entry

    def verify(self, anchor: Head | None = None) -> tuple[str, ...]:
        """Check that nothing in the trail or in the records was changed behind the back of the atlas.

        Parameters
        ----------
        anchor
            A head that was kept outside the database: only with it does it show that all hashes were made
            anew.

        Returns
        -------
        tuple of str
            One sentence for each thing that is wrong; empty when all is well.
        """
        with reading(self._engine, thorough=True) as connection:
            return tuple(_Check(connection, anchor).problems())


class _Check:
    """One look over the whole trail."""

    def __init__(self, connection: Connection, anchor: Head | None) -> None:
        self._connection = connection
        self._anchor = anchor

    def problems(self) -> Iterator[str]:
        """Say what is wrong, entry by entry, then with the ends."""
        groups = _grouped_changes(self._connection)
        last: Mapping[str, Any] = {"sequence": 0, "at": "", "hash": "", "data_version": ""}
        pending = next(groups, None)
        rows = self._connection.execute(_streamed(select(AUDIT).order_by(AUDIT.c.sequence))).mappings()
        for entry in map(dict[str, Any], rows):
            own = []
            while pending is not None and pending[0] <= entry["last_change"]:
                own.append(pending)
                pending = next(groups, None)
            yield from _entry_faults(entry, last, own)
            yield from self._anchor_faults(entry)
            last = entry
        left = 0 if pending is None else 1 + sum(1 for _ in groups)
        if left:
            yield f"{left} change(s) belong to no entry: they were written past the atlas"
        yield from self._end_faults(last)

    def _anchor_faults(self, entry: Mapping[str, Any]) -> Iterator[str]:
        anchor = self._anchor
        if anchor is not None and entry["sequence"] == anchor.sequence and entry["hash"] != anchor.hash:
            yield f"Entry {anchor.sequence} is not the one that was anchored: the trail was written anew"

    def _end_faults(self, last: Mapping[str, Any]) -> Iterator[str]:
        number = last["sequence"]
        if self._anchor is not None and number < self._anchor.sequence:
            yield f"The trail ends with entry {number}, but {self._anchor.sequence} was anchored: it was cut"
        meta = read_meta(self._connection, AUDIT_HEAD, DATA_VERSION)
        known = Head.parse(meta[AUDIT_HEAD]) if AUDIT_HEAD in meta else NO_HEAD
        if (known.sequence, known.hash) != (number, last["hash"]):
            yield f"The trail ends with entry {number}, but the database remembers entry {known.sequence}"
        version = meta.get(DATA_VERSION, "")
        if last["data_version"] != version:
            yield f"The data version is {version or 'none'}, but the trail ends with {last['data_version']}"
        if version and _content(self._connection) != version:
            yield "The records are not those that the trail ends with: they were changed past the atlas"


def _content(connection: Connection) -> str:
    try:
        return content_version(read_tables(connection))
    except RowError:
        return ""  # a value that the atlas would never have kept


def _grouped_changes(connection: Connection) -> Iterator[tuple[Any, ...]]:
    columns = [_CHANGES.c[column] for column in CHANGE_COLUMNS]
    rows = connection.execute(_streamed(select(*columns).order_by(_CHANGES.c.sequence)))
    return (tuple(row) for row in rows)


def _streamed(rows: Select[Any]) -> Select[Any]:
    # A trail of many years need not fit into memory.
    return rows.execution_options(yield_per=_MOST)


def _entry_faults(
    entry: Mapping[str, Any], last: Mapping[str, Any], changes: list[tuple[Any, ...]]
) -> Iterator[str]:
    number = entry["sequence"]
    if number != last["sequence"] + 1:
        yield f"Entry {number} follows entry {last['sequence']}: something between them was taken away"
    elif entry["previous"] != last["hash"]:
        yield f"Entry {number} does not continue entry {number - 1}: one of them was changed"
    if entry["hash"] != hash_of(entry):
        yield f"Entry {number} was changed after it was written"
    if entry["at"] < last["at"]:
        yield f"Entry {number} is older than the one before it"
    if entry["digest"] != digest_of(changes):
        yield f"The changes of entry {number} are not those that it was written with"
