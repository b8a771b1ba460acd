"""The lists of the API: which rows each has for what was asked, in which order, made a page at a time."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from dashboard.api.v1.asking import Asked, Box
from dashboard.api.v1.records import Json, Writer
from dashboard.domain.records import Actor, Citation, Source
from dashboard.domain.window import Window
from dashboard.errors import RecordNotFoundError
from dashboard.frames import AtlasFrames
from dashboard.runtime import AtlasView
from dashboard.workflows.sharing.export_rows import Part, record_frame
from dashboard.workflows.sharing.export_terms import licence_of
from dashboard.workflows.versions.change_log import LoggedChange
from dashboard.workflows.views.evidence import Evidence, Library
from dashboard.workflows.views.ordering import in_order
from dashboard.workflows.views.rows import Rows
from dashboard.workflows.views.selection import Selection, record_number, select

__all__ = ["TYPES", "Listing", "found_item", "in_box", "listing_of", "shown_rows", "table_of"]

TYPES: Final = {"sites": "site", "events": "event"}
"""Types of the records that are places on the map, by their list."""

T = TypeVar("T")

Bools = npt.NDArray[np.bool_]

_BYTES: Final = 16  # of an entry of a list that is kept


@dataclass(frozen=True)
class Listing:
    """The rows of one list for what was asked.

    Parameters
    ----------
    name
        Name of the list.
    total
        How many there are.
    give
        Gives the rows from a number to before another.
    table
        The same as a table; None where the rows themselves are table enough.
    counts
        What else is worth counting.
    """

    name: str
    total: int
    give: Callable[[int, int], list[Json]]
    table: Callable[[int, int], pd.DataFrame] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


def listing_of(name: str, atlas: AtlasView, writer: Writer, asked: Asked) -> Listing:
    """Give the rows of a list.

    Parameters
    ----------
    name
        Name of the list.
    atlas
        The atlas as the person may see it.
    writer
        Writes its records.
    asked
        What is asked for.

    Returns
    -------
    Listing
        Sites and events as the clock shows them. Actors, sources, citations and changes: of the sites and
        events that are shown, or all there are where nothing is asked for.
    """
    if name in TYPES:
        return _records(name, atlas, writer, asked)
    return _OTHERS[name](atlas, writer, asked)


def _records(name: str, atlas: AtlasView, writer: Writer, asked: Asked) -> Listing:
    selection, rows = shown_rows(atlas.frames(), asked, TYPES[name])

    def give(start: int, stop: int) -> list[Json]:
        frame = rows.frame(start, stop)
        cells = zip(frame["record_id"], frame["status"], frame["fit"], strict=True)
        return [writer.record(str(one), str(status), str(fit)) for one, status, fit in cells]

    counts = {"matching": selection.matching, "undated": len(selection.undated)}
    return Listing(
        name, len(rows), give, lambda start, stop: table_of(writer, _part(rows, start, stop)), counts
    )


def shown_rows(frames: AtlasFrames, asked: Asked, *types: str) -> tuple[Selection, Rows]:
    """Give the sites and events that are shown.

    Parameters
    ----------
    frames
        The atlas.
    asked
        What is asked for.
    *types
        Types of records; none for those that the filters name.

    Returns
    -------
    tuple of (Selection, Rows)
        What the filters and the window select, and what of it has a point in the box, in the order asked for.
    """
    filters = asked.link.filters.only(*types) if types else asked.link.filters
    selection = select(frames, filters, asked.link.window)
    rows = in_order(selection.shown, asked.link.sort)
    return selection, rows if asked.box is None else rows.where(in_box(frames, asked.box)[rows.numbers])


def in_box(frames: AtlasFrames, box: Box) -> Bools:
    """Say which records have a point in a box.

    Parameters
    ----------
    frames
        The atlas.
    box
        The box.

    Returns
    -------
    numpy.ndarray of bool
        One value for each row of ``frames.records``.
    """
    points = frames.placements.geometry.to_numpy()
    inside = box.holds(shapely.get_x(points), shapely.get_y(points))  # NaN, which no comparison holds for
    ids = frames.placements["record_id"][inside]
    return frames.records["record_id"].isin(ids).to_numpy(dtype=bool)


def _part(rows: Rows, start: int, stop: int) -> Rows:
    keep = np.zeros(len(rows), dtype=bool)
    keep[start:stop] = True
    return rows.where(keep)


def table_of(writer: Writer, rows: Rows) -> pd.DataFrame:
    """Write sites and events as a table, with the columns that files have.

    Parameters
    ----------
    writer
        Writes their addresses.
    rows
        The rows.

    Returns
    -------
    pandas.DataFrame
        Columns of `dashboard.exports.columns.RECORDS`.
    """
    library = writer.library
    return record_frame([Part(library, rows, licence_of(library.descriptor))], writer.page)


def _shown_evidence(atlas: AtlasView, asked: Asked) -> Iterator[Evidence]:
    """Give sites and events that are shown; every record where nothing is asked for."""
    library = atlas.library()
    if _asks_for_everything(asked):
        yield from library.evidence.values()
        return
    for record_id in shown_rows(atlas.frames(), asked)[1].ids():
        yield library.evidence[record_id]


def _asks_for_everything(asked: Asked) -> bool:
    return asked.link.filters.are_empty and asked.link.window == Window() and asked.box is None


def _once(atlas: AtlasView, name: str, asked: Asked, build: Callable[[], list[T]]) -> list[T]:
    """Work a list out once for all of its pages."""
    cost = _BYTES * len(atlas.library().evidence)
    return atlas.library().memo.get((f"list of {name}", asked.link, asked.box), build, cost)


def _actors(atlas: AtlasView, writer: Writer, asked: Asked) -> Listing:
    library = atlas.library()

    def build() -> list[str]:
        if _asks_for_everything(asked):
            return [one.record.id for one in library.of_type(Actor)]
        named = (_acting(library, one) for one in _shown_evidence(atlas, asked))
        return list(dict.fromkeys(actor_id for some in named for actor_id in some))

    ids = _once(atlas, "actors", asked, build)
    return Listing("actors", len(ids), lambda start, stop: [writer.record(one) for one in ids[start:stop]])


def _acting(library: Library, evidence: Evidence) -> Iterator[str]:
    record = evidence.record
    for one in getattr(record, "operators", ()) or getattr(record, "actors", ()):
        actor_id = one if isinstance(one, str) else one.actor_id
        if actor_id in library.evidence:
            yield actor_id


def _sources(atlas: AtlasView, writer: Writer, asked: Asked) -> Listing:
    library = atlas.library()

    def build() -> list[Source]:
        if _asks_for_everything(asked):
            return list(library.sources.values())
        cited = (c.source_id for one in _shown_evidence(atlas, asked) for c in writer.citations(one))
        return [library.sources[source_id] for source_id in dict.fromkeys(cited)]

    found = _once(atlas, "sources", asked, build)
    return Listing(
        "sources", len(found), lambda start, stop: [writer.source(one) for one in found[start:stop]]
    )


def _citations(atlas: AtlasView, writer: Writer, asked: Asked) -> Listing:
    def build() -> list[Citation]:
        return [citation for one in _shown_evidence(atlas, asked) for citation in writer.citations(one)]

    found = _once(atlas, "citations", asked, build)
    return Listing(
        "citations", len(found), lambda start, stop: [writer.citation(one) for one in found[start:stop]]
    )


def _changes(atlas: AtlasView, writer: Writer, asked: Asked) -> Listing:
    found = list(_numbered(atlas).items())
    if not _asks_for_everything(asked):
        shown = {one.record.id for one in _shown_evidence(atlas, asked)}
        found = [one for one in found if one[1].record_id in shown]
    return Listing(
        "changes", len(found), lambda start, stop: [writer.change(*one) for one in found[start:stop]]
    )


def _numbered(atlas: AtlasView) -> Mapping[str, LoggedChange]:
    """Give changes by id, newest first: number of the entry, record, and which of several, oldest first."""

    def build() -> dict[str, LoggedChange]:
        seen: Counter[str] = Counter()
        named: list[tuple[str, LoggedChange]] = []
        for change in reversed(atlas.change_log()):
            name = f"{change.sequence}-{change.record_id}"
            seen[name] += 1
            named.append((name if seen[name] == 1 else f"{name}-{seen[name]}", change))
        return dict(reversed(named))

    return atlas.library().memo.get(("changes by id",), build)


_OTHERS: Final[Mapping[str, Callable[[AtlasView, Writer, Asked], Listing]]] = {
    "actors": _actors,
    "sources": _sources,
    "citations": _citations,
    "changes": _changes,
}


def found_item(name: str, item_id: str, atlas: AtlasView, writer: Writer) -> Json:
    """Give one row of a list by its id.

    Parameters
    ----------
    name
        Name of the list.
    item_id
        Id of the row.
    atlas
        The atlas as the person may see it.
    writer
        Writes its records.

    Returns
    -------
    dict
        The row.

    Raises
    ------
    RecordNotFoundError
        If the list has none of that id.
    """
    library = atlas.library()
    if name in TYPES:
        number = record_number(atlas.frames(), item_id)
        row = None if number is None else atlas.frames().records.iloc[number]
        if row is not None and row["record_type"] == TYPES[name]:
            return writer.record(item_id, str(row["status"]))
    elif name == "actors" and isinstance(getattr(library.evidence.get(item_id), "record", None), Actor):
        return writer.record(item_id)
    elif name == "sources" and item_id in library.sources:
        return writer.source(library.sources[item_id])
    elif name == "citations" and item_id in _cited(library, writer):
        return writer.citation(_cited(library, writer)[item_id])
    elif name == "changes" and item_id in _numbered(atlas):
        return writer.change(item_id, _numbered(atlas)[item_id])
    raise RecordNotFoundError(item_id[:200])


def _cited(library: Library, writer: Writer) -> Mapping[str, Citation]:
    def build() -> dict[str, Citation]:
        return {one.id: one for found in library.evidence.values() for one in writer.citations(found)}

    return library.memo.get(("citations by id",), build)
