"""Asking for names: pasted, uploaded, or brought by a link."""

from typing import Final

import streamlit as st

from dashboard.ui.geocoding.job import current_job, start_job
from dashboard.ui.words import plain
from dashboard.workflows.geocoding.decide_names import MOST_IN_TEXT
from dashboard.workflows.geocoding.name_lists import (
    MOST_BYTES,
    MOST_NAMES,
    NameList,
    NameTable,
    guess_columns,
    names_of_column,
    names_of_text,
    read_name_file,
)

__all__ = ["ask_names"]

_PASTE, _UPLOAD = "Paste", "Upload"
_HOW: Final = "geo_how"
_TEXT: Final = "geo_names"
_WRITTEN: Final = "geo_address"
_QUERY: Final = "names"
_MOST_IN_ADDRESS: Final = 1_500
_MOST_CHARACTERS: Final = 200_000
_SHOWN: Final = 8
_EXAMPLE: Final = "Ben Slimane; MA\nTel Aviv\nFort Worth, Texas\nتل أبيب"


def ask_names() -> bool:
    """Draw the choice of names; a list that is asked for becomes the session's job.

    Returns
    -------
    bool
        Whether the names are of one text.
    """
    _arrive()
    st.session_state.setdefault(_HOW, _PASTE)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            how = st.segmented_control(
                "Where the names come from",
                [_PASTE, _UPLOAD],
                key=_HOW,
                required=True,
                label_visibility="collapsed",
                persist_state="session",
            )
            together = st.toggle(
                "These names belong to one text",
                key="geo_together",
                persist_state="session",
                help="Then they help one another: a town near the others is meant more likely than a "
                f"namesake elsewhere. At most {MOST_IN_TEXT:,} names.",
            )
        if how == _UPLOAD:
            _upload()
        else:
            _paste()
    _keep_address()
    return together


def _arrive() -> None:
    """Take the names over that a link brings; what the page wrote into the address itself is no link."""
    asked = st.query_params.get(_QUERY, "")[:_MOST_IN_ADDRESS]
    if asked and asked != st.session_state.get(_WRITTEN):
        st.session_state[_WRITTEN] = st.session_state[_TEXT] = asked
        st.session_state[_HOW] = _PASTE
        _start(names_of_text(asked))


def _keep_address() -> None:
    text = st.session_state.get(_WRITTEN, "")
    if text and st.query_params.get(_QUERY) != text:
        st.query_params[_QUERY] = text
    elif not text and _QUERY in st.query_params:
        del st.query_params[_QUERY]


def _paste() -> None:
    with st.form("geo_paste", border=False):
        text = st.text_area(
            "Place names, one a line; a country may follow after a semicolon",
            key=_TEXT,
            height=150,
            max_chars=_MOST_CHARACTERS,
            placeholder=_EXAMPLE,
            persist_state="session",
        )
        pressed = st.form_submit_button("Geocode", type="primary", icon=":material/travel_explore:")
    if pressed:
        found = names_of_text(text)
        if not found.names and not found.problems:
            st.warning("There is no name yet: write one a line.", icon=":material/edit:")
            return
        st.session_state[_WRITTEN] = text if len(text) <= _MOST_IN_ADDRESS else ""
        _start(found)


def _upload() -> None:
    file = st.file_uploader(
        f"CSV or TSV with a header, or a text file with one name a line; up to {MOST_NAMES:,} names "
        f"and {MOST_BYTES // 1_000_000} MB",
        type=["csv", "tsv", "txt"],
        key="geo_file",
        max_upload_size=MOST_BYTES // 1_000_000,
    )
    if file is None:
        st.caption("More names: `arsenal-atlas geocode FILE.csv --column NAME` takes any number.")
        return
    found = read_name_file(file.getvalue(), file.name)
    if isinstance(found, NameTable):
        if not found.columns:
            _show_problems(found)
            return
        found = _choose_columns(found)
    st.caption(f"{len(found.names):,} names in {plain(file.name)}")
    if st.button("Geocode", type="primary", icon=":material/travel_explore:", disabled=not found.names):
        st.session_state[_WRITTEN] = ""
        _start(found)
    elif not found.names:
        _show_problems(found)


def _choose_columns(table: NameTable) -> NameList:
    # By position: two columns of a table may have one name.
    positions = list(range(len(table.columns)))
    name, country = guess_columns(table.columns)
    left, right = st.columns(2)
    column = left.selectbox(
        "Column of names",
        positions,
        index=name,
        format_func=lambda position: table.columns[position],
        key=f"geo_column_{table.columns}",
    )
    countries = right.selectbox(
        "Column of countries",
        [None, *positions],
        index=0 if country is None else country + 1,
        format_func=lambda position: "none" if position is None else table.columns[position],
        key=f"geo_countries_{table.columns}",
    )
    return names_of_column(table, column, countries)


def _start(found: NameList) -> None:
    start_job(found.names, found.problems)


def _show_problems(found: NameTable | NameList) -> None:
    lines = [str(problem) for problem in found.problems[:_SHOWN]]
    more = len(found.problems) - _SHOWN
    lines += [f"and {more:,} more"] if more > 0 else []
    if lines:
        st.warning("  \n".join(map(plain, lines)), icon=":material/report:")


def show_unread() -> None:
    """Name the rows of the session's list that could not be read."""
    job = current_job()
    if job is not None and job.problems:
        _show_problems(NameList((), job.problems))
