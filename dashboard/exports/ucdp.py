"""Events with the columns of the UCDP georeferenced event data, so that their tools and habits apply.

The atlas does not count deaths and knows no conflicts, so those columns are not there. Where a value has no
code of theirs the cell is empty and ``uncoded`` says why; our own codes follow in columns that begin with
``atlas_``.
"""

import csv
import math
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from dashboard.domain.countries import country_name
from dashboard.domain.vocabulary import crosswalk
from dashboard.exports.delimited import guarded_row
from dashboard.exports.notes import counted
from dashboard.exports.related import Lookup, lookup, members, objects_of
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file

__all__ = ["COLUMNS", "date_precision", "write_ucdp"]

COLUMNS: Final = (
    "id", "year", "type_of_violence", "side_a", "side_b", "number_of_sources", "source_office", "source_date",
    "source_headline", "source_original", "where_prec", "where_coordinates", "where_description", "latitude",
    "longitude", "geom_wkt", "priogrid_gid", "country", "date_prec", "date_start", "date_end", "uncoded",
    "atlas_kind", "atlas_status", "atlas_date", "atlas_actors", "atlas_actor_roles", "atlas_precision",
    "atlas_precision_m", "atlas_source_ids", "atlas_licence", "atlas_url",
)  # fmt: skip
"""Columns of the file: theirs, then ours."""

# Days that an event may have taken place on, at most, and their code: day, 2 to 6 days, week, month, year.
_DATE_PRECISION: Final = ((1, 1), (6, 2), (7, 3), (31, 4), (366, 5))
_CELL_DEGREES: Final = 0.5  # PRIO-GRID
_CELLS_AROUND: Final = 720


def write_ucdp(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the events of a view with UCDP's columns.

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
        The file; its notes count what is no event and what the columns cannot hold.
    """
    events = view.records[view.records["type"] == "event"]
    steps = pace(len(events))
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for chunk in steps.chunks(events):
            places = lookup(view.places, "record_id", chunk["id"])
            sources = lookup(view.sources, "id", members(chunk["source_ids"]))
            for row in objects_of(chunk):
                values = dict(_cells(row, places[row["id"]], sources))
                writer.writerow(guarded_row(values.get(name, "") for name in COLUMNS))
    several = int((events["actors"].str.count(r"\|") > 1).sum())
    notes = (
        *view.notes,
        *counted(
            len(view.records) - len(events),
            "1 site is left out: UCDP's columns are for events",
            "{n} sites are left out: UCDP's columns are for events",
        ),
        *counted(
            several,
            "1 event has more than two actors: the others stand in atlas_actors alone",
            "{n} events have more than two actors: the others stand in atlas_actors alone",
        ),
        "The atlas has no codes for type_of_violence",
        f"Credit, for which CSV has no place: {view.credit}",
    )
    return Written(path, len(events), notes)


def date_precision(earliest: str, latest: str) -> int | None:
    """Give UCDP's code of how well a date is known.

    Parameters
    ----------
    earliest, latest
        ISO days, empty when open.

    Returns
    -------
    int or None
        1 the day, 2 up to six days, 3 a week, 4 up to a month, 5 up to a year; None for longer or open ones.
    """
    if not (earliest and latest):
        return None
    days = (date.fromisoformat(latest) - date.fromisoformat(earliest)).days + 1
    return next((code for most, code in _DATE_PRECISION if days <= most), None)


def _cells(row: dict[str, Any], places: list[dict[str, Any]], sources: Lookup) -> Iterator[tuple[str, Any]]:
    main = _main(places)
    cited = [found for one in row["source_ids"].split("|") for found in sources.get(one, ())]
    where = next(iter(crosswalk("precisions", "ucdp").get(row["precision"], ())), None)
    when = date_precision(row["earliest"], row["latest"])
    side_a, side_b = _sides(row)
    yield from (("id", row["id"]), ("year", row["earliest"][:4]), ("side_a", side_a), ("side_b", side_b))
    yield "number_of_sources", row["source_count"]
    for name, field in (
        ("source_office", "publisher"),
        ("source_date", "published"),
        ("source_headline", "title"),
        ("source_original", "url"),
    ):
        yield name, "; ".join(one[field] for one in cited if one[field])
    yield from (("where_prec", where), ("date_prec", when))
    yield from (("where_coordinates", main.get("place", "")), ("where_description", row["places"]))
    yield "country", country_name(main["country"]) if main.get("country") else ""
    yield from _point(row["lat"], row["lon"])
    yield from (("date_start", row["earliest"]), ("date_end", row["latest"]))
    yield "uncoded", "; ".join(_uncoded(row, when))
    for name in ("kind", "status", "date", "actors", "actor_roles", "precision", "precision_m", "source_ids"):
        yield f"atlas_{name}", row[name]
    yield from (("atlas_licence", row["licence"]), ("atlas_url", row["url"]))


def _main(places: list[dict[str, Any]]) -> dict[str, Any]:
    ranked = sorted(places, key=lambda one: (one["lat"] is None, one["role"] != "at"))
    return ranked[0] if ranked else {}


def _sides(row: dict[str, Any]) -> tuple[str, str]:
    named = list(zip(row["actor_names"].split(" | "), row["actor_roles"].split("|"), strict=False))
    if {"author", "target"} <= {role for _, role in named}:
        by_role = {role: name for name, role in reversed(named)}
        return by_role["author"], by_role["target"]
    names = [name for name, _ in named]
    return names[0] if names else "", names[1] if len(names) > 1 else ""


def _point(lat: float | None, lon: float | None) -> Iterator[tuple[str, Any]]:
    if lat is None or lon is None:
        return
    yield from (("latitude", lat), ("longitude", lon), ("geom_wkt", f"POINT ({lon} {lat})"))
    rows, columns = (math.floor((value + half) / _CELL_DEGREES) for value, half in ((lat, 90), (lon, 180)))
    yield "priogrid_gid", min(rows, 359) * _CELLS_AROUND + min(columns, _CELLS_AROUND - 1) + 1


def _uncoded(row: dict[str, Any], when: int | None) -> Iterator[str]:
    yield f"type_of_violence: the kind is {row['kind']}"
    if when is None:
        yield "date_prec: known to no better than a year" if row["date"] else "date_prec: undated"
