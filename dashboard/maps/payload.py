"""The map's payload: columns of bytes that the browser draws without unpacking.

Measured for 1,000,000 points: a side file of typed arrays builds 15 to 25 times faster than anything written
into the page, and is the only form that draws at display rate without a GPU. The layout is a contract
with the front end, written in docs/map-document.md.
"""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from dashboard.domain.countries import country_name, shapes_of
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.domain.symbols import kind_colours
from dashboard.domain.vocabulary import terms
from dashboard.frames import AtlasFrames

__all__ = ["MAGIC", "assemble", "encode_payload", "header_terms", "in_blocks", "kind_symbols", "short_days"]

MAGIC: Final = b"AAM1"

_EPOCH: Final = date(1970, 1, 1).toordinal()
_RADIUS_UNIT_M: Final = 100
_RADIUS_MAX: Final = 65_535
_RADII_MAX: Final = 256
_CALENDAR: Final = (date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH)
_OPEN_FUTURE: Final = 65_535  # of two bytes; 0 is an open past
_UNSORTED: Final = 6_000  # the front end's MANY: up to so many marks keep the frames' order
_BLOCK: Final = 131_072  # most marks of a block: a slow line shows the first one before the last has come

Columns = Mapping[str, npt.NDArray[Any]]


@cache
def kind_symbols() -> tuple[dict[str, str], ...]:
    """List how each kind is drawn, in the order that payload codes count.

    Returns
    -------
    tuple of dict
        ``code``, ``label``, ``group`` (site or event), ``colour``, ``shape``.
    """
    shapes = {"site": "square", "event": "circle"}
    return tuple(
        {
            "code": term.code,
            "label": term.label,
            "group": group,
            "colour": kind_colours(group)[term.code],
            "shape": shapes[group],
        }
        for group in ("site", "event")
        for term in terms(f"{group}_kinds").values()
    )


@cache
def _codes(*vocabularies: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for name in vocabularies for code in terms(name)))


_STATUSES: Final = ("site_statuses", "event_statuses")


def _status_label(code: str) -> str:
    return next(terms(name)[code].label for name in _STATUSES if code in terms(name))


def header_terms(words: Mapping[str, str] | None = None) -> dict[str, list[dict[str, str]]]:
    """List statuses and precisions in the order that payload codes count.

    Parameters
    ----------
    words
        Other words for labels.

    Returns
    -------
    dict of str to list of dict
        Part of a payload's header.
    """
    words = words or {}
    labels = {code: _status_label(code) for code in _codes(*_STATUSES)}
    return {
        "statuses": [{"code": code, "label": words.get(label, label)} for code, label in labels.items()],
        "precisions": [{"code": t.code, "label": t.label} for t in terms("precisions").values()],
    }


def encode_payload(
    frames: AtlasFrames,
    *,
    names: bool = True,
    words: Mapping[str, str] | None = None,
    said: Mapping[str, int] | None = None,
) -> bytes:
    """Encode the atlas for the time layer.

    Parameters
    ----------
    frames
        The atlas; records without a point, and events without a date, have no mark but keep their number.
    names
        Whether the ids, names and details of the records travel along.
    words
        Other words for labels of kinds and statuses, for maps of something else than records.
    said
        What else the header says, such as how many there are of which these are a part.

    Returns
    -------
    bytes
        The payload; equal frames give equal bytes.
    """
    marks = _marks(frames)
    words = words or {}
    symbols = tuple(
        symbol | {"label": words.get(symbol["label"], symbol["label"])} for symbol in kind_symbols()
    )
    texts: dict[str, npt.NDArray[Any]] = {}
    if names:
        records = frames.records
        for name, column in (
            ("ids", records["record_id"]),
            ("names", records["name"]),
            ("details", _details(records, symbols)),
        ):
            texts[name], texts[f"{name}_at"] = _packed(column)
    header = {
        "version": frames.version,
        "marks": len(marks.columns["lon"]),
        "siteMarks": marks.sites,
        "records": len(frames.records),
        "span": _span(frames),
        "day0": marks.day0,
        "radii": marks.radii,
        "kinds": symbols,
        **header_terms(words),
        "countries": [
            {"code": code, "label": country_name(code), "shapes": shapes_of(code)} for code in marks.countries
        ],
        **(said or {}),
    }
    return assemble(header, in_blocks(marks.columns, marks.sites), texts)


