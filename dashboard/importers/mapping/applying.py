"""Carry out a mapping: rows of ours, and what is wrong with theirs. Good rows are kept, others named."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dashboard.domain.vocabulary import codes
from dashboard.errors.mapping import MappingError
from dashboard.importers.mapping.cells import Cells, distinct, filled, joined, split_cell
from dashboard.importers.mapping.cleaning import LONGEST, cut, extra_of, hidden, shown
from dashboard.importers.mapping.dating import ENDS_FIRST, DateReader, Dates
from dashboard.importers.mapping.model import Mapping, TextRule
from dashboard.importers.mapping.nations import read_country
from dashboard.importers.mapping.placing import Points, radii, read_points
from dashboard.importers.mapping.problems import ProblemList
from dashboard.importers.rows import LAYER_ROWS, RowProblem
from dashboard.importers.tables.table import RawTable

__all__ = ["MappedBatch", "apply"]

_TEXTS: Final = ("place", "actors", "source", "source_url", "notes", "original_kind", "original_status")
_CODED: Final = (("kind", "_kinds"), ("status", "_statuses"))
_TYPES: Final = ("site", "event")
_SQUARES: Final = ((100.0, "exact"), (1_000.0, "locality"), (10_000.0, "near"), (100_000.0, "province"))
"""What a square of a grid of at most so many metres stands for."""


@dataclass(frozen=True, slots=True)
class MappedBatch:
    """What came of one batch.

    Parameters
    ----------
    rows
        Rows of ours, see `LAYER_ROWS`; refused ones are not among them.
    problems
        What is wrong with theirs, in the order of the rows.
    refused
        How many rows were left out, whether or not each is named.
    """

    rows: pa.RecordBatch
    problems: tuple[RowProblem, ...]
    refused: int = 0


def apply(
    raw: RawTable, mapping: Mapping, progress: Callable[[int, int], None] | None = None
) -> Iterator[MappedBatch]:
    """Carry out a mapping.

    Parameters
    ----------
    raw
        The table.
    mapping
        Which column is which field.
    progress
        Called with the rows done and all rows.

    Yields
    ------
    MappedBatch
        One for each batch of the table; a last one without rows may tell how many problems were not listed.

    Raises
    ------
    MappingError
        If the mapping names columns that the table does not have.
    """
    missing = mapping.missing(raw.columns)
    if missing:
        raise MappingError([f"the table has no column {name!r}" for name in missing])
    mapper = _Mapper(raw, mapping)
    done = 0
    for batch in raw.batches():
        yield mapper.map(batch)
        done += batch.num_rows
        if progress:
            progress(done, raw.rows)
    rest = mapper.problems.rest()
    if rest:
        yield MappedBatch(pa.RecordBatch.from_pylist([], schema=LAYER_ROWS), rest)


class _Mapper:
    """Maps the batches of one table."""

    def __init__(self, raw: RawTable, mapping: Mapping) -> None:
        self.mapping = mapping
        self.problems = ProblemList()
        self._dates = DateReader(mapping.date)
        self._guarded = mapping.guarded and raw.format == "csv"
        # What only the sentence of an id holds is nowhere to be read, so it stays among the rest.
        plain = mapping.model_copy(update={"id": TextRule(columns=mapping.id.of(raw.columns))})
        used = set(plain.used(raw.columns))
        # A cell of which only the first value is taken is kept whole as well.
        whole = {
            name
            for rule in mapping.texts().values()
            if rule.split and rule.join is None
            for name in rule.of(raw.columns)
        }
        self._extra = [name for name in raw.columns if name not in used or name in whole]
        self._known = {
            (record_type, field): codes(f"{record_type}{plural}")
            for record_type in _TYPES
            for field, plural in _CODED
        }

    def map(self, batch: pa.RecordBatch) -> MappedBatch:
        cells = Cells(batch, self.mapping.empty, guarded=self._guarded)
        refused = np.zeros(cells.rows, dtype=bool)
        flags: dict[str, NDArray[np.bool_]] = {}
        dates = self._dates.read(cells)
        points = read_points(cells, self.mapping.point)
        self._tell_dates(cells, dates, refused)
        self._tell_points(cells, points, refused)
        flags["null_island"], flags["long_before"] = points.default, dates.late
        flags["ends_before_start"] = np.zeros(cells.rows, dtype=bool)
        flags["ends_before_start"][[row for row, fault in dates.faults.items() if fault[1] == ENDS_FIRST]] = (
            True
        )
        columns = self._columns(cells, dates, points)
        self._clean(cells, columns, refused, flags)
        columns["flags"] = _barred(flags, cells.rows)
        rows = pa.RecordBatch.from_arrays([columns[name] for name in LAYER_ROWS.names], schema=LAYER_ROWS)
        if refused.any():
            rows = rows.filter(pa.array(~refused))
        return MappedBatch(rows, self.problems.take(), int(refused.sum()))

    def _columns(self, cells: Cells, dates: Dates, points: Points) -> dict[str, Any]:
        mapping = self.mapping
        place = filled(cells.original(mapping.place))
        types = self._types(cells)
        columns: dict[str, Any] = {
            "row": pa.array(cells.lines),
            "record_type": types,
            "kind": self._coded_by_type(cells, "kind", mapping.kind, types),
            "original_kind": filled(cells.original(mapping.kind))
            if mapping.kind.columns
            else _empty(cells.rows),
            "status": self._coded_by_type(cells, "status", mapping.status, types),
            "original_status": (
                filled(cells.original(mapping.status)) if mapping.status.columns else _empty(cells.rows)
            ),
            "date": dates.text,
            "date_as_written": dates.written,
            "first": pa.array(dates.first),
            "last": pa.array(dates.last),
            "dated": pc.not_equal(dates.text, ""),
            "place": place,
            "country": self._country(cells),
            "lat": pa.array(points.lat, from_pandas=True),
            "lon": pa.array(points.lon, from_pandas=True),
            "original_precision": filled(cells.original(mapping.precision))
            if mapping.precision.columns
            else _empty(cells.rows),
            "actors": cells.made(mapping.actors),
            "products": cells.each(self._products(cells), _between_bars),
            "source": cells.made(mapping.source),
            "source_url": cells.made(mapping.source_url),
            "notes": cells.made(mapping.notes),
            "extra": extra_of(cells.batch, self._extra),
        }
        columns["precision"] = self._precision(cells, place, points)
        columns["precision_m"] = pa.array(radii(columns["precision"], points))
        columns["external_id"] = self._ids(cells, columns)
        named = cells.original(mapping.name)
        columns["name"] = pc.coalesce(named, _null_if_empty(place), columns["external_id"])
        return columns

    def _types(self, cells: Cells) -> Any:  # noqa: ANN401 - Arrow has no types
        usual = pa.repeat(self.mapping.record_type, cells.rows)
        if not self.mapping.type_column:
            return usual
        column = self.mapping.type_column
        stated = pc.utf8_lower(cells.raw(column))
        told = filled(cells.text(column))
        neither = ~pc.is_in(pc.utf8_lower(told), pa.array(["", *_TYPES])).to_numpy(zero_copy_only=False)
        self._tell_values(
            cells, column, told, neither,
            reason=f"is neither site nor event: the row is taken for {self.mapping.record_type}",
            fix="write site or event",
        )  # fmt: skip
        return pc.if_else(pc.is_in(stated, pa.array(_TYPES)), stated, usual)

    def _coded_by_type(self, cells: Cells, field: str, rule: TextRule, types: Any) -> Any:  # noqa: ANN401 - Arrow has no types
        """Read codes, each row by the list of what it is."""
        present = pc.unique(types).to_pylist()
        made = cells.made(rule)
        answers = _empty(cells.rows)
        for record_type in present:
            of_type = pc.equal(types, record_type)
            mine = made if len(present) == 1 else pc.if_else(of_type, made, "")
            coded = self._coded(cells, field, rule, mine, self._known[record_type, field])
            answers = coded if len(present) == 1 else pc.if_else(of_type, coded, answers)
        return answers

    def _coded(  # the field, its rule, what came of it, and what is known
        self,
        cells: Cells,
        field: str,
        rule: TextRule,
        made: Any,  # noqa: ANN401 - Arrow has no types
        known: Collection[str],
    ) -> Any:  # noqa: ANN401 - Arrow has no types
        texts, at = distinct(made)
        strange = [text for text in texts if text and text not in known]
        if strange:
            lines = [cells.lines[np.argmax(at == texts.index(text))] for text in strange]
            self.problems.add_values(
                ", ".join(rule.of(cells.columns)), np.array(lines, dtype=np.int32), strange,
                f"is no {field} of ours", "add it to the table of values of the mapping",
            )  # fmt: skip
        ours = pa.array(
            [text if text in known else "other" if text else "unknown" for text in texts], pa.string()
        )
        return ours.take(pa.array(at))

    def _products(self, cells: Cells) -> Any:  # noqa: ANN401 - Arrow has no types
        return cells.made(self.mapping.products)

    def _country(self, cells: Cells) -> Any:  # noqa: ANN401 - Arrow has no types
        rule = self.mapping.country
        columns = rule.of(cells.columns)
        # NA is Namibia in a column of codes, and nothing in one of names.
        if columns and rule.form in ("iso2", "fips") and len(columns) == 1:
            written = cells.raw(columns[0])
        else:
            written = filled(cells.original(rule))
        if rule.split:  # several countries are not the one in which the point lies
            written = cells.each(written, lambda text: _only(text, rule.split))
        known = {key.casefold(): ours for key, ours in rule.values.items()}

        def read(text: str) -> str:
            return known.get(text.casefold()) or read_country(text, rule.form)

        texts, at = distinct(written)
        answers = [read(text) if text else "" for text in texts]
        strange = [text for text, answer in zip(texts, answers, strict=True) if text and not answer]
        if strange and rule.form != "ending":
            lines = [cells.lines[np.argmax(at == texts.index(text))] for text in strange]
            self.problems.add_values(
                ", ".join(columns), np.array(lines, dtype=np.int32), strange,
                "is no country that is known", "add it to the values of country in the mapping, or leave it",
            )  # fmt: skip
        return pa.array(answers, pa.string()).take(pa.array(at))

    def _precision(self, cells: Cells, place: Any, points: Points) -> Any:  # noqa: ANN401 - Arrow has no types
        rule = self.mapping.precision
        made = _empty(cells.rows)
        if rule.columns or rule.text:
            made = self._coded(cells, "precision", rule, cells.made(rule), codes("precisions"))
        # "other" is no precision: a code that nobody mapped says nothing.
        stated = pc.if_else(pc.is_in(made, pa.array(["", "other", "unknown"])), "", made)
        by_place = cells.each(
            place, lambda text: "country" if text and read_country(text, "name") else "near"
        )
        by_place = _of_squares(by_place, stated, points)
        precision = pc.if_else(pc.equal(stated, ""), by_place, stated)
        return pc.if_else(pa.array(~np.isnan(points.lat)), precision, "none")

    def _ids(self, cells: Cells, columns: dict[str, Any]) -> Any:  # noqa: ANN401 - Arrow has no types
        stated = cells.original(self.mapping.id)
        if stated.null_count == 0:
            return stated
        used = [cells.raw(name) for name in self.mapping.used(cells.columns)]
        # Cells as written, not what we read in them: a better reader must not make new records.
        keys = joined([*used, columns["record_type"]], "\x1f").to_pylist()
        hashes = ["x" + hashlib.blake2b(key.encode(), digest_size=10).hexdigest() for key in keys]
        return pc.coalesce(stated, pa.array(hashes, pa.string()))

    def _tell_dates(self, cells: Cells, dates: Dates, refused: NDArray[np.bool_]) -> None:
        rule = self.mapping.date
        column = ", ".join(dict.fromkeys(rule.columns))
        refuse = rule.unreadable == "refuse"
        fix = "correct the date, or choose in the mapping how dates are read"
        for row, (written, reason) in dates.faults.items():
            # Both dates are good: a person says which one is wrong, and the record is kept meanwhile.
            turned = reason == ENDS_FIRST
            refused[row] |= refuse and not turned
            severity = "refused" if refuse and not turned else "warning"
            self.problems.add(RowProblem(int(cells.lines[row]), column, written[:120], reason, fix, severity))  # type: ignore[arg-type]  # one of the two
        late = np.flatnonzero(dates.late)
        self.problems.add_rows(
            cells.lines[late], rule.start or rule.year, "lies more than a year before the row was made",
            "look at the source: the year may be that of something the article mentions",
        )  # fmt: skip

    def _tell_points(self, cells: Cells, points: Points, refused: NDArray[np.bool_]) -> None:
        for row, (column, value, reason) in points.faults.items():
            refused[row] = True
            fix = (
                "swap the two columns, or this row's numbers"
                if "swapped" in reason
                else "correct the coordinates"
            )
            self.problems.add(RowProblem(int(cells.lines[row]), column, value[:120], reason, fix, "refused"))
        if column := self.mapping.point.radius:
            told = filled(cells.text(column))
            unread = np.isnan(points.radius_m) & pc.not_equal(told, "").to_numpy(zero_copy_only=False)
            self._tell_values(
                cells, column, told, unread,
                reason="is no radius in metres: that of the precision stands instead",
                fix="write metres, such as 500",
            )  # fmt: skip
        where = np.flatnonzero(points.default)
        self.problems.add_rows(
            cells.lines[where], ", ".join(self.mapping.point.columns),
            "is 0, 0, which stands for an empty form: the point is withheld",
            "find the place, or leave the record without a point",
        )  # fmt: skip

    def _tell_values(  # where, what, which of them, why and what to do
        self,
        cells: Cells,
        column: str,
        told: Any,  # noqa: ANN401 - Arrow has no types
        which: NDArray[np.bool_],
        *,
        reason: str,
        fix: str,
    ) -> None:
        if which.any():
            values = told.filter(pa.array(which)).to_pylist()
            self.problems.add_values(column, cells.lines[which], values, reason, fix)

    def _clean(
        self,
        cells: Cells,
        columns: dict[str, Any],
        refused: NDArray[np.bool_],
        flags: dict[str, NDArray[np.bool_]],
    ) -> None:
        unseen, long = np.zeros(cells.rows, dtype=bool), np.zeros(cells.rows, dtype=bool)
        for field in ("external_id", "name", *_TEXTS):
            met = hidden(columns[field])
            if met.any():
                unseen |= met
                self._tell_hidden(cells, field, columns, met, refused)
            columns[field], was_cut = cut(
                columns[field], LONGEST if field in ("name", "external_id") else 20 * LONGEST
            )
            long |= was_cut
        self.problems.add_rows(
            cells.lines[np.flatnonzero(long)], "", "has a text that is too long: it was cut"
        )
        flags["hidden_characters"], flags["cut"] = unseen, long

    def _tell_hidden(
        self,
        cells: Cells,
        field: str,
        columns: dict[str, Any],
        met: NDArray[np.bool_],
        refused: NDArray[np.bool_],
    ) -> None:
        texts, lines = columns[field].to_pylist(), cells.lines.tolist()
        for row in np.flatnonzero(met):
            written = shown(texts[row])
            if "\x00" in texts[row]:
                refused[row] = True
                problem = RowProblem(
                    lines[row], field, written[:120], "holds the character NUL", "remove it", "refused"
                )
            else:
                reason = "holds characters that nobody sees: they are written out"
                problem = RowProblem(lines[row], field, written[:120], reason, "remove them in the file")
            self.problems.add(problem)
            texts[row] = written
        columns[field] = pa.array(texts, pa.string())


def _of_squares(otherwise: Any, stated: Any, points: Points) -> Any:  # noqa: ANN401 - Arrow has no types
    """Have a grid reference say how well its place is known where the dataset does not."""
    if not points.side_m.any():
        return otherwise
    speaks = (points.side_m > 0) & pc.equal(stated, "").to_numpy(zero_copy_only=False)
    points.radius_m = np.where(
        speaks & np.isnan(points.radius_m), np.maximum(points.side_m, 1), points.radius_m
    )
    numbers = np.searchsorted([metres for metres, _ in _SQUARES], points.side_m)
    squares = pa.array([code for _, code in _SQUARES]).take(pa.array(numbers))
    return pc.if_else(pa.array(speaks), squares, otherwise)


def _only(text: str, split: str) -> str:
    pieces = set(split_cell(text, split))
    return pieces.pop() if len(pieces) == 1 else ""


def _empty(rows: int) -> Any:  # noqa: ANN401 - Arrow has no types
    return pa.repeat(pa.scalar("", pa.string()), rows)


def _null_if_empty(cells: Any) -> Any:  # noqa: ANN401 - Arrow has no types
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)


def _between_bars(text: str) -> str:
    known = codes("product_categories")
    found = [code for code in text.replace(";", "|").split("|") if code.strip() in known]
    return f"|{'|'.join(dict.fromkeys(code.strip() for code in found))}|" if found else ""


def _barred(flags: dict[str, NDArray[np.bool_]], rows: int) -> Any:  # noqa: ANN401 - Arrow has no types
    parts = [pc.if_else(pa.array(met), f"{code}|", "") for code, met in flags.items() if met.any()]
    if not parts:
        return _empty(rows)
    together = pc.binary_join_element_wise(*parts, "")
    return pc.if_else(pc.equal(together, ""), "", pc.binary_join_element_wise("|", together, ""))
