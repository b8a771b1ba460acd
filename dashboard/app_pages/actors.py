"""Who acts: states, bodies, forces, companies and persons, with everything they take part in."""

import streamlit as st

from dashboard.domain.records import Actor
from dashboard.ui import address
from dashboard.ui.lists import search_box, show_actors
from dashboard.ui.page import open_page
from dashboard.ui.record_card import show_actor
from dashboard.ui.reviewing.card_actions import show_new_link

library = open_page("actors", "Actors").library()
left, right = st.columns([3, 2], gap="medium")
with left:
    show_new_link("actors")
    show_actors(library.of_type(Actor), library, search_box("Search actors"), key="actors_table")
with right:
    if address.selected_record():
        show_actor(library, address.selected_record())
    else:
        st.info("Choose a row to see what an actor takes part in.", icon=":material/touch_app:")
