"""Stored layers as datasets: beside the atlas on the map, each audience as it may see them."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.domain.access import Mode, Person, Right, may
from dashboard.domain.records import TABLES
from dashboard.errors import RecordNotFoundError
from dashboard.store.layers.layer import LayerState, StoredLayer
from dashboard.store.layers.layers import Layers
from dashboard.workflows.access.audience import Audience, audience_version
from dashboard.workflows.layers.coarsening import coarse_rows
from dashboard.workflows.layers.frames import FRAME_COLUMNS, build_layer_frames
from dashboard.workflows.layers.library import LayerSource, library_of, rows_in
from dashboard.workflows.views.datasets import LAYER, Dataset

__all__ = ["DRAFT_MARK", "is_seen", "layer_dataset", "layer_version", "layers_for"]

DRAFT_MARK: Final = " (draft)"
"""What stands behind the title of a layer that nobody has published yet."""


def layers_for(layers: Sequence[StoredLayer]) -> tuple[StoredLayer, ...]:
    """Choose the layers that stand beside the atlas on everybody's map.

    Parameters
    ----------
    layers
        All layers.

    Returns
    -------
    tuple of StoredLayer
        Published ones. A draft is shown to persons and not to audiences, see `is_seen`: where nothing is
        coarsened a reviewer's audience is everybody's.
    """
    return tuple(one for one in layers if one.state is LayerState.PUBLISHED)


def is_seen(layer: StoredLayer, person: Person, *, anonymous_reading: bool = False) -> bool:
    """Say whether somebody may see a layer at all.

    Parameters
    ----------
    layer
        The layer.
    person
        Who asks.
    anonymous_reading
        Whether the settings let anybody read without signing in.

    Returns
    -------
    bool
        A draft is seen by its author and by reviewers.
    """
    if layer.state is LayerState.PUBLISHED:
        return may(person, Right.READ, anonymous_reading=anonymous_reading)
    is_author = bool(person.id) and person.id == layer.author_id
    return is_author or may(person, Right.REVIEW, Mode.NORMAL)


def layer_version(layer: StoredLayer, audience: Audience) -> str:
    """Name what an audience sees of a layer.

    Parameters
    ----------
    layer
        The layer.
    audience
        Who looks.

    Returns
    -------
    str
        The same name, the same frames; it follows from the exact rows only for those who see them.
    """
    exact = sha256(f"{layer.id}\0{layer.version}".encode()).hexdigest()[:16]
    return audience_version(exact, "", replace(audience, protected=False))


def layer_dataset(layers: Layers, layer: StoredLayer, audience: Audience) -> Dataset:
    """Read a stored layer as an audience may see it.

    Parameters
    ----------
    layers
        The stored layers.
    layer
        The layer.
    audience
        Who looks; protections are of the atlas's own records.

    Returns
    -------
    Dataset
        Made from coarsened rows and from nothing else, where the audience sees a grid.

    Raises
    ------
    RecordNotFoundError
        If the rows were replaced meanwhile.
    StoreError
        If the store does not answer.
    """
    rows = pa.Table.from_batches(layers.rows(layer, FRAME_COLUMNS))
    if rows.num_rows != layer.rows:
        raise RecordNotFoundError(layer.id)
    shown = [coarse_rows(rows, audience.cell, audience.key)]
    renamed = _renamed(rows.column("external_id"), shown[0].column("external_id"))
    del rows  # a layer of a million rows takes its own size again while its frames are made
    frames = build_layer_frames(shown.pop(), layer_version(layer, audience))

    def read(record_id: str) -> list[dict[str, Any]]:
        found = pa.Table.from_batches([layers.records(layer, [renamed.get(record_id, record_id)])])
        return rows_in(coarse_rows(found, audience.cell, audience.key))

    about = layer.about
    title = about.title + (DRAFT_MARK if layer.state is LayerState.DRAFT else "")
    library = library_of(frames, LayerSource(read, about.title, about.citation, audience.cell > 0))
    tables: dict[str, tuple[Any, ...]] = dict.fromkeys(TABLES, ())
    return Dataset(LAYER + layer.id, title, about.licence, about.colour, frames, library, tables)


def _renamed(ids: pa.ChunkedArray, shown: pa.ChunkedArray) -> dict[str, str]:
    """Give the ids that are shown under another name, by that name."""
    if ids is shown:
        return {}
    differing = pc.not_equal(ids, shown)
    return dict(zip(shown.filter(differing).to_pylist(), ids.filter(differing).to_pylist(), strict=True))
