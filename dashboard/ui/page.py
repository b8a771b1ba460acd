"""What every page starts with: the address, the looks, the atlas."""

from importlib.resources import files

import streamlit as st

from dashboard.runtime import Runtime, runtime
from dashboard.ui import address

__all__ = ["open_page"]


def open_page(name: str, title: str = "") -> Runtime:
    """Begin a page.

    Parameters
    ----------
    name
        Name of the page, as its address has it.
    title
        Heading, empty for none.

    Returns
    -------
    Runtime
        The atlas.
    """
    st.html(f"<style>{files('dashboard.ui').joinpath('page.css').read_text(encoding='utf-8')}</style>")
    address.sync(name)
    if title:
        st.title(title)
    return runtime()
