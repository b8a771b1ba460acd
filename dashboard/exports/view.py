"""What leaves the atlas, as a value: the rows of one view with all that belongs to them.

Every writer is given an `ExportView` and nothing else, so no file can hold a row that the page did not show,
and none can hold it more exactly than the audience may see it. Writers never fetch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from dashboard.domain.window import Window

__all__ = ["ExportView", "LayerTables"]


@dataclass(frozen=True)
class LayerTables:
    """The records of an imported dataset that a view shows, closed under references.

    Parameters
    ----------
    layer
        Id of its layer, ``data:`` and a short name.
    title
        Its title.
    licence
        Its licence, empty when it states none.
    tables
        Records by table name, with the ids that they have in the dataset.
    descriptor
        Text of the ``datapackage.json`` that it came with, empty when that is not known.
    """

    layer: str
    title: str
    licence: str
    tables: Mapping[str, tuple[Any, ...]] = field(repr=False)
    descriptor: str = field(default="", repr=False)


@dataclass(frozen=True)
class ExportView:
    """The rows of one view with all that belongs to them.

    Texts are never missing, only empty; days are ISO texts, empty at an open end. Ids and codes of a list
    are joined by ``|``, words by `` | ``. A record of an imported dataset is known by ``<layer>/<id>``.
    `dashboard.exports.columns` lists and describes the columns of every frame.

    Parameters
    ----------
    title
        Title of the file.
    records
        One row for each record, in the view's order.
    places
        One row for each record and location, in the same order, EPSG:4326; records without any place have
        none here.
    citations
        What sources say of these records.
    sources
        The sources of those citations.
    actors
        The actors of these records.
    statuses
        Dated statuses of the sites among them.
    described
        The filters and the window in words, a line each.
    window
        The clock's window.
    version
        Public name of the version.
    made_on
        The day.
    address
        Link that reopens the view, may be empty.
    licence
        Licence of the atlas's own records; those of imported datasets stand with each record.
    credit
        Who is to be named, for the data and for the shapes of the land.
    tables
        The records behind it, closed under references, for the data package.
    descriptor
        Text of the ``datapackage.json`` that the atlas came with, empty when that is not known.
    layers
        The same of each imported dataset that is shown.
    notes
        What is not among the rows, in sentences.
    mode
        What moves with the clock of a map, empty for what the window suggests.
    """

    title: str
    records: pd.DataFrame = field(repr=False)
    places: gpd.GeoDataFrame = field(repr=False)
    citations: pd.DataFrame = field(repr=False)
    sources: pd.DataFrame = field(repr=False)
    actors: pd.DataFrame = field(repr=False)
    statuses: pd.DataFrame = field(repr=False)
    described: tuple[str, ...]
    window: Window
    version: str
    made_on: date
    address: str
    licence: str
    credit: str
    tables: Mapping[str, tuple[Any, ...]] = field(repr=False)
    descriptor: str = field(default="", repr=False)
    layers: tuple[LayerTables, ...] = ()
    notes: tuple[str, ...] = ()
    mode: str = ""
