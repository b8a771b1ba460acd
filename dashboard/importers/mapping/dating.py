"""The dates of a batch: from one column, two, or parts, with the precision that the dataset states."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UncertainDate
from dashboard.errors import UncertainDateError
from dashboard.importers.mapping.cells import Cells, distinct, joined
from dashboard.importers.mapping.days import DateFault, Reading, read_day
from dashboard.importers.mapping.model import DateRule

__all__ = ["ENDS_FIRST", "DateReader", "Dates"]

ENDS_FIRST: Final = "ends before it starts"
"""Why two good dates are no date together."""

_KEPT: Final = 400_000
_MARK: Final = "\x1f"
_PARTS: Final = (
    "start", "end", "year", "month", "day", "end_year", "end_month", "end_day", "precision",
)  # fmt: skip
_HALF_WEEK: Final = timedelta(days=3)
_NO_END: Final = ("9999-12-31", "9999", "2099-12-31")
_LATE_DAYS: Final = 365
_OPEN: Final = UncertainDate.parse("0001/..")
"""Stands for an end that is open."""


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    written: str
    first: int
    last: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a batch.

    Parameters
    ----------
    text
        EDTF.
    written
        As the dataset has it.
    first, last
        Day numbers.
    faults
        Why a row's date could not be read, by its position.
    late
        Rows whose row was made more than a year after their date.
    """

    text: Any
    written: Any
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    faults: dict[int, tuple[str, str]]
    late: NDArray[np.bool_]


class DateReader:
    """Reads the dates of one table, each distinct one once.

    Parameters
    ----------
    rule
        How the date is read.
    """

    def __init__(self, rule: DateRule) -> None:
        self._rule = rule
        self._reading = Reading(rule.order, rule.pivot, rule.serials)
        self._parts = tuple(part for part in _PARTS if getattr(rule, part))
        self._kept: dict[str, _Found] = {}
        self._days: dict[str, UncertainDate] = {}

    def read(self, cells: Cells) -> Dates:
        """Read the dates of a batch.

        Parameters
        ----------
        cells
            The batch.

        Returns
        -------
        Dates
            One for each row.
        """
        columns = [cells.text(getattr(self._rule, part)) for part in self._parts]
        keys = joined(columns, _MARK) if columns else pa.repeat("", cells.rows)
        texts, at = distinct(keys)
        if len(self._kept) > _KEPT:
            self._kept.clear()
            self._days.clear()
        found = [self._kept.get(key) or self._kept.setdefault(key, self._one(key)) for key in texts]
        first = np.array([one.first for one in found], dtype=np.int32)[at]
        faulty = np.array([bool(one.fault) for one in found])[at]
        faults = {int(row): (found[at[row]].written, found[at[row]].fault) for row in np.flatnonzero(faulty)}
        last = np.array([one.last for one in found], dtype=np.int32)[at]
        return Dates(
            pa.array([one.text for one in found], pa.string()).take(pa.array(at)),
            pa.array([one.written for one in found], pa.string()).take(pa.array(at)),
            first,
            last,
            faults,
            self._late(cells, last),
        )

    def _late(self, cells: Cells, last: NDArray[np.int32]) -> NDArray[np.bool_]:
        if not self._rule.added:
            return np.zeros(cells.rows, dtype=bool)
        texts, at = distinct(cells.raw(self._rule.added))
        days = np.array([_added(text) for text in texts], dtype=np.int64)[at]
        late: NDArray[np.bool_] = (days - last > _LATE_DAYS) & (last > DAY_PAST) & (last < DAY_FUTURE)
        return late

    def _one(self, key: str) -> _Found:
        pieces = key.split(_MARK)
        if self._parts and len(pieces) != len(self._parts):
            written = " ".join(pieces).strip()
            return _Found("", written, DAY_PAST, DAY_FUTURE, "holds a character that nobody sees: remove it")
        parts = dict(zip(self._parts, pieces, strict=True)) if self._parts else {}
        start = parts.get("start", "")
        end = parts.get("end", "")
        written = start if end in ("", start) else f"{start} to {end}"
        if any(parts.get(name) for name in ("year", "month", "day")):
            written = written or _dashed(parts, "")
        try:
            text, first, last = self._bounds(parts, start, end)
        except DateFault as error:
            return _Found("", written, DAY_PAST, DAY_FUTURE, str(error))
        except UncertainDateError as error:
            return _Found("", written, DAY_PAST, DAY_FUTURE, f"is no date: {error.reason}")
        return _Found(text, written, first, last)

    def _bounds(self, parts: dict[str, str], start: str, end: str) -> tuple[str, int, int]:
        first, last = self._ends(parts, start, end)
        unit = self._rule.precisions.get(parts.get("precision", ""), "")
        if (
            first.precision == last.precision == "day"
            and unit in ("", "day", "range")
            and first.text != last.text
        ):
            # The usual case, without reading a text anew that was just put together from two that were read.
            if first.start.first > last.end.last:
                raise DateFault(ENDS_FIRST)
            if not (first.is_interval or last.is_interval):
                return f"{first.text}/{last.text}", first.start.first, last.end.last
        text = _as_precise(_between(first.text, _end_text(last), on_going=self._rule.on_going), unit)
        date_ = UncertainDate.parse(text)
        return text, date_.start.first, date_.end.last

    def _ends(self, parts: dict[str, str], start: str, end: str) -> tuple[UncertainDate, UncertainDate]:
        first = self._part(parts, "") or self._day(start)
        last = self._part(parts, "end_") or (_OPEN if end in _NO_END else self._day(end))
        return first, last

    def _part(self, parts: dict[str, str], before: str) -> UncertainDate | None:
        year, month, day = (parts.get(before + name, "") for name in ("year", "month", "day"))
        return UncertainDate.parse(_from_parts(year, month, day, self._reading)) if year else None

    def _day(self, text: str) -> UncertainDate:
        found = self._days.get(text)
        if found is None:
            parts = text.split(";") if self._rule.several else [text]
            read = [UncertainDate.parse(read_day(part, self._reading)) for part in parts]
            found = self._days[text] = read[0] if len(read) == 1 else _from_first_to_last(read)
        return found


