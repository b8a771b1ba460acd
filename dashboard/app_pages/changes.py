"""What was added, changed, merged and deleted: the log, two versions side by side, and all versions."""

import streamlit as st

from dashboard.errors import AtlasError
from dashboard.ui.changes.differences import show_differences, show_versions
from dashboard.ui.changes.log import show_log
from dashboard.ui.page import open_page
from dashboard.ui.pinned import version_words
from dashboard.ui.words import plain

PARTS = {"Log": show_log, "Differences": show_differences, "Versions": show_versions}

atlas = open_page("changes", "Changes")
st.caption(
    "Every record that was added, changed, merged or deleted, and why. "
    f"The current version is {version_words(atlas.published)}."
)
part = st.segmented_control(
    "Part",
    list(PARTS),
    default="Log",
    key="show",
    required=True,
    label_visibility="collapsed",
    bind="query-params",
)
try:
    PARTS[part](atlas)
except AtlasError as error:
    st.warning(plain(str(error)), icon=":material/cloud_off:")
