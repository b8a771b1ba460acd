"""Any table file, read in the confined process into columns of text as written, good rows kept."""

from dashboard.importers.tables.reading import read_table
from dashboard.importers.tables.table import READING, RawTable, ReadOptions, TableLimits

__all__ = ["READING", "RawTable", "ReadOptions", "TableLimits", "read_table"]
