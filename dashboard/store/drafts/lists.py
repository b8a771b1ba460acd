"""Lists of drafts: a page at a time, each draft as one line, without reading the records that it proposes."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select, true

from dashboard.domain.dossier import FACTS
from dashboard.store.database.texts import is_storable
from dashboard.store.drafts.draft import DraftState
from dashboard.store.trail.ledger import DRAFTS

__all__ = ["MOST_LINES", "DraftLine", "Narrowed", "count_lines", "read_lines", "read_waiting"]

MOST_LINES: Final = 1_000
"""Most lines of one page."""

_KEPT: Final = (
    "id", "record_id", "table", "deletion", "state", "author_id", "author", "base_revision", "version", "why",
    "updated_at", "submitted_at", "decided_by", "decided_why",
)  # fmt: skip
_NAMES: Final = ("name", "title")
_NO_ORIGIN: Final = "{}"  # as `origin_of` writes it


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One draft of a list; `Drafts.get` gives all of it.

    Parameters
    ----------
    id
        Id of the draft.
    record_id, table
        The record that it is about.
    name
        Name or title that it proposes; empty for a deletion, and as long as the draft cannot be read.
    deletion
        Whether the record shall be taken away.
    state
        Where it is on its way.
    author_id, author
        Who proposes it.
    made_by
        What made it, where it comes from a machine; empty for a person's own.
    base_revision
        Revision of the record that the author has seen; 0 for a new record.
    version
        Goes up with every step.
    has_form
        Whether there is a form to go on with.
    why
        Why it is proposed.
    updated_at, submitted_at
        When, ISO 8601, UTC; empty when it was not.
    decided_by, decided_why
        Who decided about it last, and why.
    """

    id: str
    record_id: str
    table: str
    name: str
    deletion: bool
    state: DraftState
    author_id: str
    author: str
    made_by: str
    base_revision: int
    version: int
    has_form: bool
    why: str
    updated_at: str
    submitted_at: str
    decided_by: str
    decided_why: str

    @classmethod
    def of(cls, row: RowMapping) -> "DraftLine":
        """Make it of a row.

        Parameters
        ----------
        row
            Row of a list.

        Returns
        -------
        DraftLine
            The line.
        """
        made_by = json.loads(row["origin"]).get("kind", "")
        read: dict[str, Any] = {
            "name": _name_in(row["dossier"], row["table"]),
            "deletion": bool(row["deletion"]),
            "state": DraftState(row["state"]),
            "has_form": bool(row["has_form"]),
            "made_by": made_by if isinstance(made_by, str) else "",
        }
        return cls(**{key: row[key] for key in _KEPT} | read)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which drafts of all are wanted.

    Parameters
    ----------
    states
        Their states; nothing for all.
    author_id
        Id of the author; None for everybody's.
    record_id
        Id of the record that they are about; None for all.
    table
        Table of the record; None for all.
    submitted_by
        Moment by which they were submitted, as the store writes moments; None for any.
    from_machine
        Whether a machine made them, as from an article; None for all.
    """

    states: Collection[DraftState] = ()
    author_id: str | None = None
    record_id: str | None = None
    table: str | None = None
    submitted_by: str | None = None
    from_machine: bool | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether something is asked for that no database keeps."""
        return not all(is_storable(value) for value in (self.author_id, self.record_id, self.table) if value)

    def conditions(self) -> list[ColumnElement[bool]]:
        """Say it in SQL.

        Returns
        -------
        list of ColumnElement
            Conditions that all hold.
        """
        columns = DRAFTS.c
        found: list[ColumnElement[bool]] = []
        if self.states:
            found.append(columns.state.in_([state.value for state in self.states]))
        wanted = ((columns.author_id, self.author_id), (columns.record_id, self.record_id))
        for column, value in (*wanted, (columns.table, self.table)):
            if value is not None:
                found.append(column == value)
        if self.submitted_by is not None:
            found.append(columns.submitted_at <= self.submitted_by)
        if self.from_machine is not None:
            found.append((columns.origin != _NO_ORIGIN) == self.from_machine)
        return found


def read_lines(
    connection: Connection, narrowed: Narrowed, limit: int, before: DraftLine | None
) -> tuple[DraftLine, ...]:
    """Read a page of drafts, last changed first.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    narrowed
        Which drafts.
    limit
        Most lines.
    before
        Line that they come after on the list, being older; None to begin with the first.

    Returns
    -------
    tuple of DraftLine
        The page.
    """
    at, key = DRAFTS.c.updated_at, DRAFTS.c.id
    older: ColumnElement[bool] = true()
    if before is not None:
        older = (at < before.updated_at) | ((at == before.updated_at) & (key > before.id))
    return _read(connection, narrowed, limit, (older, at.desc(), key))


def read_waiting(
    connection: Connection, narrowed: Narrowed, limit: int, after: DraftLine | None
) -> tuple[DraftLine, ...]:
    """Read a page of drafts, first submitted first.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    narrowed
        Which drafts.
    limit
        Most lines.
    after
        Line that they come after; None to begin with the first.

    Returns
    -------
    tuple of DraftLine
        The page.
    """
    at, key = DRAFTS.c.submitted_at, DRAFTS.c.id
    newer: ColumnElement[bool] = true()
    if after is not None:
        newer = (at > after.submitted_at) | ((at == after.submitted_at) & (key > after.id))
    return _read(connection, narrowed, limit, (newer, at.asc(), key))


def count_lines(connection: Connection, narrowed: Narrowed) -> int:
    """Count drafts.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    narrowed
        Which drafts.

    Returns
    -------
    int
        How many there are.
    """
    if narrowed.is_nothing:
        return 0
    rows = select(func.count()).select_from(DRAFTS).where(*narrowed.conditions())
    return int(connection.execute(rows).scalar_one())


_Turn = tuple[ColumnElement[bool], ColumnElement[Any], ColumnElement[Any]]
"""What comes after the page before, and the two columns that say in which order."""


def _read(connection: Connection, narrowed: Narrowed, limit: int, turn: _Turn) -> tuple[DraftLine, ...]:
    if narrowed.is_nothing:
        return ()
    beyond, *order = turn
    # Put in order without their dossiers and forms, which a database would carry along while it sorts.
    ids = select(DRAFTS.c.id).where(*narrowed.conditions(), beyond)
    ids = ids.order_by(*order).limit(max(1, min(limit, MOST_LINES)))
    columns = [DRAFTS.c[name] for name in (*_KEPT, "origin", "dossier")]
    rows = select(*columns, (DRAFTS.c.form != "").label("has_form"))
    rows = rows.where(DRAFTS.c.id.in_(ids)).order_by(*order)
    return tuple(map(DraftLine.of, connection.execute(rows).mappings().all()))


def _name_in(dossier: str, table: str) -> str:
    # The cells of the record alone: to make records of all of them is what a list has no time for.
    if not dossier or table not in FACTS:
        return ""
    (record,) = json.loads(dossier)[table]
    return str(next((record[column] for column in _NAMES if record.get(column)), ""))
