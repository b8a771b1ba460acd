"""What lies on the desk: the draft of this session, kept in the store whenever a field settles.

The session is only the working copy. When the store does not answer, the text stays here and the page says so
and tries again by itself; what is in the store survives the tab, the process and the machine.
"""

import time
import uuid
from dataclasses import dataclass, field
from threading import RLock
from typing import Final

import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import AtlasError, ConflictError
from dashboard.store.store import Store
from dashboard.ui.person import current_person
from dashboard.ui.words import plain
from dashboard.workflows.editing.dossier_form import Cells, DossierForm
from dashboard.workflows.editing.drafting import Work, save_draft

__all__ = ["Desk", "clear_desk", "current_desk", "keep", "put_on_desk", "show_kept"]

_DESK: Final = "edit_desk"
_RETRY_SECONDS: Final = 5
_MOMENT: Final = 10
_MINUTE: Final = 60


@dataclass(slots=True)
class Desk:
    """One record that is being edited in this session.

    Parameters
    ----------
    work
        The draft.
    key
        What the keys of its fields begin with; another record, other fields.
    turns
        How often a row was changed other than by its own fields, so that these begin anew.
    dirty
        Whether something was typed that the store does not have yet.
    kept_at
        When it was kept last, on this machine's clock; 0 before.
    trouble
        Why it could not be kept; empty when it could.
    elsewhere
        Whether the draft was changed in another tab.
    asked
        Whether the person asked to submit it, so that empty fields are named too.
    looking
        Id of the location whose candidates are shown, empty for none.
    conflict
        The record as somebody else has changed it, with its revision; None without one.
    refused
        Why it could not be submitted, to be said once.
    submitting
        Id of the operation of handing it in, the same for every try.
    lock
        Held while it is handed in: a second click is another thread.
    """

    work: Work
    key: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    turns: dict[str, int] = field(default_factory=dict)
    dirty: bool = False
    kept_at: float = 0.0
    trouble: str = ""
    elsewhere: bool = False
    asked: bool = False
    looking: str = ""
    conflict: tuple[DossierForm, int, str] | None = None
    refused: str = ""
    submitting: str = field(default_factory=lambda: uuid.uuid4().hex)
    lock: RLock = field(default_factory=RLock, repr=False, compare=False)

    @property
    def form(self) -> DossierForm:
        """What is typed so far."""
        return self.work.form

    def key_of(self, row: Cells, column: str) -> str:
        """Give the key of a field.

        Parameters
        ----------
        row
            Its row.
        column
            Its column.

        Returns
        -------
        str
            Key of its widget.
        """
        return f"edit_{self.key}_{row['id']}_{self.turns.get(row['id'], 0)}_{column}"

    def touch(self) -> None:
        """Remember that something changed and is to be kept."""
        self.dirty = True
        self.submitting = uuid.uuid4().hex

    def turn(self, row_id: str) -> None:
        """Let the fields of a row begin anew with its cells.

        Parameters
        ----------
        row_id
            Id of the row.
        """
        self.turns[row_id] = self.turns.get(row_id, 0) + 1
        self.touch()

    def show(self, row: Cells, before: Cells) -> None:
        """Write what changed in the cells of a row into their fields, and leave the other fields as they are.

        Somebody may be typing into one of these already.

        Parameters
        ----------
        row
            Its cells, each of one field.
        before
            The cells as they were.
        """
        for column, cell in row.items():
            key = self.key_of(row, column)
            if cell != before.get(column) and key in st.session_state:
                st.session_state[key] = cell
        self.touch()

    def replace(self, work: Work) -> None:
        """Put another state of the same draft on the desk.

        Parameters
        ----------
        work
            The state.
        """
        self.work = work
        self.key = uuid.uuid4().hex[:8]
        self.conflict, self.elsewhere, self.trouble, self.looking = None, False, "", ""


def current_desk() -> Desk | None:
    """Give what lies on the desk.

    Returns
    -------
    Desk or None
        None when the desk is empty.
    """
    desk: Desk | None = st.session_state.get(_DESK)
    return desk


def put_on_desk(work: Work) -> Desk:
    """Put a draft on the desk in place of what lay there.

    Parameters
    ----------
    work
        The draft.

    Returns
    -------
    Desk
        The desk.
    """
    desk = Desk(work)
    st.session_state[_DESK] = desk
    return desk


def clear_desk() -> None:
    """Take the draft from the desk; the store keeps it."""
    st.session_state.pop(_DESK, None)


def keep(store: Store, person: Person, desk: Desk) -> None:
    """Keep what was typed since the last time, if anything was.

    Parameters
    ----------
    store
        The store.
    person
        Who edits.
    desk
        The desk.
    """
    if not desk.dirty or desk.elsewhere:
        return
    try:
        save_draft(store, person, desk.work)
    except ConflictError:
        desk.elsewhere = True
    except AtlasError as error:
        desk.trouble = str(error)
    else:
        desk.dirty, desk.trouble, desk.kept_at = False, "", time.time()


def show_kept(store: Store, desk: Desk) -> None:
    """Say whether what is typed is kept, and go on trying when it is not.

    Parameters
    ----------
    store
        The store.
    desk
        The desk.
    """
    if desk.trouble:
        _show_trouble(store, desk)
    elif desk.work.draft is None:
        st.caption(":material/edit_note: Nothing changed yet. A draft begins with the first change.")
    else:
        st.caption(f":material/cloud_done: Draft saved {_ago(desk)}; only you see it until it is submitted.")


def _ago(desk: Desk) -> str:
    if not desk.kept_at:
        return f"on {desk.work.draft.updated_at[:16].replace('T', ' at ')} UTC" if desk.work.draft else ""
    seconds = time.time() - desk.kept_at
    if seconds < _MOMENT:
        return "a moment ago"
    if seconds < _MINUTE:
        return f"{seconds:.0f} seconds ago"
    minutes = round(seconds / _MINUTE)
    return "a minute ago" if minutes == 1 else f"{minutes:,} minutes ago"


def _show_trouble(store: Store, desk: Desk) -> None:
    st.warning(
        f"**Not saved yet.** {plain(desk.trouble)}  \nWhat you typed stands in this page and is tried "
        "again and again: leave the tab open.",
        icon=":material/cloud_off:",
    )

    @st.fragment(run_every=_RETRY_SECONDS)
    def try_again() -> None:
        # Asked anew: the person of an outage, as remembered, may only read.
        keep(store, current_person(), desk)
        if not desk.trouble:
            st.rerun()

    try_again()
    st.button("Try to save now", icon=":material/sync:", key="edit_try_again")
