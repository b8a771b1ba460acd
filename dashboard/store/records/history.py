"""Past states of the records, made again by taking back what the audit trail says was changed.

Nothing is kept for it beside the trail, which says of every change what was there before. Whatever is made
again has to have the very content that gave the version its name, or it is not shown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, RowMapping, func, select

from dashboard.domain.cells import RowError, content_version, read_cells, sort_records, write_cells
from dashboard.domain.records import TABLES, Change, column_names
from dashboard.domain.validation import ID_PREFIXES
from dashboard.errors import VersionGoneError
from dashboard.store.database.engine import reading
from dashboard.store.records.rows import read_tables
from dashboard.store.records.tables import MAIN
from dashboard.store.trail.ledger import AUDIT

__all__ = ["History", "NumberedChanges", "StoredVersion", "taken_back"]

_CHANGES: Final = MAIN[Change.table].table
_TABLE_OF: Final = {prefix: table for table, prefix in ID_PREFIXES.items()}
_AT_ONCE: Final = 1_000
_NEAREST: Final = 3
# What `dashboard.store.records.replacing.replace_all` answers.
_REPLACED: Final = '{"made":'

_Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One state of the records that the audit trail names.

    Parameters
    ----------
    version
        Data version.
    at
        When it came to be, ISO 8601, UTC.
    sequence
        Number of the entry that made it.
    last_change
        Number of the last change that belongs to it.
    action, who
        What was done, and by whom.
    """

    version: str
    at: str
    sequence: int
    last_change: int
    action: str
    who: str


@dataclass(frozen=True, slots=True)
class NumberedChanges:
    """A run of changes, and which of them came with a package without having been made here.

    Parameters
    ----------
    changes
        Changes by number, oldest first.
    brought
        Numbers of those that a package brought with it: they say what was changed elsewhere.
    """

    changes: Mapping[int, Change]
    brought: frozenset[int]


