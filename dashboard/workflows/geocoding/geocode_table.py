"""Geocode a column of a table of any length into a new table, so that a stopped run goes on where it was.

The output has the columns of the table and behind them what was decided, with the reason. Rows that were not
settled go to a second file as well, with their candidates, for a person to look through.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from dashboard import __version__
from dashboard.errors import TableError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.workflows.geocoding.online_answers import OnlineAsker
from dashboard.workflows.geocoding.resumable import ResumableFiles
from dashboard.workflows.geocoding.table_files import Chunk, TableFile, examine
from dashboard.workflows.geocoding.table_rows import PROVENANCE, REVIEW, ChunkAnswer, RowGeocoder, RowPlan

__all__ = ["ChunkRunner", "TableJob", "TableOutcome", "geocode_table"]

CHUNK_ROWS: Final = 5_000
"""Rows that are decided, written and kept together."""

ChunkRunner: TypeAlias = Callable[[RowPlan, Iterator[Chunk]], Iterator[ChunkAnswer]]
"""Decides about chunks, somewhere, and gives the answers in the order of the chunks."""


@dataclass(frozen=True, slots=True)
class TableJob:
    """What to geocode and where to write it.

    Parameters
    ----------
    table
        The table: delimited text with a header line.
    column
        Column with the place names.
    output
        Where the table with its answers goes; ``<table>.geocoded.csv`` beside it when None.
    review
        Where the rows to look through go; ``<table>.review.csv`` beside it when None.
    country_column
        Column with the country of each row; empty when there is none.
    country
        Country of rows that state none; empty when unknown.
    encoding
        Encoding of the table; detected when empty.
    spreadsheet
        Whether the files are to be opened in a spreadsheet: a text that it would take for a formula then
        stands behind an apostrophe. Programs find every text to the letter without.
    """

    table: Path
    column: str
    output: Path | None = None
    review: Path | None = None
    country_column: str = ""
    country: str = ""
    encoding: str = ""
    spreadsheet: bool = False

    def paths(self) -> tuple[Path, Path]:
        """Give the files to write.

        Returns
        -------
        tuple of (Path, Path)
            Output and review file.

        Raises
        ------
        TableError
            Two of the three files are the same.
        """
        output = self.output or self.table.with_name(f"{self.table.stem}.geocoded.csv")
        review = self.review or self.table.with_name(f"{self.table.stem}.review.csv")
        if len({path.resolve() for path in (self.table, output, review)}) < 3:  # noqa: PLR2004 - three files
            raise TableError("The table, the output and the review file must be three files: name another")
        return output, review


@dataclass(frozen=True, slots=True)
class TableOutcome:
    """What became of a table.

    Parameters
    ----------
    table
        Its form.
    output
        Where the answers are.
    review
        Where the rows to look through are.
    counts
        Rows by status.
    taken_up
        Rows that an earlier, interrupted run had done.
    """

    table: TableFile
    output: Path
    review: Path
    counts: dict[str, int]
    taken_up: int


def geocode_table(
    job: TableJob,
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    online: OnlineAsker | None = None,
    run: ChunkRunner | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TableOutcome:
    """Geocode a column of a table.

    Parameters
    ----------
    job
        The table and what to write.
    gazetteer
        Where to look.
    hand_decided
        Places that win over the gazetteer, besides those built into it.
    online
        Asked about names that the gazetteer does not settle; then each row is kept as soon as it is done.
    run
        Decides about the chunks elsewhere; here when None.
    progress
        Called with (rows done, rows in all) as work proceeds.

    Returns
    -------
    TableOutcome
        Where the answers are, and how many rows have which status.

    Raises
    ------
    TableError
        The table cannot be read, has no such column, or the answers cannot be written. What was done until
        then is kept, and the next call goes on from there.
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    output, review = job.paths()
    table = examine(job.table, job.encoding)
    plan = _plan(job, table, gazetteer, hand_decided or HandDecidedPlaces())
    here = RowGeocoder(plan, gazetteer, online)
    report = progress or (lambda _done, _total: None)
    with ResumableFiles((output, review), _made_from(plan, table, online=online is not None)) as files:
        taken_up = done = int(files.progress.get("rows", 0))
        counts = Counter[str](files.progress.get("counts", {}))
        if not files.progress:
            files.append(_heads(plan, table), {"rows": 0, "counts": {}})
        chunks = table.chunks(1 if online else CHUNK_ROWS, skip=done)
        answers: Iterable[ChunkAnswer] = run(plan, chunks) if run else map(here.chunk, chunks)
        report(done, table.lines - 1)
        for answer in answers:
            done += answer.rows
            counts.update(answer.counts)
            files.append((answer.output, answer.review), {"rows": done, "counts": counts})
            report(done, table.lines - 1)
        files.finish()
    return TableOutcome(table, output, review, dict(counts), taken_up)


def _plan(job: TableJob, table: TableFile, gazetteer: Gazetteer, hand_decided: HandDecidedPlaces) -> RowPlan:
    decided = repr([(asdict(entry), names) for entry, names in hand_decided])
    return RowPlan(
        gazetteer=gazetteer.path.resolve(),
        gazetteer_sha256=gazetteer.meta.get("content_sha256", ""),
        hand_decided=hand_decided,
        hand_decided_sha256=hashlib.sha256(decided.encode("utf-8", "backslashreplace")).hexdigest(),
        delimiter=table.delimiter,
        output_delimiter=table.delimiter if len(table.header) > 1 else ",",
        width=len(table.header),
        name_at=table.column(job.column),
        country_at=table.column(job.country_column) if job.country_column else None,
        country=job.country.strip(),
        guarded=job.spreadsheet,
    )


def _made_from(plan: RowPlan, table: TableFile, *, online: bool) -> dict[str, Any]:
    return {
        "atlas": __version__,
        "table": table.sha256,
        "encoding": table.encoding,
        "columns": [plan.name_at, plan.country_at],
        "country": plan.country,
        "gazetteer": plan.gazetteer_sha256,
        "hand_decided": plan.hand_decided_sha256,
        "online": online,
        "guarded": plan.guarded,
    }


def _heads(plan: RowPlan, table: TableFile) -> tuple[bytes, bytes]:
    """Write the header lines; a column of ours that the table has already becomes ``geocoded_…``."""
    taken = {title.strip().casefold() for title in table.header}
    ours = []
    for title in PROVENANCE:
        while title.casefold() in taken:
            title = f"geocoded_{title}"  # noqa: PLW2901 - until it is free
        ours.append(title)
    # A spreadsheet reads UTF-8 only behind a mark, so one that wrote the mark gets it back.
    mark = "\ufeff" if table.encoding in {"utf-8-sig", "utf-16"} else ""
    lines = plan.line((*table.header, *ours)), plan.line(REVIEW)
    return (mark + lines[0]).encode(), (mark + lines[1]).encode()
