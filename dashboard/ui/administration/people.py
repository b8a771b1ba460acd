"""People: their role, whether they are kept out, ending their sessions."""

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person, Role
from dashboard.runtime import runtime
from dashboard.store.people.people import StoredPerson
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.wishes import ask_why, reason, wish_button
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
_CHOSEN: Final = "admin_person_chosen"
_WHY_EVERYBODY: Final = "admin_everybody_why"


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
    ids = [one.id for one in known]
    # Last seen first: whoever does something moves up, and a row is somebody else then.
    key = f"admin_people_{hash(tuple(ids))}"
    _mark_chosen(key, ids)
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
    at = _chosen(key, ids)
    chosen = next((one for one in known if one.id == at), None)
    if chosen is not None:
        with st.container(border=True, key="admin_person"):
            _one(chosen, person)
    else:
        st.caption("Choose a row to change a role, keep somebody out or end their sessions.")
    with st.popover("Sign out everybody", icon=":material/logout:"):
        st.markdown("Every session ends at its next step, yours too. Drafts are kept.")
        ask_why(_WHY_EVERYBODY)
        _button(
            "Sign out everybody now",
            "sign out everybody",
            lambda once: sign_out_everywhere(
                runtime().store, person, why=reason(_WHY_EVERYBODY), operation_id=once
            ),
            "Everybody is signed out.",
        )


def _mark_chosen(key: str, ids: Sequence[str]) -> None:
    """Mark the row of whoever was chosen when the rows have moved; call it just before the table."""
    before, at = st.session_state.get(_CHOSEN, ("", ""))
    if before != key and at in ids:
        st.session_state[key] = {"selection": {"rows": [ids.index(at)], "columns": [], "cells": []}}


def _chosen(key: str, ids: Sequence[str]) -> str:
    """Give the id of whoever is chosen, empty for nobody."""
    rows = st.session_state[key]["selection"]["rows"]
    at = ids[rows[0]] if rows and rows[0] < len(ids) else ""
    st.session_state[_CHOSEN] = (key, at)
    return at


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
    field, offered = f"admin_why_{one.id}", f"admin_role_{one.id}"
    left, right = st.columns([2, 3])
    now = left.selectbox(
        "Role",
        list(Role),
        index=list(Role).index(one.role),
        format_func=lambda it: it.value,
        key=offered,
    )
    with right:
        ask_why(field)

    def chosen() -> Role:
        return Role(str(st.session_state[offered]))  # at the click

    def change(once: str) -> None:
        role = chosen()
        set_role(store, person, one.id, role, why=reason(field), operation_id=f"{once}-{role.value}")

    def keep_out(once: str) -> None:
        disable(store, person, one.id, disabled=not one.disabled, why=reason(field), operation_id=once)

    stamp, who = f"{one.id} {one.version}", one.name or one.id
    with st.container(horizontal=True, gap="small"):
        _button(
            "Change the role",
            f"role {stamp}",
            change,
            lambda: f"{who} is {chosen().value} now.",
            disabled=Role(str(now)) is one.role,
        )
        _button(
            "Let in again" if one.disabled else "Keep out",
            f"disable {stamp}",
            keep_out,
            f"{who} {'may come in again' if one.disabled else 'is kept out'}.",
        )
        _button(
            "End all sessions",
            f"sign out {stamp}",
            lambda once: sign_out(store, person, one.id, why=reason(field), operation_id=once),
            f"All sessions of {who} are ended.",
        )


def _button(
    label: str,
    name: str,
    act: Callable[[str], object],
    done: str | Callable[[], str],
    *,
    disabled: bool = False,
) -> None:
    wish_button(label, name, act, done, key=f"admin_{label}", disabled=disabled)
