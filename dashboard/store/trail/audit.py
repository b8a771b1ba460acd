"""What a write changes: rows before and after, the trail's words for it, and its weight in the content."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.domain.cells import cells_as_found, content_sum, write_cells
from dashboard.domain.records import TABLES, Change

__all__ = ["RowChange", "content_change", "differences", "not_yet", "row_changes"]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row before and after a write.

    Parameters
    ----------
    table
        Name of its table.
    old, new
        The record; None where there is none.
    """

    table: str
    old: Any
    new: Any

    @property
    def id(self) -> str:
        """Id of the row."""
        return str((self.old or self.new).id)


def row_changes(
    before: Mapping[str, Iterable[Any]], after: Mapping[str, Iterable[Any]]
) -> tuple[RowChange, ...]:
    """Find the rows that differ between two sets of tables.

    Parameters
    ----------
    before, after
        Records by table name; a missing table counts as empty. Changes are left aside.

    Returns
    -------
    tuple of RowChange
        In table and id order.
    """
    changes: list[RowChange] = []
    for name in TABLES:
        if name == Change.table:
            continue
        old, new = ({r.id: r for r in side.get(name, ())} for side in (before, after))
        changes += (
            RowChange(name, old.get(row_id), new.get(row_id))
            for row_id in sorted(old.keys() | new.keys())
            if old.get(row_id) != new.get(row_id)
        )
    return tuple(changes)


def differences(changes: Iterable[RowChange], who: str, why: str, when: str) -> tuple[Change, ...]:
    """Say what changed, field by field.

    Parameters
    ----------
    changes
        Rows before and after.
    who, why
        Who changed them and why.
    when
        The moment, ISO 8601.

    Returns
    -------
    tuple of Change
        In the order given.
    """
    # A new record is one change of its id; a deleted one is a change of every field, so that nothing is lost.
    made: list[Change] = []
    for change in changes:
        left = cells_as_found(change.old) if change.old is not None else {}
        right = write_cells(change.new) if change.new is not None else {}
        fields = [column for column in left if left[column] != right.get(column, "")] if left else ["id"]
        made += (
            Change(
                record_id=change.id,
                field=field,
                before=left.get(field, ""),
                after=right.get(field, ""),
                who=who,
                when=when,
                why=why,
            )
            for field in fields
        )
    return tuple(made)


def content_change(changes: Iterable[RowChange], grown: Iterable[Change] = ()) -> int:
    """Reckon what a write adds to the sum of the content.

    Parameters
    ----------
    changes
        Rows before and after.
    grown
        Changes that are added to the trail, which are content too.

    Returns
    -------
    int
        What to add to `dashboard.domain.cells.content_sum`; it may be negative.
    """
    old: dict[str, list[Any]] = {name: [] for name in TABLES}
    new: dict[str, list[Any]] = {name: [] for name in TABLES}
    for change in changes:
        if change.old is not None:
            old[change.table].append(change.old)
        if change.new is not None:
            new[change.table].append(change.new)
    new[Change.table] += grown
    return content_sum(new) - content_sum(old, checked=False)


def not_yet(stored: Sequence[Change], given: Sequence[Change]) -> Iterator[Change]:
    """Pick the changes that are not in the audit trail.

    Parameters
    ----------
    stored
        The audit trail.
    given
        Changes that may be in it.

    Yields
    ------
    Change
        Those that are not, in their order; a change that is given twice is looked for twice.
    """
    have = Counter(stored)
    for change in given:
        if have[change]:
            have[change] -= 1
        else:
            yield change
