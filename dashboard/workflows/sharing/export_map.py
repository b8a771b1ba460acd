"""The map of a view as one file: the view's rows made into frames again, and nothing beside them.

It is made here because maps and exports stand side by side and do not import one another.
"""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UncertainDate
from dashboard.domain.status import DatedStatus, life
from dashboard.exports.notes import counted, one_line
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file
from dashboard.frames import CRS, SEGMENTS, AtlasFrames, check_placements, check_segments, records_of
from dashboard.maps.standalone import atlas_map, standalone_html

__all__ = ["frames_of", "write_map"]

_STEPS: Final = 3


def write_map(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the map of a view as one HTML file.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    pace
        Makes the pace of so many steps.

    Returns
    -------
    Written
        The file; its notes count the records that it cannot draw.
    """
    steps = pace(_STEPS)
    frames = frames_of(view)
    steps.advance(1)
    html = standalone_html(atlas_map(frames, window=view.window, mode=view.mode), view.title)
    meta = f'<meta name="description" content="{escape(one_line(view))}" />'
    html = html.replace("</title>", f"</title>{meta}", 1)
    steps.advance(1)
    with whole_file(path) as part:
        part.write_text(html, encoding="utf-8", errors="replace", newline="\n")
        steps.advance(1)
    pointless = int(view.records["lat"].isna().sum())
    notes = (
        *view.notes,
        *counted(
            pointless,
            "1 record has no point: the map knows it and cannot draw it",
            "{n} records have no point: the map knows them and cannot draw them",
        ),
        "The map carries names, kinds, dates and places; sources are in the other formats",
    )
    return Written(path, len(view.records), notes)


def frames_of(view: ExportView) -> AtlasFrames:
    """Make frames of the rows of a view.

    Parameters
    ----------
    view
        The view.

    Returns
    -------
    AtlasFrames
        Its records in its order; those of imported datasets under the names that they have in the view.
    """
    placements = check_placements(_placements(view))
    return AtlasFrames(placements, records_of(placements), check_segments(_segments(view)), view.version)


def _placements(view: ExportView) -> gpd.GeoDataFrame:
    records = view.records
    first, last = _days(records["earliest"], DAY_PAST), _days(records["latest"], DAY_FUTURE)
    own = pd.DataFrame(
        {
            "record_id": records["id"],
            "record_type": records["type"],
            **{name: records[name] for name in ("kind", "name", "status", "date")},
            "first": first,
            "last": last,
            "dated": (first != DAY_PAST) | (last != DAY_FUTURE),
            "actors": _barred(records["actors"]),
            "parties": _barred(records["actor_countries"]),
            "products": _barred(records["products"]),
            "sources": records["source_count"].astype("int32"),
            "contradicted": records["contradicted"],
            "search": records["name"].str.lower(),
        }
    )
    columns = ["record_id", "role", "place", "country", "precision", "precision_m", "geometry"]
    joined = own.merge(pd.DataFrame(view.places[columns]), on="record_id", how="left", sort=False)
    texts = {"role": "", "place": "", "country": "", "precision": "none", "precision_m": 0}
    joined = joined.fillna(texts).astype({"precision_m": "int32"})
    return gpd.GeoDataFrame(joined, geometry=gpd.GeoSeries(joined["geometry"].tolist(), crs=CRS), crs=CRS)


def _segments(view: ExportView) -> pd.DataFrame:
    statuses: dict[str, list[DatedStatus]] = {
        one: [] for one in view.records["id"][view.records["type"] == "site"]
    }
    columns = (view.statuses[name] for name in ("record_id", "status", "date"))
    for record_id, status, text in zip(*columns, strict=True):
        statuses[record_id].append(DatedStatus(status, UncertainDate.parse(text)))
    rows = [
        (record_id, one.status, one.first, one.last, one.certain)
        for record_id, own in statuses.items()
        for one in life(own)
    ]
    frame = pd.DataFrame(rows, columns=["record_id", "status", "first", "last", "certain"])
    types = {"record_id": "str", "status": "str", "first": "int32", "last": "int32", "certain": "bool"}
    return frame.astype(types)[list(SEGMENTS.columns)]


def _days(column: "pd.Series[str]", is_open: int) -> npt.NDArray[np.int32]:
    texts = column.to_numpy(dtype=object)
    known = texts != ""
    days = np.full(len(texts), is_open, dtype="int32")
    days[known] = texts[known].astype("datetime64[D]").astype("int32")
    return days


def _barred(column: "pd.Series[Any]") -> "pd.Series[Any]":
    return ("|" + column + "|").where(column != "", "")
