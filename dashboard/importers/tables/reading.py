"""Have a table read by the confined process, and keep what comes of it where it costs no memory.

The process is handed the open file and sends Arrow batches, never objects. Whatever it sends is checked
before anything looks into it: the columns must be the ones it named, and each batch must hold together.
"""

import hashlib
import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

import pyarrow as pa

from dashboard.confinement import Confinement
from dashboard.errors import ConfinementError, TableRefusedError
from dashboard.importers.rows import RowProblem
from dashboard.importers.tables.table import GEOMETRY, LAT, LON, ROW, RawTable, ReadOptions, TableLimits

__all__ = ["read_table"]

_AS_FOUND: Final = ReadOptions()
_USUAL: Final = TableLimits()
_INSIDE: Final = "dashboard.importers.tables.inside:read"
_PIECE: Final = 1 << 20
_IN_MEMORY: Final = 8_000_000
_LONGEST_NAME: Final = 120


def read_table(
    source: Path | bytes,
    name: str,
    *,
    confinement: Confinement,
    options: ReadOptions = _AS_FOUND,
    limits: TableLimits = _USUAL,
) -> RawTable:
    """Read any table file, in the confined process.

    Parameters
    ----------
    source
        The file, or its bytes.
    name
        What it is called: a label, of which not even the suffix is believed.
    confinement
        Where it is read; `READING` are limits that suit large tables.
    options
        What a person decided.
    limits
        How much it may hold.

    Returns
    -------
    RawTable
        Its rows, and what is wrong with some.

    Raises
    ------
    TableRefusedError
        It is not read at all.
    """
    label = _label(name)
    with _opened(source, label) as file:
        sha256, length = _hash(file)
        if length > max(limits.text_bytes, limits.whole_bytes):
            raise TableRefusedError(
                f"{label} is {length // 1_000_000:,} MB long; the limit is "
                f"{max(limits.text_bytes, limits.whole_bytes) // 1_000_000:,} MB: split it"
            )
        kept = _Kept()
        try:
            told = confinement.stream(
                _INSIDE,
                file.fileno(),
                kept.take,
                called=label,
                name=label,
                options=asdict(options),
                limits=asdict(limits),
            )
        except ConfinementError as error:
            kept.close()
            raise TableRefusedError(str(error), error.reason, error.reference) from error
    return _table(told, kept, label, sha256)


def _label(name: str) -> str:
    """Make a name something that can stand in a sentence."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter if letter.isprintable() else " " for letter in last).strip()
    return shown[:_LONGEST_NAME] or "The file"


@contextmanager
def _opened(source: Path | bytes, label: str) -> Iterator[IO[bytes]]:
    if isinstance(source, bytes):
        with TemporaryFile() as whole:
            whole.write(source)
            whole.flush()
            yield whole
        return
    try:
        # A pipe must not hold us up: it is no regular file and refused below.
        number = os.open(source, os.O_RDONLY | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise TableRefusedError(f"{label} cannot be opened: check its name and your rights") from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise TableRefusedError(f"{label} is no file: give a file")
    with os.fdopen(number, "rb") as file:
        yield file


def _hash(file: IO[bytes]) -> tuple[str, int]:
    file.seek(0)
    digest, length = hashlib.sha256(), 0
    while piece := file.read(_PIECE):
        digest.update(piece)
        length += len(piece)
    return digest.hexdigest(), length


class _Kept:
    """The batches as sent: in memory when short, else in a file without a name."""

    def __init__(self) -> None:
        self._short = bytearray()
        self._file: IO[bytes] | None = None

    def take(self, piece: bytes) -> None:
        if self._file is None:
            self._short += piece
            if len(self._short) <= _IN_MEMORY:
                return
            self._file = TemporaryFile()  # noqa: SIM115 - closed with the table that is read from it
            piece, self._short = bytes(self._short), bytearray()
        self._file.write(piece)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def buffer(self) -> pa.Buffer:
        if self._file is None:
            return pa.py_buffer(bytes(self._short))
        self._file.flush()
        with self._file as file:
            return pa.py_buffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _table(told: Any, kept: _Kept, label: str, sha256: str) -> RawTable:  # noqa: ANN401 - checked here
    try:
        columns = tuple(map(str, told["columns"]))
        geographic = bool(told["geographic"])
        table = RawTable(
            name=label,
            format=str(told["format"]),
            columns=columns,
            rows=int(told["rows"]),
            batches=_none,
            sheets=tuple(map(str, told["sheets"])),
            notes=tuple(map(str, told["notes"])),
            guesses=tuple(map(str, told["guesses"])),
            problems=tuple(RowProblem(int(row), *map(str, rest)) for row, *rest in told["problems"]),  # type: ignore[arg-type] # a word of ours
            sha256=sha256,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TableRefusedError(f"{label} made its reader crash: save it anew", "fault") from error
    buffer, schema = kept.buffer(), schema_of(columns, geographic=geographic)

    def batches() -> Iterator[pa.RecordBatch]:
        return _read(buffer, schema, label)

    return replace(table, batches=batches)


def _none() -> Iterator[pa.RecordBatch]:
    yield from ()


def schema_of(columns: tuple[str, ...], *, geographic: bool) -> pa.Schema:
    """Give the schema of batches.

    Parameters
    ----------
    columns
        Names of the columns.
    geographic
        Whether each row may have a point.

    Returns
    -------
    Schema
        The schema.
    """
    fields = [*((name, pa.string()) for name in columns), (ROW, pa.int32())]
    if geographic:
        fields += [(LON, pa.float64()), (LAT, pa.float64()), (GEOMETRY, pa.string())]
    return pa.schema(fields)


def _read(buffer: pa.Buffer, schema: pa.Schema, label: str) -> Iterator[pa.RecordBatch]:
    try:
        with pa.ipc.open_stream(buffer) as stream:
            if stream.schema != schema:
                raise TableRefusedError(f"{label} made its reader crash: save it anew", "fault")
            for batch in stream:
                batch.validate(full=True)
                yield batch
    except pa.ArrowInvalid as error:
        raise TableRefusedError(f"{label} made its reader crash: save it anew", "fault") from error
