"""The one way to the stored records, to read and to write; every write is one operation of the audit trail.

Records go in and come out as the values of `dashboard.domain.records`; nothing above this floor sees SQL.
"""

from collections.abc import Iterable, Mapping
from types import EllipsisType
from typing import Any

from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Change, Place
from dashboard.store.records import records
from dashboard.store.records.places import remove_place, save_place
from dashboard.store.records.reader import Reader
from dashboard.store.records.records import Saved
from dashboard.store.records.replacing import Seed, replace_all
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import perform

__all__ = ["Repository", "Saved", "Seed"]


class Repository(Reader):
    """The stored atlas; safe to share between threads, as its engine is.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def save_dossier(self, dossier: Dossier, expected: int, operation: Operation) -> Saved:
        """Save a record with everything that belongs to it.

        Parameters
        ----------
        dossier
            The record as it shall be. A source in it that is new is added; one that differs is changed for
            everybody who cites it.
        expected
            Revision that whoever saves has seen; 0 for a new record.
        operation
            Who does it and why.

        Returns
        -------
        Saved
            The new revision, and every field that changed.

        Raises
        ------
        ConflictError
            If somebody else changed it meanwhile; it carries both versions, and nothing is saved.
        DossierError
            If it does not hold together; nothing is saved.
        RecordNotFoundError
            If there is no such record, but a revision of it is expected.
        RowError
            If a value cannot be kept as it is; nothing is saved.
        StoreError
            If the database fails; nothing is saved.
        """
        done = perform(self._engine, operation, lambda step: records.save_dossier(step, dossier, expected))
        return Saved.of(done)

    def delete_record(self, record_id: str, expected: int, operation: Operation) -> Saved:
        """Take a record away; it can be brought back, and the trail keeps every field of it.

        Parameters
        ----------
        record_id
            Id of a site, an event or an actor.
        expected
            Revision that whoever deletes has seen.
        operation
            Who does it and why; a reason is needed.

        Returns
        -------
        Saved
            The revision of the deletion, and every field that went.

        Raises
        ------
        ConflictError
            If somebody else changed it meanwhile; nothing is deleted.
        DossierError
            If others refer to it, or nobody says why; nothing is deleted.
        RecordNotFoundError
            If there is no such record.
        StoreError
            If the database fails; nothing is deleted.
        """
        done = perform(self._engine, operation, lambda step: records.delete_record(step, record_id, expected))
        return Saved.of(done)

    def restore_record(self, record_id: str, operation: Operation) -> Saved:
        """Bring a deleted record back as it was.

        Parameters
        ----------
        record_id
            Id of the record.
        operation
            Who does it and why.

        Returns
        -------
        Saved
            The new revision, and what came back.

        Raises
        ------
        RecordNotFoundError
            If it is not among the deleted ones.
        DossierError
            If what it refers to is gone, or an id of its rows is taken by now; nothing is restored.
        StoreError
            If the database fails; nothing is restored.
        """
        done = perform(self._engine, operation, lambda step: records.restore_record(step, record_id))
        return Saved.of(done)

    def replace_all(
        self, tables: Mapping[str, Iterable[Any]], operation: Operation, *, seed: Seed | None = None
    ) -> tuple[Change, ...]:
        """Replace all records in one transaction and keep what was changed.

        Parameters
        ----------
        tables
            Records by table name, already validated; a missing table counts as empty. Its ``changes`` are
            added to the audit trail, which only grows.
        operation
            Who does it and why.
        seed
            The package that the records come from, when this is a seeding. Its ``data_version`` is the one
            the caller has seen: if the database has another by now, nothing is replaced.

        Returns
        -------
        tuple of Change
            Every field that changed; empty for the first records of an empty database.

        Raises
        ------
        StoreError
            If the database fails, or changed since the caller looked; nothing is replaced then.
        """
        done = perform(self._engine, operation, lambda step: replace_all(step, tables, seed), thorough=True)
        return done.changes[len(done.changes) - done.answer["made"] :]

    def save_place(
        self, place: Place, operation: Operation, *, expected: Place | EllipsisType | None = ...
    ) -> tuple[Change, ...]:
        """Save a hand-decided place, new or in place of the one that has its id.

        Parameters
        ----------
        place
            The place, validated.
        operation
            Who decided it and why.
        expected
            What its author saw there, None for nothing; an ellipsis for whatever is there.

        Returns
        -------
        tuple of Change
            What was changed; empty when the same place was there already.

        Raises
        ------
        ConflictError
            If something else is there; nothing is saved then.
        PlaceDecisionError
            If records stand on the place and it would move under them; nothing is saved then.
        RowError
            If a value cannot be kept as it is; nothing is saved then.
        StoreError
            If the database fails; nothing is saved then.
        """
        return perform(self._engine, operation, lambda step: save_place(step, place, expected)).changes

    def remove_place(
        self, place_id: str, operation: Operation, *, expected: Place | EllipsisType | None = ...
    ) -> tuple[Change, ...]:
        """Take a hand-decided place back; the audit trail keeps every field of it.

        Parameters
        ----------
        place_id
            Id of the place.
        operation
            Who takes it back and why.
        expected
            What whoever takes it back saw there; an ellipsis for whatever is there.

        Returns
        -------
        tuple of Change
            What was changed.

        Raises
        ------
        RecordNotFoundError
            If there is no such place.
        ConflictError
            If somebody changed it meanwhile; nothing is removed then.
        PlaceDecisionError
            If records stand on it; nothing is removed then.
        StoreError
            If the database fails; nothing is removed then.
        """
        return perform(self._engine, operation, lambda step: remove_place(step, place_id, expected)).changes
