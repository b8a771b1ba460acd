"""Who acts: states, bodies, forces, companies and persons, with everything they take part in."""

import streamlit as st

from dashboard.domain.records import Actor
from dashboard.ui import address
from dashboard.ui.chosen_row import by_keyboard
from dashboard.ui.lists import search_box, show_actors
from dashboard.ui.page import open_page
from dashboard.ui.record_card import show_actor
from dashboard.ui.reviewing.card_actions import show_new_link

library = open_page("actors", "Actors").library()
selected = address.selected_record()
# The table keeps its place, and so what it is scrolled to, when the card comes and takes a part of it.
columns = st.columns([3, 2] if selected else 1, gap="medium")
with columns[0]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = search_box("Search actors")
        show_new_link("actors")
    st.caption(f"Choose a row to see what an actor takes part in. {by_keyboard()}")
    show_actors(library.of_type(Actor), library, words, key="actors_table")
if selected:
    with columns[1], st.container(key="list_card"):
        show_actor(library, selected)
