"""Geocoded places printed: as a table for eyes, as JSON, GeoJSON or CSV for programs."""

import json
import sys
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from dashboard.cli.shared import out

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["print_places"]

_OTHERS = 3


def print_places(found: "GeoDataFrame", form: str, *, guarded: bool = False) -> None:
    """Print a frame of `dashboard.geocoding.geocode`, or one of mentions with their offsets.

    Parameters
    ----------
    found
        The places; columns ``start`` and ``end`` are shown when they are there.
    form
        ``table``, ``json``, ``geojson`` or ``csv``.
    guarded
        Whether the CSV is for a spreadsheet, so that no text of it may become a formula.
    """
    if form == "table":
        _print_table(found)
    elif form == "geojson":
        sys.stdout.write(found.to_json(drop_id=True, na="null", ensure_ascii=False) + "\n")
    else:
        flat = found.assign(lat=found.geometry.y, lon=found.geometry.x).drop(columns="geometry")
        if form == "csv":
            from dashboard.exports.cells import guarded_csv

            sys.stdout.write(guarded_csv(flat).decode() if guarded else flat.to_csv(index=False))
        else:
            rows = json.loads(flat.to_json(orient="records", force_ascii=False, double_precision=7))
            listed = [row | {"candidates": json.loads(row["candidates"])} for row in rows]
            sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=2) + "\n")


def _print_table(found: Any) -> None:  # noqa: ANN401  # rows of a frame have no types
    table = Table(show_lines=True)
    offsets = "start" in found.columns
    for title in (*(("Where",) if offsets else ()), "Name", "Place", "Lat, lon", "Known to"):
        table.add_column(title, no_wrap=title in {"Lat, lon", "Where"})
    table.add_column("Why, and other candidates", ratio=1)
    for row in found.itertuples(index=False):
        point = row.geometry
        others = [f"{c['name']} ({c['country']})" for c in json.loads(row.candidates)[1 : 1 + _OTHERS]]
        cells = (
            *((f"{row.start}-{row.end}",) if offsets else ()),
            row.name,
            f"{row.place_name}, {row.country}".removesuffix(", ") if row.place_name else row.status.upper(),
            "" if point is None else f"{point.y:.4f}, {point.x:.4f}",
            row.precision if not row.precision_m > 0 else f"{row.precision}, {row.precision_m / 1000:g} km",
            row.reason + (f"; also {', '.join(others)}" if others else ""),
        )
        table.add_row(*(escape(str(cell)) for cell in cells))
    out.print(table)
