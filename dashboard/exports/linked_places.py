"""Linked Places format (LPF) 1.2: one feature a record, with names, types, timespans, places and citations.

The format is made for gazetteers of places through time. A site is such a place; an event is given with the
places where it took place, and its title. Dates are stated as the earliest and latest day of their beginning
and end, so that nothing looks better known than it is.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, Bounds, UncertainDate
from dashboard.exports.geojson import json_text, write_rows
from dashboard.exports.notes import about
from dashboard.exports.related import lookup, objects_of
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file

__all__ = ["timespan", "write_linked_places"]

_CONTEXT: Final = (
    "https://raw.githubusercontent.com/LinkedPasts/linked-places/master/linkedplaces-context-v1.1.jsonld"
)
_EPOCH: Final = date(1970, 1, 1)
_URN: Final = "urn:arsenal-atlas:"
_GEONAMES: Final = "geonames:"
_CERTAINTY: Final = {"exact": "certain", "near": "less-certain", "locality": "less-certain"}
_KEPT: Final = (
    "id", "type", "kind", "status", "date", "earliest", "latest", "fit", "precision", "precision_m", "actors",
    "actor_names", "actor_roles", "products", "source_ids", "contradicted", "dataset", "licence",
)  # fmt: skip


def write_linked_places(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the records of a view as Linked Places.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    pace
        Makes the pace of so many rows.

    Returns
    -------
    Written
        The file.
    """
    steps = pace(len(view.records))
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"type":"FeatureCollection","@context":{json_text(_CONTEXT)},\n')
        file.write(f'"about":{json_text(about(view))},\n')
        write_rows(file, "features", (_Piece(view, chunk).features() for chunk in steps.chunks(view.records)))
        file.write("}\n")
    return Written(path, len(view.records), view.notes)


def timespan(when: UncertainDate) -> dict[str, dict[str, str]] | None:
    """State a date as LPF does.

    Parameters
    ----------
    when
        Any uncertain date.

    Returns
    -------
    dict or None
        ``start`` and, for an interval, ``end``, each with the ``earliest`` and ``latest`` day that is known;
        None when nothing is.
    """
    start, end = _bounds(when.start), _bounds(when.end)
    if not when.is_interval:
        return {"start": start} if start else None
    if start:
        return {"start": start, "end": end} if end else {"start": start}
    # A timespan must have a start: it lies before the end, whenever that was.
    return {"start": {"latest": end["latest"]}, "end": end} if "latest" in end else None


def _bounds(bounds: Bounds) -> dict[str, str]:
    days = (("earliest", bounds.first), ("latest", bounds.last))
    return {name: _iso(day) for name, day in days if day not in (DAY_PAST, DAY_FUTURE)}


def _iso(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).isoformat()


class _Piece:
    """Some records of a view with what belongs to them, to be made features of."""

    def __init__(self, view: ExportView, chunk: pd.DataFrame) -> None:
        self._records = chunk
        self._places = lookup(view.places, "record_id", chunk["id"])
        self._citations = lookup(view.citations, "record_id", chunk["id"])
        self._statuses = lookup(view.statuses, "record_id", chunk["id"])
        cited = (one["source_id"] for rows in self._citations.values() for one in rows)
        self._sources = lookup(view.sources, "id", cited)

    def features(self) -> Iterator[dict[str, Any]]:
        """Make the features."""
        return map(self._feature, objects_of(self._records))

    def _feature(self, row: dict[str, Any]) -> dict[str, Any]:
        places = self._places[row["id"]]
        label = {"label": row["kind_label"], "lang": "en"}
        feature = {
            "@id": row["url"] or _URN + row["id"],
            "type": "Feature",
            "properties": {
                "title": row["name"],
                "ccodes": [one for one in row["countries"].split("|") if one],
                **{name: row[name] for name in _KEPT},
            },
            "names": self._names(row, places),
            "types": [
                {"identifier": _URN + row["kind"], "label": row["kind_label"], "sourceLabels": [label]}
            ],
            "geometry": {"type": "GeometryCollection", "geometries": [*_points(places)]},
            "relations": [*_relations(places)],
        }
        if spans := [*self._timespans(row)]:
            feature["when"] = {"timespans": spans, "label": row["date_words"]}
        if row["text"]:
            feature["descriptions"] = [{"value": row["text"], "lang": "en"}]
        return feature

    def _names(self, row: dict[str, Any], places: list[dict[str, Any]]) -> list[dict[str, Any]]:
        other = row["other_names"].split("|") if row["type"] == "site" else [one["place"] for one in places]
        own = [row["name"], *other] if row["type"] == "site" else [*other, row["name"]]
        names: list[dict[str, Any]] = [{"toponym": one} for one in dict.fromkeys(own) if one]
        names[0]["citations"] = [*self._cited(row["id"])]
        return names

    def _cited(self, record_id: str) -> Iterator[dict[str, Any]]:
        for citation in self._citations[record_id]:
            for source in self._sources[citation["source_id"]]:
                words = ", ".join(source[one] for one in ("publisher", "title", "published") if source[one])
                stated = {
                    name: citation[name] for name in ("stance", "field", "value_as_stated") if citation[name]
                }
                yield {"label": words, "@id": source["url"] or _URN + source["id"], **stated}

    def _timespans(self, row: dict[str, Any]) -> Iterator[dict[str, dict[str, str]]]:
        is_site = row["type"] == "site"
        dates = [one["date"] for one in self._statuses[row["id"]]] if is_site else [row["date"]]
        for text in dict.fromkeys(dates):
            if found := timespan(UncertainDate.parse(text)):
                yield found


def _points(places: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in places:
        if one["lon"] is not None:
            yield {
                "type": "Point",
                "coordinates": [one["lon"], one["lat"]],
                "certainty": _CERTAINTY.get(one["precision"], "uncertain"),
                **{name: one[name] for name in ("role", "place", "country", "precision", "precision_m")},
            }


def _relations(places: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    for one in places:
        if one["place_id"].startswith(_GEONAMES):
            yield {
                "relationType": "gvp:tgn3000_related_to",
                "relationTo": f"https://www.geonames.org/{one['place_id'].removeprefix(_GEONAMES)}",
                "label": f"{one['role']} {one['place']}",
            }