def _from_first_to_last(dates: list[UncertainDate]) -> UncertainDate:
    first = min(dates, key=lambda one: one.bounds.first).text.partition("/")[0]
    left, slash, right = max(dates, key=lambda one: one.bounds.last).text.partition("/")
    last = right if slash else left
    return UncertainDate.parse(first if first == last else f"{first}/{last}")


def _end_text(last: UncertainDate) -> str:
    return ".." if last is _OPEN else last.text


def _dashed(parts: dict[str, str], before: str) -> str:
    return "-".join(filter(None, (parts.get(before + name, "") for name in ("year", "month", "day"))))


def _from_parts(year: str, month: str, day: str, reading: Reading) -> str:
    unknown = ("", "xx", "XX", "0", "00", "99")
    if month in unknown:
        return read_day(year, reading)
    if not (year.isdigit() and month.isdigit()):
        return read_day(" ".join(filter(None, (day, month, year))), reading)
    text = f"{int(year):04}-{int(month):02}"
    return read_day(text if day in unknown or not day.isdigit() else f"{text}-{int(day):02}", reading)


def _between(first: str, last: str, *, on_going: bool) -> str:
    if not last:
        return f"{first}/" if on_going and first and "/" not in first else first
    if not first:
        return f"/{last}" if last != ".." else ""
    if first == last or "/" in first or "/" in last:
        return first
    try:
        return UncertainDate.parse(f"{first}/{last}").text
    except UncertainDateError:
        raise DateFault(ENDS_FIRST) from None


def _as_precise(text: str, unit: str) -> str:
    """Say no more than the dataset's code of precision does."""
    if not text or unit in ("", "day"):
        return text
    left, _, right = text.partition("/")
    right = right or left
    if unit == "week" and left == right and len(left) == 10:  # noqa: PLR2004  # a day
        day = date.fromisoformat(left)
        return f"{day - _HALF_WEEK}/{day + _HALF_WEEK}"
    length = {"month": 7, "year": 4}.get(unit, 0)
    if not length or len(left) <= length or left[:length] != right[:length]:
        return text
    whole = UncertainDate.parse(left[:length]).bounds
    said = UncertainDate.parse(text).bounds
    # A range inside the month says more than the month does; a single day in it is only its label.
    return left[:length] if left == right or (whole.first, whole.last) == (said.first, said.last) else text


def _added(text: str) -> int:
    try:
        return UncertainDate.parse(
            read_day(text[:8] if text[:8].isdigit() else text[:10], Reading())
        ).start.first
    except (DateFault, UncertainDateError):
        return DAY_PAST
