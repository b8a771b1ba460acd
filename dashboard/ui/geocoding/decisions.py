"""The decisions about a list of names: made with progress, counted, listed, downloaded."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import __version__
from dashboard.domain.access import Right, may, require
from dashboard.domain.countries import country_name
from dashboard.domain.vocabulary import label
from dashboard.errors import BusyError, GazetteerError
from dashboard.exports.cells import guarded_csv
from dashboard.geocoding import Gazetteer, Resolution
from dashboard.runtime import AtlasView, runtime
from dashboard.ui.geocoding.allowance import most_at_once, take_names
from dashboard.ui.geocoding.job import Job, current_job
from dashboard.ui.geocoding.names import show_unread
from dashboard.ui.person import current_person
from dashboard.ui.words import plain
from dashboard.workflows.geocoding.decide_names import MOST_IN_TEXT, decide, decide_together, decisions_frame
from dashboard.workflows.geocoding.name_lists import WrittenName

__all__ = ["decided", "open_gazetteer", "show_decisions", "show_gazetteer"]

_CHUNK: Final = 250
_STATUSES: Final = ("resolved", "ambiguous", "unknown")
_ALL: Final = "all"
_LookUp = Callable[[Sequence[WrittenName]], list[Resolution]]
_NO_GAZETTEER: Final = (
    "Names can't be looked up: there is no usable gazetteer. Ask whoever runs this atlas to build it."
)
_ROW: Final = 35
_MOST_ROWS: Final = 10


def open_gazetteer(atlas: AtlasView) -> Gazetteer | None:
    """Open the gazetteer, or say what is wrong with it and offer to build it.

    Parameters
    ----------
    atlas
        The atlas.

    Returns
    -------
    Gazetteer or None
        None when there is none to work with.
    """
    try:
        return atlas.gazetteer()
    except GazetteerError as error:
        # Where files lie on the host is the business of those who run it.
        administers = may(current_person(), Right.ADMINISTER)
        st.error(plain(str(error)) if administers else _NO_GAZETTEER, icon=":material/error:")
    if not administers:
        return None
    if st.button("Build it now (about half a minute)", type="primary", icon=":material/construction:"):
        bar = st.progress(0.0, text="Building the gazetteer from the installed GeoNames extract …")

        def report(done: int, total: int) -> None:
            bar.progress(min(1.0, done / max(1, total)))

        try:
            atlas.build_gazetteer(report)
        except GazetteerError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return None
        st.rerun()
    return None


def decided(atlas: AtlasView, gazetteer: Gazetteer, together: bool) -> Job | None:  # noqa: FBT001  # one switch of the page
    """Decide about the names of the session's list, as far as that is not done.

    Parameters
    ----------
    atlas
        The atlas, for its hand-decided places.
    gazetteer
        Where to look.
    together
        Whether the names are of one text.

    Returns
    -------
    Job or None
        The list with its decisions; None without one.
    """
    job = current_job()
    if job is None:
        st.info("Paste names or upload a list to see where they lead.", icon=":material/travel_explore:")
        return None
    show_unread()
    if not job.names:
        return None
    if together and len(job.names) > MOST_IN_TEXT:
        st.warning(
            f"These are {len(job.names):,} names; at most {MOST_IN_TEXT:,} are taken for those of one text. "
            "They are decided one by one.",
            icon=":material/format_list_numbered:",
        )
        together = False
    places = atlas.hand_decided()
    job.begin(f"{gazetteer.meta.get('content_sha256')} {atlas.version}", together=together)
    if not job.is_done and not job.stopped:
        try:
            if together:
                _work_together(job, lambda names: decide_together(names, gazetteer, places))
            else:
                _work(job, lambda names: decide(names, gazetteer, places))
        except BusyError as error:
            _wait(job, error.retry_after)
            return job if job.decisions else None
    if job.stopped:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                f"Stopped after {len(job.decisions):,} of {len(job.names):,} names.",
                icon=":material/pause_circle:",
            )
            st.button("Go on", on_click=job.go_on, icon=":material/play_arrow:")
    return job


def _work_together(job: Job, look_up: _LookUp) -> None:
    take_names(len(job.names))
    with st.spinner(f"Reading {len(job.names):,} names together …"):
        job.decisions = look_up(job.names)


def _work(job: Job, look_up: _LookUp) -> None:
    chunk = min(_CHUNK, most_at_once())
    if len(job.names) <= chunk:
        take_names(len(job.names))
        job.decisions = look_up(job.names)
        return
    place = st.empty()
    try:
        _work_in_chunks(job, look_up, chunk, place)
    finally:
        place.empty()


def _work_in_chunks(job: Job, look_up: _LookUp, chunk: int, place: DeltaGenerator) -> None:
    with place.status(f"Looking up {len(job.names):,} names …", expanded=True):
        bar = st.progress(0.0)
        st.button("Stop", on_click=job.stop, icon=":material/stop:", key=f"geo_stop_{job.number}")
        # A click ends this run at the next drawing, and the next run goes on from what is decided.
        while not job.is_done:
            done = len(job.decisions)
            names = job.names[done : done + chunk]
            take_names(len(names))
            job.decisions += look_up(names)
            bar.progress(len(job.decisions) / len(job.names), text=f"{len(job.decisions):,} names")


def _wait(job: Job, seconds: int) -> None:
    """Say why the rest of a list takes a while, and go on with it then."""
    due = time.monotonic() + seconds
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"{len(job.decisions):,} of {len(job.names):,} names are decided, and stay. At most "
            f"{most_at_once():,} names a minute are geocoded for one person: the rest goes on by itself in "
            f"{seconds:,} seconds, as long as this page is open.",
            icon=":material/hourglass:",
        )
        st.button("Stop", on_click=job.stop, icon=":material/stop:", key=f"geo_leave_{job.number}")

    # It also runs when it is drawn; only the runs after that come by the clock.
    @st.fragment(run_every=seconds)
    def go_on() -> None:
        if time.monotonic() >= due:
            st.rerun()

    go_on()


def show_decisions(atlas: AtlasView, gazetteer: Gazetteer, job: Job) -> int | None:
    """Draw the decisions as a table, with their counts and files.

    Parameters
    ----------
    atlas
        The atlas.
    gazetteer
        What they were made with.
    job
        The list with its decisions.

    Returns
    -------
    int or None
        Position in the list of the name to look at.
    """
    counts = Counter(found.status for found in job.decisions)
    chosen = st.segmented_control(
        "Which names",
        [_ALL, *_STATUSES],
        default=_ALL,
        key=f"geo_status_{job.number}",
        format_func=lambda status: (
            f"{status.capitalize()} ({counts[status] if status != _ALL else len(job.decisions):,})"
        ),
        required=True,
        label_visibility="collapsed",
    )
    shown = [at for at, found in enumerate(job.decisions) if chosen in (_ALL, found.status)]
    if not shown:
        st.info("No name has this outcome.", icon=":material/search_off:")
        return None
    key = f"geo_table_{job.number}_{chosen}"
    st.dataframe(
        _table([(job.names[at], job.decisions[at]) for at in shown]),
        key=key,
        hide_index=True,
        height=_ROW * (min(len(shown), _MOST_ROWS) + 1) + 3,
        selection_mode="single-row",
        on_select="rerun",
        column_config={
            "Row": st.column_config.NumberColumn(width="small", help="Line in your list"),
            "Radius, km": st.column_config.NumberColumn(width="small", format="%.3g"),
            "Why": st.column_config.TextColumn(width="large"),
        },
        placeholder="",
        alt="Names with the place each was resolved to, or why not",
    )
    _downloads(atlas, gazetteer, job)
    rows = st.session_state[key]["selection"]["rows"]
    return shown[rows[0]] if rows and rows[0] < len(shown) else shown[0]


def _table(rows: Sequence[tuple[WrittenName, Resolution]]) -> pd.DataFrame:
    entries = [found.chosen.entry if found.chosen else None for _, found in rows]
    return pd.DataFrame(
        {
            "Row": [one.row for one, _ in rows],
            "Name": [f"{one.name}; {one.country}" if one.country else one.name for one, _ in rows],
            "Status": [found.status for _, found in rows],
            "Place": [entry.name if entry else "" for entry in entries],
            "Country": [country_name(entry.country) if entry and entry.country else "" for entry in entries],
            "Known to": [label("precisions", entry.precision) if entry else "" for entry in entries],
            "Radius, km": [
                entry.precision_m / 1000 if entry and entry.precision_m else None for entry in entries
            ],
            "Why": [found.reason for _, found in rows],
        }
    )


def _downloads(atlas: AtlasView, gazetteer: Gazetteer, job: Job) -> None:
    meta = gazetteer.meta
    provenance = {
        "decided_together": "yes" if job.together else "no",
        "gazetteer": f"{meta.get('source', '')} {meta.get('content_sha256', '')[:16]}".strip(),
        "data_version": atlas.version,
        "software": f"arsenal-atlas {__version__}",
    }
    decisions = list(job.decisions)
    names = job.names[: len(decisions)]
    person, process = current_person(), runtime()
    anonymous = process.settings.anonymous_reading
    if not may(person, Right.EXPORT, process.mode, anonymous_reading=anonymous):
        return

    # Made on the click, in another thread.
    def csv() -> bytes:
        require(person, Right.EXPORT, process.mode, anonymous_reading=anonymous)
        frame = decisions_frame(names, decisions, provenance)
        return guarded_csv(pd.DataFrame(frame.drop(columns="geometry")))

    def geojson() -> bytes:
        require(person, Right.EXPORT, process.mode, anonymous_reading=anonymous)
        return decisions_frame(names, decisions, provenance).to_json(drop_id=True, na="null").encode()

    with st.container(horizontal=True, gap="small"):
        for title, make, name, mime in (
            ("CSV", csv, "places.csv", "text/csv"),
            ("GeoJSON", geojson, "places.geojson", "application/geo+json"),
        ):
            st.download_button(
                title, data=make, file_name=name, mime=mime, icon=":material/download:", on_click="ignore"
            )
        st.caption("Every name with its decision, candidates, source and versions")


def show_gazetteer(gazetteer: Gazetteer) -> None:
    """Say what was looked in, with its licence.

    Parameters
    ----------
    gazetteer
        The gazetteer.
    """
    meta = gazetteer.meta
    count = f" ({int(meta['places']):,} places)" if meta.get("places", "").isdigit() else ""
    with st.expander(f"What the gazetteer is made of{count}", icon=":material/info:"):
        lines = meta.get("attribution", meta.get("licence", "")).splitlines()
        st.caption("  \n".join(plain(line) for line in [*lines, meta.get("source", "")] if line))
