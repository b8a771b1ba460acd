"""From records to the frames that every view shares."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.domain.records import Citation, Event, Location, Site, SiteStatus
from dashboard.domain.status import DatedStatus, Segment, life
from dashboard.frames import CRS, AtlasFrames, check_placements, check_segments, records_of
from dashboard.geocoding.names import fold

__all__ = ["Tables", "build_frames", "statuses_of"]

Tables = Mapping[str, Sequence[Any]]
"""Records by table name, as the repository and the package reader give them."""


def statuses_of(rows: Iterable[SiteStatus]) -> tuple[DatedStatus, ...]:
    """Give the dated statuses of one site.

    Parameters
    ----------
    rows
        The site's rows of ``site_status``.

    Returns
    -------
    tuple of DatedStatus
        In the same order.
    """
    return tuple(DatedStatus(row.status, row.date) for row in rows)


def build_frames(tables: Tables, version: str) -> AtlasFrames:
    """Build the frames of one data version.

    Parameters
    ----------
    tables
        All records.
    version
        Data version of exactly these records.

    Returns
    -------
    AtlasFrames
        Checked frames, placements in EPSG:4326.
    """
    statuses: dict[str, list[SiteStatus]] = defaultdict(list)
    for row in tables["site_status"]:
        statuses[row.site_id].append(row)
    lives = {site.id: life(statuses_of(statuses[site.id])) for site in tables["sites"]}
    homes = {actor.id: actor.country for actor in tables["actors"]}
    rows = [_site_row(site, lives[site.id], statuses[site.id], homes) for site in tables["sites"]]
    rows += [_event_row(event, homes) for event in tables["events"]]
    # An atlas of nothing gives no types to infer.
    frame = pd.DataFrame(rows, columns=list(_RECORD_COLUMNS)).astype(_RECORD_COLUMNS)
    frame = _with_evidence(frame, tables["citations"])
    frame["search"] = _search_texts(tables).reindex(frame["record_id"]).to_numpy(dtype=object)
    placements = check_placements(_with_locations(frame, tables["locations"]))
    segments = check_segments(_segment_frame(lives))
    return AtlasFrames(placements, records_of(placements), segments, version)


_RECORD_COLUMNS = {
    "record_id": "str",
    "record_type": "str",
    "kind": "str",
    "name": "str",
    "status": "str",
    "date": "str",
    "first": "int32",
    "last": "int32",
    "dated": "bool",
    "actors": "str",
    "parties": "str",
    "products": "str",
}


def _site_row(
    site: Site, segments: Sequence[Segment], statuses: Sequence[SiteStatus], homes: Mapping[str, str]
) -> tuple[Any, ...]:
    first = segments[0].first if segments else DAY_PAST
    last = segments[-1].last if segments else DAY_FUTURE
    dates = "; ".join(row.date.text for row in statuses if row.date.text)
    status = segments[-1].status if segments else "unknown"
    dated = any(s.first != DAY_PAST or s.last != DAY_FUTURE for s in segments)
    actors, products = _barred(site.operators), _barred(p.category for p in site.products)
    parties = _barred(filter(None, (homes.get(actor_id) for actor_id in site.operators)))
    return (
        site.id, "site", site.kind, site.name, status, dates, first, last, dated, actors, parties, products,
    )  # fmt: skip


def _event_row(event: Event, homes: Mapping[str, str]) -> tuple[Any, ...]:
    bounds, dated = event.date.bounds, not event.date.is_undated
    actors = _barred(role.actor_id for role in event.actors)
    parties = _barred(filter(None, (homes.get(role.actor_id) for role in event.actors)))
    products = _barred(p.category for p in event.products)
    return (
        event.id, "event", event.kind, event.title, event.status, event.date.text,
        bounds.first, bounds.last, dated, actors, parties, products,
    )  # fmt: skip


def _barred(values: Iterable[str]) -> str:
    unique = list(dict.fromkeys(values))
    return "|" + "|".join(unique) + "|" if unique else ""


def _with_evidence(frame: pd.DataFrame, citations: Sequence[Citation]) -> pd.DataFrame:
    supporting: dict[str, set[str]] = defaultdict(set)
    contradicted: set[str] = set()
    for citation in citations:
        if citation.stance == "contradicts":
            contradicted.add(citation.record_id)
        else:
            supporting[citation.record_id].add(citation.source_id)
    ids = frame["record_id"]
    return frame.assign(
        sources=np.array([len(supporting.get(i, ())) for i in ids], dtype="int32"),
        contradicted=np.array([i in contradicted for i in ids], dtype=bool),
    )


def _search_texts(tables: Tables) -> "pd.Series[str]":
    actor_names = {a.id: " ".join((a.name, *a.names)) for a in tables["actors"]}
    words: dict[str, list[str]] = {}
    for site in tables["sites"]:
        actors = (actor_names.get(i, "") for i in site.operators)
        products = (p.designation for p in site.products)
        words[site.id] = [site.id, site.name, *site.names, site.notes, *actors, *products]
    for event in tables["events"]:
        actors = (actor_names.get(role.actor_id, "") for role in event.actors)
        products = (p.designation for p in event.products)
        words[event.id] = [event.id, event.title, event.summary, *actors, *products]
    for location in tables["locations"]:
        words.get(location.record_id, []).append(location.place_as_written)
    return pd.Series({key: fold(" ".join(parts)) for key, parts in words.items()}, dtype="str")


def _with_locations(frame: pd.DataFrame, locations: Sequence[Location]) -> gpd.GeoDataFrame:
    placed = pd.DataFrame(
        [
            (
                row.record_id, row.role, row.place_as_written, row.country, row.precision,
                row.precision_m or 0, row.lon, row.lat,
            )
            for row in locations
        ],
        columns=["record_id", "role", "place", "country", "precision", "precision_m", "lon", "lat"],
    ).astype({"record_id": "str"})  # fmt: skip
    joined = frame.merge(placed, on="record_id", how="left", sort=False)
    texts = {"role": "", "place": "", "country": "", "precision": "none", "precision_m": 0}
    joined = joined.fillna(texts).astype(
        {"precision_m": "int32", "first": "int32", "last": "int32"}
        | dict.fromkeys(("role", "place", "country", "precision", "status", "date", "search"), "str")
    )
    lon, lat = joined["lon"].to_numpy(dtype=float), joined["lat"].to_numpy(dtype=float)
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=CRS)
    points[np.isnan(lon) | np.isnan(lat)] = None
    return gpd.GeoDataFrame(joined.drop(columns=["lon", "lat"]), geometry=points, crs=CRS)


def _segment_frame(lives: Mapping[str, Sequence[Segment]]) -> pd.DataFrame:
    rows = [(i, s.status, s.first, s.last, s.certain) for i, segments in lives.items() for s in segments]
    frame = pd.DataFrame(rows, columns=["record_id", "status", "first", "last", "certain"])
    types = {"record_id": "str", "status": "str", "first": "int32", "last": "int32", "certain": "bool"}
    return frame.astype(types)
