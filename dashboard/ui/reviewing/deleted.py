"""Deleted records: who deleted what and why, and bringing one back."""

import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.errors import AtlasError
from dashboard.runtime import runtime
from dashboard.store.records.loading import DeletedRecord
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.readings import as_read
from dashboard.ui.wishes import ask_why, reason, wish_button
from dashboard.ui.words import plain
from dashboard.workflows.editing.reviewing import deleted_records, restore_record

__all__ = ["show_deleted"]


def show_deleted(person: Person) -> None:
    """List deleted records.

    Parameters
    ----------
    person
        Who looks.
    """
    try:
        gone = as_read("deleted", person.id, lambda: deleted_records(runtime().store, person))
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return
    if not gone:
        st.info("Nothing is deleted.", icon=":material/delete_sweep:")
        return
    for record in gone:
        with st.container(border=True, key=f"deleted_{record.record_id}"):
            _one(record, person)


def _one(record: DeletedRecord, person: Person) -> None:
    st.markdown(
        f"**{plain(record.dossier.name)}** :gray[{plain(record.record_id)}]  \n"
        f"deleted by {plain(record.who)}, {plain(moment_words(record.at))}: *{plain(record.why)}*"
    )
    if not may(person, Right.REMOVE, runtime().mode):
        return
    with st.popover("Restore", icon=":material/restore_from_trash:"):
        field = f"restore_why_{record.record_id}"
        ask_why(field)

        def restored(once: str) -> None:
            restore_record(runtime().store, person, record.record_id, why=reason(field), operation_id=once)
            runtime().refresh()

        wish_button(
            "Restore it",
            f"restore {record.record_id} {record.at}",
            restored,
            f"{record.dossier.name} is restored.",
            key=f"restore_{record.record_id}",
        )
