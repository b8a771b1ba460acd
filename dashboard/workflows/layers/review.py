"""Who may bring a layer, publish it and take it away.

A layer is a draft until a reviewer publishes it: its author and the reviewers see it, nobody else. What is
published is replaced and taken back by reviewers only. The one person of a local session needs no reviewer.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import pyarrow as pa

from dashboard.domain.access import Mode, Person, Right, may, require
from dashboard.errors import LayerError, OwnDraftError, PermissionDeniedError, RecordNotFoundError
from dashboard.store.layers.changing import describe, hide
from dashboard.store.layers.layer import LayerAbout, LayerState, Seen, Stored, StoredLayer
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.geocoding.reasons import why_fault
from dashboard.workflows.layers.datasets import is_seen
from dashboard.workflows.layers.history import last_importer
from dashboard.workflows.views.datasets import LAYER_COLOURS

__all__ = [
    "as_known",
    "describe_layer",
    "import_layer",
    "layers_of",
    "may_change",
    "may_import",
    "publish_layer",
    "remove_layer",
    "send_back_layer",
    "undo_import",
]


def layers_of(store: Store, person: Person, *, anonymous_reading: bool = False) -> tuple[StoredLayer, ...]:
    """List the layers that somebody may see.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.
    anonymous_reading
        Whether the settings let anybody read without signing in.

    Returns
    -------
    tuple of StoredLayer
        Published ones, and drafts of one's own; all of them for reviewers.
    """
    return tuple(
        one for one in store.layers.list() if is_seen(one, person, anonymous_reading=anonymous_reading)
    )


def as_known(store: Store, about: LayerAbout, *, new_title: bool = False) -> LayerAbout:
    """Call a layer as it was called and drawn before, where somebody only brings its next edition.

    Parameters
    ----------
    store
        The store.
    about
        What the file says.
    new_title
        Whether the title was chosen for this import.

    Returns
    -------
    LayerAbout
        Of a known layer: its own title, colour, licence and citation. Of a new one: the colour that fewest
        layers have.
    """
    layers = store.layers.list()
    known = next((one.about for one in layers if one.id == about.id), None)
    if known is None:
        used = Counter(one.about.colour.upper() for one in layers)
        return replace(about, colour=min(LAYER_COLOURS, key=lambda colour: used[colour.upper()]))
    return replace(
        about,
        title=about.title if new_title else known.title,
        colour=known.colour,
        licence=known.licence or about.licence,
        citation=known.citation or about.citation,
    )


def may_change(layer: StoredLayer, person: Person, mode: Mode) -> bool:
    """Say whether to offer somebody to change a layer; the steps themselves ask again.

    Parameters
    ----------
    layer
        The layer.
    person
        Who looks.
    mode
        What the atlas is open for.

    Returns
    -------
    bool
        Drafts by their authors, everything by reviewers.
    """
    if may(person, Right.REVIEW, mode):
        return True
    is_own_draft = layer.state is LayerState.DRAFT and layer.author_id == person.id
    return is_own_draft and may(person, Right.PROPOSE, mode)


def may_import(store: Store, person: Person, layer_id: str) -> StoredLayer | None:
    """Refuse an import that somebody may not make, before a file is read for it.

    Parameters
    ----------
    store
        The store.
    person
        Who imports.
    layer_id
        Short name of the layer, new or known.

    Returns
    -------
    StoredLayer or None
        The layer that the answer is about, to name when it is changed; None when it would be new.

    Raises
    ------
    PermissionDeniedError
        The person may not propose anything, or the layer is published or somebody else's.
    """
    require(person, Right.PROPOSE, store.control.mode())
    return _own_or_review(store, person, layer_id)


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
        There are no rows, or another import into the same layer was quicker, or its publication.
    StoreError
        The database fails; nothing was changed.
    """
    seen = Seen.of(may_import(store, person, about.id))
    operation = Operation.by(person, "import layer", about.id, operation_id=operation_id)
    return store.layers.put(about, batches, operation, publish=person.is_local, seen=seen, progress=progress)


