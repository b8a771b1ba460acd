"""The queue of submitted drafts: narrowed by author, type and age, a page at a time, one chosen."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person
from dashboard.runtime import runtime
from dashboard.store.drafts.drafts import DraftLine
from dashboard.ui.editing.begin import draft_name
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.readings import as_read
from dashboard.workflows.editing.review_queue import PAGE, Queue, Wanted, authors_waiting, queue
from dashboard.workflows.views.evidence import Library

__all__ = ["choose_draft"]

_ROW: Final = 35
_MOST_ROWS: Final = 12
_KINDS: Final = {"sites": "site", "events": "event", "actors": "actor"}
_AGES: Final = {0: "any age", 1: "over a day", 7: "over a week", 30: "over a month"}
_KEY: Final = "review_queue"
_AT: Final = "review_draft"
_TURN: Final = "review_turn"
_PAGES: Final = "review_pages"
_WIDTHS: Final = {
    "Record": 250,
    "Type": 60,
    "What": 130,
    "By": 90,
    "Waiting since": 120,
    "Note": 220,
}  # pixels
_COLUMNS: Final = {name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items()}


def choose_draft(person: Person, library: Library) -> str:
    """Draw the queue.

    Parameters
    ----------
    person
        Who reviews.
    library
        All records, for names.

    Returns
    -------
    str
        Id of the draft to look at; the oldest when none is chosen, empty when none is left.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer.
    StoreError
        The database fails.
    """
    wanted = _wanted(as_read("authors", person.id, lambda: authors_waiting(runtime().store, person)))
    page, ends = _page(person, wanted)
    shown = page.drafts
    if not shown:
        st.info(
            "No draft matches the filters." if wanted != Wanted() else "The queue is empty.",
            icon=":material/inbox:",
        )
        return ""
    ids = [draft.id for draft in shown]
    key, at = _mark(ids)
    st.dataframe(
        _table(shown, library),
        key=key,
        hide_index=True,
        height=_ROW * (min(len(shown), _MOST_ROWS) + 1) + 3,
        selection_mode="single-row",
        on_select="rerun",
        placeholder="",
        alt="Submitted drafts, oldest first",
        column_config=_COLUMNS,
    )
    _show_pages(page, ends)
    return at


def _mark(ids: Sequence[str]) -> tuple[str, str]:
    """Let the row of the draft that is looked at be marked; give the key of the table, and the draft's id."""
    turn = st.session_state.setdefault(_TURN, 0)
    key = f"{_KEY}_{hash(tuple(ids))}"
    state = st.session_state.get(f"{key}_{turn}")
    rows = list(state["selection"]["rows"]) if state else []
    if rows and rows[0] < len(ids):
        st.session_state[_AT] = ids[rows[0]]
    # What is not in the queue any more makes room for the oldest.
    wanted = str(st.session_state.get(_AT, ""))
    at = wanted if wanted in ids else ids[0]
    if rows != [ids.index(at)]:
        # A table whose mark was taken away takes the same one a second time only when it is another table.
        turn = st.session_state[_TURN] = turn + 1
        st.session_state[f"{key}_{turn}"] = {
            "selection": {"rows": [ids.index(at)], "columns": [], "cells": []}
        }
    return f"{key}_{turn}", at


def _wanted(authors: dict[str, str]) -> Wanted:
    first, second, third = st.columns(3)
    author = first.selectbox(
        "Author",
        ["", *authors],
        format_func=lambda one: authors.get(one, one) or "everybody",
        key="review_author",
    )
    kind = second.selectbox(
        "Type", ["", *_KINDS], format_func=lambda one: _KINDS.get(one, "all types"), key="review_type"
    )
    age = third.selectbox("Waiting", list(_AGES), format_func=_AGES.__getitem__, key="review_age")
    return Wanted(author or None, kind or None, int(age))


def _page(person: Person, wanted: Wanted) -> tuple[Queue, list[DraftLine]]:
    """Read the page that the session is at, and give the last drafts of those before it."""
    of, ends = st.session_state.get(_PAGES, (wanted, []))
    if of != wanted:
        ends = []  # other filters begin with their first page
    st.session_state[_PAGES] = (wanted, ends)
    while True:
        page = _read_page(person, wanted, ends[-1] if ends else None)
        if page.drafts or not ends:
            return page, ends
        ends.pop()  # all of this page is decided by now


def _read_page(person: Person, wanted: Wanted, after: DraftLine | None) -> Queue:
    of = (person.id, wanted, after.id if after else "")
    return as_read("queue", of, lambda: queue(runtime().store, person, wanted, after=after))


def _show_pages(page: Queue, ends: list[DraftLine]) -> None:
    first = len(ends) * PAGE + 1
    last = first + len(page.drafts) - 1
    if not ends and last >= page.total:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(f"{first:,} to {last:,} of {page.total:,}")
        st.button(
            "Older",
            key="review_older",
            type="tertiary",
            disabled=not ends,
            on_click=_go,
            args=(ends[:-1],),
        )
        st.button(
            "Newer",
            key="review_newer",
            type="tertiary",
            disabled=len(page.drafts) < PAGE,
            on_click=_go,
            args=([*ends, page.drafts[-1]],),
        )


def _go(ends: list[DraftLine]) -> None:
    """Go to the page after these drafts: the same one, however often it is asked for."""
    st.session_state[_PAGES] = (st.session_state[_PAGES][0], ends)


def _table(drafts: Sequence[DraftLine], library: Library) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Record": [draft_name(draft, library) for draft in drafts],
            "Type": [_KINDS.get(draft.table, draft.table) for draft in drafts],
            "What": [_what(draft) for draft in drafts],
            "By": [draft.author for draft in drafts],
            "Waiting since": [moment_words(draft.submitted_at) for draft in drafts],
            "Note": [draft.why for draft in drafts],
        }
    )


def _what(draft: DraftLine) -> str:
    if draft.deletion:
        return "deletion"
    what = "new" if draft.base_revision == 0 else "change"
    # Proposals of a machine come with what made them.
    return f"{what} · {draft.made_by}" if draft.made_by else what