@dataclass(frozen=True, slots=True)
class _Marks:
    columns: Columns
    sites: int
    day0: int
    radii: list[int]
    countries: list[str]


def _marks(frames: AtlasFrames) -> _Marks:
    # Whole columns and row numbers only: concatenating and merging frames took nine tenths of the time at
    # a million marks.
    placements = frames.placements
    points = placements.geometry.to_numpy()
    statuses, precisions = _codes(*_STATUSES), _codes("precisions")
    is_site = (placements["record_type"] == "site").to_numpy(dtype=bool)
    # Shapely and Arrow let go of the interpreter: two cores share what costs most. NaN where no point is.
    with ThreadPoolExecutor(2) as both:
        coordinates = [both.submit(_coordinate, axis, points) for axis in (shapely.get_x, shapely.get_y)]
        coded = both.submit(_numbers, placements["status"], statuses)
        last_coded = both.submit(_numbers, placements["precision"], precisions)
        of_kind = both.submit(_kind_numbers, placements, is_site)
        of_country = both.submit(_country_numbers, placements["country"])
        lon, lat = (axis.result() for axis in coordinates)
        status, precision, kind = coded.result(), last_coded.result(), of_kind.result()
        country, countries = of_country.result()
    placed = np.isfinite(lon) & np.isfinite(lat)
    lives, life_rows = _lives(frames, np.flatnonzero(is_site & placed))
    events = np.flatnonzero(~is_site & placed & placements["dated"].to_numpy(dtype=bool))
    rows = np.concatenate([life_rows, events]) if len(life_rows) else events
    whole = len(rows) == len(placements) and not len(life_rows)

    def taken(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return column if whole else column[rows]

    def dated(name: str) -> npt.NDArray[np.int32]:
        days = taken(placements[name].to_numpy(dtype="int32"))
        return (
            np.concatenate([lives[name].to_numpy(dtype="int32"), days[len(lives) :]]) if len(lives) else days
        )

    status = taken(status)
    if len(lives):
        status = np.concatenate([_numbers(lives["status"], statuses), status[len(lives) :]])
    first, last, day0 = short_days(dated("first"), dated("last"))
    radius, radii = _radii(taken(placements["precision_m"].to_numpy()))
    columns = {
        "lon": taken(lon).astype("<f4"),
        "lat": taken(lat).astype("<f4"),
        "first": first,
        "last": last,
        "record": taken(_record_rows(frames)),
        "radius": radius,
        "kind": taken(kind),
        "status": status,
        "precision": taken(precision),
        "country": taken(country),
        "certain": lives["certain"].to_numpy().astype("u1"),
    }
    return _Marks(columns, len(lives), day0, radii, countries)


def _lives(frames: AtlasFrames, rows: npt.NDArray[np.int64]) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Match stretches of sites' lives with the rows where the sites stand, in the order of those rows."""
    if not len(rows) or not len(frames.segments):
        return frames.segments.iloc[:0], rows[:0]
    sites = pd.DataFrame({"record_id": frames.placements["record_id"].iloc[rows], "row": rows})
    both = sites.merge(frames.segments, on="record_id", how="inner")
    return both, both["row"].to_numpy()


def _record_rows(frames: AtlasFrames) -> npt.NDArray[np.uint32]:
    """Give each placement its record's number: rows of one record are adjacent, in the records' order."""
    if len(frames.records) == len(frames.placements):
        return np.arange(len(frames.placements), dtype="<u4")
    ids = frames.placements["record_id"]
    return (np.cumsum((ids != ids.shift()).to_numpy(dtype=bool)) - 1).astype("<u4")


def short_days(
    first: npt.NDArray[np.int32], last: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], int]:
    """Count days from the earliest one in two bytes where 179 years are enough, else leave them in four.

    Parameters
    ----------
    first, last
        Days of marks.

    Returns
    -------
    tuple of (numpy.ndarray, numpy.ndarray, int)
        Both columns, and the day that they count from.
    """
    # A day outside the calendar is taken for the calendar's end: no window of the clock reaches beyond it.
    columns = [np.where((c < _CALENDAR[0]) & (c != DAY_PAST), _CALENDAR[0], c) for c in (first, last)]
    columns = [np.where((c > _CALENDAR[1]) & (c != DAY_FUTURE), _CALENDAR[1], c) for c in columns]
    low = min((int(c.min(where=c != DAY_PAST, initial=_CALENDAR[1])) for c in columns), default=0)
    high = max((int(c.max(where=c != DAY_FUTURE, initial=_CALENDAR[0])) for c in columns), default=0)
    if high < low:
        low = high = 0
    if high - low >= _OPEN_FUTURE - 1:
        return columns[0].astype("<i4"), columns[1].astype("<i4"), 0
    short = []
    for column in columns:
        days = (column - low + 1).astype("<u2")
        days[column == DAY_PAST] = 0
        days[column == DAY_FUTURE] = _OPEN_FUTURE
        short.append(days)
    return short[0], short[1], low


