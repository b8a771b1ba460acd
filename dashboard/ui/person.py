"""Who looks at the page: asked once in every rerun, so that a role that changed counts at the next click."""

import html
import threading
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.domain.access import ANONYMOUS, LOCAL, Mode, Person, Role
from dashboard.errors import PermissionDeniedError, SignInError
from dashboard.runtime import runtime
from dashboard.workflows.access.identity import ADDRESS_HEADER, HEADER, Identity

__all__ = ["admit", "current_person", "require_same", "show_person", "visitor"]


class _Asked(threading.local):
    """Who was found in the run of a script that this thread is at."""

    run: object = None
    text: str = ""
    person: Person = ANONYMOUS


_asked: Final = _Asked()


def current_person() -> Person:
    """Say who looks at the page.

    The store is asked once in each run of a script or fragment, callbacks before it included, and every time
    in threads that run no script.

    Returns
    -------
    Person
        The person with the role the store has now; `LOCAL` in a local session, `ANONYMOUS` for somebody who
        is not signed in and need not be.

    Raises
    ------
    SignInError
        If the sign-in that the tab was opened with counts no longer.
    PermissionDeniedError
        If the person may not come in any more.
    """
    atlas = runtime()
    if atlas.settings.sign_in == "none":
        return LOCAL
    identity = _identity()
    if identity is None:
        raise SignInError("Nobody is signed in")
    if identity.is_anonymous:
        if not atlas.settings.anonymous_reading:
            raise SignInError("Nobody is signed in")
        return ANONYMOUS
    run = _this_run()
    if run is None or _asked.run is not run or _asked.text != identity.text:
        _asked.person = atlas.people.by_id(identity.text)
        _asked.run, _asked.text = run, identity.text
    return _asked.person


def require_same(drawn_for: Person) -> None:
    """Let a click count only for whom its button was drawn: a callback comes before the page is drawn anew.

    Parameters
    ----------
    drawn_for
        The person as the button knows them.

    Raises
    ------
    SignInError
        If the sign-in that the tab was opened with counts no longer.
    PermissionDeniedError
        If it is another person by now, has another role, or may not come in any more.
    """
    now = current_person()
    _asked.run = None  # what is done at this click may change who is let in to the page after it
    if (now.id, now.role) != (drawn_for.id, drawn_for.role):
        raise PermissionDeniedError(
            "do this any more", "your role has changed. The page shows what you may do now"
        )


def _this_run() -> object:
    # Streamlit makes this object anew for every run, before it calls the callbacks.
    return getattr(get_script_run_ctx(suppress_warning=True), "parallel_coordinator", None)


def visitor() -> str:
    """Name what tells visitors apart, for limits: the person, or the address of somebody unknown.

    Returns
    -------
    str
        The same for every tab of one person, and for all browsers of one address where nobody is signed in.
    """
    identity = _identity()
    if identity is None:
        return LOCAL.id
    address = st.context.headers.get(ADDRESS_HEADER) if identity.is_anonymous else None
    return address or identity.owner


def _identity() -> Identity | None:
    text = st.context.headers.get(HEADER)
    return Identity(text) if text else None


def admit() -> Person:
    """Begin a page: let somebody in, or say why not and stop.

    Returns
    -------
    Person
        Who looks at the page.
    """
    try:
        person = current_person()
    except SignInError as error:
        _turn_away(str(error), "Sign in again")
    except PermissionDeniedError as error:
        _turn_away(str(error), "Sign in as somebody else")
    if runtime().mode is Mode.MAINTENANCE and person.role is not Role.ADMIN:
        st.warning(
            "The atlas is closed for maintenance. Nothing is lost: come back later.",
            icon=":material/construction:",
        )
        st.stop()
    return person


def _turn_away(message: str, label: str) -> None:
    st.warning(message, icon=":material/lock:")
    _link(label, "/")
    st.stop()


def show_person(person: Person) -> None:
    """Draw who is signed in, with the way out; nothing in a local session.

    Parameters
    ----------
    person
        Who looks at the page.
    """
    if person.is_local:
        return
    if person.role is None:
        st.caption("You are not signed in.")
        _link("Sign in", "/sign-in")
        return
    # Markdown would draw a name that somebody chose; text is text.
    with st.container(key="person", gap="small"):
        st.text(person.name or person.id)
        st.caption(f"Role: {person.role.value}")
        _link("Sign out", "/sign-out")


def _link(label: str, target: str) -> None:
    # In this tab: the link buttons of Streamlit open another one.
    st.html(f'<a href="{html.escape(target)}" style="color: inherit">{html.escape(label)}</a>')
