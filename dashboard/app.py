"""The Streamlit entry: who are you, what may you see of the navigation, how is the atlas; no data."""

from pathlib import Path

import streamlit as st

from dashboard.errors import AtlasError
from dashboard.measures import timed
from dashboard.ui.banners import show_banners
from dashboard.ui.connection import keep_connection
from dashboard.ui.navigation import navigate
from dashboard.ui.person import admit, show_person
from dashboard.ui.words import plain

# Icons by name or emoji would be fetched from a foreign host.
PICTURES = Path(__file__).parent / "ui"

st.set_page_config(page_title="Arsenal Atlas", page_icon=str(PICTURES / "icon.svg"), layout="wide")
st.logo(str(PICTURES / "logo.svg"), icon_image=str(PICTURES / "icon.svg"), size="large")
try:
    person = admit()
    page = navigate(person)
    keep_connection()
    show_banners(person)
    with timed("reruns", page=page.url_path or "atlas"):
        page.run()
    with st.sidebar:
        show_person(person)
except AtlasError as error:
    st.error(plain(str(error)), icon=":material/error:")
