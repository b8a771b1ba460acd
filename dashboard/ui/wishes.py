"""What somebody wishes done: the reason, one operation id however often it is tried, what became of it."""

import uuid
from collections.abc import Callable

import streamlit as st

from dashboard.errors import AtlasError
from dashboard.ui.readings import forget_readings
from dashboard.ui.words import plain

__all__ = ["ask_why", "attempt", "reason", "show_outcome", "wish"]

_SAID = "outcome_said"
_FAILED = "outcome_failed"
_WISHES = "outcome_wishes"


def wish(name: str) -> str:
    """Give the operation id of a wish: the same until it has come true.

    Parameters
    ----------
    name
        What is wished, and of what.

    Returns
    -------
    str
        Operation id.
    """
    wishes: dict[str, str] = st.session_state.setdefault(_WISHES, {})
    return wishes.setdefault(name, uuid.uuid4().hex)


def attempt(name: str, act: Callable[[str], object], done: str) -> None:
    """Do something, and keep what came of it for the next drawing.

    Parameters
    ----------
    name
        What is wished, and of what.
    act
        Does it with an operation id; a second try after an error gets the same one.
    done
        What to say when it is done, not Markdown.
    """
    try:
        try:
            act(wish(name))
        finally:
            forget_readings()  # after a failure, too: it may be that somebody else was first
    except AtlasError as error:
        st.session_state[_FAILED] = str(error)
        return
    st.session_state.get(_WISHES, {}).pop(name, None)
    st.session_state[_SAID] = done


def show_outcome() -> None:
    """Say once what became of the last wish."""
    if said := st.session_state.pop(_SAID, ""):
        st.success(plain(said), icon=":material/check_circle:")
    if failed := st.session_state.pop(_FAILED, ""):
        st.error(plain(failed), icon=":material/error:")


def reason(key: str) -> str:
    """Give the reason as it stands in its field at the moment of the click.

    Who types and clicks at once is faster than a drawing: what the last one gave is the text of before.

    Parameters
    ----------
    key
        Key of the field.

    Returns
    -------
    str
        The reason.
    """
    return str(st.session_state.get(key) or "").strip()


def ask_why(key: str, *, needed: bool = True, placeholder: str = "Why") -> str:
    """Draw the field for a reason.

    Parameters
    ----------
    key
        Key of the field.
    needed
        Whether it may not be empty.
    placeholder
        What to write.

    Returns
    -------
    str
        The reason.
    """
    label = "Why" if needed else "Why (may be empty)"
    return str(
        st.text_area(label, key=key, height=70, max_chars=2_000, placeholder=placeholder) or ""
    ).strip()
