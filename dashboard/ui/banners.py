"""What everybody should know before anything else: the atlas is read only, closed, or out of touch."""

import streamlit as st

from dashboard.domain.access import Mode
from dashboard.runtime import runtime
from dashboard.ui.words import plain

__all__ = ["show_banners"]


def show_banners() -> None:
    """Draw a line at the head of the page when the atlas is not as usual."""
    atlas = runtime()
    if (stale := atlas.stale) is not None:
        st.warning(plain(stale.sentence), icon=":material/cloud_off:")
    if atlas.mode is Mode.READ_ONLY:
        st.info(
            "The atlas is read only for now: drafts, reviews and decisions wait until it opens again.",
            icon=":material/lock:",
        )
    elif atlas.mode is Mode.MAINTENANCE:
        st.warning(
            "Maintenance: only admins see the atlas, and nothing is written but what they administer.",
            icon=":material/construction:",
        )
