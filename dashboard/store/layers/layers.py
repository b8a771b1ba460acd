"""Imported layers: put in whole, shown at once, undone as one.

Rows of an import go in piece by piece under a number of their own, in short transactions, so that nobody
waits for a million of them. One transaction with one entry of the audit trail then makes that number the one
that is shown; the number before is kept until the next import, which is what undoing goes back to. Whatever
fails or is given up on the way leaves rows that nobody shows and that are swept away.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update

from dashboard.errors import LayerError, RecordNotFoundError
from dashboard.store.database.engine import reading, writing
from dashboard.store.database.meta import LAYERS_VERSION, count_up
from dashboard.store.layers.layer import LayerAbout, LayerState, Seen, Stored, StoredLayer
from dashboard.store.layers.rows import Stage, delete_rows, digests_of, read_rows, rows_of
from dashboard.store.layers.tables import GONE, LAYER_IMPORTS, LAYERS, ROW_COLUMNS
from dashboard.store.trail.chain import now_text
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step, perform

__all__ = ["Layers"]

_GIVEN_UP_AFTER: Final = timedelta(days=1)
_EMPTY: Final = "the file has no row that can be kept: look at the problems, mend the mapping and try again"
_MOVED: Final = "it was imported or published anew meanwhile: look at it and try again"


class _NotDoneError(Exception):
    """The operation was never done."""


class Layers:
    """All imported layers.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(
        self,
        about: LayerAbout,
        batches: Iterable[pa.RecordBatch],
        operation: Operation,
        *,
        publish: bool = False,
        seen: Seen | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Stored:
        """Make rows the rows of a layer; those it had go, but for undoing.

        Parameters
        ----------
        about
            What is known of the layer; a known id replaces what that layer is.
        batches
            Its rows, as ``LAYER_ROWS``; taken once, one after the other.
        operation
            Who imports; the same one again gives the same answer and does nothing.
        publish
            Whether everybody sees the layer at once; a published layer stays so.
        seen
            The layer that the right to import was asked for; None for whichever is there.
        progress
            Called with the rows put in so far; what it raises ends the import, and nothing of it is kept.

        Returns
        -------
        Stored
            What was done, record by record.

        Raises
        ------
        LayerError
            If there are no rows, or another import into the same layer was quicker, or its publication.
        StoreError
            If the database fails; nothing was changed.
        """
        done = self._done(operation)
        if done is not None:
            return done
        before = self._current(about.id)
        if seen not in {None, Seen.of(before)}:
            raise LayerError(about.id, _MOVED)
        number = self._open(about, operation)
        try:
            stage = self._filled(about, number, batches, progress)
            counts = self._compare(before, stage.digests())
            stored = Stored(about.id, number, stage.version, stage.rows, **counts)
            answer = self._show(before, stored, operation, publish=publish)
        except BaseException:
            self._give_up(number)
            raise
        self.sweep()
        return answer

    def undo(self, layer_id: str, operation: Operation, *, seen: Seen | None = None) -> StoredLayer | None:
        """Take the last import back.

        Parameters
        ----------
        layer_id
            Short name of the layer.
        operation
            Who does it and why.
        seen
            The layer that was looked at; None for whichever is there.

        Returns
        -------
        StoredLayer or None
            The layer as it was before; None when the import was its first.

        Raises
        ------
        RecordNotFoundError
            If there is no such layer.
        LayerError
            If the import before is gone: only the last one is kept. Or if the layer is not the one any more
            that was looked at.
        """

        def write(step: Step) -> Mapping[str, Any]:
            row = _layer(step.connection, layer_id, seen)
            if row.previous == GONE:
                raise LayerError(
                    layer_id, "its last import was taken back already, and the one before is gone"
                )
            values = {"current": row.previous, "previous": GONE}
            step.connection.execute(update(LAYERS).where(LAYERS.c.id == layer_id).values(values))
            count_up(step.connection, LAYERS_VERSION)
            step.details |= {"layer": layer_id, "import": row.current, "back to": row.previous}
            return {"number": row.previous}

        number = perform(self._engine, operation, write).answer["number"]
        self.sweep()
        return self.get(layer_id) if number else None

    def remove(self, layer_id: str, operation: Operation, *, seen: Seen | None = None) -> None:
        """Take a layer away, with its rows and for good.

        Parameters
        ----------
        layer_id
            Short name of the layer.
        operation
            Who does it and why.
        seen
            The layer that was looked at; None for whichever is there.

        Raises
        ------
        RecordNotFoundError
            If there is no such layer.
        LayerError
            If the layer is not the one any more that was looked at.
        """

        def write(step: Step) -> Mapping[str, Any]:
            row = _layer(step.connection, layer_id, seen)
            step.connection.execute(delete(LAYERS).where(LAYERS.c.id == layer_id))
            count_up(step.connection, LAYERS_VERSION)
            step.details |= {"layer": layer_id, "import": row.current}
            return {}

        perform(self._engine, operation, write)
        self.sweep()

    def publish(self, layer_id: str, operation: Operation, *, number: int | None = None) -> StoredLayer:
        """Show a layer to everybody.

        Parameters
        ----------
        layer_id
            Short name of the layer.
        operation
            Who does it and why.
        number
            The import that was looked at; None for whichever is there.

        Returns
        -------
        StoredLayer
            The layer.

        Raises
        ------
        RecordNotFoundError
            If there is no such layer.
        LayerError
            If another import than the one that was looked at is shown by now.
        """

        def write(step: Step) -> Mapping[str, Any]:
            row = _layer(step.connection, layer_id)
            if number is not None and row.current != number:
                raise LayerError(layer_id, _MOVED)
            state = {"state": LayerState.PUBLISHED.value}
            step.connection.execute(update(LAYERS).where(LAYERS.c.id == layer_id).values(state))
            count_up(step.connection, LAYERS_VERSION)
            step.details |= {"layer": layer_id, "import": row.current}
            return {}

        perform(self._engine, operation, write)
        return self.get(layer_id)

    def list(self) -> tuple[StoredLayer, ...]:
        """List the layers that have rows.

        Returns
        -------
        tuple of StoredLayer
            By id.
        """
        with reading(self._engine, single=True) as connection:
            rows = connection.execute(_joined().order_by(LAYERS.c.id)).mappings().all()
        return tuple(StoredLayer.of(dict(row)) for row in rows)

    def get(self, layer_id: str) -> StoredLayer:
        """Find a layer.

        Parameters
        ----------
        layer_id
            Its short name.

        Returns
        -------
        StoredLayer
            The layer.

        Raises
        ------
        RecordNotFoundError
            If there is none.
        """
        found = self._current(layer_id)
        if found is None:
            raise RecordNotFoundError(layer_id)
        return found

    def rows(self, layer: StoredLayer, columns: Sequence[str] = ROW_COLUMNS) -> Iterator[pa.RecordBatch]:
        """Read the rows of a layer.

        Parameters
        ----------
        layer
            The layer, as `get` or `list` gave it.
        columns
            Which columns.

        Returns
        -------
        iterator of pyarrow.RecordBatch
            Rows, in the order of the file; fewer than the layer has when it was replaced meanwhile.
        """
        return read_rows(self._engine, layer.number, columns)

    def records(self, layer: StoredLayer, external_ids: Sequence[str]) -> pa.RecordBatch:
        """Read the rows of single records.

        Parameters
        ----------
        layer
            The layer, as `get` or `list` gave it.
        external_ids
            Ids of the records, as the dataset has them.

        Returns
        -------
        pyarrow.RecordBatch
            Their rows, all columns, in the order of the file.
        """
        return rows_of(self._engine, layer.number, external_ids)

    def sweep(self) -> int:
        """Delete rows that no layer shows or can go back to.

        Returns
        -------
        int
            How many imports were swept away.
        """
        shown = select(LAYERS.c.current).union(select(LAYERS.c.previous))
        old = (datetime.now(UTC) - _GIVEN_UP_AFTER).strftime("%Y-%m-%dT%H:%M:%SZ")
        unused = select(LAYER_IMPORTS.c.number).where(
            LAYER_IMPORTS.c.number.not_in(shown),
            (LAYER_IMPORTS.c.version != "") | (LAYER_IMPORTS.c.at < old),
        )
        with reading(self._engine) as connection:
            numbers = connection.scalars(unused).all()
        for number in numbers:
            self._give_up(number)
        return len(numbers)

    def _done(self, operation: Operation) -> Stored | None:
        def refuse(_step: Step) -> Mapping[str, Any]:
            raise _NotDoneError

        try:
            return Stored(**perform(self._engine, operation, refuse).answer)
        except _NotDoneError:
            return None

    def _current(self, layer_id: str) -> StoredLayer | None:
        with reading(self._engine, single=True) as connection:
            row = connection.execute(_joined().where(LAYERS.c.id == layer_id)).mappings().one_or_none()
        return None if row is None else StoredLayer.of(dict(row))

    def _open(self, about: LayerAbout, operation: Operation) -> int:
        """Take the next number; it belongs to this import from here on."""
        with writing(self._engine) as connection:
            number = (connection.scalar(select(func.max(LAYER_IMPORTS.c.number))) or 0) + 1
            values = about.row() | {"number": number, "layer_id": about.id, "rows": 0, "version": ""}
            values |= {"who": operation.who, "person_id": operation.person_id, "at": now_text()}
            connection.execute(insert(LAYER_IMPORTS).values(values))
        return number

    def _filled(
        self,
        about: LayerAbout,
        number: int,
        batches: Iterable[pa.RecordBatch],
        progress: Callable[[int], None] | None,
    ) -> Stage:
        stage = Stage(self._engine, number)
        for batch in batches:
            for rows in stage.add(batch):
                if progress:
                    progress(rows)
        if not stage.rows:
            raise LayerError(about.id, _EMPTY)
        return stage

    def _compare(self, before: StoredLayer | None, new: pa.Table) -> dict[str, int]:
        old = digests_of(self._engine, before.number if before else 0)
        both = new.join(old.rename_columns({"digest": "old"}), "external_id", join_type="inner")
        same = pc.sum(pc.equal(both.column("digest"), both.column("old"))).as_py() or 0
        return {
            "added": new.num_rows - both.num_rows,
            "changed": both.num_rows - same,
            "unchanged": same,
            "removed": old.num_rows - both.num_rows,
        }

    def _show(
        self, before: StoredLayer | None, stored: Stored, operation: Operation, *, publish: bool
    ) -> Stored:
        def write(step: Step) -> Mapping[str, Any]:
            row = step.connection.execute(select(LAYERS).where(LAYERS.c.id == stored.layer)).one_or_none()
            # Who may replace a draft may not replace what a reviewer published meanwhile.
            if _seen(row) != Seen.of(before):
                raise LayerError(stored.layer, _MOVED)
            shown = {"rows": stored.rows, "version": stored.version, "at": step.at}
            step.connection.execute(
                update(LAYER_IMPORTS).where(LAYER_IMPORTS.c.number == stored.number).values(shown)
            )
            _point_at(step, stored, row, publish=publish)
            count_up(step.connection, LAYERS_VERSION)
            answer = asdict(stored)
            file = select(LAYER_IMPORTS.c.file_name, LAYER_IMPORTS.c.sha256)
            named = step.connection.execute(file.where(LAYER_IMPORTS.c.number == stored.number)).one()
            step.details |= answer | {"file": named.file_name, "sha256": named.sha256}
            return answer

        return Stored(**perform(self._engine, operation, write).answer)

    def _give_up(self, number: int) -> None:
        with reading(self._engine) as connection:
            shown = (LAYERS.c.current == number) | (LAYERS.c.previous == number)
            if connection.scalar(select(func.count()).select_from(LAYERS).where(shown)):
                return  # it was kept although nobody heard so
        delete_rows(self._engine, number)
        with writing(self._engine) as connection:
            connection.execute(delete(LAYER_IMPORTS).where(LAYER_IMPORTS.c.number == number))


def _layer(connection: Connection, layer_id: str, seen: Seen | None = None) -> Row[Any]:
    row = connection.execute(select(LAYERS).where(LAYERS.c.id == layer_id)).one_or_none()
    if row is None or not row.current:
        raise RecordNotFoundError(layer_id)
    if seen not in {None, _seen(row)}:
        raise LayerError(layer_id, _MOVED)
    return row


def _seen(row: Row[Any] | None) -> Seen:
    return Seen(row.current, LayerState(row.state)) if row and row.current else Seen()


def _point_at(step: Step, stored: Stored, row: Row[Any] | None, *, publish: bool) -> None:
    state = (
        LayerState.PUBLISHED if publish or (row and row.state == LayerState.PUBLISHED) else LayerState.DRAFT
    )
    if row is not None and row.current:
        values = {"current": stored.number, "previous": row.current, "state": state.value}
        step.connection.execute(update(LAYERS).where(LAYERS.c.id == stored.layer).values(values))
        return
    # One that was undone to nothing belongs to whoever brings it next.
    step.connection.execute(delete(LAYERS).where(LAYERS.c.id == stored.layer))
    values = {
        "id": stored.layer,
        "state": (LayerState.PUBLISHED if publish else LayerState.DRAFT).value,
        "person_id": step.operation.person_id,
        "who": step.operation.who,
        "at": step.at,
        "current": stored.number,
        "previous": 0,
    }
    step.connection.execute(insert(LAYERS).values(values))


def _joined() -> Select[Any]:
    layer = (
        LAYERS.c.state,
        LAYERS.c.previous,
        LAYERS.c.person_id.label("author_id"),
        LAYERS.c.who.label("author"),
    )
    imports = [column for column in LAYER_IMPORTS.c if column.name != "person_id"]
    return select(*imports, *layer).join_from(
        LAYERS, LAYER_IMPORTS, LAYERS.c.current == LAYER_IMPORTS.c.number
    )
