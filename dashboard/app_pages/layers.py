"""Layers: tables of others beside the atlas, their state and history, their records, faults and twins."""

import streamlit as st

from dashboard.errors import AtlasError
from dashboard.ui.layers.layer_page import show_layers
from dashboard.ui.page import open_page
from dashboard.ui.person import current_person
from dashboard.ui.words import plain

atlas = open_page("layers", "Layers")
try:
    show_layers(atlas, current_person())
except AtlasError as error:
    st.warning(plain(str(error)), icon=":material/cloud_off:")
