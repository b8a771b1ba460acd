"""Bringing a table: who may, the file, its sheet, and what became of reading it."""

from typing import Final

import streamlit as st

from dashboard.domain.access import Person, Right, require
from dashboard.errors import AtlasError, PermissionDeniedError
from dashboard.runtime import runtime
from dashboard.ui.importing.desk import Desk, ReadTable, clear_desk, start_desk
from dashboard.ui.importing.steps import reading
from dashboard.ui.importing.watching import show_work
from dashboard.ui.person import current_person
from dashboard.ui.words import plain

__all__ = ["may_bring", "show_bringing", "show_table"]

_FILE: Final = "import_file"
_FILES: Final = "import_files"
_REFUSED: Final = "import_refused"
_MOST_MB: Final = 50  # as client_max_body_size of nginx in deploy/
_NOTES: Final = 20


def may_bring(person: Person) -> bool:
    """Say whether somebody may bring tables now; the page has said why not otherwise.

    Parameters
    ----------
    person
        Who looks at the page.

    Returns
    -------
    bool
        Asked again by every step.
    """
    try:
        for right in (Right.PROPOSE, Right.UPLOAD):
            require(person, right, runtime().mode)
    except PermissionDeniedError as error:
        st.warning(plain(str(error)), icon=":material/lock:")
        return False
    return True


def show_bringing() -> None:
    """Draw the choice of a file, and what a file can be."""
    st.markdown(
        "Any table becomes a layer of its own beside the atlas: it is read, looked at row by row, and only "
        "then imported. Nothing is mended silently, and an import can be undone."
    )
    if refused := st.session_state.get(_REFUSED, ""):
        st.error(plain(refused), icon=":material/error:")
    most = _most_mb()
    st.file_uploader(
        "A table",
        key=_uploader(),
        on_change=_arrived,
        max_upload_size=most,
    )
    st.caption(
        f"Uploads end at {most:,} MB. A larger table is imported on the computer that runs the atlas: "
        "`arsenal-atlas import FILE`, or `arsenal-atlas layers add-folder DIR` for a folder of Parquet files "
        "of any size."
    )
    with st.container(border=True):
        st.markdown("**What can be brought**")
        st.markdown(
            "Spreadsheets (XLSX, XLS, ODS), CSV and TSV, JSON and JSON Lines, GeoJSON, KML, KMZ and GPX, "
            "GeoPackage, FlatGeobuf, zipped Shapefiles, Parquet and GeoParquet."
        )
        st.caption(
            "One row is one event or one site. A name is enough for a place: it is looked up offline. Dates "
            "may be written as they are: 12/03/2021, March 2021, early 2022. Datasets such as UCDP GED, "
            "ACLED, GDELT or SIPRI are recognised by their columns."
        )
    st.page_link("app_pages/layers.py", label="Layers that were brought before", icon=":material/layers:")


def _most_mb() -> int:
    """Say how large an upload may be: by the server, the proxy before it, and for one visitor."""
    return min(_MOST_MB, int(st.get_option("server.maxUploadSize")), runtime().settings.upload_mb)


def _uploader() -> str:
    # Another key, another uploader: the last file is let go of.
    return f"{_FILE}_{st.session_state.get(_FILES, 0)}"


def _arrived() -> None:
    upload = st.session_state.get(_uploader())
    st.session_state.pop(_REFUSED, None)
    if upload is None:
        return
    try:
        person = current_person()
        # The rights are asked before anything looks at the bytes.
        for right in (Right.PROPOSE, Right.UPLOAD):
            require(person, right, runtime().mode)
        desk = start_desk(upload.name, upload.getvalue())
        desk.reading = reading(desk, person)
    except AtlasError as error:
        _refuse(str(error))
    st.session_state[_FILES] = st.session_state.get(_FILES, 0) + 1


def _refuse(why: str) -> None:
    clear_desk()
    st.session_state[_REFUSED] = why


def show_table(desk: Desk) -> ReadTable | None:
    """Draw the table that is on the desk: being read, or what was found out about it.

    Parameters
    ----------
    desk
        The table.

    Returns
    -------
    ReadTable or None
        None while it is not read.
    """
    if desk.reading is not None:
        if not show_work(desk.reading, desk.key("reading")):
            return None
        _ended(desk)
    read = desk.read
    if read is None:
        return None
    raw = read.raw
    with st.container(horizontal=True, vertical_alignment="center"):
        rows = f"{raw.rows:,} row{'' if raw.rows == 1 else 's'}"
        st.markdown(f"**{plain(raw.name)}** · {rows} · {len(raw.columns)} columns")
        st.button("Another file", key=desk.key("another"), icon=":material/upload_file:", on_click=another)
    if len(raw.sheets) > 1:
        _choose_sheet(desk, raw.sheets)
    if raw.guesses:
        st.caption("  \n".join(plain(note) for note in raw.guesses[:_NOTES]))
    if raw.notes:
        with st.expander("How it was read", icon=":material/description:"):
            st.caption("  \n".join(plain(note) for note in raw.notes[:_NOTES]))
    return read


def _ended(desk: Desk) -> None:
    work = desk.reading
    if work is None:
        return
    read = work.result
    if read is None:
        _refuse("" if work.is_stopped else work.error)
        st.rerun()
    else:
        desk.take(read)


def _choose_sheet(desk: Desk, sheets: tuple[str, ...]) -> None:
    key = desk.key("sheet")

    def choose() -> None:
        again = start_desk(desk.name, desk.source)
        again.sheet = str(st.session_state[key])
        try:
            again.reading = reading(again, current_person())
        except AtlasError as error:
            _refuse(str(error))

    st.selectbox("Sheet, layer or list", sheets, key=key, on_change=choose)


def another() -> None:
    """Put the table aside for another file."""
    clear_desk()
    st.session_state.pop(_REFUSED, None)
