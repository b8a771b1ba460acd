"""The order of rows: the same in a table, in a file and in an answer, because there is one place that sorts.

Texts are ranked once for a version; the rows of a view are then sorted by numbers, which stays quick with a
million of them.
"""

from typing import Final

import numpy as np
import pandas as pd

from dashboard.domain.countries import country_name
from dashboard.domain.vocabulary import codes
from dashboard.frames import AtlasFrames
from dashboard.workflows.sharing.link_words import code_word
from dashboard.workflows.views.ranks import RANKED_LAST, ranks
from dashboard.workflows.views.rows import Numbers, Rows

__all__ = ["in_order"]

_BYTES: Final = 8


def in_order(rows: Rows, sort: str) -> Rows:
    """Put the rows of a view in order.

    Parameters
    ----------
    rows
        Rows of a `Selection`.
    sort
        One of `dashboard.workflows.sharing.link_values.SORTS`, perhaps with a minus before it; empty for the
        order of the selection: newest events first, then sites by name.

    Returns
    -------
    Rows
        The same rows; those with nothing to sort by come last, and equal ones stay as they were.
    """
    if not sort:
        return rows
    cost = 3 * _BYTES * len(rows)
    return rows.derive("in order", lambda: _sorted(rows, sort), cost, sort=sort)


def _sorted(rows: Rows, sort: str) -> Rows:
    name = sort.removeprefix("-")
    keys = _status_keys(rows) if name == "status" else _keys(rows.frames, name)[rows.numbers]
    if sort.startswith("-"):
        keys = np.where(keys == RANKED_LAST, RANKED_LAST, -keys)
    order = np.argsort(keys, kind="stable")
    known = None if rows.name is None else ("in order", sort, rows.name)
    return Rows(rows.frames, rows.numbers[order], rows.certain[order], rows.segments[order], known)


def _keys(frames: AtlasFrames, name: str) -> Numbers:
    """Rank all records by one column, once for a version."""
    cost = _BYTES * len(frames.records)
    return frames.memo.get(("order by", name), lambda: _rank(frames.records, name), cost)


def _rank(records: pd.DataFrame, name: str) -> Numbers:
    if name == "date":
        first = records["first"].to_numpy(dtype=np.int64, copy=True)
        first[~records["dated"].to_numpy(dtype=bool)] = RANKED_LAST
        return first
    if name == "sources":
        return records["sources"].to_numpy(dtype=np.int64)
    if name == "kind":
        return ranks(records["kind"], lambda code: code_word("kind", code))
    if name == "country":
        return ranks(records["countries"], lambda barred: country_name(barred.strip("|").split("|")[0]))
    return ranks(records["places" if name == "place" else "name"])


def _status_keys(rows: Rows) -> Numbers:
    """Rank by the status that is shown: of a site, that at the window's end."""
    order = {code: number for number, code in enumerate(codes("event_statuses"))}
    order |= {code: 100 + number for number, code in enumerate(codes("site_statuses")) if code not in order}
    of_record = rows.frames.memo.get(
        ("order by", "status"),
        lambda: _mapped(rows.frames.records["status"], order),
        _BYTES * len(rows.frames.records),
    )
    of_segment = rows.frames.memo.get(
        ("order by", "status then"),
        lambda: _mapped(rows.frames.segments["status"], order),
        _BYTES * len(rows.frames.segments),
    )
    keys = of_record[rows.numbers]
    held = rows.segments >= 0
    keys[held] = of_segment[rows.segments[held]]
    return keys


def _mapped(column: "pd.Series[str]", order: dict[str, int]) -> Numbers:
    numbers, known = pd.factorize(column)
    return np.array([order.get(str(one), RANKED_LAST) for one in known], dtype=np.int64)[numbers]
