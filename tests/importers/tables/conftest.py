import dataclasses
import os

import pyarrow as pa
import pytest

from dashboard.errors import TableRefusedError
from dashboard.importers.tables import RawTable, ReadOptions, TableLimits, read_table


class Reader:
    """Reads bytes, or files, and gives rows as dictionaries."""

    def __init__(self, confinement):
        self.confinement = confinement
        self.usual = TableLimits()

    def table(self, source, name="table", *, limits=None, **options) -> RawTable:
        return read_table(
            source,
            name,
            confinement=self.confinement,
            options=ReadOptions(**options),
            limits=limits or self.usual,
        )

    def rows(self, source, name="table", **options):
        table = self.table(source, name, **options)
        rows = [row for batch in table.batches() for row in batch.to_pylist()]
        assert len(rows) == table.rows
        return table, rows

    def texts(self, source, name="table", **options):
        table, rows = self.rows(source, name, **options)
        return [tuple(row[column] for column in table.columns) for row in rows]

    def refusal(self, source, name="table", **options):
        with pytest.raises(TableRefusedError) as caught:
            self.table(source, name, **options)
        return caught.value

    def limited(self, **limits):
        return dataclasses.replace(self.usual, **limits)


@pytest.fixture(scope="session")
def reader(confinement):
    return Reader(confinement)


@pytest.fixture(scope="session")
def samples():
    return os.environ.get("ARSENAL_ATLAS_TEST_SAMPLES", "")


@pytest.fixture
def as_parquet():
    def write(table: pa.Table) -> bytes:
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        return sink.getvalue().to_pybytes()

    return write
