"""Names of a list to decisions about them, and decisions to a table that says where each comes from."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from dashboard.frames import CRS
from dashboard.geocoding.candidates import Resolution
from dashboard.geocoding.coordinates import read_coordinates
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.resolution import resolve, resolve_all
from dashboard.workflows.geocoding.name_lists import WrittenName

__all__ = ["MOST_IN_TEXT", "decide", "decide_together", "decisions_frame"]

MOST_IN_TEXT: Final = 1_000
"""Most names that are decided as those of one text."""


def decide(
    names: Iterable[WrittenName], gazetteer: Gazetteer, hand_decided: HandDecidedPlaces
) -> list[Resolution]:
    """Decide about names one by one.

    Parameters
    ----------
    names
        The names with their countries.
    gazetteer
        Where to look.
    hand_decided
        Places that win over it.

    Returns
    -------
    list of Resolution
        In the same order.

    Raises
    ------
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    return [
        _coordinates(one)
        or resolve(one.name, gazetteer=gazetteer, hand_decided=hand_decided, country=one.country or None)
        for one in names
    ]


def decide_together(
    names: Sequence[WrittenName], gazetteer: Gazetteer, hand_decided: HandDecidedPlaces
) -> list[Resolution]:
    """Decide about the names of one text, which help one another.

    Parameters
    ----------
    names
        The names in the order of the text, at most `MOST_IN_TEXT`.
    gazetteer
        Where to look.
    hand_decided
        Places that win over it.

    Returns
    -------
    list of Resolution
        In the same order, under the names as written.

    Raises
    ------
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    # A text has no one country; a name that states its own says so as "Rabat, MA" would.
    written = [f"{one.name}, {one.country}" if one.country else one.name for one in names]
    found = resolve_all(written, gazetteer=gazetteer, hand_decided=hand_decided)
    return [
        _coordinates(one) or replace(resolution, name=one.name)
        for one, resolution in zip(names, found, strict=True)
    ]


def _coordinates(one: WrittenName) -> Resolution | None:
    """Answer to coordinates that stand where a name belongs; None for a name."""
    point = read_coordinates(one.name)
    if point is None:
        return None
    reason = f"coordinates ({point[0]:g}, {point[1]:g}), not a name: they need no geocoding"
    return Resolution(one.name, "unknown", None, (), 0.0, reason)


def decisions_frame(
    names: Sequence[WrittenName], decisions: Sequence[Resolution], provenance: Mapping[str, str]
) -> gpd.GeoDataFrame:
    """Put decisions in a table with everything that tells where they come from.

    Parameters
    ----------
    names
        The names with their rows.
    decisions
        What was decided about them, in the same order.
    provenance
        Columns that hold for all rows, such as versions.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a name, EPSG:4326; a name that was not resolved has no geometry.
    """
    rows = [_row(one, found) | dict(provenance) for one, found in zip(names, decisions, strict=True)]
    frame = pd.DataFrame(rows, columns=[*_row(WrittenName(0, ""), _NOTHING), *provenance])
    points = gpd.points_from_xy(frame["lon"].astype("float64"), frame["lat"].astype("float64"))
    geometry = gpd.GeoSeries(points, index=frame.index, crs=CRS)
    geometry[frame["lat"].isna()] = None
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=CRS)


_NOTHING: Final = Resolution("", "unknown", None, (), 0.0, "")


def _row(one: WrittenName, found: Resolution) -> dict[str, Any]:
    chosen = found.chosen
    entry = chosen.entry if chosen else None
    return {
        "row": one.row,
        "name": _storable(one.name),
        "country_stated": _storable(one.country),
        "status": found.status,
        "place_id": entry.place_id if entry else "",
        "place_name": entry.name if entry else "",
        "country": entry.country if entry else "",
        "lat": entry.lat if entry else None,
        "lon": entry.lon if entry else None,
        "precision": entry.precision if entry else "none",
        "precision_m": entry.precision_m if entry else None,
        "kind": entry.kind if entry else "",
        "matched": chosen.tier.name.lower() if chosen else "",
        "score": chosen.score if chosen else None,
        "margin": found.margin,
        "reason": _storable(found.reason),
        "source": entry.source if entry else "",
        "candidates": json.dumps([one.as_dict() for one in found.candidates], ensure_ascii=False),
    }


def _storable(text: str) -> str:
    # Half a surrogate pair is no text to Arrow or a file.
    return text.encode("utf-8", "backslashreplace").decode()
