"""Records whose coordinates everybody but reviewers sees coarsened, more than their role alone would ask for.

A protection outlives the deletion of its record: it counts again when the record is restored.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, delete, insert, select

from dashboard.errors import DossierError, RecordNotFoundError
from dashboard.store.database.engine import reading
from dashboard.store.database.meta import PROTECTIONS_VERSION, count_up, read_meta
from dashboard.store.database.texts import is_storable
from dashboard.store.records.loading import last_revision
from dashboard.store.trail.ledger import PROTECTIONS
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step, perform

__all__ = ["Protection", "Protections"]

_MOST_DEGREES: Final = 10.0


@dataclass(frozen=True, slots=True)
class Protection:
    """One protected record.

    Parameters
    ----------
    record_id
        Id of the site, event or actor.
    cell
        Degrees of the grid that its coordinates are snapped to.
    why, who, at
        Why, by whom and when (ISO 8601, UTC).
    """

    record_id: str
    cell: float
    why: str
    who: str
    at: str


class Protections:
    """All protected records.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(self, record_id: str, cell: float, operation: Operation) -> Protection:
        """Protect a record, or protect it otherwise.

        Parameters
        ----------
        record_id
            Id of a site, an event or an actor.
        cell
            Degrees of the grid that its coordinates are snapped to, above 0 and at most 10.
        operation
            Who does it and why; a reason is needed.

        Returns
        -------
        Protection
            The protection.

        Raises
        ------
        DossierError
            If the cell is no size, or nobody says why.
        RecordNotFoundError
            If there never was such a record.
        """
        problems = [] if operation.why else ["Say why: the reason is kept with the protection"]
        if not (math.isfinite(cell) and 0 < cell <= _MOST_DEGREES):
            problems.append(f"{cell} is no cell size: between 0 and {_MOST_DEGREES:g} degrees")
        if problems:
            raise DossierError(problems)

        def write(step: Step) -> Mapping[str, Any]:
            if last_revision(step.connection, record_id) is None:
                raise RecordNotFoundError(record_id)
            old = _remove(step, record_id)
            row = {
                "record_id": record_id,
                "cell": float(cell),
                "why": operation.why,
                "who": operation.who,
                "at": step.at,
            }
            step.connection.execute(insert(PROTECTIONS).values(row))
            step.details |= {"record": record_id, "before": old, "after": float(cell)}
            count_up(step.connection, PROTECTIONS_VERSION)
            return row

        return Protection(**perform(self._engine, operation, write).answer)

    def remove(self, record_id: str, operation: Operation) -> None:
        """Protect a record no longer.

        Parameters
        ----------
        record_id
            Its id.
        operation
            Who does it and why.

        Raises
        ------
        RecordNotFoundError
            If it is not protected.
        """

        def write(step: Step) -> Mapping[str, Any]:
            old = _remove(step, record_id)
            if old is None:
                raise RecordNotFoundError(record_id)
            step.details |= {"record": record_id, "before": old, "after": None}
            count_up(step.connection, PROTECTIONS_VERSION)
            return {}

        perform(self._engine, operation, write)

    def all(self) -> dict[str, float]:
        """Give the cell of every protected record.

        Returns
        -------
        dict of str to float
            Degrees by record id.
        """
        return {one.record_id: one.cell for one in self.list()}

    def list(self) -> tuple[Protection, ...]:
        """List the protected records.

        Returns
        -------
        tuple of Protection
            By record id.
        """
        with reading(self._engine) as connection:
            rows = connection.execute(select(PROTECTIONS)).mappings().all()
        return tuple(sorted((Protection(**row) for row in rows), key=lambda one: one.record_id))

    def version(self) -> int:
        """Count the changes of protections.

        Returns
        -------
        int
            Goes up with each.
        """
        with reading(self._engine) as connection:
            return int(read_meta(connection, PROTECTIONS_VERSION).get(PROTECTIONS_VERSION, "0"))


def _remove(step: Step, record_id: str) -> float | None:
    if not is_storable(record_id):
        return None
    chosen = PROTECTIONS.c.record_id == record_id
    old: float | None = step.connection.scalar(select(PROTECTIONS.c.cell).where(chosen))
    step.connection.execute(delete(PROTECTIONS).where(chosen))
    return old
