"""The dated statuses of a site: each a claim with its citation."""

from collections.abc import Sequence

import streamlit as st

from dashboard.errors import DraftProblem
from dashboard.ui.editing.citations import citation_words
from dashboard.ui.editing.desk import Desk
from dashboard.ui.editing.fields import Fields
from dashboard.workflows.views.evidence import Library

__all__ = ["edit_statuses"]


def edit_statuses(desk: Desk, library: Library, problems: Sequence[DraftProblem]) -> None:
    """Draw the dated statuses of a site.

    Parameters
    ----------
    desk
        The desk.
    library
        All records, for the names of sources.
    problems
        What is wrong with the draft.
    """
    rows = desk.form.rows["site_status"]
    cited = {
        row["id"]: citation_words(desk, row["id"], library).replace("\\", "")
        for row in desk.form.rows["citations"]
    }
    if not rows:
        st.info(
            "No dated status yet: without one the clock cannot say when the site is there.",
            icon=":material/timeline:",
        )
    elif not cited:
        st.caption("A status needs a citation: add one under Sources first.")
    for row in rows:
        with st.container(border=True, key=f"status_{row['id']}"):
            fields = Fields(desk, "site_status", row, problems)
            first, second, third, last = st.columns([2, 3, 3, 1], vertical_alignment="top")
            fields.code(first, "status", "site_statuses")
            fields.date(second, "date")
            fields.choice(third, "citation_id", {"": "choose …", **cited})
            fields.text(st.container(), "note", max_chars=2_000)
            last.button(
                "✕",
                key=desk.key_of(row, "remove"),
                help="Take this status out",
                type="tertiary",
                on_click=_remove,
                args=(desk, row["id"]),
            )
    st.button("Add a status", icon=":material/add:", on_click=_add, args=(desk,), key="edit_add_status")


def _add(desk: Desk) -> None:
    citations = desk.form.rows["citations"]
    desk.form.add("site_status", citation_id=citations[0]["id"] if citations else "")
    desk.touch()


def _remove(desk: Desk, row_id: str) -> None:
    desk.form.remove("site_status", row_id)
    desk.touch()
