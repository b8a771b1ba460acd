"""The reading itself, inside the confined process: finds out what a file is and calls its reader."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO, Final

from dashboard.confinement import ArchiveLimits, check_archive
from dashboard.errors import ArchiveError
from dashboard.importers.tables.kinds import kind_of_archive, kind_of_file
from dashboard.importers.tables.output import Output
from dashboard.importers.tables.table import ReadOptions, TableLimits

__all__ = ["read"]

_HERE: Final = "dashboard.importers.tables"
_READERS: Final = {
    "csv": "delimited:read_delimited",
    "json": "json_tables:read_json",
    "kml": "xml_maps:read_kml",
    "gpx": "xml_maps:read_gpx",
    "kmz": "xml_maps:read_kmz",
    "xlsx": "sheets:read_sheets",
    "xls": "sheets:read_sheets",
    "ods": "sheets:read_sheets",
    "parquet": "parquet:read_parquet",
    "gpkg": "gdal_files:read_geopackage",
    "flatgeobuf": "gdal_files:read_flatgeobuf",
    "shapefile": "gdal_files:read_shapefile",
}
"""By kind, so that a reader's libraries are loaded only when a file needs them."""

_ARCHIVE: Final = ArchiveLimits(entries=2_000, total_bytes=600_000_000, ratio=120, ratio_from=1_000_000)


def read(
    file: BinaryIO,
    send: Callable[[bytes], None],
    *,
    name: str,
    options: dict[str, Any],
    limits: dict[str, Any],
) -> dict[str, Any]:
    """Read a table file and send its rows as an Arrow stream.

    Parameters
    ----------
    file
        The open file.
    send
        Takes the stream, piece by piece.
    name
        What messages call the file.
    options
        Fields of `ReadOptions`.
    limits
        Fields of `TableLimits`.

    Returns
    -------
    dict
        Format, columns, rows, notes and problems.

    Raises
    ------
    TableRefusedError
        It is no table, or meets a limit.
    """
    out = Output(send, name, TableLimits(**limits))
    chosen = ReadOptions(**options)
    kind = kind_of_file(file, out)
    length = file.seek(0, 2)
    most = out.limits.text_bytes if kind in ("csv", "parquet") else out.limits.whole_bytes
    if length > most:
        raise out.refuse(
            f"is {length / 1_000_000:,.1f} MB long; the limit for its kind is {most / 1_000_000:,.1f} MB: "
            "split it"
        )
    file.seek(0)
    if kind == "zip":
        kind = _kind_of_zip(file, out)
    file.seek(0)
    module, _, function = _READERS[kind].partition(":")
    geographic = getattr(import_module(f"{_HERE}.{module}"), function)(file, chosen, out)
    return out.finish(geographic=bool(geographic))


def _kind_of_zip(file: BinaryIO, out: Output) -> str:
    try:
        with check_archive(file.read(), _ARCHIVE) as archive:
            return kind_of_archive(archive, out)
    except ArchiveError as error:
        raise out.refuse(str(error)) from None
