"""GeoPackage, Shapefile and FlatGeobuf through GDAL, which knows no other driver here and can open no file.

GDAL is given bytes after we have seen ourselves what they are. While it works, the process may have no
further open file or socket: whatever reference it found in them, the kernel would refuse to follow it.
"""

import re
import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyogrio.raw import open_arrow, write
from pyproj import Transformer

from dashboard.confinement import ArchiveLimits, check_archive, read_member
from dashboard.errors import ArchiveError
from dashboard.importers.tables.geometry import Geometries
from dashboard.importers.tables.output import Output, unique_names
from dashboard.importers.tables.parquet import as_text
from dashboard.importers.tables.shapes import write_batch
from dashboard.importers.tables.table import BATCH_ROWS, ReadOptions

__all__ = ["DRIVERS", "no_more_files", "read_flatgeobuf", "read_geopackage", "read_shapefile"]

DRIVERS: Final = frozenset({"GPKG", "ESRI Shapefile", "FlatGeobuf"})
"""All that GDAL may know."""

_ARCHIVE: Final = ArchiveLimits(entries=200, total_bytes=400_000_000, ratio=120, ratio_from=1_000_000)
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_SHP: Final = b"\x00\x00\x27\x0a"
_VIEW: Final = re.compile(rb"create\s+(?:temp\s+|temporary\s+)?view\b", re.IGNORECASE)
_REACHING: Final = re.compile(
    rb"/vsi(?:curl|zip|gzip|tar|s3|gs|az|adls|oss|swift|hdfs|webhdfs|stdin|sparse|subfile|crypt)",
    re.IGNORECASE,
)


def read_geopackage(file: BinaryIO, options: ReadOptions, out: Output) -> bool:
    """Read a layer of a GeoPackage.

    Parameters
    ----------
    file
        The database.
    options
        Layer and reference system, if somebody chose them.
    out
        Takes the rows.

    Returns
    -------
    bool
        Whether rows have points.

    Raises
    ------
    TableRefusedError
        It is no GeoPackage, or holds what could compute.
    """
    out.format = "gpkg"
    raw = file.read()
    if b"gpkg_contents" not in raw or b"gpkg_spatial_ref_sys" not in raw:
        raise out.refuse("is a database, but no GeoPackage: save the table as CSV")
    if _VIEW.search(raw):
        raise out.refuse("holds a view, which is a program: save the layer itself as a GeoPackage")
    if _REACHING.search(raw):
        raise out.refuse("names files or addresses outside itself, which are not followed")
    return _read(raw, options, out)


def read_flatgeobuf(file: BinaryIO, options: ReadOptions, out: Output) -> bool:
    """Read a FlatGeobuf.

    Parameters
    ----------
    file
        The file.
    options
        Reference system, if somebody chose one.
    out
        Takes the rows.

    Returns
    -------
    bool
        Whether rows have points.

    Raises
    ------
    TableRefusedError
        It is broken.
    """
    out.format = "flatgeobuf"
    return _read(file.read(), options, out)


def read_shapefile(file: BinaryIO, options: ReadOptions, out: Output) -> bool:
    """Read a shapefile from a zip archive; only its own parts are handed on.

    Parameters
    ----------
    file
        The archive.
    options
        Which of several, and the reference system, if somebody chose them.
    out
        Takes the rows.

    Returns
    -------
    bool
        Whether rows have points.

    Raises
    ------
    TableRefusedError
        Parts are missing, or it is broken.
    """
    out.format = "shapefile"
    try:
        with check_archive(file.read(), _ARCHIVE) as archive:
            names = sorted(name for name in archive.namelist() if name.lower().endswith(".shp"))
            stems = {PurePosixPath(name).stem: name for name in names}
            chosen = options.sheet or next(iter(stems))
            if chosen not in stems:
                raise out.refuse(f"has no layer {chosen[:60]!r}: choose one of {', '.join(stems)}")
            out.sheets = [chosen, *(stem for stem in stems if stem != chosen)]
            packed = _packed(archive, stems[chosen], out)
    except ArchiveError as error:
        raise out.refuse(str(error)) from None
    return _read(packed, ReadOptions(crs=options.crs), out)


