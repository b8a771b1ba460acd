"""What is changed of a layer besides its rows: how it is called and looks, and whether everybody sees it."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Engine, select, update

from dashboard.errors import LayerError, RecordNotFoundError
from dashboard.store.database.meta import LAYERS_VERSION, count_up
from dashboard.store.layers.layer import LayerAbout, LayerState
from dashboard.store.layers.tables import LAYER_IMPORTS, LAYERS
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step, perform

__all__ = ["describe", "hide"]

_DESCRIBED: Final = ("title", "colour", "licence", "citation")
_MOVED: Final = "it was imported or published anew meanwhile: look at it and try again"


def describe(engine: Engine, number: int, about: LayerAbout, state: LayerState, operation: Operation) -> None:
    """Call a layer otherwise: title, colour, licence and citation; its rows stay.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    number
        The import that was looked at.
    about
        The layer as it shall be known.
    state
        Its state when it was looked at: who may change a draft may not change what is published.
    operation
        Who does it.

    Raises
    ------
    RecordNotFoundError
        If there is no such layer.
    LayerError
        If it is not the one any more that was looked at.
    """

    def write(step: Step) -> Mapping[str, Any]:
        _expect(step, about.id, number, state)
        chosen = LAYER_IMPORTS.c.number == number
        columns = [LAYER_IMPORTS.c[name] for name in _DESCRIBED]
        before = dict(step.connection.execute(select(*columns).where(chosen)).mappings().one())
        after = {name: getattr(about, name) for name in _DESCRIBED}
        step.connection.execute(update(LAYER_IMPORTS).where(chosen).values(after))
        count_up(step.connection, LAYERS_VERSION)
        changed = [name for name in _DESCRIBED if before[name] != after[name]]
        step.details |= {"layer": about.id, "import": number}
        step.details |= {name: [before[name], after[name]] for name in changed}
        return {}

    perform(engine, operation, write)


def hide(engine: Engine, layer_id: str, number: int, operation: Operation) -> None:
    """Make a layer a draft: nobody sees it any more but its author and reviewers.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    layer_id
        Short name of the layer; one that is a draft stays one.
    number
        The import that was looked at.
    operation
        Who does it and why.

    Raises
    ------
    RecordNotFoundError
        If there is no such layer.
    LayerError
        If another import than the one that was looked at is shown by now.
    """

    def write(step: Step) -> Mapping[str, Any]:
        before = _expect(step, layer_id, number)
        state = {"state": LayerState.DRAFT.value}
        step.connection.execute(update(LAYERS).where(LAYERS.c.id == layer_id).values(state))
        count_up(step.connection, LAYERS_VERSION)
        step.details |= {"layer": layer_id, "import": number, "before": before.value}
        return {}

    perform(engine, operation, write)


def _expect(step: Step, layer_id: str, number: int, state: LayerState | None = None) -> LayerState:
    row = step.connection.execute(select(LAYERS).where(LAYERS.c.id == layer_id)).one_or_none()
    if row is None or not row.current:
        raise RecordNotFoundError(layer_id)
    if row.current != number or state not in {None, LayerState(row.state)}:
        raise LayerError(layer_id, _MOVED)
    return LayerState(row.state)
