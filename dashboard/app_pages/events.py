"""All events in the window, with their evidence."""

import streamlit as st

from dashboard.ui import address
from dashboard.ui.counts import choose_rows, show_counts
from dashboard.ui.filters import show_filters
from dashboard.ui.page import open_page
from dashboard.ui.record_card import show_record
from dashboard.ui.tables import show_records
from dashboard.ui.visit import bring_into_view
from dashboard.workflows.selection import select

atlas = open_page("events", "Events")
frames, library = atlas.frames(), atlas.library()
filters = show_filters(frames, library, types=("event",))
bring_into_view(frames, filters)
selection = select(frames, filters, address.window())
show_counts(selection, atlas.version)
left, right = st.columns([3, 2], gap="medium")
with left:
    show_records(choose_rows(selection), key="events_table", height=640)
with right:
    if address.selected_record():
        show_record(library, address.selected_record())
    else:
        st.info("Choose a row to read its sources.", icon=":material/touch_app:")
