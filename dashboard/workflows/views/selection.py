"""Which records a view shows: filters, the clock's window, and the records that fall outside both.

Map, table, charts, counts and files must always show the same rows, so there is one place that decides.
The browser repeats only the window's half of it (docs/map-document.md), on the same integers.
"""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import pandas as pd

from dashboard.domain.area import Area
from dashboard.domain.window import Window
from dashboard.frames import AtlasFrames
from dashboard.geocoding.names import fold
from dashboard.workflows.views.area import AreaMatch, match_area
from dashboard.workflows.views.ranks import ranks
from dashboard.workflows.views.rows import Bools, Numbers, Rows

__all__ = [
    "Filters",
    "Selection",
    "mask_bits",
    "matching",
    "record_number",
    "select",
    "window_showing",
]

_BYTES_A_RECORD: Final = 17  # of a selection that shows it: two numbers and a bit


@dataclass(frozen=True, slots=True)
class Filters:
    """What the user asked for; an empty field asks for nothing.

    Parameters
    ----------
    types
        ``site``, ``event``.
    countries
        ISO codes; a record matches when any of its places lies there.
    involved
        ISO codes; each of them is a place's country or an actor's.
    kinds
        Codes of ``site_kinds`` and ``event_kinds``.
    actors
        Actor ids; any of them.
    products
        Codes of ``product_categories``; any of them.
    precisions
        Codes of ``precisions``; any place of the record has one of them.
    statuses
        Codes of ``event_statuses`` or ``site_statuses`` (the last one known).
    text
        Words that must all occur in names, places, actors, products or notes, in any script or spelling.
    contested
        Only records that some source contradicts.
    actors_all
        Actor ids; all of them take part.
    places
        Places as written; any place of the record is one of them.
    during
        Days that an event's date must touch; sites are left out.
    area
        Where one of its places lies, or may lie.
    chart
        What was chosen in a chart, on top of everything else.
    """

    types: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    involved: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    precisions: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    text: str = ""
    contested: bool = False
    actors_all: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    during: Window | None = None
    area: Area | None = None
    chart: "Filters | None" = None

    @property
    def are_empty(self) -> bool:
        """Whether they ask for nothing."""
        return all(not getattr(self, f.name) for f in fields(self))

    def only(self, *types: str) -> "Filters":
        """Restrict them to some record types.

        Parameters
        ----------
        *types
            ``site`` or ``event``.

        Returns
        -------
        Filters
            The narrower filters.
        """
        return replace(self, types=types)


@dataclass(frozen=True)
class Selection:
    """The rows of one view, one a record, and what is not among them.

    Parameters
    ----------
    shown
        Records in the window, newest events first, then sites by name.
    unplaced
        Those of them without any point.
    undated
        Matching events without any date; no window holds them.
    matching
        Number of records that match the filters at any time.
    window
        The clock's window.
    events
        How many of ``shown`` are events: the first ones.
    maybe_in_area
        How many of ``shown`` match the area only because their place is known roughly.
    """

    shown: Rows
    unplaced: Rows
    undated: Rows
    matching: int
    window: Window
    events: int
    maybe_in_area: int = 0

    @property
    def rows(self) -> pd.DataFrame:
        """All that are shown, made anew each time as `Rows.frame` does; a table needs only a part of it."""
        return self.shown.frame()

    @property
    def possible(self) -> int:
        """How many of those shown may be outside the window."""
        return int((~self.shown.certain).sum())

    def count(self, record_type: str) -> int:
        """Count the records of one type in the window.

        Parameters
        ----------
        record_type
            ``site`` or ``event``.

        Returns
        -------
        int
            How many.
        """
        return self.events if record_type == "event" else len(self.shown) - self.events


def matching(frames: AtlasFrames, filters: Filters) -> Bools:
    """Say which records match the filters, whatever their date.

    Parameters
    ----------
    frames
        The atlas.
    filters
        What is asked for.

    Returns
    -------
    numpy.ndarray of bool
        One value for each row of ``frames.records``; shared, so not to be written to.
    """

    def build() -> Bools:
        found = _matching(frames, filters)
        found.flags.writeable = False
        return found

    return frames.memo.get(("matching", filters), build, len(frames.records))


