"""Rows of a large layer as a file: what filters and clock hold, streamed, with its licence and citation.

Rows are written as they are read, so that memory has no part in how many there are. For those who see places
on a grid they are put in order first, because the order in which they lie tells where in its cell a point
is; so many are held at once then, and no more are given.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from dashboard.domain.window import Window
from dashboard.errors import LayerError, UnknownFormatError
from dashboard.exports.cells import guard_cell
from dashboard.exports.writing import whole_file
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.layers.choice import Asked
from dashboard.store.layers.large import LargeLayer, WindowedRows
from dashboard.store.layers.reach import Window as Part
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers.kept_counts import counts_for
from dashboard.workflows.large_layers.narrowing import Narrowing
from dashboard.workflows.large_layers.partitions import ROWS_SCHEMA, wkb_points
from dashboard.workflows.large_layers.payloads import drawn_at
from dashboard.workflows.large_layers.records import shown_rows, sight_of
from dashboard.workflows.large_layers.words import words_for
from dashboard.workflows.layers.frames import build_layer_frames
from dashboard.workflows.sharing.link import Link, link_query
from dashboard.workflows.views.selection import matching

__all__ = ["LARGE_FORMATS", "MOST_ON_PAGES", "LargeFile", "about_file", "estimate_large", "write_large"]

LARGE_FORMATS: Final = (".csv", ".parquet")
"""Endings of the files that rows of a large layer are written to."""

MOST_ON_PAGES: Final = 100_000
"""Rows that a page gives; the command line has no such limit."""

_GROUP: Final = 50_000  # rows of a group of a Parquet file
_HARMLESS: Final = "^[A-Za-z0-9]"
_TEXT_COLUMNS: Final = tuple(one.name for one in LAYER_ROWS if pa.types.is_string(one.type))
_IN_CSV: Final = tuple(name for name in LAYER_ROWS.names if name not in {"first", "last", "dated"})
"""Day numbers are ours: the date is there as it was written and as EDTF."""


@dataclass(frozen=True, slots=True)
class LargeFile:
    """What was written.

    Parameters
    ----------
    path
        The file.
    about
        The text beside it, with licence and citation.
    rows
        Rows in the file.
    is_cut
        Whether there are more than were asked for at most.
    """

    path: Path
    about: Path
    rows: int
    is_cut: bool


class _Writer(Protocol):
    def write(self, rows: pa.Table) -> None: ...


def estimate_large(layer: LargeLayer, rows: WindowedRows, link: Link, audience: Audience) -> int:
    """Say about how many records filters and clock hold, by the counts and without reading a record.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows, which are read when there are no counts for this audience yet.
    link
        Filters and clock.
    audience
        Who looks.

    Returns
    -------
    int
        About how many; what counts do not know, such as words of a name, is not asked of them.

    Raises
    ------
    LayerError
        If the layer is damaged.
    StoreError
        If its database does not answer.
    """
    asked = _asked(link, Narrowing(link.filters), audience)
    if asked.words is not None and not Narrowing(link.filters).without and rows.beside.answers(asked):
        return rows.beside.matched(asked, 0, 0).total
    counts = counts_for(layer, rows, audience.cell).far()
    narrowing, points = Narrowing(link.filters), drawn_at(counts, audience)
    days = (counts.column(name).to_numpy() for name in ("first", "last"))
    held = _part(link.window).holds(*points, *days) & narrowing.of_counts(counts, points)
    return int(np.sum(counts.column("records").to_numpy()[held]))


def write_large(  # noqa: PLR0913  # what, of what, where to, for whom, how much
    layer: LargeLayer,
    rows: WindowedRows,
    link: Link,
    path: Path,
    *,
    audience: Audience = EXACT,
    most: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> LargeFile:
    """Write the records that filters and clock hold, and what they may be used for beside them.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows.
    link
        Filters and clock, as an address of the atlas says them. An area holds what has its point in it, also
        one that is what a map shows.
    path
        The file; its ending, one of `LARGE_FORMATS`, says the format.
    audience
        Who gets it.
    most
        Most rows; None for all.
    progress
        Called with the rows written so far.

    Returns
    -------
    LargeFile
        The files that are there now, whole.

    Raises
    ------
    ExportError
        If the disk refuses.
    LayerError
        If the layer is damaged, or who sees a grid asks for more than can be put in order.
    StoreError
        If its database does not answer.
    UnknownFormatError
        If the ending is of no such format.
    """
    if path.suffix not in LARGE_FORMATS:
        raise UnknownFormatError(path.suffix or path.name, LARGE_FORMATS)
    written, is_cut = 0, False
    about = path.with_name(f"{path.name}.txt")
    # Both are written before either stands under its name, and no rows stand without their licence.
    with whole_file(path) as part, whole_file(about) as beside:
        with _writer(part, layer, path.suffix) as writer:
            for piece in _pieces(layer, rows, link, audience):
                room = piece.num_rows if most is None else most - written
                is_cut = piece.num_rows > room
                writer.write(piece.slice(0, room))
                written += min(room, piece.num_rows)
                if progress:
                    progress(written)
                if is_cut:
                    break
        found = LargeFile(path, about, written, is_cut)
        beside.write_text(about_file(layer, link, found, audience), encoding="utf-8")
    return found


def about_file(layer: LargeLayer, link: Link, file: LargeFile, audience: Audience) -> str:
    """Say what a file of a large layer is and what it may be used for.

    Parameters
    ----------
    layer
        The layer.
    link
        What was asked for.
    file
        What was written.
    audience
        Who gets it.

    Returns
    -------
    str
        Lines of plain text.
    """
    about = layer.about
    lines = [
        f"{about.title}: {file.rows:,} rows of a layer of the Arsenal Atlas, {date.today().isoformat()}",  # noqa: DTZ011  # the day where it is made
        f"Licence: {about.licence or 'none is stated: ask the publisher before you pass it on'}",
        f"Cite: {about.citation or about.title}",
        f"Asked for: {link_query(Link(filters=link.filters, window=link.window)) or 'everything'}",
        "Rows without a point or a date are not among them. Imported, not reviewed record by record.",
    ]
    if link.filters.area is not None:
        lines.append("The area holds what has its point in it.")
    if file.is_cut:
        lines.append(f"There are more: it was stopped at {file.rows:,} rows, which are no fair sample.")
    if audience.cell > 0:
        lines.append(f"Points are middles of cells of a grid of {audience.cell:g} degrees.")
    return "".join(f"{line}\n" for line in lines)


def _part(window: Window) -> Part:
    return Part(-180.0, -90.0, 180.0, 90.0, window.first, window.last)


def _asked(link: Link, narrowing: Narrowing, audience: Audience) -> Asked:
    words = words_for(narrowing.words, audience)
    return Asked(_part(link.window), narrowing.choice, sight_of(audience), words)


def _pieces(layer: LargeLayer, rows: WindowedRows, link: Link, audience: Audience) -> Iterator[pa.Table]:
    narrowing = Narrowing(link.filters)
    if narrowing.without:
        return
    asked = _asked(link, narrowing, audience)

    def matched() -> Iterator[pa.Table]:
        for some in rows.stream(asked, LAYER_ROWS.names):
            shown = shown_rows(layer, some, audience)
            if not narrowing.is_of_rows:
                frames = build_layer_frames(shown, layer.version)
                ids = frames.records["record_id"][matching(frames, narrowing.rest)]
                shown = shown.filter(pc.is_in(shown.column("external_id"), pa.array(ids, pa.string())))
            if shown.num_rows:
                yield shown

    yield from matched() if audience.cell <= 0 else _ordered(layer, matched())


def _ordered(layer: LargeLayer, pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
    held: list[pa.Table] = []
    for piece in pieces:
        held.append(piece)
        if sum(map(len, held)) > MOST_ON_PAGES:
            raise LayerError(layer.id, f"more than {MOST_ON_PAGES:,} rows are asked for: narrow it")
    if held:
        by = [name for name in LAYER_ROWS.names if name != "row"]
        yield pa.concat_tables(held).sort_by([(name, "ascending") for name in by])


@contextmanager
def _writer(path: Path, layer: LargeLayer, ending: str) -> Iterator[_Writer]:
    if ending == ".csv":
        fields = [LAYER_ROWS.field(name) for name in _IN_CSV]
        with csv.CSVWriter(path, pa.schema(fields)) as writer:
            yield _Csv(writer)
        return
    about = {"title": layer.about.title, "licence": layer.about.licence, "citation": layer.about.citation}
    schema = ROWS_SCHEMA.with_metadata({**(ROWS_SCHEMA.metadata or {}), b"layer": json.dumps(about).encode()})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield _Parquet(writer, schema)


class _Csv:
    def __init__(self, writer: Any) -> None:  # noqa: ANN401  # pyarrow has no types
        self._writer = writer

    def write(self, rows: pa.Table) -> None:
        for place, name in enumerate(rows.schema.names):
            if name in _TEXT_COLUMNS:
                rows = rows.set_column(place, rows.schema.field(place), _guarded(rows.column(name)))
        self._writer.write_table(rows.select(_IN_CSV))


class _Parquet:
    def __init__(self, writer: Any, schema: pa.Schema) -> None:  # noqa: ANN401  # as above
        self._writer = writer
        self._schema = schema

    def write(self, rows: pa.Table) -> None:
        for batch in rows.combine_chunks().to_batches():
            columns = [batch.column(name) for name in LAYER_ROWS.names]
            whole = pa.RecordBatch.from_arrays([*columns, wkb_points(batch)], schema=self._schema)
            self._writer.write_table(pa.Table.from_batches([whole]), row_group_size=_GROUP)


def _guarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Guard texts that a spreadsheet could compute, each text once."""
    texts = column.combine_chunks().dictionary_encode()
    known = texts.dictionary
    risky = pc.invert(pc.or_(pc.match_substring_regex(known, _HARMLESS), pc.equal(known, "")))
    if not pc.any(risky).as_py():
        return column
    both = zip(known.to_pylist(), risky.to_pylist(), strict=True)
    guarded = pa.array([guard_cell(text) if one else text for text, one in both], pa.string())
    return pa.chunked_array([guarded.take(texts.indices)])
