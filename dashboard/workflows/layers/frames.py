"""From the rows of an imported layer to the frames that every view shares, in whole columns.

No record is made of a row: a million of them would take minutes and gigabytes. The rules are those of
`dashboard.workflows.views.frames`, which a test holds by building both from the same records.
"""

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UncertainDate
from dashboard.domain.status import DatedStatus, Segment, life
from dashboard.frames import CRS, AtlasFrames, check_placements, check_segments, records_of
from dashboard.geocoding.names import fold

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FRAME_COLUMNS", "build_layer_frames", "gathered", "search_texts"]

FRAME_COLUMNS: Final = (
    "external_id", "record_type", "kind", "name", "status", "date", "first", "last", "dated", "place",
    "country", "lat", "lon", "precision", "precision_m", "actors", "products", "source", "source_url",
)  # fmt: skip
"""Columns of ``LAYER_ROWS`` that frames are made of."""

_OF_RECORD: Final = (
    "record_type", "kind", "name", "status", "date", "first", "last", "dated", "actors", "products",
)  # fmt: skip
_FOLDED_BYTES: Final = bytes(ord(fold(chr(one)) or " ") if one < 128 else one for one in range(256))  # noqa: PLR2004  # ASCII
_SIGNS: Final = "[\u2010-\u2015\u2018-\u201f\u2022\u2026\u00ab\u00b7\u00bb]"
"""Dashes, quotes and dots, of which `fold` makes a space: alone they would send most names through it."""
_Lives = list[tuple[Segment, ...]]


def build_layer_frames(rows: pa.Table, version: str) -> AtlasFrames:
    """Build the frames of an imported layer.

    Parameters
    ----------
    rows
        Its rows, with `FRAME_COLUMNS` at least.
    version
        Version of exactly these rows.

    Returns
    -------
    AtlasFrames
        Checked frames, as those of the atlas itself. What a record is, is what its first row says.
    """
    rows = gathered(rows.select(FRAME_COLUMNS)).combine_chunks()
    codes = _record_codes(rows.column("external_id"))
    is_first = np.concatenate([[True], codes[1:] != codes[:-1]]) if len(codes) else np.zeros(0, dtype=bool)
    rows = _of_first_rows(rows, codes, is_first)
    segments, spans = _segments(rows, codes, is_first)
    frame = _placements(rows, codes, spans)
    placements = check_placements(frame)
    records = records_of(placements) if is_first.all() else _folded(placements, codes, is_first)
    return AtlasFrames(placements, records, check_segments(segments), version)


def gathered(rows: pa.Table) -> pa.Table:
    """Put the rows of one record beside each other, in the order of their first ones.

    Parameters
    ----------
    rows
        Rows with ``external_id``.

    Returns
    -------
    pyarrow.Table
        The same table when they are so already.
    """
    codes = pd.factorize(rows.column("external_id").to_pandas())[0]
    if len(codes) < 2 or bool((np.diff(codes) >= 0).all()):  # noqa: PLR2004  # two to compare
        return rows
    return rows.take(pa.array(np.argsort(codes, kind="stable")))


def _record_codes(ids: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    codes: npt.NDArray[np.int64] = pd.factorize(ids.to_pandas())[0].astype("int64")
    return codes


def _of_first_rows(rows: pa.Table, codes: npt.NDArray[np.int64], is_first: npt.NDArray[np.bool_]) -> pa.Table:
    """Have all rows of a record say what its first one says, but for the place."""
    if is_first.all():
        return rows
    leading = pa.array(np.flatnonzero(is_first)[codes])
    for name in _OF_RECORD:
        rows = rows.set_column(rows.schema.get_field_index(name), name, rows.column(name).take(leading))
    return rows


def _placements(
    rows: pa.Table, codes: npt.NDArray[np.int64], spans: tuple[npt.NDArray[np.int32], ...] | None
) -> gpd.GeoDataFrame:
    table = pa.table(
        {
            "record_id": rows.column("external_id"),
            **{name: rows.column(name) for name in ("record_type", "kind")},
            "name": _named(rows),
            "status": rows.column("status"),
            "date": rows.column("date"),
            "role": pc.if_else(_is_placed(rows), "at", ""),
            **{name: rows.column(name) for name in ("place", "country", "precision")},
            "actors": _barred_names(rows.column("actors")),
            "products": rows.column("products"),
            "search": search_texts(rows),
        }
    )
    frame = table.to_pandas().astype("str")
    for place, name in enumerate(("first", "last", "dated")):
        frame[name] = rows.column(name).to_numpy() if spans is None else spans[place]
    frame["precision_m"] = rows.column("precision_m").to_numpy()
    frame["parties"] = pd.Series("", index=frame.index, dtype="str")
    frame["sources"] = _sources(rows, codes)
    frame["contradicted"] = np.zeros(len(frame), dtype=bool)
    lat, lon = (rows.column(name).to_numpy(zero_copy_only=False).astype(float) for name in ("lat", "lon"))
    points = shapely.points(lon, lat)
    points[~(np.isfinite(lat) & np.isfinite(lon))] = None
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(points, crs=CRS), crs=CRS)


def _named(rows: pa.Table) -> pa.ChunkedArray:
    return pc.if_else(pc.equal(rows.column("name"), ""), rows.column("external_id"), rows.column("name"))


def _is_placed(rows: pa.Table) -> pa.ChunkedArray:
    return pc.or_(pc.is_valid(rows.column("lat")), pc.not_equal(rows.column("place"), ""))


