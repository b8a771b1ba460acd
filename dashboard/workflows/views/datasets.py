"""Imported datasets: other people's data packages, shown beside the reviewed atlas and never mixed into it.

A record of a dataset is known by ``<layer>/<record>``, so that no id of theirs can be taken for one of ours.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dashboard.frames import AtlasFrames
from dashboard.importers.package import DataPackage, read_package
from dashboard.workflows.views.evidence import Library, build_library
from dashboard.workflows.views.frames import Tables, build_frames

__all__ = ["LAYER_COLOURS", "Dataset", "join_record", "open_datasets", "short_name", "split_record"]

LAYER: Final = "data:"
_SEPARATOR: Final = "/"
# Paul Tol's bright scheme, without what the atlas's kinds use already: told apart by colour-blind eyes too.
LAYER_COLOURS: Final = ("#AA3377", "#228833", "#66CCEE", "#CCBB44", "#EE6677", "#4477AA")
"""What layers are drawn in unless somebody says otherwise."""

_MOST_IN_NAME: Final = 40


@dataclass(frozen=True, eq=False)
class Dataset:
    """One imported dataset.

    Parameters
    ----------
    layer
        Id of its layer on the map, ``data:`` and a short name.
    title
        Its title.
    licence
        Names of its licences, empty when it states none.
    colour
        Colour of its marks, ``#rrggbb``.
    frames
        Its records.
    library
        Its records with their evidence.
    tables
        Its records as they were read.
    """

    layer: str
    title: str
    licence: str
    colour: str
    frames: AtlasFrames
    library: Library
    tables: Tables = field(repr=False)


def open_datasets(folders: Iterable[Path]) -> tuple[Dataset, ...]:
    """Read imported datasets.

    Parameters
    ----------
    folders
        Data packages.

    Returns
    -------
    tuple of Dataset
        In the same order; layers have different names and, up to six, different colours.

    Raises
    ------
    PackageError
        If one does not hold together.
    """
    found: list[Dataset] = []
    for number, folder in enumerate(folders):
        package = read_package(folder)
        layer = _free_name(str(package.metadata.get("name") or folder.name), {one.layer for one in found})
        found.append(
            Dataset(
                layer,
                str(package.metadata.get("title") or folder.name),
                _licence(package),
                LAYER_COLOURS[number % len(LAYER_COLOURS)],
                build_frames(package.tables, package.version),
                build_library(package.tables, package.version, package.descriptor),
                package.tables,
            )
        )
    return tuple(found)


def split_record(record_id: str) -> tuple[str, str]:
    """Tell whose record an id names.

    Parameters
    ----------
    record_id
        Id as an address has it.

    Returns
    -------
    tuple of (str, str)
        Layer, empty for the atlas itself, and the id there.
    """
    layer, separator, rest = record_id.partition(_SEPARATOR)
    return (layer, rest) if separator and layer.startswith(LAYER) else ("", record_id)


def join_record(layer: str, record_id: str) -> str:
    """Name a record as an address does.

    Parameters
    ----------
    layer
        Layer, empty for the atlas itself.
    record_id
        The id there.

    Returns
    -------
    str
        What `split_record` takes apart.
    """
    return f"{layer}{_SEPARATOR}{record_id}" if layer else record_id


def short_name(name: str) -> str:
    """Make a short name of any text.

    Parameters
    ----------
    name
        The text.

    Returns
    -------
    str
        At most 40 small letters, digits and hyphens; empty when nothing of it can be one.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:_MOST_IN_NAME]


def _free_name(name: str, taken: set[str]) -> str:
    slug = short_name(name) or "dataset"
    layer, number = LAYER + slug, 2
    while layer in taken:
        layer, number = f"{LAYER}{slug}-{number}", number + 1
    return layer


def _licence(package: DataPackage) -> str:
    licences = package.metadata.get("licenses")
    rows = licences if isinstance(licences, list) else []
    names = (row.get("title") or row.get("name") for row in rows if isinstance(row, dict))
    return ", ".join(str(name) for name in names if name)
