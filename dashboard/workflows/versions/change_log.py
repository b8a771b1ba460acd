"""What was added, changed, merged and deleted, by whom and why: the audit trail as an audience may read it.

It is made from the tables of an audience, in which the trail is coarsened as everything else is. Of the
store's own entries only numbers, moments and what was done are looked at.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.domain.records import Change
from dashboard.domain.validation import ID_PREFIXES
from dashboard.geocoding.names import fold
from dashboard.workflows.versions.published import PublishedVersion
from dashboard.workflows.views.frames import Tables

__all__ = [
    "KINDS",
    "FieldChange",
    "LogFilter",
    "LoggedChange",
    "NumberedTrail",
    "TrailEntry",
    "build_log",
    "merged_into",
    "select_changes",
]

KINDS: Final = ("added", "changed", "merged", "deleted", "restored")
"""What can become of a record."""

_TABLE_OF: Final = {prefix: table for table, prefix in ID_PREFIXES.items()}
_OWNED_BY: Final = {"lo": "record_id", "ci": "record_id", "ss": "site_id"}
_NAMED_BY: Final = ("name", "title")
_RESTORED: Final = "restore"
# A deletion that says in its reason which record tells the same.
_MERGED: Final = re.compile(
    r"\b(?:merged?\b[^.;]{0,40}?\b(?:into|with)|duplicate of|same as)\s+\W?((?:st|ev|ac)-[a-z0-9-]*[a-z0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One entry of the audit trail that made a version.

    Parameters
    ----------
    version
        The version, by its public name.
    last_change
        Number of the last change that belongs to it.
    action
        What was done, such as ``save``.
    """

    version: PublishedVersion
    last_change: int
    action: str


@dataclass(frozen=True, slots=True)
class NumberedTrail:
    """Which changes were made by which entry, without a word of what was changed.

    Parameters
    ----------
    numbers
        Id of the row and number of each change, in the order in which the tables hold the changes.
    brought
        Numbers of changes that came with a package: they were made elsewhere before.
    entries
        Entries that made versions, oldest first.
    """

    numbers: Sequence[tuple[str, int]]
    brought: Collection[int]
    entries: Sequence[TrailEntry]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after.

    Parameters
    ----------
    row_id
        Id of the row: the record, or a place, status or citation of it.
    table
        Table of the row.
    field
        The column.
    before, after
        Its cell, as the audience may see it.
    """

    row_id: str
    table: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """What one operation did to one record.

    Parameters
    ----------
    sequence
        Number of the entry of the trail.
    at
        When it was published here, ISO 8601, UTC.
    when, who, why
        When, by whom and why it was changed; ``when`` may be long before for what came with a package.
    kind
        One of `KINDS`.
    record_id, name
        The record, and what it is called or was.
    into
        Id of the record that it was merged into, if it was.
    version
        The version that came of it.
    fields
        What was changed, field by field.
    brought
        Whether it came with a package.
    """

    sequence: int
    at: str
    when: str
    who: str
    why: str
    kind: str
    record_id: str
    name: str
    into: str
    version: str
    fields: tuple[FieldChange, ...]
    brought: bool = False


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which changes somebody wants to see.

    Parameters
    ----------
    record
        Id of a record, or words of its name, in any script or spelling; empty for all.
    kind
        One of `KINDS`, empty for all.
    since, until
        First and last day of publication, ISO 8601; empty for open ends.
    """

    record: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""


def build_log(
    tables: Tables, trail: NumberedTrail, is_hidden: Callable[[str], bool] | None = None
) -> tuple[LoggedChange, ...]:
    """Put the changes together, operation by operation and record by record.

    Parameters
    ----------
    tables
        The records and changes as the audience sees them.
    trail
        The numbers of all changes.
    is_hidden
        Says of the id of a row whether the audience sees nothing of it; then the tables hold none of its
        changes.

    Returns
    -------
    tuple of LoggedChange
        Newest first.
    """
    numbers = [number for row_id, number in trail.numbers if is_hidden is None or not is_hidden(row_id)]
    numbered = sorted(zip(numbers, tables[Change.table], strict=True), key=lambda pair: pair[0])
    owners, names = _owners(tables), _names(tables)
    ends = [entry.last_change for entry in trail.entries]
    groups: dict[tuple[int, bool, str, str, str, str], list[Change]] = defaultdict(list)
    for number, change in numbered:
        at = bisect_left(ends, number)
        if at < len(ends):
            owner = _owner(owners, change.record_id)
            key = (at, number in trail.brought, owner, change.when, change.who, change.why)
            groups[key].append(change)
    logged = [
        _logged(trail.entries[key[0]], key[2], changes, names, brought=key[1])
        for key, changes in groups.items()
    ]
    return tuple(reversed(logged))


