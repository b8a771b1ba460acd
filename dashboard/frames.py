"""The one column contract of the frames that maps, charts, exports and pages share.

A *placement* is one record at one location: a record with three places has three rows, one without any has
one row and no geometry. A *segment* is a stretch of days in the life of a site. Everything is checked once,
where frames are made; whoever receives one may rely on it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.domain.vocabulary import codes
from dashboard.errors import FrameError

__all__ = [
    "CRS",
    "PLACEMENTS",
    "SEGMENTS",
    "AtlasFrames",
    "Memo",
    "check_placements",
    "check_segments",
    "records_of",
]

T = TypeVar("T")

CRS: Final = "EPSG:4326"
"""Coordinate reference system of every frame: longitude and latitude in degrees."""

_A_VALUE: Final = 50_000  # bytes of an ordinary value of a `Memo`, at most

_KINDS = [*codes("site_kinds"), *codes("event_kinds")]
_STATUSES = [*codes("site_statuses"), *codes("event_statuses")]


def _days(name: str) -> pa.Column:
    return pa.Column("int32", pa.Check.in_range(DAY_PAST, DAY_FUTURE), description=f"{name}; day number")


PLACEMENTS: Final = pa.DataFrameSchema(
    {
        "record_id": pa.Column(str, description="stable id"),
        "record_type": pa.Column(str, pa.Check.isin(["site", "event"])),
        "kind": pa.Column(str, pa.Check.isin(_KINDS)),
        "name": pa.Column(str, pa.Check.str_length(min_value=1), description="as shown; data, never HTML"),
        "status": pa.Column(
            str, pa.Check.isin(_STATUSES), description="events: its status; sites: the last one known"
        ),
        "date": pa.Column(str, description="EDTF as stored, empty when undated"),
        "first": _days("earliest day"),
        "last": _days("latest day"),
        "dated": pa.Column(bool, description="whether anything is known of the date"),
        "role": pa.Column(str, description="code of location_roles, empty when unplaced"),
        "place": pa.Column(str, description="as written in the source"),
        "country": pa.Column(str, description="ISO 3166-1 alpha-2, empty when unknown"),
        "precision": pa.Column(str, pa.Check.isin(codes("precisions"))),
        "precision_m": pa.Column("int32", pa.Check.ge(0), description="radius in metres, 0 when unplaced"),
        "actors": pa.Column(str, description="actor ids between bars: |ac-iai|ac-elbit|"),
        "parties": pa.Column(str, description="countries of its actors (ISO codes) between bars"),
        "products": pa.Column(str, description="product categories between bars"),
        "sources": pa.Column("int32", pa.Check.ge(0), description="distinct sources that support it"),
        "contradicted": pa.Column(bool, description="whether a source says otherwise"),
        "search": pa.Column(str, description="folded text for the search box"),
    },
    strict="filter",
    ordered=False,
)
"""Columns of the placements frame, besides ``geometry`` (points or nothing, `CRS`)."""

SEGMENTS: Final = pa.DataFrameSchema(
    {
        "record_id": pa.Column(str),
        "status": pa.Column(str, pa.Check.isin(codes("site_statuses"))),
        "first": _days("first day"),
        "last": _days("last day"),
        "certain": pa.Column(bool),
    },
    strict=True,
)
"""Columns of the segments frame: the lives of all sites, without overlaps."""


class Memo:
    """What was worked out from the frames of one version; it belongs to them and goes with them.

    Keys say everything that a value depends on besides the frames, so whoever asks gets the same answer.

    Parameters
    ----------
    most
        Keep at most this many values: those asked for last. A large one counts as many.
    """

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._held = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()

    def get(self, key: Hashable, build: Callable[[], T], cost: int = 0) -> T:
        """Give a value, built unless it is kept.

        Parameters
        ----------
        key
            What it depends on; its first part names what it is and so decides its type.
        build
            Makes it. Two who ask at once may both build it.
        cost
            Bytes that it takes, roughly; small ones need not say.

        Returns
        -------
        T
            Shared by everybody: never changed in place.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]  # type: ignore[return-value]  # the key decides the type
        value, places = build(), 1 + cost // _A_VALUE
        with self._lock:
            self._held += places - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = (value, places)
            while self._held > self._most and len(self._kept) > 1:
                self._held -= self._kept.popitem(last=False)[1][1]
        return value


