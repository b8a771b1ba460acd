"""``bench exports``: how long each format takes for so many records, and how much memory writing it adds.

Every format is written in a process of its own, split off from the one holding the view, so that what one
leaves behind burdens no other; its growth is the highest memory it ever held over what it began with.
geopandas' and pandas' own writers do the same rows in the same run.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from dashboard.bench.browser import BenchError
from dashboard.bench.plan import Measurement
from dashboard.bench.synthetic import synthetic_package
from dashboard.errors import AtlasError
from dashboard.exports.features import Features
from dashboard.exports.registry import FORMATS
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace
from dashboard.workflows.sharing.export_writers import writer_of
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.sharing.take_away import view_of, write_take_away
from dashboard.workflows.views.evidence import build_library
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import select

__all__ = ["export_measurements", "measure_export", "measure_rival_export"]

_MEGABYTE: Final = 1_000_000
_KILOBYTE: Final = 1_024
_ADDRESS: Final = "https://atlas.example/atlas?from=2000"


def export_measurements(
    records: Sequence[int], formats: Sequence[str] = (), *, seed: int, rivals: bool = True
) -> list[Measurement]:
    """List the measurements of ``bench exports``.

    Parameters
    ----------
    records
        Numbers of records.
    formats
        Formats to measure; all when empty.
    seed
        Seed of the synthetic records.
    rivals
        Whether geopandas' and pandas' own writers are measured beside ours.

    Returns
    -------
    list of Measurement
        In order: a format, then its rival.
    """
    if unknown := [one for one in formats if one not in FORMATS]:
        raise BenchError(f"There is no format {unknown[0]!r}: choose among {', '.join(FORMATS)}")
    made: list[Measurement] = []
    for number in records:
        for one in formats or FORMATS:
            made.append((f"{one}, {number:,} records", partial(measure_export, one, number, seed)))
            if rivals and one in _RIVALS:
                words = f"{one} by geopandas, {number:,} records"
                made.append((words, partial(measure_rival_export, one, number, seed)))
    return made


def measure_export(format_id: str, records: int, seed: int = 0) -> dict[str, Any]:
    """Measure one format.

    Parameters
    ----------
    format_id
        One of `dashboard.exports.registry.FORMATS`.
    records
        How many records.
    seed
        Equal seeds give equal records.

    Returns
    -------
    dict
        ``variant``, ``format``, ``records``, ``seconds``, ``growth_mb``, ``bytes``, ``note``.
    """
    view = _view(records, seed)
    with suppress(ImportError):
        writer_of(format_id)  # what it imports is no growth: it stays in any process that writes
    return _row("atlas", format_id, records, lambda path: _written(view, format_id, path))


def measure_rival_export(format_id: str, records: int, seed: int = 0) -> dict[str, Any]:
    """Measure what geopandas or pandas writes of the same rows.

    Parameters
    ----------
    format_id
        A format that they write.
    records
        How many records.
    seed
        Equal seeds give equal records.

    Returns
    -------
    dict
        As of `measure_export`.
    """
    frame = _features(records, seed)
    return _row("geopandas", format_id, records, partial(_RIVALS[format_id], frame))


@lru_cache(maxsize=1)
def _view(records: int, seed: int) -> ExportView:
    package = synthetic_package(records, seed)
    frames = build_frames(package.tables, package.version)
    library = build_library(package.tables, package.version, package.descriptor)
    link = Link()
    selection = select(frames, link.filters, link.window)
    return view_of(frames, library, selection, link, made_on=datetime.now(UTC).date(), address=_ADDRESS)


@lru_cache(maxsize=1)
def _features(records: int, seed: int) -> gpd.GeoDataFrame:
    features = Features(_view(records, seed))
    frame = pd.concat(features.chunks(Pace(len(features))), ignore_index=True)
    points = gpd.points_from_xy(frame["lon"], frame["lat"])
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")


def _written(view: ExportView, format_id: str, path: Path) -> None:
    write_take_away(view, format_id, path)


def _to_excel(frame: gpd.GeoDataFrame, path: Path) -> None:
    pd.DataFrame(frame.drop(columns="geometry")).to_excel(path, index=False, engine="xlsxwriter")


def _to_csv(frame: gpd.GeoDataFrame, path: Path) -> None:
    pd.DataFrame(frame.drop(columns="geometry")).to_csv(path, index=False)


_RIVALS: Final[dict[str, Callable[[gpd.GeoDataFrame, Path], Any]]] = {
    "csv": _to_csv,
    "xlsx": _to_excel,
    "geojson": lambda frame, path: frame.to_file(path, driver="GeoJSON"),
    "gpkg": lambda frame, path: frame.to_file(path, driver="GPKG", layer="places"),
    "parquet": lambda frame, path: frame.to_parquet(path),
    "kml": lambda frame, path: frame.to_file(path, driver="LIBKML"),
    "fgb": lambda frame, path: frame.to_file(path, driver="FlatGeobuf"),
}


def _row(variant: str, format_id: str, records: int, write: Callable[[Path], Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"view{FORMATS[format_id].extension}"
        measured = _apart(write, path)
        size = path.stat().st_size if path.exists() else None
    row = {"variant": variant, "format": format_id, "records": records, "seconds": None, "growth_mb": None}
    return row | {"bytes": size, "note": ""} | measured


def _apart(write: Callable[[Path], Any], path: Path) -> dict[str, Any]:
    """Write in a process that is split off from this one, and hear from it what that took."""
    if not hasattr(os, "fork") or not Path("/proc/self/clear_refs").exists():
        raise BenchError("Memory is measured on Linux only")
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        with os.fdopen(write_end, "w") as answer:
            json.dump(_measured(write, path), answer)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"note": "the process ended without an answer"}


def _measured(write: Callable[[Path], Any], path: Path) -> dict[str, Any]:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew: man 5 proc
    before, start = _memory("VmRSS"), time.perf_counter()
    try:
        write(path)
    except (AtlasError, OSError, ImportError, MemoryError) as error:
        return {"note": f"{type(error).__name__}: {error}"[:200]}
    seconds = time.perf_counter() - start
    return {"seconds": round(seconds, 2), "growth_mb": round((_memory("VmHWM") - before) / _MEGABYTE, 1)}


def _memory(name: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * _KILOBYTE
    return 0
