"""From a name to a point for "within so many kilometres of …", offline.

What a person decided comes first, then what the atlas itself has placed under that name, then the gazetteer
if it was built. Several answers are all given: which one is meant is for the reader to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from dashboard.domain.countries import country_name
from dashboard.domain.records import Place
from dashboard.errors import GazetteerError
from dashboard.frames import AtlasFrames
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.names import fold
from dashboard.geocoding.resolution import resolve

__all__ = ["Spot", "find_spots", "spot_of"]

_COARSE: Final = ("province", "area", "country", "none")
_MOST: Final = 6
_MAX_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with a name.

    Parameters
    ----------
    name
        As written where it was found.
    country
        Its country in words, empty when unknown.
    lat, lon
        Degrees, EPSG:4326.
    """

    name: str
    country: str
    lat: float
    lon: float


def find_spots(
    name: str, frames: AtlasFrames, places: Iterable[Place], gazetteer: Gazetteer | None
) -> tuple[Spot, ...]:
    """Find the points that a name may mean.

    Parameters
    ----------
    name
        As typed, in any script.
    frames
        The atlas, whose own places are searched.
    places
        Hand-decided places.
    gazetteer
        The gazetteer, None when there is none to ask.

    Returns
    -------
    tuple of Spot
        The likeliest first, at most a handful; one when the gazetteer is sure.
    """
    wanted = fold(name[:_MAX_NAME])
    if not wanted:
        return ()
    decided = [
        Spot(place.name, country_name(place.country), place.lat, place.lon)
        for place in places
        if wanted in {fold(word) for word in (place.name, *place.names)}
        and place.lat is not None
        and place.lon is not None
    ]
    found = decided or _in_atlas(wanted, frames) or _in_gazetteer(name[:_MAX_NAME], gazetteer)
    return tuple({(round(s.lat, 2), round(s.lon, 2)): s for s in reversed(found)}.values())[::-1][:_MOST]


def spot_of(frames: AtlasFrames, record_id: str) -> Spot | None:
    """Give the first place of a record.

    Parameters
    ----------
    frames
        The atlas.
    record_id
        Id of a site or event, empty for none.

    Returns
    -------
    Spot or None
        None when no place of it has a point.
    """
    if not record_id:
        return None
    return frames.memo.get(("spot", record_id), lambda: _spot_of(frames, record_id))


def _spot_of(frames: AtlasFrames, record_id: str) -> Spot | None:
    # Rows of one record are adjacent.
    ids = frames.memo.get(("placed ids",), lambda: pd.Index(frames.placements["record_id"]))
    if record_id not in ids:
        return None
    at = ids.get_loc(record_id)
    rows = frames.placements.iloc[[at] if isinstance(at, int) else at]
    rows = rows[rows.geometry.notna()]
    if rows.empty:
        return None
    return _spot(rows["place"].iloc[0], rows["country"].iloc[0], rows.geometry.iloc[0])


def _in_atlas(wanted: str, frames: AtlasFrames) -> list[Spot]:
    rows = frames.placements[~frames.placements["precision"].isin(_COARSE)]
    rows = rows[rows.geometry.notna()].drop_duplicates(["place", "country"])
    known = {written for written in rows["place"].unique() if fold(written) == wanted}
    rows = rows[rows["place"].isin(known)]
    return [_spot(*row) for row in zip(rows["place"], rows["country"], rows.geometry, strict=True)]


def _in_gazetteer(name: str, gazetteer: Gazetteer | None) -> list[Spot]:
    if gazetteer is None:
        return []
    try:
        resolution = resolve(name, gazetteer=gazetteer, limit=_MOST)
    except GazetteerError:
        return []
    candidates = (resolution.chosen,) if resolution.chosen else resolution.candidates
    return [
        Spot(c.entry.name, country_name(c.entry.country), *c.entry.point) for c in candidates if c.entry.point
    ]


def _spot(place: str, country: str, point: BaseGeometry) -> Spot:
    return Spot(place, country_name(country), float(shapely.get_y(point)), float(shapely.get_x(point)))
