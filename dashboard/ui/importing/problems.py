"""Every problem, row by row, as text that wraps and can be read aloud, and as a file."""

import codecs
from collections import Counter
from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.ui.importing.desk import Desk, LookedAt
from dashboard.ui.words import as_html, plain
from dashboard.workflows.layers.problem_list import ListedProblem, problems_csv

__all__ = ["show_problems"]

_ALL: Final = "all"
_WORDS: Final = {_ALL: "All", "refused": "Left out", "warning": "Warnings", "fault": "Looks wrong"}
_BADGES: Final = {"refused": "left out", "warning": "warning", "fault": "looks wrong"}
_A_PAGE: Final = 25
_LONGEST: Final = 120


def show_problems(desk: Desk, found: LookedAt, name: str) -> None:
    """Draw the problems of a table.

    Parameters
    ----------
    desk
        The table.
    found
        The trial.
    name
        Short name of the layer, for the name of the file.
    """
    problems = found.problems
    if not problems:
        st.success("Nothing is wrong with any row.", icon=":material/check_circle:")
        return
    counts = Counter[str](one.weight for one in problems)
    offered = [weight for weight in _WORDS if weight == _ALL or counts[weight]]
    chosen = st.segmented_control(
        "Which problems",
        offered,
        default=_ALL,
        key=desk.key("weight"),
        format_func=lambda weight: f"{_WORDS[weight]} ({counts[weight] or len(problems):,})",
        required=True,
        label_visibility="collapsed",
    )
    shown = [one for one in problems if chosen in (_ALL, one.weight)]
    pages = -(-len(shown) // _A_PAGE)
    at = st.pagination(pages, key=desk.key(f"problems_{chosen}")) if pages > 1 else 1
    st.html(_table(shown[(at - 1) * _A_PAGE : at * _A_PAGE]))
    _say_more(found)
    # A mark at its head: spreadsheets take a file without one for an encoding of long ago.
    st.download_button(
        "Download all problems",
        data=lambda: codecs.BOM_UTF8 + problems_csv(problems),
        file_name=f"{name}-problems.csv",
        mime="text/csv",
        key=desk.key("download_problems"),
        icon=":material/download:",
        on_click="ignore",
    )


def _table(problems: Sequence[ListedProblem]) -> str:
    heads = "".join(f"<th scope='col'>{head}</th>" for head in ("Row", "Outcome", "Written", "What is wrong"))
    rows = "".join(map(_row, problems))
    return f"<table class='im-table im-problems'><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(one: ListedProblem) -> str:
    value = one.value if len(one.value) <= _LONGEST else f"{one.value[:_LONGEST]}…"
    column = f"<small><bdi>{as_html(one.column)}</bdi></small>" if one.column else ""
    fix = f"<small>{as_html(_sentence(one.fix))}</small>" if one.fix else ""
    return (
        f"<tr><th scope='row'>{one.row or 'file'}</th>"
        f"<td><span class='im-badge im-{one.weight}'>{_BADGES[one.weight]}</span></td>"
        f"<td>{column}<bdi>{as_html(value)}</bdi></td>"
        f"<td>{as_html(_sentence(one.reason))}{fix}</td></tr>"
    )


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}" if text else ""


def _say_more(found: LookedAt) -> None:
    if not found.placed_by_name:
        st.caption("Names of places were not looked up: there is no gazetteer.")
    for words in found.trial.findings.not_checked.values():
        st.caption(plain(f"Not every check was made: {words}."))
    # Problems of the file itself are listed too, and counted nowhere: they would hide what is missing.
    there, told = sum(found.trial.counts.problems.values()), len(found.trial.problems)
    if there > told:
        st.caption(f"{there - told:,} further problems are of the same kinds and not listed one by one.")
