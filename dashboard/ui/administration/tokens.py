"""API tokens: made with scopes and an end, their secret shown once, revoked at any time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person, Right
from dashboard.runtime import runtime
from dashboard.store.people.people import StoredPerson
from dashboard.store.people.tokens import StoredToken
from dashboard.ui.wishes import ask_why, attempt
from dashboard.ui.words import plain
from dashboard.workflows.operating.administration import (
    SCOPES,
    create_token,
    people,
    revoke_token,
    tokens,
)

__all__ = ["show_tokens"]

_SHOWN_ONCE: Final = "admin_token_shown"
_DAYS: Final = (1, 7, 30, 90, 180, 365)
_ROW: Final = 35
_MOST_ROWS: Final = 8


def show_tokens(person: Person) -> None:
    """List tokens, make one, revoke one.

    Parameters
    ----------
    person
        The admin.
    """
    store = runtime().store
    known, owners = tokens(store, person), people(store, person)
    _show_secret()
    left, right = st.columns([3, 2], gap="large")
    with left:
        _listed(known, {one.id: one.name or one.id for one in owners}, person)
    with right:
        _make(owners, person)


def _show_secret() -> None:
    secret = str(st.session_state.get(_SHOWN_ONCE, ""))
    if not secret:
        return
    with st.container(border=True, key="admin_secret"):
        st.warning("Copy it now: it is not kept and cannot be shown again.", icon=":material/key:")
        st.code(secret, language=None)
        st.button(
            "I have copied it",
            key="admin_secret_seen",
            on_click=lambda: st.session_state.pop(_SHOWN_ONCE, None),
        )


def _listed(known: Sequence[StoredToken], names: dict[str, str], person: Person) -> None:
    if not known:
        st.info("There is no token yet.", icon=":material/key_off:")
        return
    key = f"admin_tokens_{len(known)}"
    st.dataframe(
        pd.DataFrame(
            {
                "Name": [one.name for one in known],
                "Acts as": [names.get(one.owner_id, one.owner_id) for one in known],
                "May": [", ".join(sorted(one.scopes)) for one in known],
                "State": [_state(one) for one in known],
                "Expires": [_day(one.expires_at) for one in known],
                "Last used": [one.last_used[:16].replace("T", " ") or "never" for one in known],
            }
        ),
        key=key,
        hide_index=True,
        height=_ROW * (min(len(known), _MOST_ROWS) + 1) + 3,
        selection_mode="single-row",
        on_select="rerun",
        placeholder="",
        alt="API tokens",
    )
    rows = st.session_state[key]["selection"]["rows"]
    if not rows or rows[0] >= len(known):
        st.caption("Choose a row to revoke a token.")
        return
    one = known[rows[0]]
    if _state(one) == "revoked":
        st.caption("It is revoked already.")
        return
    with st.container(border=True):
        st.markdown(f"**{plain(one.name)}**")
        why = ask_why(f"admin_revoke_why_{one.id}")
        st.button(
            "Revoke it",
            key=f"admin_revoke_{one.id}",
            icon=":material/block:",
            on_click=attempt,
            args=(
                f"revoke {one.id}",
                lambda once: revoke_token(runtime().store, person, one.id, why=why, operation_id=once),
                f"The token {one.name} is worthless now.",
            ),
        )


def _state(token: StoredToken) -> str:
    if token.revoked_at:
        return "revoked"
    return "valid" if token.is_valid else "expired"


def _day(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d") if seconds else "never"


def _make(owners: Sequence[StoredPerson], person: Person) -> None:
    names = {one.id: one.name or one.id for one in owners if not one.disabled}
    if not names:
        st.info("A token acts for somebody who has signed in; nobody has.", icon=":material/person_off:")
        return
    with st.form("admin_token", border=True):
        st.markdown("**A new token**")
        name = st.text_input(
            "What it is for", max_chars=100, placeholder="nightly export", key="admin_token_name"
        )
        ids = list(names)
        mine = ids.index(person.id) if person.id in names else 0
        owner = st.selectbox(
            "Acts as", ids, index=mine, format_func=names.__getitem__, key="admin_token_owner"
        )
        scopes = st.multiselect(
            "May",
            SCOPES,
            default=["read"],
            format_func=lambda scope: f"{scope}: {Right[scope.upper()].value}",
            key="admin_token_scopes",
            help="Never more than the person it acts for.",
        )
        days = st.selectbox(
            "For",
            _DAYS,
            index=2,
            format_func=lambda one: "1 day" if one == 1 else f"{one} days",
            key="admin_token_days",
        )
        pressed = st.form_submit_button("Make the token", icon=":material/key:")
    if pressed:
        _make_it(person, owner, name, scopes, days)


def _make_it(person: Person, owner: str, name: str, scopes: Sequence[str], days: int) -> None:
    def make(once: str) -> None:
        _, secret = create_token(
            runtime().store,
            person,
            owner,
            name=name,
            scopes=frozenset(scopes),
            days=days,
            operation_id=once,
        )
        st.session_state[_SHOWN_ONCE] = secret

    attempt(f"token {owner} {name} {scopes} {days}", make, f"The token {name} is made.")
    st.rerun()
