"""Import: anybody's table becomes a layer, looked at row by row before anything is kept."""

import streamlit as st

from dashboard.domain.access import Right
from dashboard.ui.importing.bring import may_bring, show_bringing, show_table
from dashboard.ui.importing.columns import show_columns
from dashboard.ui.importing.desk import current_desk
from dashboard.ui.importing.layer import show_layer
from dashboard.ui.importing.look import show_look
from dashboard.ui.importing.outcome import show_import, show_importing, show_outcome_of_import
from dashboard.ui.page import open_page, person_who_may

atlas = open_page("import_data", "Import")
person = person_who_may(Right.PROPOSE)
if person is None or not may_bring(person):
    st.stop()
desk = current_desk()
if desk is None:
    show_bringing()
elif desk.stored is not None:
    show_outcome_of_import(desk, desk.stored)
elif not show_importing(desk) and (read := show_table(desk)) is not None:
    show_columns(desk, read)
    found = show_look(desk, read, atlas)
    if found is not None:
        show_import(desk, read, found, show_layer(desk, read, person))
