"""Which records a view shows: filters, the clock's window, and the records that fall outside both.

Map, table, charts, counts and files must always show the same rows, so there is one place that decides.
The browser repeats only the window's half of it (docs/map-document.md), on the same integers.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.domain.area import Area
from dashboard.domain.window import Window
from dashboard.frames import AtlasFrames
from dashboard.geocoding.names import fold
from dashboard.workflows.area import match_area

__all__ = ["Filters", "Selection", "mask_bits", "matching", "select", "window_showing"]

FIT_CERTAIN: Final = "certain"
FIT_POSSIBLE: Final = "possible"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the user asked for; an empty field asks for nothing.

    Parameters
    ----------
    types
        ``site``, ``event``.
    countries
        ISO codes; a record matches when any of its places lies there.
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
    rows
        Records in the window, newest events first, then sites: the columns of `records_of` and ``fit``
        (``certain`` or ``possible``); ``status`` of a site is that at the window's end.
    undated
        Matching events without any date, in the same columns; no window holds them.
    unplaced
        Records in the window without any point; a part of ``rows``.
    matching
        Number of records that match the filters at any time.
    window
        The clock's window.
    maybe_in_area
        How many of ``rows`` match the area only because their place is known roughly.
    """

    rows: pd.DataFrame
    undated: pd.DataFrame
    unplaced: pd.DataFrame
    matching: int
    window: Window = field(default_factory=Window)
    maybe_in_area: int = 0

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
        return int((self.rows["record_type"] == record_type).sum())


def matching(frames: AtlasFrames, filters: Filters) -> npt.NDArray[np.bool_]:
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
        One value for each row of ``frames.records``.
    """
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
    for actor in filters.actors_all:
        keep &= _any_of(rows["actors"], (actor,))
    if filters.contested:
        keep &= rows["contradicted"].to_numpy(dtype=bool)
    keep &= _where_and_when(frames, filters)
    return keep if filters.chart is None else keep & matching(frames, filters.chart)


def _where_and_when(frames: AtlasFrames, filters: Filters) -> npt.NDArray[np.bool_]:
    rows = frames.records
    keep = np.ones(len(rows), dtype=bool)
    if filters.places:
        written = frames.placements["place"].isin(filters.places)
        keep &= rows["record_id"].isin(frames.placements["record_id"][written]).to_numpy(dtype=bool)
    if filters.during is not None:
        touches = (rows["first"] <= filters.during.last) & (rows["last"] >= filters.during.first)
        keep &= (touches & rows["dated"] & (rows["record_type"] == "event")).to_numpy(dtype=bool)
    if filters.area is not None:
        keep &= match_area(frames, filters.area).either
    return keep


def _any_of(column: "pd.Series[str]", wanted: tuple[str, ...]) -> npt.NDArray[np.bool_]:
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
    records = frames.records[matching(frames, filters)]
    is_event, dated = records["record_type"] == "event", records["dated"]
    events = _events_in(records[is_event & dated], window)
    sites = _sites_at(records[~is_event], frames.segments, window)
    rows = pd.concat([events, sites])
    undated = records[is_event & ~dated].assign(fit=FIT_POSSIBLE)
    maybe = 0
    if filters.area is not None:
        possible = match_area(frames, filters.area).possible
        maybe = int(rows["record_id"].isin(frames.records["record_id"][possible]).sum())
    return Selection(rows, undated, rows[~rows["placed"]], len(records), window, maybe)


def _events_in(events: pd.DataFrame, window: Window) -> pd.DataFrame:
    inside = events[(events["first"] <= window.last) & (events["last"] >= window.first)]
    certain = (inside["first"] >= window.first) & (inside["last"] <= window.last)
    inside = inside.assign(fit=np.where(certain, FIT_CERTAIN, FIT_POSSIBLE))
    return inside.sort_values("first", ascending=False, kind="stable")


def _sites_at(sites: pd.DataFrame, segments: pd.DataFrame, window: Window) -> pd.DataFrame:
    now = segments[(segments["first"] <= window.last) & (segments["last"] >= window.last)]
    now = now.set_index("record_id")
    there = sites[sites["record_id"].isin(now.index)]
    held = now.reindex(there["record_id"])
    fit = np.where(held["certain"].to_numpy(dtype=bool), FIT_CERTAIN, FIT_POSSIBLE)
    return there.assign(status=held["status"].to_numpy(), fit=fit)


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
    row = frames.records[frames.records["record_id"] == record_id]
    if row.empty:
        return window
    if row["record_type"].iloc[0] == "event":
        if not row["dated"].iloc[0]:
            return window
        first, last = int(row["first"].iloc[0]), int(row["last"].iloc[0])
        inside = first <= window.last and last >= window.first
        return window if inside else window.widened_to(first, last)
    lives = frames.segments[frames.segments["record_id"] == record_id]
    if lives.empty or bool(((lives["first"] <= window.last) & (lives["last"] >= window.last)).any()):
        return window
    last = int(lives["last"].max())
    return Window(min(window.first, last), last)
