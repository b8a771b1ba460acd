from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest

from dashboard.confinement import Confinement
from dashboard.importers.mapping import Mapping, apply
from dashboard.importers.rows import RowProblem
from dashboard.importers.tables.table import READING, RawTable


@pytest.fixture(scope="session")
def confinement() -> Iterator[Confinement]:
    with Confinement(READING) as one:
        yield one


Outcome = tuple[list[dict[str, Any]], list[RowProblem]]


@pytest.fixture
def table() -> Callable[..., RawTable]:
    def make(columns: Sequence[str], *rows: Sequence[str], points: Sequence[Any] = ()) -> RawTable:
        arrays = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(columns)}
        arrays["__row__"] = pa.array(range(2, len(rows) + 2), pa.int32())
        if points:
            arrays["__lat__"] = pa.array([point[0] for point in points], pa.float64())
            arrays["__lon__"] = pa.array([point[1] for point in points], pa.float64())
        batch = pa.RecordBatch.from_pydict(arrays)
        halves = [batch.slice(0, len(rows) // 2), batch.slice(len(rows) // 2)]
        return RawTable("t.csv", "csv", tuple(columns), len(rows), lambda: iter(halves))

    return make


@pytest.fixture
def carried_out() -> Callable[[RawTable, Mapping], Outcome]:
    def run(raw: RawTable, mapping: Mapping) -> Outcome:
        rows: list[dict[str, Any]] = []
        problems: list[RowProblem] = []
        for batch in apply(raw, mapping):
            batch.rows.validate(full=True)
            rows += batch.rows.to_pylist()
            problems += batch.problems
        return rows, problems

    return run
