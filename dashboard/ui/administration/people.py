"""People: their role, whether they are kept out, ending their sessions."""

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person, Role
from dashboard.runtime import runtime
from dashboard.store.people.people import StoredPerson
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.wishes import ask_why, attempt
from dashboard.ui.words import plain
from dashboard.workflows.operating.administration import (
    disable,
    people,
    set_role,
    sign_out,
    sign_out_everywhere,
)

__all__ = ["show_people"]

_ROW: Final = 35
_MOST_ROWS: Final = 12


def show_people(person: Person) -> None:
    """List everybody who ever signed in, and what can be done about one of them.

    Parameters
    ----------
    person
        The admin.
    """
    known = people(runtime().store, person)
    if not known:
        signing_in = runtime().settings.sign_in != "none"
        st.info(
            "Nobody has signed in yet." if signing_in else "This is a local session: nobody signs in.",
            icon=":material/group_off:",
        )
        return
    key = f"admin_people_{len(known)}"
    st.dataframe(
        _table(known),
        key=key,
        hide_index=True,
        height=_ROW * (min(len(known), _MOST_ROWS) + 1) + 3,
        selection_mode="single-row",
        on_select="rerun",
        placeholder="",
        alt="Everybody who ever signed in, last seen first",
    )
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < len(known):
        with st.container(border=True, key="admin_person"):
            _one(known[rows[0]], person)
    else:
        st.caption("Choose a row to change a role, keep somebody out or end their sessions.")
    with st.popover("Sign out everybody", icon=":material/logout:"):
        st.markdown("Every session ends at its next step, yours too. Drafts are kept.")
        why = ask_why("admin_everybody_why")
        _button(
            "Sign out everybody now",
            "sign out everybody",
            lambda once: sign_out_everywhere(runtime().store, person, why=why, operation_id=once),
            "Everybody is signed out.",
        )


def _table(known: Sequence[StoredPerson]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Name": [one.name for one in known],
            "Role": [one.role.value for one in known],
            "Kept out": [one.disabled for one in known],
            "Last seen": [moment_words(one.last_seen) for one in known],
            "First seen": [one.first_seen[:10] for one in known],
            "E-mail": [one.email for one in known],
            "Vouched for by": [one.issuer for one in known],
            "Known there as": [one.subject for one in known],
            "Id": [one.id for one in known],
        }
    )


def _one(one: StoredPerson, person: Person) -> None:
    store = runtime().store
    st.markdown(f"**{plain(one.name or one.id)}** :gray[{plain(one.issuer)} · {plain(one.subject)}]")
    if one.id == person.id:
        st.info("This is you: another admin changes your role.", icon=":material/person:")
        return
    left, right = st.columns([2, 3])
    chosen = left.selectbox(
        "Role",
        list(Role),
        index=list(Role).index(one.role),
        format_func=lambda it: it.value,
        key=f"admin_role_{one.id}",
    )
    role = Role(str(chosen))
    with right:
        why = ask_why(f"admin_why_{one.id}")
    with st.container(horizontal=True, gap="small"):
        _button(
            "Change the role",
            f"role {one.id} {one.version} {role.value}",
            lambda once: set_role(store, person, one.id, role, why=why, operation_id=once),
            f"{one.name or one.id} is {role.value} now.",
            disabled=role is one.role,
        )
        word = "Let in again" if one.disabled else "Keep out"
        _button(
            word,
            f"disable {one.id} {one.version}",
            lambda once: disable(
                store, person, one.id, disabled=not one.disabled, why=why, operation_id=once
            ),
            f"{one.name or one.id} {'may come in again' if one.disabled else 'is kept out'}.",
        )
        _button(
            "End all sessions",
            f"sign out {one.id} {one.version}",
            lambda once: sign_out(store, person, one.id, why=why, operation_id=once),
            f"All sessions of {one.name or one.id} are ended.",
        )


def _button(
    label: str, name: str, act: Callable[[str], object], done: str, *, disabled: bool = False
) -> None:
    st.button(label, key=f"admin_{label}", on_click=attempt, args=(name, act, done), disabled=disabled)
