"""The order of a table's rows, chosen beside it and kept in the address."""

from typing import Final

import streamlit as st

from dashboard.ui import address
from dashboard.ui.following import follow
from dashboard.workflows.sharing.link_values import SORTS
from dashboard.workflows.views.ordering import in_order
from dashboard.workflows.views.rows import Rows

__all__ = ["choose_order"]

_KEY: Final = "sort"
_WORDS: Final = {
    "": "Newest events, then sites",
    "date": "Oldest first",
    "-date": "Newest first",
    "name": "Name, A to Z",
    "-name": "Name, Z to A",
    "kind": "Kind",
    "status": "Status",
    "place": "Place",
    "country": "Country",
    "-sources": "Most sources first",
    "sources": "Fewest sources first",
}


def choose_order(rows: Rows) -> Rows:
    """Draw the choice of an order, and give the rows in it.

    Parameters
    ----------
    rows
        Rows of a `Selection`.

    Returns
    -------
    Rows
        The same rows, as the address wants them.
    """
    wanted = address.link().sort
    orders = [
        *_WORDS,
        *(one for name in SORTS for one in (name, f"-{name}") if one == wanted and one not in _WORDS),
    ]
    follow(_KEY, wanted, options=tuple(orders))
    st.selectbox(
        "Order",
        orders,
        key=_KEY,
        on_change=_adopt,
        format_func=lambda one: _WORDS.get(one) or f"{_WORDS[one.removeprefix('-')]}, backwards",
        help="Of this table and of the files made of it. A click on a column's head sorts this page only.",
        width=230,
    )
    return in_order(rows, wanted)


def _adopt() -> None:
    address.change(sort=str(st.session_state[_KEY]))
