"""Whether the reader holds a phone: no style sheet reaches a table, which a script draws."""

from typing import Final

import streamlit as st

__all__ = ["is_phone", "table_height"]

_ON_PHONE: Final = 420  # CSS pixels: half of the screen, so that a thumb finds the page beside the table


def is_phone() -> bool:
    """Say whether the browser calls itself one of a phone.

    Returns
    -------
    bool
        False where nothing is known of it.
    """
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def table_height(height: int) -> int:
    """Say how high a long table may be.

    Parameters
    ----------
    height
        Its height on a wide screen, in CSS pixels.

    Returns
    -------
    int
        The same, or what a phone leaves of it.
    """
    return min(height, _ON_PHONE) if is_phone() else height
