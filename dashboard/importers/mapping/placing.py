"""The points of a batch: read whole, refused with a reason, or absent; never half and never turned round."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dashboard.importers.mapping.cells import Cells, distinct, joined
from dashboard.importers.mapping.degrees import Axis, PointFault, one_degree
from dashboard.importers.mapping.grid_references import GridPoint, read_point, read_utm
from dashboard.importers.mapping.model import PointRule

__all__ = ["RADIUS_M", "Points", "radii", "read_points"]

RADIUS_M: Final = {
    "exact": 500, "near": 25_000, "locality": 5_000, "district": 25_000, "province": 100_000, "area": 250_000,
    "country": 500_000, "none": 0,
}  # fmt: skip
"""Radius in metres that a precision stands for when the dataset gives none."""

_PLAIN: Final = r"^-?\d{1,3}(\.\d{1,20})?$"
_MAX_LAT: Final = 90.0
_MAX_LON: Final = 180.0
_DEGREE_M: Final = 111_000
_FAR_M: Final = 20_000_000
_METRES: Final = r"^\d{1,9}(\.\d{1,9})?$"
_MARK: Final = "\x1f"


@dataclass
class Points:
    """The points of a batch.

    Parameters
    ----------
    lat, lon
        Degrees, NaN where there is no point.
    decimals
        Digits behind the mark, as far as they were written.
    faults
        Column, value and reason of a row's point, by position; these rows are refused.
    default
        Rows whose point is 0, 0: withheld until a person has looked.
    side_m
        Side of the square that a grid reference names, 0 where the point was written otherwise.
    radius_m
        Radius that the dataset itself states, NaN where it states none.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    decimals: NDArray[np.int64]
    faults: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    default: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    side_m: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    radius_m: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


def read_points(cells: Cells, rule: PointRule) -> Points:
    """Read the points of a batch.

    Parameters
    ----------
    cells
        The batch.
    rule
        How the point is read.

    Returns
    -------
    Points
        One for each row.
    """
    points = _unchecked(cells, rule)
    points.side_m = points.side_m if len(points.side_m) else np.zeros(cells.rows)
    points.radius_m = _radii_stated(cells, rule)
    _check(points, rule)
    bad = np.fromiter(points.faults, dtype=np.int64, count=len(points.faults))
    points.lat[bad] = points.lon[bad] = np.nan
    points.default = (points.lat == 0) & (points.lon == 0)
    points.lat[points.default] = points.lon[points.default] = np.nan
    return points


def radii(precisions: Any, points: Points) -> NDArray[np.int32]:  # noqa: ANN401 - Arrow has no types
    """Give each row the radius of its precision, and no less than its decimals carry.

    Parameters
    ----------
    precisions
        Codes.
    points
        The points; a radius that the dataset states wins, then the square of a grid reference.

    Returns
    -------
    numpy.ndarray
        Metres.
    """
    coded = pc.dictionary_encode(precisions)
    known = np.array([RADIUS_M.get(code, 0) for code in coded.dictionary.to_pylist()], dtype=np.int64)
    metres = known[coded.indices.to_numpy(zero_copy_only=False)]
    step = np.where(points.decimals < 0, 0, _DEGREE_M / 10.0 ** np.clip(points.decimals, 0, 9))
    metres = np.where(metres > 0, np.maximum(metres, np.maximum(step, points.side_m)), 0)
    stated = ~np.isnan(points.radius_m) & (metres > 0)
    return np.where(stated, np.ceil(points.radius_m), metres).astype(np.int32)


def _radii_stated(cells: Cells, rule: PointRule) -> NDArray[np.float64]:
    if not rule.radius:
        return np.full(cells.rows, np.nan)
    texts = cells.text(rule.radius)
    plain = pc.match_substring_regex(texts, _METRES)
    values = _numbers(pc.if_else(plain, texts, pa.scalar(None, pa.string())))
    values[(values <= 0) | (values > _FAR_M)] = np.nan
    return values


def _unchecked(cells: Cells, rule: PointRule) -> Points:
    nothing = np.full(cells.rows, np.nan)
    if (rule.geometry or not rule.columns) and "__lat__" in cells.batch.schema.names:
        lat, lon = (_numbers(cells.batch.column(name)) for name in ("__lat__", "__lon__"))
        return Points(lat, lon, np.full(cells.rows, -1))
    if rule.pair:
        return _pairs(cells, rule)
    if rule.zone:
        return _utm(cells, rule)
    if not (rule.lat and rule.lon):
        return Points(nothing, nothing.copy(), np.full(cells.rows, -1))
    faults: dict[int, tuple[str, str, str]] = {}
    lat, lat_digits = _degrees(cells, rule.lat, "lat", faults)
    lon, lon_digits = _degrees(cells, rule.lon, "lon", faults)
    return Points(lat, lon, np.maximum(lat_digits, lon_digits), faults)


