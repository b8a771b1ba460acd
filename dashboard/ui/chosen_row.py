"""The row of a table that stands for the record of the card: one choice, whoever made it.

A link, a mark on the map or the card's own cross choose too. A table that kept another row marked would need
two clicks to open it again.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.ui import address
from dashboard.ui.screen import is_phone

__all__ = ["by_keyboard", "row_chooser"]


def by_keyboard() -> str:
    """Say how a row is chosen without a mouse, and a long cell is read, which nothing about a table shows.

    Returns
    -------
    str
        Sentences, none on a phone.
    """
    if is_phone():
        return ""
    return "With the keyboard: arrows, then Shift+Space. Enter, like a double click, shows all of a cell."


def row_chooser(key: str, ids: Sequence[str], choose: Callable[[str], None]) -> Callable[[], None]:
    """Mark the row of the selected record; call it just before the table.

    Parameters
    ----------
    key
        Key of the table.
    ids
        Id of each of its rows, as an address has it.
    choose
        Called with the id of a row that was chosen, empty when the marked one was let go.

    Returns
    -------
    Callable
        For the table's ``on_select``.
    """
    selected = address.selected_record()
    rows = [ids.index(selected)] if selected in ids else []
    if _rows_of(key) != rows:
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def chosen() -> None:
        now = _rows_of(key)
        if not now:
            choose("")
        elif now[0] < len(ids):
            choose(ids[now[0]])

    return chosen


def _rows_of(key: str) -> list[int]:
    state = st.session_state.get(key)
    return list(state["selection"]["rows"]) if state else []
