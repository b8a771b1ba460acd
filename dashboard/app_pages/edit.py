"""Editing: a record's dossier as a draft, kept at every step and handed in for review."""

import streamlit as st

from dashboard.domain.access import Right
from dashboard.ui.editing.begin import asked_for
from dashboard.ui.editing.editor import show_editor
from dashboard.ui.page import open_page, person_who_may

asked = asked_for()
atlas = open_page("edit")
person = person_who_may(Right.PROPOSE, while_away=True)
if person is None:
    st.stop()
show_editor(atlas, person, asked)
