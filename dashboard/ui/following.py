"""Widgets that show what the address says, and are left alone while they do.

Writing to a widget in every run would take back what a quick hand chose in the meantime. But a widget with
other options, or on another page, is another one to Streamlit and begins empty: then it has to be told anew.
"""

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from dashboard.ui import address

__all__ = ["follow"]


def follow(
    key: str,
    wanted: Any,  # noqa: ANN401  # as the widget has it
    *,
    same: Callable[[Any], bool] | None = None,
    options: Hashable = None,
) -> None:
    """Let a widget show what the address says; call it just before the widget.

    Parameters
    ----------
    key
        Key of the widget.
    wanted
        Its value as the address has it.
    same
        Says whether a value that is not empty means the same; equality by default.
    options
        What the widget offers.
    """
    now, drawn = st.session_state.get(key), (address.page(), options)
    means_it = same(now or []) if same else now == wanted
    if not means_it or st.session_state.get(f"{key}_drawn") != drawn:
        kept = now if means_it and now is not None else wanted
        st.session_state[key] = kept
        st.session_state[f"{key}_drawn"] = drawn
