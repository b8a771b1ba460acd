"""Handing a draft in: what is still to do, what would change, and the button."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import AtlasError, ConflictError, DraftError, DraftProblem
from dashboard.runtime import AtlasView, runtime
from dashboard.store.drafts.drafts import Draft
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.editing.desk import Desk, clear_desk, current_desk
from dashboard.ui.editing.differences import names_in, show_differences
from dashboard.ui.person import require_same
from dashboard.ui.unbroken import unbroken
from dashboard.ui.wishes import reason, wish_button
from dashboard.ui.words import plain
from dashboard.workflows.editing.dossier_differences import field_label, form_differences
from dashboard.workflows.editing.dossier_form import DossierForm
from dashboard.workflows.editing.drafting import as_published, resume, submit, withdraw
from dashboard.workflows.editing.reviewing import accept

__all__ = ["show_elsewhere", "show_hand_in", "show_handed_in"]

_DONE: Final = "edit_done"
_WHY: Final = "edit_why"
_TABLES: Final = {
    "locations": "Place", "site_status": "Status", "citations": "Citation", "sources": "Source",
    "sites": "Site", "events": "Event", "actors": "Actor",
}  # fmt: skip


def show_handed_in() -> None:
    """Say once that a draft was handed in."""
    if done := st.session_state.pop(_DONE, ""):
        st.success(plain(done), icon=":material/check_circle:")


def show_hand_in(desk: Desk, atlas: AtlasView, person: Person, problems: Sequence[DraftProblem]) -> None:
    """Draw what keeps the draft from being submitted, what would change, and the way to submit it.

    Parameters
    ----------
    desk
        The desk.
    atlas
        The atlas.
    person
        Who edits.
    problems
        What is wrong with the draft.
    """
    if desk.refused:
        st.error(plain(desk.refused), icon=":material/error:")
        desk.refused = ""
    library = atlas.library()
    base = DossierForm.from_text(desk.form.base) if desk.form.base else None
    name = names_in(library, desk.form, base)
    differences = form_differences(base, desk.form, name)
    count = sum(len(row.fields) for row in differences)
    _show_problems(desk, problems, changed=bool(count))
    with st.expander(f"What would change ({count:,} {'field' if count == 1 else 'fields'})"):
        show_differences(differences, name, narrow=True)
    st.text_area(
        "Note to the reviewer",
        key=_why_key(desk),
        height=70,
        max_chars=2_000,
        placeholder="What is new, and what to look at",
    )
    local = person.is_local
    st.button(
        "Publish" if local else "Submit for review",
        type="primary",
        icon=":material/publish:" if local else ":material/send:",
        key="edit_submit",
        on_click=_submit,
        args=(desk, atlas, person),
        help="In a local session you review your own work."
        if local
        else "Another person accepts or rejects it.",
        shortcut="Mod+Enter",
        disabled=not count,
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Close", key="edit_close", icon=":material/close:", on_click=_close, help="The draft is kept."
        )
        if desk.work.draft is not None:
            with st.popover("Discard", icon=":material/delete:", type="tertiary"):
                st.markdown("The draft is withdrawn. It stays in your list, and you can go on with it later.")
                _withdraw_button(desk, desk.work.draft, person)


def _show_problems(desk: Desk, problems: Sequence[DraftProblem], *, changed: bool) -> None:
    if not problems and not changed:
        return
    if not problems:
        st.success("It holds together and can be submitted.", icon=":material/task_alt:")
        return
    lines = [f"- {plain(_problem_words(desk, problem))}" for problem in problems]
    head = "**Before it can be submitted**"
    box = st.error if desk.asked else st.info
    box("\n".join([head, *lines]), icon=":material/checklist:")


def _problem_words(desk: Desk, problem: DraftProblem) -> str:
    if not problem.table:
        return problem.message
    title = _TABLES.get(problem.table, "")
    rows = desk.form.rows.get(problem.table, [])
    at = next((number for number, row in enumerate(rows, start=1) if row["id"] == problem.row_id), 0)
    place = f"{title} {at}" if at and len(rows) > 1 else title
    return (
        f"{place}, {field_label(problem.field).lower() if problem.field else 'as a whole'}: {problem.message}"
    )


def _close() -> None:
    clear_desk()
    for key in ("draft", "record"):
        if key in st.query_params:
            del st.query_params[key]


def _withdraw_button(desk: Desk, draft: Draft, person: Person) -> None:
    def discard(once: str) -> None:
        withdraw(runtime().store, person, draft.id, operation_id=once)
        if current_desk() is desk:
            _close()

    wish_button(
        "Withdraw the draft",
        f"withdraw {draft.id} {draft.version}",
        discard,
        "The draft is withdrawn.",
        key="edit_discard",
    )


def _why_key(desk: Desk) -> str:
    return f"{_WHY}_{desk.work.nonce}"


def _submit(desk: Desk, atlas: AtlasView, person: Person) -> None:
    with desk.lock, unbroken():
        if current_desk() is desk:  # else handed in already, and pressed twice before the page was drawn anew
            _hand_in(desk, atlas, person)


def _hand_in(desk: Desk, atlas: AtlasView, person: Person) -> None:
    desk.asked, why = True, reason(_why_key(desk))
    store, wish, library = runtime().store, desk.submitting, atlas.library()
    try:
        require_same(person)
        draft = submit(store, person, desk.work, library, why=why, operation_id=wish)
        if person.is_local:
            accept(store, person, draft, library, why=why, operation_id=f"{wish}-accept")
    except ConflictError as error:
        _show_both(desk, atlas, error)
    except DraftError:
        desk.dirty = True  # the problems stand on the page already
    except AtlasError as error:
        desk.refused, desk.dirty = str(error), True
    else:
        runtime().refresh()
        done = "is published" if person.is_local else "is submitted: a reviewer looks at it"
        st.session_state[_DONE] = f"{desk.form.name} {done}."
        _close()


def _show_both(desk: Desk, atlas: AtlasView, error: ConflictError) -> None:
    if error.theirs is None:
        desk.elsewhere = True
        return
    store = runtime().store
    theirs, revision = as_published(store, error.record_id, atlas.seen)
    desk.conflict = (
        theirs,
        revision,
        f"{error.record_id} was changed by {error.who} {moment_words(error.when)}",
    )


def show_elsewhere(desk: Desk, person: Person) -> None:
    """Say that the draft was changed in another tab, and let the person choose.

    Parameters
    ----------
    desk
        The desk.
    person
        Who edits.
    """
    st.warning(
        "This draft was changed in another tab or on another device of yours since this page read it. "
        "What you typed here is not saved.",
        icon=":material/tab:",
    )
    with st.container(horizontal=True, gap="small"):
        for label, mine, key in (
            ("Show the other version", False, "edit_reload"),
            ("Go on with this one", True, "edit_overwrite"),
        ):
            wish_button(
                label,
                f"{label} {desk.key}",
                partial(_take_over, desk, person, mine=mine),
                "",
                key=key,
            )


def _take_over(desk: Desk, person: Person, _once: str, *, mine: bool) -> None:
    draft = desk.work.draft
    if draft is None or not desk.elsewhere:
        return  # the other button was pressed before the page was drawn anew
    stored = resume(runtime().store, person, draft.id)
    if mine:
        desk.work.draft = stored.draft
        desk.elsewhere = False
        desk.touch()
    else:
        desk.replace(stored)
        desk.dirty = False
