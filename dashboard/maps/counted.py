"""The payload of a large layer: counts as marks, each with the number of records that it stands for.

The browser draws them as it draws a million marks far out, in counted cells under the clock, and never knows
a single record of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.maps.payload import assemble, header_terms, in_blocks, kind_symbols, short_days

__all__ = ["encode_counts"]

Numbers = npt.NDArray[Any]


def encode_counts(
    version: str,
    points: tuple[Numbers, Numbers],
    days: tuple[Numbers, Numbers],
    kinds: Sequence[str],
    records: Numbers,
    *,
    said: Mapping[str, float],
) -> bytes:
    """Encode counts of events for the time layer.

    Parameters
    ----------
    version
        Version of exactly these counts.
    points
        Longitudes and latitudes where they are drawn.
    days
        First and last days between which their records lie.
    kinds
        Codes of kinds of events.
    records
        How many records each stands for.
    said
        What else the header says: ``cell``, degrees of a cell, and more.

    Returns
    -------
    bytes
        The payload of docs/map-document.md with the column ``weight``.
    """
    order = np.argsort(days[0], kind="stable")
    first, last, day0 = short_days(*(column[order].astype("int32") for column in days))
    count = len(order)
    numbers = {
        symbol["code"]: number for number, symbol in enumerate(kind_symbols()) if symbol["group"] == "event"
    }
    nothing = np.zeros(count, dtype="u1")
    columns = {
        "lon": points[0][order].astype("<f4"),
        "lat": points[1][order].astype("<f4"),
        "first": first,
        "last": last,
        "record": np.arange(count, dtype="<u4"),
        "radius": nothing,
        "kind": np.array([numbers[code] for code in kinds], dtype="u1")[order],
        "status": nothing,
        "precision": nothing,
        "country": nothing,
        "certain": nothing[:0],
        "weight": np.minimum(records[order], 2**32 - 1).astype("<u4"),
    }
    header = {
        "version": version,
        "marks": count,
        "siteMarks": 0,
        "records": count,
        "total": int(records.sum()),
        "span": _span(*days),
        "day0": day0,
        "radii": [0],
        "kinds": kind_symbols(),
        **header_terms(),
        "countries": [{"code": "", "label": "", "shapes": []}],
        **said,
    }
    return assemble(header, in_blocks(columns, 0), {})


def _span(first: Numbers, last: Numbers) -> dict[str, int] | None:
    days = np.concatenate([first, last])
    closed = days[(days != DAY_PAST) & (days != DAY_FUTURE)]
    return {"first": int(closed.min()), "last": int(closed.max())} if len(closed) else None
