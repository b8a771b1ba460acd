"""Which function writes which format; imported when it is asked for, because GDAL takes its time."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final

from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written

__all__ = ["Writer", "writer_of"]

Writer = Callable[[ExportView, Path, Callable[[int], Pace]], Written]
"""Writes a view to a file at a pace."""

_WRITERS: Final = {
    "csv": "dashboard.exports.delimited:write_csv",
    "xlsx": "dashboard.exports.workbook:write_workbook",
    "geojson": "dashboard.exports.geojson:write_geojson",
    "gpkg": "dashboard.exports.gis:write_geopackage",
    "parquet": "dashboard.exports.gis:write_geoparquet",
    "kml": "dashboard.exports.kml:write_kml",
    "fgb": "dashboard.exports.gis:write_flatgeobuf",
    "package": "dashboard.exports.archive:write_archive",
    "html": "dashboard.workflows.sharing.export_map:write_map",
    "png": "dashboard.workflows.sharing.export_pictures:write_png",
    "svg": "dashboard.workflows.sharing.export_pictures:write_svg",
    "pdf": "dashboard.workflows.sharing.export_pictures:write_pdf",
    "briefing-html": "dashboard.workflows.sharing.export_pictures:write_briefing_html",
    "docx": "dashboard.workflows.sharing.export_pictures:write_briefing_docx",
    "plover": "dashboard.exports.plover:write_plover",
    "ucdp": "dashboard.exports.ucdp:write_ucdp",
    "linked-places": "dashboard.exports.linked_places:write_linked_places",
}


def writer_of(format_id: str) -> Writer:
    """Find what writes a format.

    Parameters
    ----------
    format_id
        One of `dashboard.exports.registry.FORMATS`.

    Returns
    -------
    callable
        The writer.
    """
    module, _, name = _WRITERS[format_id].partition(":")
    writer: Writer = getattr(import_module(module), name)
    return writer
