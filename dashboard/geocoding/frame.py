"""Geocode a column of names into a GeoDataFrame that keeps every decision with its reason.

This is the public face of the room. A row is placed only when its name was resolved: an ambiguous or unknown
name keeps its row, its reason and its candidates, and an empty geometry.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from shapely import Point

from dashboard.geocoding.candidates import Resolution
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.resolution import resolve, resolve_all

__all__ = ["COLUMNS", "frame_of", "geocode"]

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

_DOCUMENT: Final = "document"
_NUMBERS: Final = ("precision_m", "score", "margin")


def geocode(
    names: str | Iterable[Any],
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    country: str | Iterable[str | None] | None = None,
    context: str | Iterable[str] | None = None,
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
    context
        None to judge each name by itself; ``"document"`` when all names come from one text, so that each is
        judged in the light of the others; or further names of places that the same text mentions.

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
        There are not as many countries as names, or the context is another word than ``document``.
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    index = names.index if isinstance(names, pd.Series) else None
    written = [names] if isinstance(names, str) else list(names)
    countries = _countries(country, len(written))
    texts = [value if isinstance(value, str) else None for value in written]
    if context is None:
        decided = _one_by_one(texts, countries, gazetteer, hand_decided)
    else:
        companions = _companions(context)
        decided = _together(texts, countries, companions, gazetteer=gazetteer, hand_decided=hand_decided)
    found = [
        _not_text(value) if resolution is None else resolution
        for value, resolution in zip(written, decided, strict=True)
    ]
    return frame_of(found, index=index)


def frame_of(found: Sequence[Resolution], *, index: pd.Index | None = None) -> gpd.GeoDataFrame:
    """Put decisions into a frame.

    Parameters
    ----------
    found
        The decisions.
    index
        Index of the frame; counted from 0 when None.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a decision, as from `geocode`.
    """
    frame = pd.DataFrame([_row(one) for one in found], columns=list(COLUMNS), index=index)
    points = [_point(one) for one in found]
    text = [column for column in COLUMNS if column not in _NUMBERS]
    frame = frame.astype(dict.fromkeys(text, "str") | dict.fromkeys(_NUMBERS, "float64"))
    geometry = gpd.GeoSeries(pd.Series(points, index=frame.index, dtype="object"), crs="EPSG:4326")
    return gpd.GeoDataFrame(frame, geometry=geometry)


def _one_by_one(
    texts: list[str | None],
    countries: list[str | None],
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None,
) -> list[Resolution | None]:
    decided: dict[tuple[str | None, str | None], Resolution | None] = {}
    for name, stated in zip(texts, countries, strict=True):
        if (name, stated) not in decided:
            decided[name, stated] = (
                name
                if name is None
                else resolve(name, gazetteer=gazetteer, hand_decided=hand_decided, country=stated)
            )
    return [decided[name, stated] for name, stated in zip(texts, countries, strict=True)]


def _together(
    texts: list[str | None],
    countries: list[str | None],
    companions: list[str],
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None,
) -> list[Resolution | None]:
    named = [(name, stated) for name, stated in zip(texts, countries, strict=True) if name is not None]
    found = iter(
        resolve_all(
            [*(name for name, _ in named), *companions],
            gazetteer=gazetteer,
            hand_decided=hand_decided,
            country=[*(stated for _, stated in named), *(None for _ in companions)],
        )
    )
    return [None if name is None else next(found) for name in texts]


def _companions(context: str | Iterable[str]) -> list[str]:
    if isinstance(context, str):
        if context != _DOCUMENT:
            raise ValueError(f"context is {context[:40]!r}: give 'document', or a list of other names")
        return []
    return list(context)


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
