"""What somebody wishes done: the reason, one operation id however often it is tried, what became of it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import AtlasError
from dashboard.ui.person import current_person, require_same
from dashboard.ui.readings import forget_readings
from dashboard.ui.unbroken import unbroken
from dashboard.ui.words import plain

__all__ = ["ask_why", "long_wish_button", "reason", "show_outcome", "wish_button"]

_SAID = "outcome_said"
_FAILED = "outcome_failed"
_WISHES = "outcome_wishes"
_PRESSED = "outcome_pressed"
_MOST_KEPT = 500
_MARK = 8  # characters of an operation id, by which buttons are told apart


def wish_button(
    label: str,
    name: str,
    act: Callable[[str], object],
    done: str | Callable[[], str],
    *,
    key: str,
    draw: Callable[..., object] = st.button,
    **options: Any,  # noqa: ANN401  # the widget's own
) -> None:
    """Draw a button that does something once for each drawing, however often and however late it is pressed.

    A second click may come before the page is drawn anew, and another after that, from what the browser still
    shows. Either finds it done: the button of the next thing is another one, which nobody has seen yet.

    Parameters
    ----------
    label
        What stands on it.
    name
        What is wished, and of what, as the person sees it.
    act
        Does it with an operation id; a second try after an error gets the same one. It reads fields itself:
        what stands in them at the click counts, not what stood there at the drawing. It gives False when it
        was refused and has said why by itself: that may be tried again, as after an error.
    done
        What to say when it is done, not Markdown; called after it when it depends on the fields.
    key
        Begins the key of the button.
    draw
        ``st.button``, or what draws one inside a form.
    **options
        For what draws it.
    """
    wish = _wish(name)
    draw(label, key=f"{key}_{wish.id[:_MARK]}", on_click=_fulfil, args=(wish, act, done), **options)


def long_wish_button(
    label: str, name: str, act: Callable[[str], object], done: str, *, key: str, meanwhile: str
) -> None:
    """Draw a button as `wish_button` does, for what takes so long that something must turn meanwhile.

    Parameters
    ----------
    label
        What stands on it.
    name
        What is wished.
    act
        Does it with an operation id; draws nothing.
    done
        What to say when it is done, not Markdown.
    key
        Begins the key of the button.
    meanwhile
        What to say below it while it is done.
    """
    wish = _wish(name)
    pressed: set[str] = st.session_state.setdefault(_PRESSED, set())
    st.button(label, key=f"{key}_{wish.id[:_MARK]}", on_click=pressed.add, args=(wish.id,))
    if wish.id in pressed:
        pressed.clear()
        with st.spinner(meanwhile):
            _fulfil(wish, act, done)
        st.rerun()


@dataclass(slots=True)
class _Wish:
    """What is wished once, by whom it was drawn for last."""

    name: str
    person: Person
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    said: str | None = None  # None until it has come true
    lock: RLock = field(default_factory=RLock)


def _wish(name: str) -> _Wish:
    """Give a wish: the same until it has come true."""
    wishes: dict[str, _Wish] = st.session_state.setdefault(_WISHES, {})
    person = current_person()
    wish = wishes.setdefault(name, _Wish(name, person))
    wish.person = person
    while len(wishes) > _MOST_KEPT:
        del wishes[next(iter(wishes))]
    return wish


def _fulfil(wish: _Wish, act: Callable[[str], object], done: str | Callable[[], str]) -> None:
    # A second click is another thread: it waits for the first, and finds it done.
    with wish.lock, unbroken():
        if wish.said is None:
            try:
                require_same(wish.person)
                if act(wish.id) is False:
                    return
            except AtlasError as error:
                st.session_state[_FAILED] = str(error)
                return
            finally:
                forget_readings()  # after a failure, too: it may be that somebody else was first
            wishes: dict[str, _Wish] = st.session_state.get(_WISHES, {})
            if wishes.get(wish.name) is wish:
                del wishes[wish.name]
            wish.said = ""
            wish.said = done() if callable(done) else done
        st.session_state[_SAID] = wish.said
        st.session_state.pop(_FAILED, None)  # of a try before


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


def ask_why(key: str, *, needed: bool = True, placeholder: str = "Why") -> None:
    """Draw the field for a reason, which `reason` reads at the click.

    Parameters
    ----------
    key
        Key of the field.
    needed
        Whether it may not be empty.
    placeholder
        What to write.
    """
    label = "Why" if needed else "Why (may be empty)"
    st.text_area(label, key=key, height=70, max_chars=2_000, placeholder=placeholder)
