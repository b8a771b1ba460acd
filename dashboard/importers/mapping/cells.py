"""The cells of one batch, column by column: trimmed, nothing where nothing is meant, rules carried out.

Work is done once for each distinct text, because a column of a million cells has a few thousand of them.
"""

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dashboard.domain.spreadsheets import unguard_cell
from dashboard.importers.mapping.model import TextRule

__all__ = ["Cells", "distinct", "filled", "joined", "split_cell"]

_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_POINT_LIMIT: Final = 180.0


def distinct(cells: Any) -> tuple[list[str], NDArray[np.int64]]:  # noqa: ANN401 - Arrow has no types
    """Split a column into its distinct texts and where each stands.

    Parameters
    ----------
    cells
        Texts without nulls.

    Returns
    -------
    tuple of (list, numpy.ndarray)
        Texts, and the index of its text for each row.
    """
    coded = pc.dictionary_encode(cells)
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def filled(cells: Any) -> Any:  # noqa: ANN401 - Arrow has no types
    """Put an empty text where there is nothing.

    Parameters
    ----------
    cells
        Texts, perhaps with nulls.

    Returns
    -------
    pyarrow.StringArray
        Without nulls.
    """
    return pc.fill_null(cells, "")


def joined(columns: list[Any], between: str) -> Any:  # noqa: ANN401 - Arrow has no types
    """Join columns row by row, leaving nothing out.

    Parameters
    ----------
    columns
        Texts.
    between
        What stands between them.

    Returns
    -------
    pyarrow.StringArray
        Without nulls.
    """
    return pc.binary_join_element_wise(*[filled(column) for column in columns], between)


def _means_nothing(text: str) -> bool:
    """Tell whether a sentinel could be no coordinate: -9 is a latitude as well."""
    try:
        return not abs(float(text)) <= _POINT_LIMIT
    except ValueError:
        return True


