"""A page that lists one type of record beside the card of the chosen one."""

from typing import Final

import streamlit as st

from dashboard.ui import address
from dashboard.ui.area import show_chips
from dashboard.ui.chosen_row import by_keyboard
from dashboard.ui.counts import choose_rows, show_counts
from dashboard.ui.filters import show_filters
from dashboard.ui.ordering import choose_order
from dashboard.ui.page import open_page
from dashboard.ui.record_card import show_record
from dashboard.ui.reviewing.card_actions import show_new_link
from dashboard.ui.share.panel import show_share
from dashboard.ui.tables import show_records
from dashboard.ui.visit import bring_into_view
from dashboard.workflows.views.selection import select

__all__ = ["show_list_page"]

_UNASKED: Final = {"site": "name", "event": "-date"}  # as the rows of one type come


def show_list_page(name: str, title: str, record_type: str) -> None:
    """Draw the whole page.

    Parameters
    ----------
    name
        Name of the page, as its address has it.
    title
        Heading.
    record_type
        ``site`` or ``event``.
    """
    atlas = open_page(name, title)
    frames, library = atlas.frames(), atlas.library()
    filters = show_filters(frames, library, types=(record_type,))
    bring_into_view(atlas, filters)
    selection = select(frames, filters, address.window())
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        show_counts(selection, atlas.version, filters.area)
        show_share(atlas, name)
        show_new_link(name)
    show_chips(library)
    selected = address.selected_record()
    # The table keeps its place, and so what it is scrolled to, when the card comes and takes a part of it.
    columns = st.columns([2, 1] if selected else 1, gap="medium")
    with columns[0]:
        with st.container(horizontal=True, vertical_alignment="center", key="rows"):
            rows = choose_order(choose_rows(selection)[0], _UNASKED[record_type])
        st.caption(f"Choose a row to read its sources. {by_keyboard()}")
        show_records(rows, key=f"{name}_table", height=640, beside_card=bool(selected))
    if selected:
        with columns[1], st.container(key="list_card"):
            show_record(library, selected)
