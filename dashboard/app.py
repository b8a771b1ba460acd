"""The Streamlit entry: who are you, what may you see of the navigation, how is the atlas; no data."""

from pathlib import Path

import streamlit as st

from dashboard.domain.access import Right, may
from dashboard.errors import AtlasError
from dashboard.measures import timed
from dashboard.ui.banners import show_banners
from dashboard.ui.connection import keep_connection
from dashboard.ui.person import admit, show_person
from dashboard.ui.words import plain

# Icons by name or emoji would be fetched from a foreign host.
PICTURES = Path(__file__).parent / "ui"

# Script, title, icon, and the right that it takes to be offered the page. It can be reached by its address
# all the same, and then says why it may not be used.
PAGES = (
    ("atlas", "Atlas", "map", Right.READ),
    ("events", "Events", "event", Right.READ),
    ("sites", "Sites", "factory", Right.READ),
    ("actors", "Actors", "groups", Right.READ),
    ("sources", "Sources", "menu_book", Right.READ),
    ("layers", "Layers", "layers", Right.READ),
    ("geocoding", "Geocoding", "travel_explore", Right.READ),
    ("articles", "Articles", "newspaper", Right.PROPOSE),
    ("import_data", "Import", "upload_file", Right.PROPOSE),
    ("edit", "Edit", "edit", Right.PROPOSE),
    ("review", "Review", "fact_check", Right.REVIEW),
    ("changes", "Changes", "history", Right.READ),
    ("operations", "Operations", "settings", Right.ADMINISTER),
    ("about", "About", "info", Right.READ),
)

st.set_page_config(page_title="Arsenal Atlas", page_icon=str(PICTURES / "icon.svg"), layout="wide")
st.logo(str(PICTURES / "logo.svg"), icon_image=str(PICTURES / "icon.svg"), size="large")
try:
    person = admit()
    page = st.navigation(
        [
            st.Page(
                f"app_pages/{name}.py",
                title=title,
                icon=f":material/{icon}:",
                url_path=None if name == "atlas" else name,
                default=name == "atlas",
                visibility="visible" if right is Right.READ or may(person, right) else "hidden",
            )
            for name, title, icon, right in PAGES
        ],
        position="top",
    )
    keep_connection()
    show_banners(person)
    with timed("reruns", page=page.url_path or "atlas"):
        page.run()
    with st.sidebar:
        show_person(person)
except AtlasError as error:
    st.error(plain(str(error)), icon=":material/error:")
