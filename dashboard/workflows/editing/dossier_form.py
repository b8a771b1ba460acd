"""A dossier while somebody works on it: cells of text, so that nothing typed is lost for being unfinished.

A form may hold a date that is no date and a citation without its source. It becomes a
`dashboard.domain.dossier.Dossier` only when every cell can be read; until then it says cell by cell what is
wrong.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from anyascii import anyascii

from dashboard.domain.cells import RowError, read_cells, write_cells
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Actor, Citation, Event, Location, Site, SiteStatus, Source, column_names
from dashboard.errors import DraftError, DraftProblem

__all__ = ["ROW_TABLES", "DossierForm", "free_id", "row_types"]

Cells = dict[str, str]

_RECORDS: Final[dict[str, type[Any]]] = {"sites": Site, "events": Event, "actors": Actor}
_ROWS: Final[dict[str, type[Any]]] = {
    "locations": Location,
    "site_status": SiteStatus,
    "citations": Citation,
    "sources": Source,
}
ROW_TABLES: Final = tuple(_ROWS)
"""Tables whose rows belong to a record."""

_PREFIX: Final = {"locations": "lo", "site_status": "ss", "citations": "ci", "sources": "so"}
_RECORD_PREFIX: Final = {"sites": "st", "events": "ev", "actors": "ac"}
_OWNER: Final = {"locations": "record_id", "site_status": "site_id", "citations": "record_id"}
_BEGINNINGS: Final = {
    "locations": {"role": "at", "precision": "none", "method": "none"},
    "site_status": {"status": "operating"},
    "citations": {"stance": "supports", "confidence": "medium"},
    "sources": {"kind": "newspaper"},
    "sites": {"kind": "factory"},
    "events": {"kind": "other", "status": "happened"},
    "actors": {"kind": "company"},
}
_MOST_IN_ID: Final = 40
_MOST_CHARACTERS: Final = 1_000_000
_MOST_ROWS: Final = 500


def row_types() -> Mapping[str, type[Any]]:
    """Give the types of everything that a form holds.

    Returns
    -------
    dict of str to type
        Record types by name of their table.
    """
    return {**_RECORDS, **_ROWS}


def free_id(table: str, name: str, taken: Mapping[str, object] | frozenset[str]) -> str:
    """Make an id for a new record of its name.

    Parameters
    ----------
    table
        ``sites``, ``events`` or ``actors``.
    name
        Name or title.
    taken
        Ids that are in use.

    Returns
    -------
    str
        Such as ``st-ben-slimane-drone-factory``; with a number after it when that is in use.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", anyascii(name).lower())[:_MOST_IN_ID].strip("-") or "record"
    stem = f"{_RECORD_PREFIX[table]}-{slug}"
    record_id, number = stem, 2
    while record_id in taken:
        record_id, number = f"{stem}-{number}", number + 1
    return record_id


