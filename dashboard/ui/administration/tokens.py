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
from dashboard.ui.wishes import ask_why, reason, wish_button
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
_FIELDS: Final = {name: f"admin_token_{name}" for name in ("name", "owner", "scopes", "days")}
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
    ids = [one.id for one in known]
    key = f"admin_tokens_{hash(tuple(ids))}"
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
        field = f"admin_revoke_why_{one.id}"
        ask_why(field)
        wish_button(
            "Revoke it",
            f"revoke {one.id}",
            lambda once: revoke_token(runtime().store, person, one.id, why=reason(field), operation_id=once),
            f"The token {one.name} is worthless now.",
            key=f"admin_revoke_{one.id}",
            icon=":material/block:",
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
        st.text_input("What it is for", max_chars=100, placeholder="nightly export", key=_FIELDS["name"])
        ids = list(names)
        mine = ids.index(person.id) if person.id in names else 0
        st.selectbox("Acts as", ids, index=mine, format_func=names.__getitem__, key=_FIELDS["owner"])
        st.multiselect(
            "May",
            SCOPES,
            default=["read"],
            format_func=lambda scope: f"{scope}: {Right[scope.upper()].value}",
            key=_FIELDS["scopes"],
            help="Never more than the person it acts for.",
        )
        st.selectbox(
            "For",
            _DAYS,
            index=2,
            format_func=lambda one: "1 day" if one == 1 else f"{one} days",
            key=_FIELDS["days"],
        )
        # One press, one token: its secret is shown once, and that of a second would hide the first.
        wish_button(
            "Make the token",
            "token",
            lambda once: _make_it(person, once),
            lambda: f"The token {reason(_FIELDS['name'])} is made.",
            key="admin_token_make",
            draw=st.form_submit_button,
            icon=":material/key:",
        )


def _make_it(person: Person, once: str) -> None:
    name, owner, scopes, days = (st.session_state[key] for key in _FIELDS.values())
    _, secret = create_token(
        runtime().store,
        person,
        owner,
        name=name,
        scopes=frozenset(scopes),
        days=days,
        operation_id=f"{once} {hash((name, owner, tuple(scopes), days))}",
    )
    st.session_state[_SHOWN_ONCE] = secret
