"""The trial: what would be imported, counted, on a map, beside what was written, before anything is kept."""

from typing import Final

import streamlit as st

from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView
from dashboard.ui.geocoding.decisions import open_gazetteer
from dashboard.ui.geocoding.places import may_decide
from dashboard.ui.importing.desk import Desk, LookedAt, ReadTable
from dashboard.ui.importing.preview import show_preview
from dashboard.ui.importing.problems import show_problems
from dashboard.ui.importing.rows import show_rows
from dashboard.ui.importing.steps import looking
from dashboard.ui.importing.watching import show_work
from dashboard.ui.person import current_person, visitor
from dashboard.ui.wishes import wish_button
from dashboard.ui.words import plain

__all__ = ["show_look"]

_MAP, _ROWS, _PROBLEMS = "Map", "Rows", "Problems"
_MOST_IN_ADDRESS: Final = 1_400
_FAILED: Final = "import_look_failed"


def show_look(desk: Desk, read: ReadTable, atlas: AtlasView) -> LookedAt | None:
    """Draw the trial of a table.

    Parameters
    ----------
    desk
        The table and its mapping.
    read
        The table as it was read.
    atlas
        The atlas as the person sees it.

    Returns
    -------
    LookedAt or None
        What would be imported; None while that is not known.
    """
    if desk.looking is not None:
        if not show_work(desk.looking, desk.key("looking")):
            return None
        _ended(desk)
        st.rerun()  # what was drawn above knows nothing of it yet
    if desk.is_fresh():
        found = desk.looked_at
        if found is not None:
            _show(desk, read, atlas, found)
        return found
    _offer(desk, atlas)
    return None


def _offer(desk: Desk, atlas: AtlasView) -> None:
    if failed := st.session_state.pop(_FAILED, ""):
        st.error(plain(failed), icon=":material/error:")
    gazetteer = open_gazetteer(atlas)
    if gazetteer is None:
        st.caption("Until there is a gazetteer, places without coordinates are kept without a point.")
    answered = desk.is_answered()

    def look(_once: str) -> bool:
        if desk.looking is not None or not desk.is_answered():
            return False  # an answer was taken back before the page was drawn anew
        try:
            desk.looking = looking(desk, atlas, gazetteer, person, visitor())
        except AtlasError as error:
            st.session_state[_FAILED] = str(error)  # said here: the head of the page is out of sight
        return desk.looking is not None

    person = current_person()
    with st.container(horizontal=True, vertical_alignment="center"):
        wish_button(
            "Look at it",
            desk.key("look"),
            look,
            "",
            key=desk.key("look"),
            type="primary",
            icon=":material/search:",
            disabled=not answered,
        )
        if not answered:
            st.caption("Answer the questions above first.")
        elif desk.looked_at is not None:
            st.caption("The columns have changed since the last look. Nothing is imported by looking.")
        else:
            st.caption("Every row is tried, and nothing is imported.")


def _ended(desk: Desk) -> None:
    work, desk.looking = desk.looking, None
    if work is None:
        return
    if (found := work.result) is not None:
        desk.looked_at = found
    else:
        st.session_state[_FAILED] = work.error


def _show(desk: Desk, read: ReadTable, atlas: AtlasView, found: LookedAt) -> None:
    st.subheader("What would be imported", anchor=False)
    counts, problems = found.trial.counts, found.problems
    refused = counts.refused + sum(one.severity == "refused" for one in read.raw.problems)
    figures = (
        ("Rows", counts.rows, "Rows that would be imported."),
        ("Records", counts.records, "Rows of one id are one record."),
        ("On the map", counts.placed, "Rows with a point."),
        ("Found by name", counts.geocoded, "Rows whose point comes from the gazetteer, not from the file."),
        ("Dated", counts.dated, "Rows with a date, however rough."),
        ("Left out", refused, "Rows that cannot be kept; each is named under Problems."),
        ("To look at", len({one.row for one in problems if one.weight != "refused"} - {0}), _ODD),
    )
    with st.container(horizontal=True, gap="medium", key=desk.key("figures")):
        for title, figure, words in figures:
            st.metric(title, f"{figure:,}", help=words, width="content")
    _offer_names(desk, found)
    labels = {_MAP: _MAP, _ROWS: _ROWS, _PROBLEMS: f"{_PROBLEMS} ({len(problems):,})"}
    part = st.segmented_control(
        "What to look at",
        list(labels),
        default=_PROBLEMS if problems else _MAP,
        key=desk.key("part"),
        format_func=labels.__getitem__,
        required=True,
        label_visibility="collapsed",
    )
    if part == _MAP:
        show_preview(atlas, found)
    elif part == _ROWS:
        show_rows(desk, found)
    else:
        show_problems(desk, found, read.about.id)


def _offer_names(desk: Desk, found: LookedAt) -> None:
    """Lead who may decide places to the names that nothing decides, and let it be tried again after that."""
    if not (found.undecided and may_decide()):
        return
    names = _as_many(found.undecided)

    def again() -> None:
        desk.looked_at = None

    with st.container(horizontal=True, vertical_alignment="center"):
        count = len(found.undecided)
        st.page_link(
            "app_pages/geocoding.py",
            label=f"Decide {count:,} name{'' if count == 1 else 's'} of places by hand",
            icon=":material/push_pin:",
            query_params={"names": names},
        )
        st.button("Look again", key=desk.key("again"), icon=":material/refresh:", on_click=again)


def _as_many(names: tuple[str, ...]) -> str:
    """Join as many names as an address holds, one a line."""
    told, length = list[str](), 0
    for name in names:
        length += len(name) + 1
        if length > _MOST_IN_ADDRESS:
            break
        told.append(name)
    return "\n".join(told)


_ODD: Final = "Rows that are kept although something about them is odd; each is named under Problems."
