"""Rows of an imported layer made coarser, in whole columns, by the rules of `workflows.access.coarsening`.

Points go on the grid of the audience, words of a place that was known better go, texts lose the points
written into them. Columns that are as the file had them go altogether: nobody knows what is in them. An id
can be a point itself, or be made of one; such an id gets another name.
"""

import hmac
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.domain.grid import half_diagonal_m
from dashboard.domain.points_in_text import leads_to_point, without_points
from dashboard.domain.vocabulary import codes
from dashboard.workflows.layers.on_grid import centres_of
from dashboard.workflows.layers.places import GEOCODED

__all__ = ["coarse_rows", "shown_ids"]

_HALF_EARTH_M: Final = 20_037_508
_ALLOWED: Final = ((25_000, "near"), (75_000, "district"), (500_000, "province"), (_HALF_EARTH_M, "area"))
_UNPLACED: Final = "none"
_DROPPED: Final = ("extra", "original_precision")
_TEXTS: Final = (
    "name", "place", "actors", "source", "notes", "date_as_written", "original_kind", "original_status",
)  # fmt: skip
# Whatever `without_points` finds holds one of these; a date or a plain number holds none.
_MAYBE: Final = (
    r"\p{Nd}[.,\x{066b}]\p{Nd}\p{Nd}|[°º˚+]|///|\p{Nd}[\s\p{Z}]?[NSEWnsew]|[NSEW][\s\p{Z}]?\p{Nd}"
    r"|\p{Nd}[A-Za-z][\s\p{Z}]?[A-Z]{2}|\p{Nd}{6}"
)
_MOST_LAT: Final = 90.0
_MOST_LON: Final = 180.0
_MADE_ID: Final = r"^x?[0-9a-f]{12,64}$"
"""A hash, which whoever knows the rest of the row could try coordinates against."""


def coarse_rows(rows: pa.Table, cell: float, key: bytes) -> pa.Table:
    """Make rows coarser.

    Parameters
    ----------
    rows
        Rows with any columns of ``LAYER_ROWS``, among them id, point, precision and radius.
    cell
        Degrees of the grid; 0 for none.
    key
        What ids are named with that may tell a point.

    Returns
    -------
    pyarrow.Table
        The very same table when there is no grid.
    """
    if cell <= 0:
        return rows
    rows = _on_grid(rows, cell)
    for name in rows.schema.names:
        place = rows.schema.get_field_index(name)
        if name in _DROPPED:
            empty = pa.array(np.full(rows.num_rows, "", dtype=object), pa.string())
            rows = rows.set_column(place, name, empty)
        elif name == "flags":
            rows = rows.set_column(place, name, _harmless_flags(rows.column(name)))
        elif name in _TEXTS:
            rows = rows.set_column(place, name, _covered(rows.column(name), without_points))
        elif name == "source_url":
            rows = rows.set_column(
                place, name, _covered(rows.column(name), _no_map, pattern=r"\p{Nd}|[°º]|///")
            )
        elif name == "external_id":
            rows = rows.set_column(place, name, shown_ids(rows.column(name), key))
    return rows


def shown_ids(ids: pa.ChunkedArray, key: bytes) -> pa.ChunkedArray:
    """Give ids another name that are points, or made of points.

    Parameters
    ----------
    ids
        Ids as the dataset has them.
    key
        What the others are named with: the same one, the same names.

    Returns
    -------
    pyarrow.ChunkedArray
        The ids to show, in the same order.
    """

    def shown(text: str) -> str:
        return "x-" + hmac.new(key, text.encode(), "sha256").hexdigest()[:16]

    def covered(text: str) -> str:
        return text if without_points(text) == text and not leads_to_point(text) else shown(text)

    named = _covered(ids, shown, pattern=_MADE_ID)
    return _covered(named, covered, pattern=rf"{_MAYBE}|\.\p{{Nd}}\p{{Nd}}")