def _matching(frames: AtlasFrames, filters: Filters) -> Bools:
    rows = frames.records
    keep = np.ones(len(rows), dtype=bool)
    for column, wanted in (
        ("record_type", filters.types),
        ("kind", filters.kinds),
        ("status", filters.statuses),
    ):
        if wanted:
            keep &= rows[column].isin(wanted).to_numpy(dtype=bool)
    for column, wanted in (
        ("countries", filters.countries),
        ("precisions", filters.precisions),
        ("actors", filters.actors),
        ("products", filters.products),
    ):
        if wanted:
            keep &= _any_of(rows[column], wanted)
    for word in fold(filters.text).split():
        keep &= rows["search"].str.contains(word, regex=False).to_numpy(dtype=bool)
    for code in filters.involved:
        keep &= _any_of(rows["countries"], (code,)) | _any_of(rows["parties"], (code,))
    for actor in filters.actors_all:
        keep &= _any_of(rows["actors"], (actor,))
    if filters.contested:
        keep &= rows["contradicted"].to_numpy(dtype=bool)
    keep &= _where_and_when(frames, filters)
    return keep if filters.chart is None else keep & matching(frames, filters.chart)


def _where_and_when(frames: AtlasFrames, filters: Filters) -> Bools:
    rows = frames.records
    keep = np.ones(len(rows), dtype=bool)
    if filters.places:
        written = frames.placements["place"].isin(filters.places)
        keep &= rows["record_id"].isin(frames.placements["record_id"][written]).to_numpy(dtype=bool)
    if filters.during is not None:
        touches = (rows["first"] <= filters.during.last) & (rows["last"] >= filters.during.first)
        keep &= (touches & rows["dated"] & (rows["record_type"] == "event")).to_numpy(dtype=bool)
    if filters.area is not None:
        keep &= _in_area(frames, filters.area).either
    return keep


def _in_area(frames: AtlasFrames, area: Area) -> AreaMatch:
    return frames.memo.get(("area", area), lambda: match_area(frames, area))


def _any_of(column: "pd.Series[str]", wanted: tuple[str, ...]) -> Bools:
    hits = np.zeros(len(column), dtype=bool)
    for value in wanted:
        hits |= column.str.contains(f"|{value}|", regex=False).to_numpy(dtype=bool)
    return hits


def select(frames: AtlasFrames, filters: Filters, window: Window) -> Selection:
    """Decide what a view shows.

    Parameters
    ----------
    frames
        The atlas.
    filters
        What is asked for.
    window
        The clock's window; sites are taken as they stood at its end.

    Returns
    -------
    Selection
        Rows by record.
    """
    cost = len(frames.records) * _BYTES_A_RECORD
    return frames.memo.get(("select", filters, window), lambda: _select(frames, filters, window), cost)


def _select(frames: AtlasFrames, filters: Filters, window: Window) -> Selection:
    keep, order = matching(frames, filters), _order(frames)
    name = (filters, window)
    events = _events_in(frames, order.newest[keep[order.newest]], window)
    sites = _sites_at(frames, order, keep, window)
    shown = Rows(
        frames,
        np.concatenate([events.numbers, sites.numbers]),
        np.concatenate([events.certain, sites.certain]),
        np.concatenate([events.segments, sites.segments]),
        ("shown", *name),
    )
    placed = frames.records["placed"].to_numpy(dtype=bool)
    return Selection(
        shown=shown,
        unplaced=shown.where(~placed[shown.numbers], ("unplaced", *name)),
        undated=replace(_events(frames, order.undated[keep[order.undated]]), name=("undated", *name)),
        matching=int(keep.sum()),
        window=window,
        events=len(events),
        maybe_in_area=0
        if filters.area is None
        else int(_in_area(frames, filters.area).possible[shown.numbers].sum()),
    )


@dataclass(frozen=True)
class _Order:
    """Row numbers of the records as views list them, worked out once a version.

    Newest dated events first, events without a date and sites by name; and each segment's record.
    """

    newest: Numbers
    undated: Numbers
    sites: Numbers
    lives: Numbers


