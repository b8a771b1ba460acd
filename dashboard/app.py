"""The Streamlit entry: page settings and navigation, no data."""

from pathlib import Path

import streamlit as st

from dashboard.errors import AtlasError

PAGES = [
    st.Page("app_pages/atlas.py", title="Atlas", icon=":material/map:", default=True),
    st.Page("app_pages/events.py", title="Events", icon=":material/event:", url_path="events"),
    st.Page("app_pages/sites.py", title="Sites", icon=":material/factory:", url_path="sites"),
    st.Page("app_pages/actors.py", title="Actors", icon=":material/groups:", url_path="actors"),
    st.Page("app_pages/sources.py", title="Sources", icon=":material/menu_book:", url_path="sources"),
    st.Page(
        "app_pages/geocoding.py",
        title="Geocoding",
        icon=":material/travel_explore:",
        url_path="geocoding",
    ),
    st.Page("app_pages/about.py", title="About", icon=":material/info:", url_path="about"),
]

# Icons by name or emoji would be fetched from a foreign host.
PICTURES = Path(__file__).parent / "ui"

st.set_page_config(page_title="Arsenal Atlas", page_icon=str(PICTURES / "icon.svg"), layout="wide")
st.logo(str(PICTURES / "logo.svg"), icon_image=str(PICTURES / "icon.svg"), size="large")
page = st.navigation(PAGES, position="top")
try:
    page.run()
except AtlasError as error:
    st.error(str(error), icon=":material/error:")