class Cells:
    """One batch.

    Parameters
    ----------
    batch
        Columns as text as written.
    empty
        Cells that stand for nothing.
    guarded
        Whether cells that a spreadsheet would compute stand behind an apostrophe.
    """

    def __init__(self, batch: pa.RecordBatch, empty: tuple[str, ...], *, guarded: bool = False) -> None:
        self._guarded = guarded
        self.batch = batch
        self.rows = batch.num_rows
        self.columns = tuple(name for name in batch.schema.names if not name.startswith("__"))
        self._empty = pa.array(["", *empty])
        self._empty_points = pa.array(["", *filter(_means_nothing, empty)])
        self._kept: dict[tuple[str, str], Any] = {}

    @property
    def lines(self) -> NDArray[np.int32]:
        """Line or feature number of each row."""
        lines: NDArray[np.int32] = (
            self.batch.column("__row__").to_numpy(zero_copy_only=False).astype(np.int32)
        )
        return lines

    def raw(self, name: str) -> Any:  # noqa: ANN401 - Arrow has no types
        """Give a column as written, trimmed.

        Parameters
        ----------
        name
            Column.

        Returns
        -------
        pyarrow.StringArray
            Without nulls.
        """
        key = (name, "raw")
        if key not in self._kept:
            cells = self.batch.column(name)
            cells = cells if pa.types.is_string(cells.type) else pc.cast(cells, pa.string())
            cells = filled(cells)
            if self._guarded and pc.any(pc.starts_with(cells, "'")).as_py():
                cells = self.each(cells, unguard_cell)
            self._kept[key] = pc.utf8_trim_whitespace(cells)
        return self._kept[key]

    def text(self, name: str, *, point: bool = False) -> Any:  # noqa: ANN401 - Arrow has no types
        """Give a column, null where it says nothing.

        Parameters
        ----------
        name
            Column.
        point
            Whether it holds coordinates, so that -9 is a number.

        Returns
        -------
        pyarrow.StringArray
            With nulls.
        """
        key = (name, "point" if point else "text")
        if key not in self._kept:
            cells = self.raw(name)
            nothing = pc.is_in(cells, self._empty_points if point else self._empty)
            self._kept[key] = pc.if_else(nothing, pa.scalar(None, pa.string()), cells)
        return self._kept[key]

    def original(self, rule: TextRule) -> Any:  # noqa: ANN401 - Arrow has no types
        """Carry out a rule without its table of values.

        Parameters
        ----------
        rule
            How the field is made.

        Returns
        -------
        pyarrow.StringArray
            With nulls.
        """
        columns = [self._pieces(name, rule) for name in rule.of(self.columns)]
        if rule.text and not columns:
            return self._sentence(rule.text)
        if not columns:
            return pa.nulls(self.rows, pa.string())
        if rule.join is None or len(columns) == 1:
            first = columns[0] if len(columns) == 1 else pc.coalesce(*columns)
            return pc.coalesce(first, self._sentence(rule.text)) if rule.text else first
        # Arrow 26 drops rows in which everything is null: an empty first column keeps them.
        first = pa.repeat(pa.scalar("", pa.string()), self.rows)
        together = pc.binary_join_element_wise(first, *columns, rule.join, null_handling="skip")
        together = pc.utf8_slice_codeunits(together, len(rule.join))
        return pc.if_else(pc.equal(together, ""), pa.scalar(None, pa.string()), together)

    def _pieces(self, name: str, rule: TextRule) -> Any:  # noqa: ANN401 - Arrow has no types
        cells = self.text(name)
        if not rule.split:
            return cells
        taken = self.each(filled(cells), lambda text: _taken(text, rule))
        return pc.if_else(pc.equal(taken, ""), pa.scalar(None, pa.string()), taken)

    def _sentence(self, text: str) -> Any:  # noqa: ANN401 - Arrow has no types
        pieces = _FIELD.split(text)
        if len(pieces) == 1:
            return pa.repeat(pa.scalar(text, pa.string()), self.rows)
        columns = [self.text(name) for name in pieces[1::2] if name in self.columns]
        parts = [
            self.text(piece)
            if number % 2 and piece in self.columns
            else pa.scalar("" if number % 2 else piece)
            for number, piece in enumerate(pieces)
        ]
        parts = [filled(part) if isinstance(part, pa.Array) else part for part in parts]
        sentence = pc.binary_join_element_wise(*parts, "")
        return (
            pc.if_else(pc.is_valid(pc.coalesce(*columns)), sentence, pa.scalar(None, pa.string()))
            if columns
            else sentence
        )

    def made(self, rule: TextRule) -> Any:  # noqa: ANN401 - Arrow has no types
        """Carry out a rule.

        Parameters
        ----------
        rule
            How the field is made.

        Returns
        -------
        pyarrow.StringArray
            Without nulls.
        """
        cells = filled(self.original(rule))
        if not rule.values:
            return cells
        known = {key.casefold(): ours for key, ours in rule.values.items()}
        return self.each(cells, lambda text: _ours(text, known, rule.otherwise))

    @staticmethod
    def each(cells: Any, work: Callable[[str], str]) -> Any:  # noqa: ANN401 - Arrow has no types
        """Work on each distinct text of a column.

        Parameters
        ----------
        cells
            Texts without nulls.
        work
            What to do with one.

        Returns
        -------
        pyarrow.StringArray
            What came of them.
        """
        coded = pc.dictionary_encode(cells)
        answers = pa.array([work(text) for text in coded.dictionary.to_pylist()], pa.string())
        return answers.take(coded.indices)


def _ours(text: str, known: dict[str, str], otherwise: str | None) -> str:
    found = known.get(text.casefold())
    if found is not None:
        return found
    return text if otherwise is None or not text else otherwise


def split_cell(text: str, marks: str) -> list[str]:
    """Split a cell that holds several values.

    Parameters
    ----------
    text
        The cell.
    marks
        Characters of which any stands between two values.

    Returns
    -------
    list of str
        The values, trimmed; none that are empty.
    """
    return [piece.strip() for piece in re.split(f"[{re.escape(marks)}]", text) if piece.strip()]


def _taken(text: str, rule: TextRule) -> str:
    pieces = split_cell(text, rule.split)
    return rule.join.join(pieces) if rule.join is not None else next(iter(pieces), "")
