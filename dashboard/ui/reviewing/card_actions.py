"""What somebody may do with a record from its card: edit, protect, delete or propose that it be deleted."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.errors import AtlasError
from dashboard.runtime import runtime
from dashboard.ui import address
from dashboard.ui.person import current_person
from dashboard.ui.pinned import is_past
from dashboard.ui.wishes import ask_why, reason, wish_button
from dashboard.ui.words import plain
from dashboard.workflows.editing.propose_deletion import propose_deletion
from dashboard.workflows.editing.reviewing import delete_record, protect, unprotect

__all__ = ["show_card_actions", "show_new_link"]

_CELLS: Final = {
    0.01: "0.01° (about 1 km)",
    0.1: "0.1° (about 11 km)",
    0.5: "0.5° (about 55 km)",
    1.0: "1° (about 110 km)",
}


def show_card_actions(record_id: str) -> None:
    """Draw what the person may do with a record of the atlas's own.

    Parameters
    ----------
    record_id
        Id of the record.
    """
    if is_past():
        return
    person, mode = current_person(), runtime().mode
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="card_actions"):
        if may(person, Right.PROPOSE, mode):
            st.page_link(
                "app_pages/edit.py", label="Edit", icon=":material/edit:", query_params={"record": record_id}
            )
        if may(person, Right.REMOVE, mode):
            _when_open("Protect", "shield", record_id, person, _protect)
            _when_open("Delete", "delete", record_id, person, _delete)
        elif may(person, Right.PROPOSE, mode):
            _when_open("Propose deletion", "delete", record_id, person, _propose)


def _when_open(
    label: str, icon: str, record_id: str, person: Person, draw: Callable[[str, Person], None]
) -> None:
    # Its content asks the store: only drawn when somebody looks.
    popover = st.popover(
        label,
        icon=f":material/{icon}:",
        type="tertiary",
        key=f"card_{label.lower().replace(' ', '_')}_{record_id}",
        on_change="rerun",
    )
    if popover.open:
        with popover:
            draw(record_id, person)


def show_new_link(table: str) -> None:
    """Draw the way to begin a record that is not there yet, for those who may.

    Parameters
    ----------
    table
        ``sites``, ``events`` or ``actors``.
    """
    if not is_past() and may(current_person(), Right.PROPOSE, runtime().mode):
        st.page_link(
            "app_pages/edit.py",
            label=f"New {table.removesuffix('s')}",
            icon=":material/add:",
            query_params={"new": table},
        )


def _protect(record_id: str, person: Person) -> None:
    store = runtime().store
    try:
        now = store.protections.all().get(record_id, 0.0)
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return
    st.markdown(
        f"Readers and contributors see its place on a grid of {now:g}° only."
        if now
        else "Readers and contributors would see its place only on a coarse grid, "
        "without texts that give it away."
    )
    field, grid = f"protect_why_{record_id}", f"protect_cell_{record_id}"
    st.selectbox("Grid", list(_CELLS), index=1, format_func=_CELLS.__getitem__, key=grid)
    ask_why(field)

    def set_it(once: str) -> None:
        cell = float(st.session_state[grid])  # as chosen at the click
        protect(store, person, record_id, cell, why=reason(field), operation_id=f"{once}-{cell:g}")
        runtime().refresh()

    def lift_it(once: str) -> None:
        unprotect(store, person, record_id, why=reason(field), operation_id=once)
        runtime().refresh()

    with st.container(horizontal=True, gap="small"):
        wish_button(
            "Protect it",
            f"protect {record_id} {now}",
            set_it,
            "The place is protected.",
            key=f"protect_{record_id}",
        )
        if now:
            wish_button(
                "Lift the protection",
                f"unprotect {record_id} {now}",
                lift_it,
                "The protection is lifted.",
                key=f"unprotect_{record_id}",
            )


def _delete(record_id: str, person: Person) -> None:
    st.markdown("The record leaves map, tables and files at once. It can be restored on the Review page.")
    field = f"delete_why_{record_id}"
    revision = _revision(record_id)
    if revision is None:
        return
    ask_why(field)

    def delete_it(once: str) -> None:
        # As it was when this was drawn: what somebody changed since then is not deleted unseen.
        delete_record(runtime().store, person, record_id, revision, why=reason(field), operation_id=once)
        runtime().refresh()
        address.select_record("")

    wish_button(
        "Delete the record",
        f"delete {record_id} {revision}",
        delete_it,
        f"{record_id} is deleted.",
        type="primary",
        key=f"delete_{record_id}",
    )


def _revision(record_id: str) -> int | None:
    """Give the revision that the person looks at; None when the store does not say, which is told."""
    try:
        return runtime().store.repository.revision(record_id).number
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return None


def _propose(record_id: str, person: Person) -> None:
    st.markdown("A reviewer reads why, and decides. Until then the record stays as it is.")
    field = f"propose_why_{record_id}"
    revision = _revision(record_id)
    if revision is None:
        return
    ask_why(field)

    def propose_it(once: str) -> None:
        # As it was when this was drawn: what somebody mended since then is not proposed unseen.
        propose_deletion(runtime().store, person, record_id, revision, why=reason(field), operation_id=once)

    wish_button(
        "Propose to delete it",
        f"propose deletion {record_id} {revision}",
        propose_it,
        f"The deletion of {record_id} is proposed.",
        type="primary",
        key=f"propose_{record_id}",
    )