def _packed(archive: zipfile.ZipFile, name: str, out: Output) -> bytes:
    stem = name[:-4].lower()
    parts = {suffix: one for one in archive.namelist() for suffix in _PARTS if one.lower() == stem + suffix}
    if ".dbf" not in parts or ".shx" not in parts:
        raise out.refuse("lacks parts of the shapefile: .shp, .shx and .dbf belong together")
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as packed:
        for suffix, one in parts.items():
            raw = read_member(archive, one, _ARCHIVE.total_bytes)
            if suffix == ".shp" and not raw.startswith(_SHP):
                raise out.refuse("holds a .shp that is no shapefile")
            packed.writestr(f"layer{suffix}", raw)
    if ".prj" not in parts:
        sentence = "The shapefile names no reference system: its numbers were taken for degrees"
        out.notes.append(sentence)
        out.guesses.append(sentence)
    return whole.getvalue()


def _read(raw: bytes, options: ReadOptions, out: Output) -> bool:
    if not set(pyogrio.list_drivers()) <= DRIVERS:
        raise out.refuse("cannot be read here: this installation of GDAL knows too much")
    try:
        with no_more_files():
            layer = _layer(raw, options.sheet, out)
            return _read_layer(raw, layer, options, out)
    except (DataSourceError, DataLayerError, pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if isinstance(error, pa.ArrowMemoryError):
            raise
        raise out.refuse("is broken, or not what it says it is: save it anew") from error


@contextmanager
def no_more_files() -> Iterator[None]:
    """Let the kernel refuse every file and socket that is not open yet.

    Yields
    ------
    None
        While it is so.
    """
    _open_what_libraries_need()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, before)


def _open_what_libraries_need() -> None:
    """Let every library used here load what it loads late, and open the list of reference systems."""
    Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True).transform(0.0, 0.0)
    as_text(pa.array([None], pa.string()))
    write(
        BytesIO(),
        geometry=np.array([shapely.to_wkb(shapely.Point(0, 0))], dtype=object),
        field_data=[np.array([1])],
        fields=["one"],
        layer="one",
        driver="FlatGeobuf",
        geometry_type="Point",
        crs="EPSG:3857",
        layer_options={"SPATIAL_INDEX": "NO"},
    )


def _layer(raw: bytes, asked: str, out: Output) -> str:
    layers = [str(name) for name, _ in pyogrio.list_layers(raw)]
    if not layers:
        raise out.refuse("has no rows: it holds no layer")
    if asked and asked not in layers:
        raise out.refuse(f"has no layer {asked[:60]!r}: choose one of {', '.join(layers)}")
    chosen = asked or layers[0]
    if not out.sheets:
        out.sheets = [chosen, *(name for name in layers if name != chosen)]
    if len(layers) > 1:
        out.notes.append(f"The layer {chosen!r} was read, of {len(layers)}")
    return chosen


def _read_layer(raw: bytes, layer: str, options: ReadOptions, out: Output) -> bool:
    with open_arrow(raw, layer=layer, batch_size=BATCH_ROWS, use_pyarrow=True) as (meta, reader):
        column = str(meta.get("geometry_name") or "wkb_geometry")
        column = column if column in reader.schema.names else ""
        names = [name for name in reader.schema.names if name != column]
        out.begin(unique_names(names), geographic=bool(column))
        geometries = Geometries(out, options.crs or str(meta.get("crs") or "")) if column else None
        first = 1
        for batch in reader:
            shapes: Any = None
            if column:
                shapes = shapely.from_wkb(batch.column(column).to_pylist(), on_invalid="ignore")
            write_batch(out, [as_text(batch.column(name)) for name in names], first, geometries, shapes)
            first += len(batch)
    if geometries is not None:
        geometries.finish()
    return bool(column)
