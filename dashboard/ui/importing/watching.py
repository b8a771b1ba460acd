"""A step that is under way, as its page shows it: how far it is, and the way to stop it."""

from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from dashboard.ui.words import plain

if TYPE_CHECKING:
    from dashboard.ui.importing.work import Work

__all__ = ["show_work"]

_AT_FIRST: Final = 1.0  # seconds: a short table is there before anything is drawn
_OFTEN: Final = 0.5


def show_work(work: "Work[Any]", key: str) -> bool:
    """Draw a step that is under way.

    Parameters
    ----------
    work
        The step.
    key
        Begins the keys of its fields.

    Returns
    -------
    bool
        Whether it has ended: its outcome is the page's business.
    """
    if work.wait(_AT_FIRST):
        return True
    st.fragment(run_every=_OFTEN)(_show)(work, key)
    return False


def _show(work: "Work[Any]", key: str) -> None:
    if not work.is_running:
        st.rerun()
    seen = work.progress
    words = "Waiting for the tables of others" if work.waits else seen.words or work.title
    with st.status(plain(f"{words} …"), expanded=True):
        if seen.total:
            st.progress(work.share, plain(f"{seen.done:,} of {seen.total:,} rows"))
        st.button("Cancel", key=f"{key}_cancel", icon=":material/cancel:", on_click=work.stop)
