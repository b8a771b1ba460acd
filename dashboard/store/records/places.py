"""Hand-decided places, saved and taken back inside a step; those that records stand on stay."""

from types import EllipsisType
from typing import Any, NoReturn

from sqlalchemy import func, select

from dashboard.domain.cells import write_cells
from dashboard.domain.records import Change, Location, Place
from dashboard.errors import ConflictError, PlaceDecisionError, RecordNotFoundError
from dashboard.store.database.texts import is_storable
from dashboard.store.records.loading import load_by_ids
from dashboard.store.records.tables import MAIN
from dashboard.store.trail.audit import RowChange
from dashboard.store.trail.recording import Step

__all__ = ["remove_place", "save_place"]


def save_place(step: Step, place: Place, expected: Place | EllipsisType | None = ...) -> dict[str, Any]:
    """Save a place, new or in place of the one that has its id.

    Parameters
    ----------
    step
        The operation.
    place
        The place, validated.
    expected
        What its author saw there, None for nothing; an ellipsis for whatever is there.

    Returns
    -------
    dict
        Nothing: the changes of the step say it all.

    Raises
    ------
    ConflictError
        If something else is there.
    PlaceDecisionError
        If records stand on the place and it would move under them.
    RowError
        If a value cannot be written.
    """
    write_cells(place)
    old = _find(step, place.id)
    if not isinstance(expected, EllipsisType) and old != expected:
        _refuse_moved(step, place.id, place, old)
    if old is not None and (old.lat, old.lon) != (place.lat, place.lon):
        _refuse_in_use(step, old, "moved")
    if old != place:
        step.change([RowChange(Place.table, old, place)])
    return {}


def remove_place(step: Step, place_id: str, expected: Place | EllipsisType | None = ...) -> dict[str, Any]:
    """Take a place back.

    Parameters
    ----------
    step
        The operation.
    place_id
        Id of the place.
    expected
        What whoever takes it back saw there; an ellipsis for whatever is there.

    Returns
    -------
    dict
        Nothing: the changes of the step say it all.

    Raises
    ------
    RecordNotFoundError
        If there is no such place.
    ConflictError
        If somebody changed it meanwhile.
    PlaceDecisionError
        If records stand on it.
    """
    old = _find(step, place_id)
    if old is None:
        raise RecordNotFoundError(place_id)
    if not isinstance(expected, EllipsisType) and old != expected:
        _refuse_moved(step, place_id, None, old)
    _refuse_in_use(step, old, "taken back")
    step.change([RowChange(Place.table, old, None)])
    return {}


def _find(step: Step, place_id: str) -> Place | None:
    if not is_storable(place_id):
        return None
    return next(iter(load_by_ids(step.connection, Place.table, "id", [place_id])), None)


def _refuse_moved(step: Step, place_id: str, yours: Place | None, theirs: Place | None) -> NoReturn:
    table = MAIN[Change.table].table
    rows = select(table.c.who, table.c.when).where(table.c.record_id == place_id)
    last = step.connection.execute(rows.order_by(table.c.sequence.desc()).limit(1)).one_or_none()
    who, when = (last.who, last.when) if last is not None else ("somebody", "an earlier time")
    raise ConflictError(place_id, yours, theirs, who=who, when=when, revision=0)


def _refuse_in_use(step: Step, place: Place, verb: str) -> None:
    table = MAIN[Location.table].table
    rows = select(func.count()).select_from(table).where(table.c.place_id == place.id)
    count: int = step.connection.scalar(rows) or 0
    if not count:
        return
    stand = "1 location stands" if count == 1 else f"{count} locations stand"
    where = f"{stand} on {place.name} ({place.id})"
    raise PlaceDecisionError(
        [f"{where}, so it cannot be {verb} alone: correct them together in the data package"]
    )
