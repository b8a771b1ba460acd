"""When somebody else changed the record meanwhile: both versions field by field, and the editor chooses."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from dashboard.ui.editing.desk import Desk
from dashboard.ui.editing.differences import names_in, show_differences
from dashboard.ui.words import plain
from dashboard.workflows.editing.dossier_differences import cell_words, clashes, form_differences
from dashboard.workflows.editing.dossier_form import DossierForm
from dashboard.workflows.editing.drafting import rebase
from dashboard.workflows.views.evidence import Library

__all__ = ["moment_words", "show_conflict"]

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400


def moment_words(text: str) -> str:
    """Say how long ago a moment was.

    Parameters
    ----------
    text
        ISO 8601, UTC.

    Returns
    -------
    str
        Such as ``a minute ago``; the text itself when it is no moment.
    """
    try:
        seconds = (datetime.now(UTC) - datetime.fromisoformat(text)).total_seconds()
    except (ValueError, TypeError):
        return text
    if seconds < _MINUTE:
        return "a moment ago"
    for size, word in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            one = "an" if word == "hour" else "a"
            return f"{one} {word} ago" if count == 1 else f"{count:,} {word}s ago"
    return text


def show_conflict(desk: Desk, library: Library) -> None:
    """Draw both versions, and the choice where both changed the same field.

    Parameters
    ----------
    desk
        The desk, with a conflict on it.
    library
        All records, for their names.
    """
    if desk.conflict is None:
        return
    theirs, revision, words = desk.conflict
    with st.container(border=True, key="edit_conflict"):
        st.warning(
            f"{plain(words)}. Nothing of yours was lost or submitted: here are both versions.",
            icon=":material/call_split:",
        )
        base = DossierForm.from_text(desk.form.base) if desk.form.base else None
        name = names_in(library, desk.form, theirs)
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown("**What you changed**")
            show_differences(form_differences(base, desk.form, name), name, narrow=True)
        with right:
            st.markdown("**What was changed meanwhile**")
            show_differences(form_differences(base, theirs, name), name, narrow=True)
        keys = _choices(desk, theirs, library)
        st.button(
            "Put mine on theirs and go on",
            type="primary",
            icon=":material/merge:",
            key="edit_merge",
            on_click=_merge,
            args=(desk, theirs, revision, keys),
        )


def _choices(desk: Desk, theirs: DossierForm, library: Library) -> dict[str, str]:
    """Draw the choices; gives the key of each one's field by that of its clash."""
    name = names_in(library, desk.form, theirs)
    found = clashes(desk.form, theirs, name)
    if not found:
        st.caption("Both changed different fields, so both can stand.")
        return {}
    st.markdown("**Both of you changed these: choose**")
    keys: dict[str, str] = {}
    for clash in found:
        words = {
            side: f"{side}: {plain(cell_words(clash.table, clash.field, cell, name)) or 'nothing'}"
            for side, cell in (("yours", clash.yours), ("theirs", clash.theirs))
        }
        keys[clash.key] = f"edit_clash_{desk.key}_{clash.key}"
        st.radio(plain(clash.label), list(words), format_func=words.__getitem__, key=keys[clash.key])
    return keys


def _merge(desk: Desk, theirs: DossierForm, revision: int, keys: dict[str, str]) -> None:
    if desk.conflict is None or desk.conflict[0] is not theirs:
        return  # pressed twice before the page was drawn anew
    take_theirs = {clash: st.session_state.get(key) == "theirs" for clash, key in keys.items()}
    desk.replace(rebase(desk.work, theirs, revision, take_theirs))
    desk.touch()
