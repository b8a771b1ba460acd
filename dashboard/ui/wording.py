"""The records of one version in the words of a table, worded once for everybody.

Values repeat: at 100,000 records wording each one anew would take a second of every rerun, and even a page of
them longer than everything else that a rerun does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.vocabulary import label
from dashboard.frames import AtlasFrames
from dashboard.workflows.views.rows import FIT_CERTAIN, FIT_POSSIBLE, Numbers, Rows

__all__ = ["readable"]


_BYTES: Final = 60  # of a worded record: its name and place, and numbers of words
_COLUMNS: Final = (
    "Name",
    "Kind",
    "Date",
    "Status",
    "Place",
    "Country",
    "In window",
    "Sources",
    "Contradicted",
)


def readable(rows: Rows, start: int, stop: int) -> pa.Table:
    """Word a stretch of the rows of a view.

    Parameters
    ----------
    rows
        Rows of a `Selection`.
    start, stop
        As in a slice.

    Returns
    -------
    pyarrow.Table
        A column for each thing that a reader wants to know; as many rows.
    """
    words = rows.frames.memo.get(("wording",), lambda: _word(rows.frames), len(rows.frames.records) * _BYTES)
    numbers, held = rows.numbers[start:stop], rows.segments[start:stop]
    status = words.statuses[numbers]
    if (held >= 0).any():
        status = np.where(held >= 0, words.statuses_then[held], status)
    table = words.records.take(pa.array(numbers))
    columns = {name: _plain(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    columns["Status"] = words.status_words.take(pa.array(status))
    fit = np.where(rows.certain[start:stop], FIT_CERTAIN, FIT_POSSIBLE)
    columns["In window"] = pa.array(fit.tolist(), type=pa.large_string())
    return pa.table({name: columns[name] for name in _COLUMNS})


@dataclass(frozen=True)
class _Words:
    """What is worded: columns of all records, and numbers of status words for records and segments."""

    records: pa.Table
    statuses: Numbers
    statuses_then: Numbers
    status_words: pa.Array


def _word(frames: AtlasFrames) -> _Words:
    records, segments = frames.records, frames.segments
    typed = records["record_type"] + ":"
    statuses, known = pd.factorize(pd.concat([typed + records["status"], "site:" + segments["status"]]))
    return _Words(
        records=pa.table(
            {
                "Name": pa.array(records["name"], type=pa.large_string()),
                "Kind": _encoded(typed + records["kind"], _kind_words),
                "Date": _encoded(records["date"], _when),
                "Place": pa.array(records["places"], type=pa.large_string()),
                "Country": _encoded(records["countries"], _country_words),
                "Sources": pa.array(records["sources"]),
                "Contradicted": pa.array(records["contradicted"]),
            }
        ),
        statuses=statuses[: len(records)],
        statuses_then=statuses[len(records) :],
        status_words=pa.array([_status_words(str(one)) for one in known], type=pa.large_string()),
    )


def _encoded(column: "pd.Series[str]", words: Callable[[str], str]) -> pa.DictionaryArray:
    numbers, known = pd.factorize(column)
    worded = pa.array([words(str(one)) for one in known], type=pa.large_string())
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype("int32")), worded)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


def _kind_words(typed: str) -> str:
    record_type, _, code = typed.partition(":")
    return label(f"{record_type}_kinds", code)


def _status_words(typed: str) -> str:
    record_type, _, code = typed.partition(":")
    return label(f"{record_type}_statuses", code)


def _country_words(barred: str) -> str:
    return ", ".join(country_name(code) for code in barred.strip("|").split("|"))


def _when(text: str) -> str:
    return "; ".join(date_words(UncertainDate.parse(part)) for part in text.split("; ")) if text else ""
