"""Geocoding: names to decisions with their candidates, and a person's own decision where they fall short."""

import streamlit as st

from dashboard.ui.geocoding.decision import show_decision
from dashboard.ui.geocoding.decisions import decided, open_gazetteer, show_decisions, show_gazetteer
from dashboard.ui.geocoding.names import ask_names
from dashboard.ui.geocoding.places import show_places
from dashboard.ui.page import open_page

atlas = open_page("geocoding", "Geocoding")
st.markdown(
    "Names to places, offline: each with its candidates, the one taken and why. "
    "Where nothing stands out, nothing is placed until a person decides."
)
gazetteer = open_gazetteer(atlas)
if gazetteer is not None:
    job = decided(atlas, gazetteer, ask_names())
    if job is not None:
        row = show_decisions(atlas, gazetteer, job)
        if row is not None:
            show_decision(atlas, gazetteer, job, row)
show_places(atlas, gazetteer)
if gazetteer is not None:
    show_gazetteer(gazetteer)
