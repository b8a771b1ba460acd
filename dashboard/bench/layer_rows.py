"""Synthetic rows of an imported layer, in the shape of a dataset of a million events with coded places."""

import json
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.importers.rows import LAYER_ROWS

__all__ = ["layer_batches"]

_COUNTRIES: Final = ("SY", "AF", "UA", "SD", "YE", "ET", "NG", "CD", "MM", "SO")
_PRECISIONS: Final = (("exact", 100), ("near", 25_000), ("district", 60_000), ("province", 200_000))
_DAYS: Final = (6_940, 20_089)  # 1989 to 2024
_PLACES: Final = 20_000
_ACTORS: Final = 400
_BATCH: Final = 50_000


def layer_batches(
    rows: int, seed: int = 0, *, first: int = 0, batch: int = _BATCH
) -> Iterator[pa.RecordBatch]:
    """Make rows of an imported layer.

    Parameters
    ----------
    rows
        How many.
    seed
        Equal seeds give equal rows.
    first
        Number of the first one, which its id is made of.
    batch
        Rows at once.

    Yields
    ------
    pyarrow.RecordBatch
        Rows, as ``LAYER_ROWS``.
    """
    for start in range(first, first + rows, batch):
        yield _batch(start, min(batch, first + rows - start), seed)


def _batch(start: int, count: int, seed: int) -> pa.RecordBatch:
    random = np.random.default_rng([seed, start])
    numbers = np.arange(start, start + count)
    days = random.integers(*_DAYS, count)
    dates = pa.array(days.astype("datetime64[D]").astype(str))
    places = random.integers(0, _PLACES, count)
    lat = (places % 137) * 0.61 - 35 + random.random(count) * 0.01
    lon = (places % 331) * 0.53 - 60 + random.random(count) * 0.01
    precision = random.integers(0, len(_PRECISIONS), count)
    one, other = random.integers(0, _ACTORS, count), random.integers(0, _ACTORS, count)
    actors = _numbered(one, "Armed group {}; Armed group {}", other)
    # As on Earth, a country's places lie together.
    country = places % 331 // 34
    columns = {"type_of_violence": "1", "dyad_name": "Government - Group", "best": "@", "where_prec": "2"}
    extra = json.dumps(columns)
    before, after = extra.split("@")
    texts = {
        "external_id": pa.array(numbers).cast(pa.string()),
        "record_type": _same("event", count),
        "kind": _same("incident", count),
        "original_kind": _same("1", count),
        "name": pc.binary_join_element_wise(actors, dates, " on "),
        "status": _same("happened", count),
        "original_status": _same("", count),
        "date": dates,
        "date_as_written": dates,
        "place": _numbered(places, "Village {} in district {}", places % 700),
        "country": _taken(_COUNTRIES, country),
        "precision": _taken([code for code, _ in _PRECISIONS], precision),
        "original_precision": pa.array(precision + 1).cast(pa.string()),
        "actors": actors,
        "products": _same("", count),
        "source": _numbered(random.integers(0, 5_000, count), "Agency {}, report of {}", days % 900),
        "source_url": _same("", count),
        "notes": _same("", count),
        "extra": pc.binary_join_element_wise(
            _same(before, count),
            pa.array(random.integers(0, 90, count)).cast(pa.string()),
            _same(after, count),
            "",
        ),
        "flags": _same("", count),
    }
    numeric = {
        "row": pa.array(numbers + 2, pa.int32()),
        "first": pa.array(days, pa.int32()),
        "last": pa.array(days, pa.int32()),
        "dated": pa.array(np.ones(count, dtype=bool)),
        "lat": pa.array(lat.round(6)),
        "lon": pa.array(lon.round(6)),
        "precision_m": pa.array(np.array([metres for _, metres in _PRECISIONS])[precision], pa.int32()),
    }
    found = texts | numeric
    return pa.RecordBatch.from_arrays([found[name] for name in LAYER_ROWS.names], schema=LAYER_ROWS)


def _same(text: str, count: int) -> pa.Array:
    return pa.array([text], pa.string()).take(pa.array(np.zeros(count, dtype="int64")))


def _taken(texts: list[str] | tuple[str, ...], numbers: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(texts, pa.string()).take(pa.array(numbers))


def _numbered(numbers: npt.NDArray[np.int64], pattern: str, others: npt.NDArray[np.int64]) -> pa.Array:
    start, middle, end = pattern.split("{}")
    count = len(numbers)
    parts = [_same(start, count), pa.array(numbers).cast(pa.string()), _same(middle, count)]
    return pc.binary_join_element_wise(*parts, pa.array(others).cast(pa.string()), _same(end, count), "")
