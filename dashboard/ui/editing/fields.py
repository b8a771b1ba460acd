"""Fields bound to cells of a form: what settles in one goes into its cell, and the draft is kept.

Widgets are only drawn where they are looked at; the cells are what counts, so a field that is drawn again
begins with its cell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.vocabulary import codes, label
from dashboard.errors import DraftProblem, UncertainDateError
from dashboard.ui.editing.desk import Desk
from dashboard.ui.words import plain
from dashboard.workflows.editing.dossier_differences import field_label
from dashboard.workflows.editing.dossier_form import Cells

__all__ = [
    "Fields",
    "date_reading",
]

_LIST: Final = "|"
_MOST_OPTIONS: Final = 2_000
_FOUND: Final = 50
_PAUSE: Final = "0.6s"
_LONG: Final = 32_000
_SHORT: Final = 1_000
_DATE_HELP: Final = (
    "EDTF: 2021 · 2021-11 · 2021-11-24 · 2021-22 (summer) · 202X · with ~ about, ? unsure · "
    "2021/2023 an interval, 2021/.. still going on, ../2023 up to then"
)


def date_reading(text: str) -> tuple[str, bool]:
    """Say how a date is read.

    Parameters
    ----------
    text
        EDTF text.

    Returns
    -------
    tuple of (str, bool)
        Words with the days that it allows, or what is wrong; and whether it can be read.
    """
    try:
        date = UncertainDate.parse(text.strip())
    except UncertainDateError as error:
        return error.reason, False
    if date.is_undated:
        return "undated", True
    first = date.earliest.isoformat() if date.earliest else "any day before"
    last = date.latest.isoformat() if date.latest else "open"
    return f"{date_words(date)} · {first} to {last}", True


@dataclass(frozen=True, slots=True)
class Fields:
    """Draws the fields of one row.

    Parameters
    ----------
    desk
        The desk.
    table
        Table of the row.
    row
        Its cells.
    problems
        What is wrong with the whole draft.
    """

    desk: Desk
    table: str
    row: Cells
    problems: Sequence[DraftProblem] = ()

    def text(
        self,
        box: DeltaGenerator,
        column: str,
        title: str = "",
        **options: Any,  # noqa: ANN401  # the widget's own
    ) -> None:
        """Draw a line of text.

        Parameters
        ----------
        box
            Where.
        column
            Column of the cell.
        title
            Label; the column in words when empty.
        **options
            For ``st.text_input``.
        """
        self._write(box.text_input, column, title, {"max_chars": _SHORT} | options)
        self.say(box, column)

    def area(
        self,
        box: DeltaGenerator,
        column: str,
        title: str = "",
        **options: Any,  # noqa: ANN401  # the widget's own
    ) -> None:
        """Draw a text of several lines.

        Parameters
        ----------
        box
            Where.
        column
            Column of the cell.
        title
            Label; the column in words when empty.
        **options
            For ``st.text_area``.
        """
        self._write(box.text_area, column, title, {"height": 90, "max_chars": _LONG} | options)
        self.say(box, column)

    def code(
        self,
        box: DeltaGenerator,
        column: str,
        vocabulary: str,
        title: str = "",
        **options: Any,  # noqa: ANN401  # the widget's own
    ) -> None:
        """Draw a choice of one code of a vocabulary.

        Parameters
        ----------
        box
            Where.
        column
            Column of the cell.
        vocabulary
            Name of the list.
        title
            Label; the column in words when empty.
        **options
            For ``st.selectbox``.
        """
        words = {code: label(vocabulary, code) for code in codes(vocabulary)}
        self.choice(box, column, words, title, **options)

    def choice(
        self,
        box: DeltaGenerator,
        column: str,
        words: Mapping[str, str],
        title: str = "",
        **options: Any,  # noqa: ANN401  # the widget's own
    ) -> None:
        """Draw a choice of one value.

        Parameters
        ----------
        box
            Where.
        column
            Column of the cell.
        words
            Words by value, in their order.
        title
            Label; the column in words when empty.
        **options
            For ``st.selectbox``.
        """
        key = self._begin(column)
        now = st.session_state[key]
        values = list(words) if now in words else [now, *words]
        box.selectbox(
            title or field_label(column),
            values,
            format_func=lambda value: words.get(value, value) or "—",
            key=key,
            on_change=self._take,
            args=(column, key),
            **options,
        )
        self.say(box, column)

    def date(self, box: DeltaGenerator, column: str, title: str = "") -> None:
        """Draw a date with how it is read, said while it is typed.

        Parameters
        ----------
        box
            Where.
        column
            Column of the cell.
        title
            Label; the column in words when empty.
        """
        key = self._begin(column)
        box.text_input(
            title or field_label(column),
            key=key,
            on_change=self._take,
            args=(column, key),
            max_chars=100,
            help=_DATE_HELP,
            placeholder="2021-11-24, 2021~, 2021/..",
            live=_PAUSE,
        )
        if self.row[column]:
            words, good = date_reading(self.row[column])
            box.caption(plain(words) if good else f":red[{plain(words)}]")

    def names(
        self,
        box: DeltaGenerator,
        column: str,
        title: str = "",
        **options: Any,  # noqa: ANN401  # the widget's own
    ) -> None:
        """Draw a list of words that can be added to.

        Parameters
        ----------
        box
            Where.
        column
            Column of the cell.
        title
            Label; the column in words when empty.
        **options
            For ``st.multiselect``.
        """
        self._many(box, column, title, self._items(column), str, accept_new_options=True, **options)

    def records(
        self,
        box: DeltaGenerator,
        column: str,
        ids: Sequence[str],
        name: Callable[[str], str],
        title: str = "",
    ) -> None:
        """Draw a choice of several records.

        Parameters
        ----------
        box
            Where.
        column
            Column of the cell.
        ids
            Ids to choose from.
        name
            Gives the name of one.
        title
            Label; the column in words when empty.
        """
        chosen = self._items(column)
        options = [
            *chosen,
            *(one for one in self.narrowed(box, column, ids, name, title) if one not in chosen),
        ]
        self._many(box, column, title, options, name)

    def narrowed(
        self, box: DeltaGenerator, column: str, ids: Sequence[str], name: Callable[[str], str], title: str
    ) -> Sequence[str]:
        """Narrow a long list of records by a search, because a browser cannot hold a hundred thousand.

        Parameters
        ----------
        box
            Where the search is drawn, if one is needed.
        column
            Column that they are for.
        ids
            All ids.
        name
            Gives the name of one.
        title
            Label of the field.

        Returns
        -------
        sequence of str
            All of a short list, the first hits of a long one.
        """
        if len(ids) <= _MOST_OPTIONS:
            return ids
        key = f"{self.desk.key_of(self.row, column)}_find"
        words = box.text_input(
            f"Find: {(title or field_label(column)).lower()}",
            key=key,
            placeholder="part of the name",
            live=_PAUSE,
        )
        wanted = words.lower().split()
        if not wanted:
            return []
        hits = (one for one in ids if all(word in name(one).lower() for word in wanted))
        return [one for _, one in zip(range(_FOUND), hits, strict=False)]

    def say(self, box: DeltaGenerator, column: str) -> None:
        """Say under a field what is wrong with it, once it is filled or the draft was to be submitted.

        Parameters
        ----------
        box
            Where.
        column
            Column of the cell, empty for the whole row.
        """
        if column and not self.row[column] and not self.desk.asked:
            return
        for problem in self.problems:
            if (problem.row_id, problem.field) == (self.row["id"], column):
                box.caption(f":red[{plain(problem.message)}]")

    def _write(
        self, draw: Callable[..., object], column: str, title: str, options: Mapping[str, object]
    ) -> None:
        key = self._begin(column)
        draw(title or field_label(column), key=key, on_change=self._take, args=(column, key), **options)

    def _begin(self, column: str) -> str:
        key = self.desk.key_of(self.row, column)
        st.session_state.setdefault(key, self.row[column])
        return key

    def _take(self, column: str, key: str) -> None:
        value = str(st.session_state.get(key) or "").strip()
        if self.row[column] != value:
            self.row[column] = value
            self.desk.touch()

    def _items(self, column: str) -> list[str]:
        return [item for item in self.row[column].split(_LIST) if item]

    def _many(  # one field
        self,
        box: DeltaGenerator,
        column: str,
        title: str,
        options: Sequence[str],
        name: Callable[[str], str],
        **more: Any,  # noqa: ANN401  # the widget's own
    ) -> None:
        key = self.desk.key_of(self.row, column)
        st.session_state.setdefault(key, self._items(column))
        box.multiselect(
            title or field_label(column),
            options,
            format_func=name,
            key=key,
            on_change=self._take_many,
            args=(column, key),
            **more,
        )
        self.say(box, column)

    def _take_many(self, column: str, key: str) -> None:
        # The bar parts the items of a list wherever records are written.
        items = (str(item).replace(_LIST, "/").strip() for item in st.session_state.get(key) or ())
        cell = _LIST.join(dict.fromkeys(item for item in items if item))
        if self.row[column] != cell:
            self.row[column] = cell
            self.desk.touch()
