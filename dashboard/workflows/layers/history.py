"""What was done with a layer: every import with its file and what it changed, and what reviewers said.

It is read from the audit trail, which keeps it when the rows of an import are long gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.access import Person, Right, may
from dashboard.domain.points_in_text import without_points
from dashboard.errors import RecordNotFoundError
from dashboard.store.layers.layer import StoredLayer
from dashboard.store.store import Store
from dashboard.store.trail.trail import Entry
from dashboard.workflows.layers.datasets import is_seen

__all__ = ["IMPORT", "LayerStep", "history_of", "last_importer", "sent_back"]

IMPORT: Final = "import layer"
_UNDO: Final = "undo import"
_REMOVE: Final = "remove layer"
_SEND_BACK: Final = "send back layer"
_ACTIONS: Final = (IMPORT, _UNDO, _REMOVE, _SEND_BACK, "publish layer", "describe layer")
_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class LayerStep:
    """One thing that was done with a layer.

    Parameters
    ----------
    action
        What was done, as the audit trail calls it.
    at
        When, ISO 8601, UTC.
    who, why
        Who did it and why; empty for those who do not work on the atlas.
    number
        Number of the import that it made or was about.
    file, sha256
        File of an import, by its label, and its hash; empty for other steps.
    rows, added, changed, unchanged, removed
        What an import did, record by record; None for other steps.
    """

    action: str
    at: str
    who: str
    why: str
    number: int
    file: str = ""
    sha256: str = ""
    rows: int | None = None
    added: int | None = None
    changed: int | None = None
    unchanged: int | None = None
    removed: int | None = None

    @property
    def is_import(self) -> bool:
        """Whether it brought rows."""
        return self.action == IMPORT


def history_of(
    store: Store, person: Person, layer_id: str, *, coarse: bool = False, anonymous_reading: bool = False
) -> tuple[LayerStep, ...]:
    """List what was done with a layer since it was begun.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.
    layer_id
        Short name of the layer.
    coarse
        Whether the person sees points on a grid: those in reasons are covered then.
    anonymous_reading
        Whether the settings let anybody read without signing in.

    Returns
    -------
    tuple of LayerStep
        Newest first. Who does not work on the atlas reads what changed, not who did it, why and from which
        file; nobody reads of an older layer that had the same short name.

    Raises
    ------
    RecordNotFoundError
        There is none, or none that this person may see.
    StoreError
        The database fails.
    """
    layer = store.layers.get(layer_id)
    if not is_seen(layer, person, anonymous_reading=anonymous_reading):
        raise RecordNotFoundError(layer_id)
    is_named = may(person, Right.PROPOSE)
    return tuple(_step(entry, is_named=is_named, coarse=coarse) for entry in _entries(store, layer_id))


def last_importer(store: Store, layer: StoredLayer) -> str:
    """Say who brought the rows that a layer has.

    Parameters
    ----------
    store
        The store.
    layer
        The layer.

    Returns
    -------
    str
        Id of the person; empty when the audit trail does not say.
    """
    found = (
        entry.person_id
        for entry in _entries(store, layer.id)
        if entry.action == IMPORT and entry.details.get("number") == layer.number
    )
    return next(found, "")


def sent_back(steps: tuple[LayerStep, ...]) -> LayerStep | None:
    """Find what a reviewer wants mended.

    Parameters
    ----------
    steps
        History of a layer, newest first.

    Returns
    -------
    LayerStep or None
        None when rows came after it, or the layer was published.
    """
    for step in steps:
        if step.action == _SEND_BACK:
            return step
        if step.action != "describe layer":
            return None
    return None


def _entries(store: Store, layer_id: str) -> Iterator[Entry]:
    """Give the entries about a layer, newest first, back to where it was begun."""
    before = None
    while True:
        found = store.trail.list(_MOST, before, subject=layer_id)
        for entry in found:
            if entry.action == _REMOVE or (entry.action == _UNDO and not entry.details.get("back to")):
                return
            if entry.action in _ACTIONS:
                yield entry
        if len(found) < _MOST:
            return
        before = found[-1].sequence


def _step(entry: Entry, *, is_named: bool, coarse: bool) -> LayerStep:
    told = entry.details
    who, why = (entry.who, entry.why) if is_named else ("", "")
    counts: dict[str, Any] = {}
    if entry.action == IMPORT:
        counts = {name: told.get(name) for name in ("rows", "added", "changed", "unchanged", "removed")}
        if is_named:
            counts |= {"file": str(told.get("file", "")), "sha256": str(told.get("sha256", ""))}
    number = told.get("number") or told.get("back to") or told.get("import") or 0
    return LayerStep(entry.action, entry.at, who, without_points(why) if coarse else why, number, **counts)
