"""Files of what a page shows: the format is chosen, the file made when it is asked for, then handed over."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from dashboard.domain.access import Right, may
from dashboard.exports.view import ExportView
from dashboard.runtime import AtlasView, runtime
from dashboard.ui.person import current_person
from dashboard.ui.share.job import FileJob
from dashboard.ui.share.where import page_address, shown_link
from dashboard.ui.words import plain
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.sharing.take_away import FORMATS, Format, view_for
from dashboard.workflows.views.selection import select

__all__ = ["MOST_ROWS", "show_download"]

MOST_ROWS: Final = 200_000
"""Records that a page makes a file of; the command line has no such limit."""

_JOB: Final = "share_job"
_FORMAT: Final = "share_format"
_OFTEN: Final = 0.7  # seconds between two looks at a file that is being made


def show_download(atlas: AtlasView, page: str) -> None:
    """Draw the choice of a format, and the file's way from click to hand.

    Parameters
    ----------
    atlas
        The atlas as the person sees it.
    page
        Name of the page, as its address has it.
    """
    if not _is_of_now(atlas):
        st.rerun()  # the whole page is drawn for what the person may see now
    if not _is_allowed():
        st.info("Your role does not include taking records away as files.", icon=":material/lock:")
        return
    link = shown_link(page)
    chosen: Format = FORMATS[
        st.selectbox("Format", list(FORMATS), key=_FORMAT, format_func=lambda one: FORMATS[one].label)
    ]
    st.caption(plain(f"Carries: {chosen.carries}."))
    if chosen.loses:
        st.caption(plain(f"Cannot hold: {chosen.loses}."))
    count = _count(atlas, link)
    if count > MOST_ROWS:
        st.warning(
            f"This view has {count:,} records, and a page makes files of {MOST_ROWS:,} at most. Narrow it, "
            "or run `arsenal-atlas export` beside the database.",
            icon=":material/data_alert:",
        )
        return
    job = _job_of(_key(atlas, link, chosen))
    if job is None:
        st.button(
            f"Make the file of {count:,} record{'' if count == 1 else 's'}",
            key="share_make",
            icon=":material/draft:",
            disabled=count == 0,
            on_click=_begin,
            args=(atlas, page),
        )
        if not count:
            st.caption("Nothing to write: no record matches in this window.")
    elif job.is_running:
        st.fragment(run_every=_OFTEN)(_show_progress)(job)
    else:
        _show_made(job)


def _is_allowed() -> bool:
    atlas = runtime()
    person = current_person()
    return may(person, Right.EXPORT, atlas.mode, anonymous_reading=atlas.settings.anonymous_reading)


def _is_of_now(atlas: AtlasView) -> bool:
    """Say whether the person may still see what the page was drawn of."""
    return runtime().audience_of(current_person()) == atlas.audience


def _count(atlas: AtlasView, link: Link) -> int:
    return len(select(atlas.frames(), link.filters, link.window).shown)


def _key(atlas: AtlasView, link: Link, chosen: Format) -> object:
    """Say of what a file is made: another view, another file."""
    return replace(link, record="", view="", basemap=""), atlas.version, chosen.id


def _job_of(key: object) -> FileJob | None:
    """Give the session's file if it is of what is shown now; another one is of no use any more."""
    job: FileJob | None = st.session_state.get(_JOB)
    if job is not None and job.key != key:
        _forget()
        return None
    return job


def _forget() -> None:
    job: FileJob | None = st.session_state.pop(_JOB, None)
    if job is not None:
        job.discard()


def _begin(atlas: AtlasView, page: str) -> None:
    """Begin to make the file of the format and the view that are chosen at the click."""
    chosen, link, address = FORMATS[st.session_state[_FORMAT]], shown_link(page), page_address(page)
    key = _key(atlas, link, chosen)
    # The page says in this very run what may not be; and a second click asks for nothing new.
    may_be = _is_allowed() and _is_of_now(atlas) and _count(atlas, link) <= MOST_ROWS
    if not may_be or _job_of(key) is not None:
        return
    today = datetime.now(UTC).date()
    name = f"arsenal-atlas-{atlas.published.version[:12]}-{today.isoformat()}{chosen.extension}"

    def view() -> ExportView:
        return view_for(atlas, link, made_on=today, address=address)

    st.session_state[_JOB] = FileJob(key, chosen, name, view)


def _show_progress(job: FileJob) -> None:
    if not job.is_running:
        st.rerun()
    words = "Waiting for other files …" if job.waits else f"Writing {job.chosen.label} …"
    if job.total:
        words = f"{words} {job.done:,} of {job.total:,} rows"
    st.progress(job.share, plain(words))
    st.button("Cancel", key="share_cancel", icon=":material/cancel:", on_click=job.stop)


def _show_made(job: FileJob) -> None:
    if job.error:
        st.warning(plain(job.error), icon=":material/error:")
        st.button("Good", key="share_forget", on_click=_forget)
        return
    written = job.written
    rows = written.rows if written else 0
    st.download_button(
        f"Download {job.name}",
        data=job.read,
        file_name=job.name,
        mime=job.chosen.media_type,
        key="share_download",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
    )
    st.caption(f"{rows:,} record{'' if rows == 1 else 's'}. The file is yours until you leave this view.")
    for note in written.notes if written else ():
        st.caption(plain(f"{note}."))
