"""The Edit page as a whole: the dossier on the left, what becomes of it on the right."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import DraftProblem
from dashboard.runtime import AtlasView, runtime
from dashboard.ui.editing.begin import Asked, keep_address, open_desk, show_beginning
from dashboard.ui.editing.citations import edit_citations
from dashboard.ui.editing.conflict import show_conflict
from dashboard.ui.editing.desk import Desk, keep, show_kept
from dashboard.ui.editing.hand_in import show_elsewhere, show_hand_in, show_handed_in
from dashboard.ui.editing.locations import edit_locations
from dashboard.ui.editing.record_fields import edit_record
from dashboard.ui.editing.statuses import edit_statuses
from dashboard.ui.words import plain
from dashboard.workflows.editing.drafting import problems_of

__all__ = ["show_editor"]

_SECTIONS: Final = {
    "record": "Record",
    "locations": "Places",
    "site_status": "Statuses",
    "citations": "Sources",
}


def show_editor(atlas: AtlasView, person: Person, asked: Asked) -> None:
    """Draw the page.

    Parameters
    ----------
    atlas
        The atlas.
    person
        Who edits.
    asked
        What the address asks for.
    """
    desk = open_desk(asked, atlas, person)
    show_handed_in()
    if desk is None:
        st.title("Edit")
        show_beginning(atlas, person)
        return
    keep(runtime().store, person, desk)
    keep_address(desk)
    library = atlas.library()
    problems = problems_of(desk.work, library)
    kind = {"sites": "site", "events": "event", "actors": "actor"}[desk.form.table]
    new = f"New {kind}" if desk.work.is_new else f"Revision {desk.work.base_revision} of the {kind}"
    st.title(plain(desk.form.name or "Without a name"), anchor=False)
    st.caption(f"{new} · {plain(desk.form.record_id)}")
    show_kept(runtime().store, desk)
    left, right = st.columns([5, 3], gap="large")
    with left:
        if desk.elsewhere:
            show_elsewhere(desk, person)
        show_conflict(desk, library)
        _sections(desk, atlas, problems)
    with right, st.container(border=True, key="edit_side"):
        show_hand_in(desk, atlas, person, problems)


def _sections(desk: Desk, atlas: AtlasView, problems: Sequence[DraftProblem]) -> None:
    shown = [name for name in _SECTIONS if name != "site_status" or desk.form.table == "sites"]
    if desk.form.table == "actors":
        shown.remove("locations")
    section = st.segmented_control(
        "Part of the dossier",
        shown,
        default="record",
        format_func=lambda name: _title(desk, name),
        key=f"edit_section_{desk.key}",
        required=True,
        label_visibility="collapsed",
    )
    library = atlas.library()
    if section == "locations":
        edit_locations(desk, atlas, problems)
    elif section == "site_status":
        edit_statuses(desk, library, problems)
    elif section == "citations":
        edit_citations(desk, library, problems)
    else:
        edit_record(desk, library, problems)


def _title(desk: Desk, name: str) -> str:
    rows = desk.form.rows.get(name)
    return _SECTIONS[name] if rows is None else f"{_SECTIONS[name]} ({len(rows)})"