def _barred_names(actors: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give names of actors between bars, as ids of actors are: a layer has no actors of its own."""
    inner = pc.replace_substring(pc.replace_substring(actors, "|", "/"), "; ", "|")
    barred = pc.binary_join_element_wise("|", inner, "|", "")
    return pc.if_else(pc.equal(actors, ""), "", barred)


def _sources(rows: pa.Table, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    both = pc.binary_join_element_wise(rows.column("source"), rows.column("source_url"), "\x1f")
    known = pd.DataFrame({"code": codes, "source": both.to_pandas()})
    known = known[known["source"] != "\x1f"].drop_duplicates()
    return np.bincount(known["code"], minlength=codes.max(initial=-1) + 1).astype("int32")[codes]


def search_texts(rows: pa.Table) -> pa.Array:
    """Give the words of rows that are searched, folded.

    Parameters
    ----------
    rows
        Rows with ``external_id``, ``name``, ``actors`` and ``place``.

    Returns
    -------
    pyarrow.Array
        One text for each: words with single spaces between.
    """
    parts = [rows.column(name) for name in ("external_id", "name", "actors", "place")]
    texts = pc.binary_join_element_wise(*parts, " ").combine_chunks()
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        texts = pc.replace_substring_regex(texts, _SIGNS, " ")
    # What `fold` does to ASCII, without a call for each; bytes of other letters stay.
    _, offsets, said = texts.buffers()
    folded = pa.py_buffer(said.to_pybytes().translate(_FOLDED_BYTES) if said is not None else b"")
    plain = pa.StringArray.from_buffers(len(texts), offsets, folded, offset=texts.offset)
    while pc.any(pc.match_substring(plain, "  ")).as_py():
        plain = pc.replace_substring(plain, "  ", " ")
    plain = pc.utf8_trim(plain, " ")
    others = np.flatnonzero(~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False))
    if len(others):
        folded = pa.array([fold(text) for text in texts.take(pa.array(others)).to_pylist()], pa.string())
        mask = np.zeros(len(texts), dtype=bool)
        mask[others] = True
        plain = pc.replace_with_mask(plain, pa.array(mask), folded)
    return plain


def _segments(
    rows: pa.Table, codes: npt.NDArray[np.int64], is_first: npt.NDArray[np.bool_]
) -> tuple[pd.DataFrame, tuple[npt.NDArray[np.int32], ...] | None]:
    """Cut the lives of sites; and give first day, last day and whether dated, where there is any site."""
    is_site = pc.equal(rows.column("record_type"), "site").to_numpy().astype(bool)
    at = np.flatnonzero(is_site & is_first)
    columns = ["record_id", "status", "first", "last", "certain"]
    types = {"record_id": "str", "status": "str", "first": "int32", "last": "int32", "certain": "bool"}
    if not len(at):
        return pd.DataFrame(columns=columns).astype(types), None
    dates, statuses = (rows.column(name).take(pa.array(at)).to_pandas() for name in ("date", "status"))
    number, known = pd.factorize(pd.MultiIndex.from_arrays([statuses, dates]))
    lives = [life((DatedStatus(status, UncertainDate.parse(date)),)) for status, date in known]
    counts = np.array([len(one) for one in lives])[number]
    flat = [segment for one in lives for segment in one]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in lives])])[number]
    taken = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(
        counts.sum()
    )
    ids = rows.column("external_id").take(pa.array(np.repeat(at, counts))).to_pandas()
    frame = pd.DataFrame({"record_id": ids.to_numpy()})
    for name in columns[1:]:
        frame[name] = np.array([getattr(segment, name) for segment in flat], dtype=object)[taken]
    return frame.astype(types), _spans(rows, codes, at, lives, number)


def _spans(
    rows: pa.Table,
    codes: npt.NDArray[np.int64],
    at: npt.NDArray[np.int64],
    lives: _Lives,
    number: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int32], ...]:
    found = []
    ends: tuple[tuple[str, Callable[[tuple[Segment, ...]], int]], ...] = (
        ("first", lambda one: one[0].first if one else DAY_PAST),
        ("last", lambda one: one[-1].last if one else DAY_FUTURE),
        ("dated", lambda one: any(s.first != DAY_PAST or s.last != DAY_FUTURE for s in one)),
    )
    for name, end in ends:
        days = rows.column(name).to_numpy().copy()
        of_record = np.full(codes.max() + 1, -1, dtype="int64")
        of_record[codes[at]] = np.arange(len(at))
        site = of_record[codes]
        values = np.array([end(one) for one in lives], dtype=days.dtype)[number]
        days[site >= 0] = values[site[site >= 0]]
        found.append(days)
    return tuple(found)


def _folded(
    placements: gpd.GeoDataFrame, codes: npt.NDArray[np.int64], is_first: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    """Fold placements to records where some have several: `records_of` would walk through these singly."""
    leading = placements[is_first]
    records = records_of(leading)
    several = np.flatnonzero(np.bincount(codes) > 1)
    rows = np.flatnonzero(np.isin(codes, several))
    part = placements.iloc[rows]
    code = pa.array(codes[rows])
    for column, source, around in (
        ("places", "place", " · "),
        ("countries", "country", "|"),
        ("precisions", "precision", "|"),
    ):
        values = pd.DataFrame({"code": code, "text": part[source].to_numpy(dtype=object)})
        values = values[values["text"] != ""].drop_duplicates()
        texts = pd.Series("", index=several, dtype=object)
        joined = values.groupby("code", sort=False)["text"].agg(around.join)
        texts[joined.index] = joined if around != "|" else "|" + joined + "|"
        records.loc[several, column] = texts
    placed = np.zeros(len(records), dtype=bool)
    np.logical_or.at(placed, codes, placements.geometry.notna().to_numpy(dtype=bool))
    return records.assign(placed=placed)
