"""Rows of a large layer as an audience may see them, and single records opened by their id.

What is shown is made by the rules of layers of the database. An id that may tell a point gets a name that
leads back to its record; whoever is shown that name finds nothing under the id itself.
"""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.domain.records import TABLES
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.layers.choice import Points, Sight
from dashboard.store.layers.ids import hash_of, hashes_of
from dashboard.store.layers.large import LargeLayer, WindowedRows
from dashboard.workflows.access.audience import Audience
from dashboard.workflows.large_layers.sealed_ids import seal, sealing_key, unseal
from dashboard.workflows.layers.coarsening import coarse_rows, shown_ids
from dashboard.workflows.layers.frames import build_layer_frames
from dashboard.workflows.layers.library import LayerSource, library_of, rows_in
from dashboard.workflows.layers.on_grid import centres_of
from dashboard.workflows.views.datasets import LAYER, Dataset

__all__ = ["large_record", "shown_rows", "sight_of"]

_MOST_ROWS: Final = 30
"""Most places of one record that a card tells."""


def sight_of(audience: Audience) -> Sight | None:
    """Say how an audience sees points.

    Parameters
    ----------
    audience
        Who looks.

    Returns
    -------
    Sight or None
        None for those who see them exactly.
    """
    cell = audience.cell

    def place(lon: Points, lat: Points) -> tuple[Points, Points]:
        return centres_of(lon, lat, cell)

    return Sight(cell, place) if cell > 0 else None


def shown_rows(layer: LargeLayer, rows: pa.Table, audience: Audience) -> pa.Table:
    """Give rows as an audience may see them.

    Parameters
    ----------
    layer
        Their layer.
    rows
        Rows as they are stored, with the columns that `dashboard.workflows.layers.coarsening` needs.
    audience
        Who looks.

    Returns
    -------
    pyarrow.Table
        Rows in the same order, typed as ``LAYER_ROWS``.
    """
    rows = rows.cast(pa.schema([LAYER_ROWS.field(name) for name in rows.schema.names]))
    shown = coarse_rows(rows, audience.cell, audience.key)
    if shown is rows:
        return rows
    ids, names = rows.column("external_id"), shown.column("external_id")
    differing = pc.not_equal(ids, names)
    if not pc.any(differing).as_py():
        return shown
    key = sealing_key(audience.key, layer.id)
    hashes, number = np.unique(hashes_of(ids.filter(differing)), return_inverse=True)
    sealed = pa.array([seal(one, key) for one in hashes.tolist()], pa.string()).take(pa.array(number))
    named = pc.replace_with_mask(names.combine_chunks(), differing.combine_chunks(), sealed)
    place = shown.schema.get_field_index("external_id")
    return shown.set_column(place, shown.schema.field(place), named)


def large_record(
    layer: LargeLayer, rows: WindowedRows, version: str, record_id: str, audience: Audience
) -> Dataset | None:
    """Read one record as an audience may see it.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows, of which those of this record are read.
    version
        Name of what the audience sees of the layer.
    record_id
        Id as the audience is shown it.
    audience
        Who looks.

    Returns
    -------
    Dataset or None
        A dataset of this record alone; None when the audience is shown none of that id.

    Raises
    ------
    LayerError
        If the layer is damaged.
    StoreError
        If its database does not answer.
    """
    hashed = unseal(record_id, sealing_key(audience.key, layer.id)) if audience.cell > 0 else None
    if hashed is None and _is_hidden(record_id, audience):
        return None
    found = rows.record(hash_of(record_id) if hashed is None else hashed, LAYER_ROWS.names, _MOST_ROWS)
    shown = shown_rows(layer, found, audience)
    shown = shown.filter(pc.equal(shown.column("external_id"), record_id))
    if not shown.num_rows:
        return None
    kept = rows_in(shown)
    about = layer.about

    def read(_record_id: str) -> list[dict[str, Any]]:
        return kept

    frames = build_layer_frames(shown, version)
    library = library_of(frames, LayerSource(read, about.title, about.citation, audience.cell > 0))
    tables: dict[str, tuple[Any, ...]] = dict.fromkeys(TABLES, ())
    return Dataset(LAYER + layer.id, about.title, about.licence, about.colour, frames, library, tables)


def _is_hidden(record_id: str, audience: Audience) -> bool:
    """Whether an id is shown under another name, so that it is not even looked for.

    How long looking takes would say whether it is there, and so try coordinates one by one.
    """
    ids = pa.chunked_array([[record_id]], pa.string())
    return audience.cell > 0 and shown_ids(ids, audience.key).to_pylist() != [record_id]