@dataclass(slots=True)
class DossierForm:
    """What a person has typed about one record, cell by cell.

    Parameters
    ----------
    table
        Table of the record: ``sites``, ``events`` or ``actors``.
    record
        Cells of the record by column.
    rows
        Cells of the rows that belong to it, by table; each has its id from the beginning.
    base
        What was published when the work began, as `to_text` writes it without a base of its own; empty for a
        new record. It tells whose change a difference is when somebody else edits meanwhile.
    withheld
        Whether the author is not shown all of it, such as the exact place of a protected record.
    """

    table: str
    record: Cells
    rows: dict[str, list[Cells]] = field(default_factory=lambda: {name: [] for name in _ROWS})
    base: str = ""
    withheld: bool = False

    @classmethod
    def new(cls, table: str, record_id: str, name: str) -> "DossierForm":
        """Begin a new record.

        Parameters
        ----------
        table
            ``sites``, ``events`` or ``actors``.
        record_id
            Its id.
        name
            Its name or title.

        Returns
        -------
        DossierForm
            All else is empty, or what most records have.
        """
        cells = dict.fromkeys(column_names(_RECORDS[table]), "") | _BEGINNINGS[table]
        return cls(table, cells | {"id": record_id, "title" if table == "events" else "name": name})

    @classmethod
    def of(cls, dossier: Dossier) -> "DossierForm":
        """Begin from what is published.

        Parameters
        ----------
        dossier
            The published dossier.

        Returns
        -------
        DossierForm
            Its cells.
        """
        form = cls(
            dossier.record.table,
            write_cells(dossier.record),
            {
                name: [write_cells(row) for row in rows]
                for name, rows in (
                    ("locations", dossier.locations),
                    ("site_status", dossier.statuses),
                    ("citations", dossier.citations),
                    ("sources", dossier.sources),
                )
            },
        )
        form.base = form.to_text()
        return form

    @classmethod
    def from_text(cls, text: str) -> "DossierForm":
        """Read a form that was kept.

        Parameters
        ----------
        text
            What `to_text` gave.

        Returns
        -------
        DossierForm
            The same form; unknown columns are left out, missing ones are empty.

        Raises
        ------
        DraftError
            If the text is no form.
        """
        try:
            data = json.loads(text)
            table = data["table"]
            record = _cells(_RECORDS[table], data["record"])
            rows = {name: [_cells(_ROWS[name], row) for row in data["rows"].get(name, ())] for name in _ROWS}
            return cls(table, record, rows, str(data.get("base", "")), bool(data.get("withheld")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DraftError([DraftProblem("", "", "", "the draft cannot be read: begin again")]) from error

    def to_text(self) -> str:
        """Write the form so that `from_text` reads it.

        Returns
        -------
        str
            JSON.

        Raises
        ------
        DraftError
            If it has become too large to keep.
        """
        data: dict[str, object] = {"table": self.table, "record": self.record, "rows": self.rows}
        data |= {"base": self.base, "withheld": self.withheld}
        text = json.dumps(data, separators=(",", ":"))
        if len(text) > _MOST_CHARACTERS or any(len(rows) > _MOST_ROWS for rows in self.rows.values()):
            message = (
                f"the draft holds more than {_MOST_CHARACTERS:,} characters or {_MOST_ROWS} rows of a kind"
            )
            raise DraftError([DraftProblem("", "", "", message + ": take something out")])
        return text

    @property
    def record_id(self) -> str:
        """Id of the record."""
        return self.record["id"]

    @property
    def name(self) -> str:
        """Name or title of the record as typed."""
        return self.record.get("title", "") or self.record.get("name", "")

    def row(self, table: str, row_id: str) -> Cells | None:
        """Find a row, or the record itself by the name of its own table.

        Parameters
        ----------
        table
            Name of the table.
        row_id
            Id of the row.

        Returns
        -------
        dict of str to str or None
            Its cells, to be changed in place; None when it was taken out.
        """
        if table == self.table:
            return self.record
        return next((row for row in self.rows[table] if row["id"] == row_id), None)

    def add(self, table: str, **cells: str) -> str:
        """Add an empty row.

        Parameters
        ----------
        table
            One of `ROW_TABLES`.
        **cells
            What it begins with.

        Returns
        -------
        str
            Its id.
        """
        stem = self.record_id if table == "citations" else self.record_id.partition("-")[2]
        # Not counted up: two people who add a row each must not mean the same one.
        row_id = f"{_PREFIX[table]}-{stem}-{uuid.uuid4().hex[:6]}"
        row = dict.fromkeys(column_names(_ROWS[table]), "") | _BEGINNINGS[table] | {"id": row_id}
        if table in _OWNER:
            row[_OWNER[table]] = self.record_id
        self.rows[table].append(row | cells)
        return row_id

    def remove(self, table: str, row_id: str) -> None:
        """Take a row out.

        Parameters
        ----------
        table
            One of `ROW_TABLES`.
        row_id
            Its id.
        """
        self.rows[table] = [row for row in self.rows[table] if row["id"] != row_id]

    def read(self) -> tuple[Dossier | None, tuple[DraftProblem, ...]]:
        """Make a dossier of the cells.

        Returns
        -------
        tuple of (Dossier or None, tuple of DraftProblem)
            The dossier, or every cell that cannot be read.
        """
        problems: list[DraftProblem] = []

        def made(table: str, row_type: type[Any], cells: Cells) -> Any:  # noqa: ANN401  # the type is a value  # the type is a value
            try:
                return read_cells(row_type, cells)
            except RowError as error:
                problems.extend(
                    DraftProblem(table, cells.get("id", ""), found.field, found.message)
                    for found in error.problems
                )
                return None

        record = made(self.table, _RECORDS[self.table], self.record)
        read = {name: tuple(made(name, _ROWS[name], row) for row in self._used(name)) for name in _ROWS}
        if problems:
            return None, tuple(problems)
        return Dossier(
            record=record,
            locations=read["locations"],
            statuses=read["site_status"],
            citations=read["citations"],
            sources=read["sources"],
        ), ()

    def _used(self, table: str) -> Iterator[Cells]:
        """Give the rows of a table; a source that nothing cites any more is not part of the dossier."""
        cited = {row["source_id"] for row in self.rows["citations"]}
        return (row for row in self.rows[table] if table != "sources" or row["id"] in cited)


def _cells(row_type: type[Any], row: Mapping[str, object]) -> Cells:
    return {column: str(row.get(column, "")) for column in column_names(row_type)}
