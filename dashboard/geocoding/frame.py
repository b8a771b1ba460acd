"""Geocode a column of names into a GeoDataFrame that keeps every decision with its reason.

This is the public face of the room. A row is placed only when its name was resolved: an ambiguous or unknown
name keeps its row, its reason and its candidates, and an empty geometry.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from shapely import Point

from dashboard.geocoding.candidates import Resolution
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.resolve import resolve

__all__ = ["COLUMNS", "geocode"]

COLUMNS: Final = (
    "name",
    "status",
    "place_id",
    "place_name",
    "country",
    "precision",
    "precision_m",
    "score",
    "margin",
    "reason",
    "candidates",
)
"""Columns of the answer besides ``geometry``."""

_NUMBERS: Final = ("precision_m", "score", "margin")


def geocode(
    names: str | Iterable[Any],
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    country: str | Iterable[str | None] | None = None,
) -> gpd.GeoDataFrame:
    """Geocode toponyms offline.

    Parameters
    ----------
    names
        One toponym, or any iterable of them; a Series keeps its index. What is no text is answered as
        unknown.
    gazetteer
        Where to look.
    hand_decided
        Places that win over the gazetteer, besides those built into it.
    country
        The country that all names lie in, or one for each name (ISO 3166-1 code or name; None or empty when
        not stated). Places elsewhere are then no answer.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a name, in order, in EPSG:4326: ``name`` (as written), ``status`` (resolved, ambiguous,
        unknown), ``place_id``, ``place_name``, ``country``, ``precision``, ``precision_m`` (radius in
        metres), ``score``, ``margin``, ``reason``, ``candidates`` (JSON text) and ``geometry`` (a point, or
        None when not resolved or when the gazetteer has no point for a whole country).

    Raises
    ------
    ValueError
        There are not as many countries as names.
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    index = names.index if isinstance(names, pd.Series) else None
    written = [names] if isinstance(names, str) else list(names)
    countries = _countries(country, len(written))
    decided: dict[tuple[str, str | None], Resolution] = {}
    rows, points = [], []
    for value, stated in zip(written, countries, strict=True):
        if isinstance(value, str):
            key = (value, stated)
            if key not in decided:
                decided[key] = resolve(value, gazetteer=gazetteer, hand_decided=hand_decided, country=stated)
            found = decided[key]
        else:
            found = _not_text(value)
        rows.append(_row(found))
        points.append(_point(found))
    frame = pd.DataFrame(rows, columns=list(COLUMNS), index=index)
    text = [column for column in COLUMNS if column not in _NUMBERS]
    frame = frame.astype(dict.fromkeys(text, "str") | dict.fromkeys(_NUMBERS, "float64"))
    geometry = gpd.GeoSeries(pd.Series(points, index=frame.index, dtype="object"), crs="EPSG:4326")
    return gpd.GeoDataFrame(frame, geometry=geometry)


def _countries(country: object, count: int) -> list[str | None]:
    if country is None or isinstance(country, str):
        return [country] * count
    if not isinstance(country, Iterable):
        raise TypeError("country must be a text or one text for each name")
    countries = [value if isinstance(value, str) else None for value in country]
    if len(countries) != count:
        raise ValueError(
            f"{len(countries)} countries were given for {count} names: give one, or one for each name"
        )
    return countries


def _not_text(value: Any) -> Resolution:  # noqa: ANN401 - whatever a column holds
    missing = bool(pd.api.types.is_scalar(value) and pd.isna(value))
    reason = "the name is empty" if missing else f"a {type(value).__name__} is no place name"
    return Resolution("" if missing else str(value), "unknown", None, (), 0.0, reason)


def _row(found: Resolution) -> tuple[Any, ...]:
    entry = found.chosen.entry if found.chosen else None
    return (
        _storable(found.name),
        found.status,
        entry.place_id if entry else "",
        entry.name if entry else "",
        entry.country if entry else "",
        entry.precision if entry else "none",
        entry.precision_m if entry else None,
        found.candidates[0].score if found.candidates else 0.0,
        found.margin,
        _storable(found.reason),
        json.dumps([candidate.as_dict() for candidate in found.candidates], ensure_ascii=False),
    )


def _point(found: Resolution) -> Point | None:
    point = found.chosen.entry.point if found.chosen else None
    return Point(point[1], point[0]) if point else None


def _storable(text: str) -> str:
    # Half a surrogate pair is no text to Arrow, SQLite or a file.
    return text.encode("utf-8", "backslashreplace").decode()