class History:
    """The states that the records had.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def versions(self, after: int = 0) -> tuple[StoredVersion, ...]:
        """List the states that there were.

        Parameters
        ----------
        after
            Number of the entry after which they came; 0 for all.

        Returns
        -------
        tuple of StoredVersion
            Oldest first.

        Raises
        ------
        StoreError
            If the database fails.
        """
        # Pages ask for what came lately; nobody waits for the first reading of a trail of many years.
        with reading(self._engine, thorough=after == 0) as connection:
            return _versions(connection, after)

    def changes(self, after: int, last: int) -> NumberedChanges:
        """Read a run of changes with their numbers.

        Parameters
        ----------
        after
            Number of the change before the first.
        last
            Number of the last.

        Returns
        -------
        NumberedChanges
            In their order.

        Raises
        ------
        StoreError
            If the database fails.
        """
        with reading(self._engine, thorough=True) as connection:
            return _changes(connection, after, last)

    def numbers(self, after: int, last: int) -> tuple[list[tuple[str, int]], frozenset[int]]:
        """Read which changes there are, without what they say.

        Parameters
        ----------
        after
            Number of the change before the first.
        last
            Number of the last.

        Returns
        -------
        tuple of (list of (str, int), frozenset of int)
            Id of the row and number of each, oldest first; and the numbers of those that came with a package.

        Raises
        ------
        StoreError
            If the database fails.
        """
        wanted = (_CHANGES.c.sequence > after) & (_CHANGES.c.sequence <= last)
        rows = select(_CHANGES.c.record_id, _CHANGES.c.sequence).where(wanted).order_by(_CHANGES.c.sequence)
        with reading(self._engine, thorough=True) as connection:
            found = [(row[0], row[1]) for row in connection.execute(rows)]
            return found, _brought(connection, after, last)

    def take_back(
        self, tables: Mapping[str, Sequence[Any]], present: StoredVersion, wanted: StoredVersion
    ) -> dict[str, tuple[Any, ...]]:
        """Make an older state of some tables.

        Parameters
        ----------
        tables
            All records.
        present
            The version that they are.
        wanted
            The version to make, not after that.

        Returns
        -------
        dict of str to tuple
            Records by table name, in file order. Records that did not change are the same objects.

        Raises
        ------
        StoreError
            If the database fails.
        VersionGoneError
            If what comes out is not that version.
        """
        run = self.changes(wanted.last_change, present.last_change)
        return taken_back(tables, run, wanted.version)

    def tables_at(self, version: str) -> dict[str, tuple[Any, ...]]:
        """Read everything as it was at a version.

        Parameters
        ----------
        version
            Data version.

        Returns
        -------
        dict of str to tuple
            Records by table name, in file order; every table is present.

        Raises
        ------
        StoreError
            If the database fails.
        VersionGoneError
            If the trail does not know the version, or cannot give it.
        """
        with reading(self._engine, thorough=True) as connection:
            known = _versions(connection, 0)
            wanted = next((one for one in reversed(known) if one.version == version), None)
            if wanted is None:
                raise VersionGoneError(version, [one.version for one in known[: -_NEAREST - 1 : -1]])
            tables = read_tables(connection)
            run = _changes(connection, wanted.last_change, known[-1].last_change)
        try:
            return taken_back(tables, run, version)
        except VersionGoneError:
            others = sorted(known, key=lambda one: abs(one.sequence - wanted.sequence))
            raise VersionGoneError(version, [one.version for one in others[1 : _NEAREST + 1]]) from None


def taken_back(
    tables: Mapping[str, Sequence[Any]], run: NumberedChanges, version: str
) -> dict[str, tuple[Any, ...]]:
    """Take changes back.

    Parameters
    ----------
    tables
        All records as they are after the changes.
    run
        The changes, all that came after the version.
    version
        Data version that has to come out.

    Returns
    -------
    dict of str to tuple
        Records by table name, in file order.

    Raises
    ------
    VersionGoneError
        If it does not come out.
    """
    undoing = _Undoing(tables)
    try:
        for number in sorted(run.changes, reverse=True):
            if number not in run.brought:
                undoing.undo(run.changes[number])
        found = undoing.tables()
        found[Change.table] = _before(tables[Change.table], run.changes.values())
        is_it = content_version(found) == version
    except (RowError, KeyError) as error:
        # What somebody wrote past the atlas is in no trail.
        raise VersionGoneError(version) from error
    if not is_it:
        raise VersionGoneError(version)
    return found


class _Undoing:
    """Rows that are brought back, change by change, from the last to the first."""

    def __init__(self, tables: Mapping[str, Sequence[Any]]) -> None:
        self._tables = tables
        self._by_id: dict[str, dict[str, Any]] = {}
        # None for a row that is not there at this point.
        self._cells: dict[str, dict[str, _Cells | None]] = {}

    def undo(self, change: Change) -> None:
        """Take one change back."""
        row_id, table = change.record_id, _TABLE_OF[change.record_id[:2]]
        cells = self._row(table, row_id)
        if change.field == "id" and not change.before:
            # A new row is one change, of its id.
            self._cells[table][row_id] = None
            return
        if cells is None:
            # A row that went is a change of every field that was not empty.
            cells = self._cells[table][row_id] = dict.fromkeys(column_names(TABLES[table]), "")
        if change.field not in cells:
            raise KeyError(change.field)
        cells[change.field] = change.before

    def tables(self) -> dict[str, tuple[Any, ...]]:
        """Give the tables as they are by now."""
        found = {name: tuple(rows) for name, rows in self._tables.items()}
        for table, changed in self._cells.items():
            rows = dict(self._by_id[table])
            for row_id, cells in changed.items():
                if cells is None:
                    rows.pop(row_id, None)
                else:
                    rows[row_id] = read_cells(TABLES[table], cells)
            found[table] = sort_records(TABLES[table], rows.values())
        return found

    def _row(self, table: str, row_id: str) -> _Cells | None:
        if table not in self._by_id:
            self._by_id[table] = {row.id: row for row in self._tables[table]}
            self._cells[table] = {}
        known = self._cells[table]
        if row_id not in known:
            row = self._by_id[table].get(row_id)
            known[row_id] = None if row is None else write_cells(row)
        return known[row_id]


def _before(changes: Sequence[Change], later: Iterable[Change]) -> tuple[Change, ...]:
    # Changes of one record stand in their order: the later ones are the last of each.
    left = Counter(change.record_id for change in later)
    kept: list[Change] = []
    for change in reversed(changes):
        if left[change.record_id] > 0:
            left[change.record_id] -= 1
        else:
            kept.append(change)
    return tuple(reversed(kept))


def _versions(connection: Connection, after: int) -> tuple[StoredVersion, ...]:
    previous = func.lag(AUDIT.c.data_version).over(order_by=AUDIT.c.sequence).label("previous_version")
    entries = select(AUDIT, previous).where(AUDIT.c.sequence >= after).subquery()
    is_new = (entries.c.data_version != "") & (
        entries.c.previous_version.is_(None) | (entries.c.data_version != entries.c.previous_version)
    )
    columns = [entries.c[name] for name in ("data_version", "at", "sequence", "last_change", "action", "who")]
    rows = select(*columns).where(is_new & (entries.c.sequence > after)).order_by(entries.c.sequence)
    return tuple(StoredVersion(*row) for row in connection.execute(rows))


def _changes(connection: Connection, after: int, last: int) -> NumberedChanges:
    wanted = (_CHANGES.c.sequence > after) & (_CHANGES.c.sequence <= last)
    rows = select(_CHANGES).where(wanted).order_by(_CHANGES.c.sequence)
    found = connection.execute(rows.execution_options(yield_per=_AT_ONCE)).mappings()
    return NumberedChanges(dict(map(_numbered, found)), _brought(connection, after, last))


def _numbered(row: RowMapping) -> tuple[int, Change]:
    return row["sequence"], Change(**{column: row[column] for column in column_names(Change)})


def _brought(connection: Connection, after: int, last: int) -> frozenset[int]:
    """Give the numbers of changes that packages brought: an entry has them before those that it made."""
    start = func.lag(AUDIT.c.last_change, 1, 0).over(order_by=AUDIT.c.sequence).label("start")
    entries = select(AUDIT.c.answer, AUDIT.c.last_change, start).subquery()
    inside = (entries.c.last_change > after) & (entries.c.start < last)
    replaced = select(entries).where(inside & entries.c.answer.startswith(_REPLACED))
    return frozenset(_brought_numbers(connection.execute(replaced).mappings()))


def _brought_numbers(entries: Iterable[RowMapping]) -> Iterator[int]:
    for entry in entries:
        made = int(entry["answer"].removeprefix(_REPLACED).rstrip("}"))
        yield from range(entry["start"] + 1, entry["last_change"] - made + 1)
