"""Round dates on an axis of days: where its ticks stand and where its bars begin."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["Tick", "span_bins", "ticks_of"]

Floats = npt.NDArray[np.float64]

_ROOM: Final = 46.0  # points between two ticks
_MONTHS: Final = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)
_UNITS: Final = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}
_DAYS_A_MONTH: Final = 365.2425 / 12
_YEAR: Final = 12
_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH: Final = 1970


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick of an axis.

    Parameters
    ----------
    day
        Day number.
    label
        What stands beside it.
    """

    day: float
    label: str


def ticks_of(span: tuple[float, float], width: float) -> list[Tick]:
    """Choose the ticks of an axis.

    Parameters
    ----------
    span
        Day numbers of its ends.
    width
        Its width in points.

    Returns
    -------
    list of Tick
        Months or years, with room for their labels.
    """
    step = _step(span, max(width / _ROOM, 1))
    months = _starts(span, step)
    inside = [month for month in months if span[0] <= _day(month) <= span[1]]
    # The first one names its year, whatever month it is.
    return [Tick(_day(month), _label(month, step, named=k == 0)) for k, month in enumerate(inside)]


def span_bins(span: tuple[float, float], most: int) -> tuple[str, Floats]:
    """Cut an axis into bars.

    Parameters
    ----------
    span
        Day numbers of its ends.
    most
        How many bars at most.

    Returns
    -------
    str, numpy.ndarray
        What one bar is, and the day numbers between them.
    """
    step = _step(span, most)
    edges = np.array([_day(month) for month in _starts(span, step)])
    return _UNITS.get(step, f"{step // _YEAR} years"), edges


def _step(span: tuple[float, float], most: float) -> int:
    months = (span[1] - span[0]) / _DAYS_A_MONTH
    return next((step for step in _MONTHS if months / step <= most), _MONTHS[-1])


def _starts(span: tuple[float, float], step: int) -> list[int]:
    """List months by their number since January of the year 0, one before the span and one after it."""
    first = int((span[0] / _DAYS_A_MONTH + _EPOCH * _YEAR) // step) - 1
    last = int((span[1] / _DAYS_A_MONTH + _EPOCH * _YEAR) // step) + 2
    return [number * step for number in range(first, last + 1)]


def _day(month: int) -> float:
    return float(np.datetime64(month - _EPOCH * _YEAR, "M").astype("datetime64[D]").astype(np.int64))


def _label(month: int, step: int, *, named: bool) -> str:
    year, number = divmod(month, _YEAR)
    if number == 0 or step >= _YEAR:
        return str(year)
    return f"{_NAMES[number]} {year}" if named else _NAMES[number]