def _radii(metres: npt.NDArray[np.int32]) -> tuple[npt.NDArray[Any], list[int]]:
    """Give radii in units, rounded up: as numbers of a list while it is short."""
    units = np.minimum(-(-metres // _RADIUS_UNIT_M), _RADIUS_MAX).astype("<u2")
    used = np.flatnonzero(np.bincount(units, minlength=1))
    if len(used) > _RADII_MAX:
        return units, []
    numbers = np.zeros(_RADIUS_MAX + 1, dtype="u1")
    numbers[used] = np.arange(len(used), dtype="u1")
    return numbers[units], used.tolist()


def _coordinate(
    axis: Callable[[npt.NDArray[Any]], npt.NDArray[np.float64]], points: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """Give one coordinate, NaN where there is none: asked of an empty point, GEOS raises instead."""
    try:
        return axis(points)
    except shapely.errors.GEOSException:
        present = points.copy()
        present[shapely.is_empty(points)] = None
        return axis(present)


def _kind_numbers(placements: pd.DataFrame, is_site: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    # Kinds of both groups share some codes: looked up by name, then by group.
    names = tuple(dict.fromkeys(symbol["code"] for symbol in kind_symbols()))
    table = np.zeros((2, len(names)), dtype="u1")
    for number, symbol in enumerate(kind_symbols()):
        table[int(symbol["group"] == "site"), names.index(symbol["code"])] = number
    numbers: npt.NDArray[np.uint8] = table[is_site.astype("u1"), _numbers(placements["kind"], names)]
    return numbers


def _numbers(column: "pd.Series[str]", known: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Give each text's place among the known ones, which the frames' contract says it is."""
    texts = pa.array(column, from_pandas=True)
    # A third of factorize's time: Arrow looks each text up in a table of the known ones.
    places = pc.index_in(texts, value_set=pa.array(known, type=texts.type))
    if places.null_count:
        raise ValueError(f"not among {', '.join(known)}: {sorted(set(column) - set(known))[:3]}")
    numbers: npt.NDArray[np.uint8] = places.to_numpy(zero_copy_only=False).astype("u1")
    return numbers


def _country_numbers(column: "pd.Series[str]") -> tuple[npt.NDArray[np.uint8], list[str]]:
    """Give each code's place among those that occur, in their order."""
    codes, found = pd.factorize(column)
    used = sorted(found)
    numbers: npt.NDArray[np.uint8] = np.array([used.index(code) for code in found], dtype="u1")[codes]
    return numbers, used


def _span(frames: AtlasFrames) -> dict[str, int] | None:
    # The clock spans what happened: shipyards that began in 1886 would squeeze it into a corner.
    records = frames.records
    events = ((records["record_type"] == "event") & records["dated"]).to_numpy(dtype=bool)
    part, chosen = (records, events) if events.any() else (frames.segments, np.True_)
    low, high = DAY_FUTURE, DAY_PAST
    for days in (part[name].to_numpy() for name in ("first", "last")):
        closed = chosen & (days != DAY_PAST) & (days != DAY_FUTURE)
        low = min(low, int(days.min(where=closed, initial=DAY_FUTURE)))
        high = max(high, int(days.max(where=closed, initial=DAY_PAST)))
    return {"first": low, "last": high} if low <= high else None


def _details(records: pd.DataFrame, symbols: Sequence[Mapping[str, str]]) -> "pd.Series[str]":
    # A table look-up by (group, kind), then whole columns: a Python loop took half a second at 100,000.
    labels = {f"{s['group']}:{s['code']}": s["label"] for s in symbols}
    codes, found = pd.factorize(records["record_type"] + ":" + records["kind"])
    out = pd.Series(np.array([labels[key] for key in found], dtype=object)[codes], dtype="str")
    for name in ("places", "date"):
        texts = records[name].reset_index(drop=True)
        out = out + (" · " + texts).where(texts != "", "")
    return out


def _packed(texts: "pd.Series[str]") -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32]]:
    encoded = "\0".join(texts.tolist()).encode()
    data = np.frombuffer(encoded, dtype="u1")
    ends = np.flatnonzero(data == 0)
    if len(ends) != max(0, len(texts) - 1):  # a text holds the separator itself: one by one
        parts = [text.encode() for text in texts]
        ends = np.cumsum([len(part) for part in parts], dtype="<u4")
        return np.frombuffer(b"".join(parts), dtype="u1"), np.concatenate([[0], ends]).astype("<u4")
    at = np.concatenate([[0], ends - np.arange(len(ends)), [len(data) - len(ends)]])
    return data[data != 0], at[: len(texts) + 1].astype("<u4")


def in_blocks(columns: Columns, sites: int) -> list[Columns]:
    """Put many marks in the order of time and deal them out to blocks, each a sample of all time.

    The browser would need a tenth of a second to sort a million cold; blocks so dealt interleave into the
    same order whether all of them have come or only some.

    Parameters
    ----------
    columns
        Columns of marks.
    sites
        How many of them, the first ones, are of sites.

    Returns
    -------
    list of Mapping
        The blocks; one of few marks, in the order they had.
    """
    marks = len(columns["lon"])
    if marks <= _UNSORTED:
        return [columns]
    first = columns["first"]
    # Sites among sites, events among events; numpy sorts two bytes by counting them.
    parts = [np.argsort(first[:sites], kind="stable"), np.argsort(first[sites:], kind="stable") + sites]
    order = np.concatenate(parts) if sites else parts[1]
    count = -(-marks // _BLOCK)
    dealt = [np.ascontiguousarray(order[block::count]) for block in range(count)]

    def taken(name: str) -> list[npt.NDArray[Any]]:
        column = columns[name]
        return [column.take(rows if len(column) == marks else rows[rows < len(column)]) for rows in dealt]

    with ThreadPoolExecutor(2) as both:
        blocks = dict(zip(columns, both.map(taken, columns), strict=True))
    return [{name: column[block] for name, column in blocks.items()} for block in range(count)]


def assemble(header: dict[str, Any], blocks: list[Columns], texts: Columns) -> bytes:
    """Write header and columns as the bytes of a payload.

    Parameters
    ----------
    header
        The header without its list of columns.
    blocks
        Columns of marks, in blocks.
    texts
        Columns of texts.

    Returns
    -------
    bytes
        The payload.
    """
    layout: dict[str, dict[str, Any]] = {}
    parts: list[bytes | memoryview] = []
    offset = 0
    names = {"<f4": "f32", "<i4": "i32", "<u4": "u32", "<u2": "u16", "|u1": "u8"}
    for columns in (*blocks, texts):
        for name, column in columns.items():
            entry = layout.setdefault(name, {"type": names[column.dtype.str], "offset": [], "length": 0})
            entry["offset"].append(offset)
            entry["length"] += len(column)
            parts += [np.ascontiguousarray(column).data, bytes(-column.nbytes % 8)]
            offset += -(-column.nbytes // 8) * 8
    for entry in layout.values():
        if len(entry["offset"]) == 1:
            entry["offset"] = entry["offset"][0]
    text = json.dumps(header | {"columns": layout}, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 8)
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *parts])
