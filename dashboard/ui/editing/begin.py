"""Where editing begins: a record by its address, a draft to go on with, or a record that is not there yet."""

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.domain.access import Person
from dashboard.errors import AtlasError
from dashboard.geocoding.names import fold
from dashboard.runtime import AtlasView, runtime
from dashboard.store.drafts.drafts import Draft, DraftLine, DraftState
from dashboard.ui import address
from dashboard.ui.editing.desk import Desk, clear_desk, current_desk, put_on_desk
from dashboard.ui.wishes import wish_button
from dashboard.ui.words import plain
from dashboard.workflows.editing.drafting import (
    OPEN_STATES,
    drafts_of,
    resume,
    start,
    start_new,
    withdraw,
)
from dashboard.workflows.views.evidence import Library

__all__ = ["Asked", "asked_for", "draft_name", "keep_address", "open_desk", "show_beginning"]

Asked = dict[str, str]

_KEYS: Final = ("record", "draft", "new")
_AT: Final = "address_page"
_NEW: Final = "edit_new_"
_KINDS: Final = {"sites": "Site", "events": "Event", "actors": "Actor"}
_COLOURS: Final = {
    DraftState.WORKING: "gray", DraftState.SUBMITTED: "blue", DraftState.ACCEPTED: "green",
    DraftState.REJECTED: "red", DraftState.WITHDRAWN: "gray",
}  # fmt: skip
_MOST: Final = "edit_most_drafts"
_PAGE: Final = 20
_SIMILAR: Final = 5
_LEAST: Final = 4


def asked_for() -> Asked:
    """Say what the address asks for; to be called before the page brings it in line with the session.

    Returns
    -------
    dict of str to str
        ``record``, ``draft`` or ``new``; empty when the page only runs again.
    """
    context = get_script_run_ctx()
    went = context is not None and context.is_history_navigation
    if st.session_state.get(_AT) == "edit" and not went:
        return {}
    return {key: st.query_params[key] for key in _KEYS if st.query_params.get(key)}


def open_desk(asked: Asked, atlas: AtlasView, person: Person) -> Desk | None:
    """Put what is asked for on the desk.

    Parameters
    ----------
    asked
        What the address asks for.
    atlas
        The atlas.
    person
        Who edits.

    Returns
    -------
    Desk or None
        None when there is nothing to edit yet.
    """
    desk = current_desk()
    try:
        if asked.get("draft") and not _lies_there(desk, asked):
            desk = put_on_desk(resume(runtime().store, person, asked["draft"]))
        elif asked.get("record") and not asked.get("draft") and not _lies_there(desk, asked):
            desk = put_on_desk(start(runtime().store, person, asked["record"], atlas.seen))
        elif asked.get("new") in _KINDS:
            clear_desk()
            desk = None
            st.session_state[f"{_NEW}table"] = asked["new"]
            del st.query_params["new"]
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return None
    return desk


def _lies_there(desk: Desk | None, asked: Asked) -> bool:
    if desk is None:
        return False
    if "draft" in asked:
        return desk.work.draft is not None and desk.work.draft.id == asked["draft"]
    return desk.form.record_id == asked["record"]


def keep_address(desk: Desk) -> None:
    """Let a reload, or another process after a restart, find the draft.

    Parameters
    ----------
    desk
        The desk.
    """
    draft = desk.work.draft
    if draft is not None and st.query_params.get("draft") != draft.id:
        st.query_params["draft"] = draft.id
    if not desk.work.is_new and address.selected_record() != desk.form.record_id:
        address.select_record(desk.form.record_id)


def show_beginning(atlas: AtlasView, person: Person) -> None:
    """Draw the desk while it is empty: one's own drafts, and the beginning of a new record.

    Parameters
    ----------
    atlas
        The atlas.
    person
        Who edits.
    """
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Your drafts", anchor=False)
        st.caption("What articles brought is decided on the page *Articles*, under *Bring in*.")
        _own_drafts(atlas.library(), person)
    with right:
        st.subheader("A record the atlas does not have", anchor=False)
        _new(atlas.library(), person)
        selected = address.selected_record()
        if selected in atlas.library().evidence:
            st.subheader("Or the record you looked at", anchor=False)
            wish_button(
                f"Edit {atlas.library().name(selected)}",
                f"edit {selected}",
                lambda _once: put_on_desk(start(runtime().store, person, selected, atlas.seen)),
                "",
                icon=":material/edit:",
                key="edit_selected",
            )


