"""From somebody's table to a layer: looked at first, then imported as one.

The dry run reads everything once and keeps the rows in a file of its own, so that what is imported is what
was looked at, and a million rows need no memory. Nothing reaches the store before `commit`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.domain.access import Person
from dashboard.frames import AtlasFrames
from dashboard.importers.checks import Checker, Findings
from dashboard.importers.rows import LAYER_ROWS, RowProblem
from dashboard.store.layers.layer import LayerAbout, Stored
from dashboard.store.store import Store
from dashboard.workflows.layers.coarsening import coarse_rows
from dashboard.workflows.layers.frames import build_layer_frames
from dashboard.workflows.layers.places import PlaceFinder
from dashboard.workflows.layers.review import import_layer

__all__ = ["Counts", "DryRun", "Mapped", "commit", "dry_run"]

_PROBLEMS_KEPT: Final = 10_000
_PREVIEWED: Final = 5_000
_GROUP: Final = 50_000


class Mapped(Protocol):
    """Some rows of a mapped table, and what is wrong with others."""

    @property
    def rows(self) -> pa.RecordBatch:
        """Rows, as ``LAYER_ROWS``."""

    @property
    def problems(self) -> Sequence[RowProblem]:
        """What is wrong with rows, kept or not."""

    @property
    def refused(self) -> int:
        """How many rows are left out: of many for one reason, the first ones only are named."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a dry run found.

    Parameters
    ----------
    rows
        Rows that would be imported.
    records
        Records among them: rows of one external id are one.
    placed, geocoded, dated
        Rows with a point, of those the ones found by name, and rows with a date.
    refused
        Rows that are left out.
    problems
        Problems by reason, most frequent first.
    flags
        Rows by code of a check.
    """

    rows: int
    records: int
    placed: int
    geocoded: int
    dated: int
    refused: int
    problems: dict[str, int]
    flags: dict[str, int]


@dataclass(frozen=True, slots=True)
class DryRun:
    """A table as it would be imported.

    Parameters
    ----------
    file
        Where its rows are until they are imported.
    counts
        What was found.
    problems
        The first ten thousand problems, in the order of the file; the counts are of all.
    findings
        Faults that the checks found, each with a proposed fix; nothing of it is mended.
    """

    file: Path
    counts: Counts
    problems: tuple[RowProblem, ...]
    findings: Findings

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give the rows that would be imported.

        Yields
        ------
        pyarrow.RecordBatch
            Rows, as ``LAYER_ROWS``.
        """
        with pq.ParquetFile(self.file) as file:
            for batch in file.iter_batches(_GROUP):
                yield batch.cast(LAYER_ROWS)

    def preview(self, most: int = _PREVIEWED, *, cell: float = 0.0, key: bytes = b"") -> AtlasFrames:
        """Build frames of the first rows, to look at on a map.

        Parameters
        ----------
        most
            How many rows.
        cell, key
            Degrees of the grid of whoever looks, and what ids are named with for them.

        Returns
        -------
        AtlasFrames
            The frames; their version is the name of the file.
        """
        taken, left = [], most
        for batch in self.batches():
            taken.append(batch.slice(0, left))
            left -= taken[-1].num_rows
            if left <= 0:
                break
        rows = coarse_rows(pa.Table.from_batches(taken, LAYER_ROWS), cell, key)
        return build_layer_frames(rows, f"preview-{self.file.stem}")


def dry_run(
    batches: Iterable[Mapped],
    file: Path,
    *,
    checker: Checker | None = None,
    places: PlaceFinder | None = None,
    progress: Callable[[int], None] | None = None,
) -> DryRun:
    """Look at a mapped table, without importing anything.

    Parameters
    ----------
    batches
        The mapped table; taken once.
    file
        Where to keep the rows; a Parquet file that the caller deletes when it is of no more use.
    checker
        Looks for faults in all rows; none are looked for when None.
    places
        Finds places that have a name and no coordinates; they are left without when None.
    progress
        Called with the rows done so far; what it raises ends the run.

    Returns
    -------
    DryRun
        What would be imported.

    Raises
    ------
    GazetteerError
        If the gazetteer is missing or damaged.
    """
    tally = _Tally()
    with pq.ParquetWriter(file, LAYER_ROWS, compression="zstd", compression_level=1) as writer:
        for mapped in batches:
            rows, problems = mapped.rows, list(mapped.problems)
            if places is not None:
                rows, unplaced = places.place(rows)
                problems += unplaced
            if checker is not None:
                rows = checker.take(rows)
            writer.write_batch(rows)
            tally.add(rows, problems, mapped.refused)
            if progress:
                progress(tally.rows)
    findings = checker.findings() if checker else Findings()
    return DryRun(file, tally.counts(places.placed if places else 0), tuple(tally.kept), findings)


def commit(
    store: Store,
    person: Person,
    about: LayerAbout,
    looked_at: DryRun,
    *,
    operation_id: str,
    progress: Callable[[int], None] | None = None,
) -> Stored:
    """Import what was looked at.

    Parameters
    ----------
    store
        The store.
    person
        Who imports.
    about
        What is known of the layer.
    looked_at
        The dry run.
    operation_id
        Made once for this wish, so that trying again after a lost answer is safe.
    progress
        Called with the rows put in so far; what it raises ends the import, and nothing of it is kept.

    Returns
    -------
    Stored
        What was done.

    Raises
    ------
    PermissionDeniedError
        The person may not import into this layer.
    LayerError
        There are no rows, or another import into the same layer was quicker.
    StoreError
        The database fails; nothing was changed.
    """
    return import_layer(
        store, person, about, looked_at.batches(), operation_id=operation_id, progress=progress
    )


class _Tally:
    def __init__(self) -> None:
        self.rows = self.placed = self.dated = self.refused = 0
        self.kept: list[RowProblem] = []
        self._ids: set[int] = set()
        self._reasons: Counter[str] = Counter()
        self._flags: Counter[str] = Counter()

    def add(self, rows: pa.RecordBatch, problems: Sequence[RowProblem], refused: int) -> None:
        self.rows += rows.num_rows
        self.refused += refused
        self.placed += rows.num_rows - rows.column("lat").null_count
        self.dated += pc.sum(rows.column("dated")).as_py() or 0
        # Numbers take a tenth of the memory that the ids themselves would.
        self._ids.update(map(hash, rows.column("external_id").to_pylist()))
        self._reasons.update(one.reason for one in problems)
        self.kept += problems[: max(0, _PROBLEMS_KEPT - len(self.kept))]
        for counted in pc.value_counts(rows.column("flags")).to_pylist():
            for flag in filter(None, counted["values"].split("|")):
                self._flags[flag] += counted["counts"]

    def counts(self, geocoded: int) -> Counts:
        ids = len(self._ids)
        reasons, flags = dict(self._reasons.most_common()), dict(self._flags.most_common())
        return Counts(self.rows, ids, self.placed, geocoded, self.dated, self.refused, reasons, flags)