def _numbers(column: Any) -> NDArray[np.float64]:  # noqa: ANN401 - Arrow has no types
    # A copy, because Arrow's own memory may not be written to.
    return np.array(pc.fill_null(pc.cast(column, pa.float64()), np.nan).to_numpy(zero_copy_only=False))


def _degrees(
    cells: Cells, name: str, axis: Axis, faults: dict[int, tuple[str, str, str]]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    texts = cells.text(name, point=True)
    plain = pc.match_substring_regex(texts, _PLAIN)
    values = _numbers(pc.if_else(plain, texts, pa.scalar(None, pa.string())))
    mark = pc.find_substring(texts, ".")
    digits = pc.if_else(pc.less(mark, 0), 0, pc.subtract(pc.subtract(pc.binary_length(texts), mark), 1))
    decimals = pc.fill_null(digits, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    other = pc.fill_null(pc.invert(plain), False).to_numpy(zero_copy_only=False)  # noqa: FBT003  # Arrow's own
    for row in np.flatnonzero(other):
        text = texts[int(row)].as_py()
        decimals[row] = -1
        try:
            values[row] = one_degree(text, axis)
        except PointFault as error:
            faults[int(row)] = (name, text, str(error))
    return values, decimals


def _pairs(cells: Cells, rule: PointRule) -> Points:
    return _grid(cells, rule.pair, (rule.pair,), lambda texts: read_point(texts[0], rule.order))


def _utm(cells: Cells, rule: PointRule) -> Points:
    return _grid(cells, rule.zone, (rule.zone, rule.lon, rule.lat), _read_utm)


def _read_utm(texts: list[str]) -> GridPoint:
    if len(texts) > 3:  # noqa: PLR2004  # zone, easting, northing
        raise PointFault("holds a character that nobody sees: remove it in the file")
    zone, east, north = texts
    if not (zone and east and north):
        raise PointFault("is missing: half a point is none")
    return read_utm(zone, east, north)


def _grid(
    cells: Cells, column: str, columns: tuple[str, ...], read: Callable[[list[str]], GridPoint]
) -> Points:
    """Read points that need all their text at once, each distinct one a single time."""
    texts, at = distinct(joined([cells.text(name, point=True) for name in columns], _MARK))
    found: list[tuple[float, float, float, str]] = []
    for text in texts:
        parts = text.split(_MARK)
        try:
            point = read(parts) if any(parts) else GridPoint(np.nan, np.nan, 0.0)
            found.append((point.lat, point.lon, point.side_m, ""))
        except PointFault as error:
            found.append((np.nan, np.nan, 0.0, str(error)))
    lat, lon, side = (np.array([one[part] for one in found], dtype=np.float64)[at] for part in (0, 1, 2))
    faulty = np.flatnonzero(np.array([bool(one[3]) for one in found], dtype=bool)[at])
    faults = {
        int(row): (column, texts[at[row]].replace(_MARK, " ").strip(), found[at[row]][3]) for row in faulty
    }
    return Points(lat, lon, np.full(cells.rows, -1), faults, side_m=side)


def _check(points: Points, rule: PointRule) -> None:
    lat, lon = points.lat, points.lon
    half = np.isnan(lat) != np.isnan(lon)
    with np.errstate(invalid="ignore"):
        outside = (np.abs(lat) > _MAX_LAT) | (np.abs(lon) > _MAX_LON) | np.isinf(lat) | np.isinf(lon)
        swapped = outside & (np.abs(lat) <= _MAX_LON) & (np.abs(lon) <= _MAX_LAT)
    for row in np.flatnonzero(half | outside):
        if int(row) in points.faults:
            continue
        if half[row]:
            column, reason = (
                (rule.lon if np.isnan(lon[row]) else rule.lat),
                "is missing: half a point is none",
            )
        elif swapped[row]:
            column, reason = rule.lat, "is no latitude; latitude and longitude look swapped"
        else:
            column, reason = rule.lat, "lies outside Earth (latitude -90 to 90, longitude -180 to 180)"
        points.faults[int(row)] = (column or rule.pair, _shown(lat[row], lon[row]), reason)


def _shown(lat: float, lon: float) -> str:
    return ", ".join("nothing" if np.isnan(number) else f"{number:g}" for number in (lat, lon))