def publish_layer(
    store: Store, person: Person, layer_id: str, *, why: str, operation_id: str, number: int
) -> StoredLayer:
    """Show a draft layer to everybody.

    Parameters
    ----------
    store
        The store.
    person
        A reviewer who neither began the layer nor brought the rows that it has now.
    layer_id
        Short name of the layer.
    why
        Why; has to be said.
    operation_id
        Made once for this wish.
    number
        The import that the reviewer looked at, and no other.

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
    LayerError
        No reason is given, or other rows than those that were looked at are there by now.
    """
    require(person, Right.REVIEW, store.control.mode())
    layer = store.layers.get(layer_id)
    brought = {layer.author_id, last_importer(store, layer)}
    if person.id in brought and not person.is_local:
        raise OwnDraftError(layer_id)
    _need_reason(layer_id, why)
    operation = Operation.by(person, "publish layer", layer_id, why, operation_id=operation_id)
    return store.layers.publish(layer_id, operation, number=number)


def send_back_layer(store: Store, person: Person, layer: StoredLayer, *, why: str, operation_id: str) -> None:
    """Give a layer back to its author with a reason; one that is published leaves the map.

    Parameters
    ----------
    store
        The store.
    person
        A reviewer.
    layer
        The layer as it was looked at.
    why
        What to mend; its author reads it.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person may not review.
    RecordNotFoundError
        There is no such layer.
    LayerError
        No reason is given, or other rows than those that were looked at are there by now.
    """
    require(person, Right.REVIEW, store.control.mode())
    _need_reason(layer.id, why)
    operation = Operation.by(person, "send back layer", layer.id, why, operation_id=operation_id)
    hide(store.engine, layer.id, layer.number, operation)


def describe_layer(  # of which, how it is called and looks
    store: Store,
    person: Person,
    layer: StoredLayer,
    *,
    operation_id: str,
    **described: str,
) -> None:
    """Call a layer otherwise.

    Parameters
    ----------
    store
        The store.
    person
        The author of a draft, or a reviewer.
    layer
        The layer as it was looked at.
    operation_id
        Made once for this wish.
    **described
        ``title``, ``colour``, ``licence`` or ``citation``.

    Raises
    ------
    PermissionDeniedError
        The person may not.
    TextError
        A text is empty that may not be, too long, or no colour.
    RecordNotFoundError
        There is no such layer.
    LayerError
        The layer is not the one any more that was looked at.
    """
    may_import(store, person, layer.id)
    about = replace(layer.about, **{name: text.strip() for name, text in described.items()})
    operation = Operation.by(person, "describe layer", layer.id, operation_id=operation_id)
    describe(store.engine, layer.number, about, layer.state, operation)


def undo_import(
    store: Store, person: Person, layer_id: str, *, why: str, operation_id: str, number: int | None = None
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
    number
        The import that was looked at; None for whichever is there.

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
        The import before is gone, or the layer is not the one any more that was looked at.
    """
    seen = Seen.of(may_import(store, person, layer_id), number)
    operation = Operation.by(person, "undo import", layer_id, why, operation_id=operation_id)
    return store.layers.undo(layer_id, operation, seen=seen)


def remove_layer(
    store: Store, person: Person, layer_id: str, *, why: str, operation_id: str, number: int | None = None
) -> None:
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
    number
        The import that was looked at; None for whichever is there.

    Raises
    ------
    PermissionDeniedError
        The person may not.
    RecordNotFoundError
        There is no such layer.
    LayerError
        The layer is not the one any more that was looked at.
    """
    seen = Seen.of(may_import(store, person, layer_id), number)
    operation = Operation.by(person, "remove layer", layer_id, why, operation_id=operation_id)
    store.layers.remove(layer_id, operation, seen=seen)


def _need_reason(layer_id: str, why: str) -> None:
    if fault := why_fault(why):
        raise LayerError(layer_id, f"the reason {fault}")


def _own_or_review(store: Store, person: Person, layer_id: str) -> StoredLayer | None:
    try:
        layer = store.layers.get(layer_id)
    except RecordNotFoundError:
        return None
    if may(person, Right.REVIEW):
        return layer
    if layer.state is LayerState.PUBLISHED:
        reason = "the layer is published: ask a reviewer, or import under another short name"
        raise PermissionDeniedError("change this layer", reason)
    if layer.author_id != person.id:
        raise PermissionDeniedError("change this layer", "its short name is taken: choose another one")
    return layer
