"""The audit trail: who did what, why and when; and computing its chain again."""

from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import AtlasError
from dashboard.runtime import runtime
from dashboard.ui.words import plain
from dashboard.workflows.operating.upkeep import (
    audit_entries,
    verify_audit,
)

__all__ = ["show_trail"]

_PAGE: Final = 100
_ROW: Final = 35
_MOST_ROWS: Final = 16
_BEFORE: Final = "admin_trail_before"
_SHOWN: Final = 20


def show_trail(person: Person) -> None:
    """Draw the latest entries, older ones by page, and the button that verifies the chain.

    Parameters
    ----------
    person
        The admin.
    """
    before: int | None = st.session_state.get(_BEFORE)
    entries = audit_entries(runtime().store, person, limit=_PAGE, before=before)
    if not entries:
        st.info(
            "There is nothing before that." if before else "Nothing was done yet.", icon=":material/history:"
        )
    else:
        st.dataframe(
            pd.DataFrame(
                {
                    "Entry": [one.sequence for one in entries],
                    "When (UTC)": [one.at.replace("T", " ").removesuffix("Z") for one in entries],
                    "Who": [one.who for one in entries],
                    "What": [one.action for one in entries],
                    "Of": [one.subject for one in entries],
                    "Why": [one.why for one in entries],
                    "Data version": [one.data_version for one in entries],
                    "Hash": [one.hash[:16] for one in entries],
                }
            ),
            key=f"admin_trail_{entries[0].sequence}",
            hide_index=True,
            height=_ROW * (min(len(entries), _MOST_ROWS) + 1) + 3,
            column_config={
                "Entry": st.column_config.NumberColumn(width="small", format="%d"),
                "Why": st.column_config.TextColumn(width="medium"),
            },
            placeholder="",
            alt="Entries of the audit trail, newest first",
        )
    with st.container(horizontal=True, gap="small"):
        st.button("Latest", key="admin_trail_latest", disabled=before is None, on_click=_go, args=(None,))
        st.button(
            "Older",
            key="admin_trail_older",
            disabled=len(entries) < _PAGE,
            on_click=_go,
            args=(entries[-1].sequence if entries else None,),
        )
        if st.button("Verify the chain", key="admin_verify", icon=":material/verified:"):
            _verify(person)


def _go(before: int | None) -> None:
    st.session_state[_BEFORE] = before


def _verify(person: Person) -> None:
    try:
        with st.spinner("Computing every hash again …"):
            problems = verify_audit(runtime().store, person, runtime().settings.audit_anchor)
    except AtlasError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not problems:
        anchored = " and with the anchor" if runtime().settings.audit_anchor else ""
        st.success(f"Every entry agrees with the one before{anchored}.", icon=":material/verified:")
        return
    lines = "\n".join(f"- {plain(problem)}" for problem in problems[:_SHOWN])
    st.error(f"**The audit trail does not hold together**\n{lines}", icon=":material/gpp_bad:")
