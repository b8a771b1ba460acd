"""What the atlas is open for, and whether anything has changed: one short question, asked every second."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine

from dashboard.domain.access import Mode
from dashboard.store.database.engine import reading
from dashboard.store.database.meta import (
    AUDIT_HEAD,
    DATA_VERSION,
    LAYERS_VERSION,
    MODE,
    PEOPLE_VERSION,
    PROTECTIONS_VERSION,
    SIGN_OUTS_VERSION,
    read_meta,
    set_meta,
)
from dashboard.store.trail.chain import NO_HEAD, Head
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step, perform

__all__ = ["Control", "State"]

_ASKED: Final = (
    DATA_VERSION,
    PROTECTIONS_VERSION,
    PEOPLE_VERSION,
    SIGN_OUTS_VERSION,
    MODE,
    AUDIT_HEAD,
    LAYERS_VERSION,
)


@dataclass(frozen=True, slots=True)
class State:
    """Everything that caches are keyed by, as it is now.

    Parameters
    ----------
    data_version
        Name of the content; empty when nothing was ever stored.
    protections_version
        Goes up with every change of a protection.
    people_version
        Goes up with every change of a role, a sign-out or a token taken back.
    sign_outs_version
        Goes up with every sign-in that is ended in one browser.
    mode
        What the atlas is open for.
    head
        End of the audit trail.
    layers_version
        Goes up with every import into a layer, and with whatever else changes which layers there are.
    """

    data_version: str
    protections_version: int
    people_version: int
    sign_outs_version: int
    mode: Mode
    head: Head
    layers_version: int = 0


class Control:
    """The switches of the atlas.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def state(self) -> State:
        """Say what is now, by one query.

        Returns
        -------
        State
            Versions, mode and head of one moment.
        """
        with reading(self._engine, single=True) as connection:
            meta = read_meta(connection, *_ASKED)
        return State(
            meta.get(DATA_VERSION, ""),
            int(meta.get(PROTECTIONS_VERSION, "0")),
            int(meta.get(PEOPLE_VERSION, "0")),
            int(meta.get(SIGN_OUTS_VERSION, "0")),
            Mode(meta.get(MODE, Mode.NORMAL)),
            Head.parse(meta[AUDIT_HEAD]) if AUDIT_HEAD in meta else NO_HEAD,
            int(meta.get(LAYERS_VERSION, "0")),
        )

    def mode(self) -> Mode:
        """Say what the atlas is open for.

        Returns
        -------
        Mode
            The mode.
        """
        with reading(self._engine, single=True) as connection:
            return Mode(read_meta(connection, MODE).get(MODE, Mode.NORMAL))

    def set_mode(self, mode: Mode, operation: Operation) -> None:
        """Open the atlas for more or for less.

        Parameters
        ----------
        mode
            The mode.
        operation
            Who does it and why.
        """

        def write(step: Step) -> Mapping[str, Any]:
            old = read_meta(step.connection, MODE).get(MODE, Mode.NORMAL.value)
            set_meta(step.connection, {MODE: mode.value})
            step.details |= {"before": old, "after": mode.value}
            return {}

        perform(self._engine, operation, write)
