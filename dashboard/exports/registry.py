"""The formats that a view can be taken away in, with what each carries and what it cannot."""

from dataclasses import dataclass
from typing import Final

__all__ = ["FORMATS", "Format"]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Parameters
    ----------
    id
        As addresses and the command line name it.
    label
        As people call it.
    extension
        Of its files, with the dot.
    media_type
        As HTTP names it.
    carries
        What a file of it holds.
    loses
        What it cannot hold; empty when it loses nothing.
    """

    id: str
    label: str
    extension: str
    media_type: str
    carries: str
    loses: str = ""


_ALL: Final = (
    Format(
        "csv",
        "CSV",
        ".csv",
        "text/csv",
        "One row a record with its main place, dates, actors, sources and licence",
        "Further places of a record and the quotes of its sources",
    ),
    Format(
        "xlsx",
        "Excel",
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Sheets of records, places, citations and sources, and a read-me with filters and codes",
        "More than 1,048,575 rows a sheet; texts longer than 32,767 characters",
    ),
    Format(
        "geojson",
        "GeoJSON",
        ".geojson",
        "application/geo+json",
        "One feature a record and place, records without one included; version, credit and sources",
    ),
    Format(
        "gpkg",
        "GeoPackage",
        ".gpkg",
        "application/geopackage+sqlite3",
        "Layer of places and tables of records, citations, sources, actors, statuses and about the file",
    ),
    Format(
        "parquet",
        "GeoParquet",
        ".parquet",
        "application/vnd.apache.parquet",
        "One row a record and place, records without one included; every column described",
        "The quotes of sources",
    ),
    Format(
        "kml",
        "KML",
        ".kml",
        "application/vnd.google-earth.kml+xml",
        "One placemark a record and place with its time span, ids, precision and sources",
        "Types of numbers; characters that XML cannot carry; the quotes of sources",
    ),
    Format(
        "fgb",
        "FlatGeobuf",
        ".fgb",
        "application/vnd.flatgeobuf",
        "One feature a record and place",
        "Records without a point; the quotes of sources",
    ),
    Format(
        "package",
        "Data package",
        ".zip",
        "application/zip",
        "The records as the atlas keeps them, with all they refer to: the atlas opens it again",
        "The audit trail",
    ),
    Format(
        "html",
        "Map as one file",
        ".html",
        "text/html",
        "The map with its clock and these records, which opens from disk and asks nobody for anything",
        "Citations; marks of records without a point",
    ),
    Format(
        "png",
        "Picture (PNG)",
        ".png",
        "image/png",
        "The map as a figure with legend and credit",
        "All but what is drawn",
    ),
    Format(
        "svg",
        "Drawing (SVG)",
        ".svg",
        "image/svg+xml",
        "The map as a figure with legend and credit",
        "All but what is drawn",
    ),
    Format(
        "pdf",
        "Figure (PDF)",
        ".pdf",
        "application/pdf",
        "The map as a figure with legend and credit",
        "All but what is drawn",
    ),
    Format(
        "briefing-html",
        "Briefing (HTML)",
        ".html",
        "text/html",
        "Map, timeline, table and sources, to be read and printed",
        "Columns that no reader needs",
    ),
    Format(
        "docx",
        "Briefing (Word)",
        ".docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "Map, timeline, table and sources, to be edited",
        "Columns that no reader needs",
    ),
    Format(
        "plover",
        "Events as PLOVER-style JSON",
        ".json",
        "application/json",
        "Events with actors, recipients, places, and PLOVER and CAMEO codes where there are any",
        "Sites; events of kinds that PLOVER has no code for keep ours and say so",
    ),
    Format(
        "ucdp",
        "Events as UCDP-like CSV",
        ".csv",
        "text/csv",
        "Events with the columns and the precision codes of the UCDP georeferenced event data",
        "Sites; actors beyond two sides; what has no code is empty and a column says why",
    ),
    Format(
        "linked-places",
        "Linked Places",
        ".json",
        "application/geo+json",
        "One feature a record with names, types, timespans, places and citations, as LPF wants them",
        "Roles of places",
    ),
)

FORMATS: Final = {one.id: one for one in _ALL}
"""Formats by id, in the order to offer them."""
