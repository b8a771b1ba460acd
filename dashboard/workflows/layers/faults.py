"""What the checks found in a stored layer, kind by kind and row by row; nothing of it is mended here."""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from dashboard.domain.access import Person, Right, may
from dashboard.errors import PermissionDeniedError, RecordNotFoundError
from dashboard.importers.checks import FAULTS, Fault
from dashboard.store.layers.flags import FlaggedRow, flag_counts, flagged_rows
from dashboard.store.layers.layer import StoredLayer
from dashboard.store.store import Store
from dashboard.workflows.access.audience import Audience
from dashboard.workflows.layers.coarsening import shown_ids
from dashboard.workflows.layers.datasets import is_seen
from dashboard.workflows.layers.history import last_importer
from dashboard.workflows.layers.places import GEOCODED

__all__ = ["PAGE", "FaultCount", "FlaggedRow", "fault_rows", "faults_of"]

PAGE: Final = 50
"""Rows of a page."""

_FOUND_BY_NAME: Final = Fault(
    GEOCODED, "Placed by its name",
    "The file names the place and gives no coordinates; the point is that of the gazetteer.",
    "Look whether it is the place that is meant, or write coordinates into the file.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FaultCount:
    """How often a kind of fault occurs.

    Parameters
    ----------
    fault
        The kind.
    rows
        Rows that show it.
    """

    fault: Fault
    rows: int


def faults_of(store: Store, person: Person, layer: StoredLayer, *, coarse: bool) -> tuple[FaultCount, ...]:
    """Count what the checks found.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.
    layer
        The layer.
    coarse
        Whether the person sees points on a grid.

    Returns
    -------
    tuple of FaultCount
        Most frequent first, with the rows that were placed by name.

    Raises
    ------
    PermissionDeniedError
        The person may not see them: that a point is the middle of its country says where it is. Who sees
        exact points may, and who brought the rows that the layer has.
    StoreError
        The database fails.
    """
    _allow(store, layer, person, coarse=coarse)
    counts = flag_counts(store.engine, layer.number)
    return tuple(FaultCount(_fault(code), rows) for code, rows in counts.items())


def fault_rows(  # of what, for whom, which, from where
    store: Store, person: Person, layer: StoredLayer, code: str, audience: Audience, *, after: int = -1
) -> tuple[FlaggedRow, ...]:
    """List the rows of a kind of fault, a page at a time.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.
    layer
        The layer.
    code
        Code of the fault.
    audience
        How the person sees the layer.
    after
        Key of the last row of the page before; -1 for the first page.

    Returns
    -------
    tuple of FlaggedRow
        At most `PAGE`, in the order of the file, by the ids that the records bear for this audience.

    Raises
    ------
    PermissionDeniedError
        The person may not see them.
    StoreError
        The database fails.
    """
    coarse = audience.cell > 0
    _allow(store, layer, person, coarse=coarse)
    rows = flagged_rows(store.engine, layer.number, code, limit=PAGE, after=after)
    if not coarse:
        return rows
    ids = shown_ids(pa.chunked_array([[own_id for _, _, own_id, _ in rows]], pa.string()), audience.key)
    return tuple(
        (key, row, shown, name) for (key, row, _, name), shown in zip(rows, ids.to_pylist(), strict=True)
    )


def _allow(store: Store, layer: StoredLayer, person: Person, *, coarse: bool) -> None:
    if not is_seen(layer, person, anonymous_reading=True):
        raise RecordNotFoundError(layer.id)
    if not coarse or may(person, Right.REVIEW):
        return
    # Not whoever began it: a reviewer may have replaced the rows.
    if not person.id or person.id != last_importer(store, layer):
        reason = "it would say more of the places than the grid that you see them on"
        raise PermissionDeniedError("see what the checks found", reason)


def _fault(code: str) -> Fault:
    if code == GEOCODED:
        return _FOUND_BY_NAME
    return FAULTS.get(code) or Fault(code, code, "", "")