@dataclass(frozen=True)
class AtlasFrames:
    """What the atlas shows, at one data version.

    Parameters
    ----------
    placements
        One row for each record and location, see `PLACEMENTS`; rows of one record are adjacent.
    records
        One row for each record, in the order of the placements, see `records_of`.
    segments
        One row for each stretch of a site's life, see `SEGMENTS`.
    version
        Data version; equal versions hold equal frames.
    """

    placements: gpd.GeoDataFrame
    records: pd.DataFrame
    segments: pd.DataFrame
    version: str
    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)
    """What was worked out from them, as long as they are in use."""


def check_placements(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Check a placements frame against `PLACEMENTS`.

    Parameters
    ----------
    frame
        One row for each record and location.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows with the contract's columns, in its order, EPSG:4326.

    Raises
    ------
    FrameError
        If any column or value breaks the contract; carries every failure.
    """
    problems = _schema_problems(PLACEMENTS, pd.DataFrame(frame.drop(columns="geometry", errors="ignore")))
    problems += _geometry_problems(frame)
    if problems:
        raise FrameError(problems)
    return frame[[*PLACEMENTS.columns, "geometry"]]


def check_segments(frame: pd.DataFrame) -> pd.DataFrame:
    """Check a segments frame against `SEGMENTS`.

    Parameters
    ----------
    frame
        One row for each stretch of a site's life.

    Returns
    -------
    pandas.DataFrame
        The same frame.

    Raises
    ------
    FrameError
        If any column or value breaks the contract; carries every failure.
    """
    problems = _schema_problems(SEGMENTS, frame)
    if len(frame) and bool((frame["first"] > frame["last"]).any()):
        problems.append("segments: a stretch ends before it begins")
    if problems:
        raise FrameError(problems)
    return frame[list(SEGMENTS.columns)]


def _schema_problems(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[str]:
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "failure_case", "index"]]
        return [
            f"column {row.column}, row {row.index}: {row.failure_case!r} fails {row.check}"
            for row in cases.head(50).itertuples(index=False, name="Case")
        ]
    return []


def _geometry_problems(frame: gpd.GeoDataFrame) -> list[str]:
    if "geometry" not in frame.columns:
        return ["column geometry: missing"]
    if frame.crs is None or frame.crs.to_epsg() != 4326:  # noqa: PLR2004  # CRS above
        return [f"column geometry: CRS is {frame.crs}, expected {CRS}"]
    points = gpd.GeoSeries(frame.geometry)
    placed = points[points.notna() & ~points.is_empty]
    if not bool(np.all(placed.geom_type == "Point")):
        return ["column geometry: only points are allowed"]
    lon, lat = np.asarray(placed.x), np.asarray(placed.y)
    inside = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # noqa: PLR2004  # Earth
    return [f"column geometry, row {i}: outside Earth" for i in placed.index[~inside][:50]]


def records_of(placements: gpd.GeoDataFrame) -> pd.DataFrame:
    """Fold the placements frame to one row for each record.

    Parameters
    ----------
    placements
        A checked placements frame.

    Returns
    -------
    pandas.DataFrame
        The record columns, and ``places`` (as written, joined for reading), ``countries`` and ``precisions``
        (codes between bars, as ``actors`` has them), ``placed`` (whether any place has a point). The index
        is the record's number in the map payload.
    """
    rows = pd.DataFrame(placements.drop(columns=["geometry", "role", "precision_m"]))
    rows = rows.assign(placed=placements.geometry.notna().to_numpy(dtype=bool))
    rows = rows.assign(countries=_barred(rows["country"]), precisions=_barred(rows["precision"]))
    records = rows.drop_duplicates("record_id").rename(columns={"place": "places"})
    records = records.drop(columns=["country", "precision"]).reset_index(drop=True)
    # Most records have one place: only the others are worth a Python loop.
    several = rows[rows["record_id"].duplicated(keep=False)].groupby("record_id", sort=False)
    number = pd.Series(records.index, index=records["record_id"])
    for record_id, group in several:
        row = number[str(record_id)]
        records.loc[row, "places"] = " · ".join(dict.fromkeys(p for p in group["place"] if p))
        for column, source in (("countries", "country"), ("precisions", "precision")):
            records.loc[row, column] = "|" + "|".join(dict.fromkeys(v for v in group[source] if v)) + "|"
        records.loc[row, "placed"] = bool(group["placed"].any())
    return records


def _barred(column: "pd.Series[str]") -> "pd.Series[str]":
    return ("|" + column + "|").where(column != "", "")
