"""Who may bring a layer, publish it and take it away.

A layer is a draft until a reviewer publishes it: its author and the reviewers see it, nobody else. What is
published is replaced and taken back by reviewers only. The one person of a local session needs no reviewer.
"""

from collections.abc import Callable, Iterable

import pyarrow as pa

from dashboard.domain.access import Person, Right, may, require
from dashboard.errors import OwnDraftError, PermissionDeniedError, RecordNotFoundError
from dashboard.store.layers.layer import LayerAbout, LayerState, Stored, StoredLayer
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.layers.datasets import is_seen

__all__ = ["import_layer", "layers_of", "may_import", "publish_layer", "remove_layer", "undo_import"]


def layers_of(store: Store, person: Person) -> tuple[StoredLayer, ...]:
    """List the layers that somebody may see.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.

    Returns
    -------
    tuple of StoredLayer
        Published ones, and drafts of one's own; all of them for reviewers.
    """
    return tuple(one for one in store.layers.list() if is_seen(one, person))


def may_import(store: Store, person: Person, layer_id: str) -> None:
    """Refuse an import that somebody may not make, before a file is read for it.

    Parameters
    ----------
    store
        The store.
    person
        Who imports.
    layer_id
        Short name of the layer, new or known.

    Raises
    ------
    PermissionDeniedError
        The person may not propose anything, or the layer is published or somebody else's.
    """
    require(person, Right.PROPOSE, store.control.mode())
    _own_or_review(store, person, layer_id)


def import_layer(
    store: Store,
    person: Person,
    about: LayerAbout,
    batches: Iterable[pa.RecordBatch],
    *,
    operation_id: str,
    progress: Callable[[int], None] | None = None,
) -> Stored:
    """Import rows as a layer.

    Parameters
    ----------
    store
        The store.
    person
        Who imports.
    about
        What is known of the layer.
    batches
        Its rows, as ``LAYER_ROWS``.
    operation_id
        Made once for this wish, so that trying again after a lost answer is safe.
    progress
        Called with the rows put in so far; what it raises ends the import, and nothing of it is kept.

    Returns
    -------
    Stored
        What was done.

    Raises
    ------
    PermissionDeniedError
        The person may not import into this layer.
    LayerError
        There are no rows, or another import into the same layer was quicker.
    StoreError
        The database fails; nothing was changed.
    """
    may_import(store, person, about.id)
    operation = Operation.by(person, "import layer", about.id, operation_id=operation_id)
    return store.layers.put(about, batches, operation, publish=person.is_local, progress=progress)


def publish_layer(store: Store, person: Person, layer_id: str, *, why: str, operation_id: str) -> StoredLayer:
    """Show a draft layer to everybody.

    Parameters
    ----------
    store
        The store.
    person
        A reviewer who is not its author.
    layer_id
        Short name of the layer.
    why
        Why.
    operation_id
        Made once for this wish.

    Returns
    -------
    StoredLayer
        The layer.

    Raises
    ------
    PermissionDeniedError
        The person may not review.
    OwnDraftError
        The person brought it.
    RecordNotFoundError
        There is no such layer.
    """
    require(person, Right.REVIEW, store.control.mode())
    layer = store.layers.get(layer_id)
    if layer.author_id == person.id and not person.is_local:
        raise OwnDraftError(layer_id)
    return store.layers.publish(
        layer_id, Operation.by(person, "publish layer", layer_id, why, operation_id=operation_id)
    )


def undo_import(
    store: Store, person: Person, layer_id: str, *, why: str, operation_id: str
) -> StoredLayer | None:
    """Take the last import into a layer back.

    Parameters
    ----------
    store
        The store.
    person
        The author of a draft, or a reviewer.
    layer_id
        Short name of the layer.
    why
        Why.
    operation_id
        Made once for this wish.

    Returns
    -------
    StoredLayer or None
        The layer as it was before; None when the import was its first.

    Raises
    ------
    PermissionDeniedError
        The person may not.
    RecordNotFoundError
        There is no such layer.
    LayerError
        The import before is gone.
    """
    may_import(store, person, layer_id)
    operation = Operation.by(person, "undo import", layer_id, why, operation_id=operation_id)
    return store.layers.undo(layer_id, operation)


def remove_layer(store: Store, person: Person, layer_id: str, *, why: str, operation_id: str) -> None:
    """Take a layer away for good.

    Parameters
    ----------
    store
        The store.
    person
        The author of a draft, or a reviewer.
    layer_id
        Short name of the layer.
    why
        Why.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person may not.
    RecordNotFoundError
        There is no such layer.
    """
    may_import(store, person, layer_id)
    store.layers.remove(
        layer_id, Operation.by(person, "remove layer", layer_id, why, operation_id=operation_id)
    )


def _own_or_review(store: Store, person: Person, layer_id: str) -> None:
    try:
        layer = store.layers.get(layer_id)
    except RecordNotFoundError:
        return
    if may(person, Right.REVIEW):
        return
    if layer.state is LayerState.PUBLISHED:
        reason = "the layer is published: ask a reviewer, or import under another short name"
        raise PermissionDeniedError("change this layer", reason)
    if layer.author_id != person.id:
        raise PermissionDeniedError("change this layer", "its short name is taken: choose another one")
