"""Two versions of a record side by side: what is new, what goes, what changes, field by field."""

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from dashboard.ui.words import plain
from dashboard.workflows.editing.dossier_differences import FieldDifference, RowDifference, cell_words
from dashboard.workflows.editing.dossier_form import DossierForm
from dashboard.workflows.views.evidence import Library

__all__ = ["names_in", "show_differences"]

_KINDS: Final = {"new": ("green", "new"), "removed": ("red", "removed"), "changed": ("orange", "changed")}
_MARKS: Final = {"new": "+", "removed": "\u2212"}
_MOST_ROWS: Final = 60


def names_in(library: Library, *forms: DossierForm | None) -> Callable[[str], str]:
    """Give what names records and sources by their ids, those of drafts too.

    Parameters
    ----------
    library
        All records.
    *forms
        Forms with sources of their own.

    Returns
    -------
    callable
        Gives a name for an id; the id itself when nobody knows it.
    """
    own = {
        row["id"]: (row["publisher"], row["title"]) for form in forms if form for row in form.rows["sources"]
    }

    def name(record_id: str) -> str:
        source = library.sources.get(record_id)
        words = (source.publisher, source.title) if source else own.get(record_id)
        return ": ".join(filter(None, words)) if words else library.name(record_id)

    return name


def show_differences(
    rows: Sequence[RowDifference], name: Callable[[str], str], *, narrow: bool = False
) -> None:
    """Draw differences; what a field said before stands beside what it says after.

    Parameters
    ----------
    rows
        What is different.
    name
        Gives the name of a record or source by its id.
    narrow
        Whether there is no room for a table.
    """
    if not rows:
        st.info("Nothing is different from what is published.", icon=":material/drag_handle:")
        return
    for row in rows[:_MOST_ROWS]:
        colour, word = _KINDS[row.kind]
        with st.container(border=True):
            st.markdown(f":{colour}-badge[{word}] **{plain(row.title)}**")
            if row.kind == "changed" and narrow:
                _told(row, name)
            elif row.kind == "changed":
                _changed(row, name)
            else:
                _listed(row, name)
    if len(rows) > _MOST_ROWS:
        st.caption(f"and {len(rows) - _MOST_ROWS:,} more rows")


def _changed(row: RowDifference, name: Callable[[str], str]) -> None:
    lines = ["| Field | Before | After |", "| :-- | :-- | :-- |"]
    for field in row.fields:
        before, after = _cell(row, field, field.before, name), _cell(row, field, field.after, name)
        lines.append(f"| {plain(field.label)} | {before} | {after} |")
    st.markdown("\n".join(lines))


def _told(row: RowDifference, name: Callable[[str], str]) -> None:
    lines = [
        f"**{plain(field.label)}** {_cell(row, field, field.before, name)}  \n"
        f"→ {_cell(row, field, field.after, name)}"
        for field in row.fields
    ]
    st.markdown("\n\n".join(lines))


def _cell(row: RowDifference, field: FieldDifference, cell: str, name: Callable[[str], str]) -> str:
    return plain(cell_words(row.table, field.field, cell, name)) or ":gray[nothing]"


def _listed(row: RowDifference, name: Callable[[str], str]) -> None:
    mark = _MARKS[row.kind]
    lines = [
        f"{mark} **{plain(field.label)}** {_cell(row, field, field.after or field.before, name)}"
        for field in row.fields
    ]
    st.markdown("  \n".join(lines))
