"""What every reader writes into: batches of one shape, notes, and problems, counted beyond a limit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.errors import TableRefusedError
from dashboard.importers.tables.table import BATCH_ROWS, GEOMETRY, LAT, LON, ROW, TableLimits

__all__ = ["Output", "Place", "unique_names"]

Place = tuple[float | None, float | None, str]
"""Longitude, latitude and type of a geometry."""

NOWHERE: Final[Place] = (None, None, "")
_RESERVED: Final = frozenset({ROW, LON, LAT, GEOMETRY})
_SHOWN: Final = 80
_BUFFER: Final = 1 << 20
_INVISIBLE: Final = "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"


class _Sender:
    """Gathers the many small writes of Arrow into pieces."""

    closed = False

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._held = bytearray()

    def write(self, piece: Any) -> int:  # noqa: ANN401 - Arrow gives buffers
        self._held += memoryview(piece)
        if len(self._held) >= _BUFFER:
            self.flush()
        return len(piece)

    def flush(self) -> None:
        self._send(bytes(self._held))
        self._held.clear()


class Output:
    """Takes rows and what is to be said about them, and sends batches as they fill.

    Parameters
    ----------
    send
        Sends bytes on their way.
    name
        What messages call the file.
    limits
        How much it may hold.
    """

    def __init__(self, send: Callable[[bytes], None], name: str, limits: TableLimits) -> None:
        self.name = name
        self.limits = limits
        self.format = ""
        self.sheets: list[str] = []
        self.notes: list[str] = []
        self.guesses: list[str] = []
        self.geographic = False
        self.rows = 0
        self._columns: list[str] | None = None
        self._problems: list[tuple[int, str, str, str, str, str]] = []
        self._untold = 0
        self._sender = _Sender(send)
        self._stream: pa.ipc.RecordBatchStreamWriter | None = None
        self._growing: dict[str, None] = {}
        self._rows: list[tuple[int, Mapping[str, str], Place]] = []
        self._batches: list[pa.RecordBatch] = []

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns as they are to be."""
        return tuple(self._columns or ())

    def refuse(self, why: str) -> TableRefusedError:
        """Make the error that refuses the whole file.

        Parameters
        ----------
        why
            The rest of a sentence that begins with the file's name.

        Returns
        -------
        TableRefusedError
            To be raised.
        """
        return TableRefusedError(f"{self.name} {why}")

    def problem(
        self,
        row: int,
        reason: str,
        *,
        column: str = "",
        value: str = "",
        fix: str = "",
        severity: Literal["refused", "warning"] = "refused",
    ) -> None:
        """Say what is wrong with a row.

        Parameters
        ----------
        row
            Its line or number.
        reason
            What is wrong.
        column
            Where.
        value
            What stands there; cut to a readable length.
        fix
            What to do.
        severity
            Whether it is left out.
        """
        if len(self._problems) >= self.limits.problems:
            self._untold += 1
            return
        shown = value[:_SHOWN].encode("utf-8", "replace").decode()
        self._problems.append((row, column, shown, reason, fix, severity))

    def begin(self, columns: Sequence[str], *, geographic: bool = False) -> None:
        """Settle the columns.

        Parameters
        ----------
        columns
            Their names, unique.
        geographic
            Whether rows have points.
        """
        self._check_columns(len(columns))
        self._columns = list(columns)
        self.geographic = geographic
        fields = [*((name, pa.string()) for name in columns), (ROW, pa.int32())]
        if geographic:
            fields += [(LON, pa.float64()), (LAT, pa.float64()), (GEOMETRY, pa.string())]
        self._stream = pa.ipc.new_stream(
            self._sender, pa.schema(fields), options=pa.ipc.IpcWriteOptions(compression="lz4")
        )

    def write(
        self,
        cells: Sequence[pa.Array],
        rows: pa.Array,
        places: Sequence[pa.Array] = (),
        *,
        plain: bool = False,
    ) -> None:
        """Write rows whose columns are settled.

        Parameters
        ----------
        cells
            Text of each column.
        rows
            Their lines or numbers, int32.
        places
            Longitudes, latitudes and types, if the table is geographic.
        plain
            Whether they are known to hold no NUL and nothing invisible.
        """
        assert self._stream is not None  # noqa: S101 - `begin` comes first
        self.rows += len(rows)
        if self.rows > self.limits.rows:
            raise self.refuse(f"has more rows than the limit of {self.limits.rows:,}: split it")
        texts = [
            self._checked(name, cell, rows, plain) for name, cell in zip(self.columns, cells, strict=True)
        ]
        table = pa.Table.from_arrays([*texts, rows, *places], schema=self._stream_schema())
        if not plain:
            table = self._without_nul(table)
        for batch in table.to_batches(max_chunksize=BATCH_ROWS):
            self._stream.write_batch(batch)

    def write_rows(self, rows: Sequence[tuple[int, Sequence[str]]], places: Sequence[Place] = ()) -> None:
        """Write rows one by one, whose columns are settled and who have as many cells.

        Parameters
        ----------
        rows
            Line and cells of each.
        places
            Where each is.
        """
        if not rows:
            return
        cells = [pa.array(column, pa.string()) for column in zip(*(cells for _, cells in rows), strict=True)]
        lines = pa.array([line for line, _ in rows], pa.int32())
        self.write(cells, lines, _place_arrays(places) if self.geographic else ())

    def add(self, row: int, cells: Mapping[str, str], place: Place = NOWHERE) -> None:
        """Take a row whose columns are not settled: they are those of all rows, as they come.

        Parameters
        ----------
        row
            Its line or number.
        cells
            Text by column.
        place
            Where it is.
        """
        if len(self._growing) + len(cells) > self.limits.columns or not cells.keys() <= self._growing.keys():
            self._growing.update(dict.fromkeys(cells))
            self._check_columns(len(self._growing))
        self._rows.append((row, cells, place))
        self.rows += 1
        if self.rows > self.limits.rows:
            raise self.refuse(f"has more rows than the limit of {self.limits.rows:,}: split it")
        if len(self._rows) >= BATCH_ROWS:
            self._pack()

    def finish(self, *, geographic: bool = False) -> dict[str, Any]:
        """Send what is left.

        Parameters
        ----------
        geographic
            Whether rows that were added have points.

        Returns
        -------
        dict
            All that is to be said, as JSON can carry it.
        """
        if self._growing or self._rows:
            self._settle(geographic=geographic)
        if self._stream is None or not self.rows:
            raise self.refuse(self._nothing())
        self._stream.close()
        self._sender.flush()
        if self._untold:
            self.notes.append(f"{self._untold:,} further problems are not listed one by one")
        return {
            "format": self.format,
            "columns": self._columns,
            "geographic": self.geographic,
            "rows": self.rows,
            "sheets": self.sheets,
            "notes": self.notes,
            "guesses": self.guesses,
            "problems": self._problems,
        }

    def _nothing(self) -> str:
        refused = [problem for problem in self._problems if problem[-1] == "refused"]
        if refused:
            row, *_, reason, _, _ = refused[0]
            return f"has no rows that can be read; the first problem is in row {row}: {reason}"
        return "has no rows: nothing is to be read below its header"

    def _check_columns(self, count: int) -> None:
        if count > self.limits.columns:
            raise self.refuse(f"has more columns than the limit of {self.limits.columns:,}: leave some out")

    def _stream_schema(self) -> pa.Schema:
        fields = [*((name, pa.string()) for name in self.columns), (ROW, pa.int32())]
        if self.geographic:
            fields += [(LON, pa.float64()), (LAT, pa.float64()), (GEOMETRY, pa.string())]
        return pa.schema(fields)

    def _pack(self) -> None:
        columns = [
            pa.array([cells.get(name, "") for _, cells, _ in self._rows], pa.string())
            for name in self._growing
        ]
        rows = pa.array([row for row, _, _ in self._rows], pa.int32())
        places = _place_arrays([place for *_, place in self._rows])
        arrays = [*columns, rows, *places]
        self._batches.append(pa.RecordBatch.from_arrays(arrays, list(map(str, range(len(arrays))))))
        self._rows.clear()

    def _settle(self, *, geographic: bool) -> None:
        self._pack()
        written = list(self._growing)
        names = unique_names(written)
        self.begin(names, geographic=geographic)
        self.rows = 0
        for batch in self._batches:
            had = batch.num_columns - len(_RESERVED)  # columns only ever come behind those there were
            blank = pa.array([""] * len(batch), pa.string())
            cells = [batch.column(at) if at < had else blank for at in range(len(written))]
            places = [batch.column(had + at) for at in (1, 2, 3)] if geographic else []
            self.write(cells, batch.column(had), places)
        self._batches.clear()

    def _checked(self, name: str, cells: pa.Array, rows: pa.Array, plain: bool) -> pa.Array:  # noqa: FBT001 - inner
        most = self.limits.cell_characters
        longest = pc.max(pc.binary_length(cells)).as_py() or 0
        if longest > most:
            long = pc.greater(pc.utf8_length(cells), most)
            for index in pc.indices_nonzero(long).to_pylist():
                self.problem(
                    rows[index].as_py(),
                    f"a cell of more than {most:,} characters was cut",
                    column=name,
                    value=cells[index].as_py(),
                    fix="shorten it",
                    severity="warning",
                )
            cells = pc.if_else(long, pc.utf8_slice_codeunits(cells, 0, most), cells)
        if not plain:
            self._tell_invisible(name, cells, rows)
        return cells

    def _tell_invisible(self, name: str, cells: pa.Array, rows: pa.Array) -> None:
        found = pc.indices_nonzero(pc.match_substring_regex(cells, _INVISIBLE))
        for index in found.to_pylist()[: self.limits.problems]:
            text = cells[index].as_py()
            self.problem(
                rows[index].as_py(),
                "the cell holds characters that are not seen, which can make it look like another text",
                column=name,
                value="".join(f"<U+{ord(one):04X}>" if _is_invisible(one) else one for one in text[:_SHOWN]),
                fix="take them out",
                severity="warning",
            )

    def _without_nul(self, table: pa.Table) -> pa.Table:
        bad: pa.Array | None = None
        for name in self.columns:
            found = pc.match_substring(table.column(name), "\0")
            if pc.any(found).as_py():
                bad = found if bad is None else pc.or_(bad, found)
        if bad is None:
            return table
        for index in pc.indices_nonzero(bad).to_pylist():
            self.problem(
                table.column(ROW)[index].as_py(),
                "the row holds a NUL character, which no text has",
                fix="save the file anew as text",
            )
        kept = table.filter(pc.invert(bad))
        self.rows -= len(table) - len(kept)
        return kept


def _is_invisible(letter: str) -> bool:
    code = ord(letter)
    ranges = ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x2069), (0xFEFF, 0xFEFF))
    return any(first <= code <= last for first, last in ranges)


def _place_arrays(places: Iterable[Place]) -> list[pa.Array]:
    lons, lats, kinds = zip(*places, strict=True) if (places := list(places)) else ((), (), ())
    return [pa.array(lons, pa.float64()), pa.array(lats, pa.float64()), pa.array(kinds, pa.string())]


def unique_names(names: Sequence[str]) -> list[str]:
    """Make names of columns unique, and none like ours.

    Parameters
    ----------
    names
        As written.

    Returns
    -------
    list of str
        The first of each as written, the others with a number.
    """
    taken: set[str] = set(_RESERVED)
    written = set(names)
    unique = []
    for name in names:
        found, number = name, 1
        while found in taken or (number > 1 and found in written):
            number += 1
            found = f"{name} ({number})"
        taken.add(found)
        unique.append(found)
    return unique