def _harmless_flags(flags: pa.ChunkedArray) -> pa.ChunkedArray:
    """Keep that a place was found by its name; that a point is the middle of its country says where it is."""
    mark = f"|{GEOCODED}|"
    return pc.if_else(pc.match_substring(flags, mark), mark, "")


def _no_map(address: str) -> str:
    return "" if leads_to_point(address) or without_points(address) != address else address


def _covered(
    column: pa.ChunkedArray, cover: Callable[[str], str], *, pattern: str = _MAYBE
) -> pa.ChunkedArray:
    """Cover the texts of a column that may need it, each text once."""
    suspected = pc.match_substring_regex(column, pattern)
    if not pc.any(suspected).as_py():
        return column
    mask = suspected.combine_chunks()
    coded = column.filter(suspected).combine_chunks().dictionary_encode()
    covered = pa.array([cover(text) for text in coded.dictionary.to_pylist()], pa.string())
    whole = column.combine_chunks()
    return pa.chunked_array([pc.replace_with_mask(whole, mask, covered.take(coded.indices))])


def _on_grid(rows: pa.Table, cell: float) -> pa.Table:
    lat, lon = (rows.column(name).to_numpy(zero_copy_only=False).astype(float) for name in ("lat", "lon"))
    stated = rows.column("precision_m").to_numpy().astype("int64")
    placed = np.isfinite(lat) & np.isfinite(lon)
    points, number = np.unique(lat[placed] + 1j * lon[placed], return_inverse=True)
    centres = np.full((3, len(lat)), np.nan)
    centres[:, placed] = _centres(points, cell)[:, number]
    is_point = np.isfinite(centres[0])
    radius = np.where(is_point, centres[2], 0).astype("int64")
    already = is_point & (stated >= radius) & (centres[0] == lat) & (centres[1] == lon)
    known_better = (is_point & (stated < radius)) | (placed & ~is_point)
    metres = np.where(already, stated, np.minimum(stated + radius, _HALF_EARTH_M))
    precision = _no_finer(rows.column("precision"), metres, is_point & ~already)
    precision = np.where(placed & ~is_point, _UNPLACED, precision)
    metres = np.where(placed & ~is_point, 0, np.where(placed, metres, stated))
    changed = {
        "lat": pa.array(centres[0], from_pandas=True),
        "lon": pa.array(centres[1], from_pandas=True),
        "precision": pa.array(precision, pa.string()),
        "precision_m": pa.array(metres, pa.int32()),
    }
    if "place" in rows.schema.names:
        changed["place"] = pc.if_else(pa.array(known_better), "", rows.column("place").combine_chunks())
    for name, column in changed.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, column)
    return rows


def _centres(points: npt.NDArray[np.complex128], cell: float) -> npt.NDArray[np.float64]:
    """Give latitudes, longitudes and radii; what cannot be coarsened is not shown at all, and has none."""
    found = np.full((3, len(points)), np.nan)
    on_earth = (np.abs(points.real) <= _MOST_LAT) & (np.abs(points.imag) <= _MOST_LON)
    lon, lat = centres_of(points.imag[on_earth], points.real[on_earth], cell)
    rows, row = np.unique(lat, return_inverse=True)
    radii = np.array([half_diagonal_m(one, cell) for one in rows.tolist()], dtype=float)
    found[:, on_earth] = lat, lon, radii[row]
    return found


def _no_finer(
    precision: pa.ChunkedArray, metres: npt.NDArray[np.int64], which: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    order = codes("precisions")
    coded, known = pd.factorize(precision.to_pandas())
    ranks = np.array([order.index(code) for code in known], dtype="int64")[coded]
    limits = np.array([most for most, _ in _ALLOWED])
    allowed = np.array([order.index(code) for _, code in _ALLOWED])[
        np.minimum(np.searchsorted(limits, metres), len(limits) - 1)
    ]
    finest = np.where(which, np.maximum(ranks, allowed), ranks)
    return np.array(order, dtype=object)[finest]