def select_changes(log: Iterable[LoggedChange], wanted: LogFilter) -> tuple[LoggedChange, ...]:
    """Pick changes.

    Parameters
    ----------
    log
        What `build_log` gave.
    wanted
        What to pick.

    Returns
    -------
    tuple of LoggedChange
        In the same order.
    """
    words = fold(wanted.record).split()
    return tuple(one for one in log if _is_wanted(one, wanted, words))


def _is_wanted(one: LoggedChange, wanted: LogFilter, words: Sequence[str]) -> bool:
    day = one.at[:10]
    if wanted.kind and one.kind != wanted.kind:
        return False
    if (wanted.since and day < wanted.since) or (wanted.until and day > wanted.until):
        return False
    if not wanted.record or wanted.record in (one.record_id, one.into):
        return True
    name = fold(one.name)
    return bool(words) and all(word in name for word in words)


def _logged(
    entry: TrailEntry, record_id: str, changes: Sequence[Change], names: Mapping[str, str], *, brought: bool
) -> LoggedChange:
    first = changes[0]
    kind = _kind(record_id, changes, entry.action)
    into = ""
    if kind == "deleted" and (into := merged_into(first.why)):
        kind = "merged"
    return LoggedChange(
        sequence=entry.version.sequence,
        at=entry.version.at,
        when=first.when,
        who=first.who,
        why=first.why,
        kind=kind,
        record_id=record_id,
        name=names.get(record_id, "") or _former_name(record_id, changes) or record_id,
        into=into,
        version=entry.version.version,
        fields=tuple(
            FieldChange(one.record_id, _TABLE_OF.get(one.record_id[:2], ""), one.field, one.before, one.after)
            for one in changes
        ),
        brought=brought,
    )


def merged_into(why: str) -> str:
    """Read from the reason of a deletion where a record went.

    Parameters
    ----------
    why
        The reason, such as "merged into st-x" or "duplicate of st-x".

    Returns
    -------
    str
        Id of the other record, empty when none is named.
    """
    found = _MERGED.search(why)
    return found[1].lower() if found else ""


def _kind(record_id: str, changes: Sequence[Change], action: str) -> str:
    for change in changes:
        if change.record_id == record_id and change.field == "id":
            if change.before:
                return "deleted"
            return "restored" if action.startswith(_RESTORED) else "added"
    return "changed"


def _former_name(record_id: str, changes: Iterable[Change]) -> str:
    own = (one for one in changes if one.record_id == record_id and one.field in _NAMED_BY)
    return next((one.before for one in own if one.before), "")


def _owners(tables: Tables) -> dict[str, str]:
    """Give whose each place, status and citation is, or was before it went."""
    owners = dict(_former_owners(tables[Change.table]))
    owners |= {row.id: row.record_id for name in ("locations", "citations") for row in tables[name]}
    owners |= {row.id: row.site_id for row in tables["site_status"]}
    return owners


def _former_owners(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    for change in changes:
        owned_by = _OWNED_BY.get(change.record_id[:2])
        if owned_by == change.field and change.before[:2] in _TABLE_OF:
            yield change.record_id, change.before


def _owner(owners: Mapping[str, str], row_id: str) -> str:
    # A citation may speak of a place or a status, which belongs to a record in turn.
    owner = owners.get(row_id, row_id)
    return owners.get(owner, owner)


def _names(tables: Tables) -> dict[str, str]:
    names = {row.id: row.name for name in ("sites", "actors", "places") for row in tables[name]}
    names |= {row.id: row.title for row in tables["events"]}
    return names | {row.id: row.title or row.publisher for row in tables["sources"]}