def _own_drafts(library: Library, person: Person) -> None:
    most = int(st.session_state.get(_MOST, _PAGE))
    try:
        drafts = drafts_of(runtime().store, person, limit=most + 1)
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return
    if not drafts:
        st.info(
            "You have none. Open a record and choose Edit, or begin a new one.", icon=":material/edit_note:"
        )
        return
    for draft in drafts[:most]:
        with st.container(border=True, key=f"draft_{draft.id}"):
            _own_draft(draft, library, person)
    if len(drafts) > most:
        st.button("Show older drafts", icon=":material/expand_more:", key="edit_older", on_click=_show_more)


def _show_more() -> None:
    st.session_state[_MOST] = int(st.session_state.get(_MOST, _PAGE)) + _PAGE


def _own_draft(draft: DraftLine, library: Library, person: Person) -> None:
    name = draft_name(draft, library)
    st.markdown(
        f"**{plain(name)}** :{_COLOURS[draft.state]}-badge[{draft.state.value}]  \n"
        f":gray[{plain(draft.record_id)} · {plain(draft.updated_at[:16].replace('T', ' '))} UTC]"
    )
    if draft.deletion:
        st.caption("Proposed: to delete the record")
    if draft.decided_why:
        st.markdown(f"{plain(draft.decided_by)}: *{plain(draft.decided_why)}*")
    with st.container(horizontal=True, gap="small"):
        if draft.state in OPEN_STATES and draft.has_form:
            wish_button(
                "Go on",
                f"go on {draft.id} {draft.version}",
                lambda _once: put_on_desk(resume(runtime().store, person, draft.id)),
                "",
                key=f"draft_{draft.id}_go",
                icon=":material/edit:",
            )
        if draft.state in (DraftState.WORKING, DraftState.SUBMITTED):
            wish_button(
                "Withdraw",
                f"withdraw {draft.id} {draft.version}",  # gone on with, it may be withdrawn again
                lambda once: withdraw(runtime().store, person, draft.id, operation_id=once),
                f"{name}: the draft is withdrawn.",
                key=f"draft_{draft.id}_withdraw",
                type="tertiary",
                icon=":material/undo:",
            )


def draft_name(draft: Draft | DraftLine, library: Library) -> str:
    """Name a draft by its record.

    Parameters
    ----------
    draft
        The draft.
    library
        All records.

    Returns
    -------
    str
        Name or title.
    """
    return draft.name or library.name(draft.record_id)


def _new(library: Library, person: Person) -> None:
    with st.container(border=True):
        st.session_state.setdefault(f"{_NEW}table", "sites")
        table = st.segmented_control(
            "What it is", list(_KINDS), format_func=_KINDS.__getitem__, key=f"{_NEW}table", required=True
        )
        name = st.text_input(
            "Title" if table == "events" else "Name", key=f"{_NEW}name", max_chars=300, live="0.4s"
        )
        _similar(library, name)

        def begin(_once: str) -> None:
            # As they stand at the click: who types and clicks at once is faster than a drawing.
            chosen, typed = (str(st.session_state[f"{_NEW}{field}"] or "") for field in ("table", "name"))
            put_on_desk(start_new(runtime().store, person, chosen, typed, library))

        wish_button(
            "Begin",
            "begin a record",
            begin,
            "",
            type="primary",
            icon=":material/add:",
            key=f"{_NEW}begin",
            disabled=not name.strip(),
        )


def _similar(library: Library, name: str) -> None:
    """Name records that may be the same one."""
    words = fold(name)
    if len(words) < _LEAST:
        return
    found = [record_id for record_id in library.evidence if _alike(words, fold(library.name(record_id)))]
    if found:
        st.warning("The atlas may have it already:", icon=":material/content_copy:")
        for record_id in found[:_SIMILAR]:
            st.button(
                plain(library.name(record_id)),
                key=f"{_NEW}like_{record_id}",
                type="tertiary",
                on_click=_begin_with,
                args=(record_id,),
            )


def _alike(words: str, name: str) -> bool:
    return words in name or (len(name) >= _LEAST and name in words)


def _begin_with(record_id: str) -> None:
    address.select_record(record_id)
    st.query_params["record"] = record_id
