"""What a page has read of the store, kept in the session for as long as nobody has written anything.

A page that reads a dossier anew at every click asks a dozen questions each time. Every write but the keeping
of a working draft moves the end of the audit trail, which the process knows without asking: until it moves,
a page need not ask for anything else than such drafts.
"""

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

import streamlit as st

from dashboard.runtime import runtime

__all__ = ["as_read", "forget_readings"]

T = TypeVar("T")

_KEY: Final = "store_readings"


def as_read(name: str, of: Hashable, read: Callable[[], T]) -> T:
    """Give what was read before if nothing was written since, else read it.

    Parameters
    ----------
    name
        What is read; one reading of a name is kept.
    of
        What it depends on beside the store, such as an id.
    read
        Reads it.

    Returns
    -------
    T
        Never older than the process's last look at the store, a second ago.
    """
    # The head first: what is read after it cannot be older than it.
    mark = (runtime().head, of)
    kept: dict[str, tuple[Hashable, Any]] = st.session_state.setdefault(_KEY, {})
    if name not in kept or kept[name][0] != mark:
        kept[name] = mark, read()
    value: T = kept[name][1]
    return value


def forget_readings() -> None:
    """Read everything anew: this session has written, and the process may not have looked yet."""
    st.session_state.pop(_KEY, None)
