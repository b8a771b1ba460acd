"""The audit trail: what changed between two states of the records, by whom and why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dashboard.domain.cells import write_cells
from dashboard.domain.records import TABLES, Change

__all__ = ["differences", "not_yet"]


def differences(
    before: Mapping[str, Sequence[Any]], after: Mapping[str, Sequence[Any]], who: str, why: str
) -> tuple[Change, ...]:
    """Say what changed from one set of tables to another, field by field.

    Parameters
    ----------
    before, after
        Records by table name; every table is present.
    who
        Who changed it.
    why
        Why.

    Returns
    -------
    tuple of Change
        In table and id order, stamped with the present moment.
    """
    # A new record is one change of its id; a deleted one is a change of every field, so that nothing is lost.
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    changes: list[Change] = []
    for name in TABLES:
        if name == "changes":
            continue
        old, new = ({r.id: r for r in side[name]} for side in (before, after))
        for record_id in sorted(old.keys() | new.keys()):
            if old.get(record_id) == new.get(record_id):
                continue
            left = write_cells(old[record_id]) if record_id in old else {}
            right = write_cells(new[record_id]) if record_id in new else {}
            fields = ["id"] if not left else [c for c in left if left[c] != right.get(c, "")]
            changes += (
                Change(
                    record_id=record_id,
                    field=field,
                    before=left.get(field, ""),
                    after=right.get(field, ""),
                    who=who,
                    when=when,
                    why=why,
                )
                for field in fields
            )
    return tuple(changes)


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
