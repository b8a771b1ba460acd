"""How the atlas is: its mode, its data, its queues, its slow queries, its backups."""

from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Mode, Person
from dashboard.runtime import runtime
from dashboard.store.database.slow import SLOW_SECONDS, slow_queries
from dashboard.store.drafts.drafts import DraftState
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.wishes import ask_why, long_wish_button, reason, wish_button
from dashboard.ui.words import plain
from dashboard.workflows.operating.administration import (
    set_mode,
)
from dashboard.workflows.operating.upkeep import (
    StoreStatus,
    backups,
    make_backup,
    queue_sizes,
    store_status,
)

__all__ = ["show_backups", "show_slow_queries", "show_status"]

_MODES: Final = {
    Mode.NORMAL: "normal: everybody works",
    Mode.READ_ONLY: "read only: nobody writes, admins neither",
    Mode.MAINTENANCE: "maintenance: only admins come in, nobody writes",
}
_MEGABYTE: Final = 1_000_000
_WHY_MODE: Final = "admin_mode_why"
_WHY_BACKUP: Final = "admin_backup_why"


def show_status(person: Person) -> None:
    """Draw mode, data and queues.

    Parameters
    ----------
    person
        The admin.
    """
    atlas = runtime()
    status = store_status(atlas.store, person, atlas.settings.audit_anchor)
    sizes = queue_sizes(atlas.store, person)
    with st.container(horizontal=True, gap="large"):
        st.metric("Mode", status.state.mode.value)
        st.metric("Drafts waiting", f"{sizes[DraftState.SUBMITTED]:,}")
        st.metric("Drafts in work", f"{sizes[DraftState.WORKING]:,}")
        st.metric("Audit entries", f"{status.state.head.sequence:,}")
    left, right = st.columns(2, gap="large")
    with left:
        _mode(status.state.mode, person)
    with right:
        _data(status)


def _mode(now: Mode, person: Person) -> None:
    st.subheader("Mode", anchor=False)
    field = f"admin_mode_{now.value}"
    chosen = st.radio(
        "What the atlas is open for",
        list(Mode),
        index=list(Mode).index(now),
        format_func=_MODES.__getitem__,
        key=field,
    )
    ask_why(_WHY_MODE, placeholder="Everybody sees the mode; the audit trail keeps the reason")

    def wanted() -> Mode:
        return Mode(str(st.session_state[field]))  # at the click

    def change(once: str) -> None:
        mode, why = wanted(), reason(_WHY_MODE)
        set_mode(runtime().store, person, mode, why=why, operation_id=f"{once}-{mode.value}")
        runtime().refresh()

    wish_button(
        "Change the mode",
        f"mode {now.value}",
        change,
        lambda: f"The mode is {wanted().value} now.",
        key="admin_mode_change",
        icon=":material/toggle_on:",
        disabled=Mode(str(chosen)) is now,
    )


def _data(status: StoreStatus) -> None:
    st.subheader("Data", anchor=False)
    head, anchor = status.state.head, status.anchor
    lines = [
        f"**Database** {plain(status.location)}",
        f"**Data version** `{plain(status.state.data_version)}`",
        f"**Last write** {plain(moment_words(head.at)) if head.at else 'none'}",
        f"**Schema** `{plain(status.schema)}`; migrations run when the atlas starts",
        f"**Protected records, version** {status.state.protections_version}",
    ]
    if runtime().settings.audit_anchor is None:
        lines.append(
            "**Anchor of the audit trail** none: set ARSENAL\\_ATLAS\\_AUDIT\\_ANCHOR to a file elsewhere"
        )
    elif anchor is None:
        lines.append("**Anchor of the audit trail** nothing written yet")
    else:
        behind = head.sequence - anchor.sequence
        state = "up to date" if behind <= 0 else f"{behind:,} entries behind"
        lines.append(f"**Anchor of the audit trail** entry {anchor.sequence:,}, {state}")
    st.markdown("  \n".join(lines))


def show_backups(person: Person) -> None:
    """List backups, and make one.

    Parameters
    ----------
    person
        The admin.
    """
    atlas = runtime()
    folder = atlas.settings.backups
    known = backups(person, folder)
    if known:
        st.dataframe(
            pd.DataFrame(
                {
                    "Made": [one.made_at.replace("T", " ").removesuffix("Z") + " UTC" for one in known],
                    "Age": [moment_words(one.made_at) for one in known],
                    "File": [one.file for one in known],
                    "MB": [one.size / _MEGABYTE for one in known],
                    "Data version": [one.data_version for one in known],
                    "Schema": [one.schema for one in known],
                    "Audit entries": [one.head.sequence for one in known],
                    "Rows": [sum(table.rows for table in one.tables.values()) for one in known],
                }
            ),
            key=f"admin_backups_{len(known)}",
            hide_index=True,
            column_config={"MB": st.column_config.NumberColumn(format="%.1f")},
            placeholder="",
            alt="Backups, newest first",
        )
    else:
        st.warning("There is no backup yet.", icon=":material/backup:")
    st.caption(f"Folder: {plain(str(folder))}. Restore one with `arsenal-atlas db restore`.")
    with st.popover("Make a backup now", icon=":material/backup:"):
        ask_why(_WHY_BACKUP, needed=False, placeholder="such as: before the import")

        def back_up(once: str) -> None:
            make_backup(
                atlas.store,
                person,
                folder,
                atlas.settings.audit_anchor,
                why=reason(_WHY_BACKUP),
                operation_id=once,
                large=atlas.large.layers,
            )

        long_wish_button(
            "Make it",
            "backup",
            back_up,
            "The backup is made.",
            key="admin_backup",
            meanwhile="Backing up; others go on working …",
        )


def show_slow_queries() -> None:
    """List the slow queries of this process."""
    found = slow_queries()
    if not found:
        st.info(f"No query of this process took {SLOW_SECONDS:g} s or more.", icon=":material/speed:")
        return
    st.dataframe(
        pd.DataFrame(
            {
                "When": [one.at.replace("T", " ").removesuffix("Z") for one in found],
                "Seconds": [one.seconds for one in found],
                "Statement": [one.statement for one in found],
            }
        ),
        key="admin_slow",
        hide_index=True,
        column_config={
            "Seconds": st.column_config.NumberColumn(width="small", format="%.2f"),
            "Statement": st.column_config.TextColumn(width="large"),
        },
        placeholder="",
        alt="Slow queries of this process, newest first",
    )
    st.caption(
        f"The last {len(found)} of this process that took {SLOW_SECONDS:g} s or more; without their values."
    )