def _order(frames: AtlasFrames) -> _Order:
    return frames.memo.get(("order",), lambda: _put_in_order(frames))


def _put_in_order(frames: AtlasFrames) -> _Order:
    records = frames.records
    is_event = (records["record_type"] == "event").to_numpy(dtype=bool)
    dated = records["dated"].to_numpy(dtype=bool)
    events = np.flatnonzero(is_event & dated)
    first = records["first"].to_numpy(dtype="int64")[events]
    return _Order(
        newest=events[np.argsort(-first, kind="stable")],
        undated=_by_name(records, np.flatnonzero(is_event & ~dated)),
        sites=_by_name(records, np.flatnonzero(~is_event)),
        lives=pd.Index(records["record_id"]).get_indexer(pd.Index(frames.segments["record_id"])),
    )


def _by_name(records: pd.DataFrame, numbers: Numbers) -> Numbers:
    return numbers[np.argsort(ranks(records["name"].iloc[numbers]), kind="stable")]


def _events(frames: AtlasFrames, numbers: Numbers, certain: Bools | None = None) -> Rows:
    surely = np.zeros(len(numbers), dtype=bool) if certain is None else certain
    return Rows(frames, numbers, surely, np.full(len(numbers), -1, dtype=np.intp))


def _events_in(frames: AtlasFrames, events: Numbers, window: Window) -> Rows:
    first, last = (frames.records[name].to_numpy()[events] for name in ("first", "last"))
    inside = (first <= window.last) & (last >= window.first)
    certain = (first >= window.first) & (last <= window.last)
    return _events(frames, events[inside], certain[inside])


def _sites_at(frames: AtlasFrames, order: _Order, keep: Bools, window: Window) -> Rows:
    segments = frames.segments
    now = ((segments["first"] <= window.last) & (segments["last"] >= window.last)).to_numpy(dtype=bool)
    held = np.full(len(frames.records), -1, dtype=np.intp)
    # Lives are without overlaps: each site has one segment at most. A segment's record may be missing.
    known = np.flatnonzero(now & (order.lives >= 0))
    held[order.lives[known]] = known
    there = order.sites[keep[order.sites] & (held[order.sites] >= 0)]
    return Rows(frames, there, segments["certain"].to_numpy(dtype=bool)[held[there]], held[there])


def mask_bits(frames: AtlasFrames, filters: Filters) -> bytes | None:
    """Pack the matching records into bits for the browser.

    Parameters
    ----------
    frames
        The atlas.
    filters
        What is asked for.

    Returns
    -------
    bytes or None
        Bit *r* & 7 of byte *r* >> 3 stands for record *r* in payload order; None when all match.
    """
    if filters.are_empty:
        return None
    return np.packbits(matching(frames, filters), bitorder="little").tobytes()


def record_number(frames: AtlasFrames, record_id: str) -> int | None:
    """Find a record without looking at all of them.

    Parameters
    ----------
    frames
        The atlas.
    record_id
        Id of a site or event.

    Returns
    -------
    int or None
        Its row in ``frames.records``; None when there is none.
    """
    ids = frames.memo.get(("ids",), lambda: pd.Index(frames.records["record_id"]))
    found = ids.get_indexer([record_id])[0]
    return int(found) if found >= 0 else None


def window_showing(frames: AtlasFrames, record_id: str, window: Window) -> Window:
    """Widen a window so that one record is in it.

    Parameters
    ----------
    frames
        The atlas.
    record_id
        Id of a site or event; one that no window holds changes nothing.
    window
        The window now.

    Returns
    -------
    Window
        The least change that shows the record; the same window when it is in already.
    """
    number = record_number(frames, record_id)
    if number is None:
        return window
    row = frames.records.iloc[number]
    if row["record_type"] == "event":
        if not row["dated"]:
            return window
        first, last = int(row["first"]), int(row["last"])
        inside = first <= window.last and last >= window.first
        return window if inside else window.widened_to(first, last)
    lives = frames.segments[frames.segments["record_id"] == record_id]
    if lives.empty or bool(((lives["first"] <= window.last) & (lives["last"] >= window.last)).any()):
        return window
    last = int(lives["last"].max())
    return Window(min(window.first, last), last)
