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
    "": "Newest events, then sites by name",
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


def choose_order(rows: Rows, unasked: str = "") -> Rows:
    """Draw the choice of an order, and give the rows in it.

    Parameters
    ----------
    rows
        Rows of a `Selection`.
    unasked
        The order that they come in: one of the choices when all are of one type.

    Returns
    -------
    Rows
        The same rows, as the address wants them.
    """
    wanted = address.link().sort
    shown = wanted or unasked
    orders = [unasked, *(one for one in _WORDS if one not in {"", unasked})]
    orders += [one for name in SORTS for one in (name, f"-{name}") if one == shown and one not in orders]
    follow(_KEY, shown, options=tuple(orders))
    st.selectbox(
        "Order",
        orders,
        key=_KEY,
        on_change=_adopt,
        args=(unasked,),
        format_func=lambda one: _WORDS.get(one) or f"{_WORDS[one.removeprefix('-')]}, backwards",
        icon=":material/sort:",
        label_visibility="collapsed",
        width=290,
    )
    return in_order(rows, wanted)


def _adopt(unasked: str) -> None:
    chosen = str(st.session_state[_KEY])
    address.change(sort="" if chosen == unasked else chosen)
