"""What the atlas is, how it works, its licences, its borders and its data version."""

from importlib.resources import files

import streamlit as st

from dashboard import __version__
from dashboard.ui.page import open_page

library = open_page("about", "About the atlas").library()
text, _ = st.columns([3, 1])
text.markdown(files("dashboard.ui").joinpath("about.md").read_text(encoding="utf-8"))
text.markdown(
    "#### This copy\n"
    f"Data version `{library.version}` · {len(library.evidence)} records, {len(library.sources)} sources · "
    f"software {__version__}"
)
