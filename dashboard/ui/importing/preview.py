"""The first rows of a table on the atlas's own map, before anything is imported."""

from typing import Final

import streamlit as st

from dashboard.maps.payload import encode_payload
from dashboard.runtime import AtlasView
from dashboard.ui.importing.desk import LookedAt
from dashboard.ui.importing.steps import PREVIEWED
from dashboard.ui.map_alone import show_map_alone

__all__ = ["show_preview"]

_KEY: Final = "import_map"
_HEIGHT: Final = 520


def show_preview(atlas: AtlasView, found: LookedAt) -> None:
    """Draw what would be imported on a map.

    Parameters
    ----------
    atlas
        The atlas, which serves the map.
    found
        The trial.
    """
    frames, counts = found.preview, found.trial.counts
    if not frames.placements.geometry.notna().any():
        st.info("No row has a point to show on a map.", icon=":material/location_off:")
        return
    atlas.offer(frames.version, lambda: encode_payload(frames))
    show_map_alone(atlas, frames.version, _KEY, _HEIGHT)
    first = f"The first {PREVIEWED:,} rows. " if counts.rows > PREVIEWED else ""
    without = counts.rows - counts.placed
    st.caption(
        f"{first}Rings show how roughly a place is known, faint marks how roughly a date is."
        + (f" {without:,} rows have no point." if without else "")
        + (" Events without a date are not drawn." if counts.dated < counts.rows else "")
    )
