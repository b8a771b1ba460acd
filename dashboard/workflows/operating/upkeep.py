"""What admins look after: the store, its queues and backups, and whether its trail holds together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.domain.access import Person, Right, require
from dashboard.store.backups.backup import Backup, back_up, backups_in
from dashboard.store.backups.manifest import Manifest
from dashboard.store.database.control import State
from dashboard.store.database.migrate import schema_version
from dashboard.store.database.verify import verify
from dashboard.store.drafts.drafts import DraftState
from dashboard.store.layers.large import LargeLayer
from dashboard.store.store import Store
from dashboard.store.trail.anchor import last_anchor
from dashboard.store.trail.chain import Head
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.trail import Entry

__all__ = [
    "StoreStatus",
    "audit_entries",
    "backups",
    "make_backup",
    "queue_sizes",
    "store_status",
    "verify_audit",
]


def queue_sizes(store: Store, person: Person) -> dict[DraftState, int]:
    """Count drafts by state.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.

    Returns
    -------
    dict of DraftState to int
        Every state; those that no draft has are 0.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    """
    require(person, Right.ADMINISTER)
    counts = store.drafts.counts()
    return {state: counts.get(state, 0) for state in DraftState}


def audit_entries(
    store: Store, person: Person, *, limit: int = 100, before: int | None = None
) -> tuple[Entry, ...]:
    """Read the audit trail.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.
    limit
        How many entries.
    before
        Number of the entry before which they stand; None for the latest.

    Returns
    -------
    tuple of Entry
        Newest first.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    """
    require(person, Right.ADMINISTER)
    return tuple(store.trail.list(limit, before))


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """How the store is.

    Parameters
    ----------
    location
        Its address without credentials.
    schema
        Revision of its tables.
    state
        Data version, mode and head of the audit trail.
    anchor
        Head that was last written outside the database; None without a file for it, or an empty one.
    """

    location: str
    schema: str
    state: State
    anchor: Head | None


def store_status(store: Store, person: Person, anchor_file: Path | None) -> StoreStatus:
    """Ask the store how it is.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.
    anchor_file
        File outside the database that heads of the audit trail are written to; None without one.

    Returns
    -------
    StoreStatus
        Its answer.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    StoreError
        The database does not answer, or the file cannot be read.
    """
    require(person, Right.ADMINISTER)
    return StoreStatus(
        store.location, schema_version(store.engine), store.control.state(), last_anchor(anchor_file)
    )


def verify_audit(store: Store, person: Person, anchor_file: Path | None) -> list[str]:
    """Compute everything the store promises again: the chain, the versions, the anchor.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.
    anchor_file
        File outside the database that heads of the audit trail are written to; None without one.

    Returns
    -------
    list of str
        What is wrong; empty when nothing is.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    """
    require(person, Right.ADMINISTER)
    return verify(store, anchor_file)


def backups(person: Person, folder: Path) -> tuple[Manifest, ...]:
    """List the backups.

    Parameters
    ----------
    person
        Who asks.
    folder
        Folder for backups.

    Returns
    -------
    tuple of Manifest
        Newest first.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    """
    require(person, Right.ADMINISTER)
    return backups_in(folder)


def make_backup(  # noqa: PLR0913  # of what, where to, why
    store: Store,
    person: Person,
    folder: Path,
    anchor_file: Path | None,
    *,
    why: str,
    operation_id: str,
    large: Sequence[LargeLayer] = (),
) -> Backup:
    """Make a backup while people go on working.

    Parameters
    ----------
    store
        The store.
    person
        Who makes it.
    folder
        Folder for backups.
    anchor_file
        File outside the database that the head of the audit trail is written to; None without one.
    why
        Why; may be empty.
    operation_id
        Made once for this wish.
    large
        Large layers, whose rows are not within.

    Returns
    -------
    Backup
        What was made.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    BackupError
        The folder cannot be written, or PostgreSQL's tools are missing or fail.
    """
    require(person, Right.ADMINISTER)
    operation = Operation.by(person, "backup", "store", why, operation_id=operation_id)
    return back_up(store, folder, operation, anchor=anchor_file, large=large)
