"""What a file is, by its first bytes and never by its name."""

import codecs
import zipfile
from typing import BinaryIO, Final

from dashboard.importers.tables.output import Output

__all__ = ["kind_of_archive", "kind_of_file"]

_HEAD: Final = 4_096
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"SQLite format 3\x00", "gpkg"),
    (b"fgb\x03fgb", "flatgeobuf"),
)
_REFUSED: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "is a PDF, which holds no table: take the table out with another program"),
    (b"\x1f\x8b", "is packed with gzip: unpack it"),
    (b"BZh", "is packed with bzip2: unpack it"),
    (b"7z\xbc\xaf", "is packed with 7-Zip: unpack it"),
    (b"Rar!", "is packed with RAR: unpack it"),
    (b"\xfd7zXZ", "is packed with xz: unpack it"),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd: unpack it"),
    (b"\x00\x00\x27\x0a", "is one part of a shapefile: give all parts in one zip archive"),
    (b"ARROW1", "is an Arrow file: save it as Parquet"),
    (b"\x89PNG", "is a picture: give a table"),
    (b"\xff\xd8\xff", "is a picture: give a table"),
    (b"{\\rtf", "is a text document: save its table as CSV"),
)
_XML: Final = (("<kml", "kml"), (":kml", "kml"), ("<gpx", "gpx"), (":gpx", "gpx"))


def kind_of_file(file: BinaryIO, out: Output) -> str:
    """Tell what a file is.

    Parameters
    ----------
    file
        The file.
    out
        Refuses what is no table.

    Returns
    -------
    str
        ``parquet``, ``zip``, ``xls``, ``gpkg``, ``flatgeobuf``, ``kml``, ``gpx``, ``json`` or ``csv``.

    Raises
    ------
    TableRefusedError
        It is empty, or a file of another kind.
    """
    file.seek(0)
    head = file.read(_HEAD)
    if not head.strip():
        raise out.refuse("has no rows: it is empty")
    for magic, why in _REFUSED:
        if head.startswith(magic):
            raise out.refuse(why)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    text = _text(head).lstrip()
    if text.startswith("<"):
        return _kind_of_xml(text, out)
    return "json" if text.startswith(("{", "[")) else "csv"


def _text(head: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return head.decode(encoding, "ignore")
    if head[1:2] == b"\0" or head[:1] == b"\0":
        return head.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", "ignore")
    return head.decode("latin-1")


def _kind_of_xml(text: str, out: Output) -> str:
    start = text.lower()
    if "<ogrvrt" in start or "<vrtdataset" in start or "<gdal" in start:
        raise out.refuse("is a GDAL document that refers to other files or addresses, which are not followed")
    if "<!doctype html" in start or "<html" in start:
        raise out.refuse("is a web page: save its table as CSV")
    if "<!doctype" in start or "<!entity" in start:
        raise out.refuse("declares entities or a document type, which only an attack does here")
    for word, kind in _XML:
        if word in start:
            return kind
    raise out.refuse("is XML of a form that is not read: KML and GPX are; save anything else as CSV")


def kind_of_archive(archive: zipfile.ZipFile, out: Output) -> str:
    """Tell what a zip archive is.

    Parameters
    ----------
    archive
        The archive, checked.
    out
        Refuses what is no table.

    Returns
    -------
    str
        ``xlsx``, ``ods``, ``kmz`` or ``shapefile``.

    Raises
    ------
    TableRefusedError
        It is an archive of another kind.
    """
    names = {name.lower() for name in archive.namelist()}
    if any(name.startswith("xl/") for name in names):
        if any("vbaproject" in name for name in names):
            raise out.refuse("holds macros: save it as a workbook without them (.xlsx)")
        return "xlsx"
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise out.refuse("is a document or presentation and no workbook: save its table as CSV")
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if any(name.endswith(".shp") for name in names):
        return "shapefile"
    if any(name.endswith(".kml") for name in names):
        return "kmz"
    if any(name.rpartition("/")[2] == "datapackage.json" for name in names):
        raise out.refuse(
            "is a data package: give one of its CSV files here; one of this atlas is opened beside it as a "
            "dataset"
        )
    raise out.refuse("is an archive in which no table was found: unpack it and give the table itself")
